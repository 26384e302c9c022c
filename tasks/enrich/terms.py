"""terms and keywords: counted and ranked without a loop over words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.enrich.words import Words

KEYWORDS = 20  # per article, as jieba.analyse gives by default
SHORTEST_KEYWORD = 2  # code points, as in jieba.analyse
STOP_WORDS = frozenset(
    "the of is and to in that we for an are by be as on with can if from which you it this then at have all not one has or".split()
)  # jieba.analyse's own list: keywords stay comparable with it
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


def rank_keywords(words: Words, terms: dict) -> dict[str, np.ndarray]:
    """
    TF-IDF keywords as jieba.analyse.extract_tags ranks them, with jieba's idf.

    Returns article (index), rank (from 1), code, weight; ties in weight go to the smaller term.
    """
    article, code, tf = terms["article"], terms["code"], terms["tf"]
    first = np.flatnonzero((np.diff(article, prepend=-1) != 0) | (np.diff(code, prepend=-1) != 0))
    if not len(first):
        return {"article": article, "rank": article, "code": code, "weight": tf.astype(float)}
    article, code, tf = article[first], code[first], np.add.reduceat(tf, first)
    idf, is_candidate = _idf_of(words.vocabulary)
    kept = is_candidate[code]
    article, code, tf = article[kept], code[kept], tf[kept]
    edges = np.searchsorted(article, np.arange(len(words.bounds)))
    sizes = np.diff(edges)
    total = np.add.reduceat(np.append(tf, 0), edges[:-1]) if len(tf) else np.zeros(len(sizes))
    weight = tf * idf[code] / np.maximum(total, 1)[article]
    order = np.lexsort((code, -weight, article))
    rank = np.arange(len(article)) - edges[:-1][article] + 1
    best = rank <= KEYWORDS
    order = order[best]
    return {"article": article[order], "rank": rank[best].astype(np.int32), "code": code[order], "weight": weight[order]}


def _idf_of(vocabulary: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    weights, median = _idf()
    idf = np.fromiter(map(weights.get, vocabulary.to_pylist(), repeat(median)), np.float64, len(vocabulary))
    is_long = pc.greater_equal(pc.utf8_length(pc.utf8_trim_whitespace(vocabulary)), SHORTEST_KEYWORD)
    is_stop = pc.is_in(pc.utf8_lower(vocabulary), pa.array(sorted(STOP_WORDS)))
    return idf, pc.and_not(is_long, is_stop).to_numpy(zero_copy_only=False)


@cache
def _idf() -> tuple[dict[str, float], float]:
    """jieba's inverse document frequencies and their median, which stands for words that the list lacks."""
    lines = (files("jieba") / "analyse" / "idf.txt").read_text("utf-8").splitlines()
    weights = {word: float(value) for word, _, value in (line.rpartition(" ") for line in lines)}
    return weights, sorted(weights.values())[len(weights) // 2]
