"""Files that nobody needs: what killed runs left and what later commits replaced. They are never read; they only take room.

Publications of kept generations do not need them either: a generation's file holds its rows itself.
"""

from __future__ import annotations

import time
from pathlib import Path

from tasks.storage.layout import Layout
from tasks.storage.records import State

A_DAY = 24 * 3600


def orphans(layout: Layout, state: State) -> list[Path]:
    """Files in the truth that no manifest's state names, oldest name first."""
    wanted = {f.path for f in state.files()}
    return sorted(p for p in layout.truth.rglob("*") if p.is_file() and layout.relative(p) not in wanted)


def remove_orphans(layout: Layout, state: State, min_age_s: float = A_DAY) -> list[Path]:
    """Remove orphans and temporary files of at least some age (seconds). The caller holds the lock. Returns what was removed."""
    before = time.time() - min_age_s
    left = [p for folder in (layout.root, layout.manifests, layout.known.parent, layout.run_log.parent) for p in folder.glob(".*.tmp")]
    gone = [p for p in (*orphans(layout, state), *left) if min_age_s <= 0 or p.lstat().st_mtime <= before]
    for path in gone:
        path.unlink()
    return gone
