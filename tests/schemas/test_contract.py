"""Contracts keep their own grammar: names, severities, patterns that mean the same in both engines."""

from __future__ import annotations

import re

import duckdb
import pytest

from schemas.catalog import DATA, PUBLISHED, TABLES
from schemas.contract import CRITICAL, SEVERITIES, Between, Column, Matches, NotNull, OneOf, Table
from schemas.ids import article_id, batch_id, doc_id, file_id
from tests.schemas.rows import row

PATTERNS = sorted({p.pattern for t in TABLES.values() for c in t.columns for p in c.checks if isinstance(p, Matches)})
# Where the two engines are known to part: a final newline, digits, letters and blanks outside ASCII, case folding, NUL, long input.
HOSTILE = ["", "\n", "a\n", "\na", "１２", "٣", "ſ", "K", "é", "e\u0301", "\u3000", "\u00a0", "a\u2028b", "\x00", "a\x00", "𠮷", "-", "_",
           "a-", "a--b", "A", "word", "two words", "a" * 5000, "0" * 32, "0" * 33, "f" * 64, "text/plain", "text/plain\n", "utf-8",
           "zh-Hans",
           "110101", "110101１", "pinyin-gloss", "nav.top_line"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_the_same_in_re_and_in_re2(pattern: str):
    samples = HOSTILE + [v for t in TABLES.values() for v in row(t.name).values() if isinstance(v, str)]
    samples += [s + tail for s in list(samples) if len(s) < 100 for tail in ("\n", "１", "z", " ")]
    python = [re.fullmatch(pattern, s) is not None for s in samples]
    re2 = duckdb.execute("SELECT regexp_full_match(s, ?) FROM (SELECT unnest(?) AS s)", [pattern, samples]).fetchall()
    assert [s for s, p, (r,) in zip(samples, python, re2, strict=True) if p != r] == []
    assert any(python) and not all(python), "the samples do not try this pattern"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_avoids_what_the_engines_read_differently(pattern: str):
    assert not re.search(r"\\[dDwWsSbBAZz1-9]|\(\?|[$^](?![^\[]*\])", pattern)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_names_and_severities(table: Table):
    checks = [*table.all_row_checks, *table.all_table_checks, *table.history_checks]
    assert len({c.id for c in checks}) == len(checks), "two checks of a table share an id"
    for check in checks:
        assert check.severity in SEVERITIES and check.description and check.next_step
        assert re.fullmatch("[a-z0-9_]+(-[a-z0-9_]+)+", check.id), check.id
        sql = getattr(check, "holds", "") + getattr(check, "sql", "")
        assert not re.search(r"(?<!:):[a-z]", sql), "SQLAlchemy reads :name as a parameter"
        assert set(getattr(check, "needs", ())) <= set(TABLES)
        if getattr(check, "column", ""):
            assert check.column in table
    assert all(c.description.endswith((".", "…", ")")) for c in table.columns if c.description)


def test_children_come_after_their_parents():
    order = list(TABLES)
    for table in TABLES.values():
        for r in table.references:
            parent = TABLES[r.table]
            assert set(r.target_columns) >= set(parent.key), f"{table.name} refers to less than the key of {r.table}"
            assert r.table == table.name or order.index(r.table) < order.index(table.name)
            assert [table[a].type for a in r.columns] == [parent[b].type for b in r.target_columns]


def test_keys_are_never_null_and_promise_their_form_somewhere():
    for table in TABLES.values():
        referred = {c for r in table.references for c in r.columns}
        for name in table.key:
            assert not table[name].nullable
            if name.endswith("_id") and table[name].type == "string" and name not in referred | {"check_id"}:
                assert any(isinstance(p, Matches) for p in table[name].checks), f"{table.name}.{name}"


def test_data_tables_carry_the_run_and_nothing_else_is_volatile_but_times():
    for name, table in DATA.items():
        if table.stage != "publish":
            assert table.volatile == ("run_id",), name
    assert not {"contents", "marks", "arrival_events"} & set(PUBLISHED)


def test_severity_is_critical_only_for_what_may_refuse_a_document():
    judged = {"quality_score", "residual_dirt", "confidence-of"}
    for table in TABLES.values():
        for check in table.all_row_checks:
            if check.severity == CRITICAL and check.column in judged:
                assert isinstance(check.promise, NotNull | Between), check.id
            if isinstance(check.promise, OneOf) and check.severity == CRITICAL:
                assert check.column in ("action", "event", "newline"), check.id


def test_arrow_carries_descriptions_and_a_stage_does_not_know_its_run():
    kept = TABLES["kept"]
    assert kept.arrow.field("start").metadata[b"unit"] == b"code points"
    assert kept.stage_arrow.names == ["doc_id", "start", "stop", "article_id", "article_start"]
    assert kept.arrow.names[-1] == "run_id"
    assert TABLES["contents"].stage_arrow.equals(TABLES["contents"].arrow)


def test_a_contract_that_contradicts_itself_is_refused():
    column = Column("a", TABLES["kept"]["start"].type, "A.")
    with pytest.raises(ValueError, match="twice"):
        Table("t", "a row", ("a",), (column, column), "split")
    with pytest.raises(ValueError, match="no column b"):
        Table("t", "a row", ("b",), (column,), "split")


def test_ids_are_the_same_on_every_machine():
    f = file_id(b"")
    assert f == "e3b0c44298fc1c149afbf4c8996fb924"
    assert doc_id(f, 1) != doc_id(f, 2) and len(article_id(doc_id(f, 1), 1)) == 32
    assert batch_id(["b", "a"]) == batch_id(["a", "b"]) != batch_id(["a"])
