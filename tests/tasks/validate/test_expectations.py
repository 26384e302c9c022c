"""Great Expectations beside our own SQL: the same counts, and never a silent pass. One import for the whole file: it is slow."""

from __future__ import annotations

import importlib
import tempfile
import types
from collections.abc import Callable

import pytest

from tasks.validate.request import CheckRequest
from tasks.validate.runner import validate
from tests.tasks.validate.conftest import Rows, rows_of, sound_rows
from tests.tasks.validate.test_runner import ROW_FAULTS, TABLE_FAULTS, statuses

Make = Callable[..., CheckRequest]


@pytest.fixture(scope="module")
def edge() -> types.ModuleType:
    return importlib.import_module("tasks.validate.expectations")


def test_every_check_of_a_sound_run_is_made_by_both(edge: types.ModuleType, request_for: Make):
    result = edge.answer(request_for(sound_rows(2)))
    assert not result.blocked, result.reason
    checks = [r for r in result.checks.to_pylist() if r["scope"] != "history" and r["status"] != "skipped"]
    assert {r["status"] for r in checks if r["severity"] == "critical"} == {"passed"}
    assert {r["expectation"] for r in checks} >= {"expect_column_values_to_not_be_null", "expect_column_values_to_be_in_set"}
    assert "taojin" not in {r["expectation"] for r in checks}


def test_both_count_the_same_failing_rows(edge: types.ModuleType, request_for: Make):
    rows: Rows = {}
    for n, fault in enumerate(ROW_FAULTS):  # one fault in each document
        for name, table_rows in rows_of(n).items():
            rows.setdefault(name, []).extend(table_rows)
        table, change, _ = ROW_FAULTS[fault]
        rows[table][-len(rows_of(n)[table])] |= change
    result = edge.answer(request_for(rows))
    assert [r for r in result.checks.to_pylist() if r["status"] == "errored"] == []
    assert {(table, check) for table, _, check in ROW_FAULTS.values()} <= {c for c, s in statuses(result).items() if s == "failed"}
    assert len(result.refused) == len(ROW_FAULTS)


def test_both_see_a_broken_table(edge: types.ModuleType, request_for: Make):
    rows: Rows = {}
    for n, (break_it, _) in enumerate(TABLE_FAULTS.values()):
        one = rows_of(n)
        break_it(one)
        for name, table_rows in one.items():
            rows.setdefault(name, []).extend(table_rows)
    result = edge.answer(request_for(rows))
    assert [r for r in result.checks.to_pylist() if r["status"] == "errored"] == []
    assert {check for _, check in TABLE_FAULTS.values()} <= {c for c, s in statuses(result).items() if s == "failed"}
    assert result.blocked and result.refused == {}


def test_nothing_is_left_behind(edge: types.ModuleType, request_for: Make, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    before = set(tmp_path.iterdir())
    edge.answer(request_for(sound_rows(1)))
    assert set(tmp_path.iterdir()) - before == {tmp_path / "staging"} and list((tmp_path / "tmp").iterdir()) == []


def test_a_count_that_differs_is_an_error_and_blocks(edge: types.ModuleType, request_for: Make):
    def second_opinion(database, plans, findings):
        findings["kept", "span-order"].unexpected = 5  # our SQL miscounts
        edge.second_opinion(database, plans, findings)

    result = validate(request_for(sound_rows(2)), second_opinion)
    assert statuses(result)["kept", "span-order"] == "errored"
    assert result.blocked and "Great Expectations counts 0 failing rows, our SQL 5" in result.reason


def test_an_expectation_that_raises_is_neither_passed_nor_failed(edge: types.ModuleType, request_for: Make, monkeypatch):
    made = edge._expectation

    def broken(c):
        expectation = made(c)
        if c["meta"]["check_id"] == "law-a-cover":
            expectation.column = "no_such_column"
        return expectation

    monkeypatch.setattr(edge, "_expectation", broken)
    result = edge.answer(request_for(sound_rows(2)))
    row = next(r for r in result.checks.to_pylist() if r["check_id"] == "law-a-cover")
    assert (row["status"], row["success"]) == ("errored", None) and "no_such_column" in row["observed_value"]
    assert result.blocked and "law-a-cover could not be run" in result.reason


def test_as_installed_nothing_would_run(edge: types.ModuleType, request_for: Make, monkeypatch):
    """The reason for our dialect; when this fails, Great Expectations has learnt DuckDB and the dialect may go."""
    monkeypatch.delattr(edge.ReadOnlyDialect, "do_rollback")
    monkeypatch.delattr(edge.ReadOnlyDialect, "do_begin")
    monkeypatch.delattr(edge.ReadOnlyDialect, "do_commit")
    result = edge.answer(request_for(sound_rows(1)))
    assert result.blocked and "errored" in statuses(result).values()
