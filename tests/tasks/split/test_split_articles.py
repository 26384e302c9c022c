"""What split reads off a page: collections, titles, dates, names, blanks, places of flags. All pages are invented."""

from __future__ import annotations

from datetime import datetime

import pytest

from tasks.split.compose import stray_spaces
from tasks.text.credits import read_credits
from tasks.text.dates import find_moment
from tasks.text.ledger import CUT, META, Mark
from tasks.text.lines import breadcrumb

PROSE = "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留给木工学徒。镇里的人说，这座仓房空了十一年，窗框都被雨水泡软了。"
MORE = "修仓房的钱一半来自村集体，一半是在外做生意的人捐的。带头的周师傅把账目写在红纸上，谁都可以去看。"


def only(tables):
    rows = tables["articles"].to_pylist()
    assert len(rows) == 1
    return rows[0]


def fields(tables):
    return {(row["field"], row["value"]) for row in tables["article_metadata"].to_pylist()}


def test_head_of_a_news_page(split_up):
    article = only(
        split_up(
            [
                f"老粮仓改成图书室\n——河口镇见闻\n林小满\n2019年4月2日 08:30  来源:《河口月刊》\n"
                f"　　{PROSE}\n\n　　{MORE}\n(责任编辑:周小舟、陈木)"
            ]
        )
    )
    assert article["text"] == f"{PROSE}\n{MORE}"
    assert (article["title"], article["subtitle"]) == ("老粮仓改成图书室", "——河口镇见闻")
    assert (article["author"], article["source"], article["editors"]) == ("林小满", "《河口月刊》", ["周小舟", "陈木"])
    assert (article["published_at"], article["published_precision"]) == (datetime(2019, 4, 2, 8, 30), "minute")


def test_a_title_that_reads_like_a_sentence(split_up):
    title = "老粮仓开门了，图书室和木工房都在里面，快带着孩子们一起来看看吧！"
    article = only(split_up([f"{title}\n2019-04-02 08:30\n{PROSE}\n{MORE}"]))
    assert (article["title"], article["text"]) == (title, f"{PROSE}\n{MORE}")


def test_title_of_a_page_without_a_date_line(split_up):
    article = only(split_up([f"老粮仓改成图书室\n{PROSE}"]))
    assert (article["title"], article["text"], article["published_at"]) == ("老粮仓改成图书室", PROSE, None)


@pytest.mark.parametrize(
    "text",
    [
        "登高\n山外有山\n云外有云\n我在桥边\n等一个人",
        "采购清单\n打印纸\n签字笔\n文件夹",
        f"同志们：\n{PROSE}",
        f"一、指导思想\n{PROSE}",
        f"{PROSE}\n{MORE}",
        "只有一行",
    ],
)
def test_nothing_is_taken_for_a_title_without_evidence(split_up, text):
    article = only(split_up([text]))
    assert (article["title"], article["text"]) == (None, text)


@pytest.mark.parametrize(
    "line", ["2012年12月7日 公布", "2014年9月26日 河口镇人民政府公告公布", "2006年8月27日 河口镇第十届代表大会第二十三次会议通过"]
)
def test_dates_of_statutes_stay_in_the_text(split_up, line):
    article = only(split_up([f"河口镇集市管理办法\n{line}\n第一条　{PROSE}"]))
    assert (article["published_at"], line in article["text"]) == (None, True)


def test_dates_in_link_lists_are_never_the_articles(split_up):
    text = f"老粮仓改成图书室\n{PROSE}\n{MORE}\n- 修桥记2025-01-12\n- 种树记2025-01-11"
    assert only(split_up([text]))["published_at"] is None


def test_a_lead_that_the_body_repeats_is_the_abstract(split_up):
    lead = "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留给木工学徒"
    article = only(split_up([f"老粮仓开门\n2019-04-02 08:30 来源:河口日报\n{lead}\n{PROSE}\n{MORE}"]))
    assert (article["abstract"], article["text"]) == (lead, f"{PROSE}\n{MORE}")


def test_a_bare_name_that_the_navigation_also_says_is_the_site(split_up):
    text = f"河口书院 首页\n老粮仓开门\n2019-04-02 08:30:15 河口书院\n{PROSE}"
    article = only(split_up([text], [[Mark(0, 7, CUT, "nav", "page.nav")]]))
    assert (article["site"], article["source"], article["published_precision"]) == ("河口书院", None, "second")


def test_collections_become_articles_and_the_intro_belongs_to_none(split_up):
    text = f"以下是两篇稿子，请看。\n修仓房讲话稿范文篇1\n同志们：\n{PROSE}{MORE}\n修仓房讲话稿范文篇2\n各位：\n{MORE}{PROSE}"
    tables = split_up([text])
    rows = tables["articles"].to_pylist()
    assert [r["title"] for r in rows] == ["修仓房讲话稿范文篇1", "修仓房讲话稿范文篇2"]
    assert [r["text"] for r in rows] == [f"同志们：\n{PROSE}{MORE}", f"各位：\n{MORE}{PROSE}"]
    assert [r["part_no"] for r in rows] == [1, 2]
    assert ("collection_title", "修仓房讲话稿范文") in fields(tables)
    intro = next(r for r in tables["edits"].to_pylist() if r["before"].startswith("以下"))
    assert (intro["label"], intro["article_id"]) == ("other", None)


@pytest.mark.parametrize(
    "headings",
    [
        ("第一章 总则", "第二章 附则"),
        ("一、缘起", "二、经过"),
        ("第一条", "第二条"),
        ("讲话稿范文篇1", "讲话稿范文篇3"),
        ("第一篇", "第一篇"),
    ],
)
def test_chapters_are_no_collection(split_up, headings):
    text = f"{headings[0]}\n{PROSE}{MORE}\n{headings[1]}\n{MORE}{PROSE}"
    assert split_up([text])["articles"].num_rows == 1


