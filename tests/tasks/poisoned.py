"""tasks.work with stages that die of certain documents: what a worker process runs in tests.

A document that says 杀 kills the process, one that says 睡 never ends, one that says 吃 asks for
memory without end, one that says 毒 raises in clean.
"""

from __future__ import annotations

import os
import signal
import time

import pyarrow as pa

from tasks import work
from tasks.work import keep_bytes, run_batch, run_piece, write_merged

__all__ = ["keep_bytes", "run_batch", "run_piece", "warm_up", "write_merged"]

_clean = work.clean


def clean(documents: pa.Table, blocks: pa.Table) -> dict[str, pa.Table]:
    text = "".join(documents["text"].to_pylist())
    if "杀" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "睡" in text:
        time.sleep(600)
    if "吃" in text:
        eaten = [bytearray(64 << 20) for _ in range(100)]
        raise AssertionError(f"nothing stopped {len(eaten)} bites")
    if "毒" in text:
        raise ValueError("this document is poison")
    return _clean(documents, blocks)


def warm_up() -> None:
    work.clean = clean
