"""Cleaning's detectors over its own result: nothing on the seeds, on statutes and on specimens that must stay; counted elsewhere."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from tasks.clean.furniture.specimens import ALL_KEEPS, BODY, FRAME_BOTTOM, FRAME_TOP, page
from tasks.clean.residue import residue
from tasks.clean.stage import clean
from tasks.enrich.stage import enrich
from tasks.split.stage import split


def articles_of(*texts: str) -> pa.Table:
    documents = pa.table({"doc_id": [f"{n:032x}" for n in range(len(texts))], "text": texts})
    cleaned = clean(documents)
    return split(documents, cleaned["marks"], cleaned["flags"])["articles"]


def test_the_seeds_hold_nothing_that_the_detectors_would_still_take(real_seeds: list[Path]):
    articles = articles_of(*(p.read_text("utf-8") for p in real_seeds))
    assert articles.num_rows == 6
    assert residue(articles) == {}
    assert enrich(articles, left=residue(articles))["articles"]["residual_dirt"].to_pylist() == [0] * 6


def test_what_must_stay_is_no_residue():
    assert residue(articles_of(*ALL_KEEPS, page(FRAME_TOP, FRAME_BOTTOM))) == {}


def test_what_is_left_is_found_as_spans_and_counted():
    text = f"{BODY}\n鏁版嵁鍒嗘瀽鎶ュ憡\n果园里的水\u200b渠"
    articles = pa.table({"article_id": ["a" * 32, "b" * 32], "text": [text, BODY]})
    found = residue(articles)
    assert list(found) == ["a" * 32]
    assert [text[a:b] for a, b in found["a" * 32]] == ["鏁版嵁鍒嗘瀽鎶ュ憡", "\u200b"]
    whole = articles_of(BODY)
    left = {whole["article_id"][0].as_py(): [(0, 3), (5, 6)]}
    assert enrich(whole, left=left)["articles"]["residual_dirt"].to_pylist() == [2]
