"""Each firing on record once: told by itself, or learnt from Prefect's server; late ones are skipped, missed ones counted."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.firings import SKIPPED, account, deployment, fired, is_one_due, next_due, skip_late
from flows.run import note
from flows.settings import load
from tasks.storage import runlog
from tasks.storage.layout import Layout

NOON = datetime(2026, 3, 1, 12)


class Prefect(ThreadingHTTPServer):
    """As much of Prefect's interface as is asked: flow runs by deployment and state, and cancelling one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.runs: list[dict] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"


class _Handler(BaseHTTPRequestHandler):
    server: Prefect

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/set_state"):
            [run] = [r for r in self.server.runs if r["id"] == self.path.split("/")[-2]]
            run["state"] = asked["state"]
            answer: object = {}
        else:
            states = asked["flow_runs"]["state"]["type"]["any_"]
            [name] = asked["deployments"]["name"]["any_"]
            found = [r for r in self.server.runs if r["state"]["type"] in states and r["of"] == name]
            when = asked["flow_runs"].get("expected_start_time", {})
            found = [r for r in found if when.get("after_", "") <= r["expected_start_time"] <= when.get("before_", "9")]
            answer = sorted(found, key=lambda r: r["expected_start_time"], reverse="DESC" in asked["sort"])[: asked["limit"]]
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def prefect() -> Iterator[Prefect]:
    with Prefect() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout.of(tmp_path / "w")


def lines(layout: Layout) -> list[dict]:
    return [e for e in runlog.entries(layout) if e.get("event") == "fired"]


def test_what_could_not_tell_itself_is_learnt_from_prefect_once(layout: Layout, prefect: Prefect):
    def run(name: str, state: str, of: str, said: str = "", title: str = "") -> dict:
        return {"id": name, "of": of, "expected_start_time": "2026-03-01T12:00:00Z", "start_time": "2026-03-01T12:00:04Z",
                "state": {"type": state, "name": title, "message": said}}  # fmt: skip

    mine = deployment(layout)
    prefect.runs = [run("a", "CRASHED", mine, "status code: -9"), run("b", "FAILED", mine), run("c", "CANCELLED", mine, title=SKIPPED),
                    run("d", "CANCELLED", mine), run("e", "COMPLETED", mine), run("f", "CRASHED", "of another warehouse")]  # fmt: skip
    prefect.runs[0]["end_time"] = "2026-03-01T12:03:00Z"
    fired(layout, "failed", due=NOON, at=NOON, flow_run_id="b", run=3, error="disk full")
    for number, began in ((3, "2026-03-01T11:59:00"), (4, "2026-03-01T12:00:09"), (5, "2026-03-01T12:09:00")):
        note(layout, {"run_id": number, "status": "failed", "started_at": began})
    assert account(layout, prefect.url) == []
    assert account(layout, prefect.url) == []
    assert {e["flow_run_id"]: e["outcome"] for e in lines(layout)} == {"a": "killed", "b": "failed", "c": "skipped", "d": "stopped"}
    assert len(lines(layout)) == 4
    [killed] = [e for e in lines(layout) if e["outcome"] == "killed"]
    assert killed["due"] == NOON.isoformat() and "-9" in killed["error"] and killed["run"] == 4


def test_a_firing_that_was_killed_before_its_run_is_news(layout: Layout, prefect: Prefect):
    state = {"type": "CRASHED", "name": "Crashed", "message": "status code: -9"}
    prefect.runs = [{"id": "a", "of": deployment(layout), "expected_start_time": "2026-03-01T12:00:00Z", "state": state}]
    [told] = account(layout, prefect.url)
    assert "before its run began" in told and "-9" in told
    assert account(layout, prefect.url) == []


