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
from tasks.decode.resync import in_step, with_fragments

ENCODINGS = ("gb18030", "big5-hkscs", "utf-8")
NOISE = -10.3  # mean nats of a line beyond ASCII: running Chinese has -5 to -8, a wrong reading -10 to -16
_SHORTEST = 3  # characters beyond ASCII that a line must have to be called noise
_BELIEVED = -10.0  # mean nats, with penalties, that a line must have to leave the record's encoding
_NEIGHBOURS = 8.0  # nats that a line grants to the encoding of the record around it
DEEPEST = 3
_MOST_CHANGES = 50_000  # between ordinary and odd lines; beyond, damage is not told from a change of encoding
_MARKED = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 20  # characters looked through at once


def settle(data: bytes, ranked: list[Candidate], method: str, start: int = 0, depth: int = 0) -> Iterator[Piece]:
    """
    The pieces of data that begin at byte `start` of the record, given the readings of a sample, likeliest first.

    Lines that keep the likeliest encoding carry `method` ("strict" where that is UTF-8), lines judged by themselves "score",
    what holds bytes without meaning "tolerant".
    """
    best = ranked[0]
    text = decode_marked(data, best.encoding)
    name = narrowest(data, text, best.encoding)
    if name == "big5":
        text = decode_marked(data, name)
    evidence = explain(best, ranked[1:], "strict" if name == "utf-8" else method)._replace(encoding=name)
    odd = _odd_lines(text, best.encoding)
    if not odd.any():
        yield from pieces_of(data, start, evidence, text)
        return
    stops = _line_stops(data)
    if depth < DEEPEST and 1 < len(stops) == len(odd) and np.count_nonzero(odd[1:] != odd[:-1]) < _MOST_CHANGES:
        yield from _around(data, text, start, evidence, odd, stops, depth)
    elif _holds_bad(text):
        evidence = evidence._replace(method="tolerant", confidence=round(max(0.0, 1 - best.bad / max(1, best.beyond_ascii)), 4))
        if name == "utf-8" and len(stops) == 1:
            yield from with_fragments(data, start, evidence, text)
        else:
            yield from pieces_of(data, start, evidence, in_step(data, text, name))
    else:
        yield from pieces_of(data, start, evidence, text)


def _holds_bad(text: str) -> bool:
    return _MARKED.search(text) is not None


def _line_stops(data: bytes) -> np.ndarray:
    """One past the last byte of each line; a line end is one \\r or one \\n, the same bytes in every encoding tried here."""
    points = np.frombuffer(data, dtype=np.uint8)
    stops = np.flatnonzero((points == 10) | (points == 13)) + 1
    return stops if len(stops) and stops[-1] == len(data) else np.append(stops, len(data))


def _odd_lines(text: str, encoding: str) -> np.ndarray:
    """For each line, whether it holds marked bytes or reads like noise."""
    odd: list[np.ndarray] = []
    at = 0
    while at < len(text):
        stop = at + _CHUNK
        if stop < len(text):
            following = text.find("\n", stop)
            stop = len(text) if following < 0 else following + 1
        odd.append(_odd_in(code_points(text[at:stop]), encoding))
        at = stop
    return np.concatenate(odd) if odd else np.zeros(0, dtype=bool)


def _odd_in(points: np.ndarray, encoding: str) -> np.ndarray:
    ends = np.flatnonzero((points == 10) | (points == 13)) + 1
    starts = np.concatenate(([0], ends))
    if starts[-1] == len(points):
        starts = starts[:-1]
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
    data: bytes, text: str, start: int, evidence: Evidence, odd: np.ndarray, stops: np.ndarray, depth: int
) -> Iterator[Piece]:
    """Runs of odd lines judged by themselves, runs of ordinary ones in the record's encoding."""
    changes = np.flatnonzero(odd[1:] != odd[:-1]) + 1
    first = 0
    at = text_at = 0
    for last in [*changes.tolist(), len(odd)]:
        stop = int(stops[last - 1])
        lines = last - first
        text_stop = len(text) if last == len(odd) else _after_lines(text, text_at, lines)
        if odd[first]:
            alone = first == 0 and last == len(odd)
            yield from _odd_run(data[at:stop], start + at, evidence, stops[first:last] - at, depth, alone)
        else:
            yield from pieces_of(data[at:stop], start + at, evidence, text[text_at:text_stop])
        at, text_at, first = stop, text_stop, last


def _after_lines(text: str, at: int, lines: int) -> int:
    for _ in range(lines):
        feed, turn = text.find("\n", at), text.find("\r", at)
        at = (min(feed, turn) if feed >= 0 and turn >= 0 else max(feed, turn)) + 1
    return at


def _odd_run(data: bytes, start: int, around: Evidence, stops: np.ndarray, depth: int, alone: bool) -> Iterator[Piece]:
    votes = {family(around.encoding): _NEIGHBOURS}
    if alone and len(stops) > 1:
        at = 0
        for stop in stops.tolist():
            yield from _judged(data[at:stop], start + at, votes, DEEPEST, around)
            at = stop
        return
    yield from _judged(data, start, votes, depth + 1, around)


def _judged(data: bytes, start: int, votes: dict[str, float], depth: int, around: Evidence) -> Iterator[Piece]:
    ranked = judge(sample(data), ENCODINGS, votes)
    if ranked[0].mean < _BELIEVED:  # damage, not another encoding
        ranked.sort(key=lambda c: family(c.encoding) != family(around.encoding))
    if ranked[0].bad == 0 and family(ranked[0].encoding) == family(around.encoding):
        yield from pieces_of(data, start, around)
    else:
        yield from settle(data, ranked, "score", start, depth)
