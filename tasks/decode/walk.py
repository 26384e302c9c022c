"""A damaged line, read byte by byte: the likeliest walk through characters of UTF-8, GB18030 and Big5 and through lost bytes.

Three things that no single decoder can do come out of one search (Viterbi's): a quotation in GBK inside a UTF-8 line is read in
GBK; after a lost first byte the step is found again, where a decoder would pair the wrong bytes up to the next ASCII; and a byte
that belongs to nothing is lost alone. Work is bounded by the caller: a few microseconds a byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby

import numpy as np

from tasks.decode.likelihood import RARE, table
from tasks.decode.names import CODECS
from tasks.decode.pieces import Evidence, Piece, decode_strictly, lost, narrowest, pieces_of

LONGEST = 1 << 14  # bytes of a line that are walked
_ENCODINGS = ("utf-8", "gb18030", "big5-hkscs")
_LOST, _LOST_TOO = -25.0, -7.0  # nats for a lost byte, and for the next: what breaks is a character
_TRAIL = -3.0  # nats for a letter after a lost byte of Big5: half of its second bytes are letters
_SWITCH = -14.0  # nats for going on in another encoding: two characters of it outweigh four lost bytes, one does not
_AT_LEAST = -13.0  # nats of a rare ideograph: dearer, and two lost bytes were cheaper
_UTF8_AT_LEAST = {2: -16.0, 3: -12.0, 4: -12.0}  # nats by bytes: a whole sequence of UTF-8 is rarely chance
_EURO, _PLAIN = -9.0, -3.5  # nats of Windows' byte 0x80 in GBK, and of an ASCII character
_NEVER = float("-inf")


@cache
def _pairs(encoding: str) -> np.ndarray:
    """float64[65536]: nats of each character of two bytes; minus infinity where two bytes are none."""
    found = np.full(0x10000, _NEVER)
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            found[lead << 8 | trail] = _nats(encoding, bytes((lead, trail)))
    return found


def _nats(encoding: str, raw: bytes) -> float:
    """Of one character's bytes in GB18030 or Big5; minus infinity where they are none."""
    text = decode_strictly(raw, encoding)
    if text is None or len(text) != 1:
        return _NEVER
    nats = float(table()[min(ord(text), 0xFFFF)])
    return max(nats, _AT_LEAST) if nats >= RARE else nats


