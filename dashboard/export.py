"""A table as a file: CSV, JSON or Parquet.

CSV is read by spreadsheets, which take a cell that begins with = + - @ for a formula: such a cell gets an apostrophe before it,
hidden characters become codes. JSON and Parquet hold the values as they are. (What answers a browser is in files.py: this module is also
that of the child process, which knows no web server.)
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.literal import cell

ROWS = 2_000  # of a piece
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


def as_bytes(table: pa.Table, fmt: str, bom: bool = False) -> bytes:
    """The whole file. `bom` helps a spreadsheet that takes CSV for another encoding."""
    if fmt in ("csv", "json"):
        return b"".join(in_pieces(table.to_batches(max_chunksize=ROWS), table.schema, fmt, bom))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def in_pieces(batches: Iterable[pa.RecordBatch], schema: pa.Schema, fmt: str, bom: bool = False) -> Iterator[bytes]:
    """The same file as `as_bytes` makes, piece by piece as the batches come: CSV or JSON (a Parquet file ends with its directory)."""
    if fmt == "csv":
        yield (b"\xef\xbb\xbf" if bom else b"") + _csv_rows([[cell(n) for n in schema.names]])
        for batch in batches:
            yield _csv_rows(_cells(batch))
        return
    floats = any(pa.types.is_floating(f.type) or pa.types.is_nested(f.type) for f in schema)
    before = b"["
    for batch in batches:
        if batch.num_rows:
            rows = batch.to_pylist()
            yield before + ",\n".join(map(_ENCODE, map(_finite, rows) if floats else rows)).encode("utf-8", "replace")
            before = b",\n"
    yield (b"[" if before == b"[" else b"") + b"]\n"


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)


def text_of(value: Any) -> str:
    """A value as the text of a cell: NULL is empty, lists and objects are JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if not value.microsecond else "auto")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=plain)
    return plain(value)


_ENCODE = json.JSONEncoder(ensure_ascii=False, default=plain).encode  # made once: json.dumps would make one for each row


def _csv_rows(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def _cells(batch: pa.RecordBatch) -> Iterator[list[str]]:
    columns = [batch.column(i).to_pylist() for i in range(batch.num_columns)]
    return ([cell(text_of(v)) for v in row] for row in zip(*columns, strict=True))


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity and no NaN: they become null."""
    return {k: None if isinstance(v, float) and v - v != 0 else v for k, v in row.items()}
