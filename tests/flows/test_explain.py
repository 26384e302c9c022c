"""taojin explain: what a reader sees of each edit; nothing that a page holds can command his terminal."""

from __future__ import annotations

import pytest
from rich.console import Console

from flows.commands import explain
from flows.commands.explain import Report, print_report

TEXT = "导航 首页\n夜灯\x1b[31m亮了(liàng)，数(shǔ)一数\n完"


def edit(said: str, action: str, label: str, rule: str, confidence: float = 1.0, after: str = "") -> dict:
    start = TEXT.index(said)
    return dict(start=start, stop=start + len(said), action=action, label=label, rule_id=rule, rule_version=1, confidence=confidence) | {
        "after": after, "repaired_text": None
    }  # fmt: skip


EDITS = [
    edit("导航 首页", "cut", "nav", "page.tail.model", 0.75),
    edit("\n夜", "newline", "newline", "split.line-end") | {"stop": 6},
    edit("夜灯", "meta", "title", "split.title", 0.95),
    edit("(liàng)", "cut", "pinyin_annotation", "pinyin-gloss"),
    edit("(shǔ)", "cut", "pinyin_annotation", "pinyin-gloss"),
    edit("完", "replace", "mojibake", "misread-bytes", 1.0, "丸"),
]
METADATA = [
    dict(article_id="a", field="title", value_no=1, value="夜灯", start=6, stop=8, confidence=0.95),
    dict(article_id="a", field="author", value_no=1, value="阿\x07木", start=None, stop=None, confidence=0.85),
]


@pytest.fixture()
def shown(monkeypatch: pytest.MonkeyPatch) -> str:
    console = Console(width=200, color_system="truecolor", force_terminal=True, markup=False, highlight=False, emoji=False)
    monkeypatch.setattr(explain, "OUT", console)
    edits = sorted(EDITS, key=lambda e: e["start"])
    articles = [{"article_id": "a", "article_no": 1, "title": "夜灯"}]
    report = Report("d", TEXT, len(TEXT), edits, [], [], articles, METADATA, [], {"pinyin-gloss": "A script."})
    with console.capture() as printed:
        print_report("夜灯.txt", "0" * 32, report)
    return printed.get()


def test_edits_are_coloured_by_what_they_do(shown: str):
    assert "\x1b[9;31m[-导航 首页 page.tail.model 75%-]" in shown
    assert "\x1b[36m<夜灯 title 95%>" in shown
    assert "\x1b[32m{完 -> 丸 misread-bytes}" in shown


def test_a_rule_is_named_once_a_line(shown: str):
    assert "[-(liàng) pinyin-gloss-]" in shown and "[-(shǔ)-]" in shown


def test_values_say_where_they_come_from(shown: str):
    assert "95% at 6" in shown
    assert "85% claimed by the markup" in shown


def test_control_characters_are_shown_and_not_obeyed(shown: str):
    assert "\\x1b[31m亮了" in shown and "\x1b[31m亮了" not in shown
    assert "阿\\x07木" in shown and "\x07" not in shown


def test_rules_are_counted_with_their_reason(shown: str):
    assert "2 pinyin-gloss v1   A script." in shown
    assert "1 page.tail.model v1 (from 75%)" in shown
