"""What the judge of figures over runs sees, beside the usual z-score, on simulated series.

    python -m benchmarks.history [--draws 1500]

Series are lognormal (sigma 0.3), 14 runs long, about 1000 documents a run. False alarms: the next run comes from the same law. Drop:
it brings a fifth. The second pair of columns has one run of fifty times the usual in its history. The z-score is the usual one: mean
and standard deviation of all runs, the judged one among them, limit 3.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Callable, Sequence

from tasks.validate.history import judge

AIMS = {"false alarms": 0.015, "drops seen": 0.90}
RUNS = 14


def ours(series: Sequence[int], value: int) -> bool:
    return judge(value, value, series).status == "failed"


def z_score(series: Sequence[int], value: int) -> bool:
    whole = [*series, value]
    return abs(value - statistics.mean(whole)) > 3 * statistics.stdev(whole)


def rates(alarm: Callable[[Sequence[int], int], bool], draws: int, outlier: bool) -> tuple[float, float]:
    """(false alarms, drops seen), as shares of the draws."""
    dice = random.Random(5)
    wrong = seen = 0
    for _ in range(draws):
        *series, value = (round(1000 * dice.lognormvariate(0, 0.3)) for _ in range(RUNS + 1))
        if outlier:
            series[dice.randrange(RUNS)] *= 50
        wrong += alarm(series, value)
        seen += alarm(series, value // 5)
    return wrong / draws, seen / draws


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1500)
    draws = parser.parse_args().draws
    print(f"{'':12}{'false alarms':>14}{'drops seen':>12}{'  with an outlier: false alarms':>32}{'drops seen':>12}")
    for name, alarm in (("taojin", ours), ("z-score", z_score)):
        (wrong, seen), (wrong_after, seen_after) = rates(alarm, draws, False), rates(alarm, draws, True)
        print(f"{name:12}{wrong:14.1%}{seen:12.1%}{wrong_after:32.1%}{seen_after:12.1%}")
    print(f"aims        {AIMS['false alarms']:14.1%}{AIMS['drops seen']:12.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