def test_of_several_that_wait_the_last_one_runs(layout: Layout, prefect: Prefect):
    waits = {"of": deployment(layout), "state": {"type": "SCHEDULED"}}
    prefect.runs = [{"id": str(n), "expected_start_time": f"2026-03-01T12:0{n}:00Z", **waits} for n in range(4)]
    assert is_one_due(layout, prefect.url) and next_due(layout, prefect.url) is None
    assert skip_late(layout, prefect.url) == 3
    assert [r["state"]["type"] for r in prefect.runs] == ["CANCELLED"] * 3 + ["SCHEDULED"]
    assert skip_late(layout, prefect.url) == 0
    prefect.runs.append({"id": "x", "expected_start_time": "2026-03-01T11:00:00Z", **waits, "of": "of another warehouse"})
    prefect.runs[3]["expected_start_time"] = "2999-01-01T00:00:00Z"
    assert not is_one_due(layout, prefect.url) and next_due(layout, prefect.url) == "2999-01-01T00:00:00"


def test_whoever_ends_leaves_none_waiting(layout: Layout, prefect: Prefect):
    prefect.runs = [{"id": "1", "of": deployment(layout), "expected_start_time": "2026-03-01T12:00:00Z", "state": {"type": "SCHEDULED"}}]
    assert skip_late(layout, prefect.url, keep=0) == 1
    account(layout, prefect.url)
    assert [e["outcome"] for e in lines(layout)] == ["skipped"]


def due(cron: str, zone: str, since: datetime, until: datetime) -> list[str]:
    from prefect.client.schemas.schedules import CronSchedule

    from flows.scheduled import due_between

    async def collect() -> list[str]:
        schedule = CronSchedule(cron=cron, timezone=zone)
        return [m.astimezone(UTC).strftime("%d %H:%M") async for m in due_between(schedule, None, since, until)]

    return asyncio.run(collect())


def test_a_cron_schedule_keeps_to_the_clock_of_its_zone():
    """A day of 23 and one of 25 hours: nothing is left out and nothing comes twice, but for what the clock itself shows twice."""
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC)
    assert due("0 8 * * *", "Europe/Berlin", *spring) == ["29 06:00", "30 06:00"]  # 08:00 there, before and after
    assert len(due("30 2 * * *", "Europe/Berlin", *spring)) == 2  # 02:30 does not exist on the 29th: it fires all the same
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)
    assert due("0 8 * * *", "Europe/Berlin", *autumn) == ["25 07:00", "26 07:00"]
    assert len(due("30 2 * * *", "Europe/Berlin", *autumn)) == 2  # 02:30 comes twice on the 25th: it fires once
    assert due("0 2 * * *", "Asia/Shanghai", *autumn) == ["24 18:00", "25 18:00"]


def test_firings_that_nobody_served_are_counted(layout: Layout):
    from prefect.client.schemas.schedules import CronSchedule

    from flows.scheduled import note_missed

    def missed(*told: dict) -> list[dict]:
        layout.run_log.unlink(missing_ok=True)
        for line in told:
            note(layout, line)
        asyncio.run(note_missed(layout, CronSchedule(cron="0 * * * *", timezone="UTC"), None))
        return [e for e in lines(layout) if e["outcome"] == "missed"]

    serving, stopped = {"event": "serving", "at": NOON}, {"event": "stopped", "at": NOON}
    assert missed() == [] and missed(serving, stopped) == []  # somebody stopped it: nothing was due
    [line] = missed(serving)
    assert line["due"] == "2026-03-01T13:00:00" and line["count"] > 24 * 200
    again = missed({"event": "fired", "outcome": "missed", "due": NOON, "until": line["until"], "at": NOON, "count": 9})[1:]
    assert sum(e["count"] for e in again) < 3


@pytest.mark.parametrize(
    ("told", "environment", "zone"),
    [("Asia/Shanghai", "", "Asia/Shanghai"), ("", "Asia/Tokyo", "Asia/Tokyo"), ("", ":Asia/Tokyo", "Asia/Tokyo"),
     ("Asia/Shanghai", "UTC", "Asia/Shanghai")],
)  # fmt: skip
def test_the_zone_is_the_setting_or_the_machines(monkeypatch, told: str, environment: str, zone: str):
    monkeypatch.setenv("TZ", environment)
    assert load(environ={}, timezone=told or None).zone == zone


def test_no_zone_is_a_sentence():
    from tasks.errors import UsageError

    for wrong in ("Mars/Base", "../etc/passwd", "/etc/passwd"):
        with pytest.raises(UsageError, match="time zone"):
            load(environ={"TAOJIN_TIMEZONE": wrong})
