"""The parent: starts the fuzzing process, starts it again when an input kills or hangs it, looks again at what it found, and tells."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from benchmarks.fuzz import engine
from benchmarks.fuzz.corpus import findings, found, prepare
from benchmarks.fuzz.judge import PROJECT, Fault, judged

HANGS = 600.0  # seconds without a next input; contracts of many inputs are checked between two of them
SUMMED = ("executions", "bytes", "cpu_seconds", "seconds")


def fuzz(corpus: Path, kind: str, minutes: float, seed: int) -> tuple[Counter, int]:
    """Fuzz for so long; sums over all processes, and libFuzzer's coverage."""
    end, sums, covered = time.monotonic() + 60 * minutes, Counter(), 0
    while (left := end - time.monotonic()) > 5:
        progress, log = corpus / "progress.json", corpus / "log"
        progress.unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks.fuzz.engine", kind, str(corpus), str(left), str(seed)]
        current = engine.Current(corpus / "current")
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        with log.open("ab") as out, subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=out) as child:
            code, hung = _watched(child, current, end + HANGS)
        sums["processes"] += 1
        if progress.exists():
            said = json.loads(progress.read_text())
            for name in said:
                sums[name] = max(sums[name], said[name]) if name in ("slowest", "features", "peak_bytes") else sums[name] + said[name]
        covered = max([covered, *(int(n) for n in re.findall(r"cov: (\d+)", log.read_text("utf-8", "replace")))])
        if code and left > 20 and time.monotonic() < end:
            number, data = current.read()
            what = f"more than {HANGS:g} s" if hung else f"exit code {code}"
            print(f"input {number} ended the process ({what}); going on", file=sys.stderr)
            found(corpus, data, Fault("killed", f"killed {what}", f"{what} at input {number}"))
        seed += 1
    return sums, covered


def _watched(child: subprocess.Popen, current: engine.Current, end: float) -> tuple[int, bool]:
    last, since = -1, time.monotonic()
    while True:
        try:
            return child.wait(5), False
        except subprocess.TimeoutExpired:
            number, _ = current.read()
            if number != last:
                last, since = number, time.monotonic()
            if time.monotonic() - since > HANGS or time.monotonic() > end:
                child.kill()
                return child.wait(), time.monotonic() - since > HANGS


def minimise(data: bytes, signature: str, seconds: float = 120.0) -> bytes:
    """The same mistake in fewer bytes: pieces are left out, then bytes made plain, as long as it stays."""
    end = time.monotonic() + seconds

    def holds(less: bytes) -> bool:
        return time.monotonic() < end and any(f.signature == signature for f in judged(less))

    size = len(data) // 2
    while size:
        at = 0
        while at < len(data):
            if holds(less := data[:at] + data[at + size :]):
                data = less
            else:
                at += size
        size //= 2
    return data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--corpus", type=Path, help="where inputs and findings lie")
    parser.add_argument("--seeds", type=Path, nargs="*", default=[], help="folders to start from, beside the specimens")
    parser.add_argument("--engine", choices=("own", "atheris"), default="atheris" if find_spec("atheris") else "own")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--examine", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--minimise", type=Path, nargs=2, metavar=("FILE", "OUT"))
    options = parser.parse_args()
    if options.examine:
        wrong = 0
        for path in options.examine:
            faults = judged(path.read_bytes())
            wrong += bool(faults)
            print(f"{path.name}: {'; '.join(f.signature + ' | ' + f.sentence[:300] for f in faults) or 'nothing is wrong'}")
        return int(wrong > 0)
    if options.minimise:
        source, target = options.minimise
        data = source.read_bytes()
        for fault in judged(data):
            data = minimise(data, fault.signature)
            target.write_bytes(data)
            print(f"{fault.signature}: {len(data)} bytes: {data[:200]!r}")
            return 0
        print("nothing is wrong with it")
        return 1
    if not options.corpus:
        parser.error("--corpus is missing")
    prepare(options.corpus, options.seeds)
    sums, covered = fuzz(options.corpus, options.engine, options.minutes, options.seed)
    print(f"engine {options.engine}, {sums['processes']} process(es), {sums['executions']:,} inputs, {sums['bytes'] / 1e6:,.1f} MB in "
          f"{sums['seconds']:,.0f} s, CPU {sums['cpu_seconds']:,.0f} s; peak {sums['peak_bytes'] / 1e6:,.0f} MB")  # fmt: skip
    print(f"inputs kept: {len(list((options.corpus / 'inputs').iterdir())):,}; " +
          (f"edges covered (libFuzzer): {covered:,}" if covered else f"features seen: {sums['features']:,}"))  # fmt: skip
    print(f"slowest input: {sums['slowest']:.2f} s of CPU" + (" (instrumented)" if options.engine == "atheris" else ""))
    open_ones = 0
    for path, said in findings(options.corpus):
        faults = judged(path.read_bytes()) if said["kind"] != "killed" else [Fault("killed", said["signature"], "")]
        stands = any(f.signature == said["signature"] for f in faults)
        open_ones += stands
        print(f"{'OPEN  ' if stands else 'mended'} {said['times']:6,} x  {said['kind']:9} {path.name}  {said['sentence'][:160]}")
    print(f"{open_ones} finding(s) stand")
    return int(open_ones > 0)


if __name__ == "__main__":
    sys.exit(main())
