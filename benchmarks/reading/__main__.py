"""`python -m benchmarks.reading [CORPUS] [--failed]`: the figures; with --failed also the inputs behind them."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.reading.structure import score_structure
from benchmarks.reading.times import score_times


def main(arguments: list[str]) -> None:
    show = "--failed" in arguments
    paths = [argument for argument in arguments if not argument.startswith("--")]
    corpus = Path(paths[0] if paths else "../shared")
    for score, failed in (*score_times(corpus), *score_structure(corpus)):
        print(score)
        if show:
            print("".join(f"    {case}\n" for case in failed), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
