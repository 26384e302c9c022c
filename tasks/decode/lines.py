"""Lines that speak against their record's encoding: a file can change its encoding from line to line, or be damaged in places.

The record is read in its likeliest encoding. Lines that hold bytes without meaning there, or that read like noise, are scored in
every encoding, all at once, and take the likeliest path: leaving the record's encoding, or changing between two others, has a
price, so that neighbours decide together. What then has no strict reading is decoded tolerantly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tasks.decode.candidates import BAD, VALID_UTF8, Candidate, explain, read, sample
from tasks.decode.likelihood import code_points, nats_of
from tasks.decode.names import family
from tasks.decode.pieces import Evidence, Piece, decode_marked, most_pieces, narrowest, pieces_of
from tasks.decode.walk import LONGEST, walked

ENCODINGS = ("gb18030", "big5-hkscs", "utf-8")
NOISE = -9.2  # mean nats of a line beyond ASCII from which it is judged by itself: running Chinese has -5 to -8, a wrong reading -10 to -16
_SHORTEST = 3  # characters beyond ASCII that a line must have to be called noise
_BELIEVED = -10.0  # mean nats, with penalties, that lines must have to leave the record's encoding
_BELIEVED_WHOLE = -13.0  # the same, where every byte of them has a meaning there but not in the record's encoding
_PRICE = 8.0  # nats against leaving the encoding of the record, and against changing between two others
_EURO = -9.0  # nats of Windows' byte 0x80 in GBK
_MOST_WALKED = 1 << 16  # bytes of damaged lines in a record up to which damage is looked into byte by byte
_APART = 4096  # characters of running text that are told apart even in a record full of changes
_LONG = 1 << 16  # bytes of a line from which it is scored by a sample
_MARKED = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 20  # characters or bytes looked through at once


class _Scores(NamedTuple):
    """float64 [lines, encodings] of the odd lines: nats with penalties, characters beyond ASCII, their nats, bad bytes."""

    nats: np.ndarray
    beyond: np.ndarray
    sums: np.ndarray
    bad: np.ndarray


def settle(data: bytes, ranked: list[Candidate], method: str) -> Iterator[Piece]:
    """
    The pieces of a record, given the readings of a sample, likeliest first.

    Lines that keep the likeliest encoding carry `method` ("strict" where that is UTF-8), lines judged by themselves "score",
    what holds bytes without meaning "tolerant"; damaged lines are walked byte by byte while there are few.
    """
    if ranked[0].mean < NOISE:
        ranked = _by_lines(sample(data), ranked)
    best = ranked[0]
    text = decode_marked(data, best.encoding)
    evidence = explain(best, ranked[1:], "strict" if best.encoding == "utf-8" else method)
    odd, text_stops = _odd_lines(text, best.encoding)
    if not odd.any():
        yield from _plain(data, 0, evidence, text)
        return
    stops = _stops(np.frombuffer(data, dtype=np.uint8))
    if 1 < len(stops) == len(odd):
        yield from _around(data, text, evidence, odd, stops, text_stops)
    elif _holds_bad(text):
        evidence = _damaged(evidence, best.bad, best.beyond_ascii)
        if len(stops) == 1 and len(data) <= LONGEST:
            yield from walked(data, 0, evidence, best.encoding)
        else:
            yield from _plain(data, 0, evidence, text)
    else:
        yield from _plain(data, 0, evidence, text)


def _by_lines(seen: bytes, ranked: list[Candidate]) -> list[Candidate]:
    """The readings of a sample that none explains, by how many of its bytes are in lines that each explains best."""
    stops = _stops(np.frombuffer(seen, dtype=np.uint8))
    starts = np.concatenate(([0], stops[:-1]))
    scores = _scored(seen, starts, stops)
    lines = np.arange(len(stops))
    best = np.argmax(scores.nats, axis=1)
    speaks = (scores.beyond[lines, best] > 0) & (scores.sums[lines, best] > NOISE * scores.beyond[lines, best])
    shares = {e: int((stops - starts)[speaks & (best == i)].sum()) for i, e in enumerate(ENCODINGS)}
    return sorted(ranked, key=lambda c: -shares.get(c.encoding, 0))


def _damaged(evidence: Evidence, bad: int, beyond: int) -> Evidence:
    return evidence._replace(method="tolerant", confidence=round(max(0.0, 1 - bad / max(1, beyond)), 4))


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
    data: bytes, text: str, evidence: Evidence, odd: np.ndarray, stops: np.ndarray, text_stops: np.ndarray
) -> Iterator[Piece]:
    """Odd lines by their own encodings; all that stays in the record's encoding, under one name."""
    starts, text_starts = (np.concatenate(([0], s[:-1])) for s in (stops, text_stops))
    home = next(i for i, e in enumerate(ENCODINGS) if family(e) == family(evidence.encoding))
    numbers = np.flatnonzero(odd)
    scores = _scored(data, starts[numbers], stops[numbers])
    chosen = _path(_rivals(scores, home), np.flatnonzero(np.diff(numbers, prepend=-2) != 1), home)
    chosen = _believed(chosen, scores, numbers, home)
    holds_bad = scores.bad[np.arange(len(numbers)), chosen] > 0
    walkable = int((stops - starts)[numbers[holds_bad]].sum()) <= _MOST_WALKED
    # what a line is: -1 as the record; else 2 * encoding, and 1 more where it is damaged
    kinds = np.full(len(odd), -1)
    kinds[numbers] = np.where((chosen == home) & ~holds_bad, -1, 2 * chosen + holds_bad)
    cut = kinds[1:] != kinds[:-1]
    if walkable:
        cut |= (kinds[1:] >= 0) & (kinds[1:] % 2 == 1)
    firsts = np.concatenate(([0], np.flatnonzero(cut) + 1))
    lasts = np.append(firsts[1:], len(odd)) - 1
    segments = list(zip(kinds[firsts].tolist(), starts[firsts].tolist(), stops[lasts].tolist(), strict=True))
    spans = list(zip(text_starts[firsts].tolist(), text_stops[lasts].tolist(), strict=True))
    if len(segments) > most_pieces(len(data)):
        yield from _crowded(data, text, evidence, segments, spans)
        return
    names = {
        narrowest(data[a:b], text[c:d], evidence.encoding) for (kind, a, b), (c, d) in zip(segments, spans, strict=True) if kind < 0
    }
    name = max(names, key=lambda n: (n == evidence.encoding, n), default=evidence.encoding)
    totals = _Scores(*(np.concatenate((np.zeros((1, len(ENCODINGS))), np.cumsum(s, axis=0))) for s in scores))
    ordinals = np.concatenate(([0], np.cumsum(odd)))
    froms, tos = ordinals[firsts].tolist(), ordinals[lasts + 1].tolist()
    for (kind, a, b), (c, d), i, k in zip(segments, spans, froms, tos, strict=True):
        if kind < 0:
            yield from _named(data[a:b], a, evidence, text[c:d], name)
        else:
            yield from _alone(data[a:b], a, kind, evidence, _Scores(*(t[k] - t[i] for t in totals)), walkable)


