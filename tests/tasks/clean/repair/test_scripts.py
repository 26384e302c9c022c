"""Which script a line is in, and its Simplified form."""

from __future__ import annotations

import pytest

from tasks.text.charmodel import char_model
from tasks.text.scripts import is_traditional, script_of, text_hans, to_simplified


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("他們說這個辦法很好", "Hant"),
        ("他们说这个办法很好", "Hans"),
        ("大家都在山上看日出", None),  # the same in both
        ("人群里有人著书立说", "Hans"),  # 群 and 著 prove nothing, 书 and 说 do
        ("Plain ASCII, 2021", None),
        ("", None),
        ("這個地方的風景很好，這个地方的风景很好，这里", "mixed"),
    ],
)
def test_script(text: str, script: str | None) -> None:
    assert script_of(text) == script


def test_lines_are_converted_one_by_one_and_keep_their_length() -> None:
    text = "他們說：頭髮很長，發現問題。\n土坏房和土坯房不同，他说乾隆年间有人著书。\nNo Han here"
    hans = text_hans(text)
    assert hans == "他们说：头发很长，发现问题。\n土坏房和土坯房不同，他说乾隆年间有人著书。\nNo Han here"
    assert len(hans) == len(text)


def test_simplified_text_is_returned_as_it_is() -> None:
    text = "这条河很长，著名的桥就在河上，于右任来过。" * 100
    assert text_hans(text) is text and not is_traditional(text)


def test_phrases_count_in_conversion() -> None:
    assert to_simplified("乾隆皇帝喜歡乾淨的房子") == "乾隆皇帝喜欢干净的房子"


def test_likely_text_is_likelier() -> None:
    model = char_model()
    assert model.text("天气预报") > model.text("气天报预") > model.text("鏁版嵁鍒")
    assert model.text("家國") < model.text("家国") < 0.0
