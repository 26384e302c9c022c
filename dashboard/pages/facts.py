"""Facts: every number with its unit, by kind, unit, measure and size; each leads to the place where it stands."""

from __future__ import annotations

import math
from typing import Any

from starlette.responses import Response

from dashboard.charts import short
from dashboard.generations import Generation
from dashboard.lists import Sort, download, page_of, where
from dashboard.view import Page, View
from schemas.facts import OPERATORS

SORTS = {
    "article": Sort("article_id", "varchar"),
    "value": Sort("coalesce(normalized_value, -1e308)", "double", True),
    "kind": Sort("kind", "varchar"),
}
_KEY = "article_id || '/' || lpad(fact_no::varchar, 6, '0')"
_COLUMNS = (
    "article_id, fact_no, sentence_no, kind, subject, measure, value_text, normalized_value, normalized_unit, op, qualifier, period_text, "
    "place, start, stop"
)
BINS = 24
_PUBLIC = (
    "not exists (from private_data as p where p.article_id = facts.article_id and p.start < facts.stop and facts.start < p.stop)"
)  # a number that lies over a private datum would show it
_TITLES = "select article_id, title, opening from articles where article_id in (select unnest(?::varchar[]))"


def page(view: View) -> Page:
    """The list under its filters, the largest groups, and how the values are spread where one unit is chosen."""
    conditions, chosen = _filters(view)
    clause, params = where(conditions)
    g = view.g
    key = (clause, tuple(map(str, params)))
    total = g.once(("facts", *key), lambda: g.value(f"select count(*) from facts{clause}", params))
    asked = (*key, view.get("sort"), view.get("after"), view.get("size"))
    found = g.once(("fact page", *asked), lambda: page_of(view, g.rows, "facts", _COLUMNS, _KEY, SORTS, "article", conditions, total))
    ids = sorted({r["article_id"] for r in found.rows})
    titles = {r["article_id"]: r for r in g.shelf(_TITLES, [ids])}
    wanted = [(r["article_id"], r["sentence_no"]) for r in found.rows if r["sentence_no"]]
    sentences = g.once(("fact sentences", *asked), lambda: _sentences(view, wanted))
    for r in found.rows:
        r["article"] = titles.get(r["article_id"])
        r["around"] = _around(r, sentences.get((r["article_id"], r["sentence_no"])))
    groups = _groups(g, clause, params)
    kinds = dict(_kinds(g))
    bins = g.once(("fact bins", *key), lambda: _bins(view, clause, params)) if view.get("unit") else []
    return Page(
        "facts.html",
        {
            "title": view.t("nav.facts"),
            "found": found,
            "chosen": chosen,
            "groups": groups,
            "kinds": kinds,
            "bins": bins,
            "fields": {n: view.get(n) for n in ("kind", "unit", "measure", "text", "min", "max", "op")},
            "operators": OPERATORS,
        },
    )


def warm(g: Generation) -> None:
    """The sums over all facts."""
    _groups(g, *where([(_PUBLIC, [])] if g.mask else []))
    _kinds(g)


def _groups(g: Generation, clause: str, params: list[Any]) -> list[dict[str, Any]]:
    sql = (
        "select kind, normalized_unit, count(*) as n, median(normalized_value) as middle, max(normalized_value) as most "
        f"from facts{clause} group by all order by 3 desc, 1, 2 nulls last limit 60"
    )
    return g.once(("fact groups", clause, tuple(map(str, params))), lambda: g.rows(sql, params))


def _kinds(g: Generation) -> list[tuple[str, int]]:
    return g.once("fact kinds", lambda: g.rows_as_pairs("select kind, count(*) as n from facts group by 1 order by 2 desc"))


def file(view: View) -> Response:
    clause, params = where(_filters(view)[0])
    return download(view, "facts", f"select * from facts{clause} order by article_id, fact_no", params)


def _filters(view: View) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str]]]:
    conditions: list[tuple[str, Any]] = [(_PUBLIC, [])] if view.masks else []
    chosen = []
    t = view.t
    for name, sql, label in (
        ("kind", "kind = ?", "kind"),
        ("unit", "normalized_unit = ?", "unit"),
        ("op", "op = ?", "op"),
        ("measure", "contains(coalesce(measure, subject, ''), ?)", "measure"),
        ("text", "contains(value_text, ?)", "value"),
        ("article", "article_id = ?", "article"),
    ):
        if value := view.get(name):
            conditions.append((sql, value))
            chosen.append((name, t(f"col.{label}"), t.known("fact", value) if name == "kind" else value))
    for name, side, sign in (("min", ">=", "≥"), ("max", "<=", "≤")):
        if (bound := view.amount(name)) is not None:
            conditions.append((f"normalized_value {side} ?", bound))
            chosen.append((name, t("col.normalized"), f"{sign} {bound:,.0f}" if bound == int(bound) else f"{sign} {bound:,g}"))
    return conditions, chosen


def _sentences(view: View, wanted: list[tuple[str, int]]) -> dict[tuple[str, int], tuple[int, str]]:
    """Offset and text of these sentences, in one query."""
    if not wanted:
        return {}
    rows = view.g.rows(
        "select article_id, sentence_no, start, text from sentences where article_id in (select unnest(?::varchar[]))",
        [sorted({i for i, _ in wanted})],
    )
    asked = set(wanted)
    return {(r["article_id"], r["sentence_no"]): (r["start"], r["text"]) for r in rows if (r["article_id"], r["sentence_no"]) in asked}


def _around(fact: dict[str, Any], sentence: tuple[int, str] | None) -> tuple[str, str, str]:
    """The sentence before, at and after the value; long ends are cut."""
    if sentence is None:
        return "", fact["value_text"], ""
    start, text = sentence
    a, b = fact["start"] - start, fact["stop"] - start
    if not 0 <= a <= b <= len(text):
        return "", fact["value_text"], ""
    before, after = text[:a], text[b:]
    return ("…" + before[-40:] if len(before) > 40 else before, text[a:b], after[:40] + "…" if len(after) > 40 else after)


def _bins(view: View, clause: str, params: list[Any]) -> list[tuple[str, int]]:
    """Values by powers of the tenth root of ten: units of money span twelve of them."""
    also = " and " if clause else " where "
    rows = view.g.rows_as_pairs(
        f"select floor(log10(normalized_value) * 2)::int as bin, count(*) from facts{clause}{also}normalized_value > 0 group by "
        "1 order by 1",
        params,
    )
    if not rows:
        return []
    counts = dict(rows)
    low, high = max(min(counts), max(counts) - 2 * BINS), max(counts)
    return [(short(math.pow(10, b / 2)), counts.get(b, 0)) for b in range(low, high + 1)]
