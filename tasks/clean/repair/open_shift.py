"""Passages thrown one byte off that no gloss stands beside: where the first byte went, nothing tells but the words that follow.

The script that shifts a passage beside its glosses (byte_shift.py) also loses single bytes: a '?' stands where a character lost its
second byte or a lone byte was left, and all behind it is read one byte late, up to a second byte in ASCII's range or the next loss.
A beam over the lost first byte, scored by words, says what stood there; it has to be far likelier than what is shown. Where a tool
has dropped pairs that show nothing (GBK's user-defined zones), too little is left to tell, and what comes out may lack them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tasks.clean.repair.misreadings import utf8_read_as_gbk
from tasks.text.charmodel import LONGEST_WORD, char_model
from tasks.text.scripts import simplified_of

OPENS = re.compile(r"[?\ufffd](?=[^\x00-\x7f\ufffd]{2})")
_CHINESE = re.compile(r"[^\x00-\x7f]+")
LONGEST = 40  # characters shown of one passage
LEAST = 4  # characters behind it
BEAM = 24
UNKNOWN_END = -2.0  # nats for a last byte that nothing shows
LIKELY = -9.5  # nats a character: the mean that repaired text must reach
ODD = -8.5  # nats a character: what is shown behind a '?' is looked at only below this mean
GLANCE = 8  # characters
BETTER = 2.5  # nats a character by which it must be likelier than what is shown
LOST = frozenset("?\ufffd")


@dataclass(frozen=True, slots=True)
class _State:
    score: float
    scores: tuple[float, ...]
    tail: str
    pending: int  # first byte of a pair
    said: str


@dataclass(frozen=True, slots=True)
class Solved:
    """What a passage said, where it ends in the shown text, and by how many nats it is likelier than what is shown."""

    said: str
    stop: int
    gain: float
    sure: float  # how sure its first character is, beside the next likely one


def solve_open_shift(text: str, at: int) -> Solved | None:
    """The passage that begins with the '?' at `at`, or None where the shown text is as likely."""
    model = char_model()
    glance = _CHINESE.match(text, at + 1, at + 1 + GLANCE)
    if glance is None or model.text(glance[0]) > ODD * len(glance[0]):
        return None
    scores, tail = (0.0,), ""
    for char in text[max(0, at - LONGEST_WORD) : at]:
        scores, tail = model.step(scores, tail, char)
    began = scores[-1]
    states = [_State(began, scores, tail, first, "") for first in range(0x81, 0xFF)]
    shown, shown_tail = scores, tail
    best: Solved | None = None
    for place in range(at + 1, min(at + 1 + LONGEST, len(text))):
        char = text[place]
        found = list(_ends(states, char))
        for ended in found:
            gain = ended.score - shown[-1]
            long_enough = len(ended.said) >= LEAST and ended.score - began >= LIKELY * len(ended.said)
            if long_enough and gain >= BETTER * len(ended.said) and (best is None or gain > best.gain):
                other = max((o.score for o in found if o.said[0] != ended.said[0]), default=-math.inf)
                best = Solved(ended.said, place + 1, gain, 1 / (1 + math.exp(max(-700.0, other - ended.score))))
        states = sorted(_grown(states, char), key=lambda s: -s.score)[:BEAM]
        shown, shown_tail = model.step(shown, shown_tail, char)
        if not states:
            break
    return best


def _step(state: _State, char: str, pending: int, cost: float = 0.0) -> _State:
    scores, tail = char_model().step(state.scores, state.tail, char)
    if cost:
        scores = tuple(s + cost for s in scores)
    return _State(scores[-1], scores, tail, pending, state.said + char)


def _grown(states: list[_State], char: str) -> Iterator[_State]:
    code = utf8_read_as_gbk().exact.get(char)
    if code is None or len(code) != 2 or code[1] < 0x81:
        return
    for state in states:
        made = _pairs().get((state.pending, code[0]))
        if made is not None:
            yield _step(state, made, code[1])


def _ends(states: list[_State], char: str) -> Iterator[_State]:
    """The last character: its second byte is shown as an ASCII character, or was lost."""
    for state in states:
        if "@" <= char <= "~":
            made = _pairs().get((state.pending, ord(char)))
            if made is not None:
                yield _step(state, made, 0)
        elif char in LOST:
            grown = (_step(state, made, 0, UNKNOWN_END) for made in _by_first().get(state.pending, ()))
            best = max(grown, key=lambda s: s.score, default=None)
            if best is not None:
                yield best


@cache
def _pairs() -> dict[tuple[int, int], str]:
    """Known characters by their two bytes."""
    known = char_model().chars
    return {(code[0], code[1]): char for char, code in utf8_read_as_gbk().exact.items() if len(code) == 2 and _is_known(char, known)}


def _is_known(char: str, known: dict[str, float]) -> bool:
    return simplified_of().get(char, char) in known


@cache
def _by_first() -> dict[int, tuple[str, ...]]:
    """The likeliest characters of each first byte."""
    found: dict[int, list[str]] = {}
    for (first, _), char in _pairs().items():
        found.setdefault(first, []).append(char)
    return {first: tuple(sorted(chars, key=lambda c: -char_model().char(c))[:40]) for first, chars in found.items()}
