"""The folder of a warehouse that must be there already.

`ingest` may begin one; a command that checks, copies or shrinks one must not find an empty folder in order, since a mistyped path
would then look like a sound warehouse night after night.
"""

from __future__ import annotations

from pathlib import Path

from tasks.errors import UsageError
from tasks.storage.layout import Layout


def existing(warehouse: Path) -> Layout:
    """The layout of a folder that holds a warehouse. Raises UsageError where there is none; creates nothing."""
    layout = Layout.of(warehouse)
    if not layout.manifests.is_dir():
        raise UsageError(f"There is no warehouse in {layout.root}.", "Run `taojin ingest` first, or give another folder with -w.")
    return layout
