"""Throughput of the whole path, beside the floor and beside a peer, in one run on the same files.

    python -m benchmarks.throughput --megabytes 100 [--peer-python DATATROVE_PYTHON]

Prints MB/s per core of the pipeline with all tables (worker CPU of read, decode, clean, split, enrich, write), the shares of
orchestration, validation, commit and publication in the command's time, the ratio to the floor (benchmarks/floor.py) and,
where a Python with datatrove is named, the ratio to each profile of peers/peer_datatrove.py on 5 MB of the same kind.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus

PROJECT = Path(__file__).resolve().parent.parent
PROFILES = ("format", "fineweb2", "c4", "dedup", "all")
OUTSIDE = ("start", "validate", "commit", "publish", "discover", "plan")


def run(command: list[str], **more: object) -> tuple[dict, float, float]:
    """A command's JSON, its seconds on the clock, and the CPU seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, **more)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout[done.stdout.index("{") :]), wall, cpu


def ingest(folder: Path, warehouse: Path, workers: int) -> tuple[dict, float, float]:
    """One whole command into an empty warehouse."""
    command = [sys.executable, "-m", "flows", "ingest", str(folder), "--warehouse", str(warehouse), "--workers", str(workers), "--json"]
    return run(command)


def worker_stages(warehouse: Path) -> list[dict]:
    """CPU seconds and peak memory of each stage in the workers, from the published `stage_timings`."""
    query = "select stage, cpu_seconds, peak_bytes from stage_timings where cpu_seconds > 0 order by cpu_seconds desc"
    command = [sys.executable, "-m", "flows", "sql", query, "--format", "json", "--warehouse", str(warehouse)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)})
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--peer-megabytes", type=float, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    parser.add_argument("--peer-python", type=Path, help="a Python with datatrove, spacy and jieba; leave out to skip the peer")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        work = Path(tmp)
        size = corpus.write(work / "in", args.source, args.megabytes)
        base, _, _ = run([sys.executable, "-m", "benchmarks.floor", str(work / "in")])
        print(f"corpus      {size / 1e6:.1f} MB of files, half of them soiled")
        print(f"floor       {base['MB_per_second']:.2f} MB/s per core (read, decode, cut and tag, Parquet); peak {base['peak_MB']:.0f} MB")
        result, wall, cpu = ingest(work / "in", work / "w", args.workers)
        stages = worker_stages(work / "w")
        worked = sum(s["cpu_seconds"] for s in stages)
        speed = size / 1e6 / worked
        print(f"taojin      {speed:.2f} MB/s per core in the workers, all tables; {wall:.0f} s on the clock, {cpu:.0f} s CPU in all")
        for stage in stages:
            print(f"  {stage['stage']:<10}{stage['cpu_seconds']:8.1f} s  {100 * stage['cpu_seconds'] / worked:5.1f} %")
        laps = result["laps"]
        outside = {name: laps.get(name, 0.0) for name in OUTSIDE}
        total = sum(outside.values()) + laps.get("process", 0.0)
        for name, seconds in outside.items():
            print(f"  {name:<10}{seconds:8.1f} s  {100 * seconds / total:5.1f} % of the run")
        share = sum(s for n, s in outside.items() if n != "start") / (total - outside["start"])
        print(f"outside     {100 * share:.1f} % of the run goes to orchestration, checks, commit and publication, server boot apart")
        print(f"to floor    {worked / base['cpu_seconds']:.2f} times the floor's CPU time (aim: at most 3)")
        print(f"peak        {max(s['peak_bytes'] for s in stages) / 1e6:.0f} MB in a worker")
        if args.peer_python:
            peer(args, work)


def peer(args: argparse.Namespace, work: Path) -> None:
    """Each profile of the peer on the same small corpus, one worker each."""
    size = corpus.write(work / "small", args.source, args.peer_megabytes)
    ingest(work / "small", work / "w2", 1)
    ours = size / 1e6 / sum(s["cpu_seconds"] for s in worker_stages(work / "w2"))
    print(f"peer        datatrove on {size / 1e6:.1f} MB; taojin there: {ours:.2f} MB/s per core")
    script = Path(os.environ.get("TAOJIN_CORPUS", PROJECT.parent / "shared")) / "peers" / "peer_datatrove.py"
    for profile in PROFILES:
        summary, _, _ = run([str(args.peer_python), str(script), str(work / "small"), str(work / profile), "--profile", profile])
        theirs = summary["MB_per_s_pipeline"]
        kept = f"it kept {summary['kept']} of {summary['files']} files"
        print(f"  {profile:<10}{theirs:8.3f} MB/s   taojin is {ours / theirs:.1f} times as fast; {kept}")


if __name__ == "__main__":
    main()
