"""Receipts: a finished batch says so in staging, so that a run after a crash need not do it again.

The receipt is written last, after all files of its batch are on disk. A later run adopts it when it is about the same
batch, from the same stage on, by the same code and settings (fingerprints), and every file still has its digest; but not, once, where
checks found its rows broken (tasks/storage/doubt.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

from tasks.storage.doubt import take_back
from tasks.storage.durable import make_folder, replace_durably
from tasks.storage.layout import Layout
from tasks.storage.parquet import digest_of
from tasks.storage.records import Job, Receipt


def write_receipt(layout: Layout, receipt: Receipt) -> None:
    """Say that a batch is finished. Everything it names must be on disk already."""
    path = layout.receipt(receipt.batch_id)
    make_folder(path.parent)
    replace_durably(path, json.dumps(receipt.to_json(), ensure_ascii=False).encode(), "receipt")


def adopt(layout: Layout, job: Job) -> Receipt | None:
    """The receipt of an earlier run that did exactly this job; None, and an empty folder, where there is none."""
    receipt = _read(layout, job.batch_id)
    if receipt is not None and _same_work(receipt, job) and all(_intact(layout, f) for f in receipt.files):
        return None if take_back(layout, job.batch_id) else receipt
    discard(layout, job.batch_id)
    return None


def discard(layout: Layout, batch_id: str) -> None:
    """Remove what a batch left in staging."""
    shutil.rmtree(layout.batch_staging(batch_id), ignore_errors=True)


def waiting(layout: Layout) -> Iterator[Receipt]:
    """Receipts that no commit has taken yet."""
    if layout.staging.is_dir():
        for folder in sorted(layout.staging.iterdir()):
            receipt = _read(layout, folder.name)
            if receipt is not None:
                yield receipt


def _read(layout: Layout, batch_id: str) -> Receipt | None:
    try:
        return Receipt.from_json(json.loads(layout.receipt(batch_id).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _same_work(receipt: Receipt, job: Job) -> bool:
    return (
        receipt.batch_id == job.batch_id
        and receipt.stage_from == job.stage_from
        and dict(receipt.fingerprints) == dict(job.fingerprints)
        and sorted(receipt.file_ids) == sorted(f for f, _ in job.contents)
    )


def _intact(layout: Layout, record) -> bool:
    try:
        return digest_of(layout.path(record)) == record.sha256
    except OSError:
        return False
