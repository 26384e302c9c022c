"""Calendars: what named days, eras and plans mean in the civil calendar. Facts as tables, no text is searched here.

    lunar_date     a day of the Chinese calendar, 1900 to 2060 (data: lunar.tsv, see `moons`)
    festival       a named day in a year
    era_year       民国三十八年, 康熙三年: the civil year in which it begins
    five_year_plan 十二五: its first and last year
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class _LunarYear(NamedTuple):
    begins: date
    leap: int  # the month that stands twice, or 0
    days: tuple[int, ...]  # of each month in turn
    qingming: int  # day in April


# Fixed days of the civil calendar: month and day.
_FIXED = {
    "元旦": (1, 1), "元旦节": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "三八妇女节": (3, 8), "植树节": (3, 12),
    "消费者权益日": (3, 15), "愚人节": (4, 1), "劳动节": (5, 1), "五一": (5, 1), "五一劳动节": (5, 1), "五一国际劳动节": (5, 1),
    "国际劳动节": (5, 1), "青年节": (5, 4), "五四青年节": (5, 4), "护士节": (5, 12), "儿童节": (6, 1), "六一": (6, 1),
    "六一儿童节": (6, 1), "建党节": (7, 1), "建军节": (8, 1), "八一建军节": (8, 1), "教师节": (9, 10), "国庆": (10, 1), "国庆节": (10, 1),
    "十一国庆": (10, 1), "万圣节": (10, 31), "记者节": (11, 8), "双十一": (11, 11), "国家宪法日": (12, 4), "国家公祭日": (12, 13),
    "平安夜": (12, 24), "圣诞": (12, 25), "圣诞节": (12, 25), "三八": (3, 8), "五四": (5, 4), "七一": (7, 1), "八一": (8, 1),
}
# Days of the Chinese calendar: month and day; 除夕 is the day before New Year of the next year.
_LUNAR = {
    "春节": (1, 1), "新春佳节": (1, 1), "元宵": (1, 15), "元宵节": (1, 15), "龙抬头": (2, 2), "端午": (5, 5), "端午节": (5, 5),
    "七夕": (7, 7), "七夕节": (7, 7), "中元节": (7, 15), "中秋": (8, 15), "中秋节": (8, 15), "重阳": (9, 9), "重阳节": (9, 9),
    "腊八": (12, 8), "腊八节": (12, 8), "小年": (12, 23),
}
_EVES = ("除夕", "大年三十", "大年夜")
# The n-th weekday (Monday is 0) of a month.
_WEEKDAYS = {"母亲节": (5, 6, 2), "父亲节": (6, 6, 3), "感恩节": (11, 3, 4)}
FESTIVALS = frozenset((*_FIXED, *_LUNAR, *_EVES, *_WEEKDAYS, "清明", "清明节"))

# First year of an era in the civil calendar.
ERAS: Mapping[str, int] = {
    "民国": 1912, "贞观": 627, "永徽": 650, "显庆": 656, "神龙": 705, "开元": 713, "天宝": 742, "至德": 756, "大历": 766,
    "贞元": 785, "元和": 806, "大中": 847, "咸通": 860, "建隆": 960, "太平兴国": 976, "淳化": 990, "咸平": 998, "景德": 1004,
    "大中祥符": 1008, "庆历": 1041, "嘉祐": 1056, "熙宁": 1068, "元丰": 1078, "元祐": 1086, "绍圣": 1094, "崇宁": 1102,
    "政和": 1111, "宣和": 1119, "靖康": 1126, "建炎": 1127, "绍兴": 1131, "隆兴": 1163, "乾道": 1165, "淳熙": 1174, "庆元": 1195,
    "嘉定": 1208, "淳祐": 1241, "咸淳": 1265, "至元": 1264, "大德": 1297, "至正": 1341, "洪武": 1368, "建文": 1399, "永乐": 1403,
    "洪熙": 1425, "宣德": 1426, "正统": 1436, "景泰": 1450, "天顺": 1457, "成化": 1465, "弘治": 1488, "正德": 1506, "嘉靖": 1522,
    "隆庆": 1567, "万历": 1573, "泰昌": 1620, "天启": 1621, "崇祯": 1628, "顺治": 1644, "康熙": 1662, "雍正": 1723, "乾隆": 1736,
    "嘉庆": 1796, "道光": 1821, "咸丰": 1851, "同治": 1862, "光绪": 1875, "宣统": 1909,
}
# Events after which official prose counts (…以来), by their day.
SINCE: Mapping[str, date] = {
    "改革开放": date(1978, 12, 18), "十一届三中全会": date(1978, 12, 18), "新中国成立": date(1949, 10, 1), "建国": date(1949, 10, 1),
    "中华人民共和国成立": date(1949, 10, 1), "建党": date(1921, 7, 1), "中国共产党成立": date(1921, 7, 1), "十四大": date(1992, 10, 12),
    "十五大": date(1997, 9, 12), "十六大": date(2002, 11, 8), "十七大": date(2007, 10, 15), "十八大": date(2012, 11, 8),
    "十九大": date(2017, 10, 18), "二十大": date(2022, 10, 16),
}
_EARLY_PLANS = ((1953, 1957), (1958, 1962), (1966, 1970), (1971, 1975), (1976, 1980))


def five_year_plan(number: int) -> tuple[int, int] | None:
    """First and last year of a national five-year plan: the first began in 1953, from the sixth on they follow without a gap."""
    if 1 <= number <= len(_EARLY_PLANS):
        return _EARLY_PLANS[number - 1]
    return (1981 + 5 * (number - 6), 1985 + 5 * (number - 6)) if 6 <= number <= 20 else None


def era_year(era: str, year: int) -> int | None:
    """The civil year that an era's year mostly covers."""
    first = ERAS.get(era)
    return first + year - 1 if first is not None and 1 <= year <= 150 else None


def lunar_date(year: int, month: int, day: int, is_leap: bool = False) -> date | None:
    """The civil day of a day in the Chinese year that begins in `year`; None outside 1900 to 2060 and for days that it lacks."""
    row = _lunar_years().get(year)
    if row is None or not 1 <= month <= 12 or (is_leap and month != row.leap):
        return None
    position = month - 1 + (1 if is_leap or (row.leap and month > row.leap) else 0)
    if not 1 <= day <= row.days[position]:
        return None
    return row.begins + timedelta(days=sum(row.days[:position]) + day - 1)


def festival(name: str, year: int) -> date | None:
    """The day on which a festival of FESTIVALS falls in a civil year (除夕: the one before that year's 春节)."""
    if not 1 <= year < 9999:
        return None
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _LUNAR:
        return lunar_date(year, *_LUNAR[name])
    row = _lunar_years().get(year)
    if name in _EVES:
        return row.begins - timedelta(days=1) if row else None
    if name in _WEEKDAYS:
        month, weekday, count = _WEEKDAYS[name]
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
    return date(year, 4, row.qingming) if name in ("清明", "清明节") and row else None


@cache
def _lunar_years() -> dict[int, _LunarYear]:
    years = {}
    for line in files(__package__).joinpath("lunar.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            year, begins, leap, months, qingming = line.split("\t")
            month, day = begins.split("-")
            days = tuple(30 if long == "1" else 29 for long in months)
            years[int(year)] = _LunarYear(date(int(year), int(month), int(day)), int(leap), days, int(qingming))
    return years
