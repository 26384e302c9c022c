"""taojin status and --fail-on: failed checks with their figures and next step, stale input, faults of the past, exit codes for monitors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flows import ingest as ingest_module
from flows.__main__ import main
from flows.commands.ingest import perform
from flows.ingest import IngestResult
from flows.judgement import counted, failed_checks, is_too_bad
from flows.run import note, now
from flows.settings import Settings, load
from tasks.storage.layout import Layout
from tasks.storage.serving import serving_lock, tell_serving
from tests.tasks.storage.small import ingest, seeds

ROW = {"table_name": "documents", "check_id": "documents-removed", "dimension": "塔山网", "severity": "warning", "scope": "history",
       "status": "failed", "evaluated": 40, "unexpected": None, "observed_value": "0.8213", "baseline": 0.1, "lower_bound": 0.04,
       "upper_bound": 0.16}  # fmt: skip
REFUSED = ROW | {"table_name": "facts", "check_id": "span", "dimension": "", "severity": "critical", "scope": "row", "unexpected": 3,
                 "lower_bound": None, "upper_bound": None}  # fmt: skip
TOLD = ROW | {"severity": "info"}


def test_a_failed_check_tells_figure_band_and_next_step():
    refused, removed = failed_checks([ROW, TOLD, ROW | {"status": "passed"}, REFUSED])
    assert (removed.name, removed.finding) == ("documents.documents-removed (塔山网)", "0.821, usually 0.04 to 0.16")
    assert "taojin diff" in removed.next_step
    assert (refused.name, refused.finding) == ("facts.span", "3 of 40 rows")
    assert "could not be run" in failed_checks([ROW | {"status": "errored", "severity": "info"}])[0].finding


def test_failures_for_information_are_counted_apart():
    rows = [ROW, TOLD, ROW | {"status": "errored"}]
    said = counted({"failed": 2, "passed": 1200, "errored": 1}, failed_checks(rows))
    assert said == "1,200 passed, 2 failed (1 for information only), 1 errored"
    assert counted({"failed": 1}, failed_checks(rows[:1])) == "1 failed"


@pytest.mark.parametrize(
    ("rows", "bad_at"),
    [([], []), ([TOLD], []), ([ROW], ["warn"]), ([ROW, REFUSED], ["critical", "warn"])],
)
def test_levels(rows: list[dict], bad_at: list[str]):
    levels = ("blocked", "critical", "warn")
    assert [level for level in levels if is_too_bad("done", failed_checks(rows), level)] == bad_at
    assert all(is_too_bad("blocked", failed_checks(rows), level) for level in levels)


@pytest.mark.parametrize(("level", "code"), [("blocked", 0), ("critical", 0), ("warn", 1)])
def test_ingest_ends_as_asked(tmp_path: Path, monkeypatch, capfd, level: str, code: int):
    result = IngestResult("nothing-new", 1, 0.1, failed_checks=tuple(failed_checks([ROW])))
    monkeypatch.setattr("flows.commands.ingest.ingest", lambda *_args, **_named: result)
    assert perform(load(environ={}, warehouse=tmp_path, fail_on=level), [tmp_path]) == code
    assert ("did not pass" in capfd.readouterr().err) == bool(code)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    ingest(tmp_path / "w", seeds())
    return tmp_path / "w"


def status(capfd, *arguments: str) -> tuple[int, str]:
    code = main(["status", *arguments])
    return code, capfd.readouterr().out


def test_stale_input_and_an_old_fault(warehouse: Path, capfd, monkeypatch):
    layout = Layout.of(warehouse)
    fault = {"flow": "ingest", "started_at": now(), "finished_at": now(), "status": "failed", "error": "disk full"}
    note(layout, {"run_id": 7, **fault})
    code, out = status(capfd, "-w", str(warehouse))
    assert code == 0 and "last run   7 ingest FAILED" in out and "disk full" in out
    assert status(capfd, "-w", str(warehouse), "--fail-on", "blocked")[0] == 1
    note(layout, {"run_id": 8, **fault, "status": "nothing-new", "error": None})
    code, out = status(capfd, "-w", str(warehouse), "--fail-on", "blocked")
    assert code == 0 and "last run   8 ingest nothing-new" in out and "last fault 7 ingest FAILED" in out
    monkeypatch.setenv("TAOJIN_ALERT_STALE_HOURS", "24")
    code, out = status(capfd, "-w", str(warehouse), "--fail-on", "blocked", "--json")
    found = json.loads(out)
    assert code == 1 and found["input"]["stale"] and "limit 24 h" in found["wrong"][0]
    assert found["last_failed_run"]["run_id"] == 7 and found["input"]["limit_hours"] == 24


def test_who_serves_and_when_it_is_due(warehouse: Path, capfd):
    layout = Layout.of(warehouse)
    told = {"pid": 77, "cron": "0 2 * * *", "timezone": "Asia/Shanghai", "next": "2099-01-01T18:00:00"}
    with serving_lock(layout):
        tell_serving(layout, told)
        _, out = status(capfd, "-w", str(warehouse))
        assert 'serving    process 77: cron "0 2 * * *" Asia/Shanghai; next in ' in out
        assert json.loads(status(capfd, "-w", str(warehouse), "--json")[1])["serving"] == told
    assert "serving" not in status(capfd, "-w", str(warehouse))[1]


def test_a_real_run_tells_the_same_as_status(settings: Settings, seeds: Path, quick, capfd):
    def worse(result):
        rows = result.checks.to_pylist()
        rows[0] |= {"status": "failed", "severity": "warning", "unexpected": 2, "evaluated": 3, "observed_value": None}
        return replace(result, checks=result.checks.from_pylist(rows, schema=result.checks.schema))

    quick(worse)
    result = ingest_module.ingest(settings, [seeds])
    [check] = [c for c in result.failed_checks if c.unexpected == 2]
    code, out = status(capfd, "-w", str(settings.warehouse), "--fail-on", "warn")
    assert code == 1 and f"warning  {check.name}: 2 of 3 rows" in out and check.next_step in out
    assert status(capfd, "-w", str(settings.warehouse), "--fail-on", "critical")[0] == 0
