"""Commit: all files of a run become truth in one step, or none does.

    assemble     what a batch will consist of, without its refused documents
    run_table    a run's own rows: runs, checks, quarantine, arrival_events ...
    commit       link staged files into the truth -> fsync folders -> manifest

Law: before the manifest nothing counts, after it everything does. A run killed in between leaves files in the truth
that no manifest names; they are never read and their names never used again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from tasks.storage.durable import fault, full_disk_told, link_durably, make_folder, sync_folder
from tasks.storage.layout import Layout
from tasks.storage.manifests import append
from tasks.storage.parquet import read_table, staged
from tasks.storage.receipts import discard
from tasks.storage.records import STAGES, BatchRecord, Delta, FileRecord, Receipt, State

RUN_STAGE = "run"


def assemble(layout: Layout, receipt: Receipt, previous: BatchRecord | None, refused: Mapping[str, str] | None = None) -> BatchRecord:
    """
    The batch as it will stand: what the receipt brings, over what the batch already had from earlier stages.

    Rows of refused documents (doc_id -> reason) leave every table of the batch; the bytes stay.
    """
    redone = STAGES[STAGES.index(receipt.stage_from) :]
    brought = {f.stage for f in receipt.files}
    stays = [f for f in previous.files if f.stage not in redone and f.stage not in brought] if previous else []
    reasons = dict(previous.refused) if previous and receipt.stage_from != STAGES[0] else {}
    for r in receipt.refused_inputs:
        if r["file_id"] in receipt.file_ids:  # what vanished or changed meanwhile is no content of the batch
            reasons[r.get("doc_id") or r["file_id"]] = r["reason"]
    late = {r["doc_id"] for r in receipt.refused_inputs if stays and r["doc_id"]}  # earlier stages had let them through, in other runs
    reasons.update(refused or {})
    files = without_documents(layout, receipt.batch_id, (*stays, *receipt.files), late | set(refused or {}))
    return BatchRecord(receipt.batch_id, tuple(sorted(receipt.file_ids)), receipt.bytes, dict(receipt.fingerprints), tuple(files), reasons)


def without_documents(layout: Layout, batch_id: str, files: Iterable[FileRecord], doc_ids: Iterable[str]) -> list[FileRecord]:
    """The files of a batch, those that speak of certain documents written anew without them (into staging)."""
    files, gone = list(files), pa.array(sorted(doc_ids), pa.string())
    if not len(gone):
        return files
    articles = [layout.path(f) for f in files if f.table == "articles"]
    ids = read_table(articles, ["doc_id", "article_id"]) if articles else None
    gone_articles = ids.filter(pc.is_in(ids["doc_id"], gone))["article_id"].combine_chunks() if ids else pa.array([], pa.string())
    return [f for record in files if (f := _without(layout, batch_id, record, gone, gone_articles)) is not None]


def run_table(layout: Layout, run_id: int, table_name: str, table: pa.Table) -> FileRecord | None:
    """Stage a run's own rows for its commit. None for a table without rows."""
    return staged(layout, layout.run_staging(run_id), table_name, RUN_STAGE, table, "run-file")


def commit(layout: Layout, state: State, delta: Delta) -> State:
    """
    Make a change true. The caller holds the lock, and `state` is what load_state gave under it.

    Staged files are linked, not moved: until the manifest is there, a run that comes after a kill finds them in staging.
    """
    folders: set = set()
    with full_disk_told(layout.truth):
        fault("commit.start")
        linked = replace(
            delta,
            batches=tuple(replace(b, files=tuple(_link(layout, f, b.batch_id, folders) for f in b.files)) for b in delta.batches),
            run_files=tuple(_link(layout, f, f"run-{delta.run_id or 0:08d}", folders) for f in delta.run_files),
        )
        fault("commit.linked")
        for folder in sorted(folders):
            sync_folder(folder)
        fault("commit.synced")
    after = append(layout, state, linked)
    fault("commit.done")
    for batch in delta.batches:
        discard(layout, batch.batch_id)
    for folder in layout.staging.glob("run-*"):  # this run's own rows, and those of runs that were killed: nobody adopts them
        shutil.rmtree(folder, ignore_errors=True)
    return after


def _without(layout: Layout, batch_id: str, record: FileRecord, docs: pa.Array, articles: pa.Array) -> FileRecord | None:
    path = layout.path(record)
    table = read_table([path])
    keep = _kept_rows(table, docs, articles)
    if keep is None or pc.all(keep).as_py() is not False:
        return record
    return staged(layout, layout.batch_staging(batch_id), record.table, record.stage, table.filter(keep))


def _kept_rows(table: pa.Table, docs: pa.Array, articles: pa.Array) -> pa.ChunkedArray | None:
    """Which rows stay: a row leaves with its document, or with any article that it names."""
    columns = [("doc_id", docs), ("article_id", articles), ("other_id", articles)]
    keep = None
    for name, gone in columns:
        if name in table.schema.names:
            stays = pc.invert(pc.is_in(table[name], gone))
            keep = stays if keep is None else pc.and_(keep, stays)
    return keep


def _link(layout: Layout, record: FileRecord, owner: str, folders: set) -> FileRecord:
    if not record.path.startswith("staging/"):
        return record
    name = layout.truth_name(record.table, owner, record.stage)
    target = layout.root / name
    make_folder(target.parent)
    link_durably(layout.path(record), target, "commit")
    folders.add(target.parent)
    return replace(record, path=name)
