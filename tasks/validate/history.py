"""Is a figure of this run unusual beside those of the runs before? Pure functions over short series.

Compared are logarithms (log1p): a drop to a fifth is as far from usual as a rise to five times, and a count of 0 has a place.
The middle is the median and the spread the median absolute deviation, which one bad run does not move. The spread has a floor, because
seven equal runs would otherwise make any change an alarm: what sampling alone does to a figure of so many rows. Limit 3.5: seen are
90 % of drops to a fifth at 1.5 % false alarms, where mean and standard deviation see none of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LIMIT = 3.5
LEARNING_RUNS = 7
LONGEST_SERIES = 60  # runs looked back; a site that changed its habits two months ago is no longer unusual
TINY = 20  # rows: below this, chance alone moves any figure
MAD_TO_SIGMA = 1.4826  # median absolute deviation of a normal distribution, turned into its standard deviation
FLOOR = 0.1  # in log1p: about a tenth of a figure
SHARE_FLOOR = 0.01  # one point in a hundred


@dataclass(frozen=True, slots=True)
class Verdict:
    """`status` is passed, failed or learning; bounds are None while learning."""

    status: str
    baseline: float | None
    lower: float | None
    upper: float | None


def judge(value: float, evaluated: int, former: Sequence[float], only_above: bool = False) -> Verdict:
    """
    Args:
        value: this run's figure. A negative one (a delay that runs backwards) counts as 0.
        evaluated: rows behind it. A figure that equals it is a count of rows.
        former: the same figure of earlier runs, oldest first. A figure that never passed 1 is a share.
        only_above: a small figure is never unusual.
    """
    value = max(value, 0.0)
    series = [max(v, 0.0) for v in former[-LONGEST_SERIES:]]
    if len(series) < LEARNING_RUNS:
        return Verdict("learning", median(series) if series else None, None, None)
    logs = [math.log1p(v) for v in series]
    middle = median(logs)
    spread = MAD_TO_SIGMA * median(abs(v - middle) for v in logs)
    baseline = math.expm1(middle)
    is_count = value == evaluated and value != 1
    is_share = not is_count and max(value, *series) <= 1
    reach = LIMIT * max(spread, _floor(baseline, baseline if is_count else evaluated, is_share))
    lower, upper = max(math.expm1(middle - reach), 0.0), math.expm1(middle + reach)
    if is_share:
        upper = min(upper, 1.0)
    if only_above:
        lower = 0.0
    tiny = max(value, baseline) < TINY if is_count else evaluated < TINY  # a count that fell from many to none is not tiny
    return Verdict("passed" if tiny or lower <= value <= upper else "failed", baseline, lower, upper)


def _floor(baseline: float, rows: float, is_share: bool) -> float:
    """What chance does to a figure of so many rows, in log1p of it."""
    if is_share:
        p = (baseline * rows + 1) / (rows + 2)  # never 0 or 1: unseen is not impossible
        return max(SHARE_FLOOR, math.sqrt(p * (1 - p) / max(rows, 1)))
    return max(FLOOR, 1 / math.sqrt(rows + 1))
