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
from itertools import groupby

from tasks.enrich.facts.quantities import Quantity

LEVELS = ("money", "count", "measure", "ratio", "target", "forecast")
_AND = ("和", "、", "及", "与")
_FROM = re.compile(r"(?:由|从)[^，,。；;]{0,14}$")
_TO = re.compile(r"(?:增加|增长|提高|提升|上升|上涨|扩大|减少|下降|降低|下跌|下调|缩短|升|降|跌|涨)(?:到|至|为)[^，,。；;]{0,4}$")
_TOTAL = re.compile(r"(?:^|[，,；;])(?:合计|共计|总计|一共|总共)(?:为|达|是)?$")
_VERSUS = re.compile(r"比(?:上年|去年|上一?年度?|前年|上年同期|去年同期|上月|年初)|同比|环比|较(?:上年|去年|上月|年初)")
_DOWN = re.compile(r"(?:减少|下降|降低|下跌|下滑|回落|缩短|减|降|跌)[^，,。；;]{0,4}$")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Half-open span of the number that does not fit, and why."""

    start: int
    stop: int
    detail: str


def contradictions(text: str, sentence: int, stated: list[tuple[Quantity, str]]) -> Iterator[Contradiction]:
    """Faults among the quantities of one sentence; `stated` are these with their kinds, in order."""
    known = [(quantity, kind) for quantity, kind in stated if quantity.kind not in ("ordinal", "duration", "age", "anniversary", "idiom")]
    if len(known) < 3:
        return
    yield from _from_to(text, sentence, known)
    yield from _differences(text, known)
    yield from _totals(text, sentence, known)
    yield from _rises(text, sentence, known)


def _slack(quantity: Quantity, factor: Decimal | None = None) -> Decimal:
    """Half a unit of the last printed digit, in the common unit; more where the text says 约 or 多."""
    if quantity.value is None or quantity.normal is None or not quantity.value:
        return Decimal(0)
    exponent = quantity.value.as_tuple().exponent
    step = quantity.normal / quantity.value * Decimal(10) ** (exponent if isinstance(exponent, int) else 0)
    return abs(step) / 2 if not quantity.approximate else abs(quantity.normal) / 2


def _shown(quantity: Quantity) -> str:
    value = quantity.value.normalize() if quantity.value is not None else "?"
    return f"{value:f}{quantity.unit or ''}" if quantity.value is not None else "?"


def _from_to(text: str, sentence: int, known: list[tuple[Quantity, str]]) -> Iterator[Contradiction]:
    """由80家增加到100家，增加30家; 从4%提高到5%，提高2个百分点."""
    for (first, _), (second, _), (third, kind) in zip(known, known[1:], known[2:], strict=False):
        if kind != "delta" or first.common != second.common or None in (first.normal, second.normal, third.normal):
            continue
        if not (_FROM.search(text, max(sentence, first.start - 16), first.start) and _TO.search(text, first.stop, second.start)):
            continue
        change = abs(second.normal - first.normal)
        if third.common == first.common and first.common != "ratio":
            slack = _slack(first) + _slack(second) + _slack(third)
            if abs(change - third.normal) > slack:
                yield Contradiction(third.start, third.stop, f"{_shown(first)} to {_shown(second)} is a change by {change.normalize():f}, not {_shown(third)}")
        elif third.common == "percentage_point" and first.common == "ratio":
            if abs(change * 100 - third.normal) > _slack(first) * 100 + _slack(second) * 100 + _slack(third):
                yield Contradiction(third.start, third.stop, f"{_shown(first)} to {_shown(second)} is {(change * 100).normalize():f} points, not {_shown(third)}")
        elif third.common == "ratio" and first.common != "ratio" and first.normal > 0:
            yield from _share(third, change, first.normal, _slack(first) + _slack(second), f"{_shown(first)} to {_shown(second)}")


def _share(stated: Quantity, change: Decimal, base: Decimal, slack: Decimal, how: str) -> Iterator[Contradiction]:
    share = change / base
    if abs(share - stated.normal) > _slack(stated) + slack / base * (1 + share) + Decimal("0.0005"):
        yield Contradiction(stated.start, stated.stop, f"{how} is {float(share):.1%}, not {_shown(stated)}")


def _groups(text: str, known: list[tuple[Quantity, str]]) -> list[list[tuple[Quantity, str]]]:
    """Quantities joined by 和 or 、 to the next."""
    groups: list[list[tuple[Quantity, str]]] = []
    for quantity, kind in known:
        if groups and text[groups[-1][-1][0].stop:quantity.start] in _AND:
            groups[-1].append((quantity, kind))
        else:
            groups.append([(quantity, kind)])
    return groups


def _differences(text: str, known: list[tuple[Quantity, str]]) -> Iterator[Contradiction]:
    """甲年8元和5元，乙年6元和4元，减少2元和1元，减少20%: two lists of levels, then as many differences, then perhaps their share."""
    groups = _groups(text, known)
    for k in range(len(groups) - 2):
        first, second, changes = groups[k], groups[k + 1], groups[k + 2]
        if not (len(first) == len(second) == len(changes)) or changes[0][1] != "delta" or any(kind == "delta" for _, kind in first + second):
            continue
        if len({quantity.common for quantity, _ in first + second + changes}) != 1 or changes[0][0].common == "ratio":
            continue
        if len(first) == 1 and not (re.search(r"相比|比较|(?:上年|去年|前年|同期)", text[first[0][0].start - 20 if first[0][0].start > 20 else 0:changes[0][0].start])):
            continue
        for (a, _), (b, _), (change, _) in zip(first, second, changes, strict=True):
            if None in (a.normal, b.normal, change.normal):
                continue
            if abs(abs(a.normal - b.normal) - change.normal) > _slack(a) + _slack(b) + _slack(change):
                yield Contradiction(change.start, change.stop, f"{_shown(a)} and {_shown(b)} differ by {abs(a.normal - b.normal).normalize():f}, not {_shown(change)}")
        share = groups[k + 3][0] if k + 3 < len(groups) else None
        if share and share[1] == "delta" and share[0].common == "ratio" and share[0].normal is not None:
            pairs = [(a.normal, change.normal) for (a, _), (change, _) in zip(first, changes, strict=True) if None not in (a.normal, change.normal) and a.normal]
            if len(pairs) == len(first):
                pairs.append((sum((a for a, _ in pairs), Decimal(0)), sum((c for _, c in pairs), Decimal(0))))
            slack = _slack(share[0]) + Decimal("0.005")
            if pairs and all(abs(change / base - share[0].normal) > slack for base, change in pairs):
                shown = ", ".join(f"{float(change / base):.1%}" for base, change in pairs)
                yield Contradiction(share[0].start, share[0].stop, f"the differences are {shown}, not {_shown(share[0])}")


def _totals(text: str, sentence: int, known: list[tuple[Quantity, str]]) -> Iterator[Contradiction]:
    """甲3个、乙5个，合计9个: all numbers of that unit before, and the total that the clause states alone."""
    for k, (total, _) in enumerate(known):
        if k < 2 or total.normal is None or not _TOTAL.search(text, max(sentence, total.start - 8), total.start):
            continue
        parts = [quantity for quantity, kind in known[:k] if quantity.common == total.common and kind != "delta" and not quantity.per]
        if len(parts) < 2 or any(part.normal is None for part in parts) or any(kind == "delta" for _, kind in known[:k]):
            continue
        added = sum((part.normal for part in parts), Decimal(0))
        if abs(added - total.normal) > sum((_slack(part) for part in parts), _slack(total)):
            yield Contradiction(total.start, total.stop, f"{' + '.join(map(_shown, parts))} is {added.normalize():f}, not {_shown(total)}")


def _rises(text: str, sentence: int, known: list[tuple[Quantity, str]]) -> Iterator[Contradiction]:
    """收入120亿元，比上年增加20亿元，增长25%: a level, by how much it rose, and the share of the level before."""
    for (level, level_kind), (change, kind), (share, share_kind) in zip(known, known[1:], known[2:], strict=False):
        if level_kind not in LEVELS or kind != "delta" or share_kind != "delta" or level.common != change.common or share.common != "ratio":
            continue
        if change.common == "ratio" or None in (level.normal, change.normal, share.normal) or not _VERSUS.search(text, level.stop, share.start):
            continue
        if text[level.stop:share.start].count("。") or share.start - level.stop > 50:
            continue
        down = _DOWN.search(text, level.stop, change.start) is not None
        base = level.normal + change.normal if down else level.normal - change.normal
        if base <= 0:
            continue
        slack = _slack(level) + 2 * _slack(change)
        yield from _share(share, change.normal, base, slack, f"{_shown(change)} of {base.normalize():f}")


def by_sentence(stated: list[tuple[int, Quantity, str]]) -> Iterator[tuple[int, list[tuple[Quantity, str]]]]:
    """Groups (sentence, quantity, kind) rows, which are in order, by sentence."""
    for sentence, rows in groupby(stated, key=lambda row: row[0]):
        yield sentence, [(quantity, kind) for _, quantity, kind in rows]
