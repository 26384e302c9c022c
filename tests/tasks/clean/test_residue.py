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


def test_readings_that_a_lesson_keeps_are_no_residue_of_its_parts():
    """The first part says what the second one's readings are for; alone, the second part would look annotated by a script."""
    one = "今天我们学写字，先听老师念，再跟着读，把每个字的拼音写在本子上，写完以后互相检查，看看谁写得又快又好。" * 2
    two = (
        "村(cūn)里(lǐ)的老(lǎo)木匠有一把旧(jiù)尺子(chǐ zi)，早上他把木(mù)板(bǎn)量(liáng)好，再用锯(jù)子开(kāi)出小(xiǎo)孔(kǒng)，"
        "傍晚他把工(gōng)具(jù)一件(jiàn)一件擦干净，挂(guà)回墙(qiáng)上(shang)，墙上的钉(dīng)子排得很整齐，谁也不会拿错。"
    )
    assert residue(pa.table({"article_id": ["b" * 32], "doc_id": ["d" * 32], "text": [two]})) != {}, "the part alone looks annotated"
    both = pa.table({"article_id": ["a" * 32, "b" * 32], "doc_id": ["d" * 32] * 2, "text": [one, two]})
    assert residue(both) == {}
    apart = pa.table({"article_id": ["a" * 32, "b" * 32], "doc_id": ["c" * 32, "d" * 32], "text": [one, two]})
    assert list(residue(apart)) == ["b" * 32]
