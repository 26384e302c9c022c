"""The log that makes a folder of Parquet files a Delta table: protocol reader 1, writer 2, one commit.

Delta protocol: https://github.com/delta-io/delta/blob/master/PROTOCOL.md. That version knows no time without a zone, so times go in
as UTC; `published_at`, which is what the page prints and has no zone, then reads as UTC.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

LOG = Path("_delta_log") / f"{0:020d}.json"
_PLAIN = (
    (pa.types.is_string, "string"), (pa.types.is_large_string, "string"), (pa.types.is_int64, "long"), (pa.types.is_int32, "integer"),
    (pa.types.is_int16, "short"), (pa.types.is_int8, "byte"), (pa.types.is_float64, "double"), (pa.types.is_float32, "float"),
    (pa.types.is_boolean, "boolean"), (pa.types.is_date32, "date"), (pa.types.is_timestamp, "timestamp"), (pa.types.is_binary, "binary"),
    (pa.types.is_large_binary, "binary"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """One Parquet file of a table; `partition` are its values of the partition columns, None for unknown."""

    path: str  # relative to the table's folder, with slashes
    rows: int
    bytes: int
    partition: Mapping[str, str | None]


def is_known(kind: pa.DataType) -> bool:
    """Whether Delta has this type."""
    try:
        _type(kind)
    except TypeError:
        return False
    return True


def storable(schema: pa.Schema) -> pa.Schema:
    """The schema of the files: times in microseconds of UTC."""
    return pa.schema(
        [f.with_type(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(f.type) else f for f in schema], metadata=schema.metadata
    )


def log(
    name: str, description: str, schema: pa.Schema, comments: Mapping[str, str], partitioned: Sequence[str], files: Sequence[Added],
    made_at_ms: int,
) -> str:  # fmt: skip
    """The table's first and only commit, as lines of JSON."""
    fields = [
        {"name": f.name, "type": _type(f.type), "nullable": True, "metadata": {"comment": comments[f.name]} if comments.get(f.name) else {}}
        for f in schema
    ]
    actions = [
        {"commitInfo": {"timestamp": made_at_ms, "operation": "WRITE", "operationParameters": {"mode": "ErrorIfExists"},
                        "engineInfo": "taojin", "isBlindAppend": True}},
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": {
            "id": str(uuid.uuid4()), "name": name, "description": description, "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": fields}, ensure_ascii=False),
            "partitionColumns": list(partitioned), "configuration": {}, "createdTime": made_at_ms}},
        *({"add": {"path": f.path, "partitionValues": dict(f.partition), "size": f.bytes, "modificationTime": made_at_ms,
                   "dataChange": True, "stats": json.dumps({"numRecords": f.rows})}} for f in files),
    ]  # fmt: skip
    return "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in actions)


def _type(kind: pa.DataType) -> str | dict:
    for is_it, name in _PLAIN:
        if is_it(kind):
            return name
    if pa.types.is_decimal(kind) and kind.precision <= 38:
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return {"type": "array", "elementType": _type(kind.value_type), "containsNull": True}
    raise TypeError(f"Delta has no type for {kind}")
