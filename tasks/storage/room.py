"""Room: what a run will need on disk, asked for before it begins, and told where it was missing after all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tasks.errors import DiskFault
from tasks.storage.layout import Layout

TRUTH = 3.3  # bytes of the truth per byte of seed files (95 MB of law text: 3.2)
SHOWN = 3.8  # bytes of a published generation per byte of seed files (the same: 3.7)
SPARE = 64 << 20  # bytes left free beside that
MB = 1e6


def needed(layout: Layout, size: int) -> int:
    """Bytes that taking in or computing again `size` bytes of seed files takes, about; an increment begins with a copy of what is shown."""
    shown = 0
    with suppress(OSError):  # nothing is published yet
        shown = layout.current.stat().st_size
    return int(size * (TRUTH + SHOWN)) + shown + SPARE


@contextmanager
def room_for(layout: Layout, size: int) -> Iterator[None]:
    """
    Work that needs room for `size` bytes of seed files.

    Raises DiskFault before anything is begun where it cannot be enough; one that comes up later says what is needed.
    """
    need, free = needed(layout, size), shutil.disk_usage(layout.root).free
    what = f"{size / MB:,.1f} MB" if size >= MB / 10 else f"{size / 1000:,.0f} kB"
    told = f"{what} of files need" if size else "A publication needs"
    told += f" about {need / MB:,.0f} MB in {layout.root}"
    if size and free < need:
        raise DiskFault(f"{told}, and {free / MB:,.0f} MB are free.", "Make room, or take in fewer files at a time; nothing was changed.")
    try:
        yield
    except DiskFault as fault:
        fault.hint = f"{told}. {fault.hint}"
        raise
