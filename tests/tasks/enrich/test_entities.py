"""The model of names, the figures of `python -m benchmarks.entities` against tests/floors.json, and its way to count."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import entities
from tasks.enrich.entities.wordclass import chances
from tasks.enrich.mentions import mentions_of
from tasks.enrich.words import cut_words
from tests.conftest import PROJECT

ALL_FLOORS: dict[str, float] = json.loads((PROJECT / "tests" / "floors.json").read_text("utf-8"))
FLOORS = {name: floor for name, floor in ALL_FLOORS.items() if name.startswith("entities/")}
NAMES_IN_STATUTES = 60  # persons that 1,000,000 characters of statutes may seem to name


@pytest.fixture(scope="module")
def figures(corpus: Path) -> dict[str, float]:
    found = entities.figures(corpus)
    for name, value in found.items():
        print(f"{name} {value:.3f}")
    return found


def test_every_figure_is_pinned(figures):
    assert set(FLOORS) == set(figures)


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_figure_holds(name: str, figures):
    assert figures[name] >= FLOORS[name]


@pytest.mark.parametrize(("word", "kind"), [
    ("钱宝柱", "chinese"), ("贺子墨", "chinese"), ("贝里尼斯基", "foreign"), ("柚溪自治县", "place"), ("丰果大学", "org"),
])
def test_the_class_of_a_word_no_dictionary_has(word: str, kind: str):
    odds = chances(word)
    assert getattr(odds, kind) == max(odds.chinese, odds.foreign, odds.place, odds.org) > -2


@pytest.mark.parametrize("word", ["房屋内", "应当按", "工作站", "公开栏", "水平衡"])
def test_no_class_fits_what_is_no_name(word: str):
    odds = chances(word)
    assert max(odds.chinese, odds.foreign, odds.org) < 0


def test_statutes_name_hardly_anybody(laws):
    found = [m for of in mentions_of(cut_words(laws), laws) for m in of if m.kind == "person"]
    assert len(found) * 1e6 / sum(map(len, laws)) < NAMES_IN_STATUTES


def test_counts_are_of_equal_spans():
    found, wanted = [{"person": {(0, 3), (5, 7)}}], [{"person": {(0, 3), (5, 8), (9, 11)}}]
    of = entities.score(entities.counts(found, wanted, "person"))
    assert of == (1, 2, 3) and of.precision == 0.5 and of.recall == pytest.approx(1 / 3) and of.f1 == pytest.approx(0.4)


def test_intervals():
    low, high = entities.wilson(8, 10)
    assert (round(low, 2), round(high, 2)) == (0.49, 0.94)
    even = np.array([[1, 1, 1]] * 20)
    assert entities.interval(even, 50) == (1.0, 1.0)
    assert entities.wilson(0, 0) == (0.0, 1.0)
