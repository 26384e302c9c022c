"""A table as a file: CSV, JSON or Parquet.

CSV is read by spreadsheets, which take a cell that begins with = + - @ for a formula: such a cell gets an apostrophe before it,
hidden characters become codes. JSON and Parquet hold the values as they are. (What answers a browser is in files.py: this module is also
that of the child process, which knows no web server.)
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.literal import cell

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


def as_bytes(table: pa.Table, fmt: str, bom: bool = False) -> bytes:
    """The whole file. `bom` helps a spreadsheet that takes CSV for another encoding."""
    match fmt:
        case "csv":
            return (b"\xef\xbb\xbf" if bom else b"") + _csv(table)
        case "json":
            return _json(table)
        case _:
            sink = io.BytesIO()
            pq.write_table(table, sink, compression="zstd")
            return sink.getvalue()


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


def _csv(table: pa.Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(n) for n in table.column_names])
    for batch in table.to_batches(max_chunksize=5_000):
        columns = [batch.column(i).to_pylist() for i in range(batch.num_columns)]
        writer.writerows([cell(text_of(v)) for v in row] for row in zip(*columns, strict=True))
    return out.getvalue().encode("utf-8", "replace")


def _json(table: pa.Table) -> bytes:
    rows = (json.dumps(_finite(row), ensure_ascii=False, default=plain) for row in table.to_pylist())
    return ("[" + ",\n".join(rows) + "]\n").encode("utf-8", "replace")


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity and no NaN: they become null."""
    return {k: None if isinstance(v, float) and v - v != 0 else v for k, v in row.items()}
