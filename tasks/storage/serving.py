"""One `taojin serve` per warehouse, and what others may know of it: who serves, since when, when it is due next.

The lock is flock, as the writers' (tasks/storage/lock.py); what is told beside it counts only while the lock is held.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tasks.errors import UsageError, WarehouseBusy
from tasks.storage.layout import Layout
from tasks.storage.lock import held, taken


@contextmanager
def serving_lock(layout: Layout) -> Iterator[None]:
    """Serve a warehouse. Raises WarehouseBusy where somebody does already, UsageError for a folder that cannot be written to."""
    try:
        layout.make()
        handle = os.open(layout.serve_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise UsageError(f"{layout.root} cannot be a warehouse: {error.strerror}.", "Name another with --warehouse.") from None
    try:
        if not taken(handle):
            told = _read(layout)
            raise WarehouseBusy(
                f"Another taojin serve (process {told.get('pid', '?')} on {told.get('host', '?')}) serves {layout.root}.",
                "Stop that one first (kill -TERM), or serve another warehouse with --warehouse.",
            )
        try:
            yield
        finally:
            layout.serving.unlink(missing_ok=True)
    finally:
        os.close(handle)


def tell_serving(layout: Layout, told: Mapping[str, Any]) -> None:
    """Say who serves and when; replaced in one step. What cannot be written is not told."""
    temporary = layout.serving.with_name(f".{layout.serving.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(told, ensure_ascii=False, default=str), "utf-8")
        os.replace(temporary, layout.serving)
    except OSError:
        temporary.unlink(missing_ok=True)


def serving(layout: Layout) -> dict[str, Any] | None:
    """What the one that serves at this moment tells; None if nobody does."""
    with held(layout.serve_lock) as handle:
        return None if handle is None else _read(layout)


def _read(layout: Layout) -> dict[str, Any]:
    try:
        found = json.loads(layout.serving.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
