"""Facts, times and phrases, on sentences of our own."""

from __future__ import annotations

from datetime import date, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.facts import GOLD_KINDS, NO_FACTS_OF_OURS, find_facts, last_day
from tasks.enrich.facts.classes import word_classes
from tasks.enrich.phrases import find_phrases
from tasks.enrich.sentences import find_sentences
from tasks.enrich.times import find_times
from tasks.enrich.words import cut_words
from tasks.text.numerals import numbers

SUMMER = datetime(2014, 7, 20)


def facts(text: str, anchor: datetime | None = None) -> list:
    return find_facts(text, find_times(text, anchor), find_sentences(text).starts, word_classes(cut_words([text]))[0])[0]


def rows(text: str) -> list[tuple]:
    return [(text[f.start:f.stop], f.kind, f.value, f.unit, f.normalized_value, f.normalized_unit, f.op) for f in facts(text)]


@pytest.mark.parametrize(("text", "row"), [
    ("修渠用去1032万元。", ("1032万元", "money", 1032, "万元", 10_320_000, "CNY", "=")),
    ("果园年收入突破3亿元。", ("3亿元", "money", 3, "亿元", 300_000_000, "CNY", ">")),
    ("全县产值3.29亿。", ("3.29亿", "money", 3.29, "亿", 329_000_000, "CNY", "=")),
    ("来了二百余名果农。", ("二百余名", "count", 200, "名", 200, "person", ">")),
    ("请来20多位老师。", ("20多位", "count", 20, "位", 20, "person", ">")),
    ("补助100余万元。", ("100余万元", "money", 100, "万元", 1_000_000, "CNY", ">")),
    ("约占三成。", ("三成", "ratio", 3, "成", 0.3, "ratio", "~")),
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
    "一个人走了一次。", "20xx年开园。", "应急响应分为三级。", "前两款规定的情形。", "一家人都来了。",
    "版本3.5发布。", "十分高兴。", "一九九七。", "零部件厂。", "百万果农。", "合唱《一分钱》。", "讲解“三个确保”。", "拍了“五一”的照片。",
    "会期定于23日上午。", "第三条的规定。", "5/7路公交。", "二年级学生。", "一方面要修渠。", "乙类四级响应。", "两岸果树。",
    "二次供水设施。", "打通最后一公里。", "第九十八条和九十九条的规定。",
])
def test_no_fact(text: str):
    assert rows(text) == []


