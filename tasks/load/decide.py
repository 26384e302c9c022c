"""What is checked and what is committed: sorted out from receipts and the checks' verdict. Touches no file but by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tasks.storage.layout import Layout
from tasks.storage.records import STAGES, BatchRecord, FileRecord, Receipt
from tasks.validate.request import ValidationResult

Paths = dict[str, tuple[str, ...]]


def files_to_check(layout: Layout, receipts: Iterable[Receipt]) -> Paths:
    """The rows that this run made, by table."""
    return _by_table(layout, (f for r in receipts for f in r.files if f.stage in STAGES))


def files_beside(layout: Layout, receipts: Iterable[Receipt], batches: Mapping[str, BatchRecord]) -> Paths:
    """What the same batches keep from earlier stages: not checked again, but referred to."""
    kept = []
    for receipt in receipts:
        if previous := batches.get(receipt.batch_id):
            redone = STAGES[STAGES.index(receipt.stage_from) :]
            kept += [f for f in previous.files if f.stage in STAGES and f.stage not in redone]
    return _by_table(layout, kept)


def packs(layout: Layout, receipts: Iterable[Receipt], batches: Mapping[str, BatchRecord]) -> tuple[str, ...]:
    """The files that hold the bytes of these batches, this run's or an earlier one's."""
    kept = [f for r in receipts for f in (*r.files, *(batches[r.batch_id].files if r.batch_id in batches else ())) if f.table == "contents"]
    return _by_table(layout, kept).get("contents", ())


def refused_by_batch(verdict: ValidationResult, receipts: Iterable[Receipt]) -> dict[str, dict[str, str]]:
    """batch_id -> documents of it that the checks refused, with the reason."""
    batch_of = {file: r.batch_id for r in receipts for file in r.file_ids}
    found: dict[str, dict[str, str]] = {}
    for doc, reason in verdict.refused.items():
        found.setdefault(batch_of[verdict.refused_files[doc]], {})[doc] = reason
    return found


def refused_files(receipts: Sequence[Receipt], verdict: ValidationResult | None) -> set[str]:
    """Contents of which a document was refused, by a stage or by a check."""
    early = {r["file_id"] for receipt in receipts for r in receipt.refused_inputs}
    return early | (set(verdict.refused_files.values()) if verdict else set())


def _by_table(layout: Layout, files: Iterable[FileRecord]) -> Paths:
    found: dict[str, list[str]] = {}
    for f in files:
        found.setdefault(f.table, []).append(str(layout.path(f)))
    return {table: tuple(paths) for table, paths in found.items()}
