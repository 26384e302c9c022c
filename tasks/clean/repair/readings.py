"""How a character is read: its syllables in Hanyu Pinyin, with and without tones."""

from __future__ import annotations

import json
import unicodedata
from functools import cache

from tasks.text.package_data import package_bytes

LETTERS = "a-zāáǎàēéěèêếềīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿɡ"
TONED = "āáǎàēéěèếềīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"


@cache
def _table() -> dict[str, str]:
    return json.loads(package_bytes("pypinyin", "pinyin_dict.json"))


def toneless(syllable: str) -> str:
    """The syllable without its tone; ü stays ü."""
    marks = (c for c in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(c) or c == "\u0308")
    return unicodedata.normalize("NFC", "".join(marks))


@cache
def readings(char: str) -> frozenset[str]:
    return frozenset(filter(None, _table().get(str(ord(char)), "").split(",")))


def is_reading(char: str, syllable: str) -> bool:
    """Whether the character can be read so: with the right tone, or without any."""
    syllable = unicodedata.normalize("NFC", syllable.lower().replace("ɡ", "g"))
    known = readings(char)
    return syllable in known or (syllable == toneless(syllable) and any(syllable == toneless(r) for r in known))