def _crowded(
    data: bytes, text: str, evidence: Evidence, segments: list[tuple[int, int, int]], spans: list[tuple[int, int]]
) -> Iterator[Piece]:
    """Short neighbours as one raw piece, where there are more changes than rows could tell."""
    size = -(-2 * len(segments) // most_pieces(len(data)))
    evidence = evidence._replace(method="tolerant")
    said: list[str] = []
    since = 0
    for (kind, a, b), (c, d) in zip(segments, spans, strict=True):
        if kind < 0 and d - c > _APART:
            if said:
                yield Piece("".join(said), since, a, *evidence, False)
            yield from _plain(data[a:b], a, evidence._replace(method="score"), text[c:d])
            said, since = [], b
            continue
        encoding = ENCODINGS[kind // 2] if kind >= 0 else evidence.encoding
        said.append(_MARKED.sub("\ufffd", text[c:d] if kind < 0 else decode_marked(data[a:b], encoding)))
        if len(said) == size:
            yield Piece("".join(said), since, b, *evidence, False)
            said, since = [], b
    if said:
        yield Piece("".join(said), since, segments[-1][2], *evidence, False)


def _alone(line: bytes, start: int, kind: int, around: Evidence, scores: _Scores, walkable: bool) -> Iterator[Piece]:
    """One or more lines in an encoding of their own, or damaged."""
    best, damaged = divmod(kind, 2)
    columns = zip(ENCODINGS, *(s.tolist() for s in scores), strict=True)
    weighed = [Candidate(e, nats, total / max(1, beyond), int(beyond), int(bad)) for e, nats, beyond, total, bad in columns]
    first = weighed.pop(best)
    evidence = explain(first, sorted(weighed, key=lambda c: -c.nats), "score")
    if damaged:
        evidence = _damaged(evidence, first.bad, first.beyond_ascii)
        if walkable and len(line) <= LONGEST:
            yield from walked(line, start, evidence, first.encoding)
            return
    elif family(first.encoding) == family(around.encoding):
        evidence = around
    yield from _plain(line, start, evidence, decode_marked(line, first.encoding))


def _rivals(scores: _Scores, home: int) -> np.ndarray:
    """The nats that count: a line without a fault in the record's encoding leaves it only for one that reads it without a fault."""
    faulty = (scores.bad > 0) & (scores.bad[:, home] == 0)[:, None]
    return np.where(faulty, -np.inf, scores.nats)


def _believed(chosen: np.ndarray, scores: _Scores, numbers: np.ndarray, home: int) -> np.ndarray:
    """Runs of lines that read like noise in the encoding chosen are damage, not another encoding: they stay."""
    firsts = np.flatnonzero((np.diff(chosen, prepend=-1) != 0) | (np.diff(numbers, prepend=-2) != 1))
    lines = np.arange(len(chosen))
    sums = np.add.reduceat(scores.sums[lines, chosen], firsts)
    beyond = np.add.reduceat(scores.beyond[lines, chosen], firsts)
    bad, bad_at_home = (np.add.reduceat(scores.bad[lines, which], firsts) for which in (chosen, home))
    least = np.where((bad == 0) & (bad_at_home > 0), _BELIEVED_WHOLE, _BELIEVED)
    noise = np.repeat(sums < least * beyond, np.diff(np.append(firsts, len(chosen))))
    return np.where(noise, home, chosen)


def _path(nats: np.ndarray, firsts: np.ndarray, home: int) -> np.ndarray:
    """The likeliest encoding of each line (Viterbi); `firsts` are the lines before which the record's own encoding stands."""
    entries = [0.0 if i == home else -_PRICE for i in range(nats.shape[1])]
    begins = set(firsts.tolist())
    states = range(len(entries))
    came: list[list[int]] = []
    values = entries
    top = home
    for i, line in enumerate(nats.tolist()):
        if i in begins:  # home stands between: whatever was before is settled
            values = [values[top] + entry for entry in entries]
            before = [top] * len(entries)
        else:
            ways = [(values[s], s) if values[s] >= values[top] + entries[s] else (values[top] + entries[s], top) for s in states]
            values, before = [v for v, _ in ways], [s for _, s in ways]
        values = [values[s] + line[s] for s in states]
        top = values.index(max(values))
        came.append(before)
    chosen = np.empty(len(came), dtype=np.int64)
    for i in range(len(came) - 1, -1, -1):
        chosen[i] = top
        top = came[i][top]
    return chosen


def _scored(data: bytes, starts: np.ndarray, stops: np.ndarray) -> _Scores:
    """The lines' scores in each encoding; many lines are read at once."""
    found: list[_Scores] = []
    sizes = stops - starts
    chunks = (np.cumsum(np.where(sizes > _LONG, _CHUNK, sizes)) // _CHUNK).tolist()
    first = 0
    for last in range(1, len(chunks) + 1):
        if last < len(chunks) and chunks[last] == chunks[first] and sizes[last] <= _LONG and sizes[first] <= _LONG:
            continue
        if sizes[first] > _LONG:
            found.append(_sampled(data[starts[first] : stops[first]]))
        else:
            found.append(_scored_together(data, starts[first:last].tolist(), stops[first:last].tolist()))
        first = last
    return _Scores(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _sampled(line: bytes) -> _Scores:
    """A long line by a part of it; whether it holds bad bytes is asked of the whole."""
    readings = [read(sample(line), e) for e in ENCODINGS]
    bad = [_MARKED.search(decode_marked(line, e)) is not None for e in ENCODINGS]
    rows = ([c.nats for c in readings], [c.beyond_ascii for c in readings], [c.mean * c.beyond_ascii for c in readings])
    return _Scores(*(np.array([row], dtype=np.float64) for row in (*rows, bad)))


def _scored_together(data: bytes, starts: list[int], stops: list[int]) -> _Scores:
    lines = [data[a:b].rstrip(b"\r\n") for a, b in zip(starts, stops, strict=True)]
    joined = b"\n".join(lines) + b"\n"
    columns = []
    for encoding in ENCODINGS:
        points = code_points(decode_marked(joined, encoding))
        firsts = np.concatenate(([0], np.flatnonzero(points == 10)[:-1] + 1))
        beyond = points > 0x7F
        marked = (points >= 0xDC80) & (points < 0xDD00)
        nats = nats_of(points).astype(np.float64)
        if encoding == "utf-8":
            nats = np.where(beyond, np.maximum(nats, VALID_UTF8), nats)
        nats = np.where(marked, BAD, nats)
        if family(encoding) == "gb18030":
            nats[points == 0xDC80] = _EURO
            marked &= points != 0xDC80
        rows = (nats, beyond, np.where(beyond, nats, 0.0), marked)
        columns.append([np.add.reduceat(row, firsts, dtype=np.float64) for row in rows])
    return _Scores(*(np.stack(column, axis=1) for column in zip(*columns, strict=True)))
