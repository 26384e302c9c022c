"""Kangxi radicals in the place of the characters that they look like: what a PDF's font says when its text is copied."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from tasks.text.ledger import REPLACE, Ledger, Mark
from tasks.text.rule import Rule

_RADICAL = re.compile("[\u2f00-\u2fd5]")
_HAN = re.compile("[\u3400-\u9fff\u2f00-\u2fd5，。、；：！？]")
_QUOTES = "“”‘’「」『』\"'（）()【】[]"


def repair_radicals(ledger: Ledger) -> None:
    """Replace radicals that stand beside characters; one alone in quotes or in a list of radicals is meant as such."""
    text = ledger.text
    places = [found.start() for found in _RADICAL.finditer(text) if _in_text(text, found.start())]
    runs = groupby(enumerate(places), key=lambda numbered: numbered[1] - numbered[0])
    marks = []
    for _, run in runs:
        at = [place for _, place in run]
        start, stop = at[0], at[-1] + 1
        if not ledger.within(start, stop):
            said = unicodedata.normalize("NFKC", text[start:stop])
            marks.append(Mark(start, stop, REPLACE, RADICAL.label, RADICAL.id, said, said))
    ledger.add_sorted(marks)


def _in_text(text: str, at: int) -> bool:
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if before in _QUOTES and after in _QUOTES and before and after:
        return False
    near = text[max(0, at - 6) : at + 7]
    plain = sum("\u3400" <= c <= "\u9fff" for c in near)
    return plain > len(_RADICAL.findall(near)) and bool(_HAN.match(before) or _HAN.match(after))


RADICAL = Rule(
    id="kangxi-radical",
    label="mojibake",
    why="Text copied out of a PDF holds radicals (U+2F00) that look like characters and are none: no search finds them.",
    cuts=("清晨的⟦⼭⟧路上有很多⟦⼈⟧在散步。", "村里的⟦⼭⽔⟧都很有名，来的客人不少。"),
    keeps=("部首“⼈”和“⽔”各有多少字？", "⼀ ⼁ ⼂ ⼃ ⼄ ⼅", "康熙部首：⼈、⼉、⼊、⼋"),
)
