"""What validation costs: every check over all committed rows of a warehouse, beside what the workers spent to make them.

    python -m benchmarks.validation WAREHOUSE [--dearest 12]

Both engines look at all rows again, as a first run over the same files would; the workers' time is what the runs wrote down. Seconds
are CPU time, so other work on the machine changes the share little. A run also starts processes and publishes: of the whole run the
share is smaller than printed here.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from schemas.catalog import TABLES
from tasks.validate import stage
from tasks.validate.request import CheckRequest
from tasks.validate.runner import Bench

AIM = 0.10
STAGES = ("ingest", "decode", "clean", "split", "enrich", "write")
CHECKED = ("decode", "clean", "split", "enrich", "relate")  # stages whose tables a run hands to validation


def request(warehouse: Path, scratch: str) -> CheckRequest:
    committed = {t.name: sorted((warehouse / "truth" / t.name).glob("*.parquet")) for t in TABLES.values() if t.stage in CHECKED}
    files = {name: tuple(map(str, paths)) for name, paths in committed.items()}
    return CheckRequest(run_id=1, files={name: paths for name, paths in files.items() if paths}, scratch=scratch, threads=os.cpu_count())


def spent_by_workers(warehouse: Path) -> tuple[float, int]:
    """(CPU seconds, articles) of all runs."""
    newest = max(warehouse.glob("warehouse-*.duckdb"))
    with duckdb.connect(str(newest), read_only=True) as sql:
        marks = ", ".join("?" * len(STAGES))
        (seconds,) = sql.execute(f"SELECT sum(cpu_seconds) FROM stage_timings WHERE stage IN ({marks})", STAGES).fetchone() or (0.0,)
        (articles,) = sql.execute("SELECT count(*) FROM articles").fetchone() or (0,)
    return float(seconds), int(articles)


def dearest(question: CheckRequest, folder: Path) -> list[tuple[float, str]]:
    """CPU seconds of each search, dearest first: the promises of rows of a table together, each promise of a table alone."""
    costs = []
    bench = Bench(folder / "profile.duckdb", question, TABLES)
    with bench:
        bench.load()
        for plan in bench.plans():
            searches = [(f"{plan.table.name}: {len(plan.row_checks)} promises of rows", stage.promises(plan.table, plan.row_checks))]
            searches += [(f"{plan.table.name}: {c.id}", stage.find_faults(plan.table, c)) for c in plan.table_checks]
            for name, query in searches:
                started = time.process_time()
                bench.sql.execute(query)
                costs.append((time.process_time() - started, name))
    return sorted(costs, reverse=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--dearest", type=int, default=12)
    given = parser.parse_args()
    answer = importlib.import_module("tasks.validate.expectations").answer
    work, articles = spent_by_workers(given.warehouse)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        result = answer(request(given.warehouse, folder))
        spent = time.process_time() - started
        print(f"{articles:,} articles, {result.checks.num_rows} checks: validation {spent:.1f} s, workers {work:.1f} s of CPU")
        print("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in result.timings.items()) + " on the clock")
        for seconds, name in dearest(request(given.warehouse, folder), Path(folder))[: given.dearest]:
            print(f"  {seconds:6.2f} s  {name}")
    share = spent / (spent + work)
    print(f"share of validation in validation and work: {share:.1%} (aim {AIM:.0%})")
    return int(share >= AIM)


if __name__ == "__main__":
    sys.exit(main())
