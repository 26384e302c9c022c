"""Breaks at a fixed width are joined; verse, tables, lists and paragraphs of like length keep theirs."""

from __future__ import annotations

import pytest

from tasks.clean.furniture.wraps import columns, mark_wraps, wrap_width
from tasks.text.ledger import Ledger

PARAGRAPHS = (
    "渡口的船每天早上六点开出，坐船的多是去镇上卖菜的人，船舱里摆满了竹筐，过道只容一个人侧身走，谁要下船都得喊一声借过。",
    "老周掌舵掌了三十年，从来没有误过一班。有一年涨大水，他把缆绳在树上绕了五圈，人在船上守了一夜，天亮时两只手都肿了。",
    "后来修了桥，坐船的人少了，老周还是每天六点到渡口，把船板擦一遍，再慢慢抽完一袋烟，有人问他等谁，他说等习惯了。",
)


def joined(text: str) -> str:
    ledger = Ledger(text)
    mark_wraps(ledger)
    return ledger.view().shown


def broken(paragraph: str, width: int, first: str = "", rest: str = "", tail: str = "") -> str:
    lead = width - len(first) + len(rest)
    rows = [paragraph[:lead], *(paragraph[k : k + width] for k in range(lead, len(paragraph), width))]
    return "\n".join((first if i == 0 else rest) + row + (tail if i < len(rows) - 1 else "") for i, row in enumerate(rows))


@pytest.mark.parametrize("width", [18, 20, 23, 27])
def test_blank_lines_between_paragraphs(width: int) -> None:
    assert joined("\n\n".join(broken(p, width) for p in PARAGRAPHS)) == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("width", [20, 22])
@pytest.mark.parametrize("indent", ["　　", "    "])
def test_indents_of_first_lines(width: int, indent: str) -> None:
    assert joined("\n".join(broken(p, width, indent) for p in PARAGRAPHS)) == "\n".join(indent + p for p in PARAGRAPHS)


def test_blanks_at_the_ends_and_one_indent_for_all_lines() -> None:
    shown = joined("\n\n".join(broken(p, 25, "  ", "  ", " ") for p in PARAGRAPHS))
    assert [line.strip() for line in shown.split("\n\n")] == list(PARAGRAPHS)


def test_letters_keep_the_blank_that_the_break_stood_for() -> None:
    text = (
        "渡口的船叫做 River Queen，是很多年前从外地\n"
        "买来的，船身上的字早已看不清，只有船头的 Queen\n"
        "Mary 号铜牌还在，老周每天擦它，擦得能照见人\n"
        "影，过路的人都要停下来看一看，再和他说几句闲\n"
        "话。"
    )
    assert "Queen Mary 号铜牌" in joined(text)


VERSE = """江水从西边的山口流出来，流过我家的门
门前的柳树一年一年地绿，绿到了河对岸
船上的人唱着去年的歌，唱给今年的雨听
雨落在瓦上，落在伞上，落在走远的路上"""
TABLE = "\n".join(f"第{n}组，甲班，乙班，丙班，丁班，合计人数，备注" for n in "一二三四五六")
LIKE = """记者昨天从渡口管理所了解到，轮渡下月停航。
图为老周在擦船板。江岸日报记者 李明 摄影
他说三十年里没有误过一班，往后也不会误的。
图为渡口的清晨。江岸日报记者 李明 摄影的"""


@pytest.mark.parametrize("text", [VERSE, TABLE, LIKE, "\n".join(PARAGRAPHS)])
def test_what_authors_break_stays(text: str) -> None:
    assert joined(text) == text


def test_width_is_told_in_columns_where_latin_letters_are_narrow() -> None:
    assert columns("渡口ab") == 6
    assert wrap_width([*broken(PARAGRAPHS[0], 20).split("\n"), "", *broken(PARAGRAPHS[1], 20).split("\n")]).size == 20
