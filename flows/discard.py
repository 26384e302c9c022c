"""discard: quarantine cases that somebody looked at and lets go. Recorded with who, when and why; the bytes stay.

A discarded document is out of `quarantine_open` until a later run refuses it again, which only a changed rule or check
leads to: then there is something new to say about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.run import login, now, pipeline_version
from flows.settings import Settings
from tasks.errors import UsageError
from tasks.load.rows import discards, runs
from tasks.storage import runlog
from tasks.storage.commit import commit, run_table
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.mend import opened
from tasks.storage.publish import publish
from tasks.storage.reader import open_published
from tasks.storage.records import Delta

Case = tuple[int, int]  # run, number


def discard(settings: Settings, cases: Sequence[Case], reason: str) -> int:
    """
    Let cases go and publish that. Returns the new generation.

    Raises UsageError for a case that is not open, and then changes nothing.
    """
    layout = Layout.of(settings.warehouse)
    with writer_lock(layout):
        state, _ = opened(layout)
        with open_published(layout.root) as db:
            standing = set(db.execute("SELECT run_id, quarantine_no FROM quarantine_open").fetchall())
        unknown = [f"{r}-{n}" for r, n in cases if (r, n) not in standing]
        if unknown:
            raise UsageError(f"Not open in quarantine: {', '.join(unknown)}.", "See taojin quarantine list.")
        began = now()
        run_id, generation = runlog.next_run_id(layout, state), state.generation + 1
        row = {"run_id": run_id, "flow": "discard", "started_at": began, "finished_at": now(), "status": "done",
               "generation": generation, "pipeline_version": pipeline_version(), "error": None}  # fmt: skip
        tables = {"runs": runs([row]), "quarantine_actions": discards(run_id, cases, reason, began, login())}
        files = tuple(f for name, table in tables.items() if (f := run_table(layout, run_id, name, table)))
        state = commit(layout, state, Delta(run_id=run_id, run_files=files, generation=generation))
        publish(layout, state, keep=settings.keep_generations, threads=settings.threads)
    return generation
