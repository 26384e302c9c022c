"""How long `search` takes over many articles, and whether it finds what a plain BM25 finds.

    python -m benchmarks.search [--articles 100000] [--warehouse FOLDER] [--threads N]

Without --warehouse, short articles (some 1 KB of paragraphs of a law corpus each) are taken in first, by the command itself. Then
50 queries of one to three words are asked in turn: words are drawn from the vocabulary, a third of them from the hundred commonest,
a third from those in one article of a thousand to one of fifty, a third from the rarer ones. Each query is asked three times and the
median kept, since other work on the machine disturbs single tries; the first of all opens the file and is left out. Every answer
(article_id and score of the best 20) is compared with a BM25 in Python over the rows of `terms`. `kwic` is timed for a common word,
for a string that is no word, and for one that never occurs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path

import duckdb

from benchmarks import corpus
from benchmarks.throughput import run
from tasks.storage.reader import open_published

QUERIES, TRIES, BEST = 50, 3, 20
SIZES = (300, 500, 700, 1000, 1500, 3000)  # bytes of an article, at least
AIM_MEDIAN, AIM_P95 = 50, 200  # milliseconds, over 100,000 articles


def write(folder: Path, source: Path, articles: int, seed: int = 20261121) -> None:
    """Short articles of whole paragraphs, distinct files, 2,000 to a folder."""
    rng = random.Random(seed)
    pool = corpus.paragraphs(source)
    for k in range(articles):
        wanted, body = rng.choice(SIZES), []
        while sum(3 * len(p) for p in body) < wanted:
            body.append(rng.choice(pool))
        path = folder / f"{k // 2000:03}" / f"{k:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(body) + "\n", "utf-8")


def queries(db: duckdb.DuckDBPyConnection, seed: int = 4) -> list[str]:
    """Queries of one to three words, the same for the same warehouse."""
    rng = random.Random(seed)
    (articles,) = db.execute("SELECT value FROM corpus_stats WHERE name = 'articles'").fetchone()
    is_han = "regexp_matches(term, '^[\u4e00-\u9fff]{1,6}$')"
    rows = db.execute(f"SELECT term, df FROM vocabulary WHERE {is_han} ORDER BY df DESC, term").fetchall()
    common = [term for term, _ in rows[:100]]
    middling = [term for term, df in rows if articles / 1000 <= df <= articles / 50]
    rare = [term for term, df in rows if df < articles / 1000]
    kinds = [kind or rare or common for kind in (common, middling, rare)]
    return [" ".join(rng.choice(rng.choice(kinds)) for _ in range(k % 3 + 1)) for k in range(QUERIES)]


def plain(db: duckdb.DuckDBPyConnection, query: str, lengths: dict[str, int]) -> list[tuple[str, float]]:
    """BM25 of every article, in Python, over the words into which the query is cut; the best ones."""
    mean = sum(lengths.values()) / len(lengths)
    scores: dict[str, float] = defaultdict(float)
    for term, weight in db.execute("SELECT term, weight::DOUBLE FROM query_terms(?)", [query]).fetchall():
        tf: dict[str, int] = defaultdict(int)
        for article, count in db.execute("SELECT article_id, tf FROM terms WHERE term = ?", [term]).fetchall():
            tf[article] += count
        idf = log(1 + (len(lengths) - len(tf) + 0.5) / (len(tf) + 0.5))
        for article, count in tf.items():
            scores[article] += weight * idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[article] / mean))
    return sorted(((name, round(score, 9)) for name, score in scores.items()), key=lambda row: (-row[1], row[0]))[:BEST]


def milliseconds(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(TRIES):
        start = time.perf_counter()
        work()
        spent.append(1e3 * (time.perf_counter() - start))
    return statistics.median(spent)


def measure(db: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, float, float, bool]]:
    """(query, milliseconds, milliseconds of CPU, whether the answer is the plain one) of each query."""
    lengths = dict(db.execute("SELECT article_id, term_count FROM articles").fetchall())
    db.execute("SELECT * FROM search('预热')").fetchall()
    for query in queries(db):
        cpu = time.process_time()
        spent = milliseconds(lambda query=query: db.execute("SELECT * FROM search(?)", [query]).fetchall())
        cpu = 1e3 * (time.process_time() - cpu) / TRIES
        found = db.execute("SELECT article_id, score FROM search(?)", [query]).fetchall()
        wanted = plain(db, query, lengths)
        same = len(found) == len(wanted) and all(abs(a[1] - b[1]) < 3e-9 for a, b in zip(found, wanted, strict=True))
        same &= {name for name, score in found if score > wanted[-1][1] + 3e-9} == {name for name, s in wanted if s > wanted[-1][1] + 3e-9}
        yield query, spent, cpu, same


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        warehouse = args.warehouse or Path(tmp) / "w"
        if not args.warehouse:
            write(Path(tmp) / "in", args.source, args.articles)
            run([sys.executable, "-m", "flows", "ingest", f"{tmp}/in", "--warehouse", str(warehouse), "--json"])
        with open_published(warehouse) as db:
            (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
            (terms,) = db.execute("SELECT count(*) FROM terms").fetchone()
            rows = list(measure(db))
            spent = sorted(ms for _, ms, _, _ in rows)
            cpu = sorted(ms for _, _, ms, _ in rows)
            print(f"{articles:,} articles, {terms:,} rows of terms, {len(rows)} queries of one to three words")
            print(f"search   median {statistics.median(spent):.0f} ms, 95th percentile {spent[int(0.95 * len(spent))]:.0f} ms, "
                  f"slowest {spent[-1]:.0f} ms   (aim: {AIM_MEDIAN} and {AIM_P95})")
            print(f"CPU      median {statistics.median(cpu):.0f} ms, 95th percentile {cpu[int(0.95 * len(cpu))]:.0f} ms, over all threads")
            scan = milliseconds(lambda: db.execute("SELECT count(*) FROM articles WHERE contains(text_hans, '查无此句')").fetchall())
            print(f"beside   {scan:.0f} ms for reading all texts once (count of a string that never occurs), in the same run")
            print(f"equal    {sum(same for *_, same in rows)} of {len(rows)} answers are those of a plain BM25")
            for query, ms, _, _ in sorted(rows, key=lambda row: -row[1])[:3]:
                print(f"  {ms:6.0f} ms  {query}")
            for string in ("职工", "的", "劳动者的合", "，应当", "查无此句"):
                count = len(db.execute("SELECT * FROM kwic(?, 20)", [string]).fetchall())
                spent_here = milliseconds(lambda string=string: db.execute("SELECT * FROM kwic(?, 20)", [string]).fetchall())
                print(f"kwic     {spent_here:6.0f} ms  {string}  {count:,} places")


if __name__ == "__main__":
    main()