@pytest.mark.parametrize(("text", "found"), [
    ("换美元5000。买了3.5亿美元、20万港币和8欧元。", [("3.5亿美元", "money", 3.5, "亿美元", 350e6, "USD"),
      ("20万港币", "money", 20, "万港币", 200e3, "HKD"),
                                      ("8欧元", "money", 8, "欧元", 8, "EUR")]),
    ("标价$20和￥1,300。", [("$20", "money", 20, "$", 20, "USD"), ("￥1,300", "money", 1300, "￥", 1300, "CNY")]),
    ("欠款壹仟零伍拾元整。", [("壹仟零伍拾元", "money", 1050, "元", 1050, "CNY")]),
    ("一杯五元三毛。", [("五元三毛", "money", 5.3, "元", 5.3, "CNY")]),
    ("罚款千分之三。", [("千分之三", "ratio", 3, "‰", 0.003, "ratio")]),
    ("三分之二以上的社员。", [("三分之二", "ratio", 2 / 3, None, 2 / 3, "ratio")]),
    ("约占1/3。", [("1/3", "ratio", 1 / 3, None, 1 / 3, "ratio")]),
    ("占一半以上。", [("一半", "ratio", 0.5, None, 0.5, "ratio")]),
    ("产量是去年的2倍。", [("2倍", "ratio", 2, "倍", 2, "multiple")]),
    ("收入翻一番，产量翻了两番。", [("一番", "ratio", 1, "番", 2, "multiple"), ("两番", "ratio", 2, "番", 4, "multiple")]),
    ("打75折，再打8折。", [("75折", "ratio", 75, "折", 0.75, "ratio"), ("8折", "ratio", 8, "折", 0.8, "ratio")]),
    ("近百名果农、上千户人家、逾万人。", [("百名", "count", 100, "名", 100, "person"), ("千户", "count", 1000, "户", 1000, "household"),
                          ("万人", "count", 10_000, "人", 10_000, "person")]),
    ("投入数十万元。", [("数十万元", "money", None, "元", None, "CNY")]),
    ("来了成千上万的果农。", [("成千上万", "idiom", None, None, None, "item")]),
    ("每吨3000元，工钱每人每天200元。", [("3000元", "rate", 3000, "元/吨", 3, "CNY/kg"),
      ("200元", "rate", 200, "元/人/天", 200, "CNY/person/day")]),
    ("租金8元每小时，或5元/亩。", [("8元每小时", "rate", 8, "元/小时", 8, "CNY/hour"),
                        ("5元/亩", "rate", 5, "元/亩", pytest.approx(0.0075), "CNY/m2")]),
    ("林地2.5平方公里，长1.3万公里。", [("2.5平方公里", "measure", 2.5, "平方公里", 2.5e6, "m2"),
                            ("1.3万公里", "measure", 1.3, "万公里", 13e6, "m")]),
    ("气温零下5度，水温华氏104度，炉温20摄氏度。", [("5度", "measure", 5, "度", 5, "celsius"),
      ("104度", "measure", 104, "度", 40, "celsius"),
                                  ("20摄氏度", "measure", 20, "摄氏度", 20, "celsius")]),
    ("共685案次1311人次，5年先后9次来访。", [("685案次", "count", 685, "案次", 685, "times"),
                               ("1311人次", "count", 1311, "人次", 1311, "person_time"), ("5年", "duration", 5, "年", 60, "month"),
                               ("9次", "count", 9, "次", 9, "times")]),
    ("省会十二届四次全会。", [("十二届四次", "ordinal", 12, "届/次", 12, "ordinal")]),
    ("社会xx届三中全会。", [("xx届三中", "masked", None, "届/次", None, "ordinal")]),
    ("第三次会议评为第二名，位列全省第五。", [("第三次", "ordinal", 3, "次", 3, "ordinal"), ("第二名", "ordinal", 2, "名", 2, "ordinal"),
                             ("第五", "ordinal", 5, None, 5, "ordinal")]),
    ("用了两年半，又等半个月和一个半小时。", [("两年半", "duration", 2.5, "年", 30, "month"),
      ("半个月", "duration", 0.5, "个月", 0.5, "month"),
                             ("一个半小时", "duration", 1.5, "个小时", 1.5, "hour")]),
    ("过去三年建园，未来5年育苗。", [("三年", "duration", 3, "年", 36, "month"), ("5年", "duration", 5, "年", 60, "month")]),
    ("共 30 人，5 000 元。", [("30 人", "count", 30, "人", 30, "person"), ("000 元", "money", 0, "元", 0, "CNY")]),
    ("主任一人、副主任三人。", [("一人", "count", 1, "人", 1, "person"), ("三人", "count", 3, "人", 3, "person")]),
    ("县、乡、村三级同修。", [("三级", "count", 3, "级", 3, "item")]),
    ("办“三好”（即“好苗、好土、好水”）活动。", [("三好", "phrase_count", 3, "好", 3, "item")]),
    ("余额-3.5万元。", [("-3.5万元", "money", -3.5, "万元", -35_000, "CNY")]),
])
def test_writings(text: str, found: list[tuple]):
    got = [row[:6] for row in rows(text)]
    assert [row[:4] + row[5:] for row in got] == [row[:4] + row[5:] for row in found]
    assert [row[4] for row in got] == [value if value is None else pytest.approx(value) for *_, value, _ in found]


@pytest.mark.parametrize(("text", "op", "qualifier"), [
    ("不得超过股金总额的百分之二十。", "<=", "不得超过"), ("每年至少开会两次。", ">=", "至少"), ("约为30亩。", "~", "约为"),
    ("不少于5人。", ">=", "不少于"),
    ("跌破5元。", "<", "跌破"), ("20人左右。", "~", "左右"), ("十五日内答复。", "<=", "内"), ("累计30多万元。", ">", "累计；多"),
    ("年满十八周岁。", ">=", "年满"),
    ("不满十八周岁。", "<", "不满"), ("超过3000人。", ">", "超过"), ("近百人。", "~", "近"), ("三人以上。", ">=", "以上"),
    ("走访过5家。", "=", None),
    ("不会高于八成。", "<=", "不会高于"), ("大于等于四米。", ">=", "大于等于"),
])
def test_operators(text: str, op: str, qualifier: str | None):
    fact = facts(text)[-1]
    assert (fact.op, fact.qualifier) == (op, qualifier)


@pytest.mark.parametrize(("text", "kinds"), [
    ("产量增长5%，成本降低3%。", ["delta", "delta"]), ("产量分别增长5%和3%。", ["delta", "delta"]), ("价格降至30元。", ["money"]),
    ("每年培训两次，每次三天。", ["rate", "duration"]), ("力争三年内全县90%以上的果园通水。", ["duration", "target"]), ("预计可达30吨。",
      ["forecast"]),
    ("提前十五日通知。", ["duration"]), ("期限延长3个月。", ["delta"]), ("每台机器罚款一百元。", ["rate"]), ("确保出勤率在50%以上。",
      ["target"]),
    ("“四个机制”和“五大难题”。", ["phrase_count", "phrase_count"]), ("汇率跌0.06%。", ["delta"]), ("办了12届。", ["count"]),
])
def test_kinds(text: str, kinds: list[str]):
    assert [fact.kind for fact in facts(text)] == kinds


