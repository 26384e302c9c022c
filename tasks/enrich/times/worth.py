"""From numbers and parts of an expression to intervals; no text is searched here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from tasks.enrich.times.patterns import PARTS
from tasks.enrich.times.spans import Interval
from tasks.text.numerals import DIGITS, parse


@lru_cache(maxsize=4096)
def number_of(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    if len(written) == 1:
        return {**DIGITS, "十": 10, "百": 100}.get(written)
    if written[:1] == "零" or written[:1] == "〇":
        return number_of(written[1:])
    tens, ten, ones = written.partition("十")
    if ten and len(tens) <= 1 and len(ones) <= 1:
        return (DIGITS.get(tens, 1) if tens else 1) * 10 + (DIGITS.get(ones, 0) if ones else 0)
    worth = parse(written) if written else None
    return int(worth.value) if worth and worth.value is not None else None


@lru_cache(maxsize=4096)
def year_number(written: str) -> int | None:
    """二〇一六, 一九九七, 两千零四, 08: the last of the century that it most likely means."""
    written = written.replace("O", "〇").replace("Ｏ", "〇")
    if len(written) == 2 and written[0] in "0〇零":
        ones = number_of(written[1])
        return 2000 + ones if ones is not None else None
    if written.isdigit():
        return int(written)
    if all(c in DIGITS or c in "0" for c in written):
        return int("".join(str(DIGITS.get(c, 0)) for c in written))
    worth = parse(written)
    return int(worth.value) if worth and worth.value is not None else None


def midnight_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def day_of(year: int, month: int = 1, day: int = 1) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:  # 2月30日 stands in texts
        return None


def years_from(first: int, count: int) -> tuple[datetime | None, datetime | None]:
    return day_of(first), day_of(first + count)


def interval_of(year: int, month: int = 0, day: int = 0) -> Interval:
    begin = day_of(year, month or 1, day or 1)
    if begin is None:
        return None
    if day:
        return begin, begin + timedelta(days=1), "day"
    end = day_of(year + (month + 1 > 12), (month % 12) + 1) if month else day_of(year + 1)
    return (begin, end, "month" if month else "year") if end else None


def months_from(year: int, first: int, count: int, precision: str) -> Interval:
    after = first + count
    begin, end = day_of(year, first), day_of(year + (after > 12), after - 12 if after > 12 else after)
    return (begin, end, precision) if begin and end else None


def part_of_year(year: int, groups: dict[str, str]) -> Interval:
    """Half-years, quarters, and the first or last month that 年初 and 年底 name."""
    if "half" in groups:
        return months_from(year, 1 if groups["half"] in "上前" else 7, 6, "half_year")
    if "quarter" in groups:
        return months_from(year, (number_of(groups["quarter"]) or 1) * 3 - 2, 3, "quarter")
    if "quarters" in groups:
        return months_from(year, 1, 3 * (number_of(groups["quarters"]) or 1), "quarter")
    if "edge" in groups:
        return months_from(year, 1 if groups["edge"] == "初" else 12, 1, "month")
    return months_from(year, 6, 2, "month") if "middle" in groups else interval_of(year)


def ten_days_of(year: int, month: int, part: str) -> Interval:
    whole = interval_of(year, month)
    if whole is None:
        return None
    first, after = whole[0], whole[1]
    if "半" in part:
        half = first + timedelta(days=15)
        return (first, half, "ten_days") if part[0] == "上" else (half, after, "ten_days")
    if part[0] in "上初":
        return first, first + timedelta(days=10), "ten_days"
    if part[0] == "中":
        return first + timedelta(days=10), first + timedelta(days=20), "ten_days"
    return first + timedelta(days=20), after, "ten_days"


def in_day(midnight: datetime, groups: dict[str, str]) -> Interval:
    """A clock time or a part of the day; 下午3时 is 15:00, 晚上12点 the end of the day, 凌晨2点 stays."""
    part = groups.get("part", "")
    low, high = PARTS.get(part, (0, 24))
    if "hour" not in groups:
        return midnight + timedelta(hours=low), midnight + timedelta(hours=high), "part_of_day"
    hour = number_of(groups["hour"])
    if hour is None or hour > 24:
        return None
    if part and hour <= 12 and low >= 11 and hour + 12 <= max(high, 24) and not (part in ("中午", "正午") and hour > 9):
        hour += 12 if hour < 12 or low >= 17 else 0
    minute = number_of(groups.get("minute") or groups.get("minutes") or groups.get("minutes_only") or "") or 0
    minute = 30 if "half_hour" in groups else {"一": 15, "三": 45}.get(groups.get("quarter_hour", ""), minute)
    second = number_of(groups.get("second") or groups.get("seconds") or "") or 0
    begin = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    if "second" in groups or "seconds" in groups:
        return begin, begin + timedelta(seconds=1), "second"
    is_minute = any(name in groups for name in ("minute", "minutes", "minutes_only", "half_hour", "quarter_hour"))
    return begin, begin + (timedelta(minutes=1) if is_minute else timedelta(hours=1)), "minute" if is_minute else "hour"


def shifted(day: datetime, unit: str, count: int) -> datetime | None:
    if unit in ("年", "月", "季度", "半年"):
        months = day.year * 12 + day.month - 1 + count * {"年": 12, "月": 1, "季度": 3, "半年": 6}[unit]
        return day_of(months // 12, months % 12 + 1, min(day.day, 28))
    return day + timedelta(days=count * (7 if unit in ("周", "星期") else 1)) if abs(count) < 1000 else None


def grain_of(unit: str) -> str:
    return {"年": "year", "半年": "month", "月": "month", "季度": "month"}.get(unit, "day")


def a_year_before(moment: datetime) -> datetime | None:
    return day_of(moment.year - 1, moment.month, min(moment.day, 28) if moment.month == 2 else moment.day)
