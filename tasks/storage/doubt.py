"""Doubt: finished batches of which the checks said that their rows are broken. They wait in staging and are not adopted as they stand.

    blamed      which batches broken rows belong to
    doubt       put on record that checks fail in a batch; answers which batches fail the same checks after they were computed again
    take_back   before a batch is adopted: empties its folder, once, so that it is computed again from its bytes
    forget_doubts   somebody asks for everything to be tried again

A digest is taken of what was written, so rows that a faulty memory or a faulty moment spoiled before it look whole for ever. Computing
again mends them. What fails again in the same way is no damage: it is adopted as it is, so that a run that stays blocked costs no more
than its checks. The record lies beside the receipt: it goes with the batch's other leavings, and with a change of code or settings.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.catalog import TABLES
from tasks.storage.durable import make_folder, replace_durably
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table
from tasks.storage.records import Receipt

NAME = "doubt.json"


def blamed(layout: Layout, receipts: Sequence[Receipt], quarantined: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """
    batch_id -> checks that fail in it, as "table.check".

    Args:
        quarantined: rows of `quarantine` that a run's checks made. A row that names nothing that any batch holds is laid to all batches.
    """
    found: dict[str, set[str]] = {}
    batch_of = {file: r.batch_id for r in receipts for file in r.file_ids}
    unowned: dict[str, set[str]] = {}  # doc_id, '' where none is named -> checks
    for row in quarantined:
        check = f"{row['table_name']}.{row['check_id']}"
        if row["file_id"] in batch_of:
            found.setdefault(batch_of[row["file_id"]], set()).add(check)
        else:
            unowned.setdefault(row["doc_id"] or "", set()).add(check)
    for doc, checks in unowned.items():
        for batch in [r.batch_id for r in receipts if doc and _holds(layout, r, doc)] or [r.batch_id for r in receipts]:
            found.setdefault(batch, set()).update(checks)
    return found


def doubt(layout: Layout, failing: Mapping[str, Collection[str]]) -> set[str]:
    """
    Put on record which checks fail in which batches (`blamed`). Raises DiskFault.

    Returns the batches that were computed again for a check that fails in them still: they are left as they are.
    """
    hopeless = set()
    for batch, checks in failing.items():
        before = _read(layout, batch)
        if before["again"] and not set(checks).isdisjoint(before["checks"]):
            hopeless.add(batch)
        elif layout.receipt(batch).exists():
            _write(layout, batch, {"checks": sorted(checks), "again": False})
    return hopeless


def take_back(layout: Layout, batch_id: str) -> bool:
    """
    Empty the folder of a finished batch that is in doubt, so that it is computed again. True where that was done: once for a check.

    What a later run finds there, it adopts.
    """
    said = _read(layout, batch_id)
    if not said["checks"] or said["again"]:
        return False
    shutil.rmtree(layout.batch_staging(batch_id), ignore_errors=True)
    _write(layout, batch_id, said | {"again": True})
    return True


def forget_doubts(layout: Layout) -> int:
    """Remove all batches that wait in doubt, so that they are computed again as if never done. The caller holds the lock."""
    found = list(layout.staging.glob(f"*/{NAME}"))
    for path in found:
        shutil.rmtree(path.parent, ignore_errors=True)
    return len(found)


def _holds(layout: Layout, receipt: Receipt, doc: str) -> bool:
    """Whether any row of a batch names a document; files that cannot be read name none."""
    for record in receipt.files:
        if "doc_id" in TABLES[record.table]:
            try:
                if pc.any(pc.equal(read_table([layout.path(record)], ["doc_id"])["doc_id"], pa.scalar(doc))).as_py():
                    return True
            except Exception:
                continue
    return False


def _path(layout: Layout, batch_id: str) -> Path:
    return layout.batch_staging(batch_id) / NAME


def _read(layout: Layout, batch_id: str) -> dict[str, Any]:
    try:
        said = json.loads(_path(layout, batch_id).read_bytes())
        return {"checks": [str(c) for c in said["checks"]], "again": bool(said["again"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"checks": [], "again": False}


def _write(layout: Layout, batch_id: str, said: Mapping[str, Any]) -> None:
    path = _path(layout, batch_id)
    make_folder(path.parent)
    replace_durably(path, json.dumps(said, ensure_ascii=False).encode(), "doubt")
