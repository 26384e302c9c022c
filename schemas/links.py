"""links: related links that were cut from a page: not its text, but evidence of other pages."""

from __future__ import annotations

from schemas.contract import DATE, FLAG, READ_IT, TEXT, Column, Reference, RowCheck, Table
from schemas.shared import OF_DOC, RUN_ID, SPAN, number, numbered, plausible, start, stop, within_document

LINKS = Table(
    name="links",
    grain="one related link that was cut from a page",
    key=("doc_id", "link_no"),
    stage="clean",
    references=(Reference(("doc_id",), "documents"),),
    columns=(
        OF_DOC,
        number("link_no", "Number of the link in its document, from 1."),
        Column("title", TEXT, "Title as it reads after repair."),
        Column("published_on", DATE, "Date printed beside the link.", nullable=True),
        Column("truncated", FLAG, "The page cut the title short."),
        Column("url", TEXT, "Address, where the page states it.", nullable=True),
        start("documents.text"),
        stop("documents.text"),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        within_document(),
        RowCheck("title-not-blank", "length(trim(title)) >= 1", "A link has a title.", severity="warning", column="title",
                 next_step=READ_IT),
        plausible("published_on", since=1990, until=2100),
    ),
    table_checks=(numbered("doc_id", "link_no"),),
)
