"""Restore: the bytes of a seed file exactly as they came (law C)."""

from __future__ import annotations

from pathlib import Path

from tasks.errors import UsageError
from tasks.storage.contents import fetch
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.parquet import read_table
from tasks.storage.records import State


def restore_bytes(root: str | Path, wanted: str) -> bytes:
    """
    The bytes of a file, named by file_id or by the doc_id of one of its records.

    Needs no publication, so it also serves refused documents. Raises UsageError where the warehouse knows neither.
    """
    layout = Layout.of(root)
    state = load_state(layout)
    if wanted in state.file_batch or wanted in state.tombstones:
        return fetch(layout, state, wanted)
    return fetch(layout, state, _file_of(layout, state, wanted))


def _file_of(layout: Layout, state: State, doc: str) -> str:
    for batch in state.batches.values():
        for record in batch.of("documents"):
            ids = read_table([layout.path(record)], ["doc_id", "file_id"])
            at = ids["doc_id"].index(doc).as_py()
            if at >= 0:
                return ids["file_id"][at].as_py()
    raise UsageError(f"The warehouse knows no file and no document {doc}.", 'List them: taojin sql "select file_id, name from seed_files".')
