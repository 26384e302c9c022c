"""Tables in files: immutable zstd Parquet, digested while it is written.

Law: the same table gives the same bytes with the same pyarrow, so a digest also tells whether two runs agree.
A column is dictionary-encoded where its first rows repeat themselves; a dictionary of texts that never come twice
costs time and memory and saves nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.catalog import TABLES
from tasks.errors import BrokenWarehouse, TaojinError
from tasks.storage.durable import make_folder, write_durably
from tasks.storage.layout import Layout
from tasks.storage.records import FileRecord

ZSTD_LEVEL = 3
SAMPLE_ROWS = 4096
ROWS_PER_GROUP = 122_880  # one DuckDB row group


class Written(NamedTuple):
    """What came of a file: rows, bytes, and the SHA-256 of the bytes."""

    rows: int
    bytes: int
    sha256: str


def write_table(path: Path, tables: pa.Table | Iterable[pa.Table], schema: pa.Schema | None = None, point: str = "file") -> Written:
    """
    Write one new file durably; with several tables, each becomes a row group of its own.

    Raises FileExistsError where the name is taken.
    """
    groups = [tables] if isinstance(tables, pa.Table) else tables

    def fill(temporary: Path) -> Written:
        rows = 0
        with open(temporary, "wb") as raw:
            sink = _Digesting(raw)
            writer = None
            for group in groups:
                if writer is None:
                    writer = _writer(sink, schema or group.schema, group)
                writer.write_table(group, row_group_size=ROWS_PER_GROUP)
                rows += group.num_rows
            if writer is None:
                if schema is None:
                    raise ValueError("a file without tables needs a schema")
                writer = _writer(sink, schema, schema.empty_table())
            writer.close()
        return Written(rows, sink.size, sink.digest.hexdigest())

    return write_durably(path, fill, point)


def staged(layout: Layout, folder: Path, table_name: str, stage: str, table: pa.Table, point: str = "file") -> FileRecord | None:
    """
    Write one table of a batch into its staging folder. A table without rows needs no file: None.

    Raises TaojinError where the columns are not those of the contract.
    """
    expected = TABLES[table_name].arrow
    if not table.schema.equals(expected):
        raise TaojinError(
            f"Stage {stage} made {table_name} with other columns than its contract: {_difference(table.schema, expected)}.",
            "Nothing was written. Compare the stage with schemas/.",
        )
    if not table.num_rows:
        return None
    make_folder(folder)
    path = folder / f"{table_name}-{stage}-{secrets.token_hex(6)}.parquet"
    return FileRecord(table_name, stage, layout.relative(path), *write_table(path, table, point=point))


def read_table(paths: Sequence[Path], columns: list[str] | None = None, schema: pa.Schema | None = None) -> pa.Table:
    """The rows of some files of one table, in their order; without files, an empty table of `schema`."""
    if not paths:
        if schema is None:
            raise ValueError("no file and no schema")
        return schema.empty_table() if columns is None else pa.schema([schema.field(c) for c in columns]).empty_table()
    return pa.concat_tables([_read(p, columns) for p in paths])


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with open(path, "rb") as f:
        return file_digest(f, "sha256").hexdigest()


def _read(path: Path, columns: list[str] | None) -> pa.Table:
    try:
        with pq.ParquetFile(path, memory_map=True) as f:
            return f.read(columns)
    except (OSError, pa.ArrowInvalid) as error:
        raise BrokenWarehouse(
            f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}).",
            "Run `taojin verify`: it names the batch to compute again.",
        ) from error


def _writer(sink: _Digesting, schema: pa.Schema, first: pa.Table) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        pa.PythonFile(sink, mode="w"),
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=[c for name in schema.names for c in _repeating(name, first)],
        write_statistics=True,
        version="2.6",
    )


def _repeating(name: str, table: pa.Table) -> list[str]:
    """The leaf path of a column whose first rows hold no value more than half new."""
    column = table.column(name).slice(0, SAMPLE_ROWS)
    leaf = name
    if pa.types.is_list(column.type):
        column, leaf = pc.list_flatten(column), f"{name}.list.element"
    if not (pa.types.is_string(column.type) or pa.types.is_floating(column.type)) or not len(column):
        return []
    return [leaf] if pc.count_distinct(column).as_py() * 2 <= len(column) else []


def _difference(found: pa.Schema, expected: pa.Schema) -> str:
    have, want = {f.name: f.type for f in found}, {f.name: f.type for f in expected}
    missing, extra = [n for n in want if n not in have], [n for n in have if n not in want]
    wrong = [f"{n} is {have[n]} instead of {want[n]}" for n in want if n in have and have[n] != want[n]]
    parts = [f"missing {', '.join(missing)}"] * bool(missing) + [f"unknown {', '.join(extra)}"] * bool(extra) + wrong
    return "; ".join(parts) or "they stand in another order"


class _Digesting:
    """A file that counts and digests what is written to it."""

    def __init__(self, raw: BinaryIO) -> None:
        self.raw, self.digest, self.size, self.closed = raw, sha256(), 0, False

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.raw.write(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self.raw.flush()

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False
