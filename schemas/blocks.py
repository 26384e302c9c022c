"""blocks: what the markup of a rendered document says about each of its lines. Handed from decode to clean; not published."""

from __future__ import annotations

from schemas.contract import REAL, TEXT, Between, Column, Reference, Table
from schemas.shared import OF_DOC, RUN_ID, SPAN, start, stop, within_document

BLOCKS = Table(
    name="blocks",
    grain="one line of a rendered document that shows anything",
    key=("doc_id", "start"),
    stage="decode",
    internal=True,
    references=(Reference(("doc_id",), "documents"),),
    row_checks=(SPAN, within_document()),
    columns=(
        OF_DOC,
        start("documents.text"),
        stop("documents.text"),
        Column("tag", TEXT, "Innermost element that breaks lines and holds the line; '' where none does."),
        Column("path", TEXT, "That element and those around it, outermost first, each with the words of its id, class and role; "
               "cut at the front where it is long."),
        Column("trail", TEXT, "Numbers of these elements in the page, outermost first, at most twelve; lines of one element share them."),
        Column("link_density", REAL, "Share of the line's characters that stand in links.", checks=(Between(0, 1),)),
        Column("links", TEXT, "Links of the line: a list of [start, stop, address].", json=True),
        RUN_ID,
    ),
)
