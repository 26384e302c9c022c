"""Quoted phrases, numeric abbreviations and what the text says they stand for, on sentences of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.phrases import find_phrases


def read(text: str) -> list[tuple]:
    return [(text[phrase.start:phrase.stop], phrase.kind, phrase.expansion) for phrase in find_phrases(text)]


def numeric(text: str) -> list[tuple]:
    return [(surface, expansion) for surface, kind, expansion in read(text) if kind == "numeric"]


@pytest.mark.parametrize(("text", "expansion"), [
    ("开展“五小”（即“小修、小种、小养、小编、小卖”）活动。", "小修、小种、小养、小编、小卖"),
    ("开展“五小”活动（小修、小种、小养、小编、小卖）。", "小修、小种、小养、小编、小卖"),
    ("落实“三到户”，即水到户、路到户、电到户。", "水到户、路到户、电到户"),
    ("落实“三个到位”：人员到位、经费到位、场地到位。", "人员到位、经费到位、场地到位"),
    ("落实“三个到位”——人员到位、经费到位、场地到位。", "人员到位、经费到位、场地到位"),
    ("“两不误”就是修渠不误、种树不误。", "修渠不误、种树不误"),
    ("做到“三个到位”：一是人员到位，队伍要齐；二是经费到位，专款专用；三是场地到位。", "人员到位、经费到位、场地到位"),
    ("做到“三个到位”。第一，人员到位。第二，经费到位。第三，场地到位。", "人员到位、经费到位、场地到位"),
    ("健全了修渠机制、栽树机制“两个机制”。", "修渠机制、栽树机制"),
    ("发挥“修渠、栽树、养鱼”三大作用。", "修渠、栽树、养鱼"),
    ("把“四个第一”落到实处，当好第一挖渠人、第一看渠人、第一护渠人、第一管渠人。", None),
    ("把“四个第一人”落到实处，当好第一挖渠人、第一看渠人、第一护渠人、第一管渠人。", "第一挖渠人、第一看渠人、第一护渠人、第一管渠人"),
    ("“五险一金”（养老、医疗、失业、工伤、生育保险和住房公积金）", "养老、医疗、失业、工伤、生育保险、住房公积金"),
    ("「三小」（小修、小種、小養）", "小修、小種、小養"),
    ('落实"三到户"（水到户、路到户、电到户）', "水到户、路到户、电到户"),
])
def test_expansions(text: str, expansion: str | None):
    assert numeric(text)[0][1] == expansion


@pytest.mark.parametrize("text", [
    "抓好“三小”（即“小修、小种”）。",  # three are promised, two are listed
    "落实水、路、田“三个到户”。",  # parts of one character prove too little
    "针对“五大难题”，办了“修渠”活动、“种树”活动。",
    "春耕、夏种、秋收以后“两个机制”建了起来。",
])
def test_nothing_is_expanded_by_guess(text: str):
    assert {expansion for _, expansion in numeric(text)} <= {None}


@pytest.mark.parametrize(("text", "surfaces"), [
    ("开展两学一做，落实中央八项规定。", ["两学一做", "中央八项规定"]),
    ("“三个上门”好。人人都说三个上门好，第三个上门的人说。", ["三个上门", "三个上门"]),
    ("办好修渠、种树、养鱼三项任务。", ["三项任务"]),
    ("“六有六好”“一岗双责”“双随机一公开”“三个走在前列”“十佳能手”", ["六有六好", "一岗双责", "双随机一公开", "三个走在前列", "十佳能手"]),
    ("“五一”“7.18”“十三五”“十一五规划”“三心二意”“一定要去一次”“五日”", []),
    ("他有三个苹果，两项任务，四大名著。", []),
])
def test_numeric_phrases(text: str, surfaces: list[str]):
    assert [surface for surface, _ in numeric(text)] == surfaces


def test_what_one_place_tells_holds_in_all():
    text = "推行“三小”。\n“三小”（小修、小种、小养）人人夸。"
    assert {expansion for _, expansion in numeric(text)} == {"小修、小种、小养"}


def test_quoted():
    assert read("“人人植树”和「修渠」，『养鱼』") == [("人人植树", "quoted", None), ("修渠", "quoted", None), ("养鱼", "quoted", None)]
    assert read("“没有合上。\n“合上”了”") == [("合上", "quoted", None)]
    assert read("推行“放管扶”（即放权、监管、扶持）。") == [("放管扶", "quoted", "放权、监管、扶持")]
    assert read("推行“放管扶”（见附件）。") == [("放管扶", "quoted", None)]
    assert read("“”") == []


@given(st.text(alphabet="一二三五六个大小有好机制修渠、，（）“”：即\n是\"", max_size=60))
def test_phrases_stand_in_the_text_in_order(text: str):
    found = find_phrases(text)
    places = [(phrase.start, phrase.kind != "quoted") for phrase in found]
    assert places == sorted(places)
    assert len({(phrase.start, phrase.stop, phrase.kind) for phrase in found}) == len(found)
    assert all(0 <= phrase.start < phrase.stop <= len(text) and "\n" not in text[phrase.start:phrase.stop] for phrase in found)
