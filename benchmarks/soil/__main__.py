"""python -m benchmarks.soil --documents 500: what the stages leave of dirt and of clean text, per class and half."""

from __future__ import annotations

import argparse
from collections import Counter

from benchmarks.soil.pages import FRAMED, HALVES, pages
from benchmarks.soil.score import Score, score


def table(found: dict[str, Score]) -> str:
    names = sorted({name for s in found.values() for name in s.pieces})
    rows = [f"{'class':<26}" + "".join(f"{half + ' pieces':>12}{'left':>7}{'%':>7}" for half in found)]
    for name in names:
        row = f"{name:<26}"
        for s in found.values():
            n, left = s.pieces[name], len(s.left.get(name, ()))
            row += f"{n:>12}{left:>7}{100 * left / max(1, n):>7.1f}"
        rows.append(row)
    for half, s in found.items():
        kept, left = 100 * s.share_kept, 100 * s.share_left
        rows.append(f"half {half}: clean characters in unbroken paragraphs {kept:.2f} %, dirt pieces left {left:.2f} %")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500, help="pages in each half")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--halves", default="".join((*HALVES, *FRAMED)), help="which halves of the wordings")
    parser.add_argument("--show", choices=(*HALVES, *FRAMED), help="list what is left and broken in this half")
    args = parser.parse_args()
    found = {half: score(pages(args.documents, half, args.seed)) for half in args.halves}
    for group in ({half for half in found if half in HALVES}, *({half} for half in found if half in FRAMED)):
        if group:
            print(table({half: found[half] for half in found if half in group}))
    if args.show:
        for name, pieces in sorted(found[args.show].left.items(), key=lambda item: -len(item[1])):
            print(f"\n{name}: {len(pieces)} left")
            for piece, times in Counter(pieces).most_common(12):
                print(f"  {times:3} {piece[:90]}")
        for kind, paragraph in found[args.show].broken[:40]:
            print(f"  broken ({kind}): {paragraph[:100]}")


if __name__ == "__main__":
    main()
