"""Text that was misread twice: what the first repair says is itself misread, or is UTF-8 of Latin letters.

The outer misreading is peeled off, and what comes to light goes through repair as any text does, once. So the work is that of one
more repair of the same text, and never more. A passage becomes one edit; where either repair guessed, the whole of it is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tasks.clean.repair.misreadings import utf8_read_as_cp1252, utf8_read_as_gbk
from tasks.text.charmodel import char_model
from tasks.text.ledger import REPLACE, Flag, Ledger, Mark

DENSE = 0.2  # share of the characters said that begin misread ones themselves
COVERED = 0.8  # share of what was peeled that the inner repair must explain
TOGETHER = 3  # characters between marks of one passage
LONGEST = 4000  # characters of one passage

Repair = Callable[[Ledger], None]

# UTF-8 of Latin-1, CP1252 and what GBK shows, as CP1252 shows it: a lead and its one or two following bytes.
_FOLLOWS = (
    r"[\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    r"\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122 ]"
)
_SEQUENCE = re.compile(f"[\xc2-\xdf]{_FOLLOWS}|[\xe0-\xef]{_FOLLOWS}{{2}}|[\x21-\x7e]|\xc2")
_TWICE = re.compile(f"(?:[\xc2\xc3\xc5\xc6\xcb\xce-\xd1]{_FOLLOWS}?|[\xe2-\xe9\xee\xef]{_FOLLOWS}{{2}}|[!-~]){{4,}}")
_HIGH = re.compile("[^\x00-\x7f]")
LIKELY = -9.0  # nats a character of what a passage says
_AS_GBK = "".join(bytes((lead, b)).decode("gbk") for lead in (0xC2, 0xC3) for b in range(0x80, 0xC0))
_LATIN_IN_GBK = re.compile(f"[{_AS_GBK}](?:[!-~]{{0,3}}[{_AS_GBK}]){{3,}}[!-~]?")


def peel_latin(text: str) -> Iterator[tuple[int, int, str]]:
    """Passages of UTF-8 bytes shown as CP1252, with what they say whatever that is; a byte that CP1252 lacks may be missing."""
    codes = utf8_read_as_cp1252().exact
    for found in _TWICE.finditer(text):
        if len(_HIGH.findall(found.group())) < 8:
            continue
        said = []
        for one in _SEQUENCE.findall(found.group()[:LONGEST]):
            data = b"".join(b"\xa0" if c == " " else codes[c] for c in one)
            said.append(data.decode("utf-8", "ignore"))
        yield found.start(), min(found.end(), found.start() + LONGEST), "".join(said)


def latin_in_gbk(text: str) -> Iterator[tuple[int, int, str]]:
    """Passages of GBK that were read as Latin-1, stored as UTF-8 and read as GBK, with what they say; only where every byte is there."""
    for found in _LATIN_IN_GBK.finditer(text):
        shown = found.group()[:LONGEST].rstrip()
        try:
            said = shown.encode("gbk").decode("utf-8").encode("latin-1").decode("gb18030")
        except UnicodeError:
            continue
        model = char_model()
        high = [c for c in said if c >= "\x80"]
        if len(high) >= 2 and all(c in model.chars for c in high) and model.text(said) > LIKELY * len(said):
            yield found.start(), found.start() + len(shown), said


def _peel_gbk(text: str) -> str:
    """What bytes shown as GBK say whatever that is; where they say nothing, a character is lost."""
    codes = utf8_read_as_gbk().exact
    return b"".join(codes.get(c, b"\xff") for c in text).decode("utf-8", "replace")


def repair_latin_twice(ledger: Ledger, text: str, repair: Repair) -> list[Mark]:
    """Marks of passages whose outer misreading was CP1252's."""
    marks = []
    for start, stop, said in peel_latin(text):
        mark = _inner(ledger, start, stop, said, 1.0, repair)
        if mark:
            marks.append(mark)
    return marks


def repair_twice(ledger: Ledger, marks: list[Mark], repair: Repair) -> list[Mark]:
    """The marks of a first repair, with those joined that say misread text again."""
    triggers = utf8_read_as_gbk().triggers
    kept: list[Mark] = []
    for group in _passages(ledger.text, marks):
        said = "".join(mark.after for mark in group)
        high = _HIGH.findall(said)
        mark = None
        if len(high) >= 4 and sum(c in triggers for c in high) >= DENSE * len(high):
            start, stop = group[0].start, min(group[-1].stop, group[0].start + LONGEST)
            end = ledger.text.find("\n", stop, start + LONGEST)
            end = min(len(ledger.text), start + LONGEST) if end < 0 else end
            if _is_rare(ledger.text[stop:end]):
                stop = end  # the outer misreading broke off the last character
            exact, guessed = _peel_gbk(ledger.text[start:stop]), Ledger.of(ledger.text, group).shown(start, stop)
            mark = _inner(ledger, start, stop, exact, 1.0, repair)
            mark = mark or _inner(ledger, start, stop, guessed, min(m.confidence for m in group), repair)
        kept += [mark] if mark else group
    return kept


def _passages(text: str, marks: list[Mark]) -> Iterator[list[Mark]]:
    """Marks that stand together on a line."""
    group: list[Mark] = []
    for mark in marks:
        if group and ("\n" in text[group[-1].stop : mark.start] or not _is_rare(text[group[-1].stop : mark.start])):
            yield group
            group = []
        group.append(mark)
    if group:
        yield group


def _is_rare(between: str) -> bool:
    """Whether what stands between two marks is misread as well: not a few plain characters."""
    high = _HIGH.findall(between)
    return len(between) <= TOGETHER or sum(map(utf8_read_as_gbk().is_odd, high)) * 3 >= len(between)


def _inner(ledger: Ledger, start: int, stop: int, said: str, sure: float, repair: Repair) -> Mark | None:
    """One mark over a passage, if what was peeled can be repaired in its turn."""
    inner = Ledger(said)
    repair(inner)
    owned = sum(len(_HIGH.findall(said[m.start : m.stop])) for m in inner.marks)
    if not inner.marks or owned < COVERED * len(_HIGH.findall(said)):
        return None
    shown = inner.view().shown
    sure = min(sure, *(m.confidence for m in inner.marks), 0.5 if inner.flags else 1.0)
    ledger.flags[:] = [f for f in ledger.flags if not (start <= f.start < stop and f.kind in ("guessed", "unreadable"))]
    if sure < 1.0:
        ledger.flags.append(Flag(start, stop, "guessed", f"misread twice, and bytes are lost ({sure:.2f})", "warning"))
    return Mark(start, stop, REPLACE, "mojibake", "misread-bytes", shown, shown, sure)
