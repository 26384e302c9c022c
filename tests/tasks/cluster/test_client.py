"""Dask workers: who is admitted, who gets work, what is lost with a worker. A real scheduler; most workers are threads of this process."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed: ./taojin setup dask")

import dask
from distributed import Client, LocalCluster, Security

from tasks.care import Limits
from tasks.cluster import client, worker
from tasks.cluster.client import DaskWorkers, SchedulerLost, Terms
from tasks.errors import TaojinError, UsageError
from tasks.storage.layout import Layout
from tasks.workers import Died, Stopped, Workers
from tests.tasks.test_work import TEXTS, job, layout, rows

__all__ = ["job", "layout"]

ECHO = "tests.tasks.cluster.echo"
SECONDS = Limits(60, 60)


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    """Two workers that somebody else started, in threads."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


@pytest.fixture
def ours(cluster: LocalCluster, layout: Layout) -> Iterator[Callable[..., DaskWorkers]]:
    """A command's connection to them; what it says is in `told`."""
    made: list[DaskWorkers] = []

    def make(**terms: object) -> DaskWorkers:
        told: list[str] = []
        agreed = replace(Terms(str(layout.root), {}, {}, module=ECHO), **terms)
        workers = DaskWorkers(cluster.scheduler_address, 2, agreed, 60, say=told.append)
        workers.told = told
        made.append(workers)
        return workers.start()

    yield make
    for workers in made:
        workers.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_each_worker_has_a_child_that_works_and_ends_with_the_command(ours: Callable[..., DaskWorkers], layout: Layout):
    workers = ours()
    workers.wait()
    until(lambda: len(workers._slots) == 2)
    with ThreadPoolExecutor(4) as threads:
        pids = set(threads.map(lambda _: workers.call(SECONDS, "where"), range(8)))
    assert 1 <= len(pids) <= 2 and os.getpid() not in {pid for pid, _ in pids}
    with pytest.raises(ValueError, match="not this one"):
        workers.call(SECONDS, "refuse")
    with pytest.raises(Died, match="killed the worker process"):  # by which signal is not always known any more
        workers.call(SECONDS, "die")
    assert workers.call(SECONDS, "where"), "the worker goes on with another child"
    workers.close()
    until(lambda: not any(is_alive(pid) for pid, _ in pids), 10)
    assert not list(layout.staging.iterdir()), "questions and answers are gone"


@pytest.mark.parametrize(("name", "stub", "sentence"), [
    ("answer", lambda *_: "another", "has another folder at {root}"),
    ("answer", lambda layout, *_: (layout.root / "nowhere").read_text(), "does not share the warehouse {root} (No such file or directory"),
    ("code_digest", lambda: "older", "runs other code of taojin"),
    ("fingerprints", lambda settings: {"decode": "d", "clean": "other"}, "by other libraries or data than this command (stage clean;"),
    ("unseen", lambda paths: list(paths), "does not see {input}"),
], ids=["another folder", "no folder", "other code", "other libraries", "no input"])  # fmt: skip
def test_workers_that_do_not_share_are_refused_by_name(
    ours: Callable[..., DaskWorkers], layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, stub: Callable, sentence: str,
):  # fmt: skip
    monkeypatch.setattr(worker, name, stub)
    seen = tmp_path / "page.txt"
    seen.touch()
    workers = ours(fingerprints={"decode": "d", "clean": "c"} if name == "fingerprints" else {}, paths=(str(seen), str(tmp_path / "gone")))
    with pytest.raises(UsageError) as refused:
        workers.wait()
    assert sentence.format(root=layout.root, input=seen) in refused.value.message
    assert re.search(r"Dask worker tcp://127\.0\.0\.1:\d+ \(on .+\)", refused.value.message)
    assert refused.value.hint
    assert not workers._slots


def test_what_a_worker_writes_must_arrive_here(ours: Callable[..., DaskWorkers], monkeypatch: pytest.MonkeyPatch):
    def unheard(*_: object) -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(client, "hear", unheard)
    with pytest.raises(UsageError, match="cannot be read and removed here"):
        ours().wait()


def test_one_refused_worker_is_told_and_the_others_work(
    ours: Callable[..., DaskWorkers], cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
):
    real, bad = worker._prove, next(iter(cluster.scheduler_info["workers"]))
    monkeypatch.setattr(client, "AGAIN_SECONDS", 0.2)
    answers = iter(["older"])
    monkeypatch.setattr(worker, "_prove", lambda *given: real(*given) | {"code": next(answers, client.code_digest())})
    workers = ours()
    workers.wait()
    assert workers.call(SECONDS, "where")
    assert bad and sum("runs other code" in s for s in workers.told) == 1
    until(lambda: len(workers._slots) == 2, 20)  # mended, it is admitted


