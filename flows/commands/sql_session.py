"""Queries of `taojin sql` in a child process (sql_child.py) that is killed when its time is up.

    with Session(path, Limits(seconds=60)) as session:
        for result in session.run("select 1; select 2"):
            result.columns, result.types
            for batch in result.batches: ...           # Arrow record batches, as they come
            result.more, result.seconds

A query that overstays or is broken off costs its child; the next query gets a new one.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.settings import PROJECT
from tasks.errors import BrokenWarehouse, UsageError

START_SECONDS = 60.0
# Arrow's own pool reserves a gigabyte of addresses at once, which would count against the child's limit.
OWN = {"PYTHONPATH": str(PROJECT), "ARROW_DEFAULT_MEMORY_POOL": "system"}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take."""

    seconds: float = 60.0  # that are waited for it; reading its answer does not count
    rows: int | None = None  # of one result; None: all
    memory: int = 2 << 30  # bytes of DuckDB


class QueryError(Exception):
    """A query that was refused, broke or took too much; `name` says which."""

    def __init__(self, name: str, message: str = "", unparsed: bool = False) -> None:
        super().__init__(message or name)
        self.name, self.message, self.unparsed = name, message, unparsed


class Result:
    """One result; `batches` must be read to its end before the next result is asked for."""

    def __init__(self, session: Session, head: Mapping[str, Any]) -> None:
        self.columns: list[str] = head["columns"]
        self.types: list[str] = head["types"]
        self.more = False
        self.seconds = 0.0
        self._session = session
        (kind, data) = session.frame()
        assert kind == b"B"
        self.schema = pa.ipc.open_stream(data).schema

    @property
    def batches(self) -> Iterator[pa.RecordBatch]:
        """Record batches in order. Raises QueryError where the query ends badly on the way."""
        while True:
            kind, data = self._session.frame()
            if kind == b"B":
                yield from pa.ipc.open_stream(data)
                continue
            end = json.loads(bytes(data))
            if kind == b"E":
                self._session.at_rest = True
                raise QueryError(end["error"], end.get("message", ""))
            self.more, self.seconds = end["more"], end["seconds"]
            return


class Session:
    """A child over one generation, started when the first query comes."""

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.path, self.limits = path, limits or Limits()
        self.at_rest = True
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0.0

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, sql: str, values: Mapping[str, Any] | None = None, rows: int | None = None) -> Iterator[Result]:
        """Results of the statements in order. Raises QueryError."""
        if not self.at_rest:
            self.close()
        child = self._child()
        self.at_rest = False
        self._left = self.limits.seconds
        rows = self.limits.rows if rows is None else rows
        assert child.stdin is not None
        child.stdin.write(json.dumps({"sql": sql, "values": dict(values or {}), "rows": rows}).encode() + b"\n")
        child.stdin.flush()
        while True:
            kind, data = self.frame()
            told = json.loads(bytes(data))
            if kind == b"H":
                yield Result(self, told)
                continue
            self.at_rest = True
            if error := told.get("error"):
                raise QueryError(error, told.get("message", ""), told.get("unparsed", False))
            return

    def frame(self) -> tuple[bytes, memoryview]:
        """The next frame. Raises QueryError "time" or "memory" where the child did not live to send it."""
        head = self._read(9)
        return bytes(head[:1]), self._read(struct.unpack("<Q", head[1:])[0])

    def close(self) -> None:
        """End the child, whatever it does."""
        child, self._process, self.at_rest = self._process, None, True
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass
        child.wait()

    def _child(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        # An environment of our own: what the shell exported is nobody's business there.
        kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT") if k in os.environ}
        command = [sys.executable, "-m", "flows.commands.sql_child", str(self.path), str(self.limits.memory)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PROJECT, env=kept | OWN,
            start_new_session=True,
        )  # fmt: skip
        self._left = START_SECONDS
        try:
            self.frame()
        except QueryError as error:
            raise BrokenWarehouse(f"{self.path} cannot be opened.", "See taojin status; taojin verify names what is damaged.") from error
        return self._process

    def _read(self, size: int) -> memoryview:
        """So many bytes; only the time that is waited for them counts."""
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        data = bytearray(size)
        view, got = memoryview(data), 0
        while got < size:
            began = time.monotonic()
            ready, _, _ = select.select([pipe], [], [], max(self._left, 0))
            self._left -= time.monotonic() - began
            if not ready:
                self.close()
                raise QueryError("time")
            read = os.readv(pipe, [view[got : got + _CHUNK]])
            if not read:
                self.close()
                raise QueryError("memory")
            got += read
        return view


def sentence(error: QueryError, limits: Limits) -> UsageError | None:
    """A refusal or a limit as one sentence and a next step; None for what DuckDB itself says."""
    said = {
        "reads_only": ("Only queries that read are run here: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW and EXPLAIN. "
                       "Nothing was run.", "Write results with -o FILE; take tables away with taojin export."),
        "closed": ("A query can read the published tables, but no file, network, extension or setting.",
                   "Open the file of taojin path in a DuckDB of your own for that."),
        "time": (f"The query was stopped after {limits.seconds:g} s.", "Ask for less, or give it longer with --seconds N."),
        "memory": (f"The query needs more than {limits.memory / (1 << 30):g} GiB of memory and was stopped.",
                   "Ask for fewer rows or columns, or give it more with --memory 4GiB."),
        "too_wide": ("Rows of this result are too large to be shown.", "Take a part of the text: text[:1000]."),
    }.get(error.name)  # fmt: skip
    return UsageError(*said) if said else None
