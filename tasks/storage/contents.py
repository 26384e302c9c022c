"""The bytes of every seed file, kept (law C): one Parquet pack per batch, so that all else can be computed again.

A pack's rows are sorted by file_id and cut into row groups of a few megabytes, so that one content is fetched by
reading one group. The pack keeps size and media type beside the bytes: a publication needs them and not the bytes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.catalog import TABLES
from schemas.ids import file_id as hash_of
from tasks.decode.media import media_type
from tasks.errors import BrokenWarehouse, DamagedTruth, UsageError
from tasks.storage.durable import make_folder
from tasks.storage.layout import Layout
from tasks.storage.parquet import write_table
from tasks.storage.records import BatchRecord, FileRecord, State

STAGE = "ingest"
GROUP_BYTES = 4 << 20

PACK = pa.schema([("file_id", pa.string()), ("size_bytes", pa.int64()), ("media_type", pa.string()), ("data", pa.large_binary())])


def write_contents(layout: Layout, folder: Path, contents: Mapping[str, bytes]) -> FileRecord:
    """Pack the bytes of a batch into its staging folder."""
    make_folder(folder)
    path = folder / f"contents-{STAGE}-{secrets.token_hex(6)}.parquet"
    return FileRecord("contents", STAGE, layout.relative(path), *write_table(path, _groups(contents), PACK))


def read_batch(layout: Layout, batch: BatchRecord) -> pa.Table:
    """
    All bytes of a batch, in the columns of the contract `contents`.

    Raises DamagedTruth where one of them is missing or has not the hash it is kept under: nothing is computed from wrong bytes.
    """
    columns = [f.name for f in TABLES["contents"].stage_arrow]
    try:
        tables = [_open(layout.path(f)).read(columns) for f in batch.of("contents")]
        rows = pa.concat_tables(tables).cast(TABLES["contents"].stage_arrow) if tables else TABLES["contents"].stage_arrow.empty_table()
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise _damaged(batch, str(error).splitlines()[0]) from error
    found = {name for name, data in zip(rows["file_id"].to_pylist(), rows["data"], strict=True) if hash_of(data.as_py()) == name}
    if wrong := set(batch.file_ids) - found:
        raise _damaged(batch, f"{len(wrong)} of {len(batch.file_ids)} files are not what they were")
    return rows


def _damaged(batch: BatchRecord, why: str) -> DamagedTruth:
    return DamagedTruth(
        f"The pack of bytes of batch {batch.batch_id} is damaged ({why}).",
        "Run `taojin verify --mend`: it reads the files in again where they still are, and says what is lost.",
    )


def fetch(layout: Layout, state: State, file_id: str) -> bytes:
    """The bytes of one seed file. Raises UsageError where the warehouse has never seen it, BrokenWarehouse where it lost it."""
    batch_id = state.file_batch.get(file_id)
    if batch_id is None:
        when, _, why = state.tombstones.get(file_id, "").partition(" ")
        because = f": {why}" if why else ""
        raise UsageError(
            f"The bytes of {file_id} were forgotten on {when}{because}." if when else f"The warehouse has no file {file_id}.",
            "List the files it has: taojin sql \"select file_id, name from seed_files\".",
        )
    for record in state.batches[batch_id].of("contents"):
        pack = _open(layout.path(record))
        for group in range(pack.num_row_groups):
            statistics = pack.metadata.row_group(group).column(0).statistics
            if statistics is None or not statistics.has_min_max or statistics.min <= file_id <= statistics.max:
                try:
                    rows = pack.read_row_group(group, ["file_id", "data"])
                except (OSError, pa.ArrowException) as error:
                    raise _damaged(state.batches[batch_id], str(error).splitlines()[0]) from error
                rows = rows.filter(pc.equal(rows["file_id"], file_id))
                if rows.num_rows and hash_of(data := rows["data"][0].as_py()) == file_id:
                    return data
    raise BrokenWarehouse(
        f"Batch {batch_id} should hold the bytes of {file_id} and does not.",
        "Run `taojin verify --mend`: it reads the file in again where it still is, and says what is lost.",
    )


def iterate(layout: Layout, state: State) -> Iterator[tuple[str, bytes]]:
    """Every seed file's id and bytes, one row group in memory at a time."""
    for batch in state.batches.values():
        for record in batch.of("contents"):
            pack = _open(layout.path(record))
            for group in range(pack.num_row_groups):
                rows = pack.read_row_group(group, ["file_id", "data"])
                for file_id, data in zip(rows["file_id"], rows["data"], strict=True):
                    yield file_id.as_py(), data.as_py()


def _groups(contents: Mapping[str, bytes]) -> Iterator[pa.Table]:
    rows, size = [], 0
    for file_id in sorted(contents):
        data = contents[file_id]
        if rows and size + len(data) > GROUP_BYTES:
            yield pa.Table.from_pylist(rows, PACK)
            rows, size = [], 0
        rows.append({"file_id": file_id, "size_bytes": len(data), "media_type": media_type(data), "data": data})
        size += len(data)
    if rows:
        yield pa.Table.from_pylist(rows, PACK)


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DamagedTruth(
            f"The pack of bytes {path} cannot be read ({str(error).splitlines()[0]}).",
            "Run `taojin verify --mend`: it reads the files in again where they still are, and says what is lost.",
        ) from error
