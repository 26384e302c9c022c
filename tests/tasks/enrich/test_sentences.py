"""Sentences: where they end, and that they tile the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.sentences import find_sentences


def cut(text: str) -> list[str]:
    found = find_sentences(text)
    return [text[a:b] for a, b in zip(found.starts, found.stops, strict=True)]


@pytest.mark.parametrize(("text", "sentences"), [
    ("雨停了。路干了！走吗?走。", ["雨停了。", "路干了！", "走吗?", "走。"]),
    ("他说：“走吧。”于是都走了。", ["他说：“走吧。”", "于是都走了。"]),
    ("(会期两天。)散会。", ["(会期两天。)", "散会。"]),
    ("真的吗？！真的。", ["真的吗？！", "真的。"]),
    ("一是快；二是稳;三是省。", ["一是快；二是稳;三是省。"]),
    ("均价3.5元，11:30开门。1.米 2.面", ["均价3.5元，11:30开门。", "1.米 2.面"]),
    ("标题\n　　正文在此。 下文。\n", ["标题", "正文在此。", "下文。"]),
    ("见 http://a.cn/i?id=3 一页。完", ["见 http://a.cn/i?id=3 一页。", "完"]),
    ("待续……未完。", ["待续……未完。"]),
    ("他说：“算了……”大家都走了。", ["他说：“算了……”", "大家都走了。"]),
    ("“算了……”，他说。“走……”的声音。", ["“算了……”，他说。", "“走……”的声音。"]),
    ("早上下了大雨. 晚上天晴了.\n路干了.", ["早上下了大雨.", "晚上天晴了.", "路干了."]),
    ("早上下了大雨.晚上天晴了.路已经干了.", ["早上下了大雨.", "晚上天晴了.", "路已经干了."]),
    ("作家约翰.史密斯到了。他很高。", ["作家约翰.史密斯到了。", "他很高。"]),
    ("均价3.5元,No.3,U.S.,11.30,a.b.c. 见www.a.cn 页。", ["均价3.5元,No.3,U.S.,11.30,a.b.c. 见www.a.cn 页。"]),
    ("一. 修渠\n（二）. 种树\n1. 养鱼", ["一. 修渠", "（二）. 种树", "1. 养鱼"]),
    ("He met Mr. Smith. She left. 他也走了｡好。", ["He met Mr. Smith.", "She left. 他也走了｡", "好。"]),
    ("He read vol. Two of it. She left.", ["He read vol. Two of it.", "She left."]),
    ("待续...未完。", ["待续...未完。"]),
    ("走！”他说。（停！）", ["走！”", "他说。", "（停！）"]),
    ("", []), ("\n\n", []), ("。", ["。"]),
])
def test_sentences(text: str, sentences: list[str]):
    assert cut(text) == sentences


def test_paragraphs_are_counted_from_one():
    assert find_sentences("甲。乙。\n丙").paragraphs == [1, 1, 2]


@given(st.text(alphabet="甲乙aB1。！？!?；;”\"’)】\n 　=.．…一｡", max_size=60))
def test_sentences_tile_the_text(text: str):
    found = find_sentences(text)
    at = 0
    for start, stop in zip(found.starts, found.stops, strict=True):
        assert at <= start < stop
        assert text[at:start].strip(" \n\t\r\u00a0\u3000") == ""
        assert "\n" not in text[start:stop]
        at = stop
    assert text[at:].strip(" \n\t\r\u00a0\u3000") == ""
    assert found.paragraphs == [text.count("\n", 0, start) + 1 for start in found.starts]
