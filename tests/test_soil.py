"""Floors of the dirt benchmark on a small sample: what must stay clean and what must leave, in both halves of the wordings."""

from __future__ import annotations

import pytest

from benchmarks.soil.pages import Page, pages, specimens
from benchmarks.soil.score import score

SAMPLE = 40
# Least share of clean characters kept, greatest share of dirt left. C: whole pages in words that nothing was tuned for.
FLOORS = {"A": (0.97, 0.08), "B": (0.97, 0.09), "C": (0.99, 0.26)}


@pytest.mark.parametrize("half", FLOORS)
def test_clean_text_stays_and_dirt_leaves(half, corpus):
    source = corpus / "data" / "law.tar.gz"
    if not source.is_file():
        pytest.skip("no law.tar.gz in the corpus")
    found = score(pages(SAMPLE, half, source=source))
    least, most = FLOORS[half]
    assert found.share_kept >= least, found.broken[:5]
    assert found.share_left <= most, {name: pieces[:2] for name, pieces in found.left.items()}
    assert len(found.pieces) >= 25


def test_score_counts_what_is_lost_and_what_is_left():
    body = specimens()[0].paragraphs
    whole = Page("specimen", list(body), lines=list(body))
    assert score([whole]).share_kept == 1
    unseen, left = "这一段从来没有写进这个页面，所以它不会在文章里。", "渡口歇脚的人"
    lost = Page("specimen", [*body, unseen], lines=[*body, left], dirt=[("title", "不在"), ("nav", left)])
    found = score([lost])
    assert found.share_kept < 1
    assert found.left == {"nav": [left]}
