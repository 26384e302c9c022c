"""Train the model of lines: three ridge logistic regressions by Newton's method, in NumPy."""

from __future__ import annotations

import json
import random
import tarfile
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from benchmarks import pages as news
from benchmarks.page_model.compose import BODY, UNKNOWN, Labelled, composed, framed, real
from benchmarks.soil.pages import law_source
from tasks.clean.furniture.features import matrix
from tasks.clean.furniture.model import CLIP, ROUNDS, ZONES, Model, Round, with_verdicts, zones_of
from tasks.clean.furniture.regions import Page, find_regions
from tasks.text.heads import folded

COMPOSED = 2000  # pages
FRAMED = 1000
PLAIN = 150  # statutes without any furniture
RIDGE = 30.0
STEPS = 12  # of Newton's method
FOLDS = 3
BODY_WEIGHT = 4.0  # what cutting an author's line costs beside leaving a line of furniture
REAL_WEIGHT = 1.0  # of a line of a real page beside a line of a composed one


def examples(page: Labelled) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows, zones, labels and weights of the lines of a page."""
    lines = [folded(line) for line in page.lines]
    seen = Page.of(lines)
    for i in page.hidden:
        seen.kinds[i] = None
    regions = find_regions(seen)
    y = np.array(page.labels)
    weight = page.weight * np.where(y == BODY, BODY_WEIGHT, 1.0)
    return matrix(seen, page.hidden), zones_of(seen, regions.body), y, weight


def fit(rows: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of one regression over standardised rows."""
    x = np.column_stack((rows, np.ones(len(rows))))
    w = np.zeros(x.shape[1])
    ridge = np.append(np.full(rows.shape[1], RIDGE), 1e-3)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (weight * (p - y)) + ridge * w
        curve = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        w -= step
        if np.abs(step).max() < 1e-4:
            break
    return w[:-1], float(w[-1])


def fit_all(parts: Sequence[tuple[np.ndarray, ...]]) -> Model:
    """
    Both rounds. So that the second learns from verdicts as they are on pages that the first has not seen, those come from
    first rounds that each lacked a part of the pages.
    """
    whole = _fit_round(parts)
    folds = [_fit_round([part for k, part in enumerate(parts) if k % FOLDS != fold]) for fold in range(FOLDS)]
    seen = [
        (with_verdicts(rows, folds[k % FOLDS].log_odds(rows, zones), zones), zones, y, weight)
        for k, (rows, zones, y, weight) in enumerate(parts)
    ]
    return Model(whole, _fit_round(seen))


def _fit_round(parts: Sequence[tuple[np.ndarray, ...]]) -> Round:
    rows, zones, y, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    known = y != UNKNOWN
    rows, zones, y, weight = rows[known], zones[known], y[known], weight[known]
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    z = np.clip((rows - mean) / scale, -CLIP, CLIP)
    fitted = [fit(z[zones == k], y[zones == k], weight[zones == k]) for k in range(len(ZONES))]
    return Round(mean, scale, np.array([w for w, _ in fitted]), np.array([b for _, b in fitted]))


def plain(count: int, seed: int = 11) -> list[Labelled]:
    """Statutes as they are, in which every line is the author's."""
    rng, found = random.Random(seed), []
    with tarfile.open(law_source()) as tar:
        for member in rng.sample([m for m in tar if m.name.endswith(".txt")], count):
            lines = [line.strip() for line in tar.extractfile(member).read().decode("utf-8").split("\n") if line.strip()][:150]
            found.append(Labelled(lines, [BODY] * len(lines)))
    return found


@cache
def _made() -> tuple[tuple[np.ndarray, ...], ...]:
    return tuple(examples(page) for page in [*composed(COMPOSED, law_source()), *framed(FRAMED, law_source()), *plain(PLAIN)])


@cache
def _real() -> tuple[tuple[str, tuple[np.ndarray, ...]], ...]:
    made = []
    for page in real(news.read()):
        page.weight = REAL_WEIGHT
        made.append((page.publisher, examples(page)))
    return tuple(made)


def trained_without(publisher: str | None = None) -> Model:
    """The model as shipped, or as it would be had it never seen a publisher's pages."""
    return fit_all([*_made(), *(found for name, found in _real() if name != publisher)])


def to_json(model: Model) -> str:
    """Plain data: each feature with its meaning, its mean and scale, and its weight in each zone."""
    parts = (_said(fitted, names) for fitted, names in zip((model.first, model.second), ROUNDS, strict=True))
    return "{\n" + ",\n".join(f' "{name}": {part}' for name, part in zip(("first", "second"), parts, strict=True)) + "\n}\n"


def _said(fitted: Round, names: Mapping[str, str]) -> str:
    features = [
        {
            "feature": name, "means": says, "mean": round(float(fitted.mean[k]), 5), "scale": round(float(fitted.scale[k]), 5),
            "weights": {zone: round(float(fitted.weights[z, k]), 4) for z, zone in enumerate(ZONES)},
        }
        for k, (name, says) in enumerate(names.items())
    ]  # fmt: skip
    bias = {zone: round(float(fitted.bias[z]), 4) for z, zone in enumerate(ZONES)}
    rows = ",\n   ".join(json.dumps(row, ensure_ascii=False) for row in features)
    return f'{{\n  "bias": {json.dumps(bias)},\n  "features": [\n   {rows}\n  ]\n }}'
