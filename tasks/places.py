"""Places in articles as places in documents: what enrichment flags know about an article, said of the page it came from.

Law: for a place that stands in one kept span, documents.text[start:stop] == articles.text[article_start:article_stop].
A place that touches what an edit put in (a replacement, a newline) covers the whole edited span in the document.
"""

from __future__ import annotations

from bisect import bisect_right

import pyarrow as pa
import pyarrow.compute as pc

Spans = list[tuple[int, int, int]]  # (article_start, start, stop), ascending


def with_document_places(flags: pa.Table, kept: pa.Table) -> pa.Table:
    """`flags` with start and stop filled in where only the place in the article is known."""
    open_places = pc.and_(pc.is_null(flags["start"]), pc.is_valid(flags["article_start"]))
    if not pc.any(open_places).as_py():
        return flags
    spans = _spans(kept, pc.unique(flags.filter(open_places)["article_id"]))
    starts, stops = flags["start"].to_pylist(), flags["stop"].to_pylist()
    places = zip(open_places.to_pylist(), *(flags[c].to_pylist() for c in ("article_id", "article_start", "article_stop")), strict=True)
    for i, (is_open, article, first, last) in enumerate(places):
        if is_open and article in spans:
            starts[i], stops[i] = place_in_document(spans[article], first, last)
    for name, values in (("start", starts), ("stop", stops)):
        at = flags.schema.get_field_index(name)
        flags = flags.set_column(at, flags.schema.field(at), pa.array(values, flags.schema.field(at).type))
    return flags


def place_in_document(spans: Spans, first: int, last: int) -> tuple[int, int]:
    """A place [first, last) in an article as a place in its document."""
    start = _left(spans, first)
    return start, max(start, _right(spans, last - 1) if last > first else start)


def _left(spans: Spans, at: int) -> int:
    i = bisect_right(spans, at, key=lambda s: s[0]) - 1
    if i < 0:
        return spans[0][1]
    article_start, start, stop = spans[i]
    return min(start + at - article_start, stop)


def _right(spans: Spans, at: int) -> int:
    """One past the document's character of the article's character `at`."""
    i = bisect_right(spans, at, key=lambda s: s[0]) - 1
    if i < 0:
        return spans[0][1]
    article_start, start, stop = spans[i]
    if start + at - article_start < stop:
        return start + at - article_start + 1
    return spans[i + 1][1] if i + 1 < len(spans) else stop


def _spans(kept: pa.Table, articles: pa.Array) -> dict[str, Spans]:
    rows = kept.filter(pc.is_in(kept["article_id"], articles)).select(["article_id", "article_start", "start", "stop"])
    found: dict[str, Spans] = {}
    for article, article_start, start, stop in zip(*(rows[c].to_pylist() for c in rows.column_names), strict=True):
        found.setdefault(article, []).append((article_start, start, stop))
    for spans in found.values():
        spans.sort()
    return found
