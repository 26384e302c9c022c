"""Pinyin that a copy-protection script put after characters: 漢(hàn), or after words: 学生(xué shēng).

A note explains a rare or ambiguous character once; a reader annotates nearly all it prints; a lesson says what it is about.
The script annotates everyday characters in their everyday reading, in the middle of words. So each gloss is weighed by
whether anyone could need it, and the document decides, not the single gloss.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from tasks.clean.repair.readings import LETTERS, chars_read, is_everyday_reading
from tasks.text.charmodel import char_model
from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.rule import Rule
from tasks.text.scripts import simplified_of

_EMOJI = "[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
_OPENING, _CLOSING = r"(（﹙\[［【〔{｛<〈「", r")）﹚\]］】〕}｝>〉」"
_BLANK = r"[ \u3000\xa0]"
_CANDIDATE = re.compile(rf"[{_OPENING}]{_BLANK}?{_EMOJI}{{0,2}}[{LETTERS}A-Z]")
_BESIDE = rf"(?:{_BLANK}|{_EMOJI}){{0,4}}"
_JOINT = rf"(?:{_BLANK}|['’·:-])"
_GLOSS = re.compile(
    rf"([\u3400-\u9fff\U00020000-\U0003ffff]{{1,4}})"
    rf"({_EMOJI}{{0,2}}{_BLANK}?([{_OPENING}]){_BESIDE}([{LETTERS}A-Z](?:{_JOINT}?[{LETTERS}A-Z0-5]){{0,23}}){_BESIDE}[{_CLOSING}])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_TAGS = ("a", "li", "A", "LI")
_LESSON = re.compile("拼音|注音|读音|讀音|生字|生词|生詞|声调|聲調|轻声|多音字|音节|念作|读作|讀作|汉语课|漢字課|[读讀]成|怎么读|怎麼讀")
_ITEM = re.compile(r"[、，,;；。：:\s“”\"‘’'「」（）()]|$")
LEAST_DENSITY = 0.01  # glosses per Han that a lesson's own notes do not reach
READER = 0.8  # from this share of annotated Han on, the text is a reader for children or learners
CONSISTENT = 0.85  # share of an annotated character's occurrences that are annotated
FEW = 6  # glosses that must all be consistent, or prove themselves in other ways
COMMON = -10.0  # log-probability of a character from which on every reader knows it
ENOUGH = 4.0  # weight of all glosses together
MEAN = 0.5  # weight of a gloss on average


@dataclass(frozen=True, slots=True)
class Gloss:
    """One gloss in the shown text: the characters that it spells, their reading, and the span of the gloss without them."""

    chars: str
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
    return {gloss.chars: gloss.reading for gloss in found if len(gloss.chars) == 1}


def repair_uncovered_glosses(ledger: Ledger, annotated: dict[str, str]) -> None:
    """Cut the glosses whose character came to light by the repair of shifted bytes."""
    if not annotated:
        return
    view = ledger.view()
    spans = [view.raw_span(g.start, g.stop) for g in _glosses(view.shown) if annotated.get(g.chars) == g.reading]
    ledger.add_sorted([Mark(a, b, CUT, PINYIN_GLOSS.label, PINYIN_GLOSS.id) for a, b in spans if not ledger.within(a, b)])


def _glosses(text: str) -> list[Gloss]:
    found = []
    for match in _GLOSS.finditer(text):
        if match[3] == "<" and match[4] in _TAGS:
            continue
        count = chars_read(match[1], match[4])
        if count:
            behind = text[match.end() : match.end() + 1]
            reading = re.sub(r"\s", "", match[4])
            found.append(Gloss(match[1][-count:], reading, match.start(2), match.end(2), bool(_HAN.match(behind))))
    return found


def is_injected(glosses: list[Gloss], text: str) -> bool:
    """Whether a script made these glosses and not a teacher."""
    han = len(_HAN.findall(text))
    annotated = sum(len(g.chars) for g in glosses)
    if len(glosses) < 2 or annotated / han > READER:
        return False
    bare = _without(text, glosses)
    by_chars: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for gloss in glosses:
        by_chars[gloss.chars][gloss.reading] += 1
    one_reading = sum(len(found) == 1 for found in by_chars.values()) / len(by_chars)
    if one_reading < 0.9:
        return False
    consistent = len(glosses) / sum(map(text.count, by_chars))
    if consistent >= CONSISTENT and _is_script(glosses, by_chars, len(glosses) / han):
        return True
    if _LESSON.search(bare) or (consistent < CONSISTENT and len(glosses) < FEW):
        return False
    weights = _weights(glosses, text)
    return sum(weights) >= ENOUGH and sum(weights) >= MEAN * len(glosses)


def _is_script(glosses: list[Gloss], by_chars: dict[str, Counter[str]], density: float) -> bool:
    """What holds of a script even in a text that speaks of readings: it repeats itself, everywhere."""
    if density < LEAST_DENSITY or density > 0.5:
        return False
    inside = sum(gloss.inside for gloss in glosses) / len(glosses)
    traditional = sum(all(c in simplified_of() for c in chars) for chars in by_chars) / len(by_chars)
    if len(glosses) < FEW:
        return traditional == 1.0 and inside >= 0.5
    repeated = 1 - len(by_chars) / len(glosses)  # a teacher's note is given once
    return repeated >= 0.2 or (traditional >= 0.9 and inside >= 0.3)


def _weights(glosses: list[Gloss], text: str) -> list[float]:
    """How much each gloss speaks for a script: nobody needs to be told, and it breaks a word apart."""
    model = char_model()
    weights = []
    for gloss in glosses:
        at = gloss.start - len(gloss.chars)
        common = all(model.chars.get(c, -99.0) >= COMMON for c in gloss.chars) or (len(gloss.chars) > 1 and gloss.chars in model.words)
        everyday = len(gloss.chars) > 1 or is_everyday_reading(gloss.chars, gloss.reading)
        before, after = text[max(0, at - 1) : at], text[gloss.stop : gloss.stop + 2]
        if not common or not everyday:
            weight = -0.5 if common else -1.5
        elif _ITEM.match(before) and _ITEM.match(after) and at:
            weight = -1.0  # an item of a list, a word in quotes
        else:
            weight = 1.0
        if gloss.inside and (gloss.chars[-1] + after[:1] in model.words or gloss.chars[-1] + after in model.words):
            weight += 1.0
        weights.append(weight)
    return weights


def _without(text: str, glosses: list[Gloss]) -> str:
    """The text without its glosses, which may stand in the very words that tell a lesson."""
    pieces, at = [], 0
    for gloss in glosses:
        pieces.append(text[at : gloss.start])
        at = gloss.stop
    return "".join((*pieces, text[at:]))


PINYIN_GLOSS = Rule(
    id="pinyin-gloss",
    label="pinyin_annotation",
    why="A copy-protection script put the reading after everyday characters (seed 001: 531 of them, 94 characters).",
    cuts=(
        "中國⟦(guó)⟧學⟦(xué)⟧生在書店裡看報",
        "農⟦（nóng）⟧民們都說這個⟦（gè）⟧辦法好",
        "鄉⟦(xiang)⟧間的風⟦( feng )⟧吹過河面",
        "農⟦[nong2]⟧民們都說這個⟦(gè😊)⟧辦法好",
        "工人⟦(gōng rén)⟧们在车间里检查机器⟦(jī'qì)⟧，中午⟦(zhōngwǔ)⟧才休息。",
        "村⟦【cūn】⟧里的妇女⟦【nǚ】⟧们在河边洗衣服⟦【fú】⟧，笑声⟦【shēng】⟧传得很远。",
        "妇女⟦(nv3)⟧节那天放⟦(fang4)⟧假⟦(jia4)⟧半天，大⟦(da4)⟧家都去看电⟦(dian4)⟧影。",
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
        "本课生词：朋友(péngyou)、老师(lǎoshī)、学校(xuéxiào)、图书馆(túshūguǎn)。",
        "他在银行(háng)门口遇见了姓单(shàn)的同学，两人一起去参(cān)加聚会。",
        "地名里的“涪”(fú)、“濮”(pú)、“亳”(bó)常有人念错，外地人到了才知道。",
        "管理<li>办理<li>受理<li>处理",
    ),
)
