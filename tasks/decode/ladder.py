"""The ladder: from bytes to text, the surest evidence first.

    byte order mark -> strict UTF-8 (HZ and ISO-2022 when 7-bit, UTF-16 and UTF-32 when NULs stand in their places)
    -> readings as GB18030, Big5, UTF-8, UTF-16 scored, with chardetng and the declared charset as votes
    -> lines that speak against the record's encoding judged by themselves
    -> foreign encodings: chardetng, the declared charset, charset-normalizer -> tolerant decoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from tasks.decode.candidates import (
    Candidate,
    detected,
    explain,
    is_chinese,
    judge,
    last_opinion,
    read,
    read_text,
    sample,
    votes_of,
)
from tasks.decode.declared import declared_charset
from tasks.decode.lines import ENCODINGS, settle
from tasks.decode.names import CODECS, STATEFUL, family, name_of
from tasks.decode.pieces import Evidence, Piece, decode_strictly, pieces_of
from tasks.decode.stretches import BOMS, Stretch, encode_back, guarded, stretches_of
from tasks.decode.wide import HEAD, UTF_16, UTF_32, find_wide

_HZ = re.compile(rb"~\{(?:[\x21-\x7e]{2})+~\}")
_SLIPS = 0.01  # share of bytes beyond ASCII up to which bytes of seven bits are damaged
_RARELY = -12.0  # nats against EUC-TW, which hardly any page uses: two characters of it do not outweigh it
_RUNNING = -9.0  # mean nats of a character beyond ASCII that running Chinese has, however short
_ESCAPES = ((b"\x1b$)C", "iso-2022-kr"), (b"\x1b$)A", "iso-2022-cn"), (b"\x1b$)G", "iso-2022-cn"), (b"\x1b$*H", "iso-2022-cn"),
            (b"\x1b$", "iso-2022-jp"))
_CALLED = re.compile(rb"\x1b\$\)[AG]\x0e(?:[\x21-\x7e]{2})+\x0f")
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")
_HIGH = bytes(range(0x80, 0x100))
# one stretch of strict UTF-8 with one style of line end is its bytes: Python's codec is a bijection
_BY_CONSTRUCTION = frozenset(("utf-8", newline, "strict") for newline in (None, "lf"))
STRICT = Evidence("utf-8", "strict", 1.0)


class Decoded(NamedTuple):
    """A record's characters (line ends as \\n) and how they were won."""

    text: str
    stretches: list[Stretch]
    declared_charset: str | None


def decode_bytes(data: bytes, stated: str | None = None) -> Decoded:
    """
    Decode any bytes; raises nothing.

    Args:
        stated: the charset that the record's container states (HTTP's header goes before the page's own word); a claim like that.

    Law: encode_back(text, stretches) == data. The text holds no \\r and no lone surrogate.
    """
    declared = stated or declared_charset(data)
    if not data:
        return Decoded("", [Stretch(0, 0, 0, 0, "utf-8", None, "strict", 1.0, "[]", None)], stated)
    text, stretches = stretches_of(data, _pieces(data, declared))
    if len(stretches) == 1 and stretches[0][4:7] in _BY_CONSTRUCTION:
        return Decoded(text, stretches, declared)
    return Decoded(*guarded(data, text, stretches), declared)


def _pieces(data: bytes, declared: str | None) -> Iterable[Piece]:
    marked = _bom(data)
    if marked is not None:
        return _after_mark(data, marked, declared)
    return _unmarked(data, declared)


def _bom(data: bytes) -> str | None:
    for encoding, mark in BOMS.items():
        if data.startswith(mark):
            if encoding == "utf-32le" and not _in_fours(data):
                continue  # UTF-16 that begins with a NUL
            return encoding
    return None


