"""Pinyin that a copy-protection script put after characters: 漢(hàn).

A note explains a rare or ambiguous character once. The script annotates everyday characters, the same ones, wherever
they stand, always with the same reading, in the middle of words. So the document decides, not the single gloss.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from tasks.clean.repair.readings import LETTERS, is_reading
from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.rule import Rule
from tasks.text.scripts import simplified_of

_EMOJI = "[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
_CANDIDATE = re.compile(rf"[(（﹙\[［][ \u3000\xa0]?{_EMOJI}{{0,2}}[{LETTERS}]")
_BLANK = r"[ \u3000\xa0]"
_BESIDE = rf"(?:{_BLANK}|{_EMOJI}){{0,4}}"
_SYLLABLE = rf"[{LETTERS}A-Z](?:{_BLANK}?[{LETTERS}]){{0,6}}"
_GLOSS = re.compile(
    rf"([\u3400-\u9fff\U00020000-\U0003ffff])({_EMOJI}{{0,2}}{_BLANK}?[(（﹙\[［]{_BESIDE}({_SYLLABLE})[1-5]?{_BESIDE}[)）﹚\]］])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
LEAST_DENSITY = 0.01  # glosses per Han
READER = 0.5  # from this share of annotated Han on, the text is a reader for children or learners
CONSISTENT = 0.85  # share of an annotated character's occurrences that are annotated
FEW = 6  # fewer glosses than this prove themselves only by Traditional everyday characters


@dataclass(frozen=True, slots=True)
class Gloss:
    """One gloss in the shown text: the character, its reading, and the span of the gloss without the character."""

    char: str
    reading: str
    start: int
    stop: int
    inside: bool  # whether the sentence runs on behind it


def repair_glosses(ledger: Ledger) -> dict[str, str]:
    """Cut injected glosses; returns the characters that the script annotated with the readings it gave."""
    if not _CANDIDATE.search(ledger.text):
        return {}
    view = ledger.view()
    found = list(_glosses(view.shown))
    if not found or not is_injected(found, view.shown):
        return {}
    marks = []
    for gloss in found:
        start, stop = view.raw_span(gloss.start, gloss.stop)
        if not ledger.within(start, stop):
            marks.append(Mark(start, stop, CUT, PINYIN_GLOSS.label, PINYIN_GLOSS.id))
    ledger.add_sorted(marks)
    return {gloss.char: gloss.reading for gloss in found}


def repair_uncovered_glosses(ledger: Ledger, annotated: dict[str, str]) -> None:
    """Cut the glosses whose character came to light by the repair of shifted bytes."""
    if not annotated:
        return
    view = ledger.view()
    spans = [view.raw_span(g.start, g.stop) for g in _glosses(view.shown) if annotated.get(g.char) == g.reading]
    ledger.add_sorted([Mark(a, b, CUT, PINYIN_GLOSS.label, PINYIN_GLOSS.id) for a, b in spans if not ledger.within(a, b)])


def _glosses(text: str) -> list[Gloss]:
    found = []
    for match in _GLOSS.finditer(text):
        char, reading = match[1], re.sub(r"\s", "", match[3])
        if is_reading(char, reading):
            behind = text[match.end() : match.end() + 1]
            found.append(Gloss(char, reading, match.start(2), match.end(2), bool(_HAN.match(behind))))
    return found


def is_injected(glosses: list[Gloss], text: str) -> bool:
    """Whether a script made these glosses and not a teacher."""
    han = len(_HAN.findall(text))
    if len(glosses) < 2 or len(glosses) / han < LEAST_DENSITY or len(glosses) / han > READER:
        return False
    by_char: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for gloss in glosses:
        by_char[gloss.char][gloss.reading] += 1
    one_reading = sum(len(readings) == 1 for readings in by_char.values()) / len(by_char)
    consistent = len(glosses) / sum(text.count(char) for char in by_char)
    if one_reading < 0.9 or consistent < CONSISTENT:
        return False
    inside = sum(gloss.inside for gloss in glosses) / len(glosses)
    traditional = sum(char in simplified_of() for char in by_char) / len(by_char)
    if len(glosses) < FEW:
        return traditional == 1.0 and inside >= 0.5
    repeated = 1 - len(by_char) / len(glosses)  # a teacher's note is given once
    return repeated >= 0.2 or (traditional >= 0.9 and inside >= 0.3)


PINYIN_GLOSS = Rule(
    id="pinyin-gloss",
    label="pinyin_annotation",
    why="A copy-protection script put the reading after everyday characters (seed 001: 531 of them, 94 characters).",
    cuts=(
        "中國⟦(guó)⟧學⟦(xué)⟧生在書店裡看報",
        "農⟦（nóng）⟧民們都說這個⟦（gè）⟧辦法好",
        "鄉⟦(xiang)⟧間的風⟦( feng )⟧吹過河面",
        "農⟦[nong2]⟧民們都說這個⟦(gè😊)⟧辦法好",
    ),
    keeps=(
        "门上贴着大红的囍(xǐ)字",
        "总重量(kg)与长度(m)见附表",
        "版权归示例网(www.example.cn)所有",
        "今天学三个字：山(shān)、水(shuǐ)、火(huǒ)。大家一起读，再写十遍。",
        "春(chūn)天(tiān)来(lái)了(le)，花(huā)儿(er)开(kāi)了(le)",
        "饕(tāo)餮(tiè)是古代传说中的凶兽，贪吃无度。",
        "长(cháng)江很长，小明长(zhǎng)高了。",
        "學校裡的學(xué)生愛學習，學問好的學生國(guó)文也好，國家的國字人人會寫。",
    ),
)
