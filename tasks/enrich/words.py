"""Words and tags of many articles at once, as columns.

Every article is cut by one call of the engine. Only the lengths of the words are kept: the words, joined, are the text, so
lengths give positions, and the bytes of the text itself, cut there, give an Arrow dictionary without a Python string for each
word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import TaojinError
from tasks.text.package_data import package_bytes

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
    names: list[str]  # the vocabulary once more, as Python asks for it
    tags: pa.Array


@cache
def _rjieba() -> object:
    import rjieba  # late: its dictionary costs 60 MB, which a process that only asks for settings should not pay

    cutter = rjieba.Jieba()
    for word, frequency, tag in domain_words():
        cutter.add_word(word, frequency, tag)
    return cutter


@cache
def _jieba() -> object:
    import logging

    import jieba  # late for the same reason, and it prints while it loads

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    for word, frequency, tag in domain_words():
        cutter.add_word(word, frequency, tag)
    return cutter


@cache
def domain_words() -> tuple[tuple[str, int, str], ...]:
    """Word, frequency and tag of what jieba's dictionary lacks in our fields (see benchmarks.domain_words)."""
    lines = files(__package__).joinpath("domain_words.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple((word, int(frequency), tag) for word, frequency, tag in rows)


@cache
def tagger(engine: str) -> Tagger:
    """The engine's function from a text to (word, tag) pairs; loaded once per process, at first use."""
    if engine == "rjieba":
        return _rjieba().tag
    return lambda text: [(word, _tag_alone(word)) for word in _cutter(engine)(text)]


@cache
def _cutter(engine: str) -> Callable[[str], list[str]]:
    if engine == "rjieba":
        return _rjieba().cut
    if engine == "jieba":
        return _jieba().lcut
    raise TaojinError(f"There is no engine {engine!r} for cutting words.", f"Choose one of {', '.join(ENGINES)}.")


def cut(text: str, engine: str = "rjieba") -> list[str]:
    """The words of one text, as those of articles are cut."""
    return _cutter(engine)(text)


def knows(word: str) -> bool:
    """Whether jieba's dictionary, which both engines share, has the word."""
    return _rjieba().has_word(word)


def cut_words(texts: Sequence[str], engine: str = "rjieba") -> Words:
    """Words of all texts. Law: the words of an article, joined, are its text."""
    sizes = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    bases = np.append(0, np.cumsum(sizes))
    lengths: list[np.ndarray] = []
    cutter = _cutter(engine)
    bounds = np.zeros(len(texts) + 1, np.int64)
    for k, text in enumerate(texts):
        count = 0
        for piece in _pieces(text):
            words = cutter(piece)
            lengths.append(np.fromiter(map(len, words), np.int64, len(words)))
            if lengths[-1].sum() != len(piece):
                raise TaojinError(f"The engine {engine!r} lost characters of a text.", "Report the text: its words cannot be placed.")
            count += len(words)
        bounds[k + 1] = bounds[k] + count
    length = np.concatenate(lengths) if lengths else np.zeros(0, np.int64)
    stops = np.cumsum(length)
    codes, vocabulary = _sorted_dictionary(_slices("".join(texts), stops))
    names = vocabulary.to_pylist()
    tag_codes, tag_names = _tags_of(names, codes, bounds, texts, engine)
    return Words(codes, tag_codes, stops - length, stops, bounds, bases, vocabulary, names, tag_names)


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


def _tags_of(
    names: list[str], codes: np.ndarray, bounds: np.ndarray, texts: Sequence[str], engine: str
) -> tuple[np.ndarray, pa.Array]:
    """
    Tags of all words, from rjieba's tags of the distinct ones, whichever engine cut them: both know the same dictionary, and a
    tag follows from the word alone (jieba's own tagger cuts by a model of its own, which would give other words).

    Cutting alone makes no pairs and costs two thirds of tagging. A word that rjieba would cut further when it stands alone
    (自定, which it keeps only in context) gets its tag from tagging the first text that has it.
    """
    known = _tag_of_word
    if len(known) > MOST_TAGS:
        known.clear()
    tag_text = _rjieba().tag
    for code, name in enumerate(names):
        if name in known:
            continue
        pairs = tag_text(name)
        if len(pairs) == 1:
            known[name] = pairs[0][1]
            continue
        if engine == "rjieba":
            at = int(np.argmax(codes == code))
            known.update(tag_text(texts[int(np.searchsorted(bounds, at, side="right")) - 1]))
        if name not in known:
            known[name] = _tag_alone(name)
    by_code, tags = _sorted_dictionary(pa.array([known[name] for name in names], pa.string()))
    return by_code[codes], tags


def _tag_alone(word: str) -> str:
    """A word's tag without a text around it: the dictionary's, else what rjieba calls a word that is in none."""
    if tag := _dictionary_tags().get(word):
        return tag
    letters = sum(c.isascii() and c.isalnum() for c in word)
    return "x" if not letters else "m" if letters == sum(c.isascii() and c.isdigit() for c in word) else "eng"


@cache
def _dictionary_tags() -> dict[str, str]:
    """Tags of jieba's dictionary and ours; read only where an engine is asked that does not tell them."""
    rows = (line.split(" ") for line in package_bytes("jieba", "dict.txt").decode().splitlines())
    return {word: tag for word, _, tag in rows} | {word: tag for word, _, tag in domain_words()}


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
