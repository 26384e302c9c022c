"""The run log as pages read it: once for as long as the file does not change, for it grows with every run and every page asks for it.

    told(root)      # all entries, oldest first; not to be changed
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from tasks.storage import runlog
from tasks.storage.layout import Layout

_LOCK = threading.Lock()
_READ: dict[Path, tuple[tuple[int, int, int], list[dict[str, Any]]]] = {}
KEPT = 8  # logs; a process shows one, tests many


def told(root: Path) -> list[dict[str, Any]]:
    """All entries of the log of a warehouse."""
    layout = Layout.of(root)
    try:
        stat = os.stat(layout.run_log)
    except OSError:
        return []
    sign = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    with _LOCK:
        known = _READ.get(layout.run_log)
        if known is None or known[0] != sign:
            known = _READ[layout.run_log] = (sign, runlog.entries(layout))
            while len(_READ) > KEPT:
                del _READ[next(iter(_READ))]
    return known[1]
