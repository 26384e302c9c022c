"""Damage in double-byte text: finding the step again, and pieces of another encoding inside a UTF-8 line.

A lost first byte leaves its second byte to pair with the next character's first, and everything up to the next ASCII byte reads
shifted by one. After each bad run both steps are read; where leaving one more byte out reads far better, that byte is bad too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.decode.candidates import explain, judge, read
from tasks.decode.names import CODECS, family
from tasks.decode.pieces import Evidence, Piece, decode_marked, narrowest, pieces_of

_BAD = re.compile("[\udc80-\udcff]+")
_FRAGMENT = re.compile("[\u0080-\u07ff]*[\udc80-\udcff](?:[\udc80-\udcff\u0080-\u07ff]|[\x40-\x7e]{1,2}(?=[\udc80-\udcff]))+")
_WINDOW = 48  # bytes read after a bad run to tell the two steps apart
_LEAD = 10.0  # nats by which the other step must be likelier, beyond the byte that it gives up
_MOST_RUNS = 64
_LONGEST = 1 << 16  # bytes of a line that are worth it


def in_step(data: bytes, text: str, encoding: str) -> str:
    """The marked text of one line, with one more byte marked wherever that brings the rest back into step."""
    if family(encoding) not in ("gb18030", "big5") or len(data) > _LONGEST:
        return text
    codec, searched = CODECS[encoding], 0
    for _ in range(_MOST_RUNS):
        bad = _BAD.search(text, searched)
        if bad is None:
            break
        searched = bad.end()
        at = len(text[:searched].encode(codec, "surrogateescape"))
        window = _to_ascii(data[at : at + _WINDOW])
        if len(window) < 2 or window[0] < 0x80:
            continue
        if read(window[1:], encoding).nats > read(window, encoding).nats + _LEAD:
            text = text[:searched] + chr(0xDC00 + window[0]) + decode_marked(data[at + 1 :], encoding)
            searched += 1
    return text


def _to_ascii(window: bytes) -> bytes:
    """Up to the first byte that can only be a character of its own: there both steps meet again."""
    stop = re.search(rb"[\x00-\x2f\x3a-\x3f]", window)
    return window[: stop.start()] if stop else window


def with_fragments(data: bytes, start: int, around: Evidence, text: str) -> Iterator[Piece]:
    """A UTF-8 line, cut around runs that are not UTF-8 and that read well in GBK or Big5."""
    at = i = 0
    for run in _FRAGMENT.finditer(text):
        left = at + len(text[i : run.start()].encode("utf-8", "surrogateescape"))
        right = left + len(run[0].encode("utf-8", "surrogateescape"))
        for more in (0, 1):  # the last second byte may be an ASCII letter
            if more and not data[right : right + 1].isalpha():
                continue
            inside = data[left : right + more]
            ranked = judge(inside, ("gb18030", "big5-hkscs"))
            if ranked[0].bad == 0 and ranked[0].beyond_ascii >= 2 and ranked[0].mean > -9.8:
                yield from pieces_of(data[at:left], start + at, around)
                said = decode_marked(inside, ranked[0].encoding)
                evidence = explain(ranked[0], ranked[1:], "score")._replace(encoding=narrowest(inside, said, ranked[0].encoding))
                yield from pieces_of(inside, start + left, evidence)
                at, i = right + more, run.end() + more
                break
    yield from pieces_of(data[at:], start + at, around)
