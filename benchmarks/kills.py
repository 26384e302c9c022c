"""Kills: the real command dies at every fault point and at random moments; after the next run the tables are those of a calm one.

    python -m benchmarks.kills --source LAW.tar.gz [--documents 300] [--times 10] [--random 10]

For each point: a fresh warehouse, a run that is killed there (SIGKILL, once), a run that is not. Then every table of data is
compared with that of an undisturbed run, but for volatile columns, and `verify` looks for faults. A point that lies in a worker
kills the worker, and the run itself goes on.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb

from flows.server import PrefectServer
from flows.settings import PROJECT, load
from schemas.catalog import DATA
from schemas.derive.ddl import identifier
from tasks.storage.reader import current_path
from tasks.storage.verify import verify

FILE = tuple(f"file.{step}" for step in ("before-write", "before-fsync", "before-link", "after-link", "after-folder"))
MANIFEST = tuple(f"manifest.{step}" for step in ("before-write", "before-fsync", "before-link", "after-link", "after-folder"))
COMMIT = ("commit.start", "commit.before-link", "commit.linked", "commit.synced", "commit.done")
PUBLISH = ("publish.start", "publish.built", "publish.synced", "publish.linked", "publish.announced")
POINTS = (*FILE, *COMMIT, *MANIFEST, *PUBLISH)
PASSED_OFTEN = {**dict.fromkeys(FILE, 40), "commit.before-link": 30}  # times that a run passes the point, at least


def documents(source: Path, count: int, target: Path) -> None:
    """The first statutes of the archive, as files."""
    target.mkdir(parents=True)
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".txt") and (file := archive.extractfile(member)):
                (target / Path(member.name).name).write_bytes(file.read())
                count -= 1
                if not count:
                    return


def run(seeds: Path, warehouse: Path, url: str, home: Path, fault: str = "", kill_after: float = 0.0) -> int:
    """One `taojin ingest`; its exit code, negative where a signal ended it."""
    env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_API_URL": url, "TAOJIN_PREFECT_HOME": str(home),
                        "TAOJIN_FAULT": fault, "TAOJIN_BATCH_BYTES": "1MiB"}  # fmt: skip
    command = [sys.executable, "-m", "flows", "ingest", str(seeds), "-w", str(warehouse), "--quiet"]
    with subprocess.Popen(command, env=env, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        if kill_after:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        return process.wait()


def differences(here: Path, there: Path) -> list[str]:
    """Tables of data whose rows differ."""
    found = []
    with duckdb.connect() as db:
        for name, root in (("here", here), ("there", there)):
            db.execute(f"ATTACH '{current_path(root)}' AS {name} (READ_ONLY)")
        for table, contract in DATA.items():
            columns = ", ".join(identifier(c.name) for c in contract.columns if not c.volatile)
            sums = [db.execute(f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM {side}.{identifier(table)}").fetchone()
                    for side in ("here", "there")]  # fmt: skip
            if sums[0] != sums[1]:
                found.append(table)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--random", type=int, default=10)
    parser.add_argument("--points", nargs="*", default=POINTS)
    asked = parser.parse_args()
    dice = random.Random(20161123)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        documents(asked.source, asked.documents, root / "in")
        with PrefectServer(load(environ={}, prefect_home=root / "home", prefect_api_url="")).start() as server:
            server.wait()
            calm = root / "calm"
            began = time.monotonic()
            run(root / "in", calm, server.url, root / "home")
            seconds = time.monotonic() - began
            print(f"undisturbed: {seconds:.1f} s\n{'point':24} {'runs':>5} {'died':>5} {'equal':>6} {'sound':>6}   tables that differ")
            total: Counter[str] = Counter()
            for point in (*asked.points, "random moment"):
                tally: Counter[str] = Counter()
                wrong: Counter[str] = Counter()
                for k in range(asked.random if point == "random moment" else asked.times):
                    house = root / "house"
                    shutil.rmtree(house, ignore_errors=True)
                    if point == "random moment":
                        code = run(root / "in", house, server.url, root / "home", kill_after=dice.uniform(0.3, seconds * 1.1))
                    else:
                        nth = dice.randrange(1, PASSED_OFTEN.get(point, 1) + 1)
                        fault = f"{point}@{nth}:once={root / f'{point}-{k}'}"
                        code = run(root / "in", house, server.url, root / "home", fault)
                    after = run(root / "in", house, server.url, root / "home")
                    unequal = differences(calm, house) if not after else [f"none: the next run ended with {after}"]
                    wrong.update(unequal)
                    tally.update({"runs": 1, "died": code != 0, "equal": not unequal, "sound": not unequal and not verify(house)})
                total.update(tally)
                figures = "".join(f" {tally[name]:{width}}" for name, width in (("runs", 5), ("died", 5), ("equal", 6), ("sound", 6)))
                print(f"{point:24}{figures}   {', '.join(wrong) or '-'}", flush=True)
            print(f"{'all':24} {total['runs']:5} {total['died']:5} {total['equal']:6} {total['sound']:6}")


if __name__ == "__main__":
    main()
