"""Floors of the benchmark of dirt inside lines: what must leave in wordings of its own, and what must stay."""

from __future__ import annotations

import pytest

from benchmarks.inline.__main__ import measure
from benchmarks.inline.kinds import KINDS

MOST_LEFT, LEAST_KEPT = 0.02, 0.985  # over all kinds; 0.005 and 0.99 in the README's run


@pytest.mark.slow
def test_dirt_inside_lines_leaves_and_text_stays(corpus):
    if not (corpus / "data" / "law.tar.gz").is_file():
        pytest.skip("no law.tar.gz in the corpus")
    found = measure(3, "floor")
    assert set(KINDS) <= set(found)
    pieces, left = sum(s.pieces.total() for s in found.values()), sum(len(p) for s in found.values() for p in s.left.values())
    clean, kept = sum(s.clean for s in found.values()), sum(s.kept for s in found.values())
    assert pieces > 1000
    assert left <= MOST_LEFT * pieces, {name: dict(s.left) for name, s in found.items() if s.left}
    assert kept >= LEAST_KEPT * clean, {name: s.broken[:2] for name, s in found.items() if s.broken}
    assert found["look-alikes"].share_kept == 1


def test_kinds_soil_without_losing_text(corpus):
    if not (corpus / "data" / "law.tar.gz").is_file():
        pytest.skip("no law.tar.gz in the corpus")
    found = measure(1, "floor", "gloss of words")["gloss of words"]
    assert found.pieces.total() > 5
    assert not found.left
