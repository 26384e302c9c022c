"""The flow that a schedule fires, and the process that serves it: Prefect's own runner, one run at a time.

    main()      what `taojin serve` spawns, never as __main__: the runner's children import the flow by this module's name

Each firing is a process of its own, so a run that is killed takes nobody along. What became of a firing stands in the run log
(flows/firings.py); the run itself in `runs` or, where it published nothing, in the run log too. Times of a cron schedule are those of
`timezone` (settings; default: this machine's). A firing that is due while one runs waits for it. Firings that were due while nobody
served are put on record as missed and are not made up for: one run takes in all that has arrived.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import flow, get_client
from prefect.automations import Automation
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName, FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import EntrypointType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.runner import Runner
from prefect.runtime import flow_run
from prefect.server.schemas.schedules import CronSchedule as Cron
from prefect.states import Crashed

from flows.firings import FLOW, deployment, fired, missed
from flows.ingest import ingest
from flows.orphans import end_with_parent
from flows.run import now
from flows.settings import load
from tasks.errors import TaojinError, WarehouseBusy
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.workers import Stopped

RUNNER_PID = "_TAOJIN_RUNNER"  # told to the processes of its runs: they end with it
LIFE_SIGN_SECONDS = 30
DEAD_SECONDS = 90
MOST_MISSED = 600_000  # a year of minutes
AUTOMATION = "taojin: a run without a sign of life is dead"


class BlockedRun(TaojinError):
    """Publication was blocked: Prefect should show the run as failed."""


@flow(name=FLOW, persist_result=False, validate_parameters=False)
def scheduled_ingest(paths: list[str] | None = None, warehouse: str = "") -> str:
    """
    Take in what is new, as `taojin ingest` does. Returns its status, or "skipped" where another writer is at work.

    Without arguments the settings say what and where. Raises BlockedRun, so that an automation can tell somebody.
    """
    if runner := os.environ.get(RUNNER_PID):
        end_with_parent(int(runner))
    settings = load(warehouse=Path(warehouse) if warehouse else None)
    layout, at = Layout.of(settings.warehouse), now()
    told: dict[str, Any] = {"due": flow_run.scheduled_start_time, "at": at, "flow_run_id": str(flow_run.id or "")}
    try:
        result = ingest(settings, paths or ())
    except WarehouseBusy as error:
        fired(layout, "skipped", error=error.message, **told)
        return "skipped"
    except BaseException as error:
        outcome = "stopped" if isinstance(error, Stopped | KeyboardInterrupt | SystemExit) else "failed"
        text = error.message if isinstance(error, TaojinError) else f"{type(error).__name__}: {error}".removesuffix(": ")
        fired(layout, outcome, error=text, run=_latest(layout, at), **told)
        raise
    fired(layout, result.status, run=result.run_id, **told)
    if result.status == "blocked":
        raise BlockedRun(f"Run {result.run_id} was blocked: {result.reason}", "See taojin quarantine list.")
    return result.status


def _latest(layout: Layout, since: datetime) -> int | None:
    """The run that the log knows since a moment: a run that fails tells it."""
    for entry in reversed(runlog.entries(layout)):
        if "status" in entry and entry.get("started_at", "") >= since.isoformat():
            return entry.get("run_id")
    return None


async def serve_runs(paths: list[str], warehouse: str, cron: str | None, every: float | None, timezone: str, says: int) -> None:
    """Serve the deployment until SIGTERM. Without a schedule it runs when somebody asks. `says`: a pipe to tell that it stands."""
    layout = Layout.of(warehouse)
    name = deployment(layout)
    await expect_signs_of_life()
    await bury_left_over(name)
    schedule = CronSchedule(cron=cron, timezone=timezone) if cron else None
    await note_missed(layout, schedule, every)
    when: dict[str, Any] = {"schedule": schedule} if schedule else {"interval": timedelta(seconds=every)} if every else {}
    served = await scheduled_ingest.ato_deployment(
        name=name, parameters={"paths": paths, "warehouse": warehouse}, entrypoint_type=EntrypointType.MODULE_PATH,
        description=f"taojin serve, warehouse {warehouse}", **when,
    )  # fmt: skip
    runner = Runner(name="taojin", limit=1, query_seconds=2, heartbeat_seconds=LIFE_SIGN_SECONDS, pause_on_shutdown=False)
    await runner.aadd_deployment(served)
    os.write(says, b".")
    os.close(says)
    await runner.start()


async def bury_left_over(name: str) -> None:
    """Mark runs of this deployment as crashed that an earlier runner left running: it was killed, and they ended with it."""
    async with get_client() as client:
        at_work = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]))
        left = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=at_work), deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[name]))
        )
        for run in left:
            await client.set_flow_run_state(run.id, Crashed(message="It ended with the runner, which was killed."), force=True)


async def note_missed(layout: Layout, schedule: CronSchedule | None, every: float | None) -> None:
    """Put firings on record that were due since the last sign of life of a `serve` that was killed. One that was stopped missed none."""
    signs = [e for e in runlog.entries(layout) if e.get("event") in ("fired", "serving", "stopped")]
    if not signs or signs[-1]["event"] == "stopped":
        return
    last = signs[-1]
    since = datetime.fromisoformat(last.get("until") or last.get("due") or last["at"]).replace(tzinfo=UTC)
    due = [moment async for moment in due_between(schedule, every, since, datetime.now(UTC))]
    if due:
        missed(layout, len(due), due[0], due[-1])


async def due_between(schedule: CronSchedule | None, every: float | None, since: datetime, until: datetime) -> AsyncIterator[datetime]:
    """Moments after `since` up to `until` at which the schedule is due, with their zone."""
    if every:
        for n in range(1, min(MOST_MISSED, int((until - since).total_seconds() / every)) + 1):
            yield since + timedelta(seconds=every * n)
    if schedule is None:
        return
    rule = Cron(cron=schedule.cron, timezone=schedule.timezone)
    found = 0
    while found < MOST_MISSED and (page := await rule.get_dates(n=1000, start=since + timedelta(seconds=1), end=until)):
        for moment in page:
            yield moment
        found, since = found + len(page), page[-1]


async def expect_signs_of_life() -> None:
    """Have the server mark runs as crashed that no longer tell that they live: their process was killed. Once is enough."""
    async with get_client() as client:
        if await client.read_automations_by_name(AUTOMATION):
            return
    await Automation(
        name=AUTOMATION,
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=DEAD_SECONDS),
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message="No sign of life: its process was killed.")],
    ).acreate()


def main() -> None:
    """Serve as the JSON of the first argument says, the second is the pipe; ends with `taojin serve`, also where that one is killed."""
    end_with_parent()
    os.environ[RUNNER_PID] = str(os.getpid())
    asyncio.run(serve_runs(**json.loads(sys.argv[1]), says=int(sys.argv[2])))
