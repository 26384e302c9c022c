"""Worker processes: one document that kills or hangs its worker costs itself and nobody else."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.ids import doc_id, file_id
from tasks.care import Limits
from tasks.storage.layout import Layout
from tasks.storage.records import Job
from tasks.workers import Child, Died, Stopped, Workers
from tests.conftest import PROJECT
from tests.tasks.ingest.packed import answer, jsonl, warc
from tests.tasks.test_work import TEXTS, job, layout, rows

__all__ = ["job", "layout"]

MODULE = "tests.tasks.poisoned"


def test_what_kills_or_raises_is_found_and_its_neighbours_go_through(layout: Layout, job: Callable[..., Job]):
    bad = {"killer.txt": "这里杀进程。\n", "poison.txt": "这里有毒。\n"}
    with Workers(1, 60, module=MODULE) as workers:
        receipt = workers.run(job(TEXTS | bad))
        again = workers.run(job(TEXTS | bad))
    assert {r["file_id"]: r["kind"] for r in receipt.refused_inputs} == {
        file_id(bad["killer.txt"].encode()): "crashed",
        file_id(bad["poison.txt"].encode()): "raised",
    }
    assert any("SIGKILL" in r["reason"] for r in receipt.refused_inputs)
    assert len(rows(layout, receipt, "documents", "doc_id")) == len(TEXTS)
    assert sorted(rows(layout, receipt, "contents", "file_id")) == sorted(receipt.file_ids), "all bytes are kept"
    assert again == receipt, "the receipt of the pieces is adopted"


@pytest.mark.slow
def test_what_hangs_is_ended_and_its_neighbours_go_through(layout: Layout, job: Callable[..., Job]):
    texts = {"1.txt": TEXTS["1.txt"], "sleeper.txt": "这里睡着了。\n"}
    with Workers(1, 60, document_seconds=12, module=MODULE) as workers:
        receipt = workers.run(job(texts))
    assert ["more than 12 seconds" in r["reason"] for r in receipt.refused_inputs] == [True]
    assert len(rows(layout, receipt, "documents", "doc_id")) == 1


def test_what_eats_memory_is_refused_and_its_neighbours_go_through(layout: Layout, job: Callable[..., Job]):
    texts = {"1.txt": TEXTS["1.txt"], "eater.txt": "这里吃内存。\n"}
    with Workers(1, 60, memory_bytes=1 << 30, module=MODULE) as workers:
        receipt = workers.run(job(texts))
    [refused] = receipt.refused_inputs
    assert refused["file_id"] == file_id(texts["eater.txt"].encode())
    assert "needs more memory than a worker may have (1,024 MiB" in refused["reason"] or "killed the worker" in refused["reason"]
    assert len(rows(layout, receipt, "documents", "doc_id")) == 1


@pytest.mark.slow
def test_a_record_that_hangs_costs_itself_and_no_other_of_its_container(
    layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TAOJIN_FAULT", "poison")
    texts = [*TEXTS.values(), "poison:sleep@enrich\n", *(t + "。" for t in TEXTS.values())]
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    with Workers(1, 60, document_seconds=12) as workers:
        receipt = workers.run(job({"records.jsonl": lines}))
    [refused] = receipt.refused_inputs
    assert refused["doc_id"] == doc_id(receipt.file_ids[0], len(TEXTS) + 1)
    assert (refused["kind"], refused["stage"]) == ("crashed", "enrich") and "more than 12 seconds" in refused["reason"]
    assert receipt.counts["documents"] == 2 * len(TEXTS)


@pytest.mark.slow
def test_records_that_kill_their_reader_cost_themselves_alone(layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TAOJIN_FAULT", "poison")
    good = [f"第{n}号堤坝在汛前加固了{n + 2}处，沿岸各村都派了人。\n" for n in range(5)]
    texts = [*good[:2], "poison:exit@ingest\n", good[2], "poison:segfault@ingest\n", *good[3:]]
    pages = b"".join(gzip.compress(warc("response", answer(t.encode()))) for t in texts[:4])
    files = {"r.jsonl": jsonl([{"text": t} for t in texts]), "r.warc.gz": pages}
    with Workers(1, 60, document_seconds=12) as workers:
        receipt = workers.run(job(files))
        assert workers.run(job(files)) == receipt, "a later run adopts it"
    rows_of, pages_of = file_id(files["r.jsonl"]), file_id(files["r.warc.gz"])
    killers = {doc_id(rows_of, 3), doc_id(rows_of, 5), doc_id(pages_of, 3)}
    assert {(r["doc_id"], r["kind"], r["stage"]) for r in receipt.refused_inputs} == {(d, "crashed", "ingest") for d in killers}
    assert {r["reason"].partition(":")[0] for r in receipt.refused_inputs} == {"reading record 3", "reading record 5"}
    wanted = {doc_id(rows_of, n) for n in (1, 2, 4, 6, 7)} | {doc_id(pages_of, n) for n in (1, 2, 4)}
    assert set(rows(layout, receipt, "documents", "doc_id")) == wanted


@pytest.mark.slow
def test_many_records_take_no_longer_than_they_may_one_by_one(layout: Layout, job: Callable[..., Job]):
    """The limit of a step is 2 seconds and some; all of them take longer."""
    texts = (f"第{n}号通知\n\n今年共有{n}00名职工参加培训，" * 30 for n in range(1500))
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    begun = time.monotonic()
    with Workers(1, 900, document_seconds=2) as workers:
        receipt = workers.run(job({"records.jsonl": lines}))
    assert receipt.refused_inputs == () and receipt.counts["documents"] == 1500
    assert time.monotonic() - begun > 2, "too fast to tell anything"


def test_a_worker_that_somebody_killed_is_no_documents_fault(layout: Layout, job: Callable[..., Job], tmp_path: Path):
    with Workers(1, 60, module=MODULE) as workers:
        receipt = workers.run(job({"once.txt": f"这里杀一次{tmp_path / 'killed'}\n"}))
    assert (tmp_path / "killed").exists() and receipt.refused_inputs == ()


def test_a_death_costs_no_other_batch(layout: Layout, job: Callable[..., Job]):
    jobs = [job({"killer.txt": "这里杀进程。\n"}), *(job({name: text}) for name, text in TEXTS.items())]
    with Workers(2, 60, module=MODULE) as workers, ThreadPoolExecutor(4) as threads:
        receipts = list(threads.map(workers.run, jobs))
    assert [len(r.refused_inputs) for r in receipts] == [1] + [0] * len(TEXTS)


WAYS = {-signal.SIGKILL: "SIGKILL", -signal.SIGSEGV: "SIGSEGV", 7: "exit code 7", 0: "exit code 0"}


@pytest.mark.parametrize(("way", "told"), WAYS.items())
def test_how_a_worker_ended_is_told_though_the_pool_asked_first(way: int, told: str, monkeypatch: pytest.MonkeyPatch):
    """The system tells one thread that waits for a process; the pool's own is given the lead, and is slow to pass it on."""
    asked, us = os.waitpid, threading.current_thread()

    def waitpid(pid: int, options: int) -> tuple[int, int]:
        if threading.current_thread() is us:
            time.sleep(0.1)
            return asked(pid, options)
        answer = asked(pid, options)
        time.sleep(0.5)
        return answer

    child = Child("tests.tasks.dying", 0)
    child.warm()
    monkeypatch.setattr(os, "waitpid", waitpid)
    with pytest.raises(Died, match=f"{told}\\)"):
        child.call(Limits(60, 60), "die", way)


def test_after_stop_nothing_begins(job: Callable[..., Job]):
    workers = Workers(1, 60, module=MODULE)
    workers.stop()
    with pytest.raises(Stopped):
        workers.run(job())


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path):
    program = tmp_path / "parent.py"
    program.write_text(
        "import sys, time\nfrom tasks.workers import Workers\n"
        "if __name__ == '__main__':\n    w = Workers(1, 60).start()\n"
        "    print(w._all[0]._pid.result(60), flush=True)\n    time.sleep(600)\n"
    )
    env = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen([sys.executable, program], cwd=PROJECT, env=env, stdout=-1, stderr=subprocess.DEVNULL, text=True) as p:
        assert p.stdout
        worker = int(p.stdout.readline())
        p.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while time.monotonic() < until and Path(f"/proc/{worker}/stat").exists() and " Z " not in Path(f"/proc/{worker}/stat").read_text():
        time.sleep(0.05)
    assert time.monotonic() < until, "the worker outlived its parent"
