"""Lines that no rule names: logistic regressions for lines above, inside and below the body of a furnished page.

Two rounds: the first judges each line by itself and by what the rules proved around it, the second knows the first's verdicts
on the lines around as well, so that a line among furniture of unknown words is seen as such. Weights stand in model.json
with a sentence for each feature; `python -m benchmarks.page_model` makes them. The model is asked only where anchors prove
that the page has furniture, or where several lines speak of pages, and stays silent where a page shows little running text.
Its confidence is the probability that it states; lines that it is not sure of stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from tasks.clean.furniture.features import NAMES, matrix
from tasks.clean.furniture.regions import Page, Regions

ZONES = ("head", "inside", "tail")
SURE = {"head": 0.75, "inside": 0.9, "tail": 0.75}  # probability from which a line leaves
CLIP = 4.0  # standard deviations


VERDICTS: dict[str, str] = {
    "verdict": "log odds of the line in the first round",
    "verdict, above": "first verdict on the line above",
    "verdict, below": "first verdict on the line below",
    "verdict, around": "mean of first verdicts on four lines on each side",
    "verdict, from top": "mean of first verdicts on all lines above",
    "verdict, to bottom": "mean of first verdicts on all lines below",
    "verdict, since text": "mean of first verdicts on the lines back to the body",
    "least, to bottom": "least of first verdicts on the line and four below it",
}
ROUNDS = (NAMES, NAMES | VERDICTS)


@dataclass(frozen=True)
class Round:
    """Weights over standardised features, one row a zone."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def log_odds(self, rows: np.ndarray, zones: np.ndarray) -> np.ndarray:
        z = np.clip((rows - self.mean) / self.scale, -CLIP, CLIP)
        return (z * self.weights[zones]).sum(axis=1) + self.bias[zones]


@dataclass(frozen=True)
class Model:
    """Both rounds."""

    first: Round
    second: Round

    def probabilities(self, rows: np.ndarray, zones: np.ndarray) -> np.ndarray:
        """How likely each line of a page is furniture; `zones` are numbers of ZONES."""
        return chance(self.second.log_odds(with_verdicts(rows, self.first.log_odds(rows, zones), zones), zones))


def chance(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))


def with_verdicts(rows: np.ndarray, log_odds: np.ndarray, zones: np.ndarray) -> np.ndarray:
    """The features of a page's lines and what the first round says of the lines around."""
    n, p = len(rows), chance(log_odds)
    sums, here = np.append(0, np.cumsum(p)), np.arange(n)
    low, high = np.maximum(here - 4, 0), np.minimum(here + 5, n)
    around = (sums[high] - sums[low] - p) / np.maximum(1, high - low - 1)
    end = int(np.searchsorted(zones, 2))  # first line below the body
    first = int(np.searchsorted(zones, 1))
    back = np.where(zones == 2, (sums[:-1] - sums[end]) / np.maximum(1, here - end), 0)
    forth = np.where(zones == 0, (sums[first] - sums[1:]) / np.maximum(1, first - 1 - here), 0)
    padded = np.append(p, np.ones(4))
    least = np.min([padded[k : k + n] for k in range(5)], axis=0)
    return np.column_stack([
        rows, np.clip(log_odds, -8, 8), np.append(0.5, p[:-1]), np.append(p[1:], 0.5), around,
        sums[:-1] / np.maximum(1, here), (sums[n] - sums[1:]) / np.maximum(1, n - 1 - here), back + forth, least,
    ])  # fmt: skip


def zones_of(page: Page, body: tuple[int, int]) -> np.ndarray:
    """The zone of each line, as numbers of ZONES."""
    here = np.arange(len(page.lines))
    return np.where(here < body[0], 0, np.where(here < body[1], 1, 2))


def from_json(text: str) -> Model:
    """The model that a file holds; KeyError where it lacks a feature that this code computes."""
    said = json.loads(text)
    return Model(*(_round(said[name], names) for name, names in zip(("first", "second"), ROUNDS, strict=True)))


def _round(said: dict, names: Iterable[str]) -> Round:
    rows = {row["feature"]: row for row in said["features"]}
    ordered = [rows[name] for name in names]
    weights = np.array([[row["weights"][zone] for row in ordered] for zone in ZONES])
    mean, scale = (np.array([row[of] for row in ordered]) for of in ("mean", "scale"))
    return Round(mean, scale, weights, np.array([said["bias"][zone] for zone in ZONES]))


@cache
def _shipped() -> Model | None:
    path = files(__package__).joinpath("model.json")
    return from_json(path.read_text("utf-8")) if path.is_file() else None


_using: list[Model | None] = []


@contextmanager
def replaced(model: Model | None) -> Iterator[None]:
    """Judge with another model, or with none: for measuring."""
    _using.append(model)
    try:
        yield
    finally:
        _using.pop()


def silent() -> Iterator[None]:
    """Judge by rules alone."""
    return replaced(None)


def judged(page: Page, regions: Regions) -> list[tuple[int, str, float]]:
    """Line, zone and probability of each line that the model is sure is furniture; nothing is cut here."""
    model = _using[-1] if _using else _shipped()
    if model is None or not page.lines:
        return []
    zones = zones_of(page, regions.body)
    found = model.probabilities(matrix(page), zones)
    return [(i, ZONES[z], float(p)) for i, (z, p) in enumerate(zip(zones, found, strict=True)) if p >= SURE[ZONES[z]]]
