"""What runs inside a Dask worker: proofs on demand, and one child process for each command that admitted the worker.

Functions here are called by tasks.cluster.client through Dask. Whoever reaches a Dask scheduler can run any code on its
workers; that is Dask's nature, and its configuration (TLS) decides who that is.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import platform
import signal
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.care import Limits
from tasks.storage.fingerprints import fingerprints
from tasks.storage.layout import Layout
from tasks.storage.records import Job
from tasks.storage.shared import answer, code_digest, unseen
from tasks.workers import Child, Died

IDLE_SECONDS = 600.0  # after which a child without work is ended: its command may be dead; the next batch spawns it again


class NotAdmitted(Exception):
    """This process has not proven to that command what it asks of a worker."""


class NotSeen(Exception):
    """Input files that this process does not see."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(paths)
        self.paths = paths


@dataclass
class Hold:
    """A command's hold on this Dask worker: one child process."""

    root: str
    child: Child
    busy: threading.Lock = field(default_factory=threading.Lock)
    timer: threading.Timer | None = None

    def warm(self) -> None:
        with self.busy:
            self.child.warm()

    def call(self, limits: Limits, function: str, arguments: Sequence[Any]) -> Any:
        with self.busy:
            self._watch(False)
            try:
                return self.child.call(limits, function, *arguments)
            finally:
                self._watch(True)

    def end(self) -> None:
        self._watch(False)
        self.child.end()

    def _watch(self, idle: bool) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(IDLE_SECONDS, self._tired) if idle else None
        if self.timer:
            self.timer.daemon = True
            self.timer.start()

    def _tired(self) -> None:
        if self.busy.acquire(blocking=False):
            try:
                self.child.end()
            finally:
                self.busy.release()


Key = tuple[str, str]  # a command's token and the worker's address: a process may be several workers

_holds: dict[Key, Hold] = {}
_parsing = threading.Lock()  # Python 3.11 fails (SystemError) where two threads parse code at once


async def prove(root: str, token: str, name: str, text: str, settings: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """What the command wants to know before it gives work: what this process reads and writes, and by which code."""
    return await asyncio.to_thread(_prove, root, token, name, text, settings, paths)


def _prove(root: str, token: str, name: str, text: str, settings: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    with _parsing:
        made = fingerprints(settings)
    told: dict[str, Any] = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "code": code_digest(),
        "fingerprints": made,
        "unseen": unseen(paths),
    }
    try:
        told["question"] = answer(Layout.of(root), token, name, text)
    except OSError as error:
        told["error"] = f"{error.strerror or error}: {error.filename}"
    return told


async def admit(root: str, key: Key, module: str, memory_bytes: int, ignore_ctrl_c: bool) -> None:
    """Begin to hold a child for this command; what an earlier command left at work on the same warehouse is ended."""
    for old, hold in list(_holds.items()):
        if old[1] == key[1] and (hold.root == root or old == key):
            await asyncio.to_thread(_holds.pop(old).end)
    if ignore_ctrl_c:  # this worker is the command's own, which answers Ctrl-C: this batch is finished first
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Dask's workers are daemonic, which forbids children because they would be left over; ours end with their parent.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    hold = _holds[key] = Hold(root, Child(module, memory_bytes))
    await asyncio.to_thread(hold.warm)


async def release(token: str) -> None:
    """End this command's children, whatever they do."""
    for key in [k for k in _holds if k[0] == token]:
        await asyncio.to_thread(_holds.pop(key).end)


def work(key: Key, limits: Limits, function: str, arguments: Sequence[Any], unseen_too: bool = False) -> Any:
    """
    One call to the child: what it answers, or Died where it does not survive. Raises what it raises.

    Returns NotAdmitted and NotSeen too, and raises none of the three: Dask would log each as an error of ours.
    `unseen_too`: also where this process does not see the job's files, since the command does not see them any more either.
    """
    hold = _holds.get(key)
    if hold is None:
        return NotAdmitted()
    job = next(iter(arguments), None)
    if isinstance(job, Job) and not unseen_too and (missing := unseen(local_paths(job))):
        return NotSeen(missing)
    try:
        return hold.call(limits, function, arguments)
    except Died as death:
        return death


def local_paths(job: Job) -> list[str]:
    """Files that a job reads by their path."""
    return [path for _, path in job.contents if path is not None and "://" not in path]
