"""Expressions of time, on sentences of our own, and the calendars behind them."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.calendars import ERAS, FESTIVALS, era_year, festival, five_year_plan, lunar_date
from tasks.enrich.times import expressions, find_times

SUMMER = datetime(2014, 7, 20)


def read(text: str, anchor: datetime | None = SUMMER, grain: str = "day") -> list[tuple]:
    def short(moment: datetime | None) -> str | None:
        return moment.isoformat(" ").removesuffix(":00").removesuffix(" 00:00") if moment else None

    return [(time.surface, short(time.begin), short(time.end), time.precision, time.relative) for time in expressions(text, anchor, grain)]


@pytest.mark.parametrize(("text", "row"), [
    ("2012年3月20日开会", ("2012年3月20日", "2012-03-20", "2012-03-21", "day", False)),
    ("２０１２年３月开会", ("２０１２年３月", "2012-03-01", "2012-04-01", "month", False)),
    ("2012 年 3 月 5 日开会", ("2012 年 3 月 5 日", "2012-03-05", "2012-03-06", "day", False)),
    ("二〇一六年三月开会", ("二〇一六年三月", "2016-03-01", "2016-04-01", "month", False)),
    ("二○一六年十二月三十一日", ("二○一六年十二月三十一日", "2016-12-31", "2017-01-01", "day", False)),
    ("2012-03-20 07:08修渠", ("2012-03-20 07:08", "2012-03-20 07:08", "2012-03-20 07:09", "minute", False)),
    ("2011—2015年规划", ("2011—2015年", "2011-01-01", "2016-01-01", "year", False)),
    ("2012年3月至2013年2月修渠", ("2012年3月至2013年2月", "2012-03-01", "2013-03-01", "month", False)),
    ("2012年3月5日至4月7日放假", ("2012年3月5日至4月7日", "2012-03-05", "2012-04-08", "day", False)),
    ("2012年第四季度收果", ("2012年第四季度", "2012-10-01", "2013-01-01", "quarter", False)),
    ("2012年前三季度收果", ("2012年前三季度", "2012-01-01", "2012-10-01", "quarter", False)),
    ("2012年6月中旬收果", ("2012年6月中旬", "2012-06-11", "2012-06-21", "ten_days", False)),
    ("2014年度收果", ("2014年度", "2014-01-01", "2015-01-01", "year", False)),
    ("98年5月建园", ("98年5月", "1998-05-01", "1998-06-01", "month", False)),
    ("08年建园", ("08年", "2008-01-01", "2009-01-01", "year", False)),
    ("20世纪90年代末建园", ("20世纪90年代末", "1990-01-01", "2000-01-01", "decade", False)),
    ("上世纪80年代建园", ("上世纪80年代", "1980-01-01", "1990-01-01", "decade", True)),
    ("九十年代初建园", ("九十年代初", "1990-01-01", "2000-01-01", "decade", False)),
    ("“十二五”期间建园", ("“十二五”期间", "2011-01-01", "2016-01-01", "period", False)),
    ("按照第十三个五年规划建园", ("第十三个五年规划", "2016-01-01", "2021-01-01", "period", False)),
    ("改革开放以来建园", ("改革开放以来", "1978-12-18", "2014-07-21", "period", False)),
    ("党的十八大以来建园", ("党的十八大以来", "2012-11-08", "2014-07-21", "period", False)),
    ("民国三十八年建园", ("民国三十八年", "1949-01-01", "1950-01-01", "year", False)),
    ("康熙三年建园", ("康熙三年", "1664-01-01", "1665-01-01", "year", False)),
    ("2012年春节下雪", ("2012年春节", "2012-01-23", "2012-01-24", "day", False)),
    ("2020年国庆节放假", ("2020年国庆节", "2020-10-01", "2020-10-02", "day", False)),
])
def test_absolute(text: str, row: tuple):
    assert read(text) == [row]
    if "以来" not in text and "世纪80" not in text:
        assert read(text, None) == [row]


@pytest.mark.parametrize(("text", "row"), [
    ("今年丰收", ("今年", "2014-01-01", "2015-01-01", "year", True)),
    ("去年上半年干旱", ("去年上半年", "2013-01-01", "2013-07-01", "half_year", True)),
    ("上半年干旱", ("上半年", "2014-01-01", "2014-07-01", "half_year", True)),
    ("去年底收工", ("去年底", "2013-12-01", "2014-01-01", "month", True)),
    ("本月收工", ("本月", "2014-07-01", "2014-08-01", "month", True)),
    ("上个月收工", ("上个月", "2014-06-01", "2014-07-01", "month", True)),
    ("三月五日收工", ("三月五日", "2014-03-05", "2014-03-06", "day", True)),
    ("4月份播种", ("4月份", "2014-04-01", "2014-05-01", "month", True)),
    ("3—5月播种", ("3—5月", "2014-03-01", "2014-06-01", "month", True)),
    ("7月6日至7日开会", ("7月6日至7日", "2014-07-06", "2014-07-08", "day", True)),
    ("7月5日上午9时30分开会", ("7月5日上午9时30分", "2014-07-05 09:30", "2014-07-05 09:31", "minute", True)),
    ("7月5日下午3点开会", ("7月5日下午3点", "2014-07-05 15:00", "2014-07-05 16:00", "hour", True)),
    ("昨日下雨", ("昨日", "2014-07-19", "2014-07-20", "day", True)),
    ("昨晚8时下雨", ("昨晚8时", "2014-07-19 20:00", "2014-07-19 21:00", "hour", True)),
    ("上周三下雨", ("上周三", "2014-07-09", "2014-07-10", "day", True)),
    ("本周下雨", ("本周", "2014-07-14", "2014-07-21", "week", True)),
    ("近两年来种树", ("近两年来", "2012-07-20", "2014-07-21", "year", True)),
    ("5年来种树", ("5年来", "2009-07-20", "2014-07-21", "year", True)),
    ("未来三年种树", ("未来三年", "2014-07-20", "2017-07-20", "year", True)),
    ("5日上午种树", ("5日上午", "2014-07-05 08:00", "2014-07-05 12:00", "part_of_day", True)),
    ("某社北京3日电", ("3日", "2014-07-03", "2014-07-04", "day", True)),
    ("9月开学", ("9月", "2014-09-01", "2014-10-01", "month", True)),
])
def test_relative_to_the_articles_date(text: str, row: tuple):
    assert read(text) == [row]
    (surface, begin, end, precision, relative), = read(text, None)
    assert (surface, begin, end, precision, relative) == (row[0], None, None, None, True)


@pytest.mark.parametrize("text", [
    "11月开工", "圣诞节放假", "周三开工", "近年来种树", "近日种树", "上午9时", "2月30日", "零时", "当天",
])
def test_what_may_mean_several_things_stays_open(text: str):
    (_, begin, end, precision, _), = read(text)
    assert (begin, end, precision) == (None, None, None)


def test_masked_years_stay_open():
    assert read("20xx年5月种树") == [("20xx年5月", None, None, None, False)]


@pytest.mark.parametrize("text", [
    "每年3月植树。", "每上半年检查。", "投标结束日前完成。", "最近出口。", "近期建设规划。", "每年在清明节植树。", "12345年",
    "三年级和年级组。", "百年大计。",
    "三年以下。", "应在十五日内答复。",
    "会议三十日前通知。",
    "主队以3:1胜。", "主队以21:15胜。", "第3条。", "提三点要求。", "宽一点五米。", "不超过三月。",
    "十月革命。", "有2000年历史。", "十个工作日前。",
    "读《明日之后》。", "三年后年产千斤。", "60岁以上年龄段。",
    "电话888-000-9999。", "地址192.168.1.1。", "三天后天气好。",
    "五一劳动奖章。", "“三五”普法。", "一时间。", "两点论。", "同年级。", "报纸《今晚报》。", "4号线。", "12号楼。", "基本年景。",
])
def test_no_time(text: str):
    assert read(text) == []


@pytest.mark.parametrize(("text", "row"), [
    ("2005年以来", ("2005年以来", "2005-01-01", "2014-07-21", "year", False)),
    ("自3月1日起施行", ("自3月1日起", "2014-03-01", None, "day", True)),
    ("2010年底前完成", ("2010年底前", None, "2010-12-01", "month", False)),
    ("2010年1月10日及以前", ("2010年1月10日及以前", None, "2010-01-11", "day", False)),
    ("2008年至今", ("2008年至今", "2008-01-01", "2014-07-21", "year", False)),
    ("从3月到5月", ("从3月到5月", "2014-03-01", "2014-06-01", "month", True)),
    ("在2007年与2009年之间", ("在2007年与2009年之间", "2007-01-01", "2010-01-01", "year", False)),
    ("2010年之后2018年之前", ("2010年之后2018年之前", "2010-01-01", "2018-01-01", "year", False)),
    ("3月起草文件", ("3月", "2014-03-01", "2014-04-01", "month", True)),
    ("3月前往某地", ("3月", "2014-03-01", "2014-04-01", "month", True)),
])
def test_words_that_open_an_interval(text: str, row: tuple):
    assert read(text) == [row]


def test_facts_get_the_expression_without_them():
    assert [time.surface for time in find_times("2005年以来，自3月1日起。", SUMMER)] == ["2005年", "3月1日"]


def test_what_an_earlier_expression_tells():
    text = "2012年，3月修渠。2013年3月开工，5月完工。2011年5月4日上午8时开工，下午4时收工。\n去年建园，同年挂果。"
    assert [row[:2] for row in read(text)] == [
        ("2012年", "2012-01-01"), ("3月", "2012-03-01"), ("2013年3月", "2013-03-01"), ("5月", "2013-05-01"),
        ("2011年5月4日上午8时", "2011-05-04 08:00"), ("下午4时", "2011-05-04 16:00"), ("去年", "2013-01-01"), ("同年", "2013-01-01"),
    ]
    assert [row[:3] for row in read("2013年5月收果，比去年同期多。")][1] == ("去年同期", "2012-05-01", "2012-06-01")


def test_hours_from_to():
    assert read("7月5日下午2时至4时开会") == [("7月5日下午2时至4时", "2014-07-05 14:00", "2014-07-05 16:00", "hour", True)]
    assert read("7月5日晚上10点到凌晨2点") == [("7月5日晚上10点到凌晨2点", "2014-07-05 22:00", "2014-07-06 02:00", "hour", True)]


def test_a_coarse_date_of_the_article_resolves_coarse_expressions_only():
    assert [row[1] for row in read("今年修渠，昨天下雨，3月收工。", datetime(2014, 1, 1), "year")] == ["2014-01-01", None, None]


def test_the_turn_of_the_year():
    january = datetime(2014, 1, 5)
    assert [row[1] for row in read("12月30日下雪。", january)] == ["2013-12-30"]
    assert [row[1] for row in read("10月收果。", january)] == [None]
    assert [row[1] for row in read("元旦放假。", datetime(2013, 12, 20))] == ["2014-01-01"]


def test_calendars():
    assert lunar_date(2015, 10, 1) == date(2015, 11, 12) and lunar_date(2020, 4, 1, True) == date(2020, 5, 23)
    assert lunar_date(2020, 4, 1) == date(2020, 4, 23) and lunar_date(1899, 1, 1) is None and lunar_date(2019, 4, 1, True) is None
    assert [festival(name, 2012) for name in ("除夕", "端午节", "清明节", "母亲节")] == [
        date(2012, 1, 22), date(2012, 6, 23), date(2012, 4, 4), date(2012, 5, 13)]
    plans = [five_year_plan(number) for number in (1, 5, 12, 21)]
    assert plans == [(1953, 1957), (1976, 1980), (2011, 2015), None]
    assert era_year("民国", 1) == 1912 and era_year("某朝", 1) is None


def test_every_day_of_every_lunar_year_follows_the_one_before():
    """Each month of each year begins where the one before ends."""
    for year in range(1900, 2060):
        days = [lunar_date(year, month, 1) for month in range(1, 13)] + [lunar_date(year + 1, 1, 1)]
        gaps = [(after - before).days for before, after in pairwise(days)]
        assert all(gap in (29, 30) or 58 <= gap <= 60 for gap in gaps), year


@given(st.text(alphabet="0123年月日号时点分上下午今去明后前周一二十初五·:-/.至到 近来起“”节春〇世纪代xX\n，", max_size=40))
def test_expressions_stand_in_the_text_in_order(text: str):
    for anchor in (None, SUMMER):
        at = 0
        for time in expressions(text, anchor):
            assert at <= time.start < time.stop <= len(text) and text[time.start:time.stop] == time.surface
            assert time.begin is None or time.end is None or time.begin <= time.end
            assert (time.precision is None) == (time.begin is None and time.end is None)
            at = time.stop


PIECES = (*sorted(FESTIVALS), *ERAS, *"公元 0 1 12 29 31 99 2012 0000 年 月 日 号 时 点 世纪 90年代 xx 周 星期 第 个 一 十".split(),
          *"初一 农历 正月 上午 晚 至 从 以来 前 后 之间 和 今天 昨 去年同期 近 今后 “十二五” 期间 上半年 季度 旬 ０ ： - /".split())


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(("day", "year", "month", "second", None)),
       st.sampled_from((None, SUMMER, datetime(1, 1, 1), datetime(2016, 2, 29), datetime(9999, 12, 31))))
def test_no_combination_of_words_fails(pieces: list[str], grain: str | None, anchor: datetime | None):
    text = "".join(pieces)
    for time in expressions(text, anchor, grain):
        assert text[time.start:time.stop] == time.surface
        assert time.begin is None or time.end is None or time.begin <= time.end
