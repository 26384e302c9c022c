"""Stretches: pieces with one style of line end, as rows of `decodings`, and the way back to the bytes (law B).

The text of a stretch has \\n for every line end. Its bytes are `raw` where that is set; else the text with its line ends put
back, in its encoding, after a byte order mark where the stretch is the record's first and its method is "bom".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from tasks.decode.names import CODECS
from tasks.decode.pieces import Piece, most_pieces

BOMS = {  # the longer first: UTF-32's mark begins like UTF-16's
    "utf-32le": b"\xff\xfe\x00\x00",
    "utf-32be": b"\x00\x00\xfe\xff",
    "utf-8": b"\xef\xbb\xbf",
    "gb18030": b"\x84\x31\x95\x33",
    "utf-16le": b"\xff\xfe",
    "utf-16be": b"\xfe\xff",
}
LINE_END = {None: "\n", "lf": "\n", "crlf": "\r\n", "cr": "\r"}
_RUNS = re.compile(r"(?P<lf>(?:[^\r\n]*+\n)++)|(?P<crlf>(?:[^\r\n]*+\r\n)++)|(?P<cr>(?:[^\r\n]*+\r(?!\n))++)|(?P<none>[^\r\n]++)")
_BLOCK, _MOST_CHANGES = 1 << 16, 1 << 10  # characters of a block, and changes of line end in it
_LONE = re.compile(r"[\ud800-\udfff]")
_ANY_END = re.compile(r"\r\n?")


class Stretch(NamedTuple):
    """One row of `decodings`, but for its document."""

    start: int
    stop: int
    byte_start: int
    byte_stop: int
    encoding: str
    newline: str | None  # None: it has no line end
    method: str
    confidence: float
    alternatives: str
    raw: bytes | None


def stretches_of(data: bytes, pieces: Iterable[Piece]) -> tuple[str, list[Stretch]]:
    """The whole text and its stretches. Law: encode_back(text, stretches) == data, where the pieces keep theirs."""
    runs = [run for piece in _joined(list(pieces)) for run in _by_line_end(piece)]
    runs = list(_settled(runs))
    most = most_pieces(len(data))
    if len(runs) > most:
        runs = list(_crowded(runs, most))
    stretches, at = [], 0
    for p, newline in runs:
        raw = None if p.exact else data[p.start : p.stop]
        stop = at + len(p.text)
        stretches.append(Stretch(at, stop, p.start, p.stop, p.encoding, newline, p.method, p.confidence, p.alternatives, raw))
        at = stop
    return "".join(p.text for p, _ in runs), stretches


def whole(stretches: Sequence[Stretch], size: int) -> Stretch:
    """One stretch over a rendered document of `size` characters: the encoding of most bytes, as sure as the least sure stretch."""
    widest = max(stretches, key=lambda s: s.byte_stop - s.byte_start)
    return widest._replace(
        start=0, stop=size, byte_start=0, byte_stop=stretches[-1].byte_stop, newline=None,
        confidence=min(s.confidence for s in stretches), raw=None,
    )


def guarded(data: bytes, text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    """
    The same stretches, but each that does not give its bytes back holds them raw: a defect above costs space, never bytes.

    Stretches that are no cover of text and bytes at all give way to one that is: the whole record read as UTF-8, raw.
    """
    if _is_cover(data, text, stretches):
        kept = [s if _gives_back(data, text, s) else s._replace(raw=data[s.byte_start : s.byte_stop]) for s in stretches]
        if "\r" not in text and _LONE.search(text) is None:
            return text, kept
    plain = _ANY_END.sub("\n", data.decode("utf-8", "replace"))
    return plain, [Stretch(0, len(plain), 0, len(data), "utf-8", None, "tolerant", 0.0, "[]", data)]


def _is_cover(data: bytes, text: str, stretches: list[Stretch]) -> bool:
    """Whether they lie end to end in both, and none but an only one is empty in the text."""
    at = byte_at = 0
    for s in stretches:
        if (s.start, s.byte_start) != (at, byte_at) or s.byte_stop < byte_at or s.stop < at + (len(stretches) > 1):
            return False
        at, byte_at = s.stop, s.byte_stop
    return (at, byte_at) == (len(text), len(data))


def _gives_back(data: bytes, text: str, s: Stretch) -> bool:
    try:
        return _bytes_of(text, s) == data[s.byte_start : s.byte_stop]
    except (UnicodeEncodeError, KeyError):  # a character that the encoding lacks; a mark that it lacks
        return False


def encode_back(text: str, stretches: Iterable[Stretch | Mapping[str, object]]) -> bytes:
    """The record's bytes from `documents.text` and its rows of `decodings` (law B), in any order."""
    rows = [s if isinstance(s, Stretch) else Stretch(*(s[name] for name in Stretch._fields)) for s in stretches]
    return b"".join(_bytes_of(text, s) for s in sorted(rows, key=lambda s: s.byte_start))


