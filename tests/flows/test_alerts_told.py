"""Alerts end to end: the real command, a real listener and a real command, for every kind of news that an alert can bring."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from flows.server import PrefectServer
from tasks.storage.layout import Layout
from tests.conftest import PROJECT
from tests.flows.test_alerts import Listener, listener  # noqa: F401 - a fixture

PRIVATE = "13912345678"  # a telephone number that stands in the text and never in an alert
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path, prefect_server: PrefectServer, listener: Listener) -> Run:  # noqa: F811
    """Starts one `taojin ingest` of the folder "in", with both ways of telling set."""
    (tmp_path / "in").mkdir()
    for n in (1, 2, 3):
        text = f"第{n}号通知\n\n仓里的麦子还有{n}百袋，够用到立夏。看仓人的电话是{PRIVATE}。\n"
        (tmp_path / "in" / f"{n} \x1b[31m红.txt").write_text(text)
    keep = f"import sys; open({str(tmp_path / 'told')!r}, 'ab').write(sys.stdin.buffer.read() + b'\\n')"

    def start(**given: str) -> subprocess.Popen[str]:
        env = os.environ | {
            "PYTHONPATH": str(PROJECT), "TAOJIN_WAREHOUSE": str(tmp_path / "w"), "TAOJIN_WORKERS": "1", "TAOJIN_ALERT_SECONDS": "15",
            "TAOJIN_PREFECT_API_URL": prefect_server.url, "TAOJIN_PREFECT_HOME": str(prefect_server.settings.prefect_home),
            "TAOJIN_ALERT_WEBHOOK": listener.url, "TAOJIN_ALERT_COMMAND": f"{shlex.quote(sys.executable)} -c {shlex.quote(keep)}", **given,
        }  # fmt: skip
        command = [sys.executable, "-m", "flows", "ingest", str(tmp_path / "in"), "--quiet"]
        return subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    return start


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=180)
    return process.returncode, said


def damage(layout: Layout, held: Path) -> None:
    """What a broken stage would have left: articles whose char_count is not the length of their text. Then the worker goes on."""
    while not held.exists():
        time.sleep(0.05)
    [path] = layout.staging.glob("*/articles*.parquet")
    articles = pq.read_table(path)
    at = articles.schema.get_field_index("char_count")
    wrong = pc.add(articles["char_count"], pa.scalar(1, articles.schema.field(at).type))
    pq.write_table(articles.set_column(at, articles.schema.field(at), wrong), path)
    held.unlink()


@pytest.mark.slow
def test_failed_killed_blocked_critical_and_stale_are_told(run: Run, listener: Listener, tmp_path: Path):  # noqa: F811
    layout = Layout.of(tmp_path / "w")
    code, said = ended(run(TAOJIN_FAULT="commit.start:error=ENOSPC"))
    assert code and "full" in said, said
    assert ended(run(TAOJIN_FAULT="commit.start"))[0] == -signal.SIGKILL
    assert [b["event"] for b in listener.told] == ["failed"]  # whoever was killed can tell nothing: the next run does

    for path in layout.staging.glob("*"):
        for file in path.glob("receipt*"):
            file.unlink()  # so that the batch is worked on again
    blocked = run(TAOJIN_FAULT=f"receipt.after-replace:pause={tmp_path / 'held'}", TAOJIN_MIN_REFUSED_DOCUMENTS="1")
    damage(layout, tmp_path / "held")
    code, said = ended(blocked)
    assert code == 1, said
    assert [(b["event"], b["run_id"]) for b in listener.told] == [("failed", 1), ("failed", 2), ("blocked", 3)]
    assert "killed in stage" in listener.told[1]["reason"] and listener.told[2]["counts"]["documents"] == 3

    code, said = ended(run())
    assert code == 0, said
    assert len(listener.told) == 3
    code, said = ended(run(TAOJIN_ALERT_STALE_HOURS="0.0000001"))
    assert code == 0 and [b["event"] for b in listener.told[3:]] == ["stale"], said

    told = (tmp_path / "told").read_text()
    assert [json.loads(line) for line in told.splitlines()] == listener.told  # command and webhook are told the same
    for body in listener.told:
        text = json.dumps(body, ensure_ascii=False)
        assert set(body) == {"event", "status", "reason", "run_id", "flow", "counts", "since", "warehouse", "at", "next"}
        assert PRIVATE not in text and "s3cr3t" not in text and "麦子" not in text and len(text) < 5_000
        assert not any(ord(c) < 32 for c in body["reason"])
    assert "s3cr3t" not in layout.run_log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("status", "pause"), [(500, 0.0), (302, 0.0), (200, 60.0)])
def test_a_bad_listener_never_holds_the_run_or_changes_its_end(run: Run, listener: Listener, status: int, pause: float):  # noqa: F811
    listener.status, listener.pause = status, pause
    began = time.monotonic()
    code, said = ended(run(TAOJIN_FAULT="manifest.before-write:error=ENOSPC", TAOJIN_ALERT_SECONDS="2", TAOJIN_ALERT_COMMAND=""))
    assert code and "could not be told by webhook" in said and "s3cr3t" not in said
    assert time.monotonic() - began < 40 and len(listener.told) == (2 if status == 500 else 1)
