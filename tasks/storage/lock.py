"""One writer at a time. Readers need no lock: what they read is never changed.

The lock is flock on an open file: the kernel releases it when its holder dies, however it dies, so that no lock is
ever left over and nobody has to judge whether a process id in a file is still alive. What stands in the file is only
told to the one who has to wait, so a full disk, on which it cannot be written, keeps nobody from making room.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from tasks.errors import UsageError, WarehouseBusy
from tasks.storage.layout import Layout

MOST_COMMAND = 120  # characters
PATIENCE = 5.0  # seconds with those who only ask


@contextmanager
def writer_lock(layout: Layout) -> Iterator[None]:
    """
    Hold the warehouse for writing. Raises WarehouseBusy at once where somebody else does, UsageError for a folder that
    cannot be written to.
    """
    try:
        layout.make()
        handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        hint = "Name a folder that you may write to with --warehouse."
        raise UsageError(f"{layout.root} cannot be a warehouse: {error.strerror}.", hint) from None
    try:
        if not taken(handle):
            raise WarehouseBusy(
                f"Another taojin ({_holder(handle)}) is writing to {layout.root}.",
                "Try again when it is done, or choose another folder with --warehouse.",
            )
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "command": command(sys.argv),
                  "since": datetime.now(UTC).isoformat(timespec="seconds")}  # fmt: skip
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.close(handle)


def taken(handle: int) -> bool:
    """
    Whether the lock is ours now.

    Whoever asks only who holds it shares it for a moment, and is no reason to leave; a writer shares it with nobody.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            pass
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        fcntl.flock(handle, fcntl.LOCK_UN)
        if time.monotonic() > until:
            return False
        time.sleep(0.001)


def holder(layout: Layout) -> dict | None:
    """Who writes at this moment: pid, host, command, since; None if nobody."""
    with held(layout.lock) as handle:
        return None if handle is None else _read(handle)


@contextmanager
def held(path: Path) -> Iterator[int | None]:
    """The open file of a lock that somebody holds; None where nobody does. Asking disturbs nobody (see taken)."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            somebody = False
            fcntl.flock(handle, fcntl.LOCK_UN)
        except OSError:
            somebody = True
        yield handle if somebody else None
    finally:
        os.close(handle)


def command(words: list[str]) -> str:
    """What a process was called with, in a line: `taojin ingest pages`."""
    program = Path(words[0] if words else "taojin")
    if program.name == "__main__.py" and program.parent.name == "flows":
        return shlex.join(["taojin", *words[1:]])[:MOST_COMMAND]
    return shlex.join([program.parent.name if program.name == "__main__.py" else program.name, *words[1:]])[:MOST_COMMAND]


def _read(handle: int) -> dict:
    try:
        found = json.loads(os.pread(handle, 4096, 0))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _holder(handle: int) -> str:
    found = _read(handle)
    if not found:
        return "that has just started"
    called = f"{found['command']}: " if found.get("command") else ""
    return f"{called}process {found.get('pid')} on {found.get('host')}, since {found.get('since')}"