def test_a_worker_that_joins_later_is_asked_before_it_gets_work(ours: Callable[..., DaskWorkers], cluster: LocalCluster):
    workers = ours()
    workers.wait()
    cluster.scale(3)
    until(lambda: len(workers._slots) == 3)
    with Client(cluster.scheduler_address, set_as_default=False) as other:
        [address] = list(other.scheduler_info()["workers"])[-1:]
        answer = other.submit(worker.work, ("nobody", address), SECONDS, "where", ((),), workers=[address]).result()
    assert isinstance(answer, worker.NotAdmitted), "work that is not from a command that admitted it is refused"


def test_what_dask_looks_up_for_itself_makes_no_worker_lost(ours: Callable[..., DaskWorkers], monkeypatch: pytest.MonkeyPatch):
    """Its own look, every two seconds, asks for no workers; what a shared answer lacks is there."""
    workers = ours()
    workers.wait()
    until(lambda: len(workers._slots) == 2)
    monkeypatch.setattr(Client, "scheduler_info", lambda *_, **__: {"workers": {}})
    time.sleep(3 * client.LOOK_SECONDS)
    assert len(workers._slots) == 2


def test_no_worker_at_all_is_told(cluster: LocalCluster, ours: Callable[..., DaskWorkers], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "JOIN_SECONDS", 0.5)
    cluster.scale(0)
    until(lambda: not cluster.scheduler.workers)
    with pytest.raises(SchedulerLost, match="has no workers") as lost:
        ours().wait()
    assert f"dask worker {cluster.scheduler_address}" in lost.value.hint


def test_nobody_at_the_address_is_told(layout: Layout, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.5)
    workers = DaskWorkers("tcp://127.0.0.1:9", 2, Terms(str(layout.root), {}, {}, module=ECHO), 60)
    with pytest.raises(SchedulerLost, match="does not answer"), workers:
        workers.wait()


def test_after_stop_batches_in_hand_end_and_no_other_begins(ours: Callable[..., DaskWorkers], tmp_path: Path):
    workers = ours()
    workers.wait()
    with ThreadPoolExecutor(3) as threads:
        batches = [threads.submit(workers.call, SECONDS, "run_batch", str(tmp_path)) for _ in range(3)]
        until(lambda: len(list(tmp_path.glob("began-*"))) == 2)
        workers.stop()
        (tmp_path / "go").touch()
        ended = [b.exception() for b in batches]
    assert sorted(type(e).__name__ for e in ended) == ["NoneType", "NoneType", "Stopped"]


def test_close_ends_what_is_in_hand(ours: Callable[..., DaskWorkers], tmp_path: Path):
    workers = ours()
    workers.wait()
    with ThreadPoolExecutor(1) as threads:
        batch = threads.submit(workers.call, SECONDS, "run_batch", str(tmp_path))
        until(lambda: list(tmp_path.glob("began-*")))
        workers.close()
        assert isinstance(batch.exception(20), Stopped)
    [pid] = [int(p.name.removeprefix("began-")) for p in tmp_path.glob("began-*")]
    until(lambda: not is_alive(pid), 10)


def test_a_command_that_was_killed_leaves_no_child_at_work_beside_the_next_one(ours: Callable[..., DaskWorkers], tmp_path: Path):
    first = ours()
    until(lambda: len(first._slots) == 2)  # or its late admission would end what the second one holds
    held = [first.call(SECONDS, "where")[0] for _ in range(2)]
    second = ours()  # of the same warehouse: the first one must be dead
    until(lambda: len(second._slots) == 2)
    assert {hold.root for hold in worker._holds.values()} == {first.terms.warehouse}
    assert {key[0] for key in worker._holds} == {second.token}
    until(lambda: not any(map(is_alive, held)), 10)


def test_a_scheduler_that_is_lost_is_one_clear_error(cluster: LocalCluster, ours: Callable[..., DaskWorkers], tmp_path: Path):
    workers = ours()
    workers.wait()
    with ThreadPoolExecutor(1) as threads:
        batch = threads.submit(workers.call, SECONDS, "run_batch", str(tmp_path))
        until(lambda: list(tmp_path.glob("began-*")))
        address = cluster.scheduler_address
        cluster.sync(cluster.scheduler.close)
        error = batch.exception(20)
        (tmp_path / "go").touch()
    assert isinstance(error, SchedulerLost), error
    assert f"The connection to the Dask scheduler at {address} was lost." in error.message
    assert "Finished batches are kept" in error.hint


