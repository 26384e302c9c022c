"""How a character is read: its syllables in Hanyu Pinyin, with and without tones."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache

from tasks.text.package_data import package_bytes

LETTERS = "a-zāáǎàăēéěèĕếềīíǐìĭōóǒòŏūúǔùŭüǖǘǚǜńňǹḿɡɑ"
_JOINTS = re.compile(r"[\s'’\-·]|(?<=[a-zü])[0-5]")
_SHAPES = str.maketrans({"ɡ": "g", "ɑ": "a", "ă": "ǎ", "ĕ": "ě", "ĭ": "ǐ", "ŏ": "ǒ", "ŭ": "ǔ", "v": "ü"})


@cache
def _table() -> dict[str, str]:
    return json.loads(package_bytes("pypinyin", "pinyin_dict.json"))


@lru_cache(maxsize=10_000)
def toneless(syllable: str) -> str:
    """The syllable without its tone; ü stays ü."""
    marks = (c for c in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(c) or c == "\u0308")
    return unicodedata.normalize("NFC", "".join(marks))


@cache
def _ordered(char: str) -> tuple[str, ...]:
    return tuple(filter(None, _table().get(str(ord(char)), "").split(",")))


@cache
def readings(char: str) -> frozenset[str]:
    """All syllables of a character, toned."""
    return frozenset(_ordered(char))


@cache
def _spellings(char: str) -> tuple[str, ...]:
    """What a gloss may call the character: each reading with its tone and without, the longest first."""
    known = {s for r in readings(char) for s in (r, toneless(r))}
    return tuple(sorted(known | {s.replace("ü", "u") for s in known if s[:1] in "jqxy"}, key=len, reverse=True))


def spelt(gloss: str) -> str:
    """A gloss in one spelling: lower case, ü for v and u:, without blanks, joints and the digits of tones."""
    gloss = unicodedata.normalize("NFC", gloss.lower()).replace("u:", "ü").translate(_SHAPES)
    return _JOINTS.sub("", gloss)


def is_reading(char: str, syllable: str) -> bool:
    """Whether the character can be read so: with the right tone, or without any."""
    return spelt(syllable) in _spellings(char)


def is_everyday_reading(char: str, syllable: str) -> bool:
    """Whether it is the reading that comes to mind first, of which nobody needs to be told."""
    first = _ordered(char)[:1]
    return bool(first) and toneless(spelt(syllable)) == toneless(first[0])


@lru_cache(maxsize=20_000)
def chars_read(before: str, gloss: str) -> int:
    """How many of the last characters a gloss spells, 0 where it spells none."""
    rest = [spelt(gloss)]
    for count in range(1, len(before) + 1):
        rest = [r[: -len(s)] for r in rest for s in _spellings(before[-count]) if r.endswith(s)]
        if "" in rest:
            return count
        if not rest:
            return 0
    return 0