def _in_fours(data: bytes) -> bool:
    """Whether nearly all units of four bytes, damage aside, are code points: UTF-16 read so is beyond the last plane."""
    units = np.frombuffer(data[: min(len(data), HEAD) // 4 * 4], dtype="<u4")
    return len(data) % 4 == 0 and int(np.count_nonzero(units < 0x110000)) > 0.9 * len(units)


def _after_mark(data: bytes, encoding: str, declared: str | None) -> list[Piece]:
    """The mark's bytes belong to the first piece; where that is in another encoding after all, its first character is kept raw."""
    size = len(BOMS[encoding])
    body = data[size:]
    if encoding == "utf-8" and decode_strictly(body, encoding) is None:
        pieces = [
            p._replace(start=p.start + size, stop=p.stop + size, method="bom" if p.encoding == "utf-8" else p.method)
            for p in _unmarked(body, "utf-8")
        ]
    else:
        pieces = list(pieces_of(body, size, Evidence(encoding, "bom", 1.0)))
    if not pieces:
        return [Piece("", 0, size, encoding, "bom", 1.0, "[]", True)]
    first = pieces[0]
    if first.method == "bom" or not first.exact:
        return [first._replace(start=0), *pieces[1:]]
    head = first.text[: 2 if first.text.startswith("\r\n") else 1]
    at = first.start + len(head.encode(CODECS[first.encoding]))
    rest = [first._replace(text=first.text[len(head) :], start=at)] if len(head) < len(first.text) else []
    return [first._replace(text=head, start=0, stop=at, exact=False), *rest, *pieces[1:]]


def _unmarked(data: bytes, declared: str | None) -> Iterable[Piece]:
    text = decode_strictly(data, "utf-8")
    nul = b"\0" in data
    if text is not None and not nul:
        shifted = _shifted(data) if data.isascii() else None
        if shifted is not None:
            return pieces_of(data, 0, shifted)
        if not _reads_better_as_gbk(data, text):
            return [Piece(text, 0, len(data), *STRICT, True)]
    elif text is None and not nul and (b"~{" in data[:HEAD] or b"\x1b$" in data[:HEAD]):
        shifted = _shifted_with_slips(data)
        if shifted is not None:
            return pieces_of(data, 0, shifted)
    if nul:
        wide = find_wide(data, UTF_16 + UTF_32)
        if wide is not None:
            return pieces_of(data, 0, wide[0])
        if text is not None:
            return [Piece(text, 0, len(data), *STRICT, True)]
    return _scored(data, declared)


def _shifted(data: bytes) -> Evidence | None:
    """Seven-bit bytes that are not ASCII: HZ by its pairs of shifts, ISO-2022 by its escapes."""
    if b"~{" in data and _HZ.search(data):
        whole = decode_strictly(data, "hz-gb-2312")
        return Evidence("hz-gb-2312", "strict", 0.98) if whole is not None else Evidence("hz-gb-2312", "tolerant", 0.8)
    for escape, encoding in _ESCAPES:
        if escape in data and decode_strictly(data, encoding) is not None:
            return Evidence(encoding, "strict", 0.98)
    return None


def _shifted_with_slips(data: bytes) -> Evidence | None:
    """HZ or ISO-2022-CN with a few damaged bytes: the others are seven-bit, and the shifts are there."""
    plain = data.translate(None, _HIGH)
    if len(data) - len(plain) > max(1, _SLIPS * len(data)):
        return None
    if b"\x1b$" in plain:
        return Evidence("iso-2022-cn", "tolerant", 0.8) if _CALLED.search(plain) else None
    return Evidence("hz-gb-2312", "tolerant", 0.8) if len(_HZ.findall(plain)) > 1 else None


def _reads_better_as_gbk(data: bytes, text: str) -> bool:
    """A few GBK characters can be valid UTF-8 by chance, all of them two-byte sequences (\"路\" is \"·\")."""
    if len(data) > 200 or data.isascii():
        return False
    beyond = [c for c in text if c > "\x7f"]
    if len(beyond) < 2 or len(beyond) > 12 or max(beyond) > "\u07ff" or decode_strictly(data, "gb18030") is None:
        return False
    return read(data, "gb18030").mean > -8.0


def _scored(data: bytes, declared: str | None) -> Iterable[Piece]:
    seen = sample(data)
    plain = judge(seen, ENCODINGS)
    if _is_decisive(plain):
        return settle(data, plain, "score")
    if len(data) % 2 == 0:
        wide = find_wide(data, UTF_16)
        if wide is not None and wide[1] > read(data[:HEAD], plain[0].encoding).nats:
            return pieces_of(data, 0, wide[0])
    if _is_binary(data):
        return pieces_of(data, 0, Evidence("utf-8", "tolerant", 0.0))
    claim = name_of(declared) if declared else None
    rare = read(seen, "euc-tw", 0.0 if claim == "euc-tw" else _RARELY)
    if rare.nats > plain[0].nats and rare.mean > _RUNNING:
        return pieces_of(data, 0, explain(rare, plain, "score" if decode_strictly(data, "euc-tw") is not None else "tolerant"))
    opinion = detected(data)
    ranked = judge(seen, ENCODINGS, votes_of(opinion, claim))
    if is_chinese(ranked[0], opinion):
        return settle(data, ranked, _decided_by(ranked[0], plain[0], opinion))
    if _reads_well(settle(seen, ranked, "score"), opinion):
        return settle(data, ranked, "score")
    foreign = _foreign(data, opinion, claim)
    if foreign is not None:
        return pieces_of(data, 0, foreign)
    return settle(data, ranked, "score")


def _decided_by(best: Candidate, unvoted: Candidate, opinion: str | None) -> str:
    if opinion and family(opinion) == family(best.encoding):
        return "detector"
    return "score" if best.encoding == unvoted.encoding else "declared"


def _reads_well(pieces: Iterable[Piece], opinion: str | None) -> bool:
    """Whether lines, each in its own encoding, make Chinese where no single encoding does."""
    return is_chinese(read_text("".join(p.text for p in pieces), "gb18030"), opinion)


def _is_binary(data: bytes) -> bool:
    """Control characters that no text has, in number: an image, an archive, random bytes."""
    head = data[:HEAD]
    return len(head) - len(head.translate(None, _CONTROLS)) > 0.02 * len(head)


def _is_decisive(ranked: list[Candidate]) -> bool:
    """Clear enough to spare the detector: long, without damage, far ahead, and as likely as running Chinese is."""
    best, second = ranked[0], ranked[1]
    return best.bad == 0 and best.beyond_ascii >= 12 and best.mean > -7.8 and best.nats - second.nats > 20.0


def _foreign(data: bytes, opinion: str | None, claim: str | None) -> Evidence | None:
    """An encoding that reads every byte, named by the page, by chardetng or, last, by charset-normalizer."""
    agreed = claim is not None and claim == opinion
    for encoding, method, sure in ((opinion, "detector", 0.95 if agreed else 0.8), (claim, "declared", 0.7)):
        if encoding and encoding not in ("utf-8", *STATEFUL) and decode_strictly(data, encoding) is not None:
            return Evidence(encoding, method, sure)
    last = last_opinion(data)
    if last and last not in ("utf-8", *STATEFUL) and decode_strictly(data, last) is not None:
        return Evidence(last, "detector", 0.5)
    return None


__all__ = ["Decoded", "Stretch", "decode_bytes", "encode_back"]
