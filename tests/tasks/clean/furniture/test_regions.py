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


POST = "山里的邮路有四十二公里，老邱走了十九年。\n他的包里除了信，还有替人捎的盐和线。\n有一年大雪封山，他在岩洞里等了两夜，信没有湿。"
POEM = "风从上游来\n带着一捆信\n船夫把它们\n压在石头底下\n水涨了\n信也没有湿"


@pytest.mark.parametrize("body", [POST, POEM])
def test_a_short_post_above_the_date_line_of_an_answer_is_no_head(body):
    """Its own date line has buttons in it, so that the first one that reads as a date line is the answer's."""
    top = "找回密码 立即注册\n快捷导航 论坛\n返回列表 发新帖\n山里的邮路 [复制链接]\n一叶舟 发表于 2020-05-08 09:21 | 楼层"
    bottom = "使用道具 举报\n柳树下 发表于 2020-05-09\n路过帮顶\n支持 反对\n版权所有 河口论坛\n甲ICP备12345678号\nPowered by Discuz!"
    lines = left(f"{top}\n{body}\n{bottom}").split("\n")
    assert [line for line in body.split("\n") if line not in lines] == []


def test_an_article_goes_on_behind_what_stands_between_its_paragraphs():
    more = "图书室请木匠、裁缝和养蜂人来讲课，讲的人没有课酬，只有一张借书不限册数的卡片。"
    text = f"{FRAME_TOP}\n{HEAD}\n{DATED}\n{BODY}\n长按二维码关注我们\n打印 收藏 分享\n{more}\n谢谢大家！\n相关阅读\n修桥记\n{BOTTOM}"
    lines = left(text).split("\n")
    assert more in lines and "谢谢大家！" in lines and "长按二维码关注我们" not in lines and "修桥记" not in lines


def test_work_on_many_lines_between_two_paragraphs_is_bounded():
    more = "图书室请木匠、裁缝和养蜂人来讲课，讲的人没有课酬，只有一张借书不限册数的卡片。"
    assert more in left("\n".join([HEAD, DATED, BODY, *["长按二维码关注我们", "打印 收藏 分享"] * 20_000, more, BOTTOM]))


def test_headlines_behind_their_dates_leave_below_an_article_and_a_chronicle_stays():
    dates = [f"20{k}-0{k % 9 + 1}-1{k % 10} {a}村修好了门前的路" for k, a in zip(range(12, 18), "甲乙丙丁戊己", strict=True)]
    text = "\n".join([FRAME_TOP, HEAD, DATED, BODY, "【修路】相关文章：", *dates, "返回顶部 关闭窗口\n版权所有 河口在线"])
    assert not set(dates) & set(left(text).split("\n"))
    chronicle = f"河口镇大事记\n{BODY}\n" + "\n".join(dates)
    assert left(chronicle) == chronicle


def test_attachments_below_a_document_stay():
    named = "附件：河口镇集市摊位登记表"
    assert named in left(f"{FRAME_TOP}\n{HEAD}\n{DATED}\n{BODY}\n{named}\n{BOTTOM}").split("\n")


def test_a_chapter_below_comments_in_the_middle_is_no_comment():
    comments, more = "网友评论\n老槐树 5天前\n半块橡皮 3天前", "第二章 图书室的规矩\n第五条 借书的人应当留下名字。"
    lines = left(f"{FRAME_TOP}\n{HEAD}\n{DATED}\n{BODY}\n{comments}\n{more}\n{BOTTOM}").split("\n")
    assert "第二章 图书室的规矩" in lines and "半块橡皮 3天前" not in lines
