"""Words and tags of many articles at once, as columns.

Every article is cut by one call of the engine; lists of Python strings become Arrow dictionaries at once, so what lives
between two articles is numbers. Positions come from the lengths of the words, which is exact because the words, joined,
are the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import TaojinError

Tagger = Callable[[str], Sequence[tuple[str, str]]]
ENGINES = ("rjieba", "jieba")

# One call's list of words costs some 200 bytes a word in Python, so a text of a hundred megabytes is cut in pieces.
LONGEST_CALL = 1_000_000
_SAFE_CUT = re.compile(r"[\n。！？；，、]")  # the engines never join a word across these


@dataclass(frozen=True, slots=True)
class Words:
    """
    The words of a run of articles, one after another.

    `codes` and `tag_codes` point into `vocabulary` and `tags`; `starts` are code points from the first character of the
    run; article k holds the words from `bounds[k]` up to `bounds[k + 1]` and begins at character `bases[k]`.
    """

    codes: np.ndarray
    tag_codes: np.ndarray
    starts: np.ndarray
    stops: np.ndarray
    bounds: np.ndarray
    bases: np.ndarray
    vocabulary: pa.Array
    tags: pa.Array


@cache
def _rjieba() -> object:
    import rjieba  # late: its dictionary costs 60 MB, which a process that only asks for settings should not pay

    return rjieba.Jieba()


@cache
def tagger(engine: str) -> Tagger:
    """The engine's function from a text to (word, tag) pairs; loaded once per process, at first use."""
    if engine == "rjieba":
        return _rjieba().tag
    if engine == "jieba":
        import logging

        import jieba
        import jieba.posseg  # late for the same reason, and it prints while it loads

        jieba.setLogLevel(logging.WARNING)
        return lambda text: [(pair.word, pair.flag) for pair in jieba.posseg.cut(text)]
    raise TaojinError(f"There is no engine {engine!r} for cutting words.", f"Choose one of {', '.join(ENGINES)}.")


def knows(word: str) -> bool:
    """Whether jieba's dictionary, which both engines share, has the word."""
    return _rjieba().has_word(word)


def cut_words(texts: Sequence[str], engine: str = "rjieba") -> Words:
    """Words of all texts. Law: the words of an article, joined, are its text."""
    tag_text = tagger(engine)
    words: list[pa.Array] = []
    tags: list[pa.Array] = []
    bounds, bases = np.zeros(len(texts) + 1, np.int64), np.zeros(len(texts) + 1, np.int64)
    for k, text in enumerate(texts):
        count = 0
        for piece in _pieces(text):
            pairs = tag_text(piece)
            if not pairs:
                continue
            piece_words, piece_tags = zip(*pairs, strict=True)
            if "".join(piece_words) != piece:
                raise TaojinError(f"The engine {engine!r} lost characters of a text of {len(text)}.", "Report the text: its words cannot be placed.")
            words.append(pa.array(piece_words, pa.string()))
            tags.append(pa.array(piece_tags, pa.string()))
            count += len(pairs)
        bounds[k + 1] = bounds[k] + count
        bases[k + 1] = bases[k] + len(text)
    all_words = pa.chunked_array(words, pa.string()).combine_chunks()
    lengths = pc.utf8_length(all_words).to_numpy(zero_copy_only=False).astype(np.int64)
    stops = np.cumsum(lengths)
    codes, vocabulary = _sorted_dictionary(all_words)
    tag_codes, tag_names = _sorted_dictionary(pa.chunked_array(tags, pa.string()).combine_chunks())
    return Words(codes, tag_codes, stops - lengths, stops, bounds, bases, vocabulary, tag_names)


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > LONGEST_CALL:
        cut = _SAFE_CUT.search(text, start + LONGEST_CALL - 2000, start + LONGEST_CALL)
        stop = cut.end() if cut else start + LONGEST_CALL
        yield text[start:stop]
        start = stop
    if start < len(text):
        yield text[start:] if start else text


def _sorted_dictionary(values: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Codes into the sorted distinct values: equal texts get equal order whatever stood before them."""
    encoded = values.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return rank[encoded.indices.to_numpy()], encoded.dictionary.take(order)
