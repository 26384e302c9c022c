"""Ten thousand small commits: what each costs as history grows, and what compaction makes of them.

    python -m benchmarks.commits OUT [--commits 10000]

Each commit adds one batch of one short file, with all of its tables, as a run that comes every few minutes would. Stages are left
out: the question is what the storage costs. OUT is made anew; nothing else may be in it.
"""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import article_id, batch_id, doc_id, file_id, text_sha256
from tasks.errors import UsageError
from tasks.storage.commit import commit, run_table
from tasks.storage.compact import compact
from tasks.storage.contents import write_contents
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.parquet import staged
from tasks.storage.publish import publish
from tasks.storage.records import BatchRecord, Delta, FileRecord, State

CODE = {"decode": "1", "clean": "1", "enrich": "1", "validate": "1"}


def batch_of(layout: Layout, number: int) -> BatchRecord:
    """One short file with the least that laws ask for: one paragraph, kept whole."""
    text = f"第{number}号渡口今天过河的有{number * 7 % 91}人，风平浪静。"
    data = text.encode()
    file = file_id(data)
    doc = doc_id(file, 1)
    article = article_id(doc, 1)
    name = batch_id([file])
    folder = layout.batch_staging(name)
    rows = {
        ("documents", "decode"): {"doc_id": doc, "file_id": file, "record_no": 1, "text": text, "char_count": len(text), "line_count": 1,
                                  "text_sha256": text_sha256(text)},
        ("decodings", "decode"): {"doc_id": doc, "start": 0, "stop": len(text), "byte_start": 0, "byte_stop": len(data),
                                  "encoding": "utf-8", "method": "strict", "confidence": 1.0},
        ("kept", "clean"): {"doc_id": doc, "start": 0, "stop": len(text), "article_id": article, "article_start": 0},
        ("articles", "enrich"): {"article_id": article, "doc_id": doc, "article_no": 1, "truncated": False, "text": text, "text_hans": text,
                                 "char_count": len(text), "paragraph_count": 1, "term_count": 0, "quality_score": 1.0, "residual_dirt": 0,
                                 "text_sha256": text_sha256(text)},
    }  # fmt: skip
    files: list[FileRecord | None] = [write_contents(layout, folder, {file: data})]
    for (table, stage), row in rows.items():
        full = dict.fromkeys(TABLES[table].names) | row | {"run_id": number}
        files.append(staged(layout, folder, table, stage, pa.Table.from_pylist([full], TABLES[table].arrow)))
    return BatchRecord(name, (file,), len(data), CODE, tuple(f for f in files if f))


def arrival_of(layout: Layout, batch: BatchRecord, number: int) -> tuple[FileRecord, ...]:
    """The run's own row: one name came."""
    row = {"uri": f"file:///seeds/{number}.txt", "name": f"{number}.txt", "file_id": batch.file_ids[0], "size_bytes": batch.bytes,
           "modified_at": None, "seen_at": datetime(2026, 1, 1), "run_id": number, "event": "seen"}  # fmt: skip
    record = run_table(layout, number, "arrival_events", pa.Table.from_pylist([row], TABLES["arrival_events"].arrow))
    return (record,) if record else ()


def weight(folder: Path) -> tuple[int, int]:
    found = [p.stat().st_size for p in folder.rglob("*") if p.is_file()]
    return len(found), sum(found)


def measure(layout: Layout, commits: int) -> State:
    state = load_state(layout)
    step = max(1, commits // 10)
    print("commits   s per commit   of it CPU   last manifest, bytes   manifests, MB   reading the state, s   of it CPU")
    with writer_lock(layout):
        began, cpu = time.perf_counter(), time.process_time()
        for number in range(1, commits + 1):
            batch = batch_of(layout, number)
            state = commit(layout, state, Delta(number, (batch,), run_files=arrival_of(layout, batch, number)))
            if number % step == 0:
                clock, busy = (time.perf_counter() - began) / step, (time.process_time() - cpu) / step
                again, worked = time.perf_counter(), time.process_time()
                load_state(layout)
                read, worked = time.perf_counter() - again, time.process_time() - worked
                size = layout.manifest(number).stat().st_size
                heavy = weight(layout.manifests)[1] / 1e6
                print(f"{number:7,}   {clock:12.4f}   {busy:9.4f}   {size:20,}   {heavy:13.1f}   {read:20.3f}   {worked:9.3f}")
                began, cpu = time.perf_counter(), time.process_time()
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--commits", type=int, default=10_000)
    asked = parser.parse_args()
    if asked.out.exists() and any(asked.out.iterdir()):
        raise UsageError(f"{asked.out} is not empty.", "Give a new folder.")
    layout = Layout.of(asked.out)
    layout.make()
    state = measure(layout, asked.commits)
    with writer_lock(layout):
        state = commit(layout, state, Delta(generation=1))
        began = time.perf_counter()
        publish(layout, state, threads=1)
        print(f"publication of all: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        done = compact(layout, state, batch_bytes=4 << 20, batch_files=2_000, min_age_s=0)
    print(f"compaction: {time.perf_counter() - began:.1f} s, batches {done.batches_before:,} -> {done.batches_after:,}, "
          f"files {done.files_before:,} -> {done.files_after:,}, {done.bytes_before / 1e6:.1f} -> {done.bytes_after / 1e6:.1f} MB")
    began = time.perf_counter()
    load_state(layout)
    print(f"reading the state afterwards: {time.perf_counter() - began:.3f} s")


if __name__ == "__main__":
    main()
