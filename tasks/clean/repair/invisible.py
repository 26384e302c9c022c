"""Characters that print nothing: cut where they say nothing, kept where a script or an emoji needs them."""

from __future__ import annotations

import re

from tasks.text.ledger import CUT, Flag, Ledger, Mark
from tasks.text.rule import Rule

_JOINERS = "\u200c\u200d\ufe00-\ufe0f"
_PLAIN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef"
_SUSPECT = re.compile(f"[{_PLAIN}{_JOINERS}]+")
_LOST = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]+|\ufffd+")
_EMOJI = re.compile("[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff#*0-9]")
# Arabic to Myanmar, Khmer, Mongolian: scripts whose shapes depend on joiners and, from right to left, on direction marks.
_SHAPED = re.compile("[\u0590-\u109f\u1780-\u18af]")
MOST_FLAGS = 100  # a document

def repair_invisible(ledger: Ledger) -> None:
    """Cut invisible characters; flag private-use characters and lost ones, which may stand for something."""
    text = ledger.text
    marks = []
    for found in _SUSPECT.finditer(text):
        start, stop = found.span()
        while start < stop and _needed(text, start):
            start += 1
        at = start
        while at < stop:
            if _needed(text, at):
                if at > start:
                    marks.append((start, at))
                start = at + 1
            at += 1
        if stop > start:
            marks.append((start, stop))
    ledger.add_sorted([Mark(a, b, CUT, INVISIBLE.label, INVISIBLE.id) for a, b in marks if not ledger.within(a, b)])
    flagged = 0
    for found in _LOST.finditer(text):
        if flagged == MOST_FLAGS:
            break
        if not ledger.within(*found.span()) and not any(f.start < found.end() and found.start() < f.stop for f in ledger.flags[-50:] if f.kind == "unreadable"):
            lost = found.group()[0] == "\ufffd"
            detail = "a character was lost in decoding" if lost else f"private-use character U+{ord(found.group()[0]):04X}"
            ledger.flags.append(Flag(*found.span(), "unreadable", detail, "warning"))
            flagged += 1


def _needed(text: str, at: int) -> bool:
    """Whether a joiner or a selector shapes its neighbours."""
    char, before, after = text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if char in "\u200c\u200d\u200e\u200f" and (_SHAPED.match(before) or _SHAPED.match(after)):
        return True
    if char == "\u200d":
        return bool(before and after) and bool(_EMOJI.match(after)) and (bool(_EMOJI.match(before)) or before == "\ufe0f")
    return char in "\ufe0e\ufe0f" and bool(_EMOJI.match(before))


INVISIBLE = Rule(
    id="invisible",
    label="invisible",
    why="Characters that print nothing break words apart; some sites use them to trace copies.",
    cuts=("春⟦\u200b⟧天来了", "⟦\ufeff⟧第一章", "公⟦\u00ad⟧园里⟦\u202e⟧人很多⟦\u202c⟧。", "好⟦\ufe01⟧人"),
    keeps=("全家👨\u200d👩\u200d👧出游❤\ufe0f", "می\u200cخواهم", "中文　空格"),
)
