"""signatures: by what repeated articles and paragraphs are found. Handed from the batches to publication; not published."""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import POSITIONS, Column, Reference, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, number, start, stop, within_article

SIGNATURES = Table(
    name="signatures",
    grain="one article or paragraph that is long enough to be told from another",
    key=("article_id", "paragraph_no"),
    stage="relate",
    internal=True,
    references=(Reference(("article_id",), "articles"),),
    row_checks=(SPAN, within_article()),
    columns=(
        OF_ARTICLE,
        number("paragraph_no", "Paragraph, from 1; 0 for the whole article.", at_least=0),
        start(),
        stop(),
        Column("content", pa.int64(), "Hash of its letters and digits and of its level: two rows with one content say the same."),
        Column("bands", POSITIONS, "Hashes of four minima each, one per band: rows that share one at its place may repeat each other."),
        Column("sketch", pa.list_(pa.int64()), "Four planes of 64 bits: where two rows agree in all four, a part of their texts agrees."),
        RUN_ID,
    ),
)