def test_ranges_have_two_ends_and_no_value():
    fact, = facts("需要3-4年的努力。")
    assert (fact.kind, fact.value, fact.low, fact.high, fact.unit) == ("duration", None, 3, 4, "年")
    fact, = facts("投入3至5亿元。")
    assert (fact.low, fact.high, fact.unit) == (3, 5, "亿元")
    for text, low, high, unit in (
        ("贷款5000至1万元。", 5000, 10_000, "元"), ("贷款5000万至1亿元。", 50e6, 100e6, "元"), ("补助500元至1000元。", 500, 1000, "元"),
        ("占20%—30%。", 20, 30, "%"), ("罚百分之五至百分之十。", 5, 10, "%"), ("占三至五成。", 3, 5, "成"),
        ("招三至五百人。", 300, 500, "人"),
        ("种二至三万亩。", 20_000, 30_000, "亩"), ("设委员三至七人。", 3, 7, "人"), ("停业一个月至六个月。", 1, 6, "个月"),
        ("约1.35- 2.7%。", 1.35, 2.7, "%"),
        ("要价2元到3元每小时。", 2, 3, "元/小时"), ("只有十七八岁。", 17, 18, "岁"),
    ):
        fact, = facts(text)
        assert (fact.value, fact.low, fact.high, fact.unit, fact.normalized_value) == (None, low, high, unit, None), text
    assert {fact.low for fact in facts("从1万降到5000元，剩3-2元。")} == {None}  # no range goes down
    fact, = facts("补助五六百元。")
    assert (fact.low, fact.high, fact.value) == (500, 600, None)


@pytest.mark.parametrize(("text", "faults"), [
    ("全县果园由80家增加到100家，增加30家。", [("30家", "80家 to 100家 is a change by 20家, not 30家")]),
    ("全县果园由80家增加到100家，增加20家。", []), ("全县果园由80余家增加到100家，增加30家。", []),
    ("成活率从4%提高到8%，提高2个百分点。", [("2个百分点", "4% to 8% is 4 points, not 2个百分点")]),
      ("成活率从4%提高到8%，提高4个百分点。", []),
    ("苹果由50元下降到40元，下降25%。", [("25%", "50元 to 40元 is 20.0%, not 25%")]), ("苹果由50元下降到40元，下降20%。", []),
    ("全年收入120亿元，比上年增加20亿元，增长25%。", [("25%", "20亿元 of 100亿元 is 20.0%, not 25%")]),
    ("全年收入120亿元，比上年增加20亿元，增长20%。", []), ("全年支出80亿元，比上年减少20亿元，下降20%。", []),
    ("修渠3条、修路5条，合计9条。", [("9条", "3条 + 5条 is 8条, not 9条")]), ("修渠3条、修路5条，合计8条。", []),
    ("去年下拨8000元和5000元，今年下拨6000元和4000元，减少2000元和1500元，减少27%。",
     [("1500元", "5000元 and 4000元 differ by 1000元, not 1500元")]),
    ("去年下拨8000元和5000元，今年下拨6000元和4000元，减少2000元和1000元，减少50%。",
     [("50%", "the differences are 25.0%, 20.0%, 23.1%, not 50%")]),
    ("去年下拨8000元和5000元，今年下拨6000元和20xx元，减少2000元和1000元，减少25%。", []),
    ("修渠3条，培训50人，减少支出20元。", []),
    ("植树1200亩，成活率为92%，比去年的90%提高四个百分点。", [("四个百分点", "92% and 90% differ by 2 points, not 4个百分点")]),
    ("植树1200亩，成活率为92%，比去年的90%提高两个百分点。", []),
    ("果园100家，比去年的80家增加30家。", [("30家", "100家 and 80家 differ by 20家, not 30家")]),
    ("果园100家，比去年的80家增加20家，果农比去年的900人增加30人。", []),
])
def test_stated_arithmetic(text: str, faults: list[tuple[str, str]]):
    _, found = find_facts(text, find_times(text, None), find_sentences(text).starts, word_classes(cut_words([text]))[0])
    assert [(text[fault.start:fault.stop], fault.detail) for fault in found] == faults


def test_kinds_answer_to_those_of_the_gold():
    assert GOLD_KINDS["masked"] == ("money_masked",) and not set(GOLD_KINDS) & set(NO_FACTS_OF_OURS)
    text = "下拨20xx0元，用地3亩，孩子5岁。"
    assert [(fact.kind, *GOLD_KINDS[fact.kind]) for fact in facts(text)] == [
        ("masked", "money_masked"), ("measure", "measure", "count"), ("age", "age", "count")]


