"""links: related links that were cut from a page: not its text, but evidence of other pages."""

from __future__ import annotations

from schemas.contract import DATE, FLAG, TEXT, Column, Reference, Table
from schemas.shared import OF_DOC, RUN_ID, SPAN, number, start, stop, within_document

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
    row_checks=(SPAN, within_document()),
)
