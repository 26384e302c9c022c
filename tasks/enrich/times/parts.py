"""The named parts of an expression, as the pattern found them, and what their presence decides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.enrich.times.spans import Interval


@dataclass(slots=True)
class Parts:
    """The named parts of one expression and what they decide; `is_fixed`: its worth is the same in every article."""

    groups: dict[str, str]
    has_year: bool
    has_month: bool
    names_day: bool
    relative: bool
    is_fixed: bool
    worth: Interval = None
    is_read: bool = False  # whether `worth` has been set


_known_parts: dict[str, Parts] = {}  # by surface: a text repeats its dates, and reading all groups of a match is what costs
MOST_PARTS = 50_000


def parts_of(match: re.Match[str]) -> Parts | None:
    """The parts of a match of POINT; None where nothing but blanks matched."""
    surface = match.group()
    known = _known_parts.get(surface)
    if known is None:
        groups = {name: value for name, value in match.groupdict().items() if value is not None}
        if not groups:
            return None
        relative = not is_absolute(groups)
        is_fixed = not relative and not any(name in groups for name in ("said_month", "said_day", "week", "weekday"))
        known = Parts(groups, has_year(groups), has_month(groups), any(name in groups for name in _DAY_NAMES), relative, is_fixed)
        if len(_known_parts) > MOST_PARTS:
            _known_parts.clear()
        _known_parts[surface] = known
    return known


_DAY_NAMES = ("said_day", "weekday", "week", "festival", "short_festival")
_YEAR_GROUPS = ("year", "short_year", "era", "first_year", "year_of_era", "year_before")


def is_absolute(groups: dict[str, str]) -> bool:
    """A year stands in it."""
    return any(name in groups for name in (*_YEAR_GROUPS, "iso", "dmy"))


def has_year(groups: dict[str, str]) -> bool:
    """A year stands in it, or a word for one (去年)."""
    return any(name in groups for name in (*_YEAR_GROUPS, "said_year"))


def has_month(groups: dict[str, str]) -> bool:
    """A month stands in it, or a word for one (上个月)."""
    return any(name in groups for name in ("month", "lunar_month", "said_month"))


def has_date(groups: dict[str, str]) -> bool:
    """More than a time of day."""
    return has_year(groups) or has_month(groups) or any(
        name in groups for name in ("iso", "dmy", "day", "lunar_day", "said_day", "weekday", "week", "festival", "short_festival"))


def finest_of(groups: dict[str, str]) -> str | None:
    """The grain of its finest part, as ranges compare them."""
    if "hour" in groups:
        return "hour"
    if "part" in groups:
        return "part_of_day"
    if any(name in groups for name in ("day", "lunar_day", "said_day", "iso", "dmy", "weekday", "festival", "short_festival")):
        return "day"
    return "month" if has_month(groups) else "year" if has_year(groups) else "quarter" if "quarter" in groups else None
