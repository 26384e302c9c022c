"""Enrichment beside rjieba's own cut + tag: a ratio of CPU times in one process, so that other work on the machine cancels out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rjieba

from benchmarks.enrich import articles_of, spent
from tasks.enrich.stage import enrich
from tests.conftest import PROJECT

FLOORS: dict[str, float] = json.loads((PROJECT / "tests" / "floors.json").read_text("utf-8"))


@pytest.mark.slow
def test_enrichment_keeps_its_speed_beside_rjieba(corpus: Path):
    articles = articles_of(corpus / "data" / "law.tar.gz", 1.0, 0.5)
    texts = articles["text_hans"].to_pylist()
    cutter = rjieba.Jieba()
    cutter.tag("预热")
    enrich(articles.slice(0, 5))
    rounds = [(spent(lambda: [cutter.tag(text) for text in texts]), spent(lambda: enrich(articles))) for _ in range(5)]
    speed = min(tag for tag, _ in rounds) / min(whole for _, whole in rounds)
    print(f"enrichment runs at {speed:.2f} of the speed of rjieba's tag")
    assert speed >= FLOORS["speed/enrich beside rjieba's tag"]
