"""Lists: filters, an order, the next page by key, and the same rows as a file.

    List(sql="from articles", columns=..., sorts=...)

The next page is found by the last row's key, never by counting rows off (`OFFSET`), so page 900 costs what page 1 costs. `after`
holds the value of the order's column and the key: both are parameters, never SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from dashboard.export import FORMATS, in_pieces
from dashboard.files import response_of, stream_of
from dashboard.view import Missing, View

SIZES = (20, 50, 100, 200)
MOST_ROWS = 100_000  # of a download


@dataclass(frozen=True)
class Sort:
    """One order of a list: an expression that is never NULL, its type, and where it begins."""

    by: str
    type: str
    descending: bool = False


@dataclass(frozen=True)
class Found:
    """One page of a list."""

    rows: list[dict[str, Any]]
    total: int
    sort: str
    descending: bool
    size: int
    after: str  # of the next page; '' on the last


def where(conditions: Sequence[tuple[str, Any]]) -> tuple[str, list[Any]]:
    """Conditions with one parameter each (or a list of them) as a WHERE clause and its parameters."""
    if not conditions:
        return "", []
    params: list[Any] = []
    for _, value in conditions:
        params += value if isinstance(value, list) else [value]
    return " where " + " and ".join(f"({sql})" for sql, _ in conditions), params


def order(view: View, sorts: dict[str, Sort], default: str) -> tuple[str, bool]:
    """The order that the address asks for (`-name` turns it around), or the default."""
    asked = view.get("sort")
    name = asked.lstrip("-")
    if name not in sorts:
        return default, sorts[default].descending
    return name, asked.startswith("-")


def page_of(
    view: View,
    rows,
    source: str,
    columns: str,
    key: str,
    sorts: dict[str, Sort],
    default: str,
    conditions: Sequence[tuple[str, Any]],
    total: int,
) -> Found:
    """
    One page: `rows(sql, params)` asks the database, `source` is FROM with its joins, `key` the column that no two rows share.
    """
    name, descending = order(view, sorts, default)
    sort = sorts[name]
    size = view.number("size", 50, 1, SIZES[-1])
    more: list[tuple[str, Any]] = list(conditions)
    side = "<" if descending else ">"
    if (mark := _mark(view)) is not None:
        more.append((f"({sort.by}, {key}) {side} (try_cast(? as {sort.type}), ?)", mark))
    clause, params = where(more)
    way = "desc" if descending else "asc"
    sql = (
        f"select {columns}, {sort.by}::varchar as _by, {key} as _key from {source}{clause} "
        f"order by {sort.by} {way}, {key} {way} limit {size + 1}"
    )
    found = rows(sql, params)
    last = found[size - 1] if len(found) > size else None
    after = json.dumps([last["_by"], last["_key"]], ensure_ascii=False) if last else ""
    return Found(found[:size], total, name, descending, size, after)


def _mark(view: View) -> list[Any] | None:
    try:
        mark = json.loads(view.get("after") or "null")
    except ValueError:
        return None
    fits = isinstance(mark, list) and len(mark) == 2 and all(isinstance(m, str | int) for m in mark)
    return mark if fits else None


def format_of(view: View) -> str:
    """The format that the path's suffix names. Raises Missing for one that we do not write."""
    fmt = view.part("fmt")
    if fmt not in FORMATS:
        raise Missing(view.t("error.no_format", fmt=fmt), view.t("error.formats", formats=", ".join(FORMATS)))
    return fmt


def download(view: View, name: str, sql: str, params: Sequence[Any] = (), *, shelf: bool = False) -> Response:
    """The rows of a list as a file, at most 100,000 of them; one more row asked for tells whether that was all."""
    fmt = format_of(view)
    g, bom, called = view.g, view.get("bom") == "1", f"taojin-{name}-gen{view.g.number}"
    if fmt == "parquet":
        table = g.table(f"select * from ({sql}) limit {MOST_ROWS + 1}", params, shelf=shelf)
        return response_of(table.slice(0, MOST_ROWS), fmt, called, bom=bom, whole=table.num_rows <= MOST_ROWS)
    rows = g.table(f"select count(*) as n from (select 1 from ({sql}) limit {MOST_ROWS + 1})", params, shelf=shelf)["n"][0].as_py()
    generations = view.state.generations

    def pieces() -> Iterator[bytes]:
        with generations.hold(g.number) as held:  # the request's own hold ends before the last piece is sent
            schema, batches = held.batches(f"select * from ({sql}) limit {MOST_ROWS}", params, shelf=shelf)
            yield from in_pieces(batches, schema, fmt, bom)

    return stream_of(pieces(), fmt, called, min(rows, MOST_ROWS), rows <= MOST_ROWS)