def test_two_limits_are_two_facts():
    assert [(row[0], row[6]) for row in rows("处二百元以上五百元以下罚款。")] == [("二百元", ">="), ("五百元", "<=")]


def test_a_number_shares_the_unit_of_the_next():
    assert [row[:4] for row in rows("比上次减少17580和10000元。")] == [("17580", "delta", 17580, "元"), ("10000元", "delta", 10000, "元")]


def test_what_is_measured_and_when():
    fact, = facts("2013年，合作社新修水渠300米。")[1:]
    assert fact.period.surface == "2013年"
    assert about("2013年，合作社新修水渠300米。")[-1] == ("合作社", "新修水渠")
    assert about("评出7名种树能手。")[-1][1] == "种树能手"


def about(text: str) -> list[tuple[str | None, str | None]]:
    """Subject and measure of each fact but the dates."""
    return [tuple(text[slice(*span)] if span else None for span in (f.subject, f.measure)) for f in facts(text) if f.kind != "date"]


@pytest.mark.parametrize(("text", "subject", "measure"), [
    ("园林部门对单位处五百元以上二千元以下罚款。", "园林部门", "罚款"),
    ("合作社上半年销售收入突破3亿元。", "合作社", "销售收入"),
    ("果园位于河边，果树成活率达到百分之九十。", None, "果树成活率"),
    ("两棵树保持50公分的距离。", None, "距离"),
    ("合作社收购苹果30吨，同比增长5%。", "合作社", "收购苹果"),
    ("困难果农（租地户）84户。", None, "困难果农（租地"),
    ("办园章程应当有三分之二以上的社员同意。", "办园章程", "社员"),
])
def test_subject_and_measure_of_the_last_fact(text: str, subject: str | None, measure: str):
    assert about(text)[-1] == (subject, measure)


def test_a_clause_without_words_of_its_own_is_about_what_stands_before():
    assert [measure for _, measure in about("果园年收入2012年3亿元，2013年4亿元。")] == ["果园年收入"] * 2


def test_a_fact_stands_where_its_sentence_says():
    text = "江城县修渠300米。又修路5公里。"
    found, _ = find_facts(text, [], find_sentences(text).starts, word_classes(cut_words([text]))[0], [(0, 3)])
    assert [fact.place for fact in found] == [(0, 3), None]


@pytest.mark.parametrize(("year", "begin"), [(2012, date(2012, 1, 1)), (2019, date(2019, 1, 1))])
def test_this_year_is_that_of_the_article(year: int, begin: date):
    fact, = facts("今年植树5000棵。", datetime(year, 3, 12))
    assert fact.period.begin.date() == begin and last_day(fact.period) == date(year, 12, 31)


def test_a_period_that_nobody_dates_is_unknown():
    fact, = facts("今年植树5000棵。")
    assert fact.period.surface == "今年" and fact.period.begin is None and last_day(fact.period) is None


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


@pytest.mark.parametrize("piece", [
    "9", "一", "千万", "3元和", "5元、", "由3家增加到", "五元三毛", "“三好”（", "1/2/", "第一", "2x", "每", "届", "半",
])
def test_no_text_costs_more_than_its_length(piece: str):
    """40,000 characters without an end of a sentence: what a careless pattern or a look back would take minutes for."""
    text = piece * (40_000 // len(piece))
    before = process_time()
    find_facts(text, [], [0], bytes([1]) * (len(text) + 1))
    numbers(text)
    assert process_time() - before < 4


PIECES = (
    "1", "3", "20xx", "万", "亿", "百", "十", "一", "两", "几", "数", "半", "多", "元", "人", "年", "个月", "%", "成", "百分之", "分之",
    "/", "每", "至", "-", "和", "、", "，", "。", "（", "）", "“", "”", "第", "届", "次", "以上", "以下", "增长", "比上年", "合计", "角",
    "度", "$", "吨", "级", "上", "佰", "个半", " ", "\n", "的", "罚款", "至少", "^", "打", ".",
)


@given(st.lists(st.sampled_from(PIECES), max_size=18), st.randoms(use_true_random=False))
def test_facts_stand_in_order_in_any_text(pieces: list[str], random):
    text = "".join(pieces)
    found, faults = find_facts(text, [], [0], bytes(random.randrange(9) for _ in text) + b"\0")
    last = 0
    for fact in found:
        assert last <= fact.start < fact.stop <= len(text) and len(fact.unit or "") <= 20
        assert fact.low is None or (fact.low < fact.high and fact.value is None)
        assert all(span is None or 0 <= span[0] < span[1] <= len(text) for span in (fact.subject, fact.measure))
        last = fact.stop
    assert all(0 <= fault.start < fault.stop <= len(text) for fault in faults)
