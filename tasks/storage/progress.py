"""How far a running ingest is: a small file beside the generations, since a published one cannot show it.

It is told to people, not relied on: it is replaced in one step but not forced to disk, and may be left over by a kill. What
cannot be written (a full disk) is not told.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from tasks.storage.durable import fault
from tasks.storage.layout import Layout


def write_progress(layout: Layout, progress: Mapping[str, Any]) -> None:
    """Say how far the run is."""
    temporary = layout.progress.with_name(f".{layout.progress.name}.{os.getpid()}.tmp")
    fault("progress.before-write")
    try:
        temporary.write_text(json.dumps(progress, ensure_ascii=False, default=str), "utf-8")
        os.replace(temporary, layout.progress)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
    fault("progress.after-replace")


def read_progress(layout: Layout) -> dict[str, Any] | None:
    """What was last said; None when nothing runs."""
    try:
        told = json.loads(layout.progress.read_bytes())
        datetime.fromisoformat(told["started_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # rubbish tells nothing: the run log knows what ran
    return told


def clear_progress(layout: Layout) -> None:
    """The run has ended."""
    with suppress(OSError):  # a disk that can only be read; the next run sees that this one said the last word itself
        layout.progress.unlink(missing_ok=True)
