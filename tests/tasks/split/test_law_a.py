"""Law A for every text and every set of disjoint marks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.text.ledger import CUT, META, NEWLINE, REPLACE, Mark

ALPHABET = "河口镇老粮仓春天在山里年月日第篇一二12 \u3000\xa0\t\n\n【】（）：:,，。！？—>|…\u200b\ufeff"
TEXTS = st.text(alphabet=ALPHABET, max_size=120) | st.text(max_size=30).filter(lambda t: t.isprintable() or "\n" in t)
EDGES = [
    "",
    " ",
    "\n",
    "\n\n\n",
    " \n\u3000\n\t",
    "字",
    "字\n",
    "\n字",
    "一\n\n二",
    "  一  \n  二  ",
    "一" * 5000,
    " " * 5000,
    "第一篇\n第二篇\n",
]


@st.composite
def marked_texts(draw):
    text = draw(TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=16))) if text else []
    marks = []
    for start, stop in zip(cuts[::2], cuts[1::2], strict=False):
        action = draw(st.sampled_from((CUT, REPLACE, META, NEWLINE)))
        after = (
            "\n" if action == NEWLINE else draw(st.sampled_from(("", "好", " ", "\n", "a\nb", " 好 ", "　"))) if action == REPLACE else ""
        )
        value = "值" if action == META else None
        marks.append(Mark(start, stop, action, "site" if action == META else "nav", "test.rule", after, None, 0.5, value))
    return text, marks


@given(st.lists(marked_texts(), min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_every_character_once(split_up, pages):
    split_up([text for text, _ in pages], [marks for _, marks in pages])


@pytest.mark.parametrize("text", EDGES, ids=range(len(EDGES)))
def test_edges(split_up, text):
    tables = split_up([text])
    assert bool(tables["articles"].num_rows) == bool(text.strip())


@pytest.mark.parametrize("unit", ["字", "河口 ", "《河 口", "第一篇\n", "（一）好。\n", "来源:", " \n", "\n"])
def test_work_is_bounded(split_up, unit):
    split_up([unit * (400_000 // len(unit))])


def test_nothing_but_furniture_gives_no_article(split_up):
    text = "网站首页\n版权所有"
    tables = split_up([text], [[Mark(0, 4, CUT, "nav", "page.nav"), Mark(5, 9, CUT, "copyright", "page.copyright")]])
    assert tables["articles"].num_rows == tables["kept"].num_rows == 0
    assert "".join(tables["edits"]["before"].to_pylist()) == text


def test_a_cut_break_joins_two_lines(split_up):
    tables = split_up(["他走到桥\n头停下。"], [[Mark(4, 5, CUT, "newline", "page.hard-wrap")]])
    assert tables["articles"]["text"].to_pylist() == ["他走到桥头停下。"]


def test_a_replacement_may_bring_the_break(split_up):
    tables = split_up(["春天\\n夏天"], [[Mark(2, 4, REPLACE, "mojibake", "repair.escape", "\n")]])
    assert tables["articles"]["text"].to_pylist() == ["春天\n夏天"]
    edit = next(row for row in tables["edits"].to_pylist() if row["action"] == "newline")
    assert (edit["before"], edit["after"], edit["rule_id"]) == ("\\n", "\n", "repair.escape")


def test_a_replacement_on_a_line_that_leaves_keeps_what_it_said(split_up):
    text = "第一篇 麥子\n" + "麦子黄了，人都下地去了。" * 10 + "\n第二篇 稻子\n" + "稻子熟了，人都下地去了。" * 10
    tables = split_up([text], [[Mark(4, 5, REPLACE, "mojibake", "repair.guess", "麦")]])
    edit = next(row for row in tables["edits"].to_pylist() if row["label"] == "mojibake")
    assert (edit["action"], edit["repaired_text"]) == ("cut", "麦")
    assert tables["articles"]["title"].to_pylist() == ["第一篇 麦子", "第二篇 稻子"]
