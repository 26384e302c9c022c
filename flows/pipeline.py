"""The flow as Prefect sees it: process each batch, validate, commit, publish. Order only; what is done stands in tasks/.

Imported late, because Prefect costs a second: after our server was told to start, and only when there is something to do.
The flow is asynchronous because a synchronous one waits a second for its heartbeat at the end.
Prefect looks on: steps ask it for nothing once the flow has begun. Where its server goes away or its database is full, the run goes on
to its end, which is then told Prefect briefly and the user in a sentence.
Handles and large records travel as `quote`: Prefect neither looks into them nor stores them.
"""

from __future__ import annotations

import gc

gc.disable()  # while 1,500 modules load: collecting what stays is a fifth of the import

from prefect import flow  # noqa: E402
from prefect.artifacts import acreate_markdown_artifact  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.context import SettingsContext, get_settings_context  # noqa: E402
from prefect.events.worker import EventsWorker  # noqa: E402
from prefect.futures import PrefectFuture, as_completed  # noqa: E402
from prefect.logging.handlers import APILogWorker  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402
from prefect.settings import PREFECT_API_REQUEST_TIMEOUT, PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402

gc.enable()
gc.freeze()

import asyncio  # noqa: E402
import logging  # noqa: E402
from typing import Any  # noqa: E402
from uuid import UUID  # noqa: E402

from flows.run import Run  # noqa: E402
from flows.server import LOST, answers  # noqa: E402
from tasks.clean.rules import RULES as CLEANING  # noqa: E402
from tasks.ingest.task import process  # noqa: E402
from tasks.load.task import commit_run, publish_run  # noqa: E402
from tasks.split.rules import RULES as SPLITTING  # noqa: E402
from tasks.validate.task import validate_run  # noqa: E402

DRAIN_SECONDS = 5
HEALTH_SECONDS = 10.0  # for an answer of a server that is there
RETRIES = 4  # of the last words to Prefect: half a minute
_runs: dict[int, Run] = {}

logging.raiseExceptions = False  # log lines that Prefect's server does not take: a run says so once, in a sentence


@flow(name="ingest", flow_run_name="{flow}-{run_id}", persist_result=False, validate_parameters=False)
async def run_flow(flow: str, run_id: int, warehouse: str) -> str:
    """One run over its batches. The parameters name the run; the run itself stays in this process."""
    run = _runs[run_id]
    try:
        await _steps(run)
    except BaseException as error:
        run.fault = error
        raise
    finally:
        api_url = PREFECT_API_URL.value()
        heard = await asyncio.to_thread(answers, api_url, HEALTH_SECONDS)
        if not heard:
            run.let_server_go()
        # For what Prefect does behind us in this context: with its usual patience the end of a run would wait for ten minutes.
        patience = get_settings_context().settings.copy_with_update({PREFECT_CLIENT_MAX_RETRIES: RETRIES if heard else 0})
        SettingsContext(profile=get_settings_context().profile, settings=patience).__enter__()
    if heard:
        await acreate_markdown_artifact(run.summary(), key=f"run-{run_id}", description=f"Run {run_id} of {warehouse}")
    return run.status


async def _steps(run: Run) -> None:
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


def _collect(run: Run, futures: list[PrefectFuture]) -> None:
    for future in as_completed(futures):
        run.finished(future.result(raise_on_failure=False))


async def _result(future: PrefectFuture) -> Any:
    """Wait aside: the flow's own loop goes on telling the server that the run lives."""
    return await asyncio.to_thread(future.result)


def carry_out(run: Run, api_url: str) -> None:
    """
    Run the flow to its end in this thread; logs and events have reached the server when it returns.

    Raises what a step raised, and what Prefect raises before there is a publication. After it, `run.unheard` says what Prefect missed.
    """
    _runs[run.run_id] = run
    run.rules = (*CLEANING, *SPLITTING)
    flow_of_run = run_flow.with_options(task_runner=ThreadPoolTaskRunner(max_workers=max(1, run.workers.most)))
    with temporary_settings({PREFECT_API_URL: api_url}):  # the environment counts at import only, and a process may run twice
        try:
            asyncio.run(flow_of_run(run.flow, run.run_id, str(run.layout.root)))
        except Exception as error:
            if run.fault is not None and run.fault is not error:  # what it is about; Prefect could not even be told of it
                raise run.fault from None
            if run.fault is not None or run.publication is None:
                raise
        finally:
            del _runs[run.run_id]
            for service in (APILogWorker, EventsWorker):
                _, late = service.drain_all(timeout=DRAIN_SECONDS)
                if late and not answers(api_url, HEALTH_SECONDS):
                    LOST.set()
        run.unheard = _unheard(run.flow_run_id)


def _unheard(flow_run_id: str) -> str:
    """What is wrong with Prefect's record of a flow run that came to its end; "" where nothing is."""
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0 if LOST.is_set() else RETRIES, PREFECT_API_REQUEST_TIMEOUT: HEALTH_SECONDS}):
        try:
            with get_client(sync_client=True) as client:
                state = client.read_flow_run(UUID(flow_run_id)).state
        except Exception as error:  # of any library below: whatever it is, nothing was heard
            return f"it does not answer any more ({type(error).__name__})"
    return "" if state and state.is_completed() else f"there the run is {state.name.lower() if state else 'without a state'} still"
