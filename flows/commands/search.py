"""taojin search: find articles by words, phrases and fields.

    taojin search '农民工 "带薪休假" site:example.cn year:2010-2015'

Words are cut by the cutter that cut the articles and scored by the macro `bm25`, so `search(...)` in SQL ranks alike. A phrase
must stand in the text as it is; its words count for the score. Fields narrow, and narrow further when there are several. A
query in Traditional finds Simplified text and the reverse; titles, authors and sources are compared as printed or Simplified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from flows.terminal import literal, print_json, say, talk
from tasks.enrich.words import cut
from tasks.errors import UsageError
from tasks.storage.reader import open_published
from tasks.text.scripts import to_simplified

_QUOTED = r'"[^"]*"|“[^”]*”|＂[^＂]*＂'
_PART = re.compile(rf"(?:(?P<field>site|source|author|title|year)[:：])?(?P<value>{_QUOTED}|[^\s\"“＂]+)", re.IGNORECASE)
_YEARS = re.compile(r"(?P<first>[0-9]{4})(?:[-–~](?P<last>[0-9]{4}))?")
# What each field is compared with; every other one than year is met by a part of the value, capitals or not.
COLUMNS = {"site": "d.site", "source": "a.source", "author": "a.author", "title": "a.title"}
MOST_COUNTED = 100  # articles that a wider query is said to find
_MOST_WORDS = 50  # of a query; a pasted page is cut off


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for: words still uncut, phrases, and (field, value) pairs."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]


def parse(text: str) -> Query:
    """Read a query. Raises UsageError for an empty one and for a year that is none."""
    words, phrases, fields = [], [], []
    for part in _PART.finditer(text):
        value, quoted = part["value"].strip("\"“”＂").strip(), part["value"][0] in "\"“＂"
        if not value:
            continue
        if field := (part["field"] or "").lower():
            if field == "year" and not _YEARS.fullmatch(value):
                raise UsageError(f"year:{value} is no year.", "For example year:2012 or year:2010-2015.")
            fields.append((field, value))
        elif quoted:
            phrases.append(value)
        else:
            words.append(value)
    if not (words or phrases or fields):
        raise UsageError("The query is empty.", "For example: taojin search '农民工 工资'")
    return Query(tuple(words), tuple(phrases), tuple(fields))


def run(warehouse: Path, text: str, limit: int, as_json: bool, cutter: str = "rjieba") -> int:
    """Print the best articles; finding none is an answer too."""
    query = parse(text)
    with open_published(warehouse) as db:
        try:
            weights = _weights(db, query, cutter)
            rows = _found(db, query, weights, limit)
            wider = _wider(db, query, cutter) if not rows and not as_json else []
        except duckdb.CatalogException as error:
            raise UsageError("The published tables are older than this search and lack what it needs.",
                             "Publish them anew: taojin rebuild.") from error
    if as_json:
        print_json({"query": text, "words": weights, "phrases": query.phrases, "fields": query.fields, "results": rows})
        return 0
    for number, row in enumerate(rows, 1):
        said = [str(row["published_at"].date()) if row["published_at"] else "", row["author"] or "", row["source"] or row["site"] or ""]
        say(f"{number:>3}  {literal(row['title'] or '(no title)')}", "bold")
        say("     " + literal("  ".join(filter(None, [*said, f"{row['score']:.2f}", row["article_id"][:12]]))), "dim")
        say("     " + literal(row["snippet"]))
    if not rows:
        say("Nothing was found.")
        for left_out, count in wider:
            talk(f"Without {literal(left_out)}: {f'{MOST_COUNTED:,} or more' if count == MOST_COUNTED else f'{count:,}'}.")
    if query.words:
        talk(f"Words: {' '.join(weights) or 'none of these is in the articles'}.", "dim")
    return 0


def _wider(db: duckdb.DuckDBPyConnection, query: Query, cutter: str) -> list[tuple[str, int]]:
    """How many articles the query would find without each one of its fields and phrases; those that alone keep articles out."""
    found = []
    for n, phrase in enumerate(query.phrases):
        found.append((f'"{phrase}"', replace(query, phrases=query.phrases[:n] + query.phrases[n + 1 :])))
    for n, (field, value) in enumerate(query.fields):
        found.append((f"{field}:{value}", replace(query, fields=query.fields[:n] + query.fields[n + 1 :])))
    counted = [
        (left_out, len(_found(db, q, _weights(db, q, cutter), MOST_COUNTED))) for left_out, q in found if q.words or q.phrases or q.fields
    ]
    return [(left_out, count) for left_out, count in counted if count]


def _weights(db: duckdb.DuckDBPyConnection, query: Query, cutter: str) -> dict[str, float]:
    """Words of the vocabulary with their weights: those that the cutter finds, or what query_terms makes of them where it has none."""
    weights: dict[str, float] = {}
    for piece in (*query.words, *query.phrases):
        for word in [w for w in cut(to_simplified(piece), cutter) if w.strip()][:_MOST_WORDS]:
            for term, weight in db.execute("SELECT term, weight FROM query_terms(?) ORDER BY term", [word]).fetchall():
                weights[term] = max(weights.get(term, 0.0), float(weight))
    return weights


def _found(db: duckdb.DuckDBPyConnection, query: Query, weights: dict[str, float], limit: int) -> list[dict]:
    where, values = [], []
    for phrase in query.phrases:
        where.append("contains(a.text_hans, ?)")
        values.append(to_simplified(phrase))
    for field, value in query.fields:
        if field == "year":
            first, last = _YEARS.fullmatch(value).group("first", "last")
            where.append("year(a.published_at) BETWEEN ? AND ?")
            values += [int(first), int(last or first)]
        else:
            where.append(f"(contains(lower({COLUMNS[field]}), lower(?)) OR contains(lower({COLUMNS[field]}), lower(?)))")
            values += [value, to_simplified(value)]
    # Words rank what the rest lets through; without a word that scores, phrases and fields stand alone, newest first.
    join = "JOIN" if query.words else "LEFT JOIN"
    phrase = to_simplified(query.phrases[0]) if query.phrases else ""
    found = db.execute(
        f"""
        WITH scored AS MATERIALIZED (SELECT * FROM bm25(?::VARCHAR[], ?::DOUBLE[])), ranked AS MATERIALIZED (
            SELECT a.rowid AS row_id, coalesce(s.score, 0) AS score, a.article_id, a.published_at, d.site,
                   coalesce(s.place, 0) AS place, coalesce(s.size, 0) AS size
            FROM articles AS a
            JOIN documents AS d USING (doc_id)
            ANTI JOIN documents_superseded AS o ON o.doc_id = a.doc_id
            {join} scored AS s ON s.row_id = a.rowid
            {"WHERE " + " AND ".join(where) if where else ""}
            ORDER BY score DESC, a.published_at DESC NULLS LAST, a.article_id LIMIT ?
        )
        SELECT r.article_id, r.score, a.title, a.author, a.source, r.site, r.published_at,
               CASE WHEN p.said <> '' THEN snippet(a.text, instr(a.text_hans, p.said) - 1, length(p.said))
                    ELSE snippet(a.text, r.place, r.size) END AS snippet
        FROM articles AS a JOIN ranked AS r ON r.row_id = a.rowid CROSS JOIN (SELECT ? AS said) AS p
        ORDER BY r.score DESC, r.published_at DESC NULLS LAST, r.article_id
        """,
        [list(weights), list(weights.values()), *values, limit, phrase],
    )
    names = [d[0] for d in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
