"""A damaged line, read byte by byte: the likeliest walk through characters of UTF-8, GB18030 and Big5 and through lost bytes.

Three things that no single decoder can do come out of one search (Viterbi's): a quotation in GBK inside a UTF-8 line is read in
GBK; after a lost first byte the step is found again, where a decoder would pair the wrong bytes up to the next ASCII; and a byte
that belongs to nothing is lost alone. Work is bounded by the caller: a few microseconds a byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from tasks.decode.likelihood import RARE, table
from tasks.decode.names import CODECS
from tasks.decode.pieces import Evidence, Piece, lost, narrowest, pieces_of

LONGEST = 1 << 14  # bytes of a line that are walked
_ENCODINGS = ("utf-8", "gb18030", "big5-hkscs")
_LOST, _LOST_TOO = -25.0, -7.0  # nats for a lost byte, and for the next: what breaks is a character
_TRAIL = -3.0  # nats for a letter after a lost byte of Big5: half of its second bytes are letters
_SWITCH = -14.0  # nats for going on in another encoding: two characters of it outweigh four lost bytes, one does not
_AT_LEAST = -13.0  # nats of a rare ideograph: dearer, and two lost bytes were cheaper
_UTF8_AT_LEAST = {2: -16.0, 3: -12.0, 4: -12.0}  # nats by bytes: a whole sequence of UTF-8 is rarely chance
_EURO, _PLAIN = -9.0, -3.5  # nats of Windows' byte 0x80 in GBK, and of an ASCII character
_NEVER = float("-inf")


@lru_cache(maxsize=1 << 16)
def _nats(encoding: str, raw: bytes) -> float:
    """Of one character's bytes; minus infinity where they are none."""
    try:
        text = raw.decode(CODECS[encoding])
    except UnicodeDecodeError:
        return _NEVER
    if len(text) != 1:
        return _NEVER
    nats = float(table()[min(ord(text), 0xFFFF)])
    if encoding == "utf-8":
        return max(nats, _UTF8_AT_LEAST[len(raw)])
    return max(nats, _AT_LEAST) if nats >= RARE else nats


def _character(data: bytes, at: int, encoding: str) -> tuple[int, float]:
    """Bytes and nats of the character that begins at a byte beyond ASCII; (1, minus infinity) where none does."""
    lead = data[at]
    if encoding == "utf-8":
        size = 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 1
    elif encoding == "gb18030":
        size = 4 if 0x30 <= int.from_bytes(data[at + 1 : at + 2]) < 0x3A else 2
    else:
        size = 2
    raw = data[at : at + size]
    return (size, _nats(encoding, raw)) if len(raw) == size > 1 else (1, _NEVER)


def _walk(data: bytes, home: str) -> list[tuple[int, int, str, bool]]:
    """Steps (start, stop, encoding, lost) from end to end, the likeliest. Beginning or ending away from home costs a switch."""
    size, kinds = len(data), len(_ENCODINGS)
    # states 0..2: after a character of that encoding; 3..5: after a lost byte while in it
    best = [[_NEVER] * (2 * kinds) for _ in range(size + 1)]
    came: list[list[tuple[int, int] | None]] = [[None] * (2 * kinds) for _ in range(size + 1)]
    best[0][:kinds] = [0.0 if e == home else _SWITCH for e in _ENCODINGS]
    for at in range(size):
        here = best[at]
        top = here.index(max(here))
        plain = data[at] < 0x80
        for s in range(kinds):
            origin = s if here[s] >= here[s + kinds] else s + kinds
            if not plain and here[top] + _SWITCH > here[origin]:
                origin, value = top, here[top] + _SWITCH
            else:
                value = here[origin]
            width, nats = (1, _PLAIN) if plain else _character(data, at, _ENCODINGS[s])
            if value + nats > best[at + width][s]:
                best[at + width][s], came[at + width][s] = value + nats, (at, origin)
            if plain:
                if _ENCODINGS[s] == "big5-hkscs" and 0x40 <= data[at] < 0x7F and at and data[at - 1] >= 0x80:
                    best[at + 1][s + kinds], came[at + 1][s + kinds] = here[s + kinds] + _TRAIL, (at, s + kinds)
                continue
            first = value + (_EURO if data[at] == 0x80 and _ENCODINGS[s] == "gb18030" else _LOST)
            more = here[s + kinds] + _LOST_TOO
            best[at + 1][s + kinds] = max(first, more)
            came[at + 1][s + kinds] = (at, origin) if first > more else (at, s + kinds)
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
