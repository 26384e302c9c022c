"""The flow that a schedule fires, and the process that serves it: Prefect's own runner, one run at a time.

    main()      what `taojin serve` spawns, never as __main__: the runner's children import the flow by this module's name

Each firing is a process of its own, so a run that is killed takes nobody along. What a firing did stands in `runs`, or, where it
published nothing, in the run log.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect import flow, get_client
from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import EntrypointType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.runner import Runner

from flows.ingest import ingest
from flows.run import now
from flows.settings import load
from tasks.errors import TaojinError, WarehouseBusy
from tasks.storage import runlog
from tasks.storage.layout import Layout

DEPLOYMENT = "scheduled"
FLOW = "scheduled-ingest"
LIFE_SIGN_SECONDS = 30
DEAD_SECONDS = 90
AUTOMATION = "taojin: a run without a sign of life is dead"


class BlockedRun(TaojinError):
    """Publication was blocked: Prefect should show the run as failed."""


@flow(name=FLOW, persist_result=False, validate_parameters=False)
def scheduled_ingest(paths: list[str] | None = None, warehouse: str = "") -> str:
    """
    Take in what is new, as `taojin ingest` does. Returns its status, or "skipped" where another writer is at work.

    Without arguments the settings say what and where. Raises BlockedRun, so that an automation can tell somebody.
    """
    settings = load(warehouse=Path(warehouse) if warehouse else None)
    try:
        result = ingest(settings, [Path(p) for p in paths or ()])
    except WarehouseBusy as error:
        told = {"event": "skipped", "flow": "ingest", "at": now().isoformat(), "error": error.message}
        runlog.append(Layout.of(settings.warehouse), told)
        return "skipped"
    if result.status == "blocked":
        raise BlockedRun(f"Run {result.run_id} was blocked: {result.reason}", "See taojin quarantine list.")
    return result.status


async def serve_runs(paths: list[str], warehouse: str, cron: str | None, every: float | None) -> None:
    """Serve the deployment until SIGTERM. Without a schedule it runs when somebody asks for a run."""
    await expect_signs_of_life()
    when: dict[str, Any] = {"cron": cron} if cron else {"interval": timedelta(seconds=every)} if every else {}
    deployment = await scheduled_ingest.ato_deployment(
        name=DEPLOYMENT, parameters={"paths": paths, "warehouse": warehouse}, entrypoint_type=EntrypointType.MODULE_PATH, **when
    )
    runner = Runner(name="taojin", limit=1, query_seconds=2, heartbeat_seconds=LIFE_SIGN_SECONDS, pause_on_shutdown=False)
    await runner.aadd_deployment(deployment)
    print("serving", flush=True)
    await runner.start()


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
    """Serve as the JSON of the first argument says."""
    asyncio.run(serve_runs(**json.loads(sys.argv[1])))
