"""search ranks as a plain BM25 does that reads the articles' words one by one, cut and weighted as the macro says."""

from __future__ import annotations

import random
from collections import Counter
from math import log

import pytest

from tests.warehouse.conftest import build, fold

WORDS = ["水", "渠", "水渠", "河湾", "河湾村", "修好", "修", "好", "茶園", "茶", "豐收", "的", "了", "三里", "GDP", "gdp", "，", "。"]
QUERIES = ["水渠", "河湾村的水渠", "茶园", "茶園豐收", "的", "修好了河湾的水渠，三里", "Gdp", "水渠 水渠", "没有", "好 的 茶"]


def plain_cut(query: str, vocabulary: set[str]) -> dict[str, float]:
    """Greedy longest match, folded; words of two characters and more inside a longer one count a quarter."""
    known: dict[str, set[str]] = {}
    for term in vocabulary:
        known.setdefault(term.lower(), set()).add(term)

    def forms(piece: str) -> set[str]:
        return known.get(piece.lower(), set()) | known.get(fold(piece).lower(), set())

    weights: dict[str, float] = {}
    at = 0
    while at < len(query):
        size = next((n for n in range(len(query) - at, 0, -1) if forms(query[at : at + n])), 0)
        for n in range(1, size + 1):
            for start in range(at, at + size - n + 1):
                if n == size or n >= 2:
                    for term in forms(query[start : start + n]):
                        weights[term] = max(weights.get(term, 0), 1.0 if n == size else 0.25)
        at += max(size, 1)
    return weights


def plain_bm25(articles: dict[str, list[str]], query: str, superseded: str) -> dict[str, float]:
    counts = {name: Counter(map(fold, words)) for name, words in articles.items()}
    df = Counter(term for count in counts.values() for term in count)
    mean = sum(map(len, articles.values())) / len(articles)
    scores: dict[str, float] = {}
    for term, weight in plain_cut(query, set(df)).items():
        idf = log(1 + (len(articles) - df[term] + 0.5) / (df[term] + 0.5))
        for name, count in counts.items():
            if count[term] and name != superseded:
                tf = count[term]
                scores[name] = scores.get(name, 0) + weight * idf * tf * 2.2 / (
                    tf + 1.2 * (0.25 + 0.75 * len(articles[name]) / mean))
    return scores


@pytest.mark.parametrize("seed", range(4))
def test_search_ranks_as_a_plain_bm25(seed: int):
    rng = random.Random(seed)
    articles = {f"{i:032x}": rng.choices(WORDS, k=rng.randint(1, 40)) for i in range(1, 41)}
    gone = f"{7:032x}"
    con = build({name: ("", 1, words) for name, words in articles.items()}, superseded=gone)
    for query in QUERIES:
        expected = plain_bm25(articles, query, gone)
        found = dict(con.execute("SELECT article_id, score FROM search(?, most := 1000)", [query]).fetchall())
        assert found == pytest.approx(expected, abs=2e-9), query
        best = sorted(expected, key=lambda name: (-round(expected[name], 9), name))
        assert list(found) == best, query
        assert con.execute("SELECT article_id FROM search(?, most := 5)", [query]).fetchall() == [(name,) for name in best[:5]]


def test_equal_articles_tie_by_article_id_wherever_they_stand():
    words = ["水渠", "修好", "了"]
    names = [f"{i:032x}" for i in (9, 3, 7, 1, 5)]
    con = build({name: ("", 1, words) for name in names}, superseded="")
    assert [r[0] for r in con.execute("SELECT article_id FROM search('水渠', most := 3)").fetchall()] == sorted(names)[:3]
