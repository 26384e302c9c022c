"""The records of some contents, in tables of a few megabytes, so that a file that unpacks to much is never held whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import doc_id
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.model import Numbers, Passed, Record, Refused
from tasks.ingest.containers.walk import records_of

RECORDS = TABLES["records"].stage_arrow
TABLE_BYTES = 16 << 20  # of records out of containers in one table
TABLE_RECORDS = 20_000  # likewise: a short one needs some 13 kB while it goes through the stages, however short it is


@dataclass(slots=True)
class Left:
    """What no table holds: refusals as (file_id, refused), and how many entries were passed over as no texts."""

    refused: list[tuple[str, Refused]] = field(default_factory=list)
    passed_over: int = 0


def records_in(
    contents: Mapping[str, bytes], fields: Fields, limit: int, left: Left,
    reading: Callable[[str, int, int, bytes], None] = lambda file, number, size, data: None, ends: Mapping[str, int] | None = None,
    numbers: Callable[[str], Numbers] = lambda file: Numbers(),
) -> Iterator[pa.Table]:  # fmt: skip
    """
    Tables of `records` in the order of the contents and of the entries in each; at least one, though it be empty.

    Plain files are never parted: without a container there is one table. `left` is filled on the way.

    Args:
        reading: told (file, number of the last entry, bytes of the file, the record's bytes) before the next entry is read.
        ends: file -> number of the last entry that is read of it.
        numbers: which entries of a file stay unread.
    """
    rows: list[dict[str, Any]] = []
    size, told = 0, False
    ends = ends or {}
    for file, data in contents.items():
        end = ends.get(file)
        if end == 0:
            continue
        reading(file, 0, len(data), b"")
        for entry in records_of(data, fields, limit, numbers(file)):
            if not isinstance(entry, Passed):
                reading(file, entry.number, len(data), entry.data if isinstance(entry, Record) else b"")
            if isinstance(entry, Record):
                if entry.path is not None and rows and (size + len(entry.data) > TABLE_BYTES or len(rows) >= TABLE_RECORDS):
                    yield pa.Table.from_pylist(rows, RECORDS)
                    rows, size, told = [], 0, True
                rows.append(_row(file, entry))
                size += len(entry.data) if entry.path is not None else 0
            elif isinstance(entry, Refused):
                left.refused.append((file, entry))
            elif isinstance(entry, Passed):
                left.passed_over += entry.count
            if end is not None and not isinstance(entry, Passed) and entry.number >= end:
                break
    if rows or not told:
        yield pa.Table.from_pylist(rows, RECORDS)


def read_again(data: bytes, wanted: Mapping[int, str | None]) -> Iterator[tuple[int, bytes]]:
    """
    The bytes of records that have been read before, by their numbers. Others stay unread: workers may have died over them.

    Args:
        wanted: number -> documents.record_meta of that record: it names the field that was its text, whatever the mapping is today.
    """
    known = {}
    for number, meta in wanted.items():
        said = json.loads(meta or "{}")
        if isinstance(said, dict) and isinstance(said.get("text_field"), str):
            known[number] = said["text_field"]
    left = set(wanted)
    for entry in records_of(data, Fields.as_read(known), 1 << 40, Numbers(only=left)):
        if isinstance(entry, Record) and entry.number in left:
            left.discard(entry.number)
            yield entry.number, entry.data
        if not left:
            return


def _row(file: str, record: Record) -> dict[str, Any]:
    return {
        "doc_id": doc_id(file, record.number), "file_id": file, "record_no": record.number, "container_path": record.path,
        "url": record.url, "fetched_at": record.fetched_at, "charset": record.charset, "site": record.site,
        "record_meta": json.dumps(record.meta, ensure_ascii=False, allow_nan=False), "data": record.data,
    }  # fmt: skip