def _bytes_of(text: str, s: Stretch) -> bytes:
    if s.raw is not None:
        return bytes(s.raw)
    written = text[s.start : s.stop]
    if s.newline in ("crlf", "cr"):
        written = written.replace("\n", LINE_END[s.newline])
    mark = BOMS[s.encoding] if s.method == "bom" and s.byte_start == 0 else b""
    return mark + written.encode(CODECS[s.encoding])


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours with the same encoding and method, both exact, are one."""
    for (*_, exact), group in groupby(pieces, key=lambda p: (p.encoding, p.method, p.exact)):
        group = list(group)
        if not exact or len(group) == 1:
            yield from group
            continue
        longest = max(group, key=lambda p: len(p.text))
        yield longest._replace(
            text="".join(p.text for p in group), start=group[0].start, stop=group[-1].stop, confidence=min(p.confidence for p in group)
        )


def _by_line_end(piece: Piece) -> Iterator[tuple[Piece, str | None]]:
    """The piece cut where its style of line ends changes; text without a line end goes with what stands before it."""
    text = piece.text
    if "\r" not in text:
        yield piece, "lf" if "\n" in text else None
        return
    if not piece.exact:
        yield piece._replace(text=_ANY_END.sub("\n", text)), None
        return
    returns, feeds, pairs = text.count("\r"), text.count("\n"), text.count("\r\n")
    if returns == feeds == pairs:
        yield piece._replace(text=text.replace("\r\n", "\n")), "crlf"
    elif feeds == 0:
        yield piece._replace(text=text.replace("\r", "\n")), "cr"
    else:
        yield from _mixed_line_ends(piece)


def _mixed_line_ends(piece: Piece) -> Iterator[tuple[Piece, str | None]]:
    """Runs of one style; a block with more changes than a reader could use is kept raw."""
    codec, at = CODECS[piece.encoding], piece.start
    mark = len(BOMS[piece.encoding]) if piece.method == "bom" and piece.start == 0 else 0
    for block in _blocks(piece.text):
        stop = at + mark + len(block.encode(codec))
        if sum(1 for _ in islice(_RUNS.finditer(block), _MOST_CHANGES + 1)) > _MOST_CHANGES:
            yield piece._replace(text=_ANY_END.sub("\n", block), start=at, stop=stop, exact=False), None
        else:
            yield from _runs(piece, block, at, mark)
        at, mark = stop, 0


def _blocks(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        stop = at + _BLOCK
        if text[stop - 1 : stop + 1] == "\r\n":
            stop += 1
        yield text[at:stop]
        at = stop


def _runs(piece: Piece, block: str, at: int, mark: int) -> Iterator[tuple[Piece, str | None]]:
    for run in _RUNS.finditer(block):
        style = run.lastgroup
        stop = at + mark + len(run[0].encode(CODECS[piece.encoding]))
        mark = 0
        if style == "none":
            yield piece._replace(text=run[0], start=at, stop=stop), None
        else:
            yield piece._replace(text=run[0].replace(LINE_END[style], "\n"), start=at, stop=stop), style
        at = stop


def _settled(runs: list[tuple[Piece, str | None]]) -> Iterator[tuple[Piece, str | None]]:
    """Join what styles of line end leave joinable: a run without a line end takes its neighbour's style."""
    held: tuple[Piece, str | None] | None = None
    for piece, newline in runs:
        if held is not None and _fit(held, (piece, newline)):
            before, style = held
            held = before._replace(text=before.text + piece.text, stop=piece.stop), style or newline
            continue
        if held is not None:
            yield held
        held = piece, newline
    if held is not None:
        yield held


def _fit(a: tuple[Piece, str | None], b: tuple[Piece, str | None]) -> bool:
    same = a[0].encoding == b[0].encoding and a[0].method == b[0].method and a[0].exact and b[0].exact
    return same and (a[1] is None or b[1] is None or a[1] == b[1])


def _crowded(runs: list[tuple[Piece, str | None]], most: int) -> Iterator[tuple[Piece, str | None]]:
    """Small neighbours kept raw together, so that a record full of changes does not become a million rows."""
    size = -(-2 * len(runs) // most)
    group: list[tuple[Piece, str | None]] = []
    for run in runs:
        if len(run[0].text) > 4096:
            yield from _raw(group)
            group = []
            yield run
            continue
        group.append(run)
        if len(group) == size:
            yield from _raw(group)
            group = []
    yield from _raw(group)


def _raw(group: list[tuple[Piece, str | None]]) -> Iterator[tuple[Piece, str | None]]:
    if len(group) < 2:
        yield from group
        return
    widest = max((p for p, _ in group), key=lambda p: p.stop - p.start)
    text = "".join(p.text for p, _ in group)
    yield widest._replace(text=text, start=group[0][0].start, stop=group[-1][0].stop, exact=False), None
