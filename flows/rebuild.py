"""rebuild: every table again from the kept bytes, swapped in by one commit, published as a fresh generation.

    result = rebuild(settings, report=callback)      # the same result and progress as flows.ingest.ingest

Needs no seed file: the warehouse holds their bytes. Until the commit, readers see what was; a run that is killed leaves receipts.
"""

from __future__ import annotations

import time

from flows.alerts import killed, sent_after
from flows.ingest import IngestResult, _noted_if_failed, bury, carry_out, result_of, what_to_tell
from flows.run import Report, Run, now, silent
from flows.runner import runner_for
from flows.settings import Settings
from tasks.errors import UsageError
from tasks.ingest.plan import plan
from tasks.storage import runlog
from tasks.storage.fingerprints import fingerprints
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.mend import opened
from tasks.validate.process import Validator


def rebuild(settings: Settings, report: Report = silent) -> IngestResult:
    """Compute every batch from its bytes, whatever its fingerprint, and publish in full. Raises UsageError for an empty warehouse."""
    began = time.perf_counter()
    layout = Layout.of(settings.warehouse)
    with sent_after(settings, lambda fault: report("alert", 0, 0, fault)) as alerts, writer_lock(layout):
        state, _ = opened(layout)
        if not state.batches:
            raise UsageError(f"{layout.root} holds no files to rebuild from.", "Run `taojin ingest` first.")
        if dead := bury(layout, state):
            alerts.append(killed(dead))
        run_id, started_at = runlog.next_run_id(layout, state), now()
        with _noted_if_failed(layout, run_id, started_at, flow="rebuild", alerts=alerts):
            made = fingerprints(settings.for_workers)
            todo = plan([], state, {}, {}, retry=state.file_batch.keys())
            workers = runner_for(settings, todo.work, made, report)
            run = Run(
                settings, layout, state, run_id, todo, made, workers, Validator(), report,
                flow="rebuild", started_at=started_at, rebuild=True,
            )  # fmt: skip
            carry_out(run)
            alerts += what_to_tell(run)
            base = {"files_seen": 0, "files_known": len(state.file_batch), "problems": (), "specimens_only": False}
            return result_of(run, began, {}, base)
