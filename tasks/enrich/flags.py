"""Flags of enrichment: found in articles, published with their place in the document.

    flags (of `enrich`)  +  kept  ->  flags (contract)

`enrich` sees articles only, so its flags say where they stand in the article; `place_flags` adds where that is in the
document, which needs `kept`.
"""

from __future__ import annotations

from bisect import bisect_left

import pyarrow as pa

from schemas.catalog import TABLES

FIRST_FLAG_NO = 10_001  # cleaning's own flags of a document are numbered from 1

FOUND_FLAGS = pa.schema(
    [field for field in TABLES["flags"].stage_arrow if field.name not in ("start", "stop")]
)


def place_flags(flags: pa.Table, kept: pa.Table) -> pa.Table:
    """
    Flags with the contract's columns.

    Args:
        flags: rows of FOUND_FLAGS.
        kept: rows of KEPT for the same documents.

    A place inside a character that cleaning repaired is given as the end of the kept span before it.
    """
    spans: dict[str, list[tuple[int, int, int]]] = {}
    columns = ("article_id", "article_start", "start", "stop")
    for article, *span in zip(*(kept[name].to_pylist() for name in columns), strict=True) if flags.num_rows else ():
        spans.setdefault(article, []).append(tuple(span))
    for of_article in spans.values():
        of_article.sort()
    starts, stops = [], []
    for article, begin, end in zip(*(flags[name].to_pylist() for name in ("article_id", "article_start", "article_stop")), strict=True):
        of_article = spans.get(article, [])
        start = _place(of_article, begin)
        stop = _place(of_article, end - 1) + 1 if end > begin else start
        starts.append(start)
        stops.append(max(start, stop))
    schema = TABLES["flags"].stage_arrow
    columns = {name: flags[name] for name in flags.column_names} | {
        "start": pa.array(starts, schema.field("start").type), "stop": pa.array(stops, schema.field("stop").type)
    }
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _place(spans: list[tuple[int, int, int]], at: int) -> int:
    k = bisect_left(spans, (at + 1,)) - 1  # the last span that begins at or before it
    if k < 0:
        return spans[0][1] if spans else 0
    article_start, start, stop = spans[k]
    return min(start + at - article_start, stop)
