"""A megabyte into a large warehouse: what validation, commit and publication of a small run cost, step by step.

    python -m benchmarks.publication WAREHOUSE --add FOLDER            the warehouse is used as it is, and changed
    python -m benchmarks.publication OUT --from FOLDER --add FOLDER    it is made from the files of a folder first

A warehouse is made by the real command; so is the addition, which must hold files that the warehouse has not seen. Printed are the
seconds of each step on the clock, the CPU seconds of the whole command, and the largest process of it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from flows.settings import PROJECT
from tasks.storage.reader import current_path


def ingest(folder: Path, warehouse: Path) -> dict:
    """One `taojin ingest`, with its result."""
    command = [sys.executable, "-m", "flows", "ingest", str(folder), "-w", str(warehouse), "--json"]
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)}, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def copied(file: Path) -> float:
    """Seconds that a plain copy of a file takes and is on disk: the floor of what a new generation can cost here."""
    to = file.with_name("copy-of-a-generation")
    began = time.perf_counter()
    try:
        shutil.copyfile(file, to)
        handle = os.open(to, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        return time.perf_counter() - began
    finally:
        to.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--from", dest="source", type=Path, help="folder of files for a warehouse that is not there yet")
    parser.add_argument("--add", type=Path, required=True, help="folder of new files, about a megabyte")
    asked = parser.parse_args()
    if asked.source:
        ingest(asked.source, asked.warehouse)
    before = current_path(asked.warehouse)
    size = before.stat().st_size
    floor = copied(before)
    clock, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    result = ingest(asked.add, asked.warehouse)
    clock, used = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"published before: {size / 1e6:,.0f} MB; a plain copy of it, on disk: {floor:.2f} s")
    print(f"added: {result['bytes_new'] / 1e6:.2f} MB in {result['files_new']:,} files, generation {result['generation']}")
    print(f"{'step':36} seconds")
    for name, seconds in result["laps"].items():
        print(f"{name:36} {seconds:7.2f}")
    print(f"{'whole command, clock':36} {clock:7.2f}")
    print(f"{'whole command, CPU':36} {used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime:7.2f}")
    print(f"largest process of the command: {used.ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
