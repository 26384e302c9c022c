"""EUC-TW and ISO-2022-CN, for which Python has no codec: Taiwan's CNS 11643, planes 1 and 2, by way of Big5.

The first two planes hold the characters of Big5 in nearly the order of Big5, so ninety runs say where each one stands. The C
library's iconv knows more planes, but which ones depends on the machine, and the same bytes must give the same text everywhere.
Characters of planes 3 to 7 (names, dialects) read as bytes without meaning here; their bytes are kept. Source: CNS 11643-1992
against glibc's EUC-TW, character by character.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

EUC_TW, ISO_2022_CN = "taojin_euc_tw", "taojin_iso_2022_cn"  # names that no codec of Python's will ever bear

# (first place in the plane, first place in Big5, length); a place counts 94 a row in CNS, 157 a row in Big5
_RUNS = {
    1: (
        (0, 0, 5), (6, 6, 15), (21, 23, 2), (24, 22, 1), (29, 29, 44), (73, 74, 1), (74, 73, 1), (75, 75, 21), (98, 98, 1), (100, 100,
        27), (127, 128, 1), (128, 127, 1), (130, 130, 14), (146, 146, 2), (148, 149, 1), (149, 148, 1), (150, 150, 4), (155, 21, 1), (158,
        158, 76), (282, 234, 29), (312, 264, 1), (314, 266, 142), (470, 6101, 20), (3290, 471, 1412), (4702, 1884, 424), (5126, 1883, 1),
        (5127, 2308, 1876), (7003, 4571, 1), (7004, 4184, 387), (7391, 4572, 525), (7916, 5286, 1), (7917, 5097, 105), (8023, 5203, 83),
        (8106, 5287, 84), (8190, 5517, 1), (8191, 5371, 54), (8245, 5426, 1), (8246, 5425, 1), (8247, 5427, 90), (8337, 5518, 354),
    ),
    2: (
        (0, 6280, 10), (10, 6291, 33), (43, 6372, 1), (44, 6324, 48), (92, 6373, 46), (138, 6586, 1), (139, 6419, 167), (306, 6587, 1840),
        (2146, 9074, 1), (2147, 8428, 108), (2255, 8537, 537), (2792, 8427, 1), (2793, 9075, 100), (2893, 8536, 1), (2894, 9175, 399),
        (3293, 9575, 1637), (4930, 11761, 1), (4931, 11212, 146), (5077, 11899, 1), (5078, 11358, 287), (5365, 12508, 1), (5366, 11645,
        116), (5482, 11762, 137), (5619, 11900, 104), (5723, 12425, 1), (5724, 12004, 222), (5946, 12227, 198), (6144, 12426, 82), (6226,
        12509, 86), (6312, 12226, 1), (6313, 12595, 8), (6321, 12604, 153), (6474, 12758, 56), (6530, 13114, 1), (6531, 12814, 113),
        (6644, 12603, 1), (6645, 12927, 142), (6787, 12757, 1), (6788, 13069, 45), (6833, 13115, 71), (6904, 13380, 1), (6905, 13186,
        194), (7099, 13381, 490), (7589, 13914, 1), (7590, 13871, 43), (7633, 13915, 1), (7634, 13917, 11), (7645, 13916, 1), (7646,
        13928, 4),
    ),
}
_OTHERS = {  # signs of plane 1 that code page 950 writes otherwise or lacks
    5: "・", 23: "︲", 96: "‾", 129: "∼", 144: "♁", 145: "☉", 154: "‖", 156: "／", 157: "＼", 571: "亠", 578: "冫", 583: "勹", 8022: "彞",
    **{490 + i: chr(0x2170 + i) for i in range(10)},
    **{3102 + i: chr(0x2400 + i) for i in range(32)},
    3134: "␡",
}
_TOKEN = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2}|[\x80-\xff]")
_ESCAPE = re.compile(rb"\x1b\$\)([AG])|\x1b\$\*(H)|(\x0e)|(\x0f)|\x1bN([\x21-\x7e]{2})|([\r\n])|([\x00-\x7f])|([\x80-\xff])")


@cache
def _planes() -> tuple[dict[bytes, str], dict[bytes, str]]:
    """Planes 1 and 2: two bytes of 0x21 to 0x7E to a character."""
    planes: list[dict[bytes, str]] = []
    for plane, runs in _RUNS.items():
        found = {}
        for place, place_in_big5, length in runs:
            for i in range(length):
                row, column = divmod(place_in_big5 + i, 157)
                big5 = bytes((0xA1 + row, column + (0x40 if column < 63 else 0x62)))
                found[_pair(place + i)] = big5.decode("cp950")
        if plane == 1:
            found |= {_pair(place): character for place, character in _OTHERS.items()}
        planes.append(found)
    return planes[0], planes[1]


def _pair(place: int) -> bytes:
    return bytes((0x21 + place // 94, 0x21 + place % 94))


def _high(pair: bytes) -> bytes:
    return bytes((pair[0] | 0x80, pair[1] | 0x80))


@cache
def _euc_to_text() -> dict[bytes, str]:
    first, second = _planes()
    return {_high(p): c for p, c in first.items()} | {b"\x8e\xa2" + _high(p): c for p, c in second.items()}


@cache
def _text_to_euc() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for raw, character in _euc_to_text().items():
        found.setdefault(character, raw)
    return found


def decode_euc_tw(data: bytes, errors: str = "strict") -> tuple[str, int]:
    known, parts, raw = _euc_to_text(), [], bytes(data)
    for token in _TOKEN.finditer(raw):
        found = token[0]
        if found[0] < 0x80:
            parts.append(found.decode("ascii"))
            continue
        character = known.get(found)
        parts.append(_fault("euc-tw", raw, token.start(), token.end(), errors) if character is None else character)
    return "".join(parts), len(raw)


def encode_euc_tw(text: str, errors: str = "strict") -> tuple[bytes, int]:
    known, parts = _text_to_euc(), []
    for i, character in enumerate(text):
        if character < "\x80":
            parts.append(character.encode("ascii"))
        else:
            found = known.get(character)
            parts.append(_unwritable("euc-tw", text, i, errors) if found is None else found)
    return b"".join(parts), len(text)


def decode_iso_2022_cn(data: bytes, errors: str = "strict") -> tuple[str, int]:
    """RFC 1922: escapes say which set a shift calls for; each line begins in ASCII with nothing called."""
    raw, (first, second), parts = bytes(data), _planes(), []
    at, called, named, shifted = 0, None, False, False
    while at < len(raw):
        if shifted and called and 0x20 < raw[at] < 0x7F and at + 1 < len(raw):
            pair = raw[at : at + 2]
            character = _gb2312(pair) if called == b"A" else first.get(pair)
            parts.append(_fault("iso-2022-cn", raw, at, at + 2, errors) if character is None else character)
            at += 2
            continue
        found = _ESCAPE.match(raw, at)
        if found is None:  # an escape that is none of these
            parts.append(_fault("iso-2022-cn", raw, at, at + 1, errors))
            at += 1
            continue
        at = found.end()
        match found.lastindex:
            case 1:
                called = found[1]
            case 2:
                named = True
            case 3:
                shifted = True
            case 4:
                shifted = False
            case 5 if named and found[5] in second:
                parts.append(second[found[5]])
            case 6:
                called, named, shifted = None, False, False
                parts.append(found[6].decode())
            case 7 if found[7] != b"\x1b":
                parts.append(found[7].decode())
            case _:
                start = found.start()
                if shifted and found[8]:  # a damaged pair
                    at = min(start + 2, len(raw))
                parts.append(_fault("iso-2022-cn", raw, start, at, errors))
    return "".join(parts), len(raw)


def encode_iso_2022_cn(text: str, errors: str = "strict") -> tuple[bytes, int]:
    first, second = _text_to_planes()
    out, called, named, shifted = [], None, False, False
    for i, character in enumerate(text):
        if character < "\x80":
            out.append((b"\x0f" if shifted else b"") + character.encode())
            shifted = False
            if character in "\r\n":
                called, named = None, False
            continue
        gb = _gb2312_bytes(character)
        kind = called if called and (gb if called == b"A" else character in first) else b"A" if gb else b"G" if character in first else None
        if kind is None:
            found = second.get(character)
            if found is None:
                out.append(_unwritable("iso-2022-cn", text, i, errors))
                continue
            out.append((b"" if named else b"\x1b$*H") + b"\x1bN" + found)
            named = True
            continue
        if called != kind:
            out.append(b"\x1b$)" + kind)
            called = kind
        if not shifted:
            out.append(b"\x0e")
            shifted = True
        out.append(gb if kind == b"A" else first[character])
    return b"".join([*out, b"\x0f" if shifted else b""]), len(text)


@cache
def _text_to_planes() -> tuple[dict[str, bytes], dict[str, bytes]]:
    first, second = _planes()
    return {c: p for p, c in reversed(first.items())}, {c: p for p, c in reversed(second.items())}


def _gb2312(pair: bytes) -> str | None:
    try:
        return _high(pair).decode("gb2312")
    except UnicodeDecodeError:
        return None


def _gb2312_bytes(character: str) -> bytes | None:
    try:
        return bytes(b & 0x7F for b in character.encode("gb2312"))
    except UnicodeEncodeError:
        return None


def _fault(name: str, data: bytes, start: int, stop: int, errors: str) -> str:
    return str(codecs.lookup_error(errors)(UnicodeDecodeError(name, data, start, stop, "no such character"))[0])


def _unwritable(name: str, text: str, at: int, errors: str) -> bytes:
    said = codecs.lookup_error(errors)(UnicodeEncodeError(name, text, at, at + 1, "no such character"))[0]
    return said if isinstance(said, bytes) else said.encode("ascii")


def _search(name: str) -> codecs.CodecInfo | None:
    """For codecs.register: the two codecs under names of our own."""
    both = {EUC_TW: (encode_euc_tw, decode_euc_tw), ISO_2022_CN: (encode_iso_2022_cn, decode_iso_2022_cn)}
    return codecs.CodecInfo(*both[name], name=name) if name in both else None


codecs.register(_search)
