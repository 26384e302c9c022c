"""Queries of the SQL page, each in a child process (child.py) that is killed when its time is up.

    bench = Workbench(root)
    bench.run(path, Query("select 1"))         # -> Answer; takes no longer than the query's seconds, whatever it does

A few children wait, warm, for the current generation. A query that overstays costs its child, which is killed and replaced aside;
others go on in theirs. When all are busy, a query waits a short time for its turn and then is told to come again.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
CHILDREN = 2
SECONDS = 5.0
START_SECONDS = 20.0
WAIT_SECONDS = 10.0  # for a turn, while all children are busy
USES = 200  # queries after which a child is replaced, so that no memory gathers
LONGEST = 8_000  # characters of a query: it must fit an address
_CHUNK = 1 << 16
# Arrow's own pool reserves a gigabyte of addresses at once, which would count against the child's limit.
OWN = {"PYTHONPATH": str(PROJECT), "ARROW_DEFAULT_MEMORY_POOL": "system"}


@dataclass(frozen=True)
class Query:
    """What is asked: the statement, its parameters, how many rows, and a file's format or '' for a table on the page."""

    sql: str
    values: Mapping[str, str] = field(default_factory=dict)
    limit: int = 1_000
    seconds: float = SECONDS
    format: str = ""
    bom: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back: `head` as child.py tells it, or an error by name; a file's bytes."""

    head: dict[str, Any]
    data: bytes = b""

    @property
    def error(self) -> str:
        return self.head.get("error", "")


class Child:
    """One process over one generation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.uses = 0
        # An environment of our own: what the shell exported is nobody's business there.
        kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT") if k in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.child", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env=kept | OWN,
            start_new_session=True,
        )
        self._ready = False

    def ask(self, query: Query) -> Answer:
        """Raises TimeoutError where the answer does not come in time, EOFError where the child died; both end the child's use."""
        if not self._ready:
            self._read(time.monotonic() + START_SECONDS)
            self._ready = True
        self.uses += 1
        asked = {"sql": query.sql, "values": dict(query.values), "limit": query.limit, "format": query.format, "bom": query.bom}
        deadline = time.monotonic() + query.seconds
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise EOFError from error
        return self._read(deadline)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self, deadline: float) -> Answer:
        line, rest = self._until_line(deadline)
        try:
            head = json.loads(line)
        except ValueError as error:  # something else wrote into the pipe: that child is done for
            raise EOFError from error
        parts, have = [rest], len(rest)
        while have < head["bytes"]:
            part = self._part(deadline)
            parts.append(part)
            have += len(part)
        return Answer(head, b"".join(parts))

    def _until_line(self, deadline: float) -> tuple[bytes, bytes]:
        parts = []
        while True:
            part = self._part(deadline)
            line, end, rest = part.partition(b"\n")
            parts.append(line)
            if end:
                return b"".join(parts), rest

    def _part(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        handle = self._process.stdout.fileno()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise TimeoutError
        part = os.read(handle, _CHUNK)
        if not part:
            raise EOFError
        return part


class Workbench:
    """The children, and who has which."""

    def __init__(self, warehouse: Path, children: int = CHILDREN, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.warehouse = warehouse
        self._turns = threading.BoundedSemaphore(children)
        self._idle: list[Child] = []
        self._lock = threading.Lock()
        self._children = children
        self._closed = False

    def run(self, path: Path, query: Query) -> Answer:
        """Answer one query over the generation in `path`; errors are answers (`error`): time, memory, busy, too_long, died …"""
        if len(query.sql) > LONGEST:
            return Answer({"error": "too_long"})
        if not self._turns.acquire(timeout=WAIT_SECONDS):
            return Answer({"error": "busy"})
        child = None
        try:
            child = self._take(path)
            answer = child.ask(query)
            if child.uses < USES and answer.error != "memory":
                self._give(child)
                child = None
            return answer
        except TimeoutError:
            return Answer({"error": "time", "seconds": query.seconds})
        except EOFError:
            return Answer({"error": "memory"})
        finally:
            if child is not None:
                child.kill()
                self._replace(path)
            self._turns.release()

    def close(self) -> None:
        """End all that wait."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()

    def _take(self, path: Path) -> Child:
        with self._lock:
            old = [c for c in self._idle if not c.path.exists()]
            self._idle = [c for c in self._idle if c not in old]
            fit = next((c for c in self._idle if c.path == path), None)
            if fit is not None:
                self._idle.remove(fit)
            elif len(self._idle) >= self._children:
                old.append(self._idle.pop(0))
        for child in old:
            child.kill()
        return fit or Child(path)

    def _give(self, child: Child) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(child)
                spare = self._idle.pop(0) if len(self._idle) > self._children else None
            else:
                spare = child
        if spare is not None:
            spare.kill()

    def _replace(self, path: Path) -> None:
        """A new child for the one that was killed, so that the next query finds it warm."""
        if not self._closed and path.exists():
            self._give(Child(path))
