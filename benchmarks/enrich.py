"""What enrichment costs beside rjieba's own cut + tag of the same text, in one process, in turns; and which part costs what.

    python -m benchmarks.enrich [--megabytes 4] [--rounds 5] [--soiled 0.5]

The text is that of the articles which decode, clean and split make of the benchmark corpus. `tag`, which counts as 1, is rjieba's
one call that cuts and tags (no offsets, no tables; its `cut` by itself, half of that, is not added). Figures are CPU seconds of one
core, the best of the rounds for each part, since other work on the machine can only slow a round down.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import rjieba

from benchmarks import corpus
from benchmarks.stages import contents_of
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.enrich.stage import enrich
from tasks.split.stage import split

AIM = 2.0  # times the time of rjieba's tag


def articles_of(source: Path, megabytes: float, soiled: float) -> pa.Table:
    """Articles as enrichment takes them."""
    decoded = decode(contents_of(source, megabytes, soiled))
    cleaned = clean(decoded["documents"], decoded["blocks"])
    return split(decoded["documents"], cleaned["marks"], cleaned["flags"])["articles"]


def spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--soiled", type=float, default=0.5, help="share of soiled files")
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    args = parser.parse_args()
    articles = articles_of(args.source, args.megabytes, args.soiled)
    texts = articles["text_hans"].to_pylist()
    size = sum(len(text.encode()) for text in texts) / 1e6
    cutter = rjieba.Jieba()
    cutter.tag("预热")
    enrich(articles.slice(0, 5))
    tag, whole, parts = float("inf"), float("inf"), {}
    for _ in range(args.rounds):
        tag = min(tag, spent(lambda: [cutter.tag(text) for text in texts]))
        laps: dict[str, float] = {}
        whole = min(whole, spent(lambda laps=laps: enrich(articles, seconds=laps)))
        for name, seconds in laps.items():
            parts[name] = min(parts.get(name, float("inf")), seconds)
    print(f"{size:.1f} MB of text in {len(texts)} articles; best of {args.rounds} rounds")
    print(f"rjieba's tag   {size / tag:6.2f} MB/s")
    print(f"enrich         {size / whole:6.2f} MB/s   {whole / tag:.2f} times the time of rjieba's tag (aim: at most {AIM:.0f})")
    for name, seconds in sorted(parts.items(), key=lambda row: -row[1]):
        print(f"  {name:<20}{1e3 * seconds / size:8.1f} ms/MB  {seconds / tag:5.2f} tags")


if __name__ == "__main__":
    main()
