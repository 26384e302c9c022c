"""Dates as pages print them: 2016年01月06日09:47, 2016/3/20 下午7:08, 二〇一六年三月, 民國105年3月20日, September 2, 2018.

str in, facts out. What has no year is no date; what no calendar has (31 February) is none either. Republican years (民國) count
from 1912. A clock in another zone than China's is nobody's local time and makes the whole a date of no use: None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ZONE = r"(?P<zone>\s?Z\b|\s?[+-]\d\d:?\d\d\b)?"
_WEEKDAY = r"(?:[\s(（]{0,2}(?:星期|周|週|礼拜)[一二三四五六日天][)）]?)?"
_HALF = r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|[AaPp]\.?[Mm]\.?)?"
_CLOCK = (
    rf"(?:[\sT,，]{{0,4}}{_HALF}\s?(?P<H>2[0-3]|[01]?\d)[:：时點点](?P<M>[0-5]\d)(?:[:：分](?P<S>[0-5]\d)秒?(?:\.\d{{1,6}})?)?分?"
    rf"(?P<after>\s?[AaPp][Mm]\b)?{_ZONE})?"
)
_MONTH, _DAY = r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"

# Months and days may lack a leading zero; the clock may be glued to 日.
DATE = re.compile(rf"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:年|[-/.])\s?{_MONTH}\s?(?:月|[-/.])\s?{_DAY}(?!\d)(?:\s?[日号號])?{_WEEKDAY}{_CLOCK}")
_ZERO = "〇零○Ｏ"
_HAN_DIGITS = "一二三四五六七八九" + _ZERO
HAN_DATE = re.compile(
    rf"(?P<y>[一二][九{_ZERO}][{_HAN_DIGITS}]{{2}})年(?P<m>十?[一二]|十|[{_ZERO}]?[一二三四五六七八九])月"
    rf"(?P<d>[一二三]?十[一二三四五六七八九]?|[{_ZERO}初]?[一二三四五六七八九十])日"
)
_HAN_MONTH = re.compile(
    rf"(?P<y>[一二][九{_ZERO}][{_HAN_DIGITS}]{{2}})年(?P<m>十[一二]?|[{_ZERO}]?[一二三四五六七八九])月(?!\s?[{_HAN_DIGITS}十\d])"
)
_REPUBLIC = re.compile(
    rf"(?:中[华華])?民[国國]\s?(?P<y>\d{{1,3}}|[{_HAN_DIGITS}十百]{{1,5}}|元)\s?(?:年|[-/.])\s?(?P<m>\d{{1,2}}|[{_HAN_DIGITS}十]{{1,3}})\s?(?:月|[-/.])\s?"
    rf"(?P<d>\d{{1,2}}|[{_HAN_DIGITS}十]{{1,3}})(?!\d)(?:\s?[日号號])?{_WEEKDAY}{_CLOCK}"
)
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_NAMES = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?"
    r"|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ENGLISH = re.compile(
    rf"\b(?:{_NAMES}\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+"
    + _NAMES.replace("<name>", "<name2>")
    + rf"\.?,?\s+(?P<y2>(?:19|20)\d\d)){_CLOCK}",
    re.IGNORECASE,
)
# What counts as a date only where a label says that it is one, or alone on its line.
_COMPACT = re.compile(rf"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d){_CLOCK}")
_SHORT_REPUBLIC = re.compile(
    rf"(?<!\d)(?P<y>1[0-3]\d)(?P<sep>[-/.年])(?P<m>0?[1-9]|1[0-2])[-/.月](?P<d>0?[1-9]|[12]\d|3[01])日?(?!\d){_CLOCK}"
)
_MONTH_ALONE = re.compile(rf"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:年\s?{_MONTH}\s?月|[-/.]{_MONTH.replace('<m>', '<m2>')}(?![-/.\d]))(?!\s?\d)")
YEAR = re.compile(r"(?P<y>(?:19|20)\d\d)\s?年?")
MONTH_DAY = re.compile(rf"(?<![\d/.-]){_MONTH}\s?(?:月|[-/.])\s?{_DAY}(?![\d/.-])(?:\s?[日号號])?{_WEEKDAY}{_CLOCK}")
CLOCK = re.compile(r"(?P<H>2[0-3]|[01]?\d)[:：](?P<M>[0-5]\d)(?:[:：](?P<S>[0-5]\d))?")

_LATER = re.compile(r"下午|傍晚|晚|[Pp]\.?[Mm]")


@dataclass(frozen=True, slots=True)
class Moment:
    """A publication time as printed: ISO text without zone, and how precise it is."""

    iso: str
    precision: str  # year | month | day | minute | second


Hit = tuple[int, int, Moment]


def find_moment(line: str) -> Hit | None:
    """The first calendar date of a line with its span; impossible dates are none."""
    found = [hit for pattern in (_REPUBLIC, DATE, HAN_DATE, _ENGLISH) if (m := pattern.search(line)) and (hit := _hit(m, pattern))]
    return min(found, key=lambda hit: (hit[0], -hit[1])) if found else None


def read_moment(line: str, at: int = 0, labelled: bool = False) -> Hit | None:
    """The date that begins at an offset; `labelled` admits forms that elsewhere are mere numbers: 20190320, 105/03/20, 2016年3月."""
    patterns = (_REPUBLIC, DATE, HAN_DATE, _ENGLISH, *((_COMPACT, _SHORT_REPUBLIC, _HAN_MONTH, _MONTH_ALONE) if labelled else ()))
    for pattern in patterns:
        if (m := pattern.match(line, at)) and (hit := _hit(m, pattern)):
            return hit
    return None


def dated(year: re.Match[str], day: re.Match[str], clock: re.Match[str] | None = None) -> Moment | None:
    """A date whose year, month and day, and clock stand apart; the clock may stand with the day."""
    return _moment(int(year["y"]), int(day["m"]), int(day["d"]), clock or day)


def moment_of(claim: str) -> Moment | None:
    """What a machine-readable claim says (2019-04-02T08:30:00+08:00); None where it is nothing but a date."""
    hit = read_moment(claim.strip(), 0, labelled=True)
    return hit[2] if hit and hit[1] == len(claim.strip()) else None


def _hit(m: re.Match[str], pattern: re.Pattern[str]) -> Hit | None:
    groups = m.groupdict()
    if pattern is _ENGLISH:
        year, day = int(groups["y"] or groups["y2"]), int(groups["d"] or groups["d2"])
        month = _MONTHS[(groups["name"] or groups["name2"])[:3].lower()]
        when = _moment(year, month, day, m)
    elif pattern in (_HAN_MONTH, _MONTH_ALONE):
        year, month = _number(groups["y"]), _number(groups["m"] or groups["m2"])
        when = Moment(f"{year:04d}-{month:02d}", "month")
    else:
        year = _number(groups["y"]) + (1911 if pattern in (_REPUBLIC, _SHORT_REPUBLIC) else 0)
        when = _moment(year, _number(groups["m"]), _number(groups["d"]), m)
    return None if when is None else (m.start(), m.end(), when)


def _moment(year: int, month: int, day: int, m: re.Match[str]) -> Moment | None:
    days = 29 if month == 2 and year % 4 == 0 else 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    if not (1 <= month <= 12 and 1 <= day <= days):
        return None
    date = f"{year:04d}-{month:02d}-{day:02d}"
    clock = m.groupdict()
    if clock.get("H") is None:
        return Moment(date, "day")
    if (zone := (clock.get("zone") or "").strip()) and zone.replace(":", "") != "+0800":
        return None
    hour = int(clock["H"])
    if _LATER.search((clock.get("half") or "") + (clock.get("after") or "")) and hour < 12:
        hour += 12
    time = f"{date}T{hour:02d}:{clock['M']}"
    return Moment(f"{time}:{clock['S']}", "second") if clock.get("S") else Moment(time, "minute")


def _number(said: str) -> int:
    """A numeral of a date: Arabic, digit by digit (二〇一六) or with tens and hundreds (二十一, 一百零五); 元 is the first."""
    if said.isdigit() and said.isascii():
        return int(said)
    if said == "元":
        return 1
    digits = {c: i for i, c in enumerate("一二三四五六七八九", 1)} | dict.fromkeys(_ZERO + "初", 0)
    if not set("十百") & set(said):
        return int("".join(str(digits[c]) for c in said))
    value = digit = 0
    for c in said:
        if c in "十百":
            value += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = digits[c]
    return value + digit
