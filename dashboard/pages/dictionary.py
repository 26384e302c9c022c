"""Dictionary: what every table and column means, from the contracts; with counts and sample values of this generation."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import Any

from dashboard import charts
from dashboard.pages.checks import declared
from dashboard.view import Missing, Page, View
from schemas.catalog import PUBLISHED
from schemas.contract import Table
from schemas.derive.ddl import identifier, sql_type
from schemas.derive.dictionary import WAREHOUSE, descriptions

SAMPLES = 3
SAMPLE = 28  # characters of a sample value
MASKED = ("text", "text_hans", "raw", "before", "after", "row_json", "value")  # columns too long or too raw for sample values


def page(view: View) -> Page:
    """All tables, views and macros."""
    sizes = (
        view.g.once("sizes", lambda: dict(view.g.rows_as_pairs("select table_name, estimated_size from duckdb_tables()")))
        if (view.has_data)
        else {}
    )
    return Page(
        "dictionary.html",
        {
            "title": view.t("nav.dictionary"),
            "tables": list(PUBLISHED.values()),
            "sizes": sizes,
            "views": descriptions(WAREHOUSE / "views"),
            "macros": descriptions(WAREHOUSE / "macros"),
            "map": charts.relations(
                {t.name: sorted({r.table for r in t.references} - {t.name}) for t in PUBLISHED.values()},
                lambda name: view.url(f"/dictionary/{name}"),
                view.t("dictionary.map"),
            ),
        },
    )


def one(view: View) -> Page:
    """One table. Raises Missing with the names that are spelt alike."""
    name = view.part("table")
    table = PUBLISHED.get(name)
    if table is None:
        near = difflib.get_close_matches(name, PUBLISHED, 3, 0.4)
        raise Missing(view.t("dictionary.unknown", name=name), "", [(n, view.url(f"/dictionary/{n}")) for n in near])
    figures = view.g.once(("table", name), lambda: _figures(view, table)) if view.has_data else {}
    checks = [(key[1], d) for key, d in declared().items() if key[0] == name]
    by_column: dict[str, list[tuple[str, Any]]] = {}
    for check, said in checks:
        for column in filter(None, said["column"].split(", ")):
            by_column.setdefault(column, []).append((check, said))
    others = [(c, d) for c, d in checks if not d["column"]]
    return Page(
        "table.html",
        {
            "title": name,
            "table": table,
            "types": {c.name: sql_type(c) for c in table.columns},
            "figures": figures,
            "by_column": by_column,
            "others": others,
            "children": [t.name for t in PUBLISHED.values() if any(r.table == name for r in t.references)],
        },
    )


def _figures(view: View, table: Table) -> dict[str, Any]:
    """Rows, share of NULL in each column, and a few values, the same ones each time."""
    g, name = view.g, identifier(table.name)
    counts = ", ".join(f"count({identifier(c.name)}) as {identifier(c.name)}" for c in table.columns)
    known = g.rows(f"select count(*) as _rows, {counts} from {name}")[0]
    rows = known.pop("_rows")
    shown = [c for c in table.columns if c.name not in MASKED]
    samples: dict[str, list[Any]] = {c.name: [] for c in shown}
    for row in g.rows(f"select {', '.join(identifier(c.name) for c in shown)} from {name} limit 400"):
        for c in shown:
            value = row[c.name]
            if value is not None and value not in samples[c.name] and len(samples[c.name]) < SAMPLES:
                samples[c.name].append(value)
    return {
        "rows": rows,
        "null": {c: 1 - n / rows if rows else None for c, n in known.items()},
        "samples": {c: [_sample(v) for v in vs] for c, vs in samples.items()},
    }


def _sample(value: Any) -> str:
    match value:
        case dt.datetime():
            text = value.isoformat(sep=" ")
        case list():
            text = ", ".join(map(str, value))
        case _:
            text = str(value)
    return text if len(text) <= SAMPLE else text[: SAMPLE - 1] + "…"
