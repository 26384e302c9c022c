"""A small published warehouse, invented: tables from the contracts, then every view and macro, as publication installs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb
import pytest

from schemas.catalog import PUBLISHED
from schemas.derive.ddl import create_table
from tasks.storage import assets
from tests.schemas.rows import insert, row

FILES = {"a": "0" * 31 + "a", "b": "0" * 31 + "b", "c": "0" * 31 + "c"}

# id -> (title, day, words): the text is the words laid end to end; a word may be Traditional, its term is not.
ARTICLES = {
    "a": ("水渠", 3, ["河湾村", "修好", "了", "水渠", "。", "水渠", "长", "三里", "。"]),
    "b": ("茶園", 1, ["山坡", "上", "的", "茶園", "豐收", "，", "水渠", "送水", "。"]),
    "c": ("旧闻", 2, ["河湾村", "修", "水渠", "。"]),
}
FOLD = {"園": "园", "豐": "丰", "乾": "干"}


def fold(text: str) -> str:
    return "".join(FOLD.get(c, c) for c in text)


def build(articles: dict[str, tuple[str, int, list[str]]] = ARTICLES, superseded: str = "c") -> duckdb.DuckDBPyConnection:
    """A database of these articles, one file and one document each."""
    con = duckdb.connect()
    for table in PUBLISHED.values():
        for statement in create_table(table):
            con.execute(statement)
    insert(con, "traditional_map", *({"hant": a, "hans": b} for a, b in FOLD.items()))
    insert(con, "runs", row("runs"))
    counts: dict[str, list[int]] = {}
    for name, (title, day, words) in articles.items():
        identity, text = FILES.get(name, name), "".join(words)
        insert(con, "seed_files", row("seed_files", file_id=identity))
        insert(con, "arrivals", row("arrivals", uri=name, file_id=identity, state="superseded" if name == superseded else "current"))
        insert(con, "documents", row("documents", doc_id=identity, file_id=identity, text=text, char_count=len(text),
                                     site=f"{name}.example"))
        insert(con, "articles", row("articles", article_id=identity, doc_id=identity, title=title, published_at=datetime(2024, 1, day),
                                    text=text, text_hans=fold(text), char_count=len(text), paragraph_count=1, term_count=len(words)))
        places: dict[str, list[int]] = {}
        at = 0
        for word in words:
            places.setdefault(fold(word), []).append(at)
            at += len(word)
        insert(con, "terms", *(row("terms", article_id=identity, term=t, tag="n", tf=len(p), positions=p) for t, p in places.items()))
        for term, found in places.items():
            counts.setdefault(term, []).append(len(found))
    insert(con, "vocabulary", *({"term": t, "df": len(n), "cf": sum(n)} for t, n in counts.items()))
    total = sum(len(words) for _, _, words in articles.values())
    insert(con, "corpus_stats", {"name": "articles", "value": float(len(articles))}, {"name": "terms", "value": float(total)},
           {"name": "mean_terms", "value": total / max(len(articles), 1)})
    install(con)
    return con


def install(con: duckdb.DuckDBPyConnection) -> None:
    """What publication does when the tables stand."""
    assets.install(con)


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return build()


@pytest.fixture
def publish() -> Callable[[duckdb.DuckDBPyConnection], None]:
    return install
