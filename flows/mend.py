"""mend: everything that `verify` finds is made again from what is still there: manifests, bytes, tables, the published generation.

    done = mend_all(settings, findings, report=callback, drop_lost=False)

Cheap things are done at once, tables are computed by a run like any other (flow "mend"), and only the batches at fault. Needs no
seed file, but reads the originals of damaged bytes where they still lie.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from flows.alerts import killed, sent_after
from flows.ingest import IngestResult, _noted_if_failed, bury, carry_out, result_of, what_to_tell
from flows.run import Report, Run, note, now, silent
from flows.settings import Settings
from tasks.errors import BrokenWarehouse
from tasks.ingest.plan import plan
from tasks.storage import manifests, runlog
from tasks.storage.commit import commit
from tasks.storage.damage import earlier, read_over
from tasks.storage.fingerprints import fingerprints
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.mend import damaged_history, mend, opened, take_up
from tasks.storage.mend import drop_lost as let_go
from tasks.storage.publish import needs_publication, publish
from tasks.storage.records import STAGES, Delta, State
from tasks.storage.verify import Finding
from tasks.validate.process import Validator
from tasks.workers import Workers


@dataclass(frozen=True, slots=True)
class MendAll:
    """What was done, in sentences, and the run that computed tables, if one had to."""

    said: tuple[str, ...]
    result: IngestResult | None


def mend_all(settings: Settings, findings: Iterable[Finding], report: Report = silent, *, drop_lost: bool = False) -> MendAll:
    """Mend what `verify` found, under the lock. Raises BrokenWarehouse where nothing is left to mend from."""
    began = time.perf_counter()
    layout = Layout.of(settings.warehouse)
    with sent_after(settings, lambda fault: report("alert", 0, 0, fault)) as alerts, writer_lock(layout):
        state, said = _state(layout)
        if dead := bury(layout, state):
            alerts.append(killed(dead))
        run_id, started_at = runlog.next_run_id(layout, state), now()
        with _noted_if_failed(layout, run_id, started_at, flow="mend", alerts=alerts):
            done = mend(layout, state, read_over(layout, state))
            state, stale = done.state, dict(done.stale)
            said += done.said
            if drop_lost and done.untouched:
                state, sentences = let_go(layout, state, done.untouched)
                said += sentences
            lawless = {f.batch_id: STAGES[0] for f in findings if f.kind in ("law A", "law B", "places") and f.batch_id in state.batches}
            unmade = {b.batch_id: STAGES[0] for b in state.batches.values() if not b.fingerprints}
            stale = {b: s for b, s in earlier(earlier(stale, lawless), unmade).items() if b not in done.untouched or drop_lost}
            stale = {b: s for b, s in stale.items() if b in state.batches}
            if not stale and not needs_publication(layout, state) and any(f.kind == "publication" for f in findings):
                state = commit(layout, state, Delta(generation=state.generation + 1))
                said.append(f"Generation {state.generation} is published from the truth in place of {state.generation - 1}.")
            note(layout, {"run_id": run_id, "mended": said, "at": started_at})
            if not stale:
                if needs_publication(layout, state):
                    publish(layout, state, rebuild=True, keep=settings.keep_generations, threads=settings.threads)
                return MendAll(tuple(said), None)
            for sentence in said:
                report("mend", 0, 0, sentence)
            run = Run(
                settings, layout, state, run_id, plan([], state, {}, stale), fingerprints(settings.for_workers),
                Workers(settings.workers, *settings.limits_of_worker), Validator(), report,
                flow="mend", started_at=started_at, rebuild=True,
            )  # fmt: skip
            carry_out(run)
            alerts += what_to_tell(run)
            base = {"files_seen": 0, "files_known": len(state.file_batch), "problems": (), "specimens_only": False}
            return MendAll(tuple(said), result_of(run, began, {}, base))


def _state(layout: Layout) -> tuple[State, list[str]]:
    """The state, however it is to be had."""
    try:
        state, said = opened(layout)
    except BrokenWarehouse as error:
        if "newer taojin" in error.message or not any((layout.truth / "contents").glob("*.parquet")):
            raise
        state = take_up(layout)
        said = [f"{error.message} A new record was made of {len(state.batches):,} packs of bytes with {len(state.file_batch):,} files; "
                "what was forgotten before may be taken in again."]
    if damaged_history(layout):
        manifests.drop_history(layout, state)
        said.append("Damaged manifests of the past were dropped: a new snapshot holds everything that is true now.")
    return state, said
