"""UTF-16 and UTF-32 without a byte order mark."""

from __future__ import annotations

from tasks.decode.candidates import Candidate, explain, read
from tasks.decode.names import WIDTH
from tasks.decode.pieces import Evidence, decode_strictly

UTF_16 = ("utf-16le", "utf-16be")
UTF_32 = ("utf-32le", "utf-32be")
HEAD = 1 << 14  # bytes that decide
_PLAUSIBLE = -8.5  # mean nats of a code unit
_PLAUSIBLE_IN_FOURS = -12.0  # the same in UTF-32, whose NULs are evidence in themselves
_LONG = 64  # bytes from which a torn last unit is damage and not a sign against the encoding


def find_wide(data: bytes, encodings: tuple[str, ...]) -> tuple[Evidence, float] | None:
    """UTF-16 or UTF-32 without a mark, where that reading is plausible as a whole, and its nats over the head."""
    head = data[:HEAD]
    found: list[Candidate] = []
    for encoding in encodings:
        unit = WIDTH[encoding]
        whole = head[: len(head) // unit * unit]
        if whole and (len(whole) == len(head) or len(head) >= _LONG):
            candidate = read(whole, encoding)
            least = _PLAUSIBLE if unit == 2 else _PLAUSIBLE_IN_FOURS
            if candidate.nats > least * (len(whole) // unit):
                found.append(candidate)
    if not found:
        return None
    found.sort(key=lambda c: -c.nats)
    strict = decode_strictly(data, found[0].encoding) is not None
    return explain(found[0], found[1:], "score" if strict else "tolerant"), found[0].nats
