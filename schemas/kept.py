"""kept: the spans of a document that stand in an article, and where. The map between the two texts."""

from __future__ import annotations

from schemas.contract import OFFSET, Between, Column, Reference, Table
from schemas.shared import OF_ARTICLE, OF_DOC, OF_ITS_DOCUMENT, RUN_ID, SPAN, start, stop, within_document

KEPT = Table(
    name="kept",
    grain="one span of a document that stands in an article",
    key=("doc_id", "start"),
    stage="split",
    references=(Reference(("doc_id",), "documents"), OF_ITS_DOCUMENT),
    columns=(
        OF_DOC,
        start("documents.text"),
        stop("documents.text"),
        OF_ARTICLE,
        Column("article_start", OFFSET, "Where the span begins in articles.text.", unit="code points", checks=(Between(0),)),
        RUN_ID,
    ),
    row_checks=(SPAN, within_document()),
)
