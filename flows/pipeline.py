"""The flow as Prefect sees it: process each batch, validate, commit, publish. Order only; what is done stands in tasks/.

Imported late, because Prefect costs a second: after our server was told to start, and only when there is something to do.
The flow is asynchronous because a synchronous one waits a second for its heartbeat at the end.
Handles and large records travel as `quote`: Prefect neither looks into them nor stores them.
"""

from __future__ import annotations

import gc

gc.disable()  # while 1,500 modules load: collecting what stays is a fifth of the import

from prefect import flow  # noqa: E402
from prefect.artifacts import acreate_markdown_artifact  # noqa: E402
from prefect.events.worker import EventsWorker  # noqa: E402
from prefect.futures import PrefectFuture, as_completed  # noqa: E402
from prefect.logging.handlers import APILogWorker  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402
from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402

gc.enable()
gc.freeze()

import asyncio  # noqa: E402
from typing import Any  # noqa: E402

from flows.run import Run  # noqa: E402
from tasks.clean.rules import RULES as CLEANING  # noqa: E402
from tasks.ingest.task import process  # noqa: E402
from tasks.load.task import commit_run, publish_run  # noqa: E402
from tasks.split.rules import RULES as SPLITTING  # noqa: E402
from tasks.validate.task import validate_run  # noqa: E402

DRAIN_SECONDS = 5
_runs: dict[int, Run] = {}


@flow(name="ingest", flow_run_name="{flow}-{run_id}", persist_result=False, validate_parameters=False)
async def run_flow(flow: str, run_id: int, warehouse: str) -> str:
    """One run over its batches. The parameters name the run; the run itself stays in this process."""
    run = _runs[run_id]
    run.seen_by_prefect(str(flow_run.id), bool(run.settings.prefect_api_url))
    if run.plan.work:
        with run.lap("process"):
            futures = [process.submit(quote(job), quote(run.workers)) for job in run.jobs]
            await asyncio.to_thread(_collect, run, futures)
        run.expect_going_on()
    if run.receipts:
        with run.lap("validate"):
            run.judged(await _result(validate_run.submit(quote(run.validator), quote(run.question()))))
    with run.lap("commit"):
        run.committed(await _result(commit_run.submit(quote(run.layout), quote(run.state), quote(await asyncio.to_thread(run.delta)))))
    with run.lap("publish"):
        options = (run.settings.keep_generations, run.rebuild, run.settings.threads)
        run.published(await _result(publish_run.submit(quote(run.layout), quote(run.state), *options)))
    await acreate_markdown_artifact(run.summary(), key=f"run-{run_id}", description=f"Run {run_id} of {warehouse}")
    return run.status


def _collect(run: Run, futures: list[PrefectFuture]) -> None:
    for future in as_completed(futures):
        run.finished(future.result(raise_on_failure=False))


async def _result(future: PrefectFuture) -> Any:
    """Wait aside: the flow's own loop goes on telling the server that the run lives."""
    return await asyncio.to_thread(future.result)


def carry_out(run: Run, api_url: str) -> None:
    """Run the flow to its end in this thread; logs and events have reached the server when it returns."""
    _runs[run.run_id] = run
    run.rules = (*CLEANING, *SPLITTING)
    flow_of_run = run_flow.with_options(task_runner=ThreadPoolTaskRunner(max_workers=max(1, run.workers.most)))
    with temporary_settings({PREFECT_API_URL: api_url}):  # the environment counts at import only, and a process may run twice
        try:
            asyncio.run(flow_of_run(run.flow, run.run_id, str(run.layout.root)))
        finally:
            del _runs[run.run_id]
            APILogWorker.drain_all(timeout=DRAIN_SECONDS)
            EventsWorker.drain_all(timeout=DRAIN_SECONDS)
