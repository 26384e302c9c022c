"""Language, genre, dirt and the parts of the quality score."""

from __future__ import annotations

import pytest

from tasks.enrich.judgement import Around, count_dirt, judge

PROSE = "果园里的水渠修好了。\n果农们都来看水渠。"


def test_each_part_of_the_score_counts():
    best = judge(PROSE, None, False, 0).quality_score
    assert best == 1.0
    half, whole = round(6.5 / 7, 4), round(6 / 7, 4)  # half a part of seven is missing, or one
    assert judge(PROSE, None, True, 0).quality_score == half
    assert judge(PROSE, None, False, 1).quality_score == whole
    assert judge("首页\n新闻\n图片\n视频", None, False, 0).quality_score == whole
    assert judge(PROSE.split("\n")[0] + "\n" + PROSE.split("\n")[0], None, False, 0).quality_score == half
    assert judge(PROSE, None, False, 0, Around(damage=1)).quality_score == whole
    assert judge(PROSE, None, False, 0, Around(share=0.25)).quality_score == half
    assert judge(PROSE, None, False, 0, Around(share=0.6)).quality_score == best
    assert judge("□■◇◆。", None, False, 0).quality_score < 0.9
    assert judge("", None, False, 0).quality_score == 0.0


@pytest.mark.parametrize(("text", "language"), [
    (PROSE, "zh"),
    ("The canal is ready and everybody came to see it.", "und"),
    ("水路ができました。みんなが見に来ました。", "ja"),
    ("好", None), ("", None),
    ("果园 APP 上线了，扫码下载。", "zh"),
])
def test_language(text: str, language: str | None):
    assert judge(text, None, False, 0).language == language


@pytest.mark.parametrize(("title", "text", "genre"), [
    ("果园管理办法", "第一条 为了管理果园，制定本办法。", "law"),
    ("在果品会上的讲话", "今天很高兴。", "speech"),
    (None, "同志们:今天开会。", "speech"),
    ("关于修渠的通知", "各村：", "notice"), ("修渠记", "水渠修好了。", None), (None, "新华社武汉3月1日电 果园丰收。", "news"),
])
def test_genre(title: str | None, text: str, genre: str | None):
    assert judge(text, title, False, 0).genre == genre


def test_what_cleaning_finds_again_counts_once_beside_other_signs():
    text = "果园(guǒ yuán)里\n责任编辑：某某\n当前位置：首页"
    at = text.index("(")
    signs = count_dirt([text])[0]
    assert count_dirt([text, PROSE], [[(0, 2)], []]) == [signs + 1, 0]
    header = (text.index("责任"), text.index("\n当前"))
    assert count_dirt([text], [[header]]) == [signs], "a span that holds a sign is that sign"
    assert count_dirt([PROSE], [[(at, at + 1)]]) == [1]
