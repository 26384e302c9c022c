"""Regions around a body: what proves them, where they end, and when they stay."""

from __future__ import annotations

import pytest

from tasks.clean.furniture import furnish
from tasks.clean.furniture.specimens import BODY, DATED, FRAME_TOP, HEAD, LIST, VERSE
from tasks.text.ledger import Ledger

COMMENTS = (
    "最新评论\n山里人 6天前\n我小时候也在那座粮仓里躲过雨，墙根底下全是麻雀，一有人来就扑棱棱地飞起来，满地都是羽毛。\n12 | 回复\n"
    "过路客 5天前\n修得好，下次带孩子去看看，听说木工学徒里有好几个手艺不错的年轻人，桌椅都是他们自己打的。\n3 | 回复\n"
    "渡口老李 5天前\n当年交公粮要排一整夜的队，如今门口贴的是借书的规矩，时代真是变了，我这把年纪也想去借一本。\n8 | 回复"
)
BOTTOM = f"责任编辑:周小舟\n分享到：\n{COMMENTS}\n发表评论\n版权所有 河口在线"


def left(text: str) -> str:
    ledger = Ledger(text)
    furnish(ledger)
    return "\n".join(line for line in ledger.view().shown.split("\n") if line)


def test_running_text_below_a_closing_line_is_no_body():
    assert left(f"{FRAME_TOP}\n{HEAD}\n{DATED}\n{BODY}\n{BOTTOM}").split("\n") == [HEAD, DATED, *BODY.split("\n"), "责任编辑:周小舟"]


def test_a_second_article_below_an_editor_is_not_furniture():
    text = f"{HEAD}\n{BODY}\n责任编辑:周小舟\n河口镇修桥记\n{BODY}\n责任编辑:陈木"
    assert left(text) == text


def test_a_box_of_links_inside_an_article_does_not_end_it():
    text = left(f"{HEAD}\n{DATED}\n{BODY}\n相关阅读\n{BODY}\n{BOTTOM}\n" + "\n".join(f"{a}村的事" for a in "甲乙丙丁戊己庚辛壬癸"))
    assert text.count(BODY) == 2


@pytest.mark.parametrize(
    "line", [" " * 300_000 + "略", "。" * 300_000, "…” " * 100_000, "【" * 300_000, "a" * 300_000 + " 首页", "责任编辑:" * 60_000]
)
def test_work_on_one_line_is_bounded(line):
    assert Ledger(line).text == line and left(line)


def test_work_on_many_closing_lines_is_bounded():
    assert left("\n".join([*BODY.split("\n"), "责任编辑:周小舟"] * 4000))


@pytest.mark.parametrize("body", [LIST, VERSE.replace("\n\n", "\n")])
def test_a_body_without_sentences_stays_below_its_date_line(body):
    text = left(f"{FRAME_TOP}\n{HEAD}\n{DATED}\n{body}\n分享到：\n{COMMENTS}\n版权所有 河口在线")
    lines = text.split("\n")
    assert [line for line in body.split("\n") if line not in lines and line != "相关材料"] == []


def test_one_anchor_opens_no_large_region():
    lines = ["更多", *(f"{a}村的事" for a in "甲乙丙丁戊己庚辛壬癸")]
    text = "\n".join([*lines, BODY])
    assert left(text) == text


def test_kinds_that_authors_write_too_prove_nothing_alone():
    text = f"本站不对稿件的观点负责。\n{BODY}\n转载内容必须注明来源和作者。\n本文不代表本站观点，文责自负。"
    assert left(text) == text


def test_lists_of_links_reach_the_ledger():
    ledger = Ledger(f"{HEAD}\n{BODY}\n相关文章:\n- 修桥记...2018-11-02\n- 种树人和女儿2018-11-05\n- 最后一班船2018-12-01")
    furnish(ledger)
    assert [(k.title, k.published_on, k.truncated) for k in ledger.links] == [
        ("修桥记", "2018-11-02", True),
        ("种树人和女儿", "2018-11-05", False),
        ("最后一班船", "2018-12-01", False),
    ]


def test_a_repaired_line_of_furniture_keeps_its_label_and_what_it_said():
    from tasks.text.ledger import REPLACE, Mark

    text = f"{HEAD}\n{BODY}\n责任编辑:周小舟\n鍒嗕韩鍒帮細\n版权所有 河口在线"
    at = text.index("鍒")
    ledger = Ledger(text)
    ledger.add(Mark(at, at + 6, REPLACE, "mojibake", "repair.mojibake", "分享到："))
    furnish(ledger)
    mark = next(m for m in ledger.marks if m.start == at)
    assert (mark.action, mark.label, mark.repaired_text, mark.after) == ("cut", "mojibake", "分享到：", "")
