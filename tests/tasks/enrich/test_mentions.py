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


@pytest.mark.parametrize("text", [
    "县级以上人民政府应当加强管理。", "市、县人民政府负责修渠。",
    "申请人应当提交许可证。", "城市和农村都要修路。", "建立健全安全检查制度。",
    "高水平的技术员很少。", "外省市的车辆不得上市。", "经大会主席许可，不违背公序良俗。",
])
def test_left_alone(text: str, articles_of):
    assert mentions(text, articles_of) == []


def test_a_document_hides_the_names_inside_it(articles_of):
    assert mentions("《宜昌市果园管理办法》实施。", articles_of) == [("document", "《宜昌市果园管理办法》")]


def test_a_name_once_proven_holds_in_the_whole_article(articles_of):
    assert mentions("下午高云走了。", articles_of) == []
    assert mentions("局长高云表示同意。下午高云走了。", articles_of) == [("office", "局长"), ("person", "高云"), ("person", "高云")]
