"""Several articles on one page: headings that repeat one another but for a running number.

…范文篇1 / …范文篇2, 第一篇 …, 篇一:…, 范文一. Chapters (第一章), sections (一、) and clauses (第一条) divide one article
and are never parts of a collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.text.lines import NUMERAL, SENTENCE_END

_OPEN, _CLOSE = "[(（【\\[《<]?", "[)）】\\]》>]?"
_SHAPES = tuple(
    re.compile(p)
    for p in (
        rf"(?P<stem>.{{2,50}}?)\s*{_OPEN}\s*(?:第\s*)?篇\s*(?P<n>{NUMERAL})\s*{_CLOSE}\s*[:：]?(?P<rest>.{{0,40}})",
        rf"(?P<stem>.{{2,50}}?)\s*{_OPEN}\s*第?\s*(?P<n>{NUMERAL})\s*篇\s*{_CLOSE}\s*[:：]?(?P<rest>.{{0,40}})",
        rf"{_OPEN}\s*(?:第\s*)?(?P<stem>篇|范文|例文|样本|模板|样文|優秀範文|范本|其)\s*(?P<n>{NUMERAL})\s*{_CLOSE}\s*[:：、]?(?P<rest>.{{0,40}})",
        rf"{_OPEN}\s*第\s*(?P<n>{NUMERAL})\s*(?P<stem>篇){_CLOSE}\s*[:：、]?(?P<rest>.{{0,40}})",
        rf"(?P<stem>.{{2,50}}?(?:范文|例文|稿|总结|报告|计划|体会|感想|致辞|方案|作文|日记|读后感|演讲词|发言))\s*{_OPEN}\s*(?P<n>{NUMERAL})\s*{_CLOSE}(?P<rest>)",
    )
)
_NUMBERED_PIECE = re.compile(rf"篇\s*{NUMERAL}")
_LAST_NUMERAL = re.compile(r"[\d一二三四五六七八九十百]\s*\Z")
_WANTED = re.compile(
    rf"(?:范文|例文|样本|模板|稿|总结|报告|计划|体会|感想|致辞|方案|作文|日记|读后感|演讲词|发言)\s*[(（]?\s*{NUMERAL}\s*[)）]?\s*$",
    re.MULTILINE,
)
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
MIN_PART = 80  # characters that must stand between two headings: a table of contents is no collection


@dataclass(frozen=True, slots=True)
class Part:
    """
    One article of a collection: the line that opens it, its number, the collection's name and its place in that line.

    `kind` is part (a numbered heading), entry (a day of a diary) or story (a title with credits, which the head's reading takes).
    """

    line: int
    number: int
    stem: str
    stem_start: int
    kind: str = "part"


def may_hold_parts(text: str) -> bool:
    """Cheap test before looking at lines; expects Simplified characters or the same in Traditional (篇 and numerals agree)."""
    if "篇" in text and (_NUMBERED_PIECE.search(text) or any(_LAST_NUMERAL.search(before[-9:]) for before in text.split("篇")[:-1])):
        return True
    return _WANTED.search(text) is not None


def find_parts(lines: list[tuple[int, str]]) -> list[Part]:
    """
    Headings of a collection among the lines of a page (number, stripped text), or nothing.

    A collection has two or more headings of one shape and one stem whose numbers rise by one, with text between them.
    """
    sizes, total = {}, 0
    series: dict[tuple[int, str], list[Part]] = {}
    for no, line in lines:
        sizes[no] = total
        total += len(line)
        if len(line) > 90 or SENTENCE_END.search(line):
            continue
        for shape, pattern in enumerate(_SHAPES):
            if m := pattern.fullmatch(line):
                stem = m["stem"].strip(" \t\u3000:：-—_《(（【[")
                part = Part(no, _number(m["n"]), stem, m.start("stem") + m["stem"].find(stem))
                series.setdefault((shape, stem), []).append(part)
                break
    best: list[Part] = []
    for parts in series.values():
        run = _rising(parts, sizes, total)
        if len(run) > len(best):
            best = run
    return best


def _number(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    value = digit = 0
    for c in numeral:
        if c in "十百":
            value += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[c]
    return value + digit


def _rising(parts: list[Part], sizes: dict[int, int], total: int) -> list[Part]:
    """The longest run of headings whose numbers rise by one and that have text behind them."""
    run: list[Part] = []
    best: list[Part] = []
    for part, after in zip(parts, [*(sizes[p.line] for p in parts[1:]), total], strict=True):
        if after - sizes[part.line] < MIN_PART:
            continue
        run = [*run, part] if run and part.number == run[-1].number + 1 else [part]
        if len(run) > len(best):
            best = run
    return best if len(best) >= 2 else []
