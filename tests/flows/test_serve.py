"""taojin serve: files that arrive are published, a killed run is on record and the next one goes on, SIGTERM ends it in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from flows import serve as serve_module
from flows.commands.serve import run
from flows.serve import Watchman
from flows.server import PrefectServer
from flows.settings import Settings, load
from tasks.errors import UsageError
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.reader import open_published
from tasks.storage.serving import serving
from tests.conftest import PROJECT


@pytest.mark.parametrize(
    ("cron", "every", "said"), [(None, None, "when to run"), ("* * * * *", 5.0, "exclude"), ("often", None, "no cron")]
)
def test_wrong_use_is_told_before_anything_starts(tmp_path: Path, cron: str | None, every: float | None, said: str):
    with pytest.raises(UsageError, match=said):
        run(Settings(warehouse=tmp_path / "w", prefect_home=tmp_path / "home"), [], cron, every, False, 0)
    assert not (tmp_path / "home").exists()


def test_the_deployment_of_prefect_yaml_is_the_flow_that_serve_serves():
    from flows.scheduled import scheduled_ingest

    [deployment] = yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
    path, _, name = deployment["entrypoint"].partition(":")
    assert (PROJECT / path).is_file() and name == scheduled_ingest.fn.__name__
    scheduled_ingest.validate_parameters(deployment["parameters"])


def test_a_long_log_is_put_aside_while_others_write_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serve_module, "LOG_BYTES", 100)
    watchman = Watchman(Settings(warehouse=tmp_path / "w", prefect_home=tmp_path), [], print)
    with open(tmp_path / "server.log", "ab", buffering=0) as log:
        for n in range(3):
            log.write(b"%d" % n * 150 + b"\n")
            watchman._trim_logs()
        log.write(b"end\n")
    assert (tmp_path / "server.log").read_bytes() == b"end\n"
    assert (tmp_path / "server.log.1").read_bytes() == b"2" * 150 + b"\n"


def test_the_first_signal_stops_and_the_second_hurries(tmp_path: Path):
    watchman = Watchman(Settings(warehouse=tmp_path / "w", prefect_home=tmp_path), [], print)
    before = signal.getsignal(signal.SIGTERM)
    with watchman._listening():
        os.kill(os.getpid(), signal.SIGTERM)
        assert watchman.stopping.wait(5) and not watchman.hurried
        os.kill(os.getpid(), signal.SIGHUP)
        until(lambda: watchman.hurried, 5)
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_never_stood_is_a_fault_and_no_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A port in use: the sentence, exit code 2; nothing is tried again, and the warehouse is free for another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = load(environ={}, warehouse=tmp_path / "w", prefect_home=tmp_path / "home")
        with pytest.raises(UsageError, match="cannot be used"):
            Watchman(settings, [], print, every=60, port=taken.getsockname()[1]).serve()
    assert serving(Layout.of(tmp_path / "w")) is None


def until(what: Callable[[], object], seconds: float = 150) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come true")


@contextlib.contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block: one that does not answer signals fails its test and holds up no other."""
    with subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_files_arrive_a_run_is_killed_and_sigterm_ends_it(tmp_path: Path):
    seeds, layout = tmp_path / "in", Layout.of(tmp_path / "w")
    seeds.mkdir()
    (seeds / "1.txt").write_text("渡口\n\n今天过河的有九十一人，风平浪静。\n")
    env = os.environ | {"TAOJIN_PREFECT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(PROJECT), "TAOJIN_WORKERS": "1"}
    command = [sys.executable, "-m", "flows", "serve", str(seeds), "-w", str(layout.root), "--watch", "--port", "0"]
    logs = [tmp_path / "home" / name for name in ("runner.log", "server.log")]

    def articles() -> int:
        if not layout.current.exists():
            return 0
        with open_published(layout.root) as con:
            return con.execute("SELECT count(*) FROM articles").fetchone()[0]

    def at_work() -> int | None:
        try:
            return json.loads(layout.lock.read_bytes())["pid"] if json.loads(layout.progress.read_bytes())["stage"] == "process" else None
        except (OSError, ValueError, KeyError):
            return None

    with started(command, env) as serving:
        try:
            until(lambda: articles() == 1)
            for n in range(2, 40):
                (seeds / f"{n}.txt").write_text(f"渡口{n}\n\n今天过河的有{n}人，风平浪静。\n" * 200)
            os.kill(int(str(until(at_work))), signal.SIGKILL)
            until(lambda: [e for e in runlog.entries(layout) if e.get("status") == "failed" and "killed" in e["error"]], 60)
            (seeds / "99.txt").write_text("渡口九十九\n\n今天没有人过河。\n")
            until(lambda: articles() == 40)
        finally:
            serving.send_signal(signal.SIGTERM)
            said, _ = serving.communicate(timeout=120)
    assert serving.returncode == 0 and "Stopped." in said, said
    for log in logs:
        assert "database is locked" not in log.read_text("utf-8", "replace")


def below(pid: int) -> dict[int, str]:
    """The processes that a process has started, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found[int(entry.name)] = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes by /proc")
def test_what_dies_is_started_again_and_a_second_serve_is_refused(tmp_path: Path):
    layout = Layout.of(tmp_path / "w")
    (tmp_path / "in").mkdir()
    env = os.environ | {"TAOJIN_PREFECT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "flows", "serve", str(tmp_path / "in"), "-w", str(layout.root), "--every", "3600", "--port", "0"]

    def events(name: str) -> list[dict]:
        return [e for e in runlog.entries(layout) if e.get("event") == name]

    def told() -> dict:
        return serving(layout) or {}

    with started(command, env) as first:
        try:
            until(lambda: told().get("next"))
            url = told()["server"]
            second = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60)
            assert second.returncode == 2 and f"process {first.pid}" in second.stderr and "kill -TERM" in second.stderr
            for n, sign in enumerate(("flows.server", "flows.scheduled"), 1):
                [pid] = [p for p, line in below(first.pid).items() if sign in line]
                os.kill(pid, signal.SIGKILL)
                until(lambda: len(events("restarted")) == n)  # noqa: B023
                until(lambda: len(below(first.pid)) == 2)
                layout.serving.unlink(missing_ok=True)
                until(lambda: told().get("next"))
            assert told()["server"] == url  # the same place: bookmarks and `PREFECT_API_URL` elsewhere stay right
            assert [e["pid"] for e in events("serving")] == [first.pid]
        finally:
            first.send_signal(signal.SIGHUP)
            said, _ = first.communicate(timeout=120)
    assert first.returncode == 0 and "Stopped." in said and said.count("started again") == 2, said
    assert len(events("stopped")) == 1 and serving(layout) is None


@pytest.mark.slow
def test_a_worker_runs_what_prefect_yaml_deploys(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.txt").write_text("渡口\n\n今天过河的有九十一人，风平浪静。\n")
    with PrefectServer(load(environ={}, prefect_home=tmp_path / "home")).start_standing(0) as server:
        server.wait()
        env = os.environ | {"PREFECT_HOME": str(tmp_path / "home"), "PREFECT_API_URL": server.url, "PYTHONPATH": str(PROJECT)}
        env |= {"TAOJIN_SEEDS": str(tmp_path / "in"), "TAOJIN_WAREHOUSE": str(tmp_path / "w"), "TAOJIN_WORKERS": "1"}
        said = ""
        for words in ("work-pool create taojin --type process", "--no-prompt deploy --all", "deployment run scheduled-ingest/nightly",
                      "worker start --pool taojin --type process --limit 1 --run-once"):  # fmt: skip
            done = subprocess.run([sys.executable, "-m", "prefect", *words.split()], cwd=PROJECT, env=env, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=240)  # fmt: skip
            said = done.stdout + done.stderr
            assert done.returncode == 0, said
    [fired] = [e for e in runlog.entries(Layout.of(tmp_path / "w")) if e.get("event") == "fired"]
    assert fired["outcome"] == "done", said
    with open_published(tmp_path / "w") as con:
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (1,)
