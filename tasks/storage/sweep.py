"""Files that nobody needs: what killed runs left and what later commits replaced. They are never read; they only take room.

Publications of kept generations do not need them either: a generation's file holds its rows itself. Age decides, because a worker of a
killed run may still be writing, and because a reader may still have a replaced file open: a day for files, a week for finished
batches that wait for the next run.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from tasks.storage.durable import fault, make_folder
from tasks.storage.layout import Layout
from tasks.storage.records import State

A_DAY = 24 * 3600
A_WEEK = 7 * A_DAY


def orphans(layout: Layout, state: State) -> list[Path]:
    """Files in the truth that no manifest's state names, oldest name first."""
    wanted = {f.path for f in state.files()}
    found = (Path(folder, name) for folder, _, names in os.walk(layout.truth) for name in names)
    return sorted(p for p in found if layout.relative(p) not in wanted)


def remove_orphans(layout: Layout, state: State, min_age_s: float = A_DAY) -> list[Path]:
    """Remove orphans and temporary files of at least some age (seconds). The caller holds the lock. Returns what was removed."""
    before = time.time() - min_age_s
    left = [p for folder in (layout.root, layout.manifests, layout.known.parent, layout.run_log.parent) for p in folder.glob(".*.tmp")]
    left += [p for folder in (layout.manifests, layout.journal.parent) for p in folder.glob("*.damaged")]
    gone = [p for p in (*orphans(layout, state), *left) if min_age_s <= 0 or p.lstat().st_mtime <= before]
    for path in gone:
        path.unlink()
    return gone


def empty_staging(layout: Layout, min_age_s: float = A_DAY, receipts_s: float = A_WEEK) -> list[Path]:
    """Remove what killed runs left in staging: folders in which nothing was written for so long. The caller holds the lock."""
    gone = []
    for folder in layout.staging.iterdir() if layout.staging.is_dir() else ():
        limit = receipts_s if (folder / "receipt.json").exists() else min_age_s
        if not limit or _last_written(folder) <= time.time() - limit:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                folder.unlink()
            gone.append(folder)
    return gone


def sweep_when_due(layout: Layout, state: State) -> list[Path]:
    """What every run does once a day, before it begins. The caller holds the lock; younger leavings of killed runs stay."""
    with suppress(OSError):
        if time.time() - layout.swept.stat().st_mtime < A_DAY:
            return []
    gone = [*remove_orphans(layout, state), *empty_staging(layout)]
    fault("sweep.removed")
    make_folder(layout.swept.parent)
    with suppress(OSError):  # a full disk: the next run sweeps again
        layout.swept.write_bytes(b"")
    return gone


def _last_written(folder: Path) -> float:
    """When anything in a folder was written last; now, where it goes away meanwhile."""
    try:
        return max(p.lstat().st_mtime for p in (folder, *folder.rglob("*")))
    except OSError:
        return time.time()
