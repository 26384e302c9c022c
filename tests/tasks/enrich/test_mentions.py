"""Mentions on sentences of our own, with look-alikes that must stay out."""

from __future__ import annotations

import pytest

from tasks.enrich.stage import enrich


def mentions(text: str, articles_of) -> list[tuple[str, str]]:
    return [(row["kind"], row["surface"]) for row in enrich(articles_of(text))["mentions"].to_pylist()]


@pytest.mark.parametrize(("text", "found"), [
    ("依照《果园管理办法》办理。", [("document", "《果园管理办法》")]),
    ("会议在湖北省宜昌市召开。", [("place", "湖北省"), ("place", "宜昌市")]),
    ("宜昌市总工会发来贺信。", [("org", "宜昌市总工会")]),
    ("北京市鑫果律师事务所出具意见。", [("org", "北京市鑫果律师事务所")]),
    ("国务院批准了方案。", [("org", "国务院")]),
    ("局长赵树青表示同意。", [("office", "局长"), ("person", "赵树青")]),
    ("学习党的十八届五中全会精神。", [("event", "党的十八届五中全会")]),
    ("去莫斯科参加展会。", [("place", "莫斯科")]),
])
def test_found(text: str, found: list[tuple[str, str]], articles_of):
    assert mentions(text, articles_of) == found


@pytest.mark.parametrize(("text", "name"), [
    ("果农钱宝柱说，今年收成好。", "钱宝柱"),                      # a role before, a verb of speech behind
    ("教练欧阳慕青到场。", "欧阳慕青"),                            # a double surname
    ("会上，柳依楠、贺子墨都发了言。", "柳依楠"),                  # an enumeration
    ("向贺子墨女士赠送果苗。", "贺子墨"),                          # a preposition glued by the cutter, a title behind
    ("李先生买了两筐梨。", "李"),                                  # a surname and a title
    ("陈校长说，梨熟了。", "陈"),                                  # not 陈校长
    ("作者马尔科·贝尔蒂尼到访。", "马尔科·贝尔蒂尼"),                  # a foreign name with its dot
    ("农艺师铃木健太郎来信。", "铃木健太郎"),                        # a Japanese name
])
def test_persons(text: str, name: str, articles_of):
    assert ("person", name) in mentions(text, articles_of)


@pytest.mark.parametrize(("text", "names"), [
    ("中美两国交换果苗。", ["中", "美"]),                          # signs of nations, before what nations share
    ("访华的果农不少。", ["华"]),
    ("荷兰人爱吃梨。", ["荷兰"]),                                  # a place before a common noun in one word
    ("西北地区种枣。", ["西北"]),
    ("柚溪镇修好了水渠。", ["柚溪镇"]),                            # an unknown name and its ending
    ("云南昆明的鲜花。", ["云南", "昆明"]),                        # two places that the dictionary joins
])
def test_places(text: str, names: list[str], articles_of):
    assert [surface for kind, surface in mentions(text, articles_of) if kind == "place"] == names


@pytest.mark.parametrize(("text", "name"), [
    ("法国队赢了比赛。", "法国队"),
    ("共青团宜昌市委发文。", "共青团宜昌市委"),
    ("山东丰果集团有限公司供货。", "山东丰果集团有限公司"),
    ("宜昌市人民医院护理部获奖。", "宜昌市人民医院护理部"),        # a part right behind the whole
    ("请市总工会下发通知。", "市总工会"),                            # cut as 请市|总工会
    ("市总工会下发通知。", "市总工会"),                            # known though the text does not say which city
])
def test_organisations(text: str, name: str, articles_of):
    assert ("org", name) in mentions(text, articles_of)


def test_an_organisation_in_a_title_is_found_and_the_title_is_not_part_of_it(articles_of):
    assert ("org", "埃及石油部") in mentions("埃及石油部长到访。", articles_of)


@pytest.mark.parametrize("text", [
    "县级以上人民政府应当加强管理。", "市、县人民政府负责修渠。",
    "申请人应当提交许可证。", "城市和农村都要修路。", "建立健全安全检查制度。",
    "高水平的技术员很少。", "外省市的车辆不得上市。", "经大会主席许可，不违背公序良俗。",
    "多云转小雨，有雷阵雨。", "传统美德人人讲。", "新建厂房应当验收。", "谢谢大家。", "建立健全组织，完善制度。",
    "上市公司和商业银行应当公开账目。", "运动会和座谈会都取消了。", "顾客明白，安全第一。", "班主任来了。", "全省三县的果园。",
])
def test_left_alone(text: str, articles_of):
    assert mentions(text, articles_of) == []


def test_events_with_their_edition_or_date(articles_of):
    found = mentions("第三届中国柑橘博览会开幕。“7.18”洪灾之后又种了树。", articles_of)
    assert [surface for kind, surface in found if kind == "event"] == ["第三届中国柑橘博览会", "“7.18”洪灾"]


def test_a_document_hides_the_names_inside_it(articles_of):
    assert mentions("《宜昌市果园管理办法》实施。", articles_of) == [("document", "《宜昌市果园管理办法》")]


def test_a_name_once_proven_holds_in_the_whole_article(articles_of):
    assert mentions("下午高云走了。", articles_of) == []
    assert mentions("局长高云表示同意。下午高云走了。", articles_of) == [("office", "局长"), ("person", "高云"), ("person", "高云")]


def test_a_verb_that_the_cutter_joined_to_a_name_is_left_out_where_the_name_stands_elsewhere(articles_of):
    found = mentions("演员景棠说梨好。景棠表示同意。观众知道景棠爱吃梨。", articles_of)
    assert [surface for kind, surface in found if kind == "person"] == ["景棠"] * 3


def resolved(text: str, articles_of) -> dict[str, tuple[str | None, str | None]]:
    rows = enrich(articles_of(text))["mentions"].to_pylist()
    return {row["surface"]: (row["norm"], row["code"]) for row in rows}


def test_short_forms_stand_for_the_one_full_form_before_them(articles_of):
    assert resolved("宜昌市总工会来信。市总工会又来电。", articles_of)["市总工会"] == ("宜昌市总工会", None)
    assert resolved("宜昌市总工会和黄石市总工会来信。市总工会又来电。", articles_of)["市总工会"] == ("市总工会", None)
    assert resolved("市总工会来电。宜昌市总工会来信。", articles_of)["市总工会"] == ("市总工会", None)


def test_what_the_text_abbreviates_is_believed(articles_of):
    found = resolved("依照《中华人民共和国果园法》（以下简称《果园法》）办理。《果园法》有规定。", articles_of)
    assert found["《果园法》"] == ("中华人民共和国果园法", None)


def test_the_last_part_of_a_dotted_name_stands_for_the_whole(articles_of):
    assert resolved("马尔科·贝尔蒂尼说好。贝尔蒂尼指出梨甜。", articles_of)["贝尔蒂尼"] == ("马尔科·贝尔蒂尼", None)


def test_places_have_codes_where_one_is_meant(articles_of):
    found = resolved("江苏省南京市鼓楼区的梨园与中美两国无关。", articles_of)
    assert found["南京市"] == ("南京市", "320100") and found["鼓楼区"] == ("鼓楼区", "320106")
    assert found["美"] == ("美国", None)
    assert resolved("鼓楼区的梨园。", articles_of)["鼓楼区"] == ("鼓楼区", None)
