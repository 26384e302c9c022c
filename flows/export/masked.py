"""What leaves when private data must not (setting `mask_private`).

Texts are masked where `private_data` found something, every other string of an article where the same finder finds something now.
A table whose rows point into unmasked text, or hold pieces of it, cannot be masked without breaking it and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tasks.enrich.private import private_in
from tasks.text.masking import masked

SAFE = ("articles", "article_metadata", "private_data", "duplicates", "rules", "corpus_stats", "traditional_map", "stage_timings")
TEXTS = ("text", "text_hans")
WHY = "it holds text that is not masked, or offsets into it"

Spans = Mapping[str, Sequence[tuple[int, int, str]]]  # article_id -> (start, stop, masked)


def mask_batch(batch: pa.RecordBatch, spans: Spans) -> pa.RecordBatch:
    """The batch with every string masked; ids are hex and cannot be private data."""
    columns = []
    ids = batch.column("article_id").to_pylist() if "article_id" in batch.schema.names else [None] * batch.num_rows
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if field.name.endswith("_id") or field.name.endswith("_sha256") or not _holds_text(field.type):
            columns.append(column)
            continue
        of = spans if field.name in TEXTS else {}
        values = [_masked(v, of.get(i, ())) for v, i in zip(column.to_pylist(), ids, strict=True)]
        columns.append(pa.array(values, field.type))
    return pa.record_batch(columns, schema=batch.schema)


def _masked(value: Any, spans: Sequence[tuple[int, int, str]]) -> Any:
    match value:
        case str():
            return masked(value, [*spans, *((d.start, d.stop, d.masked) for d in private_in(value))])
        case list():
            return [_masked(v, ()) for v in value]
        case dict():
            return {k: _masked(v, ()) for k, v in value.items()}
    return value


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _holds_text(kind.value_type)
    if pa.types.is_struct(kind):
        return any(_holds_text(f.type) for f in kind)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
