"""tasks.work with stages that die of certain documents: what a worker process runs in tests.

A document that says 杀 kills the process (杀一次PATH once: where no such file is), one that says 睡 never ends, one that says 吃 asks for
memory without end, one that says 毒 raises in clean.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import pyarrow as pa

from tasks import work
from tasks.work import run_batch

__all__ = ["run_batch", "warm_up"]

_clean = work.clean


def clean(documents: pa.Table, blocks: pa.Table) -> dict[str, pa.Table]:
    text = "".join(documents["text"].to_pylist())
    if "杀一次" in text:
        with contextlib.suppress(FileExistsError):
            Path(text.partition("杀一次")[2].strip()).touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)
    elif "杀" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "睡" in text:
        time.sleep(600)
    if "吃" in text:
        eaten = []
        while len(eaten) < 100:
            eaten.append(bytearray(64 << 20))
        raise AssertionError(f"nothing stopped {len(eaten)} bites")
    if "毒" in text:
        raise ValueError("this document is poison")
    return _clean(documents, blocks)


def warm_up() -> None:
    work.clean = clean
