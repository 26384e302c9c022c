"""What an expression of time is, and how fine it can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PRECISIONS = ("century", "decade", "period", "year", "half_year", "quarter", "month", "ten_days", "week", "day", "part_of_day", "hour",
              "minute", "second")
RANK = {name: rank for rank, name in enumerate(PRECISIONS)}


@dataclass(frozen=True, slots=True)
class Time:
    """One expression; the interval is half-open, in Chinese local time. An end that the text leaves open is None."""

    start: int
    stop: int
    surface: str
    begin: datetime | None
    end: datetime | None
    precision: str | None
    relative: bool


Interval = tuple[datetime | None, datetime | None, str] | None


def usable(anchor: datetime | None) -> datetime | None:
    """An article's date as anchor; one at the ends of what a datetime can hold is damage, and arithmetic with it would fail."""
    return anchor if anchor is not None and 1000 <= anchor.year <= 9000 else None
