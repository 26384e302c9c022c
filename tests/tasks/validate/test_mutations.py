"""Every promise of every contract, broken in turn, has its consequence; sound rows have none.

By our own SQL here; with Great Expectations beside it in the slow test, which is the benchmark's whole round.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import mutations
from schemas.catalog import TABLES
from schemas.contract import SEVERITIES, TableCheck
from schemas.derive.expectations import expectations
from tasks.validate.runner import validate

SAMPLE = 11  # every eleventh promise of a table: one of each kind is among them


def test_sound_rows_raise_no_alarm(tmp_path: Path):
    wrong, checks = mutations.false_alarms(tmp_path / "sound", validate)
    assert wrong == [] and checks > 600


def test_every_broken_promise_about_a_row_of_a_document_is_caught(tmp_path: Path):
    missed, promises = mutations.missed_of_documents(tmp_path / "rows", validate)
    assert missed == [] and promises > 350


def test_every_broken_promise_about_other_rows_is_caught(tmp_path: Path):
    missed, promises = mutations.missed_of_runs(tmp_path / "runs", validate)
    assert missed == [] and promises > 100


def test_broken_promises_about_tables_are_caught(tmp_path: Path):
    cases = list(mutations.table_cases())[::SAMPLE]
    assert mutations.missed_of_tables(tmp_path, validate, cases) == [] and len(cases) > 7


@pytest.mark.slow
def test_every_broken_promise_is_caught_by_both_engines(capsys: pytest.CaptureFixture[str]):
    assert mutations.main() == 0, capsys.readouterr().out


def test_a_proof_that_proves_too_much_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The round would see it if a proof spared a search that finds something."""
    case = next(c for c in mutations.table_cases() if c.name == "terms: key-unique")
    assert isinstance(case.check, TableCheck) and case.check.proof
    monkeypatch.setattr("tasks.validate.stage.proof", lambda table, check: "SELECT TRUE")
    assert mutations.missed_of_tables(tmp_path, validate, [case]) == ["terms: key-unique is passed"]


@pytest.mark.parametrize("name", TABLES)
def test_every_check_says_how_grave_it_is_what_it_promises_and_what_to_do(name: str):
    for c in expectations(TABLES[name]):
        meta = c["meta"]
        assert meta["severity"] in SEVERITIES and meta["description"].endswith(".") and meta["next_step"].endswith("."), meta
    for check in TABLES[name].history_checks:
        assert check.severity in SEVERITIES and check.description.endswith(".") and check.next_step.endswith((".", "`.")), check.id
