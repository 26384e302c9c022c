"""Lines that speak against their record's encoding: a file can change its encoding from line to line, or be damaged in places.

The record is read in its likeliest encoding. Lines that hold bytes without meaning there, or that read like noise, are judged
by themselves, neighbours together; what then has no strict reading is decoded tolerantly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from tasks.decode.candidates import Candidate, explain, judge, sample
from tasks.decode.likelihood import code_points, nats_of
from tasks.decode.names import family
from tasks.decode.pieces import Evidence, Piece, decode_marked, narrowest, pieces_of
from tasks.decode.walk import LONGEST, walked

ENCODINGS = ("gb18030", "big5-hkscs", "utf-8")
NOISE = -9.2  # mean nats of a line beyond ASCII from which it is judged by itself: running Chinese has -5 to -8, a wrong reading -10 to -16
_SHORTEST = 3  # characters beyond ASCII that a line must have to be called noise
_BELIEVED = -10.0  # mean nats, with penalties, that a line must have to leave the record's encoding
_NEIGHBOURS = 8.0  # nats that a line grants to the encoding of the record around it
DEEPEST = 3
_MOST_ODD = 1 << 18  # odd lines in a record that are judged by themselves; beyond, the record is not worth it
_MOST_WALKED = 1 << 17  # bytes of odd lines in a record up to which damage is looked into byte by byte
_MARKED = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 20  # characters looked through at once


def settle(data: bytes, ranked: list[Candidate], method: str, start: int = 0, depth: int = 0, thorough: bool = True) -> Iterator[Piece]:
    """
    The pieces of data that begin at byte `start` of the record, given the readings of a sample, likeliest first.

    Lines that keep the likeliest encoding carry `method` ("strict" where that is UTF-8), lines judged by themselves "score",
    what holds bytes without meaning "tolerant". `thorough`: damaged lines are walked byte by byte.
    """
    best = ranked[0]
    text = decode_marked(data, best.encoding)
    evidence = explain(best, ranked[1:], "strict" if best.encoding == "utf-8" else method)
    odd, text_stops = _odd_lines(text, best.encoding)
    if not odd.any():
        yield from _plain(data, start, evidence, text)
        return
    stops = _stops(np.frombuffer(data, dtype=np.uint8))
    if depth < DEEPEST and 1 < len(stops) == len(odd) and np.count_nonzero(odd) <= _MOST_ODD:
        yield from _around(data, text, start, evidence, odd, stops, text_stops, depth, thorough)
    elif _holds_bad(text):
        evidence = evidence._replace(method="tolerant", confidence=round(max(0.0, 1 - best.bad / max(1, best.beyond_ascii)), 4))
        if thorough and len(stops) == 1 and len(data) <= LONGEST:
            yield from walked(data, start, evidence, best.encoding)
        else:
            yield from _plain(data, start, evidence, text)
    else:
        yield from _plain(data, start, evidence, text)


def _plain(data: bytes, start: int, evidence: Evidence, text: str) -> Iterator[Piece]:
    """Pieces under the plainest name of the encoding."""
    return _named(data, start, evidence, text, narrowest(data, text, evidence.encoding))


def _named(data: bytes, start: int, evidence: Evidence, text: str, name: str) -> Iterator[Piece]:
    if name == "big5" and name != evidence.encoding:  # a few signs read otherwise than in Hong Kong
        text = decode_marked(data, name)
    return pieces_of(data, start, evidence._replace(encoding=name), text)


def _holds_bad(text: str) -> bool:
    return _MARKED.search(text) is not None


def _stops(points: np.ndarray) -> np.ndarray:
    """One past the last unit of each line; \\r\\n is one line end. The same bytes end lines in every encoding tried here."""
    returns = points == 13
    returns[:-1] &= points[1:] != 10
    stops = np.flatnonzero((points == 10) | returns) + 1
    return stops if len(stops) and stops[-1] == len(points) else np.append(stops, len(points))


def _odd_lines(text: str, encoding: str) -> tuple[np.ndarray, np.ndarray]:
    """For each line, whether it holds marked bytes or reads like noise, and where it stops in the text."""
    odd, stops, at = [], [], 0
    while at < len(text):
        stop = at + _CHUNK
        if stop < len(text):
            following = text.find("\n", stop)
            stop = len(text) if following < 0 else following + 1
        points = code_points(text[at:stop])
        ends = _stops(points)
        odd.append(_odd_in(points, ends, encoding))
        stops.append(ends + at)
        at = stop
    return np.concatenate(odd), np.concatenate(stops)


def _odd_in(points: np.ndarray, stops: np.ndarray, encoding: str) -> np.ndarray:
    starts = np.concatenate(([0], stops[:-1]))
    marked = (points >= 0xD800) & (points < 0xE000)
    if family(encoding) == "gb18030":
        marked &= points != 0xDC80  # the euro sign of Windows
    odd = np.add.reduceat(marked, starts, dtype=np.int64) > 0
    if encoding == "utf-8":
        return odd
    beyond = points > 0x7F
    count = np.add.reduceat(beyond, starts, dtype=np.int64)
    total = np.add.reduceat(np.where(beyond, nats_of(points), 0), starts, dtype=np.float64)
    return odd | ((count >= _SHORTEST) & (total < NOISE * count))


def _around(
    data: bytes, text: str, start: int, evidence: Evidence, odd: np.ndarray, stops: np.ndarray, text_stops: np.ndarray, depth: int,
    thorough: bool,
) -> Iterator[Piece]:
    """Runs of odd lines judged by themselves; all that stays in the record's encoding, under one name."""
    changes = np.flatnonzero(odd[1:] != odd[:-1]) + 1
    thorough = thorough and int(np.diff(stops, prepend=0)[odd].sum()) <= _MOST_WALKED
    runs: list[tuple[int, int, int, int, list[Piece] | None]] = []  # bytes, characters, and pieces where the run left
    first = at = text_at = 0
    for last in [*changes.tolist(), len(odd)]:
        stop, text_stop = int(stops[last - 1]), int(text_stops[last - 1])
        left = None
        if odd[first]:
            alone = first == 0 and last == len(odd)
            left = _left(data[at:stop], start + at, evidence, stops[first:last] - at, depth, alone, thorough)
        if left is None and runs and runs[-1][4] is None:
            at, text_at = runs[-1][0], runs[-1][2]
            runs.pop()
        runs.append((at, stop, text_at, text_stop, left))
        at, text_at, first = stop, text_stop, last
    names = {narrowest(data[a:b], text[c:d], evidence.encoding) for a, b, c, d, left in runs if left is None}
    name = max(names, key=lambda n: (n == evidence.encoding, n), default=evidence.encoding)
    for a, b, c, d, left in runs:
        if left is not None:
            yield from left
        else:
            yield from _named(data[a:b], start + a, evidence, text[c:d], name)


