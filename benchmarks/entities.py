"""How well names are found: precision, recall and F1 by kind, with 95 % intervals.

    python -m benchmarks.entities [--source ../shared] [--resamples 1000]

Two measures. data/ner_dev.jsonl: newspaper sentences with persons, places and organisations marked; exact spans. Its first half was looked
at while the rules were written, its second half was not: only the second tells what to expect of other newspapers. gold/: the entities of
the seeds; organisations that the gold calls generic or a mechanism are neither asked for nor held against us. Intervals are the
middle 95 % over resamples of sentences (ner_dev) or Wilson's (seeds, where precision and recall are simple shares). rjieba's own tags
are printed beside ours. Nothing here is written to the repository and nothing is learned from these texts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tasks.enrich.mentions import mentions_of
from tasks.enrich.words import cut_words

KINDS = ("person", "place", "org")
HALVES = ("first", "second")
BY_TAG = {"nr": "person", "nrfg": "person", "nrt": "person", "ns": "place", "nt": "org"}
OF_GOLD = {
    "person": "person", "org": "org", "place": "place", "event": "event", "role": "office",
    "law_doc": "document", "publication": "document",
}
NOT_ASKED = ("generic", "mechanism")
Span = tuple[int, int]


class Score(NamedTuple):
    """Counts of one kind: spans that agree, spans we found, spans that were asked for."""

    hit: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.hit / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.hit / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hit / (self.found + self.wanted) if self.found + self.wanted else 0.0


def newspaper(source: Path, half: str) -> tuple[list[str], list[dict[str, set[Span]]]]:
    """Sentences of one half with their marked spans by kind."""
    rows = [json.loads(line) for line in (source / "data" / "ner_dev.jsonl").read_text("utf-8").splitlines()]
    middle = len(rows) // 2
    rows = rows[:middle] if half == "first" else rows[middle:]
    return [row["text"] for row in rows], [
        {kind: {(m["start"], m["stop"]) for m in row["mentions"] if m["kind"] == kind} for kind in KINDS} for row in rows
    ]


def ours(texts: Sequence[str], kinds: Sequence[str] = KINDS) -> list[dict[str, set[Span]]]:
    found = mentions_of(cut_words(texts), texts)
    return [{kind: {(m.start, m.stop) for m in of if m.kind == kind} for kind in kinds} for of in found]


def by_tags(texts: Sequence[str]) -> list[dict[str, set[Span]]]:
    """What rjieba's tags alone call names."""
    words = cut_words(texts)
    kinds = [BY_TAG.get(tag) for tag in words.tags.to_pylist()]
    found: list[dict[str, set[Span]]] = []
    for k in range(len(texts)):
        spans: dict[str, set[Span]] = {kind: set() for kind in KINDS}
        for at in range(words.bounds[k], words.bounds[k + 1]):
            kind = kinds[words.tag_codes[at]]
            if kind:
                spans[kind].add((int(words.starts[at] - words.bases[k]), int(words.stops[at] - words.bases[k])))
        found.append(spans)
    return found


def counts(found: Sequence[dict[str, set[Span]]], wanted: Sequence[dict[str, set[Span]]], kind: str) -> np.ndarray:
    """int64[n, 3]: hits, found and wanted spans of one kind in each text."""
    rows = [(len(f[kind] & w[kind]), len(f[kind]), len(w[kind])) for f, w in zip(found, wanted, strict=True)]
    return np.array(rows, np.int64).reshape(-1, 3)


def score(table: np.ndarray) -> Score:
    return Score(*map(int, table.sum(0)))


def interval(table: np.ndarray, resamples: int) -> tuple[float, float]:
    """The middle 95 % of F1 over resamples of the texts, with a fixed seed."""
    chosen = np.random.default_rng(1).integers(0, len(table), (resamples, len(table)))
    hit, found, wanted = np.moveaxis(table[chosen].sum(1), 1, 0)
    low, high = np.quantile(2 * hit / np.maximum(1, found + wanted), (0.025, 0.975))
    return float(low), float(high)


def wilson(hit: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    z = 1.96
    share, spread = hit / of, z * sqrt(hit / of * (1 - hit / of) / of + z * z / (4 * of * of))
    middle, scale = share + z * z / (2 * of), 1 + z * z / of
    return (middle - spread) / scale, (middle + spread) / scale


def seeds(source: Path) -> dict[str, Score]:
    """Exact spans of the seeds' entities by kind."""
    totals = {kind: [0, 0, 0] for kind in ("person", "org", "place", "event", "office", "document")}
    for text, rows in _gold(source):
        found = ours([text], tuple(totals))[0]
        passed = {(row["start"], row["end"]) for row in rows if row.get("norm") in NOT_ASKED}
        for kind, total in totals.items():
            wanted = {(row["start"], row["end"]) for row in rows if OF_GOLD[row["type"]] == kind} - passed
            theirs = {span for span in found[kind] if not any(span[0] < stop and start < span[1] for start, stop in passed)}
            total[0] += len(wanted & theirs)
            total[1] += len(theirs)
            total[2] += len(wanted)
    return {kind: Score(*total) for kind, total in totals.items()}


def _gold(source: Path) -> Iterator[tuple[str, list[dict]]]:
    for folder in sorted(path for path in (source / "gold").iterdir() if path.is_dir()):
        rows = [json.loads(line) for line in (folder / "entities.jsonl").read_text("utf-8").splitlines()]
        for name in sorted({row["text"] for row in rows} - {"raw"}):
            yield (folder / name).read_text("utf-8").rstrip("\n"), [row for row in rows if row["text"] == name]


def figures(source: Path) -> dict[str, float]:
    """Every figure that tests/floors.json pins, by its name there."""
    found: dict[str, float] = {}
    for half in HALVES:
        texts, wanted = newspaper(source, half)
        mentions = ours(texts)
        for kind in KINDS:
            found[f"entities/ner_dev/{half}/{kind}/f1"] = score(counts(mentions, wanted, kind)).f1
    for kind, of in seeds(source).items():
        found[f"entities/seeds/{kind}/precision"], found[f"entities/seeds/{kind}/recall"] = of.precision, of.recall
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", type=Path, default=Path("../shared"))
    parser.add_argument("--resamples", type=int, default=1000)
    args = parser.parse_args()
    for half in HALVES:
        texts, wanted = newspaper(args.source, half)
        for name, found in (("taojin", ours(texts)), ("rjieba's tags", by_tags(texts))):
            print(f"ner_dev, {half} half, {name}: {len(texts)} sentences")
            for kind in KINDS:
                table = counts(found, wanted, kind)
                of, (low, high) = score(table), interval(table, args.resamples)
                shares = f"precision {of.precision:.3f}  recall {of.recall:.3f}  F1 {of.f1:.3f} [{low:.3f}, {high:.3f}]"
                print(f"  {kind:8} {shares}  n {of.wanted}")
    print("entities of the seeds")
    for kind, of in seeds(args.source).items():
        precision, recall = (" [{:.2f}, {:.2f}]".format(*wilson(of.hit, total)) for total in (of.found, of.wanted))
        print(f"  {kind:8} precision {of.precision:.3f}{precision}  recall {of.recall:.3f}{recall}  n {of.wanted}")


if __name__ == "__main__":
    main()
