"""Words and tags of many articles at once, as columns.

Every article is cut by one call of the engine. Only the lengths of the words are kept: the words, joined, are the text, so
lengths give positions, and the bytes of the text give an Arrow dictionary without a Python string for each word.
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


def cut(text: str, engine: str = "rjieba") -> list[str]:
    """The words of one text, as those of articles are cut."""
    return _cut(text, engine, [])


def knows(word: str) -> bool:
    """Whether jieba's dictionary, which both engines share, has the word."""
    return _rjieba().has_word(word)


def cut_words(texts: Sequence[str], engine: str = "rjieba") -> Words:
    """Words of all texts. Law: the words of an article, joined, are its text."""
    sizes = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    bases = np.append(0, np.cumsum(sizes))
    lengths: list[np.ndarray] = []
    tags: list[str] = []
    bounds = np.zeros(len(texts) + 1, np.int64)
    for k, text in enumerate(texts):
        count = 0
        for piece in _pieces(text):
            words = _cut(piece, engine, tags)
            if "".join(words) != piece:
                raise TaojinError(f"The engine {engine!r} lost characters of a text.", "Report the text: its words cannot be placed.")
            lengths.append(np.fromiter(map(len, words), np.int64, len(words)))
            count += len(words)
        bounds[k + 1] = bounds[k] + count
    length = np.concatenate(lengths) if lengths else np.zeros(0, np.int64)
    stops = np.cumsum(length)
    codes, vocabulary = _sorted_dictionary(_slices("".join(texts), stops))
    if engine == "rjieba":
        tag_codes, tag_names = _tags_of(vocabulary, codes, bounds, texts)
    else:
        tag_codes, tag_names = _sorted_dictionary(pa.array(tags, pa.string()))
    return Words(codes, tag_codes, stops - length, stops, bounds, bases, vocabulary, tag_names)


def _cut(piece: str, engine: str, tags: list[str]) -> list[str]:
    if engine == "rjieba":
        return _rjieba().cut(piece)
    pairs = tagger(engine)(piece)
    tags += [tag for _, tag in pairs]
    return [word for word, _ in pairs]


def _slices(text: str, stops: np.ndarray) -> pa.Array:
    """The text cut at `stops`, as an Arrow array over the text's own bytes: no word is encoded by itself."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    byte_stops = np.cumsum(1 + (points >= 0x80).astype(np.int8) + (points >= 0x800) + (points >= 0x10000), dtype=np.int64)
    offsets = np.append(0, byte_stops[stops - 1]) if len(stops) else np.zeros(1, np.int64)
    return pa.Array.from_buffers(
        pa.large_string(), len(stops), [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(text.encode())]
    )


_tag_of_word: dict[str, str] = {}  # rjieba's tag is a function of the word alone; what it said once it says again
MOST_TAGS = 1_000_000  # words remembered, some 100 MB


def _tags_of(vocabulary: pa.Array, codes: np.ndarray, bounds: np.ndarray, texts: Sequence[str]) -> tuple[np.ndarray, pa.Array]:
    """
    Tags of all words, from rjieba's tags of the distinct ones.

    Cutting alone makes no pairs and costs two thirds of tagging. A word that rjieba would cut further when it stands alone
    (自定, which it keeps only in context) gets its tag from tagging the first text that has it.
    """
    known = _tag_of_word
    if len(known) > MOST_TAGS:
        known.clear()
    names = vocabulary.to_pylist()
    tag_text = _rjieba().tag
    for code, name in enumerate(names):
        if name in known:
            continue
        pairs = tag_text(name)
        if len(pairs) == 1:
            known[name] = pairs[0][1]
        else:
            at = int(np.argmax(codes == code))
            known.update(tag_text(texts[int(np.searchsorted(bounds, at, side="right")) - 1]))
    by_code, tags = _sorted_dictionary(pa.array([known[name] for name in names], pa.string()))
    return by_code[codes], tags


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
    distinct = encoded.dictionary.cast(pa.string())
    order = pc.sort_indices(distinct)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return rank[encoded.indices.to_numpy()], distinct.take(order)