def _left(data: bytes, start: int, around: Evidence, stops: np.ndarray, depth: int, alone: bool, thorough: bool) -> list[Piece] | None:
    """The pieces of a run of odd lines, or None where its likeliest encoding is the record's after all."""
    votes = {family(around.encoding): _NEIGHBOURS}
    if not alone or len(stops) == 1:
        return _judged(data, start, votes, depth + 1, around, thorough)
    pieces, at = [], 0
    for stop in stops.tolist():
        line = data[at:stop]
        found = _judged(line, start + at, votes, DEEPEST, around, thorough)
        pieces += _named(line, start + at, around, decode_marked(line, around.encoding), around.encoding) if found is None else found
        at = stop
    return pieces


def _judged(data: bytes, start: int, votes: dict[str, float], depth: int, around: Evidence, thorough: bool) -> list[Piece] | None:
    ranked = judge(sample(data), ENCODINGS, votes)
    if ranked[0].mean < _BELIEVED:  # damage, not another encoding
        ranked.sort(key=lambda c: family(c.encoding) != family(around.encoding))
    same = family(ranked[0].encoding) == family(around.encoding)
    if same and not _holds_bad(decode_marked(data, ranked[0].encoding)):
        return None
    return list(settle(data, ranked, "score", start, depth, thorough))
