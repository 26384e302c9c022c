"""The run log: one JSON line per event of a run, appended and never changed.

Runs that publish nothing (nothing new, failed, killed) are told here and enter `runs` with the next publication.
A line is written with one write call, so lines of two processes never mix; a torn last line is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from tasks.storage.durable import make_folder
from tasks.storage.layout import Layout
from tasks.storage.records import State


def append(layout: Layout, entry: Mapping[str, Any]) -> None:
    """Add one entry and have it on disk. Entries of runs carry `run_id`."""
    make_folder(layout.run_log.parent)
    line = json.dumps(entry, ensure_ascii=False, default=str).encode() + b"\n"
    handle = os.open(layout.run_log, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(handle).st_size
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, b"\n" * bool(torn) + line)
        os.fsync(handle)
    finally:
        os.close(handle)


def entries(layout: Layout) -> list[dict[str, Any]]:
    """All entries, oldest first."""
    try:
        lines = layout.run_log.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def next_run_id(layout: Layout, state: State) -> int:
    """A number that neither a commit nor the log has used."""
    return max([state.next_run_id, *(e["run_id"] + 1 for e in entries(layout) if isinstance(e.get("run_id"), int))])
