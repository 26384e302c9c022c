"""marks: what cleaning decided about spans of a document, before articles are known. Handed from clean to split; never stored."""

from __future__ import annotations

from schemas.contract import TEXT, Column, OneOf, Reference, Table
from schemas.edits import ACTIONS, RULE_ID, RULE_VERSION
from schemas.shared import OF_DOC, SPAN, confidence, start, stop, within_document

MARKS = Table(
    name="marks",
    grain="one span of a document that does not stand in an article as it is",
    key=("doc_id", "start"),
    stage="clean",
    internal=True,
    references=(Reference(("doc_id",), "documents"),),
    row_checks=(SPAN, within_document()),
    columns=(
        OF_DOC,
        start("documents.text"),
        stop("documents.text"),
        Column("action", TEXT, "What happens to the span.", checks=(OneOf(ACTIONS, severity="critical"),)),
        Column("label", TEXT, "Class of dirt; for meta the metadata field."),
        RULE_ID,
        RULE_VERSION,
        Column("after", TEXT, "What enters the article instead; '' where nothing does."),
        Column("repaired_text", TEXT, "What a cut, damaged span said.", nullable=True),
        confidence("the rule"),
        Column("value", TEXT, "The metadata value that the span proves, as it reads after repair.", nullable=True),
    ),
)
