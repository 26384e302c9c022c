"""Near-duplicates: what is found of planted edits, and what a hundred thousand articles cost.

    python -m benchmarks.duplicates --source FOLDER|LAW.tar.gz [--articles 100000]

Planted: paragraphs of the source, each copied with 1, 2, 4 and 8 % of its characters replaced by others of the source.
A pair is found where `duplicate_pairs` holds it; it is right where the two texts were planted from one paragraph, or
agree in 90 % of their letters in order, or share 70 % of their shingles (law repeats itself).
Cost: articles of up to 400 characters (the source cut, nothing twice), all of them at once, then 1,000 more that are
compared with all that is there.
"""

from __future__ import annotations

import argparse
import random
import tarfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.catalog import PUBLISHED
from schemas.derive.ddl import create_table
from tasks.relate.likeness import ALIKE_ALIGNED, ALIKE_SHINGLES, Comparable, common_in_order, shared_shingles
from tasks.relate.signatures import find_signatures
from tasks.storage.duplicates import update_duplicates

RATES = (1, 2, 4, 8)
SHORTEST = 80
NEW = 1_000


def texts_of(source: Path) -> Iterator[str]:
    """Texts of a folder by name, or of a tar archive in its own order."""
    if source.is_dir():
        for path in sorted(source.rglob("*.txt")):
            yield path.read_text("utf-8", errors="replace")
        return
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isfile() and (file := archive.extractfile(member)):
                yield file.read().decode("utf-8", errors="replace")


def planted(source: Path, count: int, seed: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Paragraphs and their edited copies: texts, and for each (number of its paragraph, per cent of edits)."""
    dice = random.Random(seed)
    found = sorted({line.strip() for text in texts_of(source) for line in text.split("\n") if len(line.strip()) >= SHORTEST})
    base = dice.sample(found, min(count, len(found)))
    pool = "".join(base)
    texts, origin = list(base), [(k, 0) for k in range(len(base))]
    for k, paragraph in enumerate(base):
        for rate in RATES:
            copy = list(paragraph)
            for at in dice.sample(range(len(copy)), max(1, round(len(copy) * rate / 100))):
                copy[at] = dice.choice(pool)
            texts.append("".join(copy))
            origin.append((k, rate))
    return texts, origin


class Warehouse:
    """Only the tables that duplicates need, in memory."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("SET threads = 1")
        self.con.execute("CREATE TABLE articles (article_id VARCHAR, text_hans VARCHAR, run_id BIGINT)")
        for sql in create_table(PUBLISHED["duplicate_pairs"]):
            self.con.execute(sql)
        self.ids: list[str] = []

    def add(self, texts: list[str]) -> tuple[float, float]:
        """CPU seconds of the signatures and of what publication does with them."""
        ids = [sha256(f"{len(self.ids) + k}".encode()).hexdigest()[:32] for k in range(len(texts))]
        self.ids += ids
        articles = pa.table({"article_id": ids, "text_hans": texts})
        self.con.register("came_articles", articles)
        self.con.execute("INSERT INTO articles SELECT article_id, text_hans, 1 FROM came_articles")
        began = time.process_time()
        self.con.register("came", find_signatures(articles))
        signed = time.process_time()
        update_duplicates(self.con, "came", None)
        return signed - began, time.process_time() - signed

    def pairs(self) -> set[tuple[int, int]]:
        """Numbers of articles that are told to repeat each other, as they were added."""
        number = {name: k for k, name in enumerate(self.ids)}
        rows = self.con.execute("SELECT article_id, other_id FROM duplicate_pairs WHERE level = 'article'").fetchall()
        return {(min(number[a], number[b]), max(number[a], number[b])) for a, b in rows}


def is_alike(one: str, other: str) -> bool:
    a, b = Comparable.of(one), Comparable.of(other)
    letters = len(a.letters) + len(b.letters)
    return shared_shingles(a, b) >= ALIKE_SHINGLES or 2 * common_in_order(a.letters, b.letters) >= ALIKE_ALIGNED * letters


def measure_planted(source: Path, count: int, seed: int) -> dict[str, float]:
    """Recall by per cent of edits, and precision, each from 0 to 1."""
    texts, origin = planted(source, count, seed)
    house = Warehouse()
    house.add(texts)
    pairs = house.pairs()
    figures: dict[str, float] = {}
    for rate in RATES:
        asked = [(k, n) for n, (k, r) in enumerate(origin) if r == rate]
        figures[f"recall at {rate} %"] = sum(pair in pairs for pair in asked) / len(asked)
    right = sum(origin[a][0] == origin[b][0] or is_alike(texts[a], texts[b]) for a, b in pairs)
    strict = sum(origin[a][0] == origin[b][0] for a, b in pairs)
    figures |= {"precision": right / len(pairs), "precision, planted only": strict / len(pairs)}
    return figures | {"pairs": len(pairs), "texts": len(texts)}


def measure_cost(source: Path, count: int, seed: int) -> dict[str, float]:
    """CPU seconds for `count` articles at once and for 1,000 more; a tenth of the last ones are edited copies."""
    dice = random.Random(seed)
    pool = "".join("".join(text.split()) for text in texts_of(source))
    length = min(400, len(pool) // (count + NEW))
    pieces = [pool[k * length : (k + 1) * length] for k in range(count + NEW)]
    dice.shuffle(pieces)
    house = Warehouse()
    signed, related = house.add(pieces[:count])
    fresh = pieces[count : count + NEW - NEW // 10]
    for piece in dice.sample(pieces[:count], NEW // 10):
        copy = list(piece)
        for at in dice.sample(range(len(copy)), 2):
            copy[at] = dice.choice(pool)
        fresh.append("".join(copy))
    again_signed, again = house.add(fresh)
    compared = house.con.execute("SELECT count(*) FROM _compared").fetchone()[0]
    return {
        "articles": count,
        "characters of each": length,
        "signatures, CPU s": signed,
        "pairs, CPU s": related,
        "new batch of 1,000, CPU s": again_signed + again,
        "pairs compared": compared,
        "pairs found": len(house.pairs()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--paragraphs", type=int, default=3_000)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    for name, figures in (
        ("planted edits", measure_planted(asked.source, asked.paragraphs, asked.seed)),
        ("cost", measure_cost(asked.source, asked.articles, asked.seed)),
    ):
        print(name)
        for what, value in figures.items():
            print(f"  {what:28} {value:,.4f}" if isinstance(value, float) else f"  {what:28} {value:,}")


if __name__ == "__main__":
    main()
