"""Votes of tags: each rule takes the line it is for, and leaves the author's, whatever its element is called."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.furniture.votes import RULES
from tasks.clean.stage import clean
from tasks.decode.stage import decode

BODY = (
    "河口镇的老粮仓空了十几年，今年春天终于派上了用场。镇里把它改成了图书室，墙上刷了白灰，窗子换成了大玻璃。",
    "图书室每周开五天，借书不用押金，只要留下名字。第一天来了四十多个孩子，最小的才三岁，由奶奶抱着看图画。",
    "管书的是退休的林老师，他说，书旧一点不要紧，有人翻就好。等到秋天，还要在院子里摆几张长桌，让放学的孩子有地方写字，也让等车的人有地方坐一坐。",
)
PAGE = """<html><head><title>页</title></head><body>{above}<h1>老粮仓里的图书室</h1>{between}
<div class="{name}"><p>{0}</p>{inside}<p>{1}</p><p>{2}</p></div>{below}</body></html>"""


def marked(name: str = "text", **parts: str) -> dict[str, list[str]]:
    """What each rule of tags marked."""
    markup = PAGE.format(*BODY, name=name, **dict.fromkeys(("above", "between", "inside", "below"), "") | parts)
    return marks_of(markup)


def marks_of(markup: str) -> dict[str, list[str]]:
    data = markup.encode()
    contents = pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow)
    tables = decode(contents)
    text = tables["documents"]["text"][0].as_py()
    found: dict[str, list[str]] = {}
    for m in clean(tables["documents"], tables["blocks"])["marks"].to_pylist():
        if m["action"] == "cut":
            found.setdefault(m["rule_id"], []).append(text[m["start"] : m["stop"]])
    return found


@pytest.mark.parametrize(
    ("rule", "place", "markup", "line"),
    [
        ("nav", "above", '<div class="top-bar">天气晴 南风三级</div>', "天气晴 南风三级"),
        ("nav", "above", "<nav>甲乡 乙乡 丙乡</nav>", "甲乡 乙乡 丙乡"),
        ("breadcrumb", "above", '<div class="crumbs">河口 乡土</div>', "河口 乡土"),
        ("comment", "below", '<ul id="comment_list"><li>林老师教过我</li></ul>', "林老师教过我"),
        ("share", "between", '<div class="share-box">转给亲友</div>', "转给亲友"),
        ("related", "below", '<div class="hot_news"><a href="/2">修桥的人又回来了</a></div>', "修桥的人又回来了"),
        ("pager", "inside", '<div class="pager"><a href="/2">往后翻</a></div>', "往后翻"),
        ("copyright", "below", "<footer>河口在线编印</footer>", "河口在线编印"),
        ("promo", "inside", '<div class="ad_box"><a href="/buy">好米十元三斤</a></div>', "好米十元三斤"),
        ("links", "between", '<p><a href="/a">镇志</a> <a href="/b">人物</a></p>', "镇志 人物"),
        ("after", "below", "<div><p>挪一挪椅子</p></div>", "挪一挪椅子"),
        ("before", "above", "<div><p>挪一挪椅子</p></div>", "挪一挪椅子"),
    ],
)
def test_each_rule_takes_its_line(rule: str, place: str, markup: str, line: str):
    assert marked(**{place: markup}).get(f"page.html.{rule}") == [line]


def test_every_rule_is_shown():
    shown = {m.args[1][i][0] for m in test_each_rule_takes_its_line.pytestmark for i in range(len(m.args[1]))}
    assert {f"page.html.{name}" for name in shown} == {rule.id for rule in RULES}


@pytest.mark.parametrize("name", ["text", "comment-article", "hot-news", "footer-content", "share", "nav main"])
def test_an_article_stays_whatever_its_element_is_called(name: str):
    cut = [line for lines in marked(name).values() for line in lines]
    assert not set(cut) & set(BODY)


@pytest.mark.parametrize(
    "parts",
    [
        {"between": "<p>2019年4月2日 08:30 来源：河口日报</p>"},
        {"below": "<p>责任编辑：周小舟</p>"},
        {"inside": '<h2>一张借书卡</h2><p>卡是<a href="/c">竹片</a>做的。</p>'},
        {"inside": "<table><tr><td>月份<td>人次<tr><td>三月<td>410</table>"},
        {"inside": '<div class="related"><p>林老师年轻时也在粮仓里读过书，那时窗子只有碗口大。</p></div>'},
    ],
)
def test_what_belongs_to_the_article_stays(parts: dict[str, str]):
    assert not [rule for rule in marked(**parts) if rule.startswith("page.html.")]


def test_prose_in_no_one_element_gets_no_vote():
    assert not marks_of("<html><body>" + "".join(f'<div class="a{i}"><p>{p}</p></div>' for i, p in enumerate(BODY)) + "</body></html>")


def test_related_links_are_listed_with_their_addresses():
    data = PAGE.format(*BODY, name="text", above="", between="", inside="",
                       below='<div class="related"><a href="/2.html">修桥的人又回来了</a></div>').encode()
    contents = pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow)
    tables = decode(contents)
    links = clean(tables["documents"], tables["blocks"])["links"].to_pylist()
    assert [(link["title"], link["url"]) for link in links] == [("修桥的人又回来了", "/2.html")]
