"""article_metadata: each value that a page states about an article, with the place that proves it."""

from __future__ import annotations

from schemas.contract import OFFSET, TEXT, Between, Column, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, OF_DOC, OF_ITS_DOCUMENT, RUN_ID, WORD, confidence, number, numbered, within_document

ARTICLE_METADATA = Table(
    name="article_metadata",
    grain="one metadata value with the place that proves it",
    key=("article_id", "field", "value_no"),
    stage="split",
    references=(OF_ITS_DOCUMENT, Reference(("doc_id",), "documents")),
    columns=(
        OF_ARTICLE,
        Column("field", TEXT, "What the value is: title, subtitle, author, author_role, source, site, editor, published_at, page_no, "
               "abstract, collection_title, licence, rights, site_keywords, keywords, document_no, issuer, edition, photographer, "
               "translator, interviewee, url, source_url, updated_at, written_on, description …", checks=(WORD,)),
        number("value_no", "Number of the value among those of its field, from 1."),
        Column("value", TEXT, "The value as it reads after repair."),
        OF_DOC,
        Column("start", OFFSET, "First character of the proof, from 0 in documents.text; NULL where a field of the record proves it.",
               unit="code points", nullable=True, checks=(Between(0),)),
        Column("stop", OFFSET, "One past its last character.", unit="code points", nullable=True),
        confidence("the reading"),
        RUN_ID,
    ),
    row_checks=(
        RowCheck("span-order", "start < stop", "A proof has at least one character.", column="start"),
        RowCheck("span-whole", "(start IS NULL) = (stop IS NULL)", "A place has both ends or none.", column="start"),
        RowCheck("value-not-blank", "length(trim(value)) >= 1", "A value says something.", severity="warning", column="value"),
        within_document(),
    ),
    table_checks=(numbered("article_id, field", "value_no"),),
)
