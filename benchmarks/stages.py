"""What reading a page costs beside cutting its words, and which step costs what.

    python -m benchmarks.stages [--megabytes 4] [--rounds 3]

Decode, clean and split run over a clean and over a soiled corpus (benchmarks/corpus.py); in the same process, in turns, rjieba
cuts the same text. Megabytes are bytes of the files; figures are the best of the rounds, in CPU time of one core, since
other work on the machine can only slow a round down. Steps are timed in a round of their own, each without what it calls
elsewhere: the rules of repair and of furniture stand in a module each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FunctionType

import pyarrow as pa
import rjieba

from benchmarks import corpus
from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.stage import split

STAGES = ("decode", "clean", "split")
PACKAGES = tuple(f"tasks.{name}." for name in (*STAGES, "text"))
AIMS = {"clean": 1.0, "soiled": 1 / 3}  # speed as a share of the cutter's


def contents_of(source: Path, megabytes: float, soiled: float) -> pa.Table:
    """Distinct files as the decode stage takes them."""
    files = [data for _, data in corpus.files(source, int(megabytes * 1e6), soiled=soiled)]
    return pa.table({"file_id": [file_id(d) for d in files], "data": pa.array(files, pa.large_binary())}, TABLES["contents"].stage_arrow)


def run(contents: pa.Table) -> tuple[dict[str, float], list[str]]:
    """CPU seconds of each stage, and the decoded texts."""
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable, *given: pa.Table) -> dict[str, pa.Table]:
        start = time.process_time()
        found = work(*given)
        spent[name] = time.process_time() - start
        return found

    decoded = timed("decode", decode, contents)
    documents = decoded["documents"]
    cleaned = timed("clean", clean, documents, decoded["blocks"])
    timed("split", split, documents, cleaned["marks"], cleaned["flags"])
    return spent, documents["text"].to_pylist()


def cut(cutter: rjieba.Jieba, texts: list[str]) -> float:
    """CPU seconds to cut all words."""
    start = time.process_time()
    for text in texts:
        cutter.cut(text)
    return time.process_time() - start


class Steps:
    """Every function of the stages' modules, timed without the functions that it calls."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._open: list[float] = []  # seconds spent in callees, innermost last
        self._put: list[tuple[object, str, FunctionType]] = []

    def __enter__(self) -> Steps:
        made: dict[FunctionType, FunctionType] = {}
        for module in [m for n, m in sys.modules.items() if f"{n}.".startswith(PACKAGES)]:
            for name, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value.__module__.startswith(PACKAGES):
                    self._put.append((module, name, value))
                    setattr(module, name, made.setdefault(value, self._timed(value)))
        return self

    def __exit__(self, *_: object) -> None:
        for module, name, value in self._put:
            setattr(module, name, value)

    def _timed(self, function: FunctionType) -> FunctionType:
        key = f"{function.__module__.removeprefix('tasks.')}.{function.__name__}"

        @wraps(function)
        def timed(*args: object, **kwargs: object) -> object:
            self._open.append(0.0)
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent = time.process_time() - start
                self.spent[key] += spent - self._open.pop()
                if self._open:
                    self._open[-1] += spent

        return timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=12, help="how many of the dearest steps are shown")
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    args = parser.parse_args()
    cutter = rjieba.Jieba()
    cutter.cut("预热")
    run(contents_of(args.source, 0.05, 1.0))
    for name, soiled in (("clean", 0.0), ("soiled", 1.0)):
        contents = contents_of(args.source, args.megabytes, soiled)
        size = sum(len(d.as_py()) for d in contents["data"]) / 1e6
        best, best_cut = {}, float("inf")
        for _ in range(args.rounds):
            spent, texts = run(contents)
            best_cut = min(best_cut, cut(cutter, texts))
            if not best or sum(spent.values()) < sum(best.values()):
                best = spent
        ours = size / sum(best.values())
        print(f"{name} corpus, {size:.1f} MB in {contents.num_rows} files")
        print(f"  decode + clean + split {ours:7.2f} MB/s     " + "  ".join(f"{s} {size / best[s]:.1f}" for s in STAGES))
        ratio = best_cut / sum(best.values())
        print(f"  rjieba's cut           {size / best_cut:7.2f} MB/s     ours is {ratio:.2f} of its speed (aim: {AIMS[name]:.2f})")
        with Steps() as steps:
            run(contents)
        total = sum(steps.spent.values())
        for step, seconds in steps.spent.most_common(args.steps):
            print(f"    {step:<46}{1e3 * seconds / size:8.1f} ms/MB  {100 * seconds / total:5.1f} %")


if __name__ == "__main__":
    main()
