"""python -m benchmarks.inline --documents 12: what is left of each kind of inline dirt, and what of the clean text stays whole."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator

from benchmarks.inline.bodies import bodies, keepers
from benchmarks.inline.kinds import KINDS, SHORT, Kind
from benchmarks.soil.pages import Clean, Page
from benchmarks.soil.score import Score, articles_of, score


def soiled(name: str, kind: Kind, texts: list[Clean], seed: str) -> Iterator[Page]:
    for no, clean in enumerate(texts):
        lines, pieces = kind(random.Random(f"{seed}{name}{no}"), list(clean.paragraphs))
        yield Page(name, list(clean.paragraphs), lines, [(name, piece) for piece in pieces if piece.strip()])


def scored(pages: list[Page]) -> Score:
    """As benchmarks.soil scores them, but each piece of dirt is counted as often as it stands in an article still."""
    found = score(pages)
    left: dict[str, list[str]] = {}
    for page, text in zip(pages, articles_of([page.data for page in pages]), strict=True):
        wanted = {" ".join(p.split()) for p in page.paragraphs}
        rest = "\n" + "\n".join(line for line in text.split("\n") if " ".join(line.split()) not in wanted) + "\n"
        for (name, piece), times in Counter(page.dirt).items():
            needle = piece.strip()
            left.setdefault(name, []).extend([needle] * min(times, rest.count(needle)))
    found.left.clear()
    found.left.update({name: pieces for name, pieces in left.items() if pieces})
    return found


def measure(count: int, seed: str, only: str = "") -> dict[str, Score]:
    """The score of each kind, over `count` texts."""
    found = {}
    for name, kind in (KINDS | SHORT).items():
        if only in name:
            texts = bodies(count * (3 if name in SHORT else 1), f"{seed}{name}", name in SHORT)
            found[name] = scored(list(soiled(name, kind, texts, seed)))
    if only in "look-alikes":
        found["look-alikes"] = scored(list(soiled("look-alikes", KINDS["nothing"], keepers(), seed)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=12, help="texts of each kind")
    parser.add_argument("--seed", default="inline")
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--show", type=int, default=0, help="how many faults of each kind are printed")
    args = parser.parse_args()
    found = measure(args.documents, args.seed, args.only)
    print(f"{'kind':<32}{'pieces':>8}{'left':>7}{'%':>7}{'kept %':>9}")
    pieces = left = clean = kept = 0
    for name, s in found.items():
        n, rest = sum(s.pieces.values()), sum(map(len, s.left.values()))
        pieces, left, clean, kept = pieces + n, left + rest, clean + s.clean, kept + s.kept
        print(f"{name:<32}{n:>8}{rest:>7}{100 * rest / max(1, n):>7.1f}{100 * s.share_kept:>9.2f}")
        for piece, times in Counter(p for some in s.left.values() for p in some).most_common(args.show):
            print(f"      left {times:3} {piece[:90]!r}")
        for _, paragraph in s.broken[: args.show]:
            print(f"      broken {paragraph[:100]}")
    print(f"{'all':<32}{pieces:>8}{left:>7}{100 * left / pieces:>7.2f}{100 * kept / clean:>9.2f}")


if __name__ == "__main__":
    main()
