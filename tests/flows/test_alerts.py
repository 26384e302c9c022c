"""Alerts: a command and a webhook are told of what went wrong, and what goes wrong with them never fails a run."""

from __future__ import annotations

import json
import shlex
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from flows.alerts import Alert, judged, send, stale
from flows.ingest import ingest
from flows.run import note, now
from flows.serve import Watchman
from flows.settings import Settings, load
from tasks.errors import UsageError
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.progress import write_progress
from tests.tasks.storage import small


class Listener(ThreadingHTTPServer):
    """A webhook of our own that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict] = []
        self.status = 200
        self.pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?token=s3cr3t"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        time.sleep(self.server.pause)
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def alerted(tmp_path: Path, listener: Listener) -> Settings:
    """Both ways are set: the command keeps what it is told in told.json."""
    keep = f"import sys; open({str(tmp_path / 'told.json')!r}, 'ab').write(sys.stdin.buffer.read() + b'\\n')"
    return load(
        environ={}, warehouse=tmp_path / "w", alert_webhook=listener.url, alert_seconds=15,
        alert_command=f"{shlex.quote(sys.executable)} -c {shlex.quote(keep)}",
    )  # fmt: skip


def told_to_command(tmp_path: Path) -> list[dict]:
    return [json.loads(line) for line in (tmp_path / "told.json").read_text().splitlines()]


def test_command_and_webhook_are_told_the_same(alerted: Settings, listener: Listener, tmp_path: Path):
    alert = Alert("blocked", "blocked", "31 of 100 documents fail; 原因\x1b[31m", 7, counts={"articles": 3})
    assert send(alerted, alert) == []
    [body] = listener.told
    assert told_to_command(tmp_path) == [body]
    assert (body["event"], body["status"], body["run_id"], body["counts"]) == ("blocked", "blocked", 7, {"articles": 3})
    assert body["reason"] == "31 of 100 documents fail; 原因\\x1b[31m"
    assert body["warehouse"] == str(tmp_path / "w") and body["next"].startswith("taojin ")
    entries = runlog.entries(Layout.of(alerted.warehouse))
    assert [(e["event"], e["by"], e["error"]) for e in entries] == [("alert", "command", ""), ("alert", "webhook", "")]


@pytest.mark.parametrize(
    ("command", "said"),
    [("no-such-program --x", "No such file"), ("'open", "quotation"), (f"{shlex.quote(sys.executable)} -c 'exit(3)'", "exit code 3"),
     (f"{shlex.quote(sys.executable)} -c 'import time; time.sleep(60)'", "did not end within 1 s")],
)  # fmt: skip
def test_a_command_that_fails_is_told(tmp_path: Path, command: str, said: str):
    [fault] = send(load(environ={}, warehouse=tmp_path, alert_command=command, alert_seconds=1), Alert("failed", "failed", "x", 1))
    assert said in fault


def test_a_command_is_no_shell_line(tmp_path: Path):
    send(load(environ={}, warehouse=tmp_path, alert_command=f"echo x > {tmp_path / 'made'}"), Alert("failed", "failed", "$(touch y)", 1))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("status", "pause", "said"), [(500, 0, "answered 500"), (302, 0, "answered 302"), (200, 3, "127.0.0.1")])
def test_a_webhook_that_fails_is_told_without_its_address(alerted: Settings, listener: Listener, status: int, pause: float, said: str):
    listener.status, listener.pause = status, pause
    [fault] = send(replace(alerted, alert_command="", alert_seconds=1), Alert("failed", "failed", "x", 1))
    assert said in fault and "s3cr3t" not in fault + Layout.of(alerted.warehouse).run_log.read_text()
    assert len(listener.told) == (2 if status == 500 else 1)  # only what may pass is tried again, as long as there is time


def test_a_webhook_that_is_back_soon_is_told_once(alerted: Settings, listener: Listener):
    listener.status = 503
    threading.Timer(0.3, lambda: setattr(listener, "status", 200)).start()
    assert send(replace(alerted, alert_command=""), Alert("failed", "failed", "x", 1)) == []
    assert len(listener.told) == 2 and listener.told[0] == listener.told[1]


def test_a_reason_is_cut_masked_and_harmless(alerted: Settings, listener: Listener):
    said = "ValueError: could not read '电话13912345678\x1b]0;x\x07\u202e' " + "x" * 9_000
    send(replace(alerted, alert_command=""), Alert("failed", "failed", said, 1))
    [body] = listener.told
    assert "139****5678" in body["reason"] and "12345678" not in body["reason"] and len(body["reason"]) < 2_100
    assert not any(c in body["reason"] for c in "\x1b\x07\u202e")


def test_a_webhook_is_http_and_stays_secret(alerted: Settings):
    for url in ("ftp://x.example/s3cr3t", "file:///s3cr3t", "s3cr3t"):
        with pytest.raises(UsageError) as refused:
            load(environ={"TAOJIN_ALERT_WEBHOOK": url})
        assert "s3cr3t" not in str(refused.value)
    assert "s3cr3t" not in repr(alerted)


def test_a_failed_critical_check_of_a_published_run_is_told():
    def verdict(severity: str, status: str) -> SimpleNamespace:
        return SimpleNamespace(checks=pa.table({"severity": [severity], "status": [status], "table_name": ["facts"], "check_id": ["span"]}))

    assert judged(1, "done", "ingest", "", verdict("warning", "failed"), {}) is None
    assert judged(1, "done", "ingest", "", verdict("critical", "passed"), {}) is None
    told = judged(1, "done", "ingest", "", verdict("critical", "failed"), {})
    assert told is not None and told.event == "critical" and "facts.span" in told.reason


def test_a_failed_run_is_told_after_its_lock_is_free(alerted: Settings, listener: Listener, tmp_path: Path, monkeypatch):
    (tmp_path / "in").mkdir()
    monkeypatch.setattr("flows.ingest.fingerprints", lambda _settings: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ingest(alerted, [tmp_path / "in"])
    [body] = listener.told
    assert (body["event"], body["run_id"]) == ("failed", 1) and "ZeroDivisionError" in body["reason"]


def test_a_blocked_run_is_told_with_its_counts(settings: Settings, seeds: Path, quick, listener: Listener):
    quick(lambda result: replace(result, blocked=True, reason="too many documents fail"))
    result = ingest(replace(settings, alert_webhook=listener.url, alert_seconds=15), [seeds])
    [body] = listener.told
    assert result.status == "blocked"
    assert (body["event"], body["status"], body["run_id"], body["reason"]) == ("blocked", "blocked", 1, "too many documents fail")
    assert body["counts"]["documents"] == 3


def test_a_dead_listener_does_not_fail_the_run_and_is_told(tmp_path: Path, monkeypatch):
    small.ingest(tmp_path / "w", small.seeds())
    settings = load(environ={}, warehouse=tmp_path / "w", alert_webhook="http://127.0.0.1:9/", alert_seconds=2)
    write_progress(Layout.of(settings.warehouse), {"run_id": 9, "flow": "ingest", "stage": "process", "started_at": now().isoformat()})
    monkeypatch.setattr("flows.ingest.stale_from", lambda *_: None)
    (tmp_path / "in").mkdir()
    said: list[tuple] = []
    result = ingest(settings, [tmp_path / "in"], lambda *told: said.append(told))
    assert result.status == "nothing-new" and any(stage == "alert" and "webhook" in detail for stage, *_, detail in said)


def test_a_killed_run_is_told_once_by_the_watchman(alerted: Settings, listener: Listener):
    layout = Layout.of(alerted.warehouse)
    layout.make()
    write_progress(layout, {"run_id": 1, "flow": "ingest", "stage": "process", "started_at": now().isoformat()})
    watchman = Watchman(alerted, [], lambda _text: None)
    watchman._bury()
    watchman._bury()
    [body] = listener.told
    assert body["event"] == "failed" and body["run_id"] == 1 and "killed in stage process" in body["reason"]


def test_stale_input_is_told_once_until_something_arrives(alerted: Settings, listener: Listener):
    small.ingest(alerted.warehouse, small.seeds())
    assert stale(alerted) is None  # no limit is set
    limited = replace(alerted, alert_stale_hours=1.0)
    assert stale(replace(alerted, alert_stale_hours=1e7)) is None
    watchman = Watchman(limited, [], lambda _text: None)
    watchman._tell_stale()
    watchman._tell_stale()
    [body] = listener.told
    assert body["event"] == "stale" and "limit 1 h" in body["reason"]


def test_alerts_in_the_log_use_no_run_number(alerted: Settings):
    layout = Layout.of(alerted.warehouse)
    note(layout, {"run_id": 4, "status": "failed"})
    send(alerted, Alert("failed", "failed", "x", 4))
    assert "run_id" not in runlog.entries(layout)[-1]
