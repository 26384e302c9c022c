"""Which checks a run makes."""

from __future__ import annotations

import pyarrow as pa

from schemas.catalog import TABLES
from tasks.validate.stage import plan, wrong_columns


def test_a_new_child_makes_its_parent_answer_again():
    plans = {p.table.name: p for p in plan(TABLES, {"kept"}, {"kept", "edits", "documents"})}
    assert [c.id for c in plans["documents"].table_checks] == ["law-a-cover"] and plans["documents"].row_checks == ()
    assert "edits" not in plans
    assert {s.check.id for s in plans["kept"].skipped} == {"doc_id-article_id-in-articles"}


def test_columns_are_compared_in_words():
    table = TABLES["kept"]
    assert wrong_columns(table, table.arrow) == []
    found = table.arrow.remove(0).set(0, pa.field("start", pa.string())).append(pa.field("extra", pa.string()))
    assert wrong_columns(table, found) == ["doc_id is missing", "extra is unknown", "start is string, not int32"]
    wide = table.arrow.set(0, pa.field("doc_id", pa.large_string()))
    assert wrong_columns(table, wide) == []
