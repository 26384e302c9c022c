"""The run log: one JSON line per event of a run, appended and never changed.

Runs that publish nothing (nothing new, failed, killed) are told here and enter `runs` with the next publication.
A line is written with one write call, so lines of two processes never mix; a torn last line is passed over.

A log that has grown to FILE_BYTES is put aside as runs-000000000000.jsonl, runs-000000000001.jsonl, ... and a new one begins; the
newest KEPT of them stay: 32 MiB are some 45 days of a firing a minute, or a lifetime of nightly ones.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.storage.durable import append_durably, fault, make_folder
from tasks.storage.layout import Layout
from tasks.storage.records import State

FILE_BYTES = 2 << 20
KEPT = 15  # files put aside, beside the current one
_ASIDE = re.compile(r"runs-([0-9]{12})\.jsonl")


def append(layout: Layout, entry: Mapping[str, Any]) -> None:
    """Add one entry and have it on disk. Entries of runs carry `run_id`."""
    make_folder(layout.run_log.parent)
    line = json.dumps(entry, ensure_ascii=False, default=str).encode() + b"\n"
    with _current(layout) as handle:
        size = os.fstat(handle).st_size
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        append_durably(handle, layout.run_log, b"\n" * bool(torn) + line, "runlog")


def entries(layout: Layout, since: int | None = None) -> list[dict[str, Any]]:
    """Entries, oldest first: of the current file and the one before, or so far back that all runs from number `since` on are among them."""
    found: list[dict[str, Any]] = []
    for n, path in enumerate([layout.run_log, *reversed(aside(layout))]):
        if n > 1 and (since is None or any(e["run_id"] < since for e in found if isinstance(e.get("run_id"), int))):
            break
        found[:0] = _read(path)
    return found


def aside(layout: Layout) -> list[Path]:
    """The files that were put aside, oldest first."""
    try:
        return sorted(p for p in layout.run_log.parent.iterdir() if _ASIDE.fullmatch(p.name))
    except FileNotFoundError:
        return []


def next_run_id(layout: Layout, state: State) -> int:
    """A number that neither a commit nor the log has used."""
    told = entries(layout)
    used = [e["run_id"] + 1 for e in told if isinstance(e.get("run_id"), int)]
    return max([state.next_run_id, *used, *(e["next_run_id"] for e in told if isinstance(e.get("next_run_id"), int))])


@contextmanager
def held(layout: Layout) -> Iterator[None]:
    """Nobody appends meanwhile; who waits finds the file that lies there afterwards."""
    with _current(layout):
        yield


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and _makes_sense(entry):
            found.append(entry)
    return found


def _makes_sense(entry: Mapping[str, Any]) -> bool:
    """Whether a line is what was written, as far as anybody relies on it: a flipped bit may leave JSON that says something else."""
    try:
        for name in ("started_at", "finished_at"):
            if entry.get(name) is not None:
                datetime.fromisoformat(entry[name])
    except (TypeError, ValueError):
        return False
    return isinstance(entry.get("run_id", None if "status" in entry else 0), int)


@contextmanager
def _current(layout: Layout) -> Iterator[int]:
    """The log, open and locked, begun anew where it was full. The lock makes sure that it is put aside once."""
    while True:
        handle = os.open(layout.run_log, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not os.path.samestat(os.fstat(handle), os.stat(layout.run_log)):
                continue  # put aside while we waited
            if os.fstat(handle).st_size < FILE_BYTES:
                yield handle
                return
            _put_aside(layout)
        except FileNotFoundError:
            continue  # the same, and nobody has begun a new one yet
        finally:
            os.close(handle)


def _put_aside(layout: Layout) -> None:
    """Begin a new file whose first line tells what the numbers of runs go on from."""
    before, told = aside(layout), entries(layout)
    used = [e["run_id"] + 1 for e in told if isinstance(e.get("run_id"), int)]
    used += [e["next_run_id"] for e in told if isinstance(e.get("next_run_id"), int)]
    number = int(_ASIDE.fullmatch(before[-1].name)[1]) + 1 if before else 0  # type: ignore[index]
    fresh = layout.run_log.with_name(f".{layout.run_log.name}.{os.getpid()}.tmp")
    fresh.write_text(json.dumps({"event": "continued", "next_run_id": max(used, default=0)}) + "\n", "utf-8")
    fault("runlog.before-aside")
    os.rename(layout.run_log, layout.run_log.with_name(f"runs-{number:012d}.jsonl"))
    fault("runlog.put-aside")
    with suppress(FileExistsError):  # somebody has begun one in between
        os.link(fresh, layout.run_log)
    fault("runlog.after-aside")
    fresh.unlink()
    for path in before[: max(0, len(before) + 1 - KEPT)]:
        path.unlink(missing_ok=True)
