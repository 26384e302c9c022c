"""Many workers: the same batches on a real Dask scheduler, undisturbed and with a worker that is killed, beside the local runner.

    python -m benchmarks.dask FOLDER [--batch 1MiB] [--calls 20]

Starts one `dask scheduler` and two `dask worker` commands on this machine. Prints whether all tables of data equal those of the
local runner (volatile columns aside), CPU and time of the whole command as ratios to it, and what one empty batch costs by our way
to Dask and by prefect-dask's task runner, on the same scheduler.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
from distributed import Client

from benchmarks.kills import differences
from flows.server import PrefectServer
from flows.settings import PROJECT, load
from tasks.care import Limits
from tasks.cluster.client import DaskWorkers, Terms
from tasks.storage.fingerprints import fingerprints
from tasks.storage.layout import Layout

WORKERS = 2
IDLE_SECONDS = 5.0


def warm_up() -> None:
    """Nothing to load: this module stands for tasks.work where only the way to a worker is measured."""


def nothing() -> None:
    """An empty batch."""


@contextmanager
def dask(home: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler and two workers, each a command of its own; ended at exit. Yields the address, and these three."""
    env = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONSAFEPATH": "1", "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    home.mkdir(exist_ok=True)
    told = home / "scheduler.json"
    told.unlink(missing_ok=True)
    processes: list[subprocess.Popen] = []

    def begin(*words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
        with open(home / f"{len(processes)}-{words[0]}.log", "w") as log:
            process = subprocess.Popen(command, env=env, cwd=home, stdout=log, stderr=log, start_new_session=True)
        processes.append(process)
        return process

    try:
        begin("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(told))
        while not told.exists():
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        for _ in range(WORKERS):
            begin("worker", address, "--nworkers", "1", "--nthreads", "1", "--local-directory", str(home))
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(WORKERS)
        yield address, processes
    finally:
        for process in processes[::-1]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def cpu_of(processes: list[subprocess.Popen]) -> float:
    """CPU seconds of process trees so far, with those of children that ended."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(process.pid)
            for each in (parent, *parent.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    times = each.cpu_times()
                    total += times.user + times.system + times.children_user + times.children_system
    return total


def ingest(folder: Path, warehouse: Path, batch: str, url: str, home: Path, runner: str, kill: subprocess.Popen | None = None) -> tuple:
    """One command; its seconds, its CPU seconds, and the sentences it told. `kill`: ended with all its kind when half is done."""
    env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_API_URL": url, "TAOJIN_PREFECT_HOME": str(home)}
    command = [sys.executable, "-m", "flows", "ingest", str(folder), "-w", str(warehouse), "--workers", str(WORKERS), "--runner", runner]
    command += ["--batch-size", batch]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(command, env=env, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        if kill:
            threading.Thread(target=_kill_in_the_middle, args=(warehouse, kill, process), daemon=True).start()
        told = [line.rstrip() for line in process.stderr]
        code = process.wait()
    if code:
        sys.exit(f"{' '.join(command)} ended with {code}:\n" + "\n".join(told[-20:]))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, cpu, [line for line in told if line.startswith("Dask worker")]


def _kill_in_the_middle(warehouse: Path, worker: subprocess.Popen, command: subprocess.Popen) -> None:
    """When some batches are finished: the worker, its nanny and its child die at once."""
    staging = Layout.of(warehouse).staging
    while command.poll() is None and len(list(staging.glob("*/receipt.json"))) < 3:
        time.sleep(0.05)
    os.killpg(worker.pid, signal.SIGKILL)


def cost_of_ours(address: str, root: Path, calls: int) -> float:
    """Seconds of a worker that one empty batch takes."""
    layout = Layout.of(root)
    layout.make()
    terms = Terms(str(layout.root), fingerprints({}), {}, module="benchmarks.dask")
    with DaskWorkers(address, WORKERS, terms, 60) as workers, ThreadPoolExecutor(WORKERS * 2) as threads:
        workers.wait()
        call = lambda _: workers.call(Limits(60, 60), "nothing")  # noqa: E731
        list(threads.map(call, range(WORKERS * 2)))  # the children load
        began = time.perf_counter()
        list(threads.map(call, range(calls)))
        return (time.perf_counter() - began) * WORKERS / calls


PEER = """
import sys, time
from prefect import flow, task
from prefect_dask import DaskTaskRunner

@task
def nothing():
    pass

@flow(task_runner=DaskTaskRunner(address=sys.argv[1]))
def many(calls):
    for f in [nothing.submit() for _ in range(4)]:
        f.result()
    began = time.perf_counter()
    for f in [nothing.submit() for _ in range(calls)]:
        f.result()
    print("seconds", time.perf_counter() - began)

if __name__ == "__main__":
    many(int(sys.argv[2]))
"""


def cost_of_peer(address: str, root: Path, calls: int, url: str, home: Path) -> float | None:
    """The same for prefect-dask; None where it is not installed."""
    script = root / "peer.py"
    script.write_text(PEER)
    env = os.environ | {"PYTHONPATH": str(PROJECT), "PREFECT_API_URL": url, "PREFECT_HOME": str(home), "PREFECT_LOGGING_LEVEL": "ERROR"}
    done = subprocess.run([sys.executable, script, address, str(calls)], env=env, capture_output=True, text=True)
    found = re.search(r"seconds ([0-9.]+)", done.stdout)
    return float(found[1]) * WORKERS / calls if found else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch", default="1MiB")
    parser.add_argument("--calls", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = root / "home"
        with PrefectServer(load(environ={}, prefect_home=home, prefect_api_url="")).start() as server:
            server.wait()
            rest = (asked.batch, server.url, home)
            wall, cpu, _ = ingest(asked.folder, root / "local", *rest, "local")
            size = sum(p.stat().st_size for p in asked.folder.rglob("*") if p.is_file())
            print(f"{size / 1e6:.1f} MB in batches of {asked.batch}, {WORKERS} workers")
            print(f"{'runner':22}{'seconds':>9}{'CPU s':>9}{'time':>8}{'CPU':>8}   tables that differ")
            print(f"{'local':22}{wall:9.1f}{cpu:9.1f}{1:8.2f}{1:8.2f}   -", flush=True)
            for name, kills in (("dask", False), ("dask, a worker killed", True)):
                with dask(root / "dask") as (address, standing):
                    before = cpu_of(standing)
                    time.sleep(IDLE_SECONDS)
                    idle, before = (cpu_of(standing) - before) / IDLE_SECONDS, cpu_of(standing)
                    there = root / name.split(",")[-1].strip().replace(" ", "-")
                    seconds, own, told = ingest(asked.folder, there, *rest, f"dask={address}", standing[1] if kills else None)
                    spent = own + cpu_of(standing) - before
                    unequal = ", ".join(differences(root / "local", there)) or "none"
                    if kills:  # the CPU of those that were killed is not known
                        print(f"{name:22}{seconds:9.1f}{'':9}{seconds / wall:8.2f}{'':8}   {unequal}")
                    else:
                        print(f"{name:22}{seconds:9.1f}{spent:9.1f}{seconds / wall:8.2f}{spent / cpu:8.2f}   {unequal}", flush=True)
                        print(f"  scheduler and workers spend {idle:.3f} CPU s a second without work; without these "
                              f"{spent - idle * seconds:.1f} CPU s, {(spent - idle * seconds) / cpu:.2f}")  # fmt: skip
                    print("".join(f"  {line}\n" for line in told), end="", flush=True)
            with dask(root / "dask") as (address, _):
                ours = cost_of_ours(address, root / "empty", asked.calls)
                print(f"an empty batch: {1000 * ours:.0f} ms of a worker's time; ", end="", flush=True)
                peer = cost_of_peer(address, root, asked.calls, server.url, home)
                print(f"by prefect-dask {1000 * peer:.0f} ms, {peer / ours:.1f} times as much" if peer else "prefect-dask is not installed")


if __name__ == "__main__":
    main()
