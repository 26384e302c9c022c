"""Stated arithmetic: where a text gives two levels and their difference, parts and their sum, a rise and its share, do they agree?

Nothing is corrected. A contradiction is a fault with the span of the statement that does not fit and one line that says why. Only
what one sentence states is compared (a difference may take its levels from the sentence itself), amounts are compared within the
rounding of their digits, and what is masked or a range is left out: no fault where one may be wrong to see one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tasks.enrich.facts.quantity import Quantity

MOST = 40  # numbers in one sentence; more are a table that lost its lines
LEVELS = ("money", "count", "measure", "ratio", "target", "forecast")
_AND = ("和", "、", "及", "与")
_FROM = re.compile(r"(?:由|从)[^，,。；;]{0,14}$")
_TO = re.compile(r"(?:增加|增长|提高|提升|上升|上涨|扩大|减少|下降|降低|下跌|下调|缩短|升|降|跌|涨)(?:到|至|为)[^，,。；;]{0,4}$")
_TOTAL = re.compile(r"(?:^|[，,；;])(?:合计|共计|总计|一共|总共)(?:为|达|是)?$")
_ANY_TOTAL = re.compile(r"[合共总]计|一共|总共")
_VERSUS = re.compile(r"比(?:上年|去年|上一?年度?|前年|上年同期|去年同期|上月|年初)|同比|环比|较(?:上年|去年|上月|年初)")
_DOWN = re.compile(r"(?:减少|下降|降低|下跌|下滑|回落|缩短|减|降|跌)[^，,。；;]{0,4}$")
_THAN = re.compile(r"[，,]?(?:比|较)[^，,。；;]{0,12}$")
_CHANGED = re.compile(r"(?:提高|增加|增长|上升|上涨|提升|扩大|下降|降低|减少|下跌|回落|缩小|多|少|高|低)了?")
_COMPARES = re.compile(r"相比|比较|(?:上年|去年|前年|同期)")
Stated = tuple[Quantity, str]  # with its kind


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Half-open span of the number that does not fit, and why."""

    start: int
    stop: int
    detail: str


def contradictions(text: str, sentence: int, stated: list[Stated]) -> Iterator[Contradiction]:
    """Faults among the quantities of one sentence; `stated` are these with their kinds, in order."""
    known = [(quantity, kind) for quantity, kind in stated if quantity.kind not in ("ordinal", "duration", "age", "anniversary", "idiom")]
    if not 3 <= len(known) <= MOST:
        return
    if _are_levels(known[2:]) and not _ANY_TOTAL.search(text, sentence, known[-1][0].start):
        return
    yield from _from_to(text, sentence, known)
    yield from _than(text, known)
    yield from _differences(text, known)
    yield from _totals(text, sentence, known)
    yield from _rises(text, known)


def _slack(quantity: Quantity) -> Decimal:
    """Half a unit of the last printed digit, in the common unit; none for things counted one by one, much where the text says 多."""
    if not quantity.value or quantity.normal is None:
        return Decimal(0)
    if quantity.approximate:
        return abs(quantity.normal) / 2
    if quantity.kind == "count" and quantity.normal == quantity.value == quantity.value.to_integral_value():
        return Decimal(0)
    exponent = quantity.value.as_tuple().exponent
    return abs(quantity.normal / quantity.value * Decimal(10) ** (exponent if isinstance(exponent, int) else 0)) / 2


def _shown(quantity: Quantity) -> str:
    return f"{quantity.value.normalize():f}{quantity.unit or ''}" if quantity.value is not None else "?"


def _in_unit(normal: Decimal, like: Quantity) -> str:
    """An amount of the common unit, written in the unit of another quantity."""
    if not like.value or not like.normal:
        return f"{normal.normalize():f}"
    return f"{round(normal * like.value / like.normal, 6).normalize():f}{like.unit or ''}"


def _from_to(text: str, sentence: int, known: list[Stated]) -> Iterator[Contradiction]:
    """由80家增加到100家，增加30家; 从4%提高到6%，提高5个百分点."""
    for (first, _), (second, _), (third, kind) in zip(known, known[1:], known[2:], strict=False):
        if kind != "delta" or first.common != second.common or None in (first.normal, second.normal, third.normal):
            continue
        if not (_FROM.search(text, max(sentence, first.start - 16), first.start) and _TO.search(text, first.stop, second.start)):
            continue
        change, slack = abs(second.normal - first.normal), _slack(first) + _slack(second)
        how = f"{_shown(first)} to {_shown(second)}"
        if third.common == first.common and first.common != "ratio":
            if abs(change - third.normal) > slack + _slack(third):
                yield Contradiction(third.start, third.stop, f"{how} is a change by {_in_unit(change, third)}, not {_shown(third)}")
        elif third.common == "percentage_point" and first.common == "ratio":
            if abs(change * 100 - third.normal) > slack * 100 + _slack(third):
                points = f"{(change * 100).normalize():f}"
                yield Contradiction(third.start, third.stop, f"{how} is {points} points, not {_shown(third)}")
        elif third.common == "ratio" and first.common != "ratio" and first.normal > 0:
            yield from _share(third, change, first.normal, slack, how)


