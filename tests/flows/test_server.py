"""Prefect's server: ours starts, answers, ends with us; the user's is used; the pinned versions really run flows and schedules."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import server as server_module
from flows.server import PrefectServer, ServerDown
from flows.settings import load
from tasks.errors import UsageError
from tests.conftest import PROJECT


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except OSError:
        return False


def test_a_server_that_stands_is_used_and_left_alone(prefect_server: PrefectServer):
    settings = replace(prefect_server.settings, prefect_api_url=prefect_server.url + "/")
    with PrefectServer(settings).start() as other:
        other.wait()
        assert (other.url, other.is_ours) == (prefect_server.url, False)
    assert answers(prefect_server.url)


def test_a_standing_server_is_ours_only_with_our_state(prefect_server: PrefectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server_module, "STANDING", prefect_server.url)
    assert PrefectServer(prefect_server.settings)._standing() == prefect_server.url
    assert PrefectServer(replace(prefect_server.settings, prefect_home=tmp_path))._standing() == ""


def test_an_address_where_nobody_answers_is_wrong_use(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/api"
    with pytest.raises(UsageError, match="No Prefect server answers"):
        PrefectServer(load(environ={}, prefect_home=tmp_path, prefect_api_url=url)).start().wait()


def test_a_server_that_dies_is_told_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "nonsense://")
    server = PrefectServer(load(environ={}, prefect_home=tmp_path)).start()
    with server, pytest.raises(ServerDown, match="did not start"):
        server.wait()


@pytest.mark.slow
def test_our_server_ends_with_a_parent_that_was_killed(tmp_path: Path):
    program = tmp_path / "parent.py"
    program.write_text(
        "import time\nfrom pathlib import Path\nfrom flows.server import PrefectServer\nfrom flows.settings import load\n"
        f"s = PrefectServer(load(environ={{}}, prefect_home=Path({str(tmp_path / 'home')!r}))).start()\n"
        "s.wait()\nprint(s.url, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, program], env=os.environ | {"PYTHONPATH": str(PROJECT)}, stdout=-1, text=True) as parent:
        assert parent.stdout
        url = parent.stdout.readline().strip()
        assert answers(url)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while answers(url) and time.monotonic() < until:
        time.sleep(0.1)
    assert not answers(url)


@pytest.mark.slow
def test_a_flow_runs_and_its_tasks_and_logs_reach_the_server(prefect_server: PrefectServer):
    """fastapi 0.152 and later made every run die in Prefect 3.8: `Body() got an unexpected keyword argument`."""
    from prefect import flow, get_client, task
    from prefect.settings import PREFECT_API_URL, temporary_settings

    @task
    def double(n: int) -> int:
        return 2 * n

    @flow(name="smoke", persist_result=False)
    async def smoke() -> int:
        return sum(f.result() for f in [double.submit(n) for n in (1, 2)])

    async def finished() -> int:
        async with get_client() as client:
            return len([r for r in await client.read_flow_runs() if r.state and r.state.is_completed()])

    with temporary_settings({PREFECT_API_URL: prefect_server.url}):
        assert asyncio.run(smoke()) == 6
        assert asyncio.run(finished()) >= 1


@pytest.mark.slow
def test_a_scheduled_deployment_creates_runs(tmp_path: Path):
    """sqlalchemy 2.1 silenced Prefect 3.8's scheduler: no run was ever created, and only the server's log said why."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
        "PREFECT_UI_ENABLED": "false",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    }
    program = f"import uvicorn\nfrom prefect.server.api.server import create_app\nuvicorn.run(create_app(), port={port}, log_level='error')"
    command = [sys.executable, "-c", program]
    with open(tmp_path / "log", "wb") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as p:
        try:
            found = asyncio.run(_scheduled_runs(environment["PREFECT_API_URL"]))
        finally:
            p.terminate()
    assert found > 1, (tmp_path / "log").read_text()[-2000:]


async def _scheduled_runs(url: str) -> int:
    """Deploy a flow that is due every minute, and count the runs that the scheduler made for it."""
    from prefect import flow, get_client
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import IntervalSchedule
    from prefect.settings import PREFECT_API_URL, temporary_settings

    @flow(name="due")
    def due() -> None:
        """Never run here: that its runs are created is the point."""

    until = time.monotonic() + 90
    while not answers(url) and time.monotonic() < until:
        await asyncio.sleep(0.2)
    with temporary_settings({PREFECT_API_URL: url}):
        async with get_client() as client:
            schedule = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(minutes=1)), active=True)
            flow_id = await client.create_flow(due)
            await client.create_deployment(flow_id=flow_id, name="every-minute", schedules=[schedule])
            while time.monotonic() < until:
                runs = await client.read_flow_runs()
                if len(runs) > 1:
                    return len(runs)
                await asyncio.sleep(0.5)
    return 0


@pytest.mark.slow
def test_a_standing_server_forgets_old_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its database would grow for ever: a run that ended before `prefect_days` leaves, with its logs; a younger one stays."""
    monkeypatch.setenv("PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS", "2")
    with PrefectServer(load(environ={}, prefect_home=tmp_path, prefect_days=3)).start_standing(0) as server:
        server.wait()
        left = asyncio.run(_left_of({"old": timedelta(days=4), "young": timedelta(days=2)}, server.url, tmp_path / "prefect.db"))
    assert left == ["young"], server.log.read_text()[-2000:]


async def _left_of(ages: dict[str, timedelta], url: str, database: Path) -> list[str]:
    """Names of runs, ended so long ago, that are left once the first has gone, or after a minute."""
    from prefect import flow, get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from prefect.states import Completed

    @flow(name="over")
    def over() -> None:
        """Never run here."""

    with temporary_settings({PREFECT_API_URL: url}):
        async with get_client() as client:
            for name, age in ages.items():
                await client.create_flow_run(over, name=name, state=Completed())
                ended = (datetime.now(UTC) - age).strftime("%Y-%m-%d %H:%M:%S.%f")
                with closing(sqlite3.connect(database, timeout=30)) as db, db:  # the server knows no other time than its own
                    db.execute("UPDATE flow_run SET end_time = ? WHERE name = ?", [ended, name])
            until = time.monotonic() + 60
            while len(left := sorted(r.name for r in await client.read_flow_runs())) == len(ages) and time.monotonic() < until:
                await asyncio.sleep(0.5)
            return left
