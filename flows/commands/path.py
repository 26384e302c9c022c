"""taojin path: where the current generation lies."""

from __future__ import annotations

from pathlib import Path

from flows.terminal import say
from tasks.storage.reader import current_path


def run(warehouse: Path) -> int:
    """Print the real path, so that a reader never follows a link that the next publication moves."""
    say(str(current_path(warehouse)))
    return 0
