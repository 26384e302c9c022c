"""terms: counted without a loop over words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.enrich.words import Words

LONGEST_TERM = 200  # code points; what is longer is a hash or a run of base64, which nobody searches as a word
_WORD = r"[\p{L}\p{N}]"


def count_terms(words: Words) -> dict[str, np.ndarray | pa.Array]:
    """
    Terms of every article: article (index), code, tag_code, tf, positions (code points in the article, ascending).

    Sorted by article, term and tag. Blanks, punctuation and runs beyond LONGEST_TERM are no terms.
    """
    is_word = pc.and_(
        pc.match_substring_regex(words.vocabulary, _WORD), pc.less_equal(pc.utf8_length(words.vocabulary), LONGEST_TERM)
    ).to_numpy(zero_copy_only=False)
    article = np.repeat(np.arange(len(words.bounds) - 1), np.diff(words.bounds))
    kept = np.flatnonzero(is_word[words.codes])
    article = article[kept]
    position = words.starts[kept] - words.bases[article]
    bits = [max(1, int(x).bit_length()) for x in (len(words.vocabulary), len(words.tags), position.max(initial=0))]
    term_tag = (words.codes[kept].astype(np.int64) << bits[1]) | words.tag_codes[kept]
    if bits[0] + bits[1] + bits[2] + len(words.bounds).bit_length() <= 63:
        key = np.sort((((article << (bits[0] + bits[1])) | term_tag) << bits[2]) | position)
        position = key & ((1 << bits[2]) - 1)
        group = key >> bits[2]
    else:
        order = np.lexsort((position, term_tag, article))
        position = position[order]
        group = (article[order] << (bits[0] + bits[1])) | term_tag[order]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    group = group[first]
    tf = np.diff(first, append=len(position))
    offsets = np.append(first, len(position)).astype(np.int32)
    return {
        "article": group >> (bits[0] + bits[1]),
        "code": (group >> bits[1]) & ((1 << bits[0]) - 1),
        "tag_code": group & ((1 << bits[1]) - 1),
        "tf": tf.astype(np.int32),
        "positions": pa.ListArray.from_arrays(pa.array(offsets), pa.array(position.astype(np.int32))),
    }
