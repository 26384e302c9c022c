"""Pages of one article know each other by what each says itself; other articles do not share their id."""

from __future__ import annotations

import pytest

from tasks.clean.stage import clean
from tasks.split.series import series_id, title_page
from tasks.split.stage import split
from tests.tasks.split.conftest import documents_of

PROSE = "灯座锈得厉害，他们先用煤油泡了三天，才把螺丝一颗一颗拧开，里面的铜圈倒还是好的，擦一擦就能照见人影。"
MORE = "如今每天傍晚六点，他们轮流去合闸，附近的孩子也跟着去看，说要数一数，一年里头这盏灯到底亮了多少个晚上。"


def page(title: str, mark: str, body: str) -> str:
    head = f"当前位置：河口在线 > 文化 > 正文\n{title}{mark}\n2019-04-02 08:30 来源：河口晚报\n"
    return f"{head}{body}\n{body[5:]}\n{body[::-1][9:]}。\n上一页 1 2 3 下一页\n"


def test_pages_of_one_article_share_an_id_and_others_do_not():
    texts = [
        page("渡口夜灯亮了八年", "", PROSE), page("渡口夜灯亮了八年", "(2)", MORE), page("渡口夜灯亮了八年", "【3】", PROSE[9:] + MORE),
        page("西街的豆腐坊要搬走", "(2)", MORE), page("渡口夜灯亮了八年", "", PROSE).replace("上一页 1 2 3 下一页\n", ""),
    ]  # fmt: skip
    documents = documents_of(texts)
    cleaned = clean(documents)
    rows = split(documents, cleaned["marks"], cleaned["flags"])["articles"].to_pylist()
    assert [row["title"] for row in rows] == ["渡口夜灯亮了八年"] * 3 + ["西街的豆腐坊要搬走", "渡口夜灯亮了八年"]
    assert [row["page_no"] for row in rows] == [None, 2, 3, 2, None]
    first, second, third, other, single = (row["series_id"] for row in rows)
    assert first and first == second == third != other and other is not None
    assert single is None, "a page that does not call itself one of several belongs to no series"


@pytest.mark.parametrize(
    ("url", "page_no", "same"),
    [
        ("https://h.example/a/t20190402_77_2.html", 2, True),
        ("http://h.example/a/t20190402_77_1.html", 2, True),  # pages counted from 0
        ("https://h.example/a/t20190402_77.html?page=2", 2, True),
        ("https://h.example/a/t20190402_77.html#p2", None, True),
        ("https://h.example/a/t20190402_78.html", None, False),
        ("https://h.example/a/t20190402_77_5.html", None, False),  # nothing says that 5 is a page
    ],
)
def test_addresses(url: str, page_no: int | None, same: bool):
    first = series_id("https://h.example/a/t20190402_77.html", None, "题", None)
    assert (series_id(url, None, "别的题", page_no) == first) is same


def test_no_evidence_no_series():
    assert series_id(None, "河口在线", None, 2) is None
    assert series_id(None, "河口在线", "夜灯", 2) != series_id(None, "后湾在线", "夜灯", 2)


def test_page_numbers_in_titles():
    assert title_page("夜灯(2)") == (2, 2)
    assert title_page("夜灯 第12页") == (2, 12)
    assert title_page("夜灯（上）") is None
    assert title_page("(2)") is None