def test_a_table_of_contents_is_no_collection(split_up):
    assert split_up([f"第一篇 春\n第二篇 夏\n第三篇 秋\n{PROSE}{MORE}"])["articles"].num_rows == 1


def test_pages_and_breaks_by_the_site_mark_the_article_truncated(split_up):
    text = f"老粮仓开门【2】\n{PROSE}"
    article = only(split_up([text], [[Mark(5, 8, CUT, "pagination", "page.marker")]]))
    assert (article["title"], article["page_no"], article["truncated"]) == ("老粮仓开门", 2, True)
    pager = "共3页,当前第1页123"
    article = only(split_up([f"{PROSE}\n{pager}"], [[Mark(len(PROSE) + 1, len(PROSE) + 1 + len(pager), CUT, "pagination", "page.pager")]]))
    assert (article["page_no"], article["page_count"], article["truncated"]) == (1, 3, True)


def test_metadata_of_cleaning_reaches_the_article(split_up):
    tables = split_up([f"河口在线 > 社会\n{PROSE}"], [[Mark(0, 9, META, "site", "page.breadcrumb", value="河口在线 > 社会")]])
    assert only(tables)["site"] == "河口在线 > 社会"
    assert tables["article_metadata"].to_pylist()[0]["stop"] == 9


def test_proofs_point_at_the_characters_of_their_value(split_up):
    text = f"老(lao)粮仓开门\n2019-04-02 08:30 来源:河(he)口日报 林小满\n{PROSE}"
    glosses = [Mark(text.index(g), text.index(g) + len(g), CUT, "pinyin_annotation", "repair.gloss") for g in ("(lao)", "(he)")]
    rows = split_up([text], [glosses])["article_metadata"].to_pylist()
    assert {r["field"]: (r["value"], text[r["start"] : r["stop"]]) for r in rows} == {
        "title": ("老粮仓开门", "老(lao)粮仓开门"),
        "published_at": ("2019-04-02T08:30", "2019-04-02 08:30"),
        "source": ("河口日报", "河(he)口日报"),
        "author": ("林小满", "林小满"),
    }


def test_blanks_and_breaks(split_up):
    tables = split_up([f"　　{PROSE}  \n\n\n　　{MORE}\n"])
    assert only(tables)["text"] == f"{PROSE}\n{MORE}"
    assert [(r["label"], r["before"], r["action"]) for r in tables["edits"].to_pylist()] == [
        ("indent", "　　", "cut"),
        ("trailing_space", "  ", "cut"),
        ("newline", "\n", "newline"),
        ("newline", "\n\n", "cut"),
        ("indent", "　　", "cut"),
        ("newline", "\n", "cut"),
    ]


def test_stray_spaces_inside_a_clause_leave(split_up):
    text = "修仓房的钱一半来自村集体，每户人家都捐出了十斤粮食和 两根木头，没有一户落下。"
    assert only(split_up([text]))["text"] == text.replace(" ", "")


@pytest.mark.parametrize(
    "line",
    [
        "第一百二十条 为了规范集市秩序，方便群众买卖，制定本办法，由镇人民政府负责解释。",
        "2019年4月2日 河口镇召开大会，会上通过了集市管理办法，到会的有三百多人。",
        "本报讯 昨天上午，城东小学举行新楼落成典礼，区里有关负责人和家长参加。",
        "到会的有王小满 李大年 赵秋生 陈木 周小舟，他们都是镇上的木工，手艺很好。",
        "第一章 总 则",
    ],
)
def test_spaces_that_separate_stay(line):
    assert stray_spaces(line) == []


def test_flags_are_placed_in_articles(split_up):
    text = f"老粮仓开门\n　　{PROSE}\n{MORE}"
    at = text.index("十一年")
    inside = {"flag_no": 1, "kind": "mask", "start": at, "stop": at + 3, "detail": "", "severity": "info"}
    outside = {"flag_no": 2, "kind": "hole", "start": 1, "stop": 1, "detail": "", "severity": "info"}
    tables = split_up([text], flags=[inside, outside])
    article = only(tables)
    placed, unplaced = sorted(tables["flags"].to_pylist(), key=lambda r: -r["start"])
    assert article["text"][placed["article_start"] : placed["article_stop"]] == "十一年"
    assert unplaced["article_id"] is None


def test_dates_as_pages_print_them():
    assert find_moment("2016年01月06日09:47")[2].iso == "2016-01-06T09:47"
    assert find_moment("2025-02-26 21:52:21")[2].iso == "2025-02-26T21:52:21"
    assert find_moment("二〇一六年三月二十日")[2].iso == "2016-03-20"
    assert find_moment("二〇一六年十二月十日")[2].iso == "2016-12-10"
    assert find_moment("2019年2月31日") is None
    assert find_moment("12019-02-03") is None


def test_credit_lines():
    assert [(f.field, f.value) for f in read_credits("发布时间：2020-01-02 10:11 作者：张三 来源：河口在线 点击：22")] == [
        ("published_at", "2020-01-02T10:11"),
        ("author", "张三"),
        ("source", "河口在线"),
    ]
    assert read_credits("2012年3月，我们来源于山里的消息说，桥修好了") is None
    assert read_credits("- 修桥记...2025-01-12") is None
    assert read_credits("老粮仓改成图书室") is None


def test_breadcrumbs():
    line = "当前位置： 河口在线 > 社会 > 正文"
    assert [line[a:b] for a, b in breadcrumb(line)] == ["河口在线", "社会", "正文"]
    assert breadcrumb("他说：我的个子 > 你的个子，所以我站在后面，这一点毫无疑问") is None
