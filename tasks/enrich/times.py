"""Expressions of time and the interval each one means.

Absolute ones (2012年3月20日, 二〇一六年, 2012-03-20) resolve by themselves. Relative ones (今年, 上半年, 近两年来, 4月份) need
the article's date as anchor and stay without an interval where the article has none. 近两年来 means the two years that
end at the anchor; a month or day without a year is that of the anchor's year when it does not lie after the anchor, and
unresolved otherwise. A masked year (20xx年) is an expression without an interval.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tasks.text.numerals import FULL_WIDTH, parse

_D = "[0-9０-９]"
_MONTH_DAY = rf"{_D}{{1,2}}月(?:份|{_D}{{1,2}}[日号](?:(?:至|到|-|－|—|~){_D}{{1,2}}[日号])?)?"
_HAN_DAY = "[一二三四五六七八九十]{1,3}"
# One pattern per first character, so that scanning for it is all that most texts cost. After the first character, a
# look-behind of two asks whether it began its run of digits.
_FIRST = rf"(?<!{_D}{_D})"
_TO_DAY = rf"(?:(?:至|到|-|－|—|~){_D}{{1,2}}[日号])?"
_BY_DIGIT = re.compile(
    rf"{_D}{_FIRST}(?:"
    rf"(?P<iso>(?<=[12])[089]{_D}{_D}[-/.]{_D}{{1,2}}[-/.]{_D}{{1,2}}(?!{_D}))"
    rf"|(?P<span>(?<=[12１２]){_D}{{3}}年?(?:-|－|—{{1,2}}|–|~|～|至|到)[12１２]{_D}{{3}}年(?!{_D}))"
    rf"|(?P<absolute>(?<=[12１２])[0-9０-９]{_D}{_D}年(?:{_D}{{1,2}}月(?:{_D}{{1,2}}[日号]{_TO_DAY})?|[上下]半年|第?[一二三四]季度|[底初])?)"
    rf"|(?P<decade>(?:{_D}世纪{_D}0年代|(?<=[2-9])0年代))"
    rf"|(?P<month>{_D}?月(?:份|{_D}{{1,2}}[日号]{_TO_DAY})?)"
    rf"|(?P<recent>{_D}?年来)"
    rf"|(?P<masked>{_D}{{0,2}}[xX]+[0-9xX]*年(?:{_MONTH_DAY}|[xX]+月(?:[xX]+日)?)?)"
    r")"
)
_BY_HAN = re.compile(
    rf"[一二两三四五六七八九十](?:(?P<han>(?<=[一二])[〇○零一二三四五六七八九]{{3}}年(?:{_HAN_DAY}月(?:{_HAN_DAY}[日号])?)?)"
    rf"|(?P<decade>(?<![十一二三四五六七八九百].)十年代)|(?P<recent>(?<![十一二三四五六七八九百].)[一二三四五六七八九]?年来))"
)
_BY_WORD = re.compile(
    rf"近(?P<recent>(?:{_D}{{1,2}}|[一二两三四五六七八九十]{{1,2}}|几)(?:年|个月|天|周)来?)"
    rf"|今(?P<m1>年{_MONTH_DAY})|去(?P<m2>年{_MONTH_DAY})|明(?P<m3>年{_MONTH_DAY})|本(?P<m4>年{_MONTH_DAY})"
    r"|今(?P<r1>年以来|年[上下]半年|年[一二三四]季度|年[底末初](?=[，,。；、前后以之])|年|天|日)"
    r"|去(?P<r2>年[上下]半年|年[一二三四]季度|年[底末初]?)"
    r"|明(?P<r3>年[上下]半年|年[底末初]?|天)|前(?P<r4>年(?!度)|天)|后(?P<r5>年)|本(?P<r6>年度?|月)|上(?P<r7>年度?|月|个月|半年)|下(?P<r8>个月|半年)"
    r"|近(?P<r9>年来?|几年来?)|这(?P<r10>些年来?)|昨(?P<r11>天|日)|年(?P<r12>[底末初](?=[，,。；、前后以之]))"
)
_BY_MASK = re.compile(r"(?<![0-9xX])(?P<masked>[xX]{2,4}年(?=[^级]))")
_DIGIT = re.compile(_D)
_HAN_SIGNS = ("年来", "年代", "〇", "○", "一九", "二零", "一八", "二二")  # without one of them no year or decade is written in Han
_PARTS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Time:
    """One expression; the interval is half-open, in Chinese local time."""

    start: int
    stop: int
    surface: str
    begin: datetime | None
    end: datetime | None
    precision: str | None
    relative: bool


Interval = tuple[datetime, datetime, str] | None


def find_times(text: str, anchor: datetime | None) -> list[Time]:
    """Expressions of time in the order of the text; they do not overlap."""
    matches: list[re.Match[str]] = []
    if _DIGIT.search(text):
        matches += _BY_DIGIT.finditer(text)
    if any(sign in text for sign in _HAN_SIGNS):
        matches += _BY_HAN.finditer(text)
    matches += _BY_WORD.finditer(text)
    if "xx年" in text or "XX年" in text:
        matches += _BY_MASK.finditer(text)
    matches.sort(key=lambda match: (match.start(), -match.end()))
    found: list[Time] = []
    for match in matches:
        start, stop = match.span()
        if (found and start < found[-1].stop) or (start > 1 and text.startswith("每年", start - 2)):
            continue
        surface = match.group()
        group = match.lastgroup or ""
        kind = group if group in _READERS else "month" if group[0] == "m" else "relative"
        interval = _READERS[kind](surface.translate(FULL_WIDTH), anchor.date() if anchor else None)
        begin, end, precision = interval or (None, None, None)
        found.append(Time(start, stop, surface, begin, end, precision, kind in ("month", "recent", "relative")))
    return found


def _day(year: int, month: int = 1, day: int = 1) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:  # 2月30日 stands in texts
        return None


def _of(year: int, month: int = 0, day: int = 0) -> Interval:
    begin = _day(year, month or 1, day or 1)
    if begin is None:
        return None
    if day:
        return begin, begin + timedelta(days=1), "day"
    end = _day(year + (month + 1 > 12), (month % 12) + 1) if month else _day(year + 1)
    return (begin, end, "month" if month else "year") if end else None


def _part(year: int, words: str) -> Interval:
    """Half-years, quarters, and the first or last month that 年初 and 年底 name."""
    if "半年" in words:
        first = 1 if "上半年" in words else 7
        return _months(year, first, 6, "half_year")
    quarter = next((k for k, c in enumerate("一二三四") if f"{c}季度" in words), None)
    if quarter is not None:
        return _months(year, quarter * 3 + 1, 3, "quarter")
    if "年初" in words:
        return _months(year, 1, 1, "month")
    if "年底" in words or "年末" in words:
        return _months(year, 12, 1, "month")
    return _of(year)


def _months(year: int, first: int, count: int, precision: str) -> Interval:
    after = first + count
    begin, end = _day(year, first), _day(year + (after > 12), after - 12 if after > 12 else after)
    return (begin, end, precision) if begin and end else None


def _absolute(surface: str, _: date | None) -> Interval:
    numbers = [int(n) for n in _PARTS.findall(surface)]
    if len(numbers) < 2:
        return _part(numbers[0], surface)
    interval = _of(*numbers[:3])
    if interval and len(numbers) > 3:  # 2015年7月6日至7日
        last = _of(numbers[0], numbers[1], numbers[3])
        return (interval[0], last[1], "day") if last and last[1] > interval[0] else None
    return interval


def _han(surface: str, _: date | None) -> Interval:
    year, _, rest = surface.partition("年")
    month, _, day = rest.partition("月")
    worth = [parse(piece) for piece in (year, month, day.rstrip("日号")) if piece]
    if any(number is None or number.value is None for number in worth):
        return None
    return _of(*(int(number.value) for number in worth))


def _span(surface: str, _: date | None) -> Interval:
    first, last = (int(n) for n in _PARTS.findall(surface)[:2])
    begin, end = _day(first), _day(last + 1)
    return (begin, end, "year") if begin and end and begin < end else None


def _decade(surface: str, _: date | None) -> Interval:
    numbers = [int(n) for n in _PARTS.findall(surface)]
    if len(numbers) < 2:  # which century is not said
        return None
    begin, end = _day((numbers[0] - 1) * 100 + numbers[1]), _day((numbers[0] - 1) * 100 + numbers[1] + 10)
    return (begin, end, "decade") if begin and end else None


def _month(surface: str, anchor: date | None) -> Interval:
    numbers = [int(n) for n in _PARTS.findall(surface)]
    if anchor is None:
        return None
    year = anchor.year + (0 if surface[0].isdigit() else _SHIFT[surface[0]])
    interval = _of(year, *numbers[:2])
    if interval and len(numbers) > 2:  # 7月6日至7日
        last = _of(year, numbers[0], numbers[2])
        interval = (interval[0], last[1], "day") if last and last[1] > interval[0] else None
    return interval if interval and (not surface[0].isdigit() or interval[0].date() <= anchor) else None


_SHIFT = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "后": 2}


def _recent(surface: str, anchor: date | None) -> Interval:
    digits = re.match(r"近?(\d+|[一二两三四五六七八九十]+|几)", surface)
    worth = parse(digits[1]) if digits and digits[1] != "几" else None
    count = int(worth.value) if worth and worth.value is not None else {"两": 2}.get(digits[1] if digits else "", 0)
    if anchor is None or not count:
        return None
    end = datetime(anchor.year, anchor.month, anchor.day) + timedelta(days=1)
    if "年" in surface:
        begin = _day(anchor.year - count, anchor.month, min(anchor.day, 28))
        return (begin, end, "year") if begin else None
    if "月" in surface:
        months = anchor.year * 12 + anchor.month - 1 - count
        begin = _day(months // 12, months % 12 + 1, min(anchor.day, 28))
        return (begin, end, "month") if begin else None
    days = count * (7 if "周" in surface else 1)
    return end - timedelta(days=days), end, "day"


def _relative(surface: str, anchor: date | None) -> Interval:
    if anchor is None or surface.startswith(("近", "这些年")):
        return None
    today = datetime(anchor.year, anchor.month, anchor.day)
    if surface in _DAYS:
        begin = today + timedelta(days=_DAYS[surface])
        return begin, begin + timedelta(days=1), "day"
    if surface in _MONTHS:
        months = anchor.year * 12 + anchor.month - 1 + _MONTHS[surface]
        return _of(months // 12, months % 12 + 1)
    if surface.startswith(("上半年", "下半年")):
        return _part(anchor.year, surface)
    year = anchor.year + _SHIFT.get(surface[0], 0)
    if surface == "今年以来":
        return datetime(year, 1, 1), today + timedelta(days=1), "year"
    return _part(year, surface)


_DAYS = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "明天": 1}
_MONTHS = {"本月": 0, "上月": -1, "上个月": -1, "下个月": 1}


def _unknown(_surface: str, _anchor: date | None) -> Interval:
    return None


_READERS: dict[str | None, Callable[[str, date | None], Interval]] = {
    "iso": lambda surface, _: _of(*(int(n) for n in _PARTS.findall(surface))),
    "span": _span, "absolute": _absolute, "masked": _unknown, "han": _han, "decade": _decade,
    "month": _month, "recent": _recent, "relative": _relative,
}
