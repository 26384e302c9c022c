"""Characters that a gloss, put between GBK bytes without looking where characters begin, threw one byte off.

The script replaced the two bytes of a character by themselves and "(reading)". Where it met those bytes across the border
of two characters, the byte before the bracket lost its partner ('?'), and all that follows is read one byte late, until the
next such place or a second byte in ASCII's range. The reading tells the lost byte; the rest follows (seed 001: 的工會).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice

from tasks.clean.repair.misreadings import utf8_read_as_gbk
from tasks.clean.repair.open_shift import OPENS, solve_open_shift
from tasks.clean.repair.readings import LETTERS, is_reading
from tasks.text.charmodel import char_model
from tasks.text.ledger import REPLACE, Flag, Ledger, Mark
from tasks.text.rule import Rule

_BREAK = re.compile(rf"[?\ufffd][(（]?([{LETTERS}]{{1,7}})[)）]")
_LONGEST = 24  # characters that may lie between two breaks
_BEAM = 32
MOST_OPEN = 200  # places of a document that are tried without a gloss
SUREST = 0.95  # of a guess by words
_LIKELY = -11.0  # nats a character: the mean that repaired text must reach
_ANNOTATED = 4.0  # nats for a character that the script annotates elsewhere in the document


@dataclass(frozen=True, slots=True)
class _Path:
    data: bytes
    at: int  # place in the shown text
    score: float


def repair_byte_shift(ledger: Ledger, annotated: dict[str, str]) -> int:
    """Mark shifted passages, only where the document shows that the script was at work; returns how many."""
    if not annotated:
        return 0
    view = ledger.view()
    text, done, marks = view.shown, 0, []
    for found in _BREAK.finditer(text):
        if found.start() < max(done, 1):
            continue
        solved = _solve(text, found, annotated)
        if solved is None:
            continue
        said, done = solved
        start, stop = view.raw_span(found.start(), done)
        if not ledger.within(start, stop):
            marks.append(Mark(start, stop, REPLACE, BYTE_SHIFT.label, BYTE_SHIFT.id, said, said))
    ledger.add_sorted(marks)
    return len(marks) + _repair_open_shifts(ledger)


def _repair_open_shifts(ledger: Ledger) -> int:
    """The same without a gloss beside the break: what was lost is a guess, and flagged as one."""
    view = ledger.view()
    text, done, marks = view.shown, 0, []
    for found in islice(OPENS.finditer(text), MOST_OPEN):
        solved = solve_open_shift(text, found.start()) if found.start() >= done else None
        if solved is None:
            continue
        done = solved.stop
        start, stop = view.raw_span(found.start(), done)
        if ledger.within(start, stop):
            continue
        sure = min(SUREST, solved.sure)
        marks.append(Mark(start, stop, REPLACE, BYTE_SHIFT.label, BYTE_SHIFT.id, solved.said, solved.said, confidence=round(sure, 3)))
        detail = f"a byte was lost; its character is told by the words behind it ({sure:.2f})"
        ledger.flags.append(Flag(start, stop, "guessed", detail, "warning"))
    ledger.add_sorted(marks)
    return len(marks)


def _code(char: str) -> bytes | None:
    return utf8_read_as_gbk().exact.get(char)


@cache
def _partners(first: int, reading: str) -> tuple[tuple[int, str], ...]:
    """Second bytes that make a known character of that reading with a first byte."""
    found = []
    for second in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
        try:
            char = bytes((first, second)).decode("gbk")
        except UnicodeDecodeError:
            continue
        if char in char_model().chars and is_reading(char, reading):
            found.append((second, char))
    return tuple(found)


def _lost_bytes(first: int, reading: str, annotated: dict[str, str]) -> list[tuple[int, float]]:
    return [(byte, _ANNOTATED if annotated.get(char) == reading else 0.0) for byte, char in _partners(first, reading)]


def _solve(text: str, first: re.Match[str], annotated: dict[str, str]) -> tuple[str, int] | None:
    """The characters behind a passage that begins at a break, and where the passage ends."""
    before = _code(text[first.start() - 1])
    if before is None or len(before) != 2:
        return None
    paths = [_Path(bytes((b,)), first.end(), s) for b, s in _lost_bytes(before[1], first[1], annotated)]
    ends: list[tuple[float, str, int]] = []
    for _ in range(_LONGEST):
        grown: list[_Path] = []
        for path in paths:
            closing = _BREAK.match(text, path.at)
            if closing:
                for b, score in _lost_bytes(path.data[-1], closing[1], annotated):
                    _end(_Path(path.data + bytes((b,)), closing.end(), path.score + score), ends, grown)
                continue
            char = text[path.at : path.at + 1]
            if "@" <= char <= "~":
                _end(_Path(path.data + char.encode(), path.at + 1, path.score), ends, [])
                continue
            code = _code(char) if char else None
            if code and len(code) == 2:
                grown.append(_Path(path.data + code, path.at + 1, path.score))
        paths = sorted(grown, key=lambda p: -p.score)[:_BEAM]
        if not paths:
            break
    best = max(ends, default=None)
    return (best[1], best[2]) if best else None


def _end(path: _Path, ends: list[tuple[float, str, int]], grown: list[_Path]) -> None:
    """A path whose bytes come out even may end here; an odd one goes on."""
    if len(path.data) % 2:
        grown.append(path)
        return
    try:
        said = path.data.decode("gb18030")
    except UnicodeDecodeError:
        return
    model = char_model()
    mean = sum(model.char(c) for c in said) / len(said)
    if mean >= _LIKELY:
        ends.append((mean + path.score / len(said), said, path.at))


BYTE_SHIFT = Rule(
    id="byte-shift",
    label="mojibake",
    why="A gloss was put between the bytes of two characters, and the text behind it slipped by one (seed 001).",
    cuts=(
        "他曾經(jīng)走到⟦?jīng)]⟧有人的地方，經(jīng)過(guò)小學(xué)校，過(guò)了橋就是學(xué)堂。",
        "他曾經(jīng)說過(guò)，⟦?儐挝粎⒓恿诉@⟧次活動。他曾經(jīng)問過(guò)?！北京這麼大，經(jīng)過(guò)了橋就是學(xué)堂?學(xué)校在對岸，他住B座。",
    ),
    keeps=("真的嗎?(ma)他問", "他問:好嗎?誰(shuí)知道"),
)
