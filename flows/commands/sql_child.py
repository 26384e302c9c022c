"""The process in which `taojin sql` runs queries: `python -m flows.commands.sql_child FILE MEMORY`.

It is told queries on standard input, one JSON line each ({sql, values, rows}), and answers on standard output in frames: a letter, a
length of 8 bytes, the content. `H` and `E` hold JSON (the head of a result; how the query ended), `B` an Arrow IPC stream.
It holds nothing that a query could spoil: the file is open read-only, without files, network, extensions, settings or variables of
Python, and the kernel limits its memory and forbids it to write files and to start processes. Who asked kills it when time is up,
because DuckDB's own interrupt does not stop every query (repeat('x', 500000000) runs on).

Of statements, only those that read are run: SELECT in its forms (WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW) and EXPLAIN. All
statements of a text are looked at before the first one runs.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import resource
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from flows.orphans import end_with_parent
from tasks.storage.reader import open_file
from tasks.storage.reading import called, refused_functions

ROWS_AT_ONCE = 10_000
BESIDE = 2 << 30  # address space beyond DuckDB's own limit: code, stacks, Arrow
LARGEST_FRAME = 512 << 20  # bytes of rows that come at once
READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
# Some of these come as SELECT from DuckDB's parser, so the words count too; SHOW only reads.
_BY_CALL = re.compile(r"(?:^|;)\s*(?:pragma|call|set|reset|load|install)\b", re.I)
_QUOTED_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.S)


def confine(memory: int) -> None:
    """Limits that the process cannot lift again."""
    for what, limit in (
        (resource.RLIMIT_AS, memory + BESIDE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit of the address space
            resource.setrlimit(what, (limit, limit))


class Refused(Exception):
    """A query that is not run, or not to its end; the name of the reason."""


def answer(con: duckdb.DuckDBPyConnection, refused: frozenset[str], asked: dict[str, Any], send: Any) -> dict[str, Any]:
    """Run the statements of one text and send their rows. Returns how it ended: {} or {error, message}."""
    try:
        statements = con.extract_statements(asked["sql"])
        if any(s.type not in READS for s in statements) or _BY_CALL.search(_bare(asked["sql"])):
            raise Refused("reads_only")
        if called(asked["sql"]) & refused:
            raise Refused("closed")
        for statement in statements:
            _run(con, statement, asked, send)
        return {}
    except Refused as error:
        return {"error": str(error)}
    except (MemoryError, pa.ArrowMemoryError, duckdb.OutOfMemoryException):
        return {"error": "memory"}
    except duckdb.PermissionException as error:
        return {"error": "closed", "message": _cut(error)}
    except duckdb.Error as error:
        return {"error": "engine", "message": _cut(error), "unparsed": isinstance(error, duckdb.ParserException)}
    except (ValueError, OverflowError, TypeError, pa.ArrowException) as error:
        return {"error": "engine", "message": f"{type(error).__name__}: {_cut(error)}"}


def _run(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, asked: dict[str, Any], send: Any) -> None:
    began = time.perf_counter()
    given = {n: asked["values"][n] for n in statement.named_parameters if n in asked["values"]}
    con.execute(statement, given or None)
    names, types = [d[0] for d in con.description], [str(d[1]) for d in con.description]
    reader = con.to_arrow_reader(ROWS_AT_ONCE)
    send(b"H", json.dumps({"columns": names, "types": types}).encode())
    send(b"B", _stream(reader.schema, []))
    left, more = asked["rows"], False
    for batch in reader:
        if left is not None and batch.num_rows > left:
            batch, more = batch.slice(0, left), True
        if batch.nbytes > LARGEST_FRAME:
            raise Refused("too_wide")
        if batch.num_rows:
            send(b"B", _stream(reader.schema, [batch]))
        if left is not None:
            left -= batch.num_rows
        if more:
            break
    send(b"R", json.dumps({"more": more, "seconds": time.perf_counter() - began}).encode())


def _bare(sql: str) -> str:
    """The words outside of quotes and comments. Both are looked for at once: either may hold what looks like the other."""
    return _QUOTED_OR_COMMENT.sub(lambda m: " " if m[0].startswith(("--", "/*")) else "q", sql).strip()


def _stream(schema: pa.Schema, batches: list[pa.RecordBatch]) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getbuffer()


def _cut(error: Exception) -> str:
    return str(error)[:4_000]


def main(arguments: list[str]) -> None:
    """Answer until standard input ends, or whoever asks."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing but answers on the pipe, whatever a library prints
    memory = int(arguments[1])
    con = open_file(
        Path(arguments[0]),
        {
            "memory_limit": f"{memory >> 20}MiB", "temp_directory": "", "python_enable_replacements": "false",
            "threads": str(min(4, os.cpu_count() or 1)), "allocator_background_threads": "false",
        },
    )  # fmt: skip
    # Threads and pools that start late must start before the limits.
    table = con.execute("select sum(i) from range(500000) t(i) group by i % 7").to_arrow_reader(1).read_all()
    _stream(table.schema, table.to_batches())
    refused = refused_functions(con)
    confine(memory)

    def send(kind: bytes, data: Any) -> None:
        _frame(out, kind, data)

    send(b"E", b"{}")
    for line in sys.stdin.buffer:
        send(b"E", json.dumps(answer(con, refused, json.loads(line), send)).encode())


def _frame(out: BinaryIO, kind: bytes, data: Any) -> None:
    out.write(kind + struct.pack("<Q", len(data)))
    out.write(data)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