def _in_utf8(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bytes and nats of the sequence that begins at each byte, given it and the three that follow."""
    tails = [(x & 0xC0) == 0x80 for x in (b, c, d)]
    points = ((a & 0x1F) << 6 | b & 0x3F, (a & 0x0F) << 12 | (b & 0x3F) << 6 | c & 0x3F,
              (a & 0x07) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | d & 0x3F)
    two = (a >= 0xC2) & (a < 0xE0) & tails[0]
    three = (a >= 0xE0) & (a < 0xF0) & tails[0] & tails[1] & (points[1] >= 0x800) & ((points[1] < 0xD800) | (points[1] > 0xDFFF))
    four = (a >= 0xF0) & (a < 0xF5) & tails[0] & tails[1] & tails[2] & (points[2] >= 0x10000) & (points[2] < 0x110000)
    widths, nats = np.ones(len(a), dtype=np.int64), np.full(len(a), _NEVER)
    for width, mask in ((2, two), (3, three), (4, four)):
        widths[mask] = width
        nats[mask] = np.maximum(table()[np.minimum(points[width - 2][mask], 0xFFFF)], _UTF8_AT_LEAST[width])
    return widths, nats


def _characters(data: bytes) -> list[tuple[list[int], list[float]]]:
    """For each encoding, bytes and nats of the character that begins at each byte; minus infinity where none does."""
    padded = np.frombuffer(data + b"\0\0\0", dtype=np.uint8).astype(np.int64)
    a, b, c, d = (padded[i : len(data) + i] for i in range(4))
    found = []
    for encoding in _ENCODINGS:
        if encoding == "utf-8":
            widths, nats = _in_utf8(a, b, c, d)
        else:
            nats = _pairs(encoding)[a << 8 | b]
            widths = np.where(nats > _NEVER, 2, 1)
            if encoding == "gb18030":
                for at in np.flatnonzero((a > 0x80) & (b >= 0x30) & (b < 0x3A) & (c > 0x80)).tolist():
                    widths[at], nats[at] = 4, _nats(encoding, data[at : at + 4])
        found.append((widths.tolist(), nats.tolist()))
    return found


def _walk(data: bytes, home: str) -> list[tuple[int, int, str, bool]]:
    """Steps (start, stop, encoding, lost) from end to end, the likeliest. Beginning or ending away from home costs a switch."""
    size, kinds = len(data), len(_ENCODINGS)
    # states 0..2: after a character of that encoding; 3..5: after a lost byte while in it
    best = [[_NEVER] * (2 * kinds) for _ in range(size + 1)]
    came: list[list[tuple[int, int] | None]] = [[None] * (2 * kinds) for _ in range(size + 1)]
    best[0][:kinds] = [0.0 if e == home else _SWITCH for e in _ENCODINGS]
    states = [(s, s + kinds, *characters) for s, characters in enumerate(_characters(data))]
    gb, big5 = _ENCODINGS.index("gb18030"), _ENCODINGS.index("big5-hkscs")
    for at, byte in enumerate(data):
        here, after, came_after = best[at], best[at + 1], came[at + 1]
        if byte < 0x80:
            for s, gone, _, _ in states:
                origin = s if here[s] >= here[gone] else gone
                value = here[origin] + _PLAIN
                if value > after[s]:
                    after[s], came_after[s] = value, (at, origin)
            if 0x40 <= byte < 0x7F and at and data[at - 1] >= 0x80:
                gone = big5 + kinds
                after[gone], came_after[gone] = here[gone] + _TRAIL, (at, gone)
            continue
        highest = max(here)
        top = here.index(highest)
        highest += _SWITCH
        for s, gone, widths, nats in states:
            origin = s if here[s] >= here[gone] else gone
            value = here[origin]
            if highest > value:
                origin, value = top, highest
            reached = value + nats[at]
            if reached > _NEVER:
                then = best[at + widths[at]]
                if reached > then[s]:
                    then[s], came[at + widths[at]][s] = reached, (at, origin)
            first = value + (_EURO if byte == 0x80 and s == gb else _LOST)
            more = here[gone] + _LOST_TOO
            if first > more:
                after[gone], came_after[gone] = first, (at, origin)
            else:
                after[gone], came_after[gone] = more, (at, gone)
    ends = [value + (0.0 if _ENCODINGS[s % kinds] == home else _SWITCH) for s, value in enumerate(best[size])]
    steps, at, s = [], size, ends.index(max(ends))
    while at:
        before, origin = came[at][s]
        steps.append((before, at, _ENCODINGS[s % kinds], s >= kinds))
        at, s = before, origin
    return steps[::-1]


def walked(data: bytes, start: int, around: Evidence, home: str) -> Iterator[Piece]:
    """
    The pieces of one damaged line that begins at byte `start` of its record.

    Args:
        around: the evidence for the encoding `home`; what is read in another one is marked as found by score.
    """
    runs: list[tuple[int, int, str, bool]] = []
    for (encoding, gone), group in groupby(_walk(data, home), key=lambda step: step[2:]):
        steps = list(group)
        runs.append((steps[0][0], steps[-1][1], encoding, gone))
    names = {}
    for encoding in {e for *_, e, _ in runs}:
        parts = [data[a:b] for a, b, e, gone in runs if e == encoding and not gone]
        found = {narrowest(part, part.decode(CODECS[encoding]), encoding) for part in parts}
        names[encoding] = encoding if encoding in found or not found else found.pop()
    for a, b, encoding, gone in runs:
        evidence = around._replace(encoding=names[encoding]) if encoding == home else Evidence(names[encoding], "score", around.confidence)
        if gone:
            yield Piece(lost(data[a:b], encoding), start + a, start + b, *evidence._replace(method="tolerant"), False)
        else:
            yield from pieces_of(data[a:b], start + a, evidence)
