"""Restore: the bytes of a seed file, or of one record in it, exactly as they came (law C)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.errors import BrokenWarehouse, UsageError
from tasks.ingest.records import read_again
from tasks.storage.contents import fetch
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.parquet import read_table
from tasks.storage.records import State


def restore_bytes(root: str | Path, wanted: str) -> bytes:
    """
    The bytes of a file by its file_id, or of one record by its doc_id: a plain file's are the file's.

    Needs no publication, so a file_id also serves refused documents. Raises UsageError where the warehouse knows neither,
    BrokenWarehouse where a container no longer gives the record that was read from it.
    """
    layout = Layout.of(root)
    state = load_state(layout)
    if wanted in state.file_batch or wanted in state.tombstones:
        return fetch(layout, state, wanted)
    doc = _document(layout, state, wanted)
    data = fetch(layout, state, doc["file_id"])
    if doc["container_path"] is None:
        return data
    for _, record in read_again(data, {doc["record_no"]: doc["record_meta"]}):
        return record
    raise BrokenWarehouse(
        f"Record {doc['record_no']} ({doc['container_path']}) is not in file {doc['file_id']} any more.",
        "See what `taojin verify` says; `taojin rebuild` reads all records again.",
    )


def _document(layout: Layout, state: State, doc: str) -> dict[str, Any]:
    for batch in state.batches.values():
        for record in batch.of("documents"):
            rows = read_table([layout.path(record)], ["doc_id", "file_id", "record_no", "container_path", "record_meta"])
            at = rows["doc_id"].index(doc).as_py()
            if at >= 0:
                return rows.slice(at, 1).to_pylist()[0]
    raise UsageError(f"The warehouse knows no file and no document {doc}.", 'List them: taojin sql "select file_id, name from seed_files".')
