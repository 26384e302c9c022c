"""The section tree and the faults in its numbering."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.outline import find_sections

SPEECH = "\n".join((
    "各位来宾:", "一、回顾果园建设", "(一)修渠。去年修渠三里。一是通水。水到田头。二是通路。路到村口。", "(二)栽树。栽了苹果。",
        "二、来年打算",
    "先说三句。下面提两点要求如下：", "一、早动手。春分以前完成。", "二、细管理。专人负责。",
))


def outline(text: str) -> list[tuple[int, str, str]]:
    return [(section.level, section.marker, section.heading) for section in find_sections(text)[0]]


def test_tree_of_a_speech():
    assert outline(SPEECH) == [
        (1, "一、", "回顾果园建设"), (2, "(一)", "修渠"), (3, "一是", "通水"), (3, "二是", "通路"), (2, "(二)", "栽树"),
        (1, "二、", "来年打算"), (1, "", "下面提两点要求如下"), (2, "一、", "早动手"), (2, "二、", "细管理"),
    ]


def test_a_second_list_is_nested_and_flagged():
    sections, faults = find_sections(SPEECH)
    assert [SPEECH[fault.start:fault.stop] for fault in faults] == ["一、"]
    assert sections[7].parent == 6 and sections[6].stop == len(SPEECH)


def test_run_in_items_end_with_their_paragraph():
    sections, _ = find_sections(SPEECH)
    assert SPEECH[sections[3].start:sections[3].stop] == "二是通路。路到村口。"


def test_tree_of_a_statute():
    text = "\n".join((
        "渡口管理办法", "第一章 总则", "第一条 为了渡口安全，制定本办法。", "第二条【范围】本办法适用于下列渡口：", "（一）客渡；",
            "（二）货渡。",
        "第二章 罚则", "第三条 违反第二条、第一章规定的，处罚。", "第三条、第四条所称渡口，含码头。",
    ))
    assert outline(text) == [
        (1, "第一章", "总则"), (2, "第一条", ""), (2, "第二条", "范围"), (3, "（一）", "客渡"), (3, "（二）", "货渡"),
        (1, "第二章", "罚则"), (2, "第三条", ""),
    ]
    assert find_sections(text)[1] == []


@pytest.mark.parametrize(("text", "details"), [
    ("二、种树\n三、修路", ["二、 is the first of its list"]),
    ("（一）甲\n（二）乙\n（二）丙", ["（二） stands twice"]),
    ("1.甲\n2.乙\n4.丙", ["4. follows 2"]),
    ("第一条 甲。\n第三条 乙。", ["第三条 follows 1"]),
    ("第一条 甲。\n第一条之一 乙。\n第二条 丙。", []),
    ("一、甲\n（一）子\n二、乙\n（一）丑", []),
])
def test_faults_in_numbering(text: str, details: list[str]):
    assert [fault.detail for fault in find_sections(text)[1]] == details


@pytest.mark.parametrize("text", ["1.5米高的墙。\n2.5米高的墙。", "三是一个数。", "他排第一，我排第三。", "首先要说明，这只是一篇短文。"])
def test_no_list(text: str):
    assert outline(text) == []


def test_lines_alone_are_headings_where_nothing_is_numbered():
    body = "春天来了以后，村里的人都到地里去，忙着翻土和播种，一直到天黑才回家吃饭。"
    text = f"{body}\n让春天早些到田里\n{body}\n让秋天多些收成\n{body}"
    assert outline(text) == [(1, "", "让春天早些到田里"), (1, "", "让秋天多些收成")]


@given(st.text(alphabet="第一二三四章条节、（）(1.)①是甲乙。；：\n 首先其次，", max_size=80))
def test_sections_nest(text: str):
    sections, faults = find_sections(text)
    for k, section in enumerate(sections):
        assert 0 <= section.start < section.stop <= len(text)
        assert section.parent < k
        if section.parent >= 0:
            parent = sections[section.parent]
            assert parent.start <= section.start and section.stop <= parent.stop and section.level == parent.level + 1
        else:
            assert section.level == 1
        if k:
            assert sections[k - 1].start <= section.start
    for fault in faults:
        assert 0 <= fault.start < fault.stop <= len(text)
