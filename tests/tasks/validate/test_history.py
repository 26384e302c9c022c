"""Bounds over runs, against series made by hand."""

from __future__ import annotations

import random

import pytest

from tasks.validate.history import judge

STEADY = [1000, 1040, 980, 1010, 990, 1020, 1005]


@pytest.mark.parametrize(
    ("value", "former", "status"),
    [
        (1015, STEADY, "passed"),
        (200, STEADY, "failed"),  # a drop to a fifth
        (0, STEADY, "failed"),  # nothing came
        (5000, STEADY, "failed"),
        (900, [1000] * 7, "passed"),  # equal runs do not make a tenth an alarm
        (600, [1000] * 7, "failed"),
        (1, STEADY[:6], "learning"),
        (3, [12, 8, 15, 9, 11, 10, 12], "passed"),  # tiny counts say nothing
        (200, [1000, 1000, 1000, 50, 1000, 1000, 1000], "failed"),  # one bad run does not move the middle
    ],
)
def test_counts(value: int, former: list[int], status: str):
    assert judge(value, value, former).status == status


@pytest.mark.parametrize(
    ("value", "evaluated", "former", "status"),
    [
        (0.30, 500, [0.01] * 7, "failed"),
        (0.02, 500, [0.01] * 7, "passed"),
        (0.50, 6, [0.01] * 7, "passed"),  # three of six documents
        (0.10, 20, [0.0] * 7, "passed"),  # two of twenty, where none was usual
        (0.10, 1000, [0.0] * 7, "failed"),
    ],
)
def test_shares(value: float, evaluated: int, former: list[float], status: str):
    assert judge(value, evaluated, former).status == status


def test_a_mean_of_few_rows_may_stray_further():
    former = [40.0] * 7
    assert judge(75.0, 25, former).status == "passed"
    assert judge(75.0, 2500, former).status == "failed"


def test_bounds_enclose_the_baseline_and_are_told():
    verdict = judge(1015, 1015, STEADY)
    assert verdict.lower < verdict.baseline < verdict.upper and verdict.baseline == pytest.approx(1005)
    learning = judge(5, 5, [])
    assert (learning.status, learning.baseline, learning.lower, learning.upper) == ("learning", None, None, None)


def test_drops_are_seen_and_noise_is_not():
    dice = random.Random(7)
    series = [[dice.lognormvariate(6, 0.3) for _ in range(21)] for _ in range(300)]
    false_alarms = sum(judge(s[-1], int(s[-1]) + 100, s[:-1]).status == "failed" for s in series)
    seen = sum(judge(s[-1] / 5, int(s[-1]) + 100, s[:-1]).status == "failed" for s in series)
    assert false_alarms <= 9 and seen >= 270  # 3 % and 90 % of 300


def test_an_age_is_unusual_only_when_it_is_high():
    ages = [400, 380, 420, 390, 410, 405, 395]
    assert [judge(age, 40, ages, only_above=True).status for age in (0, 60, 400, 20_000)] == ["passed"] * 3 + ["failed"]
    assert judge(60, 40, ages).status == "failed"
