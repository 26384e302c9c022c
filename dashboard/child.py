"""The process in which a query of the SQL page runs: `python -m dashboard.child FILE`.

It is told queries on standard input, one JSON line each, and answers on standard output: a JSON line (the head), then as many bytes
as the head's `bytes` says. It holds nothing that a query could spoil: the file is open read-only, without files, network, extensions
or settings, and the kernel limits its memory, forbids it to write files and to start processes. Who asked kills it when time is up
(DuckDB's own interrupt does not stop every query: repeat('x', 500000000) runs on).

Of statements, only those that read are run: SELECT in its forms (WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW) and EXPLAIN.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from dashboard.export import FORMATS, as_bytes, text_of
from flows.orphans import end_with_parent
from tasks.storage.reader import open_file
from tasks.storage.reading import called, refused_functions

MEMORY = 1536 << 20  # address space of the process
LIMITS = {
    "threads": "1",
    "memory_limit": "512MB",
    "temp_directory": "",
    "allocator_background_threads": "false",
    "python_enable_replacements": "false",
}
LONGEST_CELL = 2_000  # characters of a value on the page; files hold it whole
MOST_BYTES = 32 << 20  # of an answer
READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
_BY_CALL = re.compile(r"\s*(?:--[^\n]*\n|/\*.*?\*/|[\s;])*(pragma|call|show|set|reset)\b", re.I | re.S)


def confine() -> None:
    """Limits that the process cannot lift again."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit of the address space
            resource.setrlimit(what, (limit, limit))


def answer(con: duckdb.DuckDBPyConnection, refused: frozenset[str], asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """One query: {sql, limit, values, format} -> ({columns, types, rows, more, ms …} or {error}, the file's bytes)."""
    began = time.perf_counter()
    sql = asked["sql"]
    try:
        statements = con.extract_statements(sql)
        if len(statements) != 1:
            return _fault("one_statement"), b""
        (statement,) = statements
        acting = _BY_CALL.match(sql)
        if statement.type not in READS or (acting and acting[1].lower() != "show"):
            return _fault("reads_only"), b""
        if called(sql) & refused:
            return _fault("closed"), b""
        names = sorted(statement.named_parameters)
        values = {n: _value(asked["values"][n]) for n in names if asked["values"].get(n, "") != ""}
        if len(values) < len(names):
            return {"names": names, "needs": [n for n in names if n not in values]}, b""
        limit = int(asked["limit"])
        cursor = con.cursor()
        cursor.execute(statement.query, values or None)
        fmt = asked.get("format")
        head: dict[str, Any] = {
            "names": names,
            "columns": [d[0] for d in cursor.description],
            "types": [str(d[1]) for d in cursor.description],
        }
        if fmt in FORMATS:
            table = _limited(cursor, limit)
            whole = table.num_rows <= limit
            data = as_bytes(table.slice(0, limit), fmt, bool(asked.get("bom")))
            if len(data) > MOST_BYTES:
                return _fault("too_much"), b""
            return head | {"count": min(table.num_rows, limit), "more": not whole, "ms": _ms(began)}, data
        rows = cursor.fetchmany(limit + 1)
        head |= {"more": len(rows) > limit, "rows": [[_cell(v) for v in row] for row in rows[:limit]]}
        if sum(len(c or "") for row in head["rows"] for c in row) > MOST_BYTES // 4:
            return _fault("too_much"), b""
        return head | {"count": len(head["rows"]), "ms": _ms(began)}, b""
    except (MemoryError, duckdb.OutOfMemoryException):
        return _fault("memory"), b""
    except duckdb.PermissionException:
        return _fault("closed"), b""
    except duckdb.Error as error:
        return {"error": "engine", "message": str(error)[:4_000]}, b""
    except (ValueError, OverflowError, TypeError) as error:
        return {"error": "engine", "message": f"{type(error).__name__}: {error}"[:4_000]}, b""


def main(arguments: list[str]) -> None:
    """Answer until standard input ends, or whoever asks."""
    end_with_parent()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing but answers on the pipe, whatever a library prints
    con = open_file(Path(arguments[0]), LIMITS)
    table = con.execute("select 1 as a").to_arrow_reader(1).read_all()  # threads and pools that start late start before the limits
    for fmt in FORMATS:
        as_bytes(table, fmt)
    refused = refused_functions(con)
    confine()
    _send(out, {"ready": True}, b"")
    for line in sys.stdin.buffer:
        head, data = answer(con, refused, json.loads(line))
        _send(out, head, data)


def _send(out: BinaryIO, head: dict[str, Any], data: bytes) -> None:
    out.write(json.dumps(head | {"bytes": len(data)}, ensure_ascii=True).encode() + b"\n" + data)
    out.flush()


def _limited(cursor: duckdb.DuckDBPyConnection, limit: int) -> pa.Table:
    """At most one row more than the limit, so that the rest is never made."""
    reader = cursor.to_arrow_reader(10_000)
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows > limit:
            break
    return pa.Table.from_batches(batches, reader.schema).slice(0, limit + 1)


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    text = f"{value:.10g}" if isinstance(value, float) else text_of(value)
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"


def _value(text: str) -> str | int | float:
    """A parameter as typed: a number where it reads as one."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


def _fault(name: str) -> dict[str, Any]:
    return {"error": name}


def _ms(began: float) -> int:
    return int(1000 * (time.perf_counter() - began))


if __name__ == "__main__":
    main(sys.argv[1:])
