"""Characters that print nothing: cut where they say nothing, kept where a script or an emoji needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

from tasks.clean.repair.suspects import CONTROLS, FORMATS, has_astral
from tasks.text.ledger import CUT, Flag, Ledger, Mark
from tasks.text.rule import Rule

_SUSPECT = re.compile("[" + re.escape(CONTROLS + FORMATS) + "]+")
_TAGS = re.compile("[\U000e0000-\U000e01ef]+")  # tags and further variation selectors, some of which spell a reader's number
_LOST = re.compile("[\ue000-\uf8ff\ufffd]+")
_LOST_BEYOND = re.compile("[\U000f0000-\U0010fffd]+")
_EMOJI = re.compile("[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff#*0-9]")
_FLAG_EMOJI = re.compile("[\U0001f3f4\U000e0000-\U000e01ef]")  # regional flags are spelt with tags
# Arabic to Myanmar, Khmer, Mongolian: scripts whose shapes depend on joiners and, from right to left, on direction marks.
_SHAPED = re.compile("[\u0590-\u109f\u1780-\u18af]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]")
MOST_FLAGS = 100  # a document


def repair_invisible(ledger: Ledger) -> None:
    """Cut invisible characters; flag private-use characters and lost ones, which may stand for something."""
    text = ledger.text
    spans = [span for found in _SUSPECT.finditer(text) for span in _idle(text, *found.span())]
    astral = has_astral(text)
    if astral:
        spans = sorted(
            spans + [found.span() for found in _TAGS.finditer(text) if not _FLAG_EMOJI.match(text[found.start() - 1 : found.start()])]
        )
    ledger.add_sorted([Mark(a, b, CUT, INVISIBLE.label, INVISIBLE.id) for a, b in spans if not ledger.within(a, b)])
    known = {f.start for f in ledger.flags}
    lost = chain(_LOST.finditer(text), _LOST_BEYOND.finditer(text) if astral else ())
    free = (found for found in lost if found.start() not in known and not ledger.within(*found.span()))
    for found in islice(free, MOST_FLAGS):
        first = found.group()[0]
        detail = "a character was lost in decoding" if first == "\ufffd" else f"private-use character U+{ord(first):04X}"
        ledger.flags.append(Flag(*found.span(), "unreadable", detail, "warning"))


def _idle(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches of a run of invisible characters that shape nothing."""
    at = start
    while at < stop:
        if _needed(text, at):
            if at > start:
                yield start, at
            start = at + 1
        at += 1
    if stop > start:
        yield start, stop


def _needed(text: str, at: int) -> bool:
    """Whether a joiner or a selector shapes its neighbours."""
    char, before, after = text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if char in "\u115f\u1160\u3164\uffa0":
        return bool(_HANGUL.match(before) or _HANGUL.match(after))  # fillers of syllables
    if char in "\u200c\u200d\u200e\u200f\u180b\u180c\u180d\u180e\u180f" and (_SHAPED.match(before) or _SHAPED.match(after)):
        return True
    if char == "\u200d":
        return bool(before and after) and bool(_EMOJI.match(after)) and (bool(_EMOJI.match(before)) or before == "\ufe0f")
    return char in "\ufe0e\ufe0f" and bool(_EMOJI.match(before))


INVISIBLE = Rule(
    id="invisible",
    label="invisible",
    why="Characters that print nothing break words apart; some sites use them to trace copies.",
    cuts=("春⟦\u200b⟧天来了", "⟦\ufeff⟧第一章", "公⟦\u00ad⟧园里⟦\u202e⟧人很多⟦\u202c⟧。", "好⟦\ufe01⟧人", "河⟦\u3164⟧边的⟦\u034f⟧柳树"),
    keeps=("全家👨\u200d👩\u200d👧出游❤\ufe0f", "می\u200cخواهم", "中文　空格", "ㄱ\u3164ㄴ"),
)
