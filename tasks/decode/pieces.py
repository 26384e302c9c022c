"""Pieces: consecutive bytes with the text they say, and whether the text alone gives the bytes back.

A tolerant decoder marks bytes without meaning as lone surrogates (Python's surrogateescape; surrogatepass for UTF-16 and
UTF-32), at the speed of C. Here the marked text is cut at those runs. A run becomes U+FFFD, one for as many bytes as a
character of the encoding has, and a byte 0x80 among GBK becomes the euro sign, as Windows reads it; its bytes are kept raw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from tasks.decode.names import CODECS, STATEFUL, WIDTH, family

_BAD = re.compile("[\ud800-\udfff]+")
_ETEN = re.compile("[\u3041-\u30ff\u0400-\u04ff\u2460-\u249b\u2170-\u2179]")  # what code page 950 puts where Hong Kong and Eten differ
_BYTES_A_CHARACTER = {"utf-8": 3, "gb18030": 2, "gbk": 2, "big5": 2, "big5-hkscs": 2, "euc-tw": 2, "shift_jis": 2, "euc-jp": 2, "euc-kr": 2}
_SHIFT = re.compile(rb"~\{((?:[^~\n]|~(?!\}))*)(?:~\}|$)")  # what stands between HZ's two shifts
BLOCK = 1 << 16  # characters compared at once; a damaged spot is searched for inside its block only
MOST_SPOTS = 64  # damaged spots that are told apart in a block; a block with more is kept raw as a whole


class Piece(NamedTuple):
    """Bytes [start, stop) of the record, their characters (line ends as written), and the evidence for the encoding."""

    text: str
    start: int
    stop: int
    encoding: str
    method: str
    confidence: float
    alternatives: str
    exact: bool  # encoding the text gives the bytes back


class Evidence(NamedTuple):
    """Why an encoding was chosen; it goes with every piece that it explains."""

    encoding: str
    method: str
    confidence: float
    alternatives: str = "[]"


def most_pieces(size: int) -> int:
    """How many pieces a record of `size` bytes may have; beyond, neighbours are kept raw together."""
    return 2048 + size // 64


def decode_strictly(data: bytes, encoding: str) -> str | None:
    """The text, or None where a byte has no meaning in the encoding."""
    try:
        return data.decode(CODECS[encoding])
    except (UnicodeDecodeError, ValueError):
        return None


def decode_marked(data: bytes, encoding: str) -> str:
    """The text with bytes that have no meaning marked as lone surrogates. Only for encodings without state."""
    width = WIDTH.get(encoding, 1)
    if width == 1:
        return data.decode(CODECS[encoding], "surrogateescape")
    whole = len(data) // width * width
    tail = "\udc80" if whole < len(data) else ""
    try:
        return data[:whole].decode(CODECS[encoding], "surrogatepass") + tail
    except UnicodeDecodeError:  # UTF-32 beyond the last plane
        units = np.frombuffer(data[:whole], dtype="<u4" if encoding == "utf-32le" else ">u4")
        known = np.where(units < 0x110000, units, 0xD800).astype("<u4")
        return known.tobytes().decode("utf-32-le", "surrogatepass") + tail


def narrowest(data: bytes, text: str, encoding: str) -> str:
    """The plainest name under which the text encodes to the bytes: gbk before gb18030, big5 before big5-hkscs."""
    if encoding == "gb18030":
        try:
            text.encode("gbk", "surrogateescape")
        except UnicodeEncodeError:
            return "gb18030"
        return "gbk"
    if encoding == "big5-hkscs" and _ETEN.search(text) is None and _bad(decode_marked(data, "big5")) <= _bad(text):
        return "big5"
    return encoding


def _bad(text: str) -> int:
    return sum(len(run[0]) for run in _BAD.finditer(text))


def pieces_of(data: bytes, start: int, evidence: Evidence, text: str | None = None) -> Iterator[Piece]:
    """
    The pieces of `data`, which begins at byte `start` of its record, all in one encoding.

    Args:
        text: what decode_marked or decode_strictly made of the data, where the caller has it already.

    Law: the pieces' bytes are `data`, end to end; an exact piece's text encodes to its bytes.
    """
    if not data:
        return
    if evidence.encoding in STATEFUL:
        yield from _by_line(data, start, evidence)
        return
    if text is None:
        text = decode_marked(data, evidence.encoding)
    if _encodes_to(text, data, evidence.encoding):
        yield Piece(text, start, start + len(data), *evidence, True)
        return
    yield from _by_block(data, start, evidence, text)


def _encodes_to(text: str, data: bytes, encoding: str) -> bool:
    try:
        return text.encode(CODECS[encoding]) == data
    except UnicodeEncodeError:
        return False


def _by_line(data: bytes, start: int, evidence: Evidence) -> Iterator[Piece]:
    """For encodings with shift sequences: each line by itself; what does not come back, or says nothing, is raw."""
    held, since = "", 0  # characters and first byte of what waits for a line that can be told
    codec = CODECS[evidence.encoding]
    at = 0
    for line in data.splitlines(keepends=True):
        text = decode_strictly(line, evidence.encoding)
        stop = at + len(line)
        if text and since == at and _encodes_to(text, line, evidence.encoding):
            yield Piece(text, start + at, start + stop, *evidence, True)
            since = stop
        else:
            if text is None:
                text = _hz_with_slips(line) if evidence.encoding == "hz-gb-2312" else line.decode(codec, "replace")
            held += _printable(text)
            if held:
                yield Piece(held, start + since, start + stop, *evidence, False)
                held, since = "", stop
        at = stop
    if since < at:
        yield Piece("\ufffd", start + since, start + at, *evidence, False)


def _hz_with_slips(line: bytes) -> str:
    """A damaged line of HZ, pair by pair between its shifts: a bad byte costs one character, where the codec loses the step."""
    parts = []
    for i, run in enumerate(_SHIFT.split(line)):
        if i % 2 == 0:
            parts.append(run.replace(b"~~", b"~").decode("ascii", "replace"))
            continue
        for pair in (run[k : k + 2] for k in range(0, len(run), 2)):
            character = decode_strictly(bytes(b | 0x80 for b in pair), "gbk") if pair.isascii() else None
            parts.append("\ufffd" if character is None else character)
    return "".join(parts)


def _by_block(data: bytes, start: int, evidence: Evidence, text: str) -> Iterator[Piece]:
    """Cut the marked text into blocks; find the damaged spots of those blocks that do not come back."""
    encoding, width = evidence.encoding, WIDTH.get(evidence.encoding, 1)
    errors = "surrogateescape" if width == 1 else "surrogatepass"
    codec = CODECS[encoding]
    at = 0
    for i in range(0, len(text), BLOCK):
        block = text[i : i + BLOCK]
        last = i + BLOCK >= len(text)
        if last:
            stop = len(data)
        else:
            stop = _bytes_of(block, data, at, codec, errors, encoding)
        here = data[at:stop]
        if _encodes_to(block, here, encoding):
            yield Piece(block, start + at, start + stop, *evidence, True)
        else:
            spots = islice(_spots(block, here, start + at, evidence, codec, errors), 2 * MOST_SPOTS + 1)
            spots = [] if sum(1 for _ in islice(_BAD.finditer(block), MOST_SPOTS + 1)) > MOST_SPOTS else list(spots)
            if 0 < len(spots) <= 2 * MOST_SPOTS:
                yield from spots
            else:
                yield Piece(_BAD.sub("\ufffd", block), start + at, start + stop, *evidence, False)
        at = stop


def _bytes_of(block: str, data: bytes, at: int, codec: str, errors: str, encoding: str) -> int:
    """Where the block's bytes end: by encoding it, or, where a character was written in an unusual way, character by character."""
    encoded = block.encode(codec, errors)
    if data.startswith(encoded, at):
        return at + len(encoded)
    for character in block:
        at += _width_of(character, data, at, codec, errors)
    return at


