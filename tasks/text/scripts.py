"""Traditional or Simplified: which one a line is written in, and its Simplified form, character for character.

A character proves a script only when the other script's own standard does not hold it: 坏, 著, 於 stand in GB 2312
and 群, 干, 系 in Big5, so none of them proves anything, though OpenCC would convert each.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import opencc

HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000))
LAST_HAN = 0xA000  # behind the last block; proves nothing


def _holds(codec: str, char: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


@cache
def simplified_of() -> dict[str, str]:
    """Each Traditional character with its Simplified one, taken alone (no phrases)."""
    return _changed("t2s")


def _changed(config: str) -> dict[str, str]:
    chars = [chr(o) for low, high in HAN_BLOCKS for o in range(low, high)]
    converted = _converter(config).convert("\n".join(chars)).split("\n")  # one a line: no phrase can match
    return {a: b for a, b in zip(chars, converted, strict=True) if a != b and len(b) == 1}


@cache
def traditional_only() -> frozenset[str]:
    """Characters that only Traditional text holds."""
    return frozenset(c for c in simplified_of() if not _holds("gb2312", c))


@cache
def simplified_only() -> frozenset[str]:
    """Characters that only Simplified text holds."""
    return frozenset(c for c in _changed("s2t") if not _holds("big5", c))


@cache
def _finders() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return tuple(re.compile("[" + "".join(sorted(chars)) + "]") for chars in (traditional_only(), simplified_only()))


@cache
def _proofs() -> np.ndarray:
    """For each code point up to LAST_HAN what it proves: 0 nothing, 1 Traditional, 2 Simplified, 3 either (a few rare ones)."""
    table = np.zeros(LAST_HAN + 1, np.int8)
    table[[ord(c) for c in traditional_only()]] = 1
    table[[ord(c) for c in simplified_only()]] += 2
    return table


def script_of(text: str) -> str | None:
    """Hans, Hant, mixed, or None where no character proves either. A twentieth of the other script does not make it mixed."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    _, traditional, simplified, both = np.bincount(_proofs()[np.minimum(points, LAST_HAN)], minlength=4).tolist()
    traditional, simplified = traditional + both, simplified + both
    if not traditional and not simplified:
        return None
    if traditional <= simplified / 20:
        return "Hans"
    if simplified <= traditional / 20:
        return "Hant"
    return "mixed"


def holds_traditional(text: str) -> bool:
    """Whether any character proves Traditional: one search for a whole text instead of one for each line."""
    return _finders()[0].search(text) is not None


def is_traditional(line: str) -> bool:
    """Whether a line as a whole is Traditional: a Simplified line that quotes one Traditional name is not."""
    traditional, simplified = _finders()
    if not traditional.search(line):
        return False
    return len(traditional.findall(line)) > len(simplified.findall(line))


def to_simplified(line: str) -> str:
    """OpenCC's t2s, phrases included. Raises AssertionError where it would change the length, which offsets rely on."""
    converted = _converter("t2s").convert(line)
    assert len(converted) == len(line), f"t2s changed the length of {line!r}"
    return converted


def text_hans(text: str) -> str:
    """The text with its Traditional lines in Simplified characters and all others as they are; the same length."""
    traditional = _finders()[0]
    first = traditional.search(text)
    if not first:
        return text
    return "\n".join(to_simplified(line) if is_traditional(line) else line for line in text.split("\n"))
