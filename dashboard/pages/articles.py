"""Articles: facets, search and order over all of them, from the narrow rows in memory; texts are not touched."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dashboard.generations import Generation
from dashboard.lists import Found, Sort, download, page_of, where
from dashboard.view import Missing, Page, View

HITS = 300  # best articles of a search among which facets and orders choose
HITS_SHOWN = 30  # on a page of a search: the text of each is unpacked for what stands around its hit
QUALITY = ((0.95, "0.95"), (0.8, "0.80"), (0.5, "0.50"), (0.0, "0"))

# facet -> expression over the narrow rows; NULL is shown as unknown and asked for as '-'
FACETS = {
    "site": "site",
    "source": "source",
    "year": "year::varchar",
    "script": "script",
    "genre": "genre",
    "encoding": "encoding",
}
SORTS = {
    "date": Sort("coalesce(published_at, timestamp '0001-01-01')", "timestamp", True),
    "quality": Sort("coalesce(quality_score, 0)", "double", True),
    "length": Sort("char_count", "bigint", True),
    "title": Sort("coalesce(title, '')", "varchar"),
}
_COLUMNS = (
    "article_id, doc_id, title, opening, site, source, author, genre, script, published_at, published_precision, char_count, "
    "quality_score, residual_dirt, truncated, encoding, flags, cluster_id, repeats"
)


def page(view: View) -> Page:
    """The list with its facets; a search shows its best hits in order of fitness."""
    q = view.get("q")
    hits = _hits(view, q) if q else None
    conditions, chosen = _filters(view)
    found = _found(view, conditions, hits)
    facets = _facet_counts(view.g, conditions, hits)
    hints = _loosen(view, conditions, hits) if not found.total else []
    snippets = _snippets(view, q, hits or [], [r["article_id"] for r in found.rows])
    words = (
        view.g.once(("words", q), lambda: view.g.rows("select term, df from query_terms(?) where weight >= 1 order by df", [q]))
        if q and not (hits)
        else []
    )
    return Page(
        "articles.html",
        {
            "title": view.t("nav.articles"),
            "q": q,
            "found": found,
            "facets": facets,
            "chosen": chosen,
            "hints": hints,
            "words": words,
            "snippets": snippets,
            "picked": {name: view.get(name) for name in FACETS},
            "most": HITS,
            "capped": bool(hits) and len(hits) >= HITS,
            "by_fit": bool(q) and not view.get("sort"),
        },
    )


def warm(g: Generation) -> None:
    """The facets of the whole list."""
    _facet_counts(g, [], None)
    _total(g, "", [])


def file(view: View) -> Response:
    """All articles that fit the filters, without their texts."""
    q = view.get("q")
    hits = _hits(view, q) if q else None
    clause, params = where(_narrowed(_filters(view)[0], hits))
    return download(
        view, "articles", f"select {_COLUMNS} from articles{clause} order by published_at desc nulls last, article_id", params, shelf=True
    )


def values(view: View) -> Page:
    """Every value of one facet."""
    name = view.part("facet")
    if name not in FACETS:
        raise Missing(view.t("error.no_page"), "", [(f, view.url(f"/articles/values/{f}")) for f in FACETS])
    rows = view.g.once(
        ("values", name),
        lambda: [
            (r["value"], r["n"])
            for r in view.g.shelf(f"select {FACETS[name]} as value, count(*) as n from articles group by 1 order by 2 desc, 1 limit 5000")
        ],
    )
    return Page("values.html", {"title": view.t(f"col.{name}"), "name": name, "rows": rows})


def _filters(view: View) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str]]]:
    """Conditions over the narrow rows, and the same as chips."""
    t = view.t
    conditions: list[tuple[str, Any]] = []
    chosen: list[tuple[str, str, str]] = []
    for name, expression in FACETS.items():
        value = view.get(name)
        if value == "-":
            conditions.append((f"{expression} is null", []))
            chosen.append((name, t(f"col.{name}"), t("list.unknown")))
        elif value:
            conditions.append((f"{expression} = ?", value))
            chosen.append((name, t(f"col.{name}"), t.known(name, value)))
    if (low := view.amount("quality_min")) is not None:
        conditions.append(("coalesce(quality_score, 0) >= ?", low))
        chosen.append(("quality_min", t("col.quality"), f"≥ {low:g}"))
    if (high := view.amount("quality_max")) is not None:
        conditions.append(("coalesce(quality_score, 0) < ?", high))
        chosen.append(("quality_max", t("col.quality"), f"< {high:g}"))
    for name, sql in (("truncated", "truncated"), ("flagged", "flags > 0"), ("dirty", "residual_dirt > 0")):
        if view.get(name) == "1":
            conditions.append((sql, []))
            chosen.append((name, t(f"articles.{name}"), t("list.yes")))
    if view.get("dup") == "hide":
        conditions.append(("not repeats", []))
        chosen.append(("dup", t("articles.repeats"), t("articles.hidden")))
    return conditions, chosen


def _hits(view: View, q: str) -> list[dict[str, Any]]:
    """The articles that fit best, in the order of the macro `search`: which text shows the hit, and where, but not yet the text."""
    g = view.g

    def make() -> list[dict[str, Any]]:
        cut = g.rows("select list(term) as words, list(weight) as weights from query_terms(?)", [q[:200]])[0]
        if not cut["words"]:
            return []
        best = g.rows(
            "with b as materialized (from bm25(?::varchar[], ?::double[])) select row_id, score, place, size from b where score >= "
            f"(select min(score) from (select score from b order by score desc limit {HITS}))",
            [cut["words"], cut["weights"]],
        )
        placed = {b["row_id"]: b for b in best}
        known = g.shelf("select row_id, article_id from articles where row_id in (select unnest(?::bigint[]))", [list(placed)])
        found = [k | placed[k["row_id"]] for k in known]
        return sorted(found, key=lambda h: (-h["score"], h["article_id"]))[:HITS]

    return g.once(("search", q), make)


def _snippets(view: View, q: str, hits: list[dict[str, Any]], shown: list[str]) -> dict[str, str]:
    """What stands around the hit in the articles of this page, by id: only their texts are unpacked."""
    here = [h for h in hits if h["article_id"] in set(shown)]
    if not here:
        return {}
    rows, places, sizes = ([h[name] for h in here] for name in ("row_id", "place", "size"))
    ask = (
        "select a.article_id, snippet(a.text, h.place, h.size) as snippet from articles as a join (select unnest(?::bigint[]) as row_id, "
        "unnest(?::integer[]) as place, unnest(?::integer[]) as size) as h on h.row_id = a.rowid "
        "where a.rowid in (select unnest(?::bigint[]))"
    )
    found = view.g.once(("snippets", q, tuple(shown)), lambda: view.g.rows(ask, [rows, places, sizes, rows]))
    return {r["article_id"]: r["snippet"] for r in found}


def _narrowed(conditions: list[tuple[str, Any]], hits: list[dict[str, Any]] | None) -> list[tuple[str, Any]]:
    if hits is None:
        return conditions
    ids = [h["article_id"] for h in hits]
    return [*conditions, ("article_id in (select unnest(?::varchar[]))", [ids])]


def _found(view: View, conditions: list[tuple[str, Any]], hits: list[dict[str, Any]] | None) -> Found:
    narrowed = _narrowed(conditions, hits)
    clause, params = where(narrowed)
    total = _total(view.g, clause, params)
    if hits is not None and not view.get("sort"):
        rows = {r["article_id"]: r for r in view.g.shelf(f"select {_COLUMNS} from articles{clause}", params)}
        ranked = [rows[h["article_id"]] for h in hits if h["article_id"] in rows]
        size = view.number("size", HITS_SHOWN, 1, 200)
        at = view.number("after", 0, 0, HITS)
        return Found(ranked[at : at + size], total, "", True, size, str(at + size) if len(ranked) > at + size else "")
    return page_of(view, view.g.shelf, "articles", _COLUMNS, "article_id", SORTS, "date", narrowed, total)


def _total(g: Generation, clause: str, params: list[Any]) -> int:
    return g.once(("total", clause, str(params)), lambda: g.shelf(f"select count(*) as n from articles{clause}", params)[0]["n"])


def _facet_counts(g: Generation, conditions: list[tuple[str, Any]], hits: list[dict[str, Any]] | None) -> dict[str, list[tuple[Any, int]]]:
    """Counts of each facet's values under the filters of all others, so that a choice can be changed as well as taken back."""
    found = {}
    for name, expression in FACETS.items():
        others = [c for c in conditions if not c[0].startswith(expression + " ")]
        clause, params = where(_narrowed(others, hits))
        found[name] = g.once(
            ("facet", name, clause, str(params)),
            lambda e=expression, c=clause, p=params: [
                (r["value"], r["n"])
                for r in g.shelf(f"select {e} as value, count(*) as n from articles{c} group by 1 order by 2 desc, 1 limit 200", p)
            ],
        )
    return found


def _loosen(view: View, conditions: list[tuple[str, Any]], hits: list[dict[str, Any]] | None) -> list[tuple[str, str, int]]:
    """Where nothing fits: how many would without one of the filters."""
    found = []
    names = [(n, label, value) for n, label, value in _filters(view)[1]]
    for i, (name, label, value) in enumerate(names):
        clause, params = where(_narrowed(conditions[:i] + conditions[i + 1 :], hits))
        n = view.g.shelf(f"select count(*) as n from articles{clause}", params)[0]["n"]
        if n:
            found.append((f"{label}: {value}", view.url(**{name: None}), n))
    return found
