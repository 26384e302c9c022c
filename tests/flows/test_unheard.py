"""Prefect looks on: where its server goes away in the middle of a run, the data are published, and a sentence says what Prefect missed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect.states import Completed, Running

from tasks.storage import runlog
from tasks.storage.layout import Layout
from tests.conftest import PROJECT


def run_without_server(tmp_path: Path, *more: str, interrupted: bool = False) -> tuple[subprocess.CompletedProcess, float]:
    """The command, whose own Prefect server is killed while a batch waits at a fault point; and how long it went on then."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "1.txt").write_text("第1号水渠整修记\n\n今年清淤三次，两岸新栽柳树30棵。\n", "utf-8")
    token = tmp_path / "token"
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TAOJIN_", "PREFECT_"))}
    env = ours | {"PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_HOME": str(tmp_path / "home")}
    env |= {"TAOJIN_FAULT": f"receipt.after-replace:pause={token}"}
    command = [sys.executable, "-m", "flows", "ingest", str(tmp_path / "seeds"), "-w", str(tmp_path / "house"), *more]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stdout=-1, stderr=-1, text=True) as process:
        until = time.monotonic() + 120
        while not token.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(server_of(process.pid), signal.SIGKILL)
        if interrupted:
            process.send_signal(signal.SIGINT)
        began = time.monotonic()
        token.unlink()
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, out, err), time.monotonic() - began


def server_of(pid: int) -> int:
    """The child that is Prefect's server."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"flows.server" in stat.with_name("cmdline").read_bytes():
                return int(stat.parent.name)
        except (OSError, ValueError):
            continue
    raise AssertionError("no server of its own")


@pytest.mark.slow
def test_a_server_that_goes_away_costs_a_sentence(tmp_path: Path):
    done, seconds = run_without_server(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("Generation 1 is published and complete, but Prefect's server did not record the end of run 1")
    told = json.loads(done.stdout)
    assert (told["status"], told["articles_new"], told["warning"]) == ("done", 1, sentence)
    assert [e["warning"] for e in runlog.entries(Layout.of(tmp_path / "house")) if "warning" in e] == [sentence]
    assert seconds < 90


@pytest.mark.slow
def test_a_run_that_stops_says_so_though_the_server_is_gone(tmp_path: Path):
    done, seconds = run_without_server(tmp_path, "--quiet", interrupted=True)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False)
    assert done.stderr.startswith("Stopped after 1 of 1 batches."), done.stderr
    assert seconds < 90


@pytest.mark.parametrize(("state", "told"), [
    (Completed(), ""), (Running(), "there the run is running still"), (None, "there the run is without a state still"),
    (ConnectionError(), "it does not answer any more (ConnectionError)"),
], ids=str)  # fmt: skip
def test_what_prefect_has_of_an_end(state: object, told: str, monkeypatch: pytest.MonkeyPatch):
    pipeline = import_module("flows.pipeline")  # Prefect sets itself up: only where a test asks for it

    def read_flow_run(_: object) -> SimpleNamespace:
        if isinstance(state, Exception):
            raise state
        return SimpleNamespace(state=state)

    client = nullcontext(SimpleNamespace(read_flow_run=read_flow_run))
    monkeypatch.setattr(pipeline, "get_client", lambda sync_client: client)
    assert pipeline._unheard(str(uuid4())) == told
