"""Facts and numbers against people's reading: what was reached is pinned in tests/floors.json, rounded down.

Open half of the marked facts only, but for the one test that is for the end: the sealed half is not looked at while rules change.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.facts import suite
from benchmarks.facts.marked import MARKS, gold_documents, marked_documents, score
from benchmarks.facts.shares import Share
from tests.conftest import PROJECT

FLOORS = json.loads((PROJECT / "tests" / "floors.json").read_text("utf-8"))
NAMES = {"precision": "precision", "recall": "recall", "kind": "kind", "operator": "operator", "subject or measure": "subject_or_measure"}


def hold(name: str, share: Share) -> None:
    print(f"\n{name}: {share}")
    assert share.value >= FLOORS[name], f"{name}: {share} is below its floor {FLOORS[name]}"


@pytest.mark.parametrize("which", ["gold", "open", "sealed"])
def test_facts(which: str, corpus: Path):
    documents = gold_documents(corpus) if which == "gold" else marked_documents(corpus, which)
    for what, share in score(documents).shares().items():
        if what in NAMES:
            hold(f"facts/{which}/{NAMES[what]}", share)


def test_numbers_of_the_suite(corpus: Path):
    for model in suite.run(corpus):
        hold(f"numbers/{model.name.split('/')[-1]}", model.share)


def test_each_model_of_the_suite_is_read_or_left_aside_for_a_reason(corpus: Path):
    ours = {suite.NUMBER, suite.PERCENT, suite.CURRENCY, *suite.LEFT_ASIDE}
    others = {case["spec"] for case in suite.cases(corpus)} - ours
    assert all(name.startswith("DateTime/") for name in others), others


def test_marks_stand_in_their_windows_and_hold_no_text():
    windows: dict[str, dict] = {}
    counts: dict[str, int] = {}
    for row in map(json.loads, MARKS.read_text("utf-8").splitlines()):
        if "window" in row:
            windows[row["document"]] = row
            continue
        window = windows[row["document"]]
        assert window["window"][0] <= row["start"] < row["stop"] <= window["window"][1]
        assert (row["value"] is None) == (row.get("normalized") is None)
        counts[window["half"]] = counts.get(window["half"], 0) + 1
    assert len(windows) >= 30 and sum(counts.values()) >= 300 and min(counts.values()) > 190


def test_wilson_interval():
    low, high = Share(8, 10).interval()
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943) and Share(0, 0).interval() == (0.0, 1.0)