def _width_of(character: str, data: bytes, at: int, codec: str, errors: str) -> int:
    """Bytes that stand for the character at `at`: those of its usual form, else the fewest that decode to it."""
    usual = character.encode(codec, errors)
    if data.startswith(usual, at):
        return len(usual)
    for width in (1, 2, 3, 4):
        try:
            if data[at : at + width].decode(codec) == character:
                return width
        except UnicodeDecodeError:
            continue
    return len(usual)  # unreachable for the codecs in use: each byte that decodes was read as some character


def _spots(block: str, data: bytes, start: int, evidence: Evidence, codec: str, errors: str) -> Iterator[Piece]:
    """Alternating exact and raw pieces of one block."""
    at = i = 0
    for bad in _BAD.finditer(block):
        if bad.start() > i:
            for piece in _unusual(block[i : bad.start()], data, at, start, evidence, codec):
                yield piece
                at = piece.stop - start
        size = len(bad[0]) * (1 if errors == "surrogateescape" else WIDTH[evidence.encoding])
        size = min(size, len(data) - at)  # an odd byte at the end of UTF-16
        yield Piece(lost(data[at : at + size], evidence.encoding), start + at, start + at + size, *evidence, False)
        at, i = at + size, bad.end()
    if i < len(block):
        yield from _unusual(block[i:], data, at, start, evidence, codec)


def _unusual(text: str, data: bytes, at: int, start: int, evidence: Evidence, codec: str) -> Iterator[Piece]:
    """Exact pieces around characters whose bytes are not those that Python would write (Big5's second form of a character)."""
    encoded = text.encode(codec)
    if data.startswith(encoded, at):
        yield Piece(text, start + at, start + at + len(encoded), *evidence, True)
        return
    since, first = at, 0
    for i, character in enumerate(text):
        usual = character.encode(codec)
        if data.startswith(usual, at):
            at += len(usual)
            continue
        if i > first:
            yield Piece(text[first:i], start + since, start + at, *evidence, True)
        since, at = at, at + _width_of(character, data, at, codec, "strict")
        yield Piece(character, start + since, start + at, *evidence, False)
        since, first = at, i + 1
    if first < len(text):
        yield Piece(text[first:], start + since, start + at, *evidence, True)


def lost(raw: bytes, encoding: str) -> str:
    """How a run of bytes without meaning reads: U+FFFD for each character that it can have been, and 0x80 in GBK as the euro sign."""
    if family(encoding) == "gb18030" and b"\x80" in raw:
        return "".join("€" * len(run) if run[0] == 0x80 else lost(run, encoding) for run in re.findall(rb"\x80+|[^\x80]+", raw))
    size = WIDTH.get(encoding) or _BYTES_A_CHARACTER.get(encoding, 1)
    return "\ufffd" * -(-len(raw) // size)


def _printable(text: str) -> str:
    return _BAD.sub("\ufffd", text)
