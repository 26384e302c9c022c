"""Candidates: the encodings tried on bytes that are not UTF-8, each with how likely its reading is.

A reading is scored by the nats of its characters; every byte without meaning costs BAD. Two opinions from outside are votes
of a few nats: chardetng's (right on short Chinese bytes and on foreign ones) and the charset that the page itself declares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import chardetng_py
import charset_normalizer
import numpy as np

from tasks.decode.likelihood import code_points, nats_of
from tasks.decode.names import CHINESE, CODECS, family, name_of
from tasks.decode.pieces import Evidence, decode_strictly

BAD = -40.0  # nats for a byte without meaning
VALID_UTF8 = -8.0  # a whole UTF-8 sequence is itself evidence, whatever character it is
SAMPLE = 1 << 12  # bytes of a slice that judges a long record
_DETECTOR_VOTE, _DECLARED_VOTE = 5.0, 4.0
_PRIOR = {"gb18030": 2.0}  # pages from the mainland are the more frequent; decides between two characters, not between ten
_SEEN_BY_DETECTOR = 1 << 13
_SEEN_BY_NORMALIZER = 1 << 14


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of some bytes."""

    encoding: str
    nats: float  # of all characters, with penalties and votes
    mean: float  # of the characters beyond ASCII, with penalties
    beyond_ascii: int
    bad: int


def judge(data: bytes, encodings: tuple[str, ...], votes: Mapping[str, float] | None = None) -> list[Candidate]:
    """The readings, likeliest first; `votes` adds nats to a family of encodings."""
    votes = votes or {}
    found = [read(data, e, _PRIOR.get(e, 0.0) + votes.get(family(e), 0.0)) for e in encodings]
    return sorted(found, key=lambda c: -c.nats)


def read(data: bytes, encoding: str, vote: float = 0.0) -> Candidate:
    """One reading, scored."""
    return read_text(data.decode(CODECS[encoding], "replace"), encoding, vote)


def read_text(text: str, encoding: str, vote: float = 0.0) -> Candidate:
    """One reading, already made: U+FFFD stands for bytes without meaning."""
    points = code_points(text)
    nats = nats_of(points)
    beyond = points > 0x7F
    if encoding == "utf-8":
        nats = np.where(beyond, np.maximum(nats, VALID_UTF8), nats)
    marked = points == 0xFFFD
    bad = int(np.count_nonzero(marked))
    if bad:
        nats = np.where(marked, np.float32(BAD), nats)
    count = int(np.count_nonzero(beyond))
    mean = float(nats[beyond].sum(dtype=np.float64)) / count if count else 0.0
    return Candidate(encoding, float(nats.sum(dtype=np.float64)) + vote, mean, count, bad)


def votes_of(detected: str | None, declared: str | None) -> dict[str, float]:
    votes: dict[str, float] = {}
    if detected:
        votes[family(detected)] = _DETECTOR_VOTE
    if declared:
        votes[family(declared)] = votes.get(family(declared), 0.0) + _DECLARED_VOTE
    return votes


def explain(best: Candidate, others: list[Candidate], method: str, sure: float | None = None) -> Evidence:
    """The decision as it is stored: how sure, and what else was weighed (mean nats of the characters beyond ASCII)."""
    if sure is None:
        lead = best.nats - others[0].nats if others else 20.0
        sure = 1 / (1 + exp(-max(-20.0, min(20.0, lead))))
    weighed = [{"encoding": c.encoding, "score": round(c.mean, 2)} for c in others]
    return Evidence(best.encoding, method, round(sure, 4), json.dumps(weighed))


def sample(data: bytes) -> bytes:
    """At most four slices of a long record, cut at line ends, so that a head that differs from the body is not all that counts."""
    if len(data) <= 4 * SAMPLE:
        return data
    slices = [data[at : at + SAMPLE] for at in range(0, len(data) - SAMPLE + 1, (len(data) - SAMPLE) // 3)]
    slices = [s if i == 0 else s[s.find(b"\n") + 1 :] for i, s in enumerate(slices) if i == 0 or b"\n" in s]
    kept = b"".join(s[: s.rfind(b"\n") + 1] or s for s in slices)
    if not kept.isascii():
        return kept
    first = re.search(rb"[\x80-\xff]", data)
    if first is None:
        return kept
    line = max(data.rfind(b"\n", 0, first.start()) + 1, first.start() - SAMPLE)
    return data[line : line + SAMPLE]


def detected(data: bytes) -> str | None:
    """chardetng's opinion, asked on lines beyond ASCII only: it costs 0.1 s a megabyte."""
    return name_of(chardetng_py.detect(_beyond_ascii(data, _SEEN_BY_DETECTOR)))


def last_opinion(data: bytes) -> str | None:
    """charset-normalizer's opinion: slow and weak on short Chinese, broad on foreign text. None where it has none."""
    best = charset_normalizer.from_bytes(_beyond_ascii(data, _SEEN_BY_NORMALIZER)).best()
    return name_of(best.encoding) if best is not None else None


def _beyond_ascii(data: bytes, most: int) -> bytes:
    """Whole lines that hold a byte beyond ASCII, up to `most` bytes; never cut inside a character where a cut can be avoided."""
    if len(data) <= most:
        return data
    kept, size = [], 0
    for line in re.finditer(rb"[^\n]*[\x80-\xff][^\n]*\n?", data):
        kept.append(line[0])
        size += len(line[0])
        if size >= most:
            break
    joined = b"".join(kept)
    if len(joined) <= 2 * most:
        return joined
    head = joined[:most]
    cut = max(head.rfind(b"\n"), head.rfind(b" "), head.rfind(b","), head.rfind(b"."), head.rfind(b'"'))
    return head[: cut + 1] if cut > most // 2 else _even(head)


def _even(head: bytes) -> bytes:
    """A head that ends between two characters of a double-byte encoding, where one reads it."""
    return next((head[:-k] for k in (1, 2, 3) if decode_strictly(head[:-k], "gb18030") is not None), head)


def is_chinese(best: Candidate, detector: str | None) -> bool:
    """
    Whether the likeliest Chinese reading is to be believed, given what the detector says.

    Running Chinese has a mean of about -6.5 nats a character; bytes of another encoding read as GBK or Big5 give -10 to -16.
    """
    if best.beyond_ascii == 0:
        return True
    if best.encoding == "utf-8":
        return best.mean > -16.0
    if best.bad:
        return best.mean > -12.0
    if detector in CHINESE:
        return best.mean > -13.0
    if detector in ("shift_jis", "euc-jp", "euc-kr", "iso-2022-jp"):
        return best.mean > (-7.9 if best.beyond_ascii >= 8 else -9.2)  # a word or two: Chinese is what comes here
    return best.mean > -9.2
