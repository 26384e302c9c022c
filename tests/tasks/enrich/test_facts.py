"""Facts, times and phrases, on sentences of our own."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tasks.enrich.facts import find_facts
from tasks.enrich.facts.classes import word_classes
from tasks.enrich.phrases import find_phrases
from tasks.enrich.sentences import find_sentences
from tasks.enrich.times import find_times
from tasks.enrich.words import cut_words

SUMMER = datetime(2014, 7, 20)


def facts(text: str, anchor: datetime | None = None) -> list:
    return find_facts(text, find_times(text, anchor), find_sentences(text).starts, word_classes(cut_words([text]))[0])[0]


def rows(text: str) -> list[tuple]:
    return [(text[f.start:f.stop], f.kind, f.value, f.unit, f.normalized_value, f.normalized_unit, f.op) for f in facts(text)]


@pytest.mark.parametrize(("text", "row"), [
    ("修渠用去1032万元。", ("1032万元", "money", 1032, "万元", 10_320_000, "CNY", "=")),
    ("果园年收入突破3亿元。", ("3亿元", "money", 3, "亿元", 300_000_000, "CNY", ">")),
    ("全县产值3.29亿。", ("3.29亿", "count", 3.29, "亿", 329_000_000, "item", "=")),
    ("来了二百余名果农。", ("二百余名", "count", 200, "名", 200, "person", ">")),
    ("请来20多位老师。", ("20多位", "count", 20, "位", 20, "person", ">")),
    ("补助100余万元。", ("100余万元", "money", 100, "万元", 1_000_000, "CNY", ">")),
    ("约占三成。", ("三成", "ratio", 3, "成", 0.3, "ratio", "=")),
    ("成活率为百分之九十。", ("百分之九十", "ratio", 90, "%", 0.9, "ratio", "=")),
    ("九成以上的树成活。", ("九成", "ratio", 9, "成", 0.9, "ratio", ">=")),
    ("参加率在90%以上。", ("90%", "ratio", 90, "%", 0.9, "ratio", ">=")),
    ("新发卡1.3万张。", ("1.3万张", "count", 1.3, "万张", 13_000, "item", "=")),
    ("接待来信685案次。", ("685案次", "count", 685, "案次", 685, "times", "=")),
    ("困难户8468户。", ("8468户", "count", 8468, "户", 8468, "household", "=")),
    ("产量下降30%。", ("30%", "delta", 30, "%", 0.3, "ratio", "=")),
    ("支出减少17580元。", ("17580元", "delta", 17580, "元", 17580, "CNY", "=")),
    ("罚款不超过五百元。", ("五百元", "money", 500, "元", 500, "CNY", "<=")),
    ("种了１２３亩果树。", ("１２３亩", "measure", 123, "亩", 82_000, "m2", "=")),
    ("应在三十日内答复。", ("三十日", "duration", 30, "日", 30, "day", "<=")),
    ("办园五年。", ("五年", "duration", 5, "年", 60, "month", "=")),
    ("第四届果品会。", ("第四届", "ordinal", 4, "届", 4, "ordinal", "=")),
    ("庆祝建园60周年。", ("60周年", "anniversary", 60, "周年", 60, "anniversary_year", "=")),
    ("每年体检一次。", ("一次", "rate", 1, "次/年", 1, "times/year", "=")),
    ("明年有望突破5亿元。", ("5亿元", "forecast", 5, "亿元", 500_000_000, "CNY", ">")),
    ("力争达到40个。", ("40个", "target", 40, "个", 40, "item", "=")),
    ("建议把比例下调至30%。", ("30%", "proposal", 30, "%", 0.3, "ratio", "=")),
    ("发挥四大作用。", ("四大", "phrase_count", 4, "大", 4, "item", "=")),
    ("下拨20xx0元。", ("20xx0元", "masked", None, "元", None, "CNY", "=")),
    ("1997年开园。", ("1997年", "date", 1997, "年", 1997, "year", "=")),
])
def test_one_fact(text: str, row: tuple):
    got = rows(text)
    assert len(got) == 1, got
    assert got[0][:4] == row[:4] and got[0][5:] == row[5:]
    assert got[0][4] == (None if row[4] is None else pytest.approx(row[4]))


@pytest.mark.parametrize("text", [
    "“五一”放假。", "发生7.18洪灾。", "依照第三十二条第二款办理。", "他们一定统一了意见。", "百万职工学技术。", "万一下雨。",
    "一个人走了一次。", "20xx年开园。", "三方面的问题。", "应急响应分为三级。", "前两款规定的情形。", "一家人都来了。",
    "入场费几十万元。", "数十名果农。", "版本3.5发布。", "十分高兴。", "一九九七。",
])
def test_no_fact(text: str):
    assert rows(text) == []


def test_ranges_have_two_ends_and_no_value():
    fact, = facts("需要3-4年的努力。")
    assert (fact.kind, fact.value, fact.low, fact.high, fact.unit) == ("duration", None, 3, 4, "年")
    fact, = facts("投入3至5亿元。")
    assert (fact.low, fact.high, fact.unit) == (3, 5, "亿元")
    fact, = facts("补助五六百元。")
    assert (fact.low, fact.high, fact.value) == (500, 600, None)


def test_two_limits_are_two_facts():
    assert [(row[0], row[6]) for row in rows("处二百元以上五百元以下罚款。")] == [("二百元", ">="), ("五百元", "<=")]


def test_a_number_shares_the_unit_of_the_next():
    assert [row[:4] for row in rows("比上次减少17580和10000元。")] == [("17580", "delta", 17580, "元"), ("10000元", "delta", 10000, "元")]


def test_what_is_measured_and_when():
    fact, = facts("2013年，合作社新修水渠300米。")[1:]
    assert (fact.measure, fact.period.surface) == ("合作社新修水渠", "2013年")
    fact, = facts("评出7名种树能手。")
    assert fact.measure == "种树能手"


@pytest.mark.parametrize(("text", "begin", "end", "precision", "relative"), [
    ("2012年3月20日开会", date(2012, 3, 20), date(2012, 3, 21), "day", False),
    ("２０１２年３月开会", date(2012, 3, 1), date(2012, 4, 1), "month", False),
    ("二〇一六年开会", date(2016, 1, 1), date(2017, 1, 1), "year", False),
    ("二〇一六年十二月三十一日开会", date(2016, 12, 31), date(2017, 1, 1), "day", False),
    ("2012-03-20开会", date(2012, 3, 20), date(2012, 3, 21), "day", False),
    ("2011—2015年规划", date(2011, 1, 1), date(2016, 1, 1), "year", False),
    ("20世纪90年代建成", date(1990, 1, 1), date(2000, 1, 1), "decade", False),
    ("今年丰收", date(2014, 1, 1), date(2015, 1, 1), "year", True),
    ("去年上半年干旱", date(2013, 1, 1), date(2013, 7, 1), "half_year", True),
    ("4月份播种", date(2014, 4, 1), date(2014, 5, 1), "month", True),
    ("7月6日至7日开会", date(2014, 7, 6), date(2014, 7, 8), "day", True),
    ("近两年来种树", date(2012, 7, 20), date(2014, 7, 21), "year", True),
    ("昨天下雨", date(2014, 7, 19), date(2014, 7, 20), "day", True),
    ("11月开学", None, None, None, True), ("近年来种树", None, None, None, True), ("20xx年种树", None, None, None, False),
    ("2012年2月30日", None, None, None, False),
])
def test_times(text: str, begin: date | None, end: date | None, precision: str | None, relative: bool):
    time, = find_times(text, SUMMER)
    assert (time.begin and time.begin.date(), time.end and time.end.date(), time.precision, time.relative) == (begin, end, precision,
        relative)


def test_relative_times_without_a_date_stay_unresolved():
    assert [(t.surface, t.begin) for t in find_times("今年和4月份，近两年来。", None)] == [("今年", None), ("4月份", None),
        ("近两年来", None)]


@pytest.mark.parametrize("text", ["每年3月植树。", "12345年", "三年级和年级组。", "百年大计。"])
def test_no_time(text: str):
    assert find_times(text, SUMMER) == []


def test_phrases_and_what_they_stand_for():
    text = "开展“五小”（即“小修、小种、小养、小编、小卖”）活动，落实水、路、田“三个到户”，贴“五一”标语，“7.18”以后“人人植树”。"
    got = [(text[p.start:p.stop], p.kind, p.expansion) for p in find_phrases(text)]
    assert ("五小", "numeric", "小修、小种、小养、小编、小卖") in got
    assert ("三个到户", "numeric", None) in got  # parts of one character prove too little
    assert ("五一", "quoted", None) in got and ("五一", "numeric", None) not in got
    assert ("7.18", "quoted", None) in got and ("人人植树", "quoted", None) in got
    assert {p.expansion for p in find_phrases("抓好“三小”（即“小修、小种”）。")} == {None}  # three are promised, two are listed
    listed = "健全修渠机制、栽树机制“两个机制”。"
    assert [p.expansion for p in find_phrases(listed)] == ["修渠机制、栽树机制"] * 2
