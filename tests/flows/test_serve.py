"""taojin serve: files that arrive are published, a killed run is on record and the next one goes on, SIGTERM ends it in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from flows.commands.serve import run
from flows.settings import Settings
from tasks.errors import UsageError
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.reader import open_published
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


def until(what: Callable[[], object], seconds: float = 150) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come true")


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

    with subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as serving:
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
