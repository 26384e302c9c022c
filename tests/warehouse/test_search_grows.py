"""Search after increments finds what it finds in a warehouse that was made in one go: rows were added, redone and superseded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.storage.reader import open_published
from tests.tasks.storage.small import CODE, STEPS, TEXTS, ingest, seeds

QUERIES = ("渠", "修渠的人", "人最多", "走 人 渠", "夜里点灯", "無")


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Grown by increments, rebuilt from the same truth, and made in one go of the same files."""
    grown, rebuilt, at_once = (tmp_path_factory.mktemp(name) for name in ("grown", "rebuilt", "at_once"))
    for root in (grown, rebuilt):
        for step in STEPS.values():
            ingest(root, **step)
    ingest(rebuilt, seeds(["甲.txt"]), rebuild=True)
    ingest(at_once, {name: TEXTS[name].encode() for name in TEXTS}, batch_size=9, code=CODE | {"enrich": "e2"})
    return [grown, rebuilt, at_once]


@pytest.mark.parametrize("query", QUERIES)
def test_search_and_kwic_do_not_show_how_the_warehouse_came_to_be(roots: list[Path], query: str):
    answers = []
    for root in roots:
        with open_published(root) as db:
            found = db.execute("SELECT article_id, score, snippet FROM search(?)", [query]).fetchall()
            answers.append((found, db.execute("SELECT article_id, start, hit FROM kwic(?, 3)", [query[:1]]).fetchall()))
    assert answers[0] == answers[1] == answers[2]
    assert bool(answers[0][0]) == (query != "無")
