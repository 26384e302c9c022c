"""ingest from discovery to publication: what is new, what is not, what is refused, what stops it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.commands.ingest import moment
from flows.ingest import bury, ingest
from flows.rebuild import rebuild
from flows.run import pipeline_version
from flows.settings import Settings
from schemas.ids import doc_id, file_id
from tasks.errors import TaojinError, UnreadableInput, UsageError
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.progress import read_progress, write_progress
from tasks.storage.reader import open_published
from tasks.storage.receipts import waiting
from tasks.validate.request import ValidationResult
from tasks.workers import Stopped
from tests.flows.conftest import FINGERPRINTS


def ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_published(settings.warehouse) as db:
        return db.execute(query).fetchall()


def one(settings: Settings, query: str) -> Any:
    [(value,)] = ask(settings, query)
    return value


@pytest.fixture
def no_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    """What must be decided before anything heavy starts."""
    monkeypatch.setattr("flows.ingest.carry_out", lambda run: pytest.fail("a run was started"))


def test_dry_run_of_an_empty_warehouse_says_what_would_be_done_and_writes_nothing(tmp_path: Path, seeds: Path, no_prefect: None):
    settings = Settings(warehouse=tmp_path / "w")
    result = ingest(settings, [seeds], dry_run=True)
    assert (result.status, result.files_new, result.planned) == ("dry-run", 3, (("decode", 3, result.bytes_new),))
    assert not settings.warehouse.exists()


def test_a_killed_run_is_on_record_once(tmp_path: Path, seeds: Path):
    layout = Layout.of(tmp_path / "w")
    layout.make()
    left = {"run_id": 1, "flow": "ingest", "stage": "process", "started_at": "2026-01-02T03:04:05", "told_at": "2026-01-02T03:05:00"}
    runlog.append(layout, {"run_id": 1, "prefect": {}})  # told while it ran
    for _ in range(2):
        write_progress(layout, left)
        bury(layout, load_state(layout))
    _, entry = runlog.entries(layout)
    assert (entry["run_id"], entry["status"], "killed in stage process" in entry["error"]) == (1, "failed", True)
    assert read_progress(layout) is None
    assert runlog.next_run_id(layout, load_state(layout)) == 2


def test_since_looks_at_younger_files_only_and_calls_nothing_gone(tmp_path: Path, seeds: Path, no_prefect: None):
    settings = Settings(warehouse=tmp_path / "w")
    old, *_ = sorted(seeds.iterdir())
    os.utime(old, (0, 0))
    for said in ("2001-09-09", "2001-09-09T01:46:40", "90m"):
        result = ingest(settings, [seeds], dry_run=True, since=moment(said))
        assert (result.files_seen, result.files_new, result.gone) == (2, 2, 0)
    assert ingest(settings, [seeds], dry_run=True, since=moment("1969-12-31")).files_new == 3
    with pytest.raises(UsageError, match="is no moment"):
        moment("yesterday")


def test_a_path_that_is_not_there_is_an_error_and_on_record(tmp_path: Path, no_prefect: None):
    settings = Settings(warehouse=tmp_path / "w")
    with pytest.raises(UnreadableInput):
        ingest(settings, [tmp_path / "nothing"])
    [entry] = runlog.entries(Layout.of(settings.warehouse))
    assert (entry["status"], "cannot be read" in entry["error"]) == ("failed", True)


def test_nothing_at_all_is_nothing_new(tmp_path: Path, no_prefect: None):
    settings = Settings(warehouse=tmp_path / "w", seeds=tmp_path / "seeds")
    assert (ingest(settings).status, ingest(settings).run_id) == ("nothing-new", 2)


def test_rebuild_of_an_empty_warehouse_is_wrong_use(tmp_path: Path):
    with pytest.raises(UsageError):
        rebuild(Settings(warehouse=tmp_path / "w"))


def test_whole_way_with_both_engines_then_nothing_new(settings: Settings, seeds: Path, monkeypatch: pytest.MonkeyPatch):
    """The one test that also starts Great Expectations."""
    told: list[str] = []
    result = ingest(settings, [seeds], lambda stage, *_: told.append(stage))
    assert (result.status, result.files_new, result.articles_new, result.generation, result.refused) == ("done", 3, 3, 1, ())
    assert ask(settings, "select * from checks where severity = 'critical' and status not in ('passed', 'learning', 'skipped')") == []
    assert result.checks["passed"] > 100
    assert list(dict.fromkeys(told)) == ["discover", "read", "start", "process", "validate", "commit", "publish"]
    assert one(settings, "select count(*) from articles where text like '%名职工参加培训%'") == 3
    assert one(settings, "select count(*) from edits anti join rules using (rule_id, rule_version)") == 0
    assert one(settings, "select count(*) from rules where stage in ('clean', 'split') and why <> ''") > 30
    assert one(settings, "select count(distinct run_id) from stage_timings where stage in ('decode', 'enrich')") == 1
    monkeypatch.setattr("flows.ingest.carry_out", lambda run: pytest.fail("a run was started"))
    again = ingest(settings, [seeds])
    assert (again.status, again.files_known, again.generation, again.path) == ("nothing-new", 3, 1, result.path)


@pytest.mark.slow
def test_files_change_move_and_go(settings: Settings, seeds: Path, quick: Callable):
    ingest(settings, [seeds])
    ingest(settings, [seeds])  # nothing new; enters `runs` below
    (seeds / "第1页.txt").write_text("第1号通知\n\n内容已经更正。\n")
    (seeds / "第2页.txt").rename(seeds / "moved.txt")
    shutil.copy(seeds / "第3页.txt", seeds / "copy.txt")
    result = ingest(settings, [seeds])
    assert (result.files_new, result.duplicates, result.gone) == (1, 0, 1)
    states = {name: state for name, state in ask(settings, "select name || left(file_id, 4), state from arrivals order by 1")}
    assert sorted(states.values()) == ["current"] * 4 + ["gone", "superseded"]
    assert one(settings, "select count(*) from seed_files") == 4
    assert one(settings, "select count(*) from articles_current") == 3
    assert ask(settings, "select run_id, status, files_new, generation from runs order by 1") == [
        (1, "done", 3, 1), (2, "nothing-new", 0, None), (3, "done", 1, 2),
    ]  # fmt: skip
    assert one(settings, "select any_value(pipeline_version) from runs") == pipeline_version()
    assert ingest(settings, [seeds / "copy.txt"]).status == "nothing-new"
    assert one(settings, "select count(*) from arrivals where state = 'gone'") == 1, "one file is not a whole folder"


@pytest.mark.slow
def test_a_blocked_run_shows_itself_keeps_the_data_and_is_tried_again(settings: Settings, seeds: Path, quick: Callable):
    ingest(settings, [seeds])
    before = ask(settings, "select * exclude (run_id) from articles order by article_id")
    (seeds / "第4页.txt").write_text("第4号通知\n\n这一批不许发布。\n")
    quick(lambda result: replace(result, blocked=True, reason="too many documents fail"))
    result = ingest(settings, [seeds])
    assert (result.status, result.generation, result.reason) == ("blocked", 2, "too many documents fail")
    assert ask(settings, "select * exclude (run_id) from articles order by article_id") == before
    assert one(settings, "select status from runs where run_id = 2") == "blocked"
    assert one(settings, "select count(*) from checks where run_id = 2") > 0
    assert one(settings, "select count(*) from arrivals") == 3
    assert len(list(waiting(Layout.of(settings.warehouse)))) == 1
    quick()
    again = ingest(settings, [seeds])
    assert (again.status, again.files_new, again.generation) == ("done", 1, 3)
    assert one(settings, "select count(*) from articles") == 4
    assert list(waiting(Layout.of(settings.warehouse))) == []


@pytest.mark.slow
def test_a_document_that_the_checks_refuse_leaves_and_comes_back_by_retry(settings: Settings, seeds: Path, quick: Callable):
    bad = file_id((seeds / "第2页.txt").read_bytes())

    def refuse(result: ValidationResult) -> ValidationResult:
        return replace(result, refused={doc_id(bad, 1): "its text is wrong"}, refused_files={doc_id(bad, 1): bad})

    quick(refuse)
    result = ingest(settings, [seeds])
    assert [(r.name, r.stage, r.reason) for r in result.refused] == [("第2页.txt", "validate", "its text is wrong")]
    assert one(settings, "select count(*) from documents") == 2
    assert one(settings, "select count(*) from seed_files") == 3, "its bytes and its name stay"
    assert ingest(settings, [seeds]).status == "nothing-new", "not again by the same code"
    quick()
    again = ingest(settings, retry=[(1, 1, bad)])
    assert (again.status, again.recomputed) == ("done", {"decode": 1})
    assert one(settings, "select count(*) from documents") == 3
    assert ask(settings, "select quarantine_run_id, action, outcome from quarantine_actions") == [(1, "retry", "released")]


@pytest.mark.slow
def test_killers_and_giants_go_to_quarantine_once(settings: Settings, seeds: Path, quick: Callable):
    (seeds / "killer.txt").write_text("这里杀进程。\n")
    (seeds / "poison.txt").write_text("这里有毒。\n")
    (seeds / "giant.txt").write_bytes(b"x" * 3000)
    quick(module="tests.tasks.poisoned")
    settings = replace(settings, record_limit_bytes=2000)
    result = ingest(settings, [seeds])
    assert (result.status, result.articles_new, len(result.refused)) == ("done", 3, 3)
    rows = ask(settings, "select check_id, stage, reason, replay from quarantine order by check_id")
    assert [(check, stage) for check, stage, _, _ in rows] == [("crashed", "clean"), ("raised", "clean"), ("too_large", "ingest")]
    assert all(replay.startswith("taojin ") for _, _, _, replay in rows)
    assert ask(settings, "select documents_quarantined, files_skipped from runs") == [(2, 1)]
    again = ingest(settings, [seeds])
    assert (again.status, [p.kind for p in again.problems]) == ("nothing-new", ["too_large"])


@pytest.mark.slow
def test_changed_code_begins_at_the_changed_stage_and_rebuild_at_the_bytes(
    settings: Settings, seeds: Path, quick: Callable, monkeypatch: pytest.MonkeyPatch
):
    ingest(settings, [seeds])
    query = "select * exclude (run_id) from sentences order by article_id, sentence_no"
    before = ask(settings, query)
    shutil.rmtree(seeds)  # the warehouse needs no seeds
    seeds.mkdir()
    monkeypatch.setattr("flows.ingest.fingerprints", lambda s: FINGERPRINTS | {"enrich": "changed"})
    result = ingest(settings, [seeds])
    assert (result.recomputed, result.gone, result.files_new) == ({"enrich": 1}, 3, 0)
    assert ask(settings, query) == before
    built = rebuild(settings)
    assert (built.recomputed, built.status, built.generation) == ({"decode": 1}, "done", 3)
    assert ask(settings, query) == before
    assert one(settings, "select flow from runs where run_id = 3") == "rebuild"


@pytest.mark.slow
def test_ctrl_c_ends_after_the_batch_and_the_next_run_goes_on(settings: Settings, seeds: Path, quick: Callable):
    for n in range(4, 31):  # so many that a fast machine cannot finish them all before the signal is heard
        (seeds / f"第{n}页.txt").write_text(f"第{n}号通知\n\n今年共有{n}00名职工参加培训，比去年增长{n}%。\n" * 50)
    settings = replace(settings, batch_files=1)
    before = signal.getsignal(signal.SIGINT)  # ignored where the tests themselves run in the background
    pressed: list[int] = []

    def interrupt(stage: str, done: int, total: int, detail: str) -> None:
        if (stage, done) == ("process", 1) and not pressed:
            pressed.append(done)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Stopped):
        ingest(settings, [seeds], interrupt)
    finished = len(list(waiting(Layout.of(settings.warehouse))))
    assert 1 <= finished < 30
    assert load_state(Layout.of(settings.warehouse)).number == 0
    assert signal.getsignal(signal.SIGINT) is before
    result = ingest(settings, [seeds])
    assert (result.status, result.articles_new, result.rows_of) == ("done", 30, (1, 2)), "its summary counts what the first one finished"
    assert ask(settings, "select run_id, status from runs order by 1") == [(1, "failed"), (2, "done")]


@pytest.mark.slow
def test_what_fails_on_the_way_is_an_error_on_record_and_costs_no_finished_batch(settings: Settings, seeds: Path, quick: Callable):
    def fail(result: ValidationResult) -> ValidationResult:
        raise TaojinError("The validator fell over.", "Try again.")

    quick(fail)
    with pytest.raises(TaojinError, match="fell over"):
        ingest(settings, [seeds])
    assert len(list(waiting(Layout.of(settings.warehouse)))) == 1
    quick()
    ingest(settings, [seeds])
    assert ask(settings, "select status, error from runs order by run_id") == [("failed", "The validator fell over."), ("done", None)]
