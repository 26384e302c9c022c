"""Real news pages from their bytes: rendered, cleaned with the votes of their tags, split; their main text against the gold.

The rules of words were read against these pages, those of tags only against what element holds the prose, so the figures are
floors against decay. Measured 2026-11: words and tags 0.993, words alone on the same rendering 0.991, tags alone 0.959.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.furniture import votes
from tasks.clean.stage import clean
from tasks.decode.html import NAME
from tasks.decode.stage import decode
from tasks.split.stage import split
from tests.tasks.split.conftest import check_law_a
from tests.tasks.split.test_gold import overlap

BOTH, TAGS_ALONE = 0.99, 0.955


@pytest.fixture(scope="module")
def pages(corpus: Path) -> list[dict]:
    path = corpus / "data" / "pages" / "pages.jsonl"
    if not path.is_file():
        pytest.skip("no pages in the corpus")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row | {"data": (path.parent / "html" / Path(row["html"]).name).read_bytes()} for row in rows]


@pytest.fixture(scope="module")
def decoded(pages: list[dict]) -> dict[str, pa.Table]:
    rows = [{"file_id": file_id(p["data"]), "data": p["data"]} for p in pages]
    return decode(pa.Table.from_pylist(rows, TABLES["contents"].stage_arrow))


def mean(pages: list[dict], decoded: dict[str, pa.Table]) -> float:
    documents = decoded["documents"]
    cleaned = clean(documents, decoded["blocks"])
    tables = split(documents, cleaned["marks"], cleaned["flags"])
    check_law_a(documents, tables)
    texts: dict[str, list[str]] = {}
    for row in tables["articles"].to_pylist():
        texts.setdefault(row["doc_id"], []).append(row["text"])
    scores: dict[str, list[float]] = defaultdict(list)
    for page, doc in zip(pages, documents["doc_id"].to_pylist(), strict=True):
        if len(re.findall("[\u4e00-\u9fff]", page["gold"])) < 200:
            continue
        neutral = {line.strip() for line in page["ambiguous"]}
        got, want = (
            "\n".join(line for line in text.split("\n") if line.strip() not in neutral)
            for text in ("\n".join(texts.get(doc, [])), page["gold"])
        )
        scores[page["id"].replace("_vis_", "_").split("_")[1]].append(overlap(got, want))
    for publisher, mine in sorted(scores.items()):
        print(f"{sum(mine) / len(mine):.3f} {publisher} ({len(mine)})")
    every = [score for mine in scores.values() for score in mine]
    print(f"{sum(every) / len(every):.4f} mean of {len(every)} pages")
    return sum(every) / len(every)


def test_every_page_is_rendered(decoded):
    assert set(decoded["documents"]["rendering"].to_pylist()) == {NAME}
    assert len(decoded["decodings"]) == len(decoded["documents"])


def test_words_and_tags_together(pages, decoded):
    assert mean(pages, decoded) >= BOTH


def test_tags_alone(pages, decoded, monkeypatch):
    monkeypatch.setattr(votes, "furnish", lambda ledger: None)
    assert mean(pages, decoded) >= TAGS_ALONE
