"""python -m benchmarks.facts [--sealed] [--faults]: every figure of facts and numbers, with n and Wilson's 95 % interval.

The sealed half of the marked facts is for the end of a piece of work: whoever looks at its faults while changing rules spoils it.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path

from benchmarks.facts import suite
from benchmarks.facts.marked import Tally, gold_documents, marked_documents, score

PROJECT = Path(__file__).resolve().parents[2]


def show(name: str, tally: Tally, faults: bool) -> None:
    print(f"\n{name}: {tally.wanted} facts")
    for what, share in tally.shares().items():
        print(f"  {what:20} {share}")
    if faults:
        print("\n".join(f"    {fault}" for fault in tally.faults))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sealed", action="store_true", help="the sealed half of the marked facts too")
    parser.add_argument("--faults", action="store_true", help="print what is wrong (never of the sealed half)")
    options = parser.parse_args()
    corpus = Path(os.environ.get("TAOJIN_CORPUS", PROJECT.parent / "shared"))
    show("gold of the seeds", score(gold_documents(corpus)), options.faults)
    show("marked by hand, open half", score(marked_documents(corpus, "open")), options.faults)
    if options.sealed:
        show("marked by hand, sealed half", score(marked_documents(corpus, "sealed")), False)
    print()
    for model in suite.run(corpus):
        print(f"{model.name:40} {model.share}")
        for reason, n in model.aside.items():
            print(f"    left aside {n}: {reason}")
        if options.faults:
            print("\n".join(f"    {fault}" for fault in model.faults))
    others = Counter(case["spec"] for case in suite.cases(corpus) if case["spec"] in suite.LEFT_ASIDE)
    for name, n in sorted(others.items()):
        print(f"    left aside {n:3} {name}: {suite.LEFT_ASIDE[name]}")


if __name__ == "__main__":
    main()
