"""Reads the expressions of one text from left to right, each in the light of those before it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tasks.enrich.calendars import SINCE, era_year, festival, five_year_plan, lunar_date
from tasks.enrich.times.parts import Parts, finest_of, has_date, has_month, has_year, parts_of
from tasks.enrich.times.patterns import BETWEEN, BY_FIRST, HAN, LONGEST_SPECIAL, POINT, RANGE
from tasks.enrich.times.spans import RANK, Interval, Time, usable
from tasks.enrich.times.starts import NUMERALS, narrowed
from tasks.enrich.times.worth import (
    a_year_before,
    day_of,
    grain_of,
    in_day,
    interval_of,
    midnight_of,
    number_of,
    part_of_year,
    shifted,
    ten_days_of,
    year_number,
    years_from,
)

_JOINS = "-－–—~～至到和与 \u00a0"
_BEFORE_BARE_TIME = "在至到于从自约早晚"
_NOT_A_DATE = re.compile("(?:[的之]?(?:历史|文明|沧桑)|以[上下内]|之久|[前后]的历史)")
_DURATION = re.compile("[之以]?[内外]|以[上下]|有余|之久|期间?限")
_BOUND = "一二两三四五六七八九十百千万第满达约共为近每余多几个"
_SENTENCE_END = re.compile("[。！？!?\n]")
_CLAUSE_START = "，,。；;：:！!？?\n“”（()）、在早 　"


def find_times(text: str, anchor: datetime | None, grain: str | None = "day") -> list[Time]:
    """
    Expressions of time in the order of the text; they do not overlap.

    `anchor` is when the article was published and `grain` how exactly that is known (year, month, day, minute, second): a
    relative expression finer than it stays without an interval.
    """
    plain, starts = narrowed(text)
    reader = _Reader(plain, usable(anchor), grain or "day")
    found: list[Time] = []
    end = 0
    for start in starts:
        if start < end:
            continue
        read = reader.read(start)
        if read is not None:
            stop, begin, finish, precision, relative = read
            found.append(Time(start, stop, text[start:stop], begin, finish, precision, relative))
            end = stop
    return found


Read = tuple[int, datetime | None, datetime | None, str | None, bool]


class _Reader:
    """Reads one text from left to right; remembers the last expression that could tell a later one its year, month or day."""

    def __init__(self, text: str, anchor: datetime | None, grain: str) -> None:
        self.text = text
        self.anchor = anchor
        self.today = datetime(anchor.year, anchor.month, anchor.day) if anchor else None
        self.grain = RANK.get(grain, RANK["day"])
        self.last: tuple[int, datetime, datetime, str] | None = None  # where it ends, its interval, its precision

    def read(self, start: int) -> Read | None:
        ahead = self.text[start:start + LONGEST_SPECIAL]
        for sign, special in BY_FIRST.get(ahead[0], ()):
            match = special.match(self.text, start) if sign in ahead else None
            if match:
                read = self._special(match, match.groupdict())
                if read:
                    return read
        match = POINT.match(self.text, start)
        if match is None or match.end() == start:
            return None
        parts = parts_of(match)
        if parts is None or not self._stands(match, parts):
            return None
        if parts.relative and self._in_title(start):
            return None
        stop = match.end() - (self.text[match.end() - 1] in " \u00a0")
        value = self._worth(parts, start)
        sign = None
        if self.text[stop:stop + 1] and self.text[stop] in _JOINS:
            sign = RANGE.match(self.text, stop) or BETWEEN.match(self.text, stop)
        second = POINT.match(self.text, sign.end()) if sign else None
        if second and second.end() > sign.end():
            more = parts_of(second)
            between = self.text.startswith("之间", second.end())
            joined = self._joined(parts.groups, value, more.groups, sign.end()) if more and (between or sign.re is RANGE) else False
            if joined:
                stop, value = second.end() - (self.text[second.end() - 1] in " \u00a0"), joined
        return self._made(stop, value, parts.relative)

    def _worth(self, parts: Parts, start: int) -> Interval:
        if not parts.is_fixed:
            return self._value(parts.groups, start)
        if not parts.is_read:
            parts.worth, parts.is_read = self._value(parts.groups, start), True
        return parts.worth

    def _made(self, stop: int, value: Interval, relative: bool) -> Read:
        if value is None:
            return stop, None, None, None, relative
        begin, end, precision = value
        if begin is None:
            return stop, None, None, None, relative
        if relative and self.today and RANK[precision] > self.grain and RANK[precision] <= RANK["day"] and self.grain < RANK["day"]:
            return stop, None, None, None, True
        if begin and end:
            self.last = stop, begin, end, precision
        return stop, begin, end, precision, relative

    def _stands(self, match: re.Match[str], parts: Parts) -> bool:
        """Whether the match is an expression by itself, given what stands around it."""
        text, start, stop, groups = self.text, match.start(), match.end(), parts.groups
        before, after = text[start - 1:start], text[stop:stop + 1]
        if before == "每" or "每年" in text[max(0, start - 6):start]:
            return False
        if "iso" in groups or "dmy" in groups:
            return not before.isdigit() and before not in (".", "-", "/")
        with_year, with_month, named = parts.has_year, parts.has_month, parts.names_day
        if not (with_year or with_month) and ("nth_week" in groups or "nth_month" in groups):
            return False
        if with_year or named:
            if "week" in groups and before and before in HAN:
                return False
            is_span = groups.get("year", "").isdigit() and not with_month and (
                _NOT_A_DATE.match(text, stop) or before in ("第", "满", "近", "约"))
            return not is_span and not before.isdigit()
        if with_month:
            if "month" in groups and "day" not in groups:
                is_han = not groups["month"].isdigit()
                if (before in NUMERALS + "个每第满" and before) or _DURATION.match(text, stop):
                    return False
                return not (is_han and (text.startswith(("革命", "花", "里", "河"), stop) or (before in "数近约达过"and before)))
            return not before.isdigit()
        if "lunar_day" in groups:
            return groups["lunar_day"][0] == "初" and "lunar" in groups
        if any(name in groups for name in ("quarter", "quarters", "half", "month_part")):
            return before not in ("近", "大")
        if "day" in groups:
            return self._is_bare_day(groups, before, after, start, stop)
        if "hour" in groups:
            return "part" in groups or self._is_bare_clock(groups, before, stop)
        if "part" in groups:
            return len(groups["part"]) > 1 and (groups["part"] not in ("夜间", "夜里", "深夜", "半夜") or self._in_sight(start) is not None)
        return "edge" in groups and after in "，,。；、前后以之"

    def _in_title(self, start: int) -> bool:
        """《明日之后》 speaks of no day."""
        opened = self.text.rfind("《", max(0, start - 60), start)
        return opened >= 0 and "》" not in self.text[opened:start]

    def _is_bare_day(self, groups: dict[str, str], before: str, after: str, start: int, stop: int) -> bool:
        """5日上午, 北京3日电, and 7日 after 3月5日 in the same sentence; never 十五日 and 15日内."""
        if (before and before in _BOUND) or _DURATION.match(self.text, stop):
            return False
        if "part" in groups or "hour" in groups or self.text.startswith(("电", "讯"), stop):
            return True
        if not groups["day"].isdigit() or self.text[stop - 1] == "号":
            return False
        if after in ("前", "后", "的", "游", "间", "均", "龄", "照", "光", "落", "出"):
            return False
        in_sight = self._in_sight(start)
        return not before or before in "，。；！？\n　" or (in_sight is not None and RANK[in_sight[3]] >= RANK["month"])

    def _is_bare_clock(self, groups: dict[str, str], before: str, stop: int) -> bool:
        if before and before in "早晚":
            return False  # read with it
        if "minute" in groups:
            sign = RANGE.match(self.text, stop)
            is_range = sign is not None and self.text[sign.end():sign.end() + 1].isdigit()
            is_bounded = self.text.startswith(("以前", "以后", "之前", "之后", "左右"), stop)
            return is_range or is_bounded or (before != "" and before in _BEFORE_BARE_TIME + "日 ")
        if before and before in _BOUND:
            return False
        if any(name in groups for name in ("sharp", "half_hour", "quarter_hour", "minutes")) or groups["unit"] == "点钟":
            return True
        if groups["unit"] == "时":
            return (groups["hour"].isdigit() and not _DURATION.match(self.text, stop)) or groups["hour"] in ("零", "二十四")
        if self.text[stop:stop + 1] and self.text[stop] in NUMERALS:  # 一点五米
            return False
        return groups["hour"] in ("零", "〇", "0") or (before != "" and before in _BEFORE_BARE_TIME and before not in "约为")

    def _in_sight(self, start: int) -> tuple[int, datetime, datetime, str] | None:
        """The last resolved expression, if it stands in the same sentence."""
        if self.last and not _SENTENCE_END.search(self.text, self.last[0], start):
            return self.last
        return None

    # What the parts are worth

    def _value(self, groups: dict[str, str], start: int) -> Interval:
        day = self._date(groups, start)
        if "part" not in groups and "hour" not in groups:
            return day
        if day is None and not has_date(groups):
            in_sight = self._in_sight(start)
            if in_sight and RANK[in_sight[3]] >= RANK["day"]:
                midnight = in_sight[1].replace(hour=0, minute=0, second=0)
                day = midnight, midnight + timedelta(days=1), "day"
        if day is None or day[0] is None or day[2] != "day":
            return None
        return in_day(day[0], groups)

    def _date(self, groups: dict[str, str], start: int) -> Interval:
        if "iso" in groups:
            return interval_of(int(groups["iso_year"]), int(groups["iso_month"]), int(groups["iso_day"]))
        if "dmy" in groups:
            left, right = int(groups["left"]), int(groups["right"])
            if left <= 12 and right <= 12 and left != right:  # which is the month is not said
                return None
            day, month = (left, right) if right <= 12 else (right, left)
            return interval_of(int(groups["dmy_year"]), month, day)
        if "first_year" in groups:
            first, last = year_number(groups["first_year"]), year_number(groups["last_year"])
            begin, end = (day_of(first), day_of(last + 1)) if first and last else (None, None)
            return (begin, end, "year") if begin and end and begin < end else None
        named = self._named_day(groups, start)
        if named is not False:
            return named
        year = self._year(groups, start)
        if "nth_month" in groups or ("nth_week" in groups and not has_month(groups)):
            return self._counted(year, groups) if year else None
        if "said_month" in groups:
            month = self._said_month(groups["said_month"], start)
            return self._in_month(*month, groups) if month else None
        if "lunar_month" in groups or "lunar_day" in groups or "lunar" in groups or "lunar_too" in groups:
            return self._lunar(groups, year if year is not None else (self.today.year if self.today and not has_year(groups) else None))
        if "month" in groups:
            month = number_of(groups["month"])
            if year is None:
                year = None if has_year(groups) else self._year_near(number_of(groups.get("first_month", "")) or month, groups, start)
            return self._in_month(year, month, groups) if year and month else None
        if "day" in groups:
            in_sight = self._in_sight(start)
            if in_sight and RANK[in_sight[3]] >= RANK["month"]:
                return self._in_month(in_sight[1].year, in_sight[1].month, groups)
            if self.today is None:
                return None
            near = self._in_month(self.today.year, self.today.month, groups)
            if near is None or near[0] > self.today + timedelta(days=7):  # the 29th, read on the 3rd, is last month's
                before = self.today.replace(day=1) - timedelta(days=1)
                near = self._in_month(before.year, before.month, groups)
            return near
        if groups.get("month_part", "").endswith("半月") and self.today:
            return ten_days_of(self.today.year, self.today.month, groups["month_part"])
        if year is None and not has_year(groups) and any(name in groups for name in ("quarter", "quarters", "half", "edge")):
            year = self.today.year if self.today else None
            value = part_of_year(year, groups) if year else None
            is_ahead = value and value[0] > self.today + timedelta(days=92) and "half" not in groups
            return None if is_ahead else value
        return part_of_year(year, groups) if year else None

    def _year(self, groups: dict[str, str], start: int) -> int | None:
        if "year" in groups:
            return year_number(groups["year"])
        if "year_of_era" in groups:
            return int(groups["year_of_era"]) or None
        if "short_year" in groups:
            short = int(groups["short_year"])
            return short + (2000 if short < 50 else 1900)
        if "era" in groups:
            number = 1 if groups["era_year"] == "元" else number_of(groups["era_year"])
            return era_year(groups["era"], number) if number else None
        said = groups.get("said_year")
        if said in ("当年", "同年", "翌年", "这年", "那年", "该年"):
            in_sight = self.last if self.last and "\n" not in self.text[self.last[0]:start] else None
            return in_sight[1].year + (said == "翌年") if in_sight else None
        return self.today.year + _YEARS[said.replace("一", "")] if said and self.today else None

    def _year_near(self, month: int | None, groups: dict[str, str], start: int) -> int | None:
        """The year of a month that names none: that of the expression before it, else the anchor's where that is likely."""
        in_sight = self._in_sight(start)
        if in_sight and (RANK[in_sight[3]] >= RANK["half_year"] or start - in_sight[0] <= 2) and RANK[in_sight[3]] >= RANK["year"]:
            return in_sight[1].year
        if self.today is None or not month:
            return None
        day = number_of(groups.get("first_day") or groups.get("day") or "") or 1
        here = day_of(self.today.year, month, day)
        if (month, day) == (2, 29) and here is None:  # the last one there was
            return next((year for year in range(self.today.year, self.today.year - 9, -1) if day_of(year, 2, 29)), None)
        if here and here <= self.today + timedelta(days=92):
            return self.today.year
        before = day_of(self.today.year - 1, month, day)
        return self.today.year - 1 if before and before >= self.today - timedelta(days=31) else None

    def _said_month(self, said: str, start: int) -> tuple[int, int] | None:
        if said == "当月":
            in_sight = self._in_sight(start)
            return (in_sight[1].year, in_sight[1].month) if in_sight and RANK[in_sight[3]] >= RANK["month"] else None
        if self.today is None:
            return None
        shift = -2 if said.startswith("上上") else -1 if said[0] == "上" else 1 if said[0] == "下" else 0
        months = self.today.year * 12 + self.today.month - 1 + shift
        return months // 12, months % 12 + 1

    def _in_month(self, year: int | None, month: int | None, groups: dict[str, str]) -> Interval:
        if not year or not month:
            return None
        if "day" in groups:
            day = number_of(groups["day"])
            value = interval_of(year, month, day) if day else None
            first = interval_of(year, month, number_of(groups["first_day"]) or 0) if value and "first_day" in groups else value
            return (first[0], value[1], "day") if value and first and first[0] <= value[0] else None
        if "nth_week" in groups:
            first = interval_of(year, month)
            monday = first[0] + timedelta(days=-first[0].weekday() % 7, weeks=(number_of(groups["nth_week"]) or 1) - 1) if first else None
            return (monday, monday + timedelta(weeks=1), "week") if monday and monday < first[1] else None
        part = groups.get("month_part")
        if part:
            return ten_days_of(year, month, part)
        value = interval_of(year, month)
        if value and "first_month" in groups:
            first = interval_of(year, number_of(groups["first_month"]) or 0)
            return (first[0], value[1], "month") if first and first[0] < value[0] else None
        return value

    def _counted(self, year: int, groups: dict[str, str]) -> Interval:
        """2021年第二周 (weeks as ISO 8601 counts them), 明年第九个月."""
        if "nth_month" in groups:
            month = number_of(groups["nth_month"]) or 0
            return interval_of(year, month) if 1 <= month <= 12 else None
        fourth = datetime(year, 1, 4)
        monday = fourth - timedelta(days=fourth.weekday()) + timedelta(weeks=(number_of(groups["nth_week"]) or 1) - 1)
        return monday, monday + timedelta(weeks=1), "week"

    def _lunar(self, groups: dict[str, str], year: int | None) -> Interval:
        if year is None:
            return None
        month = {"正": 1, "腊": 12}.get(groups.get("lunar_month", "")) or number_of(groups.get("month", ""))
        day = number_of(groups.get("lunar_day", "").lstrip("初").replace("廿", "二十") or groups.get("day", ""))
        if not month:
            return None
        if day:
            begin = lunar_date(year, month, day)
            end = begin + timedelta(days=1) if begin else None
        else:
            begin = lunar_date(year, month, 1)
            end = (lunar_date(year, month + 1, 1) if month < 12 else lunar_date(year + 1, 1, 1)) if begin else None
        return (midnight_of(begin), midnight_of(end), "day" if day else "month") if begin and end else None

    def _named_day(self, groups: dict[str, str], start: int) -> Interval | bool:
        """昨天, 上周一, 春节; False where the expression names no day."""
        if "said_day" in groups:
            said = groups["said_day"]
            if said[0] in "当次翌":
                in_sight = self.last if self.last and "\n" not in self.text[self.last[0]:start] else None
                if in_sight is None or RANK[in_sight[3]] < RANK["day"]:
                    return None
                begin = in_sight[1].replace(hour=0, minute=0, second=0) + timedelta(days=said[0] in "次翌")
            elif self.today is None:
                return None
            else:
                begin = self.today + timedelta(days=_DAYS[said.rstrip("天日")])
            return begin, begin + timedelta(days=1), "day"
        if "week" in groups or "weekday" in groups:
            which = groups.get("week") or groups.get("which_week")
            if self.today is None or which is None:
                return None
            monday = self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=_WEEKS[which])
            if "week" in groups:
                return monday, monday + timedelta(weeks=1), "week"
            if groups["weekday"] == "末":
                return monday + timedelta(days=5), monday + timedelta(days=7), "day"
            begin = monday + timedelta(days="一二三四五六日".find(groups["weekday"].replace("天", "日")))
            return begin, begin + timedelta(days=1), "day"
        name = groups.get("festival") or groups.get("short_festival")
        if name is None:
            return False
        year = self._year(groups, start)
        begin = festival(name, year) if year else None
        if begin is None and not has_year(groups) and self.today:
            in_sight = self._in_sight(start)
            if in_sight and in_sight[3] == "year":
                begin = festival(name, in_sight[1].year)
            else:
                near = [day for day in (festival(name, self.today.year + shift) for shift in (-1, 0, 1)) if day]
                begin = min(near, key=lambda day: abs(midnight_of(day) - self.today), default=None)
                if begin and abs(midnight_of(begin) - self.today) > timedelta(days=92):  # else the one of this year, if it is past
                    here = festival(name, self.today.year)
                    begin = here if here and midnight_of(here) <= self.today else None
        return (midnight_of(begin), midnight_of(begin) + timedelta(days=1), "day") if begin else None

    def _joined(self, first: dict[str, str], value: Interval, second: dict[str, str], start: int) -> Interval | bool | None:
        """The interval from the first expression to the second; False where the second does not continue the first."""
        one, other = finest_of(first), finest_of(second)
        if one is None or other is None or (RANK[other] >= RANK["hour"]) != (RANK[one] >= RANK["hour"]):
            return False
        if other == "day" and not has_month(second) and "day" in second and not (has_month(first) or "day" in first or "iso" in first):
            return False
        filled = dict(second)
        if RANK[other] >= RANK["hour"] and not has_date(second):
            if "part" not in second and "part" in first and (number_of(second["hour"]) or 0) >= (number_of(first["hour"]) or 0):
                filled["part"] = first["part"]
            if value is None or value[0] is None:
                return None, None, other  # a range of hours on no known day
            midnight = value[0].replace(hour=0, minute=0, second=0)
            end = in_day(midnight, filled)
            if end and end[1] <= value[0]:
                end = in_day(midnight + timedelta(days=1), filled)
            return (value[0], end[0], end[2]) if end else None
        if value is None or value[0] is None:
            return None, None, other
        if not has_year(second) and "iso" not in second and value[0]:
            if "month" in second:
                month = number_of(second["month"]) or 0
                filled["year"] = str(value[0].year + (month < value[0].month))
            elif "day" in second:
                filled |= {"year": str(value[0].year), "month": str(value[0].month)}
        end = self._value(filled, start)
        if end is None or end[1] is None or end[1] <= value[0]:
            return None, None, other
        return value[0], end[1] if RANK[end[2]] < RANK["hour"] else end[0], end[2]

    def _special(self, match: re.Match[str], groups: dict[str, str]) -> Read | None:
        kind = match.lastgroup if match.lastgroup in _KINDS else next(name for name in _KINDS if groups.get(name) is not None)
        text, start, stop = self.text, match.start(), match.end()
        if kind == "ago":
            if start and text[start - 1] not in _CLAUSE_START:
                return None
            return self._made(stop, self._ago(groups), True)
        if kind in ("recent", "trailing", "future"):
            return self._made(stop, self._around(kind, groups), True)
        if kind in ("vague", "masked"):
            return stop, None, None, None, kind == "vague"
        if kind == "plan":
            return self._plan(match, groups)
        if kind == "since":
            end = self.today + timedelta(days=1) if self.today else None
            return stop, midnight_of(SINCE[groups["event"]]), end, "period", False
        if kind == "republic":
            return stop, datetime(1912, 1, 1), datetime(1949, 10, 1), "period", False
        if kind == "same":
            in_sight = self.last if self.last and "\n" not in text[self.last[0]:start] else None
            begin, end = (a_year_before(in_sight[1]), a_year_before(in_sight[2])) if in_sight else (None, None)
            return (stop, begin, end, in_sight[3], True) if begin and end and in_sight else (stop, None, None, None, True)
        if kind == "century":
            return self._century(match, groups)
        number = number_of(groups["decade_no"])
        begin = 1900 + number if number and 20 <= number <= 90 else None
        return (stop, *years_from(begin, 10), "decade", False) if begin else None

    def _around(self, kind: str, groups: dict[str, str]) -> Interval:
        count = number_of(groups["count"]) if groups["count"] not in ("几", "数") else None
        if self.today is None or not count:
            return None
        unit = groups["unit"].lstrip("个")
        if unit in ("小时", "分钟"):
            step = timedelta(hours=count) if unit == "小时" else timedelta(minutes=count)
            moment = self.anchor
            return (moment, moment + step, "minute") if kind == "future" else (moment - step, moment, "minute")
        if kind == "future":
            end = shifted(self.today, unit, count)
            return (self.today, end, grain_of(unit)) if end else None
        begin = shifted(self.today, unit, -count)
        return (begin, self.today + timedelta(days=1), grain_of(unit)) if begin else None

    def _ago(self, groups: dict[str, str]) -> Interval:
        count = number_of(groups["count"])
        if self.anchor is None or not count or groups["soft"]:
            return None
        unit = groups["unit"].lstrip("个")
        if unit in ("小时", "分钟"):
            begin = self.anchor - (timedelta(hours=count) if unit == "小时" else timedelta(minutes=count))
            return begin, begin + timedelta(minutes=1), "minute"
        begin = shifted(self.today, unit, -count)
        if begin is None:
            return None
        if unit in ("年", "月"):
            return interval_of(begin.year, begin.month if unit == "月" else 0)
        return begin, begin + timedelta(days=1), "day"

    def _plan(self, match: re.Match[str], groups: dict[str, str]) -> Read | None:
        named = groups["short_plan"] or groups["bare_plan"] or groups["long_plan"]
        surface = match.group()
        if groups["short_plan"] and len(named) == 1 and not groups["after"] and not ("规划" in surface or "计划" in surface):
            return None  # “三五”普法 and “七一” are no plans; 十一五 is
        number = number_of(named)
        years = five_year_plan(number) if number else None
        if years is None:
            return None
        first, last = years
        after = groups["after"] or ""
        if after in ("开局之年", "收官之年"):
            first = last = first if after == "开局之年" else last
        return match.end(), *years_from(first, last - first + 1), "period", False

    def _century(self, match: re.Match[str], groups: dict[str, str]) -> Read | None:
        if groups["said_century"]:
            number = self.today.year // 100 + (0 if groups["said_century"][0] == "上" else 1) if self.today else None
        else:
            number = number_of(groups["century_no"])
        relative = groups["said_century"] is not None
        if number is None or not 1 <= number <= 30:
            return (match.end(), None, None, None, relative) if relative else None
        if groups["decade_of"]:
            decade = number_of(groups["decade_of"]) or 0
            return match.end(), *years_from((number - 1) * 100 + decade, 10), "decade", relative
        return match.end(), *years_from((number - 1) * 100 + 1, 100), "century", relative


_KINDS = ("recent", "future", "trailing", "ago", "vague", "plan", "since", "republic", "century", "decade", "masked", "same")
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
