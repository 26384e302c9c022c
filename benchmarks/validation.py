"""What validation costs in a whole run: every check over the rows of 100,000 short articles, beside the command that made them.

    python -m benchmarks.validation [--articles 100000] [--dearest 12]
    python -m benchmarks.validation --warehouse WAREHOUSE --dearest 30     # only the dearest searches, over committed rows

A corpus is written (benchmarks/search.py) and taken in by the real command into an empty warehouse. Printed are two shares of the same
run. CPU: what the validator's process spent, its import of Great Expectations and all, in what all processes of the command spent;
other work on the machine changes it little. Clock: how long the run waited for the answer, in how long the command took. Exit code 1
where either is not below the aim.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus
from benchmarks.search import write
from benchmarks.throughput import run
from schemas.catalog import TABLES
from tasks.storage.reader import open_published
from tasks.validate import stage
from tasks.validate.request import CheckRequest
from tasks.validate.runner import Bench

AIM = 0.10
CHECKED = ("decode", "clean", "split", "enrich", "relate")  # stages whose tables a run hands to validation


def request(warehouse: Path, scratch: str) -> CheckRequest:
    """All committed rows, as a first run over the same files would be asked about."""
    committed = {t.name: sorted((warehouse / "truth" / t.name).glob("*.parquet")) for t in TABLES.values() if t.stage in CHECKED}
    files = {name: tuple(map(str, paths)) for name, paths in committed.items()}
    return CheckRequest(run_id=1, files={name: paths for name, paths in files.items() if paths}, scratch=scratch, threads=os.cpu_count())


def dearest(warehouse: Path) -> list[tuple[float, str]]:
    """CPU seconds of each search of our own SQL, dearest first: the promises of rows of a table together, each promise of a table alone."""
    costs = []
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder) / "profile.duckdb", request(warehouse, folder), TABLES) as bench:
        bench.load()
        for plan in bench.plans():
            started = time.process_time()
            bench.judged_rows(plan)
            costs.append((time.process_time() - started, f"{plan.table.name}: {len(plan.row_checks)} promises of rows"))
            for check in plan.table_checks:
                started = time.process_time()
                bench.judged_table(stage.TablePlan(plan.table, (), (check,), ()))
                costs.append((time.process_time() - started, f"{plan.table.name}: {check.id}"))
    return sorted(costs, reverse=True)


def shares(articles: int, source: Path, folder: Path) -> int:
    """Take in so many articles and print both shares."""
    write(folder / "in", source, articles)
    warehouse = folder / "warehouse"
    told, clock, cpu = run([sys.executable, "-m", "flows", "ingest", str(folder / "in"), "--warehouse", str(warehouse), "--json"])
    with open_published(warehouse) as db:
        spent, peak = db.execute("SELECT cpu_seconds, peak_bytes FROM stage_timings WHERE stage = 'validate'").fetchone()
        made = "SELECT count(*) FILTER (WHERE scope <> 'history'), count(*), count(DISTINCT table_name) FROM checks"
        expectations, checks, tables = db.execute(f"{made} WHERE status <> 'skipped'").fetchone()
        (workers,) = db.execute("SELECT max(peak_bytes) FROM stage_timings WHERE stage <> 'validate'").fetchone()
    waited = told["laps"]["validate"]
    counts = told["counts"]
    print(f"{counts['articles']:,} articles, {sum(n for name, n in counts.items() if name in TABLES):,} rows: {expectations} expectations "
          f"and {checks - expectations} figures over runs, {tables} tables")
    print("  " + ", ".join(f"{name.partition(': ')[2]} {s:.1f} s" for name, s in told["laps"].items() if name.startswith("validate: ")))
    print(f"CPU    validation {spent:.1f} s of {cpu:.1f} s of all processes: {spent / cpu:.1%} (aim below {AIM:.0%})")
    print(f"clock  validation {waited:.1f} s of {clock:.1f} s of the command: {waited / clock:.1%} (aim below {AIM:.0%})")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"memory validation {peak / 1e6:.0f} MB at most, a worker {workers / 1e6:.0f} MB, the largest process of all {largest:.0f} MB")
    return int(max(spent / cpu, waited / clock) >= AIM)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--dearest", type=int, default=0)
    given = parser.parse_args()
    code = 0
    with tempfile.TemporaryDirectory() as folder:
        if not given.warehouse:
            code = shares(given.articles, given.source, Path(folder))
        for seconds, name in dearest(given.warehouse or Path(folder) / "warehouse")[: given.dearest] if given.dearest else ():
            print(f"  {seconds:6.2f} s  {name}")
    return code


if __name__ == "__main__":
    sys.exit(main())
