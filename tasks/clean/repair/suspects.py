"""One pass over a text that tells which sorts of damage it can hold at all.

Clean text has next to none of these characters, so it pays for this pass (about 1 ms per MB) and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.clean.repair.misreadings import utf8_read_as_gbk

GBK, LATIN, LOST, HOPELESS, INVISIBLE, ESCAPE, MASK = "gbk", "latin", "lost", "hopeless", "invisible", "escape", "mask"
RADICAL = "radical"
BIG5 = "big5"  # what GBK's comma and full stop are in Big5
TWICE = "twice"  # UTF-8 of Latin letters, shown as GBK: rare characters that lead bytes C0 to DF turn into


def _chars(*ranges: tuple[int, int]) -> str:
    return "".join(chr(o) for low, high in ranges for o in range(low, high + 1))


CONTROLS = _chars((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F))
FORMATS = "\xad\u034f\u061c\u200b\u2028\u2029\u3164\ufeff\uffa0" + _chars(
    (0x115F, 0x1160), (0x180B, 0x180F), (0x200C, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFFF9, 0xFFFB)
)
# Latin-1 without the signs that Chinese text uses: no-break space § ° ± · × ÷ and the letters of pinyin.
LATIN_HIGH = "".join(c for c in _chars((0x80, 0xFF)) if c not in "\xa0§\xad°±·×÷àáèéêìíòóùúü") + "ŒœŠšŸŽžƒˆ˜†‡‰‹›™"

_SORTS: dict[str, str] = {}
for _chars_of_sort, _sort in (
    (sorted(utf8_read_as_gbk().triggers), GBK),
    (LATIN_HIGH, LATIN),
    (CONTROLS + FORMATS, INVISIBLE),
    (_chars((0xE000, 0xF8FF)) + "\ufffd", LOST),
    ("锟烫屯", HOPELESS),
    ("ㄛ﹝﹜", BIG5),
    ("".join(bytes((0xC3, b)).decode("gbk") for b in range(0x80, 0xA0)), TWICE),
    (_chars((0x2F00, 0x2FD5)), RADICAL),
    ("\\%&", ESCAPE),
    ("xX×＊*□_", MASK),
):
    for _char in _chars_of_sort:
        _SORTS[_char] = _SORTS.get(_char, "") + _sort + " "  # a C1 control is both invisible and Latin-1

_SUSPECT = re.compile("[" + re.escape("".join(sorted(_SORTS))) + "]")


def suspects(text: str) -> frozenset[str]:
    """The sorts of damage that a text may hold."""
    return frozenset(sort for char in set(_SUSPECT.findall(text)) for sort in _SORTS[char].split())


def has_astral(text: str) -> bool:
    """Whether a text holds characters beyond U+FFFF: then its UTF-16 is longer than two bytes a character."""
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def lines_with(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The lines in which a pattern matches, with their places."""
    done = 0
    while found := pattern.search(text, done):
        start = text.rfind("\n", 0, found.start()) + 1
        stop = text.find("\n", found.start())
        stop = len(text) if stop < 0 else stop
        yield start, text[start:stop]
        done = stop + 1