def test_input_that_only_a_worker_does_not_see_is_no_vanished_file(
    ours: Callable[..., DaskWorkers], job: Callable, monkeypatch: pytest.MonkeyPatch
):
    workers = ours()
    workers.wait()
    here = job({"1.txt": "一。\n", "2.txt": "二。\n"})
    monkeypatch.setattr(worker, "unseen", lambda paths: list(paths))
    with pytest.raises(UsageError, match="does not see"):
        workers.call(SECONDS, "where", here)
    for _, path in here.contents:
        os.unlink(path)
    assert workers.call(SECONDS, "where", here), "gone everywhere: the worker says so of each file"


def test_tls_of_dask_s_own_configuration_counts(layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = Security.temporary()
    credentials = {"ca-file": made.tls_ca_file, "client.cert": made.tls_client_cert, "client.key": made.tls_client_key}
    for name, pem in credentials.items():
        (tmp_path / name).write_text(pem)
    monkeypatch.setattr(client, "CONNECT_SECONDS", 5.0)
    terms = Terms(str(layout.root), {}, {}, module=ECHO)
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tls", host="127.0.0.1", dashboard_address=None, silence_logs=50,
        security=made,
    ) as cluster:  # fmt: skip
        assert cluster.scheduler_address.startswith("tls://")
        with pytest.raises(SchedulerLost), DaskWorkers(cluster.scheduler_address, 1, terms, 60) as strangers:
            strangers.wait()
        with (
            dask.config.set({f"distributed.comm.tls.{name}": str(tmp_path / name) for name in credentials}),
            DaskWorkers(cluster.scheduler_address, 1, terms, 60) as workers,
        ):
            workers.wait()
            assert workers.call(SECONDS, "where")


@pytest.mark.slow
def test_a_killed_worker_costs_its_batch_s_time_and_poison_only_itself(layout: Layout, job: Callable, tmp_path: Path):
    """With processes of our own cluster: the same receipts as local workers give."""
    bad = {"killer.txt": "这里杀进程。\n"}
    told: list[str] = []
    with Workers(1, 60, module="tests.tasks.poisoned") as local:
        expected = local.run(job(TEXTS | bad))
        documents = sorted(rows(layout, expected, "documents", "doc_id"))
        for path in layout.staging.glob("*/receipt.json"):
            path.unlink()  # or it is adopted
    with DaskWorkers(None, 2, Terms(str(layout.root), {}, {}, module="tests.tasks.poisoned"), 60, say=told.append) as workers:
        workers.wait()
        assert all(a.startswith("tls://127.0.0.1:") for a in workers._slots), "encrypted, and on the loopback interface only"
        found = workers.run(job(TEXTS | bad))
        assert [(r["file_id"], r["kind"]) for r in found.refused_inputs] == [(r["file_id"], r["kind"]) for r in expected.refused_inputs]
        assert found.counts == expected.counts
        assert sorted(rows(layout, found, "documents", "doc_id")) == documents
    again = DaskWorkers(None, 2, Terms(str(layout.root), {}, {}, module=ECHO), 60, say=told.append)
    with again as workers, ThreadPoolExecutor(1) as threads:
        workers.wait()
        batch = threads.submit(workers.call, SECONDS, "run_batch", str(tmp_path))
        until(lambda: list(tmp_path.glob("began-*")))
        [child] = [int(p.name.removeprefix("began-")) for p in tmp_path.glob("began-*")]
        parent = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(parent, signal.SIGKILL)
        until(lambda: len(list(tmp_path.glob("began-*"))) == 2, 60)
        (tmp_path / "go").touch()
        assert batch.result(60)[0] != child
        until(lambda: not is_alive(child), 10)
        until(lambda: len(workers._slots) == 2, 60)  # Dask starts another process, and it is admitted
    assert any("its batch goes to another one" in s for s in told)


def test_a_batch_that_loses_worker_after_worker_ends_the_run(ours: Callable[..., DaskWorkers], monkeypatch: pytest.MonkeyPatch):
    def lost(*_: object) -> None:
        raise client._Lost

    workers = ours()
    workers.wait()
    monkeypatch.setattr(workers, "_call_on", lost)
    with pytest.raises(TaojinError, match="4 Dask workers, one after another"):
        workers.call(SECONDS, "where")
