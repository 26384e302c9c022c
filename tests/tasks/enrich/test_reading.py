"""What enrichment reads, held against tests/floors.json: figures of `python -m benchmarks.reading`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.reading.score import Score
from benchmarks.reading.structure import score_structure
from benchmarks.reading.times import passes, score_times, why_aside
from tests.conftest import PROJECT

FLOORS: dict[str, float] = json.loads((PROJECT / "tests" / "floors.json").read_text("utf-8"))


def held(scores: list[Score]) -> None:
    for score in scores:
        print(score)
        assert score.share >= FLOORS.get(score.name, 0.0), score
    assert any(score.name in FLOORS for score in scores)


def test_times(corpus: Path):
    held([score for score, _ in score_times(corpus)])


def test_outline_sentences_and_phrases(corpus: Path):
    held([score for score, _ in score_structure(corpus)])


def test_a_score_says_how_sure_it_is():
    low, high = Score("some", 9, 10).wilson
    assert 0.59 < low < 0.6 and 0.98 < high < 0.99 and Score("none", 0, 0).wilson == (0.0, 1.0)


@pytest.mark.parametrize(("text", "values", "expected"), [
    ("去年种树", {"start": "2016-01-01", "end": "2017-01-01"}, True), ("去年种树", {"start": "2015-01-01", "end": "2016-01-01"}, False),
])
def test_the_scorer_can_fail(text: str, values: dict, expected: bool):
    result = {"Text": "去年", "TypeName": "datetimeV2.daterange", "Resolution": {"values": [values]}}
    context = {"ReferenceDateTime": "2017-03-22T00:00:00"}
    case = {"spec": "DateTime/Chinese/DateTimeModel", "Input": text, "Context": context, "Results": [result]}
    assert why_aside(case) is None and passes(case) is expected
    assert passes(case | {"Results": [result | {"Text": "去年种"}]}) is False and passes(case | {"Results": []}) is False
