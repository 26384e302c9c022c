"""Encodings and damage: how documents were decoded, how sure that is, and what was found broken and left as it is."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dashboard.generations import Generation
from dashboard.lists import download, where
from dashboard.view import Page, View

_FILE = "select * exclude (raw) from decodings{} order by doc_id, start"
LISTED = 50


def page(view: View) -> Page:
    """Sums by encoding and method, the histogram of confidence, flags by kind; documents that fit the filter."""
    g = view.g
    sums = warm(g)
    conditions, chosen = _filters(view)
    documents: list[dict[str, Any]] = []
    if conditions:
        clause, params = where(conditions)
        documents = g.once(
            ("decoded", clause, tuple(map(str, params))),
            lambda: g.rows(
                "select c.doc_id, s.name, c.encoding, c.method, c.confidence, c.stop - c.start as characters, c.raw is not null "
                "as inexact from "
                f"decodings as c join documents as d using (doc_id) left join seed_files as s using (file_id){clause} "
                f"order by c.confidence, c.doc_id, c.start limit {LISTED}",
                params,
            ),
        )
    kind = view.get("flag")
    flags = (
        g.once(
            ("flags", kind),
            lambda: g.rows(
                "select f.*, s.name from flags as f join documents as d using (doc_id) left join seed_files as s using "
                "(file_id) where f.kind = ? "
                f"order by f.severity = 'warning' desc, f.doc_id, f.flag_no limit {LISTED}",
                [kind],
            ),
        )
        if kind
        else []
    )
    return Page(
        "encodings.html",
        {"title": view.t("nav.encodings"), "chosen": chosen, "documents": documents, "flag": kind, "flags": flags, "limit": LISTED} | sums,
    )


def warm(g: Generation) -> dict[str, Any]:
    """The sums over all documents, computed once."""
    return g.once("encodings", lambda: _sums(g))


def file(view: View) -> Response:
    clause, params = where(_filters(view)[0])
    return download(view, "decodings", _FILE.format(clause.replace("c.", "")), params)


def _filters(view: View) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str]]]:
    conditions: list[tuple[str, Any]] = []
    chosen = []
    for name in ("encoding", "method"):
        if value := view.get(name):
            conditions.append((f"c.{name} = ?", value))
            chosen.append((name, view.t(f"col.{name}"), view.t.known("method", value) if name == "method" else value))
    if (most := view.amount("max_confidence")) is not None:
        conditions.append(("c.confidence <= ?", most))
        chosen.append(("max_confidence", view.t("col.confidence"), f"≤ {most:g}"))
    return conditions, chosen


def _sums(g: Generation) -> dict[str, Any]:
    bins = dict(g.rows_as_pairs("select least(floor(confidence * 20), 19)::int, count(*) from decodings group by 1"))
    return {
        "encodings": g.rows(
            "select encoding, count(*) as stretches, count(distinct doc_id) as documents, sum(stop - start)::bigint as characters, "
            "avg(confidence) as confidence, count(raw) as inexact from decodings group by 1 order by 3 desc, 1"
        ),
        "methods": g.rows(
            "select method, count(*) as stretches, count(distinct doc_id) as documents, min(confidence) as least, "
            "avg(confidence) as confidence "
            "from decodings group by 1 order by 3 desc, 1"
        ),
        "bins": [(f"{i / 20:.2f}", bins.get(i, 0)) for i in range(20)],
        "mixed": g.rows(
            "select c.doc_id, s.name, c.encodings, c.stretches from (select doc_id, list(distinct encoding order by encoding) "
            "as encodings, "
            "count(*) as stretches from decodings group by 1 having count(distinct encoding) > 1) as c join documents as d using (doc_id) "
            f"left join seed_files as s using (file_id) order by stretches desc, doc_id limit {LISTED}"
        ),
        "sites": g.rows(
            "select coalesce(d.site, '') as site, c.encoding, count(distinct c.doc_id) as documents from decodings as c join "
            "documents as d "
            "using (doc_id) group by all order by 3 desc, 1, 2 limit 40"
        ),
        "kinds": g.rows(
            "select kind, severity, count(*) as n, count(distinct doc_id) as documents from flags group by all order by 3 desc, 1"
        ),
        "repaired": g.rows(
            "select rule_id, label, sum(edits)::bigint as edits, sum(characters)::bigint as characters, sum(documents)::bigint "
            "as documents "
            "from dirt_daily where action = 'replace' or label = 'mojibake' group by all order by 4 desc, 1 limit 20"
        ),
    }
