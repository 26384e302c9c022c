"""What the characters of a word say about its class: a small model, trained on jieba's dictionary by train.py.

A multinomial logistic regression. Features are the characters of a word with their place in it and its first and last pair; weights are
tenths of a nat in wordclass.tsv. It judges words that no dictionary knows (rjieba joins characters to such words) and those that the
dictionary calls names, for its tags of names are noisy.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from math import exp, log
from typing import NamedTuple

SCALE = 10.0
CLASSES = ("chinese", "foreign", "place", "org")  # the weight of "none of these" is 0


class Chances(NamedTuple):
    """Log odds of each class against all others, in nats."""

    chinese: float
    foreign: float
    place: float
    org: float
    abroad: float  # a foreign name or a place: what transliterates may be either


def features(word: str) -> list[str]:
    """Features of a word of at least two characters: length, place and character; b and e: first and last pair; n: the length."""
    size = len(word)
    if size <= 3:
        found = [f"{size}{place}{char}" for place, char in enumerate(word)]
    else:
        found = [f"40{word[0]}", f"41{word[1]}", f"48{word[-2]}", f"49{word[-1]}", *(f"4m{char}" for char in word[2:-2])]
    return [*found, f"b{word[:2]}", f"e{word[-2:]}", f"n{min(size, 8)}"]


@cache
def _weights() -> dict[str, tuple[float, ...]]:
    lines = files(__package__).joinpath("wordclass.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {name: tuple(int(value) / SCALE for value in values) for name, *values in rows}


_known: dict[str, Chances] = {}
MOST_WORDS = 200_000


def chances(word: str) -> Chances:
    """Log odds of a word's classes by its characters alone; a pure function, remembered."""
    found = _known.get(word)
    if found is None:
        if len(_known) > MOST_WORDS:
            _known.clear()
        found = _known[word] = _chances(word)
    return found


def _chances(word: str) -> Chances:
    weights = _weights()
    rows = [row for row in map(weights.get, features(word)) if row]
    scores = [sum(column) for column in zip(*rows, strict=True)] if rows else [-9.0] * len(CLASSES)
    top = max(0.0, *scores)
    raw = [exp(score - top) for score in scores]
    total = sum(raw) + exp(-top)
    return Chances(*(log((part + 1e-9) / (total - part + 1e-9)) for part in (*raw, raw[1] + raw[2])))
