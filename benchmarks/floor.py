"""The floor: the least that anybody must do for the same kind of tables, on one core.

Read, decode (strict UTF-8, else GB18030), cut and tag every word with rjieba, write text, words and tags as zstd Parquet.
No cleaning, no offsets, no facts, no checks, no database.

    python -m benchmarks.floor FOLDER
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import rjieba

BATCH_BYTES = 4 << 20


def floor(folder: Path, out: Path) -> dict[str, float]:
    """CPU seconds by step over all files below a folder, and the bytes read."""
    cutter = rjieba.Jieba()
    cutter.tag("预热")
    spent = dict.fromkeys(("read", "decode", "tag", "columns", "parquet"), 0.0)
    total = number = 0
    batch: list[tuple[str, list[str], list[str]]] = []
    size = 0

    def flush() -> None:
        nonlocal number, size
        start = time.process_time()
        table = pa.table(
            {
                "text": pa.array([t for t, _, _ in batch], pa.string()),
                "words": pa.array([w for _, w, _ in batch], pa.list_(pa.string())),
                "tags": pa.array([g for _, _, g in batch], pa.list_(pa.string())),
            }
        )
        spent["columns"] += time.process_time() - start
        start = time.process_time()
        pq.write_table(table, out / f"{number}.parquet", compression="zstd")
        spent["parquet"] += time.process_time() - start
        number += 1
        size = 0
        batch.clear()

    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        start = time.process_time()
        data = path.read_bytes()
        spent["read"] += time.process_time() - start
        start = time.process_time()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("gb18030", "replace")
        spent["decode"] += time.process_time() - start
        start = time.process_time()
        tagged = cutter.tag(text)
        words, tags = [w for w, _ in tagged], [g for _, g in tagged]
        spent["tag"] += time.process_time() - start
        batch.append((text, words, tags))
        total += len(data)
        size += len(data)
        if size >= BATCH_BYTES:
            flush()
    if batch:
        flush()
    return spent | {"bytes": total, "cpu_seconds": sum(spent.values())}


def main() -> None:
    with tempfile.TemporaryDirectory() as out:
        result = floor(Path(sys.argv[1]), Path(out))
    result["MB_per_second"] = result["bytes"] / 1e6 / result["cpu_seconds"]
    result["peak_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({k: round(v, 3) for k, v in result.items()}))


if __name__ == "__main__":
    main()
