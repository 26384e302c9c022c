"""What repeats and what does not, from two texts; signatures that let the first kind meet."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.relate.letters import letters
from tasks.relate.likeness import Comparable, common_in_order, likeness
from tasks.relate.signatures import BANDS, SHORTEST_ARTICLE, SHORTEST_PARAGRAPH, find_signatures

FERRY = (
    "渡口的老船工每天清晨把缆绳解开，载着赶集的乡亲过河，"
    "傍晚再把最后一批人送回来，风雨无阻干了三十一年，从没有收过孩子们一分钱，后来桥修通了，他就在桥头给大家看车。"
)
FORM = "经{}镇第{}届居民代表大会第{}次会议通过，{}同志任{}社区服务站站长，任期自公布之日起计算，请各单位遵照执行并做好交接工作。"
few = st.text(alphabet="甲乙丙丁", max_size=40)


def told(one: str, other: str) -> tuple[float, str] | None:
    return likeness(Comparable.of(one), Comparable.of(other))


def edited(text: str, at: list[int]) -> str:
    return "".join("换" if k in at else c for k, c in enumerate(text))


@given(few, few)
def test_common_letters_are_those_of_the_plain_recurrence(one, other):
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            table[i, j] = table[i - 1, j - 1] + 1 if a == b else max(table[i - 1, j], table[i, j - 1])
    assert common_in_order(one, other) == table[-1, -1] == common_in_order(other, one)
    assert common_in_order(one, other, int(table[-1, -1])) == table[-1, -1]


@given(few, few)
def test_likeness_has_no_direction(one, other):
    assert told(one, other) == told(other, one)


def test_punctuation_blanks_width_and_case_do_not_count():
    assert letters("ＡＢ　甲，乙 １２!") == "ab甲乙12"
    assert told("渡口，第１次。", "渡口 第1次") == (1.0, "equal")


def test_moved_sentences_are_shingles_and_scattered_edits_alignment():
    long = FERRY + FORM.format("柳河", "三", "二", "白帆", "东岸")
    assert told(long, FORM.format("柳河", "三", "二", "白帆", "东岸") + FERRY)[1] == "shingles"
    assert told(FERRY * 2, edited(FERRY * 2, list(range(5, 110, 14))))[1] == "alignment"


def test_two_fillings_of_one_form_are_no_duplicates():
    assert told(FORM.format("柳河", "三", "二", "白帆", "东岸"), FORM.format("望海岭", "十六", "九", "欧阳清源", "石板桥北")) is None


def test_short_texts_have_no_signature_and_long_ones_one_per_paragraph():
    body = FERRY + "\n" + "短段。" + "\n" + FERRY[:-1] + "，乡亲们都记得他。"
    rows = find_signatures(pa.table({"article_id": ["a", "b"], "text_hans": [body, "太短。" * 5]})).to_pylist()
    assert [(r["article_id"], r["paragraph_no"]) for r in rows] == [("a", 0), ("a", 1), ("a", 3)]
    assert [body[r["start"] : r["stop"]] for r in rows] == [body, *body.split("\n")[::2]]
    assert SHORTEST_ARTICLE < SHORTEST_PARAGRAPH and all(len(r["bands"]) == BANDS for r in rows)


def test_a_signature_depends_on_its_own_text_only():
    texts = [FERRY[k:] + FERRY[:k] for k in range(0, 40, 3)]
    ids = [f"{k:02}" for k in range(len(texts))]
    together = find_signatures(pa.table({"article_id": ids, "text_hans": texts})).to_pylist()
    alone = [find_signatures(pa.table({"article_id": [k], "text_hans": [t]})).to_pylist() for k, t in zip(ids, texts, strict=True)]
    assert together == [row for rows in alone for row in rows]


@pytest.mark.parametrize("edits", [1, 2, 3, 4])
def test_edited_copies_meet(edits):
    dice = random.Random(edits)
    copy = edited(FERRY, dice.sample(range(len(FERRY)), edits))
    rows = find_signatures(pa.table({"article_id": ["a", "b"], "text_hans": [FERRY, copy]})).to_pylist()
    one, other = (r["bands"] for r in rows if r["paragraph_no"] == 0)
    assert any(a == b for a, b in zip(one, other, strict=True))
    assert one != other
