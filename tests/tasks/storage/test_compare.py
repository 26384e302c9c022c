"""Compare: what a rule change did, and that writing the same again is no change."""

from __future__ import annotations

import pytest

from tasks.errors import UsageError
from tasks.storage.compare import compare
from tests.tasks.storage.small import CODE, ingest, seeds


def test_a_rule_change_is_told_by_rule_documents_and_characters(tmp_path):
    ingest(tmp_path, seeds())
    with pytest.raises(UsageError, match="No generation before 1"):
        compare(tmp_path)
    ingest(tmp_path, {}, code=CODE | {"decode": "d2", "clean": "c1", "enrich": "e1"})
    assert compare(tmp_path).is_same
    ingest(tmp_path, {}, code=CODE | {"decode": "d2", "clean": "c2", "enrich": "e1"})
    found = compare(tmp_path)
    assert (found.old, found.new, found.is_same) == (2, 3, False)
    assert [(t.table, t.left, t.came) for t in found.tables] == [("edits", 4, 4)]
    assert {(r.rule_id, r.edits_old, r.edits_new, r.documents) for r in found.rules} == {("test-c1", 4, 0, 2), ("test-c2", 0, 4, 2)}
    assert (found.documents, found.articles) == (2, 0)
    assert found.characters_old == found.characters_new > 0
    assert {(e.sign, e.rule_id, e.name) for e in found.examples} == {
        (s, r, n) for s, r in (("-", "test-c1"), ("+", "test-c2")) for n in ("甲.txt", "丙.txt")}
    assert compare(tmp_path, 1, 3).rules == found.rules


def test_new_files_are_new_rows(tmp_path):
    ingest(tmp_path, seeds(["甲.txt"]))
    ingest(tmp_path, seeds(["戊.txt"]))
    found = compare(tmp_path, examples=1)
    assert {t.table: (t.left, t.came) for t in found.tables}["articles"] == (0, 1)
    assert found.articles == 1
