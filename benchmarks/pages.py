"""Main text of real news pages: 4-gram F1 of articles.text against the chosen body, per publisher.

    python -m benchmarks.pages [--without-model] [--cross-validate]

The rules of furniture were written while looking at these pages: their figures are not cross-validated, and only pages of
other publishers say what they are worth. The model of lines is trained on pages too; `--cross-validate` trains it for each
publisher on the other publishers' pages alone (benchmarks/page_model) and shows that figure beside the shipped one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.furniture import model
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.stage import split

PROJECT = Path(__file__).resolve().parents[1]
LEAST_HAN = 200  # of the gold: what a page needs to be scored
GRAM = 4
# Whose page it is, by a part of its id; other crawls of the same publisher carry other names.
PUBLISHERS = {"163": "163", "netease": "163", "ifeng": "ifeng", "thepaper": "thepaper", "sina": "sina", "lwk": "sina", "qq": "qq",
              "people": "people", "gzggw": "gzggw"}  # fmt: skip


@dataclass(frozen=True)
class NewsPage:
    """One page: its visible text, its file, and the lines of its body; lines that credit someone count neither way."""

    id: str
    text: str
    html: Path
    gold: str
    ambiguous: tuple[str, ...]

    @property
    def publisher(self) -> str:
        return next(name for part, name in PUBLISHERS.items() if part in self.id)

    @property
    def usable(self) -> bool:
        return len(re.findall("[\u4e00-\u9fff]", self.gold)) >= LEAST_HAN


def folder() -> Path:
    return Path(os.environ.get("TAOJIN_CORPUS", PROJECT.parent / "shared")) / "data" / "pages"


def read(source: Path | None = None) -> list[NewsPage]:
    """All pages of the corpus."""
    source = source or folder()
    rows = map(json.loads, (source / "pages.jsonl").read_text("utf-8").splitlines())
    return [NewsPage(r["id"], r["text"], source / r["html"], r["gold"], tuple(r["ambiguous"])) for r in rows]


def articles_of(data: Sequence[bytes]) -> list[str]:
    """The text of all articles of each input."""
    ids = [file_id(d + b"%d" % i) for i, d in enumerate(data)]
    contents = pa.table({"file_id": ids, "data": pa.array(data, pa.large_binary())}, TABLES["contents"].stage_arrow)
    decoded = decode(contents)
    cleaned = clean(decoded["documents"], decoded["blocks"])
    articles = split(decoded["documents"], cleaned["marks"], cleaned["flags"])["articles"]
    texts: dict[str, list[str]] = defaultdict(list)
    for row in articles.to_pylist():
        texts[row["doc_id"]].append(row["text"])
    return ["\n".join(texts[doc]) for doc in decoded["documents"]["doc_id"].to_pylist()]


def _grams(text: str, less: tuple[str, ...] = ()) -> Counter[str]:
    for line in less:
        text = text.replace(line, "\n")
    bare = re.sub(r"[\W_]+", "", text)
    return Counter(bare[i : i + GRAM] for i in range(len(bare) - GRAM + 1))


def f1(page: NewsPage, text: str) -> float:
    """F1 of the runs of four letters, digits and Han that text and body share."""
    less = tuple(line.strip() for line in page.ambiguous if line.strip())
    gold, got = _grams(page.gold, less), _grams(text, less)
    shared = (gold & got).total()
    return 2 * shared / max(1, gold.total() + got.total())


def figures(pages: Sequence[NewsPage]) -> dict[str, tuple[float, float]]:
    """id -> F1 from plain text and from HTML."""
    texts = articles_of([p.text.encode() for p in pages])
    rendered = articles_of([p.html.read_bytes() for p in pages])
    return {p.id: (f1(p, a), f1(p, b)) for p, a, b in zip(pages, texts, rendered, strict=True)}


def table(pages: Sequence[NewsPage], found: dict[str, dict[str, tuple[float, float]]]) -> str:
    """Mean F1 by publisher, a column for each way."""
    rows = [f"{'publisher':<12}{'pages':>6}" + "".join(f"{way + ' text':>18}{way + ' HTML':>18}" for way in found)]
    groups: dict[str, list[NewsPage]] = defaultdict(list)
    for page in pages:
        groups[page.publisher].append(page)
        groups["all"].append(page)
    for name, members in sorted(groups.items(), key=lambda item: (item[0] == "all", item[0])):
        row = f"{name:<12}{len(members):>6}"
        for of in found.values():
            row += "".join(f"{sum(of[p.id][k] for p in members) / len(members):>18.4f}" for k in (0, 1))
        rows.append(row)
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cross-validate", action="store_true", help="train the model without each publisher's pages in turn")
    parser.add_argument("--each", action="store_true", help="list every page")
    args = parser.parse_args()
    pages = [p for p in read() if p.usable]
    with model.silent():
        found = {"rules": figures(pages)}
    found["shipped"] = figures(pages)
    if args.cross_validate:
        from benchmarks.page_model.train import trained_without

        found["held-out"] = {}
        for name in sorted({p.publisher for p in pages}):
            with model.replaced(trained_without(name)):
                found["held-out"] |= figures([p for p in pages if p.publisher == name])
    print(table(pages, found))
    print("The rules are not cross-validated: they were written while looking at these pages.")
    if args.each:
        for page in pages:
            print(f"{page.id:<40}" + "".join(f"{of[page.id][0]:>9.3f}{of[page.id][1]:>9.3f}" for of in found.values()))


if __name__ == "__main__":
    main()
