"""Percentages and amounts of money in texts of their own."""

from __future__ import annotations

import pytest

from tasks.enrich.facts.amounts import amounts, shares_of_hundred


@pytest.mark.parametrize(("text", "found"), [
    ("涨了6.5 %和负2%", [("6.5 %", 6.5), ("负2%", -2)]), ("百分之七点二", [("百分之七点二", 7.2)]), ("千分之三", [("千分之三", 0.3)]),
    ("百 分 之 八", [("百 分 之 八", 8)]), ("占六成五成", [("六成", 60), ("五成", 50)]), ("打七五折", [("七五折", 75)]),
    ("打75折", [("75折", 75)]),
    ("全场打对折", [("对折", 50)]), ("三個百分點", [("三個百分點", 3)]), ("２５％", [("２５％", 25)]), ("三分之一", []),
    ("成果和折扣", []), ("十折", []), ("5人", []),
])
def test_shares(text: str, found: list[tuple[str, float]]):
    got = [(text[share.start:share.stop], float(share.value)) for share in shares_of_hundred(text)]
    assert [row[0] for row in got] == [row[0] for row in found]
    assert [row[1] for row in got] == [pytest.approx(row[1]) for row in found]


@pytest.mark.parametrize(("text", "found"), [
    ("付了七元二角五分", [("七元二角五分", 7.25, "CNY")]), ("$20，300美圆", [("$20", 20, "USD"), ("300美圆", 300, "USD")]),
    ("人民币 3千元", [("人民币 3千元", 3000, "CNY")]), ("要四块。", [("四块", 4, "CNY")]), ("四块石头", []),
    ("5 亿 欧元", [("5 亿 欧元", 5e8, "EUR")]),
    ("2.5瑞士法郎", [("2.5瑞士法郎", 2.5, "CHF")]), ("三十个人", []), ("￥1,200.50", [("￥1,200.50", 1200.5, "CNY")]),
])
def test_amounts(text: str, found: list[tuple[str, float, str]]):
    assert [(text[a.start:a.stop], float(a.value), a.unit) for a in amounts(text)] == [(w, pytest.approx(v), u) for w, v, u in found]
