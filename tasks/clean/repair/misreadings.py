"""How bytes of UTF-8 look after a wrong decoder: for each character seen, the bytes that it may have been.

Two decoders: the Windows and WHATWG reading of GBK (byte 80 is the euro sign, user-defined zones are private-use
characters, a pair that is none leaves U+FFFD, '?' or nothing) and CP1252 with Latin-1 in its gaps. What happened to the
text afterwards is undone as well: full-width forms and curly quotes folded to ASCII, ideographic and no-break spaces
to spaces, private-use and control characters dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from tasks.text.scripts import simplified_of

# A byte that is not known: any at all, or a half of a pair in GBK's user-defined zones, which were often dropped.
ANY, USER_FIRST, USER_SECOND = -1, -2, -3
SWALLOWED = -5  # an ASCII character that the decoder took for the second half of a pair and lost with the first
GAP, GAPS = -4, (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # bytes that CP1252 does not know and that were therefore often dropped

Option = tuple[tuple[int, ...], float]  # bytes, and what it costs to believe in them (nats)

LOST = "\ufffd?"
# Leads of UTF-8's three-byte sequences that Chinese text uses, with the second bytes that go with them: E4-E9 are Han,
# E2 80 quotes and dashes, E3 80 punctuation, E3 81-83 kana, EF BC full-width forms.
LEADS = {lead: range(0x80, 0xC0) for lead in range(0xE4, 0xEA)} | {
    0xE2: (0x80, 0x84, 0x86, 0x96, 0x97),
    0xE3: range(0x80, 0x84),
    0xEF: (0xBC, 0xBD),
}


# What Chinese text does not hold: a chance decoding mostly does.
FOREIGN = re.compile("[^\x00-\x7f\u4e00-\u9fff\u3000-\u30ff\u2010-\u2040\uff00-\uffef\u2100-\u27bf\u3400-\u4dbf·×°±÷§\xa0]")


def is_chinese(char: str) -> bool:
    """Whether a character is one that Chinese text holds, and not ASCII."""
    return char >= "\x80" and FOREIGN.match(char) is None


@dataclass(frozen=True, slots=True)
class Misreading:
    """One wrong decoder of UTF-8."""

    name: str
    exact: dict[str, bytes]  # the one reading that a character has when nothing was lost or folded
    options: dict[str, tuple[Option, ...]]  # all readings of characters that have several
    dropped: tuple[Option, ...]  # what may have stood where nothing stands
    dropped_before_ascii: tuple[Option, ...]  # the same, but only before an ASCII character
    variants: dict[str, tuple[Option, ...]]  # readings that count only where the others break off
    triggers: frozenset[str]  # characters with which a misread Chinese character begins
    pairs: bool  # whether the wrong decoder read bytes by twos

    def readings(self, char: str) -> tuple[Option, ...]:
        several = self.options.get(char)
        if several is not None:
            return several
        one = self.exact.get(char)
        return ((tuple(one), 0.0),) if one is not None else ()

    def is_odd(self, shown: str) -> bool:
        """Whether a few characters are such as clean Simplified text does not hold: outside GB 2312, or lost."""
        return any(c == "€" or c in LOST or not all(b >= 0xA1 for b in self.exact.get(c, b"")) for c in shown if c >= "\x80")


def _gbk_pairs() -> dict[str, bytes]:
    """Each character of GBK's 126 rows as Windows reads it, user-defined zones by their formula (Unicode private use)."""
    pairs: dict[str, bytes] = {}
    for first in range(0x81, 0xFF):
        for second in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            pair = bytes((first, second))
            if 0xAA <= first <= 0xAF and second >= 0xA1:
                pairs[chr(0xE000 + (first - 0xAA) * 94 + second - 0xA1)] = pair
            elif first >= 0xF8 and second >= 0xA1:
                pairs[chr(0xE234 + (first - 0xF8) * 94 + second - 0xA1)] = pair
            elif 0xA1 <= first <= 0xA7 and second <= 0xA0:
                pairs[chr(0xE4C6 + (first - 0xA1) * 96 + second - 0x40 - (second > 0x7F))] = pair
            else:
                try:
                    pairs.setdefault(pair.decode("gb18030"), pair)
                except UnicodeDecodeError:
                    continue  # unassigned
    return pairs


@cache
def user_pairs() -> frozenset[tuple[int, int]]:
    """Pairs of bytes that say nothing printable: user-defined zones and what GBK left unassigned. Often dropped."""
    named = {tuple(pair) for char, pair in _gbk_pairs().items() if not "\ue000" <= char <= "\uf8ff"}
    seconds = [b for b in range(0x40, 0xFF) if b != 0x7F]
    return frozenset((a, b) for a in range(0x81, 0xFF) for b in seconds if (a, b) not in named)


def _folded(exact: dict[str, bytes]) -> dict[str, list[Option]]:
    """What compatibility folding made of characters: ASCII for full-width forms, and the like."""
    options: defaultdict[str, list[Option]] = defaultdict(list)
    for char, pair in exact.items():
        fold = unicodedata.normalize("NFKC", char)
        if len(fold) == 1 and fold != char:
            options[fold].append((tuple(pair), 4.0))
    for straight, curly in (("'", "‘’"), ('"', "“”")):
        options[straight] += [(tuple(exact[c]), 4.0) for c in curly]
    return options


@cache
def utf8_read_as_gbk() -> Misreading:
    exact = _gbk_pairs()
    exact["€"] = b"\x80"
    exact.update((chr(o), bytes((o,))) for o in range(0x80))
    folds = _folded({c: b for c, b in exact.items() if len(b) == 2})
    options: dict[str, tuple[Option, ...]] = {"€": (((0x80,), 0.0), ((0xA2, 0xE3), 5.0))}
    for char, more in folds.items():
        literal = [(tuple(exact[char]), 0.0)] if char in exact else []
        options[char] = (*literal, *more)
    options["\ufffd"] = (((ANY,), 1.0), ((USER_FIRST, USER_SECOND), 3.0))
    options["?"] = (((0x3F,), 0.0), ((ANY,), 3.0), ((USER_FIRST, USER_SECOND), 4.0))
    variants: defaultdict[str, list[Option]] = defaultdict(list)
    for traditional, simplified in simplified_of().items():
        if traditional in exact and simplified in exact:  # someone converted the misread text to Simplified characters
            variants[simplified].append((tuple(exact[traditional]), 7.0))
    triggers = frozenset(bytes((a, b)).decode("gb18030", "ignore") for a, seconds in LEADS.items() for b in seconds) - {""}
    dropped = (((USER_FIRST, USER_SECOND), 7.0), ((USER_FIRST, USER_SECOND) * 2, 12.0))
    return Misreading("UTF-8 read as GBK", exact, options, dropped, (((ANY,), 7.5),), dict(variants), triggers, pairs=True)


@cache
def utf8_read_as_cp1252() -> Misreading:
    exact = {chr(o): bytes((o,)) for o in range(0x100)}
    for o in range(0x80, 0xA0):
        try:
            exact[bytes((o,)).decode("cp1252")] = bytes((o,))
        except UnicodeDecodeError:
            continue  # five bytes without a character stay as they are in Latin-1
    options: dict[str, tuple[Option, ...]] = {
        " ": (((0x20,), 0.0), ((0xA0,), 4.0)),
        "?": (((0x3F,), 0.0), ((ANY,), 3.0)),
        "\ufffd": (((ANY,), 1.0),),
    }
    triggers = frozenset(chr(lead) for lead in LEADS)
    return Misreading("UTF-8 read as CP1252", exact, options, (((GAP,), 5.0),), (), {}, triggers, pairs=False)
