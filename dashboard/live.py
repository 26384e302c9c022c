"""What a running ingest says of itself: the progress file beside the generations, since a published one cannot show it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from dashboard.view import now
from tasks.storage.layout import Layout
from tasks.storage.lock import holder
from tasks.storage.progress import read_progress

QUIET_SECONDS = 120  # a run speaks when a batch is done; without a word for longer, people should know
DEAD_SECONDS = 3600  # then a left-over is not even asked about: asking takes the lock for a moment, which a starting run may meet


def progress(root: Path) -> dict[str, Any] | None:
    """
    The run that is going on: run_id, flow, stage, done, total, detail, share (0 to 1 or None), silent (seconds without a word, else 0).

    None when nothing runs: a kill leaves its last word behind, so the lock must be held too.
    """
    layout = Layout.of(root)
    told = read_progress(layout)
    if not isinstance(told, dict):
        return None
    try:
        quiet = (now() - dt.datetime.fromisoformat(str(told.get("told_at")))).total_seconds()
    except ValueError:
        return None
    if quiet > DEAD_SECONDS or holder(layout) is None:
        return None
    found = {k: told.get(k) for k in ("run_id", "flow", "stage", "detail", "started_at", "told_at")}
    found["done"], found["total"] = _whole(told.get("done")), _whole(told.get("total"))
    found["share"] = min(found["done"] / found["total"], 1.0) if found["total"] else None
    found["silent"] = int(quiet) if quiet > QUIET_SECONDS else 0
    return found


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
