"""Blocks of furniture with a shape of their own: lists of dated links, link farms, phrases that repeat themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.text.lines import SENTENCE_END, han_count

LINK = re.compile(
    r"^(?P<bullet>[-–·•●○◆■►▪*>]?\s*)(?P<title>\S.{1,70}?)(?P<more>\.{3}|…{1,2})?(?P<gap>\s*[\[(（]?)"
    r"(?P<date>(?:19|20)\d\d[-/.年](?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12]\d|0?[1-9])日?)(?:\s*\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）]?$"
)
_DATE_FIRST = re.compile(
    r"^[-–·•●○◆■►▪*>\[(（【]{0,2}\s?(?:19|20)\d\d[-/.年](?:1[0-2]|0?[1-9])(?:[-/.月](?:3[01]|[12]\d|0?[1-9])日?|月)[\])）】]?\s*"
    r"(?P<title>[^\d\s].{3,60})$"
)
_FARM_BREAK = re.compile(r"\s*[|｜]\s*")
_PERIODIC = re.compile(r"(?P<phrase>[\u4e00-\u9fffA-Za-z]{3,12})(?:\s*(?P=phrase)){2,}")
_LINK_ENDS = frozenset("0123456789日])）")
MIN_LINKS = 3
FARM_ITEMS = 12
FARM_ITEM_LENGTH = 8


@dataclass(frozen=True, slots=True)
class DatedLink:
    """One line of a link list: places in the stripped line, and the date in ISO form."""

    title: tuple[int, int]
    truncated: bool
    date: str


def dated_link(line: str) -> DatedLink | None:
    """A line that is a title with a date glued to its end; a sentence that ends in a date is none."""
    m = LINK.match(line) if 8 < len(line) <= 110 and line[-1] in _LINK_ENDS else None
    if m is None or "。" in m["title"] or SENTENCE_END.search(m["title"]) or han_count(m["title"]) < 2:
        return None
    if not m["bullet"].strip() and m["gap"] and not m["gap"].strip() and han_count(m["title"]) < 6:
        return None
    year, month, day = (int(n) for n in re.findall(r"\d+", m["date"]))
    return DatedLink(m.span("title"), m["more"] is not None, f"{year:04d}-{month:02d}-{day:02d}")


def date_first(line: str) -> bool:
    """A headline behind its date; chronicles of authors look the same, so that only a model of lines may take it."""
    m = _DATE_FIRST.match(line) if 12 <= len(line) <= 80 else None
    return m is not None and han_count(m["title"]) >= 4 and m["title"][-1] not in "。；;：:，,"


def link_runs(links: Sequence[object]) -> set[int]:
    """Lines that stand in a run of at least three dated links, one other line in between at most; others are None."""
    found: set[int] = set()
    run: list[int] = []
    for i, link in enumerate([*links, None, None]):
        if link is not None:
            run.append(i)
        elif run and i - run[-1] > 1:
            if len(run) >= MIN_LINKS:
                found.update(run)
            run = []
    return found


def is_link_farm(line: str) -> bool:
    """Many short items joined by bars, nothing else: a table's row has fewer, an enumeration has 、."""
    if line.count("|") + line.count("｜") < FARM_ITEMS - 1:
        return False
    items = [i for i in _FARM_BREAK.split(line.strip()) if i]
    if len(items) < FARM_ITEMS or len(items) != len([i for i in items if len(i) <= FARM_ITEM_LENGTH]):
        return False
    return not any(any(c.isdigit() or c in "。,，;；:：" for c in i) for i in items) and len(set(items)) > len(items) // 2


def is_periodic(line: str) -> bool:
    """One phrase three times or more, and nothing else on the line."""
    return line.count(line[:3]) >= 3 and _PERIODIC.fullmatch(line) is not None
