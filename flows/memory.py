"""How much memory this machine has for us: what is built in, or what the control group of a container allows, whichever is less."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

GROUPS = Path("/sys/fs/cgroup")
OF_PROCESS = Path("/proc/self/cgroup")


def total_memory(groups: Path = GROUPS, of_process: Path = OF_PROCESS) -> int:
    """Bytes; 0 where the system does not tell."""
    try:
        built_in = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        built_in = 0
    known = [n for n in (built_in, *_allowed(groups, of_process)) if n > 0]
    return min(known, default=0)


def _allowed(groups: Path, of_process: Path) -> Iterator[int]:
    """Limits of the groups that hold this process, version 2 and 1, the outer ones too."""
    try:
        lines = of_process.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue
        root, name = (groups / "memory", "memory.limit_in_bytes") if controllers else (groups, "memory.max")
        inner = PurePosixPath(path.lstrip("/"))
        for folder in (inner, *inner.parents):
            try:
                yield int((root / folder / name).read_text())
            except (OSError, ValueError):  # no such group, or "max"
                continue
