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


@pytest.mark.parametrize(("text", "nodes"), [
    ("要抓两件事，一是修渠，二是种树。其他照旧。", [(1, "一是", "修渠"), (1, "二是", "种树")]),
    ("一是修渠。渠长三里。\n二是种树。树有千棵。\n大家努力。", [(1, "一是", "修渠"), (1, "二是", "种树")]),
    ("一要修渠，二要种树，三要养鱼。", [(1, "一要", "修渠"), (1, "二要", "种树"), (1, "三要", "养鱼")]),
    ("其一，修渠。其二，种树。", [(1, "其一，", "修渠"), (1, "其二，", "种树")]),
    ("首先，修渠。渠要直。\n其次，种树。\n最后，养鱼。", [(1, "首先，", "修渠"), (1, "其次，", "种树"), (1, "最后，", "养鱼")]),
    ("主要做了：①修渠；②种树。", [(1, "①", "修渠"), (1, "②", "种树")]),
    ("要求如下：（1）修渠；（2）种树。", [(1, "（1）", "修渠"), (1, "（2）", "种树")]),
    ("Ⅰ．修渠\n去年修渠。\nⅡ．种树\n去年种树。", [(1, "Ⅰ．", "修渠"), (1, "Ⅱ．", "种树")]),
    ("A.修渠\nB.种树", [(1, "A.", "修渠"), (1, "B.", "种树")]),
    ("1 总则\n1.1 目的\n修渠。\n1.2 依据\n渠法。\n2 组织\n2.1 领导\n有人。", [
        (1, "1", "总则"), (2, "1.1", "目的"), (2, "1.2", "依据"), (1, "2", "组织"), (2, "2.1", "领导")]),
    ("第一，修渠。一是量地。二是动土。第二，种树。一是选苗。二是挖坑。", [
        (1, "第一，", "修渠"), (2, "一是", "量地"), (2, "二是", "动土"), (1, "第二，", "种树"), (2, "一是", "选苗"), (2, "二是", "挖坑")]),
    ("第一章\n总则\n第一条 为修渠，制定本法。", [(1, "第一章", "总则"), (2, "第一条", "")]),
    ("第一部分 修渠\n一、量地\n第二部分 种树\n一、选苗", [
        (1, "第一部分", "修渠"), (2, "一、", "量地"), (1, "第二部分", "种树"), (2, "一、", "选苗")]),
    ("①修渠\n②种树\n(1)选苗\n(2)挖坑", [(1, "①", "修渠"), (1, "②", "种树"), (1, "(1)", "选苗"), (1, "(2)", "挖坑")]),
])
def test_styles(text: str, nodes: list[tuple]):
    sections, faults = find_sections(text)
    assert outline(text) == nodes and faults == []
    assert all(text[section.start:].startswith(section.marker) for section in sections)


def test_the_last_item_of_a_list_over_paragraphs_ends_with_its_own():
    text = "一是修渠。渠长三里。\n渠要直。\n二是种树。\n大家努力。"
    sections, _ = find_sections(text)
    assert [text[section.start:section.stop] for section in sections] == ["一是修渠。渠长三里。\n渠要直。", "二是种树。"]


PARALLEL = (
    "办好果园是全村人的心愿。春天人们翻土播种，夏天浇水除草，秋天收果，冬天修渠，年年如此。",
    "办好果园是收成的保证。有了果园就有了水果，有了水果就有了收入，日子一天天好起来。",
    "果园里还养了鸡和鱼，路也通到了园里，来的人一年比一年多，村里越来越热闹。",
    "办好果园是留住人的办法。年轻人在家门口有了活干，老人孩子也有人照看，村子不再空着。",
    "总之，要办好果园。",
)


def test_paragraphs_that_open_alike():
    text = "\n".join(PARALLEL)
    sections, _ = find_sections(text)
    assert outline(text) == [(1, "", "办好果园是全村人的心愿"), (1, "", "办好果园是收成的保证"), (1, "", "办好果园是留住人的办法")]
    assert text[sections[1].start:sections[1].stop] == "\n".join(PARALLEL[1:3]) and text[sections[2].start:sections[2].stop] == PARALLEL[3]
    assert outline("\n".join(PARALLEL[:2])) == []  # two may be chance
    assert outline("\n".join((*PARALLEL[:2], *(line.replace("办好", "种好") for line in PARALLEL[:2])))) == []
    assert outline("第一条 " + text) == [(1, "第一条", "")]  # in statutes many paragraphs open alike


def test_paragraphs_that_say_what_must_be_done():
    body = "春天人们翻土播种，夏天浇水除草，秋天收果，冬天修渠，年年如此，家家如此，没有人落下。"
    text = "\n".join((f"加强果园日常管理。{body}", f"完善浇水轮班办法。{body}", f"把渠修到每块田头。{body}", f"人们都很高兴。{body}"))
    assert outline(text) == [(1, "", "加强果园日常管理"), (1, "", "完善浇水轮班办法"), (1, "", "把渠修到每块田头")]
    assert outline(text.replace("完善浇水轮班办法", "浇水办法样样都好")) == []


def test_closing_words_stand_in_no_section():
    text = "一、修渠\n渠要直。\n二、种树\n树要高。\n同志们，大家努力。\n谢谢大家！"
    sections, _ = find_sections(text)
    assert text[sections[1].start:sections[1].stop] == "二、种树\n树要高。"
    assert find_sections("一、修渠\n二、今后种树")[0][1].stop == 11


def test_sentences_that_name_an_aspect():
    text = "在修渠上，分段包干。渠直水清。在种树上，统一选苗。在养鱼方面，请来师傅。"
    assert outline(text) == [(1, "", "在修渠上"), (1, "", "在种树上"), (1, "", "在养鱼方面")]
    assert outline("在修渠上，分段包干。在种树上，统一选苗。") == []


@pytest.mark.parametrize("text", [
    "他说一是一，二是二。", "这一是说不清，那二是说不得。",
    "A.先生说话。\n别人不说。", "渠长1 里。\n1 里多的渠。", "首先要说的是，最后还是修了渠。",
    "Ⅱ级响应\n启动响应。", "三部分的人都来了。", "一要求就给，二要求就不给。", "他爱在树上，她爱在地上，我爱在家里。",
])
def test_no_marker(text: str):
    assert outline(text) == []


def test_credits_and_repeated_lines_are_no_headings():
    body = "春天来了以后，村里的人都到地里去，忙着翻土和播种，一直到天黑才回家吃饭。"
    assert outline(f"{body}\n某某果园供图\n{body}\n某某果园供图\n{body}\n本报记者 某某\n{body}") == []


@pytest.mark.parametrize(("text", "details"), [
    ("二、种树\n三、修路", ["二、 is the first of its list"]),
    ("（一）甲\n（二）乙\n（二）丙", ["（二） stands twice"]),
    ("1.甲\n2.乙\n4.丙", ["4. follows 2"]),
    ("第一条 甲。\n第三条 乙。", ["第三条 follows 1"]),
    ("1.甲\n2、乙\n3、丙", ["2、 is written otherwise than 1."]),
    ("（一）甲\n(二)乙", ["(二) is written otherwise than （一）"]),
    ("一是甲。二是乙。四是丙。", ["四是 follows 2"]),
    ("一是甲；二是乙；二是丙；三是丁。", ["二是 stands twice"]),
    ("第一条 甲有下列：\n（一）子；\n（二）丑。\n乙有下列：\n（一）寅；", []),
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


@given(st.text(alphabet="第一二三章条节、（）(12.)①②是要其甲乙。；：\n 首先次，ⅠA在上", max_size=80))
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