def _than(text: str, known: list[Stated]) -> Iterator[Contradiction]:
    """成活率92%，比去年的90%提高四个百分点. Shares only: lists of amounts are compared by `_differences`."""
    for (now, _), (before, _), (change, kind) in zip(known, known[1:], known[2:], strict=False):
        if kind != "delta" or change.common != "percentage_point" or not now.common == before.common == "ratio":
            continue
        if None in (now.normal, before.normal, change.normal) or not _THAN.fullmatch(text, now.stop, before.start):
            continue
        points = abs(now.normal - before.normal) * 100
        if not _CHANGED.fullmatch(text, before.stop, change.start):
            continue
        if abs(points - change.normal) > (_slack(now) + _slack(before)) * 100 + _slack(change):
            detail = f"{_shown(now)} and {_shown(before)} differ by {points.normalize():f} points, not {_shown(change)}"
            yield Contradiction(change.start, change.stop, detail)


def _share(stated: Quantity, change: Decimal, base: Decimal, slack: Decimal, how: str) -> Iterator[Contradiction]:
    share = change / base
    if abs(share - stated.normal) > _slack(stated) + slack / base * (1 + share) + Decimal("0.0005"):
        yield Contradiction(stated.start, stated.stop, f"{how} is {float(share):.1%}, not {_shown(stated)}")


def _groups(text: str, known: list[Stated]) -> list[list[Stated]]:
    """Quantities joined by 和 or 、 to the next."""
    groups: list[list[Stated]] = []
    for quantity, kind in known:
        if groups and text[groups[-1][-1][0].stop:quantity.start] in _AND:
            groups[-1].append((quantity, kind))
        else:
            groups.append([(quantity, kind)])
    return groups


def _differences(text: str, known: list[Stated]) -> Iterator[Contradiction]:
    """甲年8元和5元，乙年6元和4元，减少2元和1元，减少20%: two lists of levels, then as many differences, then perhaps their share."""
    groups = _groups(text, known)
    for k in range(len(groups) - 2):
        first, second, changes = groups[k:k + 3]
        if not len(first) == len(second) == len(changes) or not _are_levels(first + second) or changes[0][1] != "delta":
            continue
        if len({quantity.common for quantity, _ in first + second + changes}) != 1 or changes[0][0].common == "ratio":
            continue
        if len(first) == 1 and not _COMPARES.search(text, max(0, first[0][0].start - 20), changes[0][0].start):
            continue
        for (a, _), (b, _), (change, _) in zip(first, second, changes, strict=True):
            if None in (a.normal, b.normal, change.normal):
                continue
            apart = abs(a.normal - b.normal)
            if abs(apart - change.normal) > _slack(a) + _slack(b) + _slack(change):
                detail = f"{_shown(a)} and {_shown(b)} differ by {_in_unit(apart, change)}, not {_shown(change)}"
                yield Contradiction(change.start, change.stop, detail)
        if k + 3 < len(groups):
            yield from _share_of_differences(first, changes, *groups[k + 3][0])


def _are_levels(stated: list[Stated]) -> bool:
    return all(kind != "delta" for _, kind in stated)


def _share_of_differences(levels: list[Stated], changes: list[Stated], share: Quantity, kind: str) -> Iterator[Contradiction]:
    """The stated share must be that of one difference, or of all together where none is masked."""
    if kind != "delta" or share.common != "ratio" or share.normal is None:
        return
    pairs = [(level.normal, change.normal) for (level, _), (change, _) in zip(levels, changes, strict=True)]
    pairs = [(level, change) for level, change in pairs if level and change is not None]
    if len(pairs) == len(levels) > 1:
        pairs.append((sum((level for level, _ in pairs), Decimal(0)), sum((change for _, change in pairs), Decimal(0))))
    slack = _slack(share) + Decimal("0.005")
    if pairs and all(abs(change / level - share.normal) > slack for level, change in pairs):
        shown = ", ".join(f"{float(change / level):.1%}" for level, change in pairs)
        yield Contradiction(share.start, share.stop, f"the differences are {shown}, not {_shown(share)}")


def _totals(text: str, sentence: int, known: list[Stated]) -> Iterator[Contradiction]:
    """甲3个、乙5个，合计9个: all numbers of that unit before, and the total that the clause states alone."""
    for k, (total, _) in enumerate(known):
        if k < 2 or total.normal is None or not _TOTAL.search(text, max(sentence, total.start - 8), total.start):
            continue
        parts = [quantity for quantity, _ in known[:k] if quantity.common == total.common and not quantity.per]
        if len(parts) < 2 or any(part.normal is None for part in parts) or not _are_levels(known[:k]):
            continue
        added = sum((part.normal for part in parts), Decimal(0))
        if abs(added - total.normal) > sum((_slack(part) for part in parts), _slack(total)):
            detail = f"{' + '.join(map(_shown, parts))} is {_in_unit(added, total)}, not {_shown(total)}"
            yield Contradiction(total.start, total.stop, detail)


def _rises(text: str, known: list[Stated]) -> Iterator[Contradiction]:
    """收入120亿元，比上年增加20亿元，增长25%: a level, by how much it rose, and the share of the level before."""
    for (level, level_kind), (change, kind), (share, share_kind) in zip(known, known[1:], known[2:], strict=False):
        if level_kind not in LEVELS or kind != "delta" or share_kind != "delta" or level.common != change.common:
            continue
        if share.common != "ratio" or change.common == "ratio" or None in (level.normal, change.normal, share.normal):
            continue
        if share.start - level.stop > 50 or not _VERSUS.search(text, level.stop, share.start):
            continue
        down = _DOWN.search(text, level.stop, change.start) is not None
        base = level.normal + change.normal if down else level.normal - change.normal
        if base > 0:
            how = f"{_shown(change)} of {_in_unit(base, level)}"
            yield from _share(share, change.normal, base, _slack(level) + 2 * _slack(change), how)
