"""The run log: bounded, no line lost or torn by two writers, numbers of runs go on across files."""

from __future__ import annotations

import json
import threading

import pytest

from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.records import State


@pytest.fixture
def layout(tmp_path, monkeypatch) -> Layout:
    monkeypatch.setattr(runlog, "FILE_BYTES", 2_000)
    monkeypatch.setattr(runlog, "KEPT", 4)
    return Layout.of(tmp_path / "w")


def everything(layout: Layout) -> list[dict]:
    files = [*runlog.aside(layout), layout.run_log]
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_a_full_log_is_put_aside_and_only_the_newest_are_kept(layout):
    for n in range(1, 200):
        runlog.append(layout, {"run_id": n, "status": "nothing-new", "x": "x" * 50})
    files = runlog.aside(layout)
    assert len(files) == 4 and sum(p.stat().st_size for p in files) + layout.run_log.stat().st_size < 5 * 2_200
    kept = [e["run_id"] for e in everything(layout) if "run_id" in e]
    assert kept == list(range(kept[0], 200))
    near = [e["run_id"] for e in runlog.entries(layout) if "run_id" in e]
    assert near == kept[-len(near) :] and len(near) < len(kept)
    assert len(near) > sum("run_id" in json.loads(line) for line in layout.run_log.read_text().splitlines())  # and the file before
    far = [e["run_id"] for e in runlog.entries(layout, since=kept[0] + 1) if "run_id" in e]
    assert far == kept


def test_numbers_go_on_where_the_log_tells_of_no_run(layout):
    runlog.append(layout, {"run_id": 41, "status": "failed"})
    for _ in range(60):
        runlog.append(layout, {"event": "fired", "outcome": "missed", "x": "x" * 50})
    assert not any(e.get("run_id") for e in runlog.entries(layout))
    assert runlog.next_run_id(layout, State()) == 42


def test_writers_side_by_side_lose_no_line(layout, monkeypatch):
    monkeypatch.setattr(runlog, "KEPT", 1_000)

    def write(who: int) -> None:
        for n in range(30):
            runlog.append(layout, {"who": who, "n": n, "x": "x" * 40})

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    told = [(e["who"], e["n"]) for e in everything(layout) if "who" in e]
    assert sorted(told) == [(who, n) for who in range(4) for n in range(30)]
    assert len(runlog.aside(layout)) > 3


def test_a_torn_last_line_is_passed_over(layout):
    runlog.append(layout, {"run_id": 1})
    with layout.run_log.open("ab") as log:
        log.write(b'{"run_id": 2, "sta')
    runlog.append(layout, {"run_id": 3})
    assert [e["run_id"] for e in runlog.entries(layout)] == [1, 3]
