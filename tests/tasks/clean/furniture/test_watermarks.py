"""Watermarks inside paragraphs leave whatever they say; what an author repeats stays."""

from __future__ import annotations

import re
import time

import pytest

from tasks.clean.furniture.watermarks import mark_watermarks
from tasks.text.ledger import Ledger

LINES = (
    "渡口的船每天早上六点开出，坐船的多是去镇上卖菜的人。{}船舱里摆满了竹筐，过道只容一个人侧身走。",
    "老周掌舵掌了三十年，从来没有误过一班。{}有一年涨大水，他把缆绳在树上绕了五圈，人在船上守了一夜。",
    "后来修了桥，坐船的人少了。{}老周还是每天六点到渡口，把船板擦一遍，再慢慢抽完一袋烟。",
    "桥上的车一辆接一辆，没有人往下看。{}只有放学的孩子会停下来，朝他喊一声，他就拉一下汽笛。",
)
GONE = {
    "address": ("www.liuyinge.com",) * 4,
    "address in brackets": ("（www.liuyinge.net）",) * 4,
    "wide address": ("ｗｗｗ．ｌｉｕｙｉｎ．ｃｏｍ",) * 4,
    "spaced address": ("w w w . l i u y i n . c o m",) * 4,
    "account": ("关注公众号柳荫阁",) * 4,
    "serial numbers": ("柳荫阁编号20931", "柳荫阁编号3387", "柳荫阁编号90012", "柳荫阁编号4"),
    "spaced name": (" 柳 荫 阁 整 理 ",) * 4,
    "changing wordings": ("（柳荫阁）", "【柳荫阁整理】", "（柳荫阁）", "柳荫阁www.liuyin.com"),
    "brackets of a name": ("［柳荫阁］",) * 4,
}
KEPT = {
    "a stage direction": ("（笑）",) * 4,
    "a common beginning": ("后来的事",) * 4,
    "a person": ("周大海说，",) * 4,
    "a source": ("《渡口志》里写道：",) * 4,
    "different addresses": ("见www.one.com。", "见www.two.com。", "", ""),
    "an address that is told of": ("官网是www.dukou.com，", "请访问www.dukou.com，", "网址：www.dukou.com，", ""),
    "footnotes": ("[1]", "[2]", "[3]", "[4]"),
    "dates": ("11月22日，", "11月23日，", "12月1日，", "12月2日，"),
    "a photograph's credit": ("李明供图 江岸网",) * 4,
}


def cleaned(text: str) -> str:
    ledger = Ledger(text)
    mark_watermarks(ledger)
    return ledger.view().shown


@pytest.mark.parametrize("name", GONE)
def test_watermarks_leave(name: str) -> None:
    text = "\n".join(line.format(mark) for line, mark in zip(LINES, GONE[name], strict=True))
    assert cleaned(text) == "\n".join(line.format("") for line in LINES)


@pytest.mark.parametrize("name", KEPT)
def test_what_authors_repeat_stays(name: str) -> None:
    text = "\n".join(line.format(mark) for line, mark in zip(LINES, KEPT[name], strict=True))
    assert cleaned(text) == text


def test_an_address_leaves_from_the_middle_of_words() -> None:
    split = [re.sub("(每天|掌舵|后来|一辆)", lambda m: m[0][0] + "www.liuyin.cc" + m[0][1], line.format(""), count=1) for line in LINES]
    assert cleaned("\n".join(split)) == "\n".join(line.format("") for line in LINES)


@pytest.mark.parametrize("piece", ["。www.", "。（", "w w w . ", "。x.com", "。墨 墨 墨 ", "a. "])
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    mark_watermarks(Ledger(text))
    assert time.process_time() - start < 5
