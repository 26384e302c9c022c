"""sections: the outline of an article, from its numbered or set-off headings."""

from __future__ import annotations

from schemas.contract import READ_IT, TEXT, Column, Reference, RowCheck, Table, TableCheck
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, number, numbered, start, stop, within_article

SECTIONS = Table(
    name="sections",
    grain="one node of an article's outline",
    key=("article_id", "section_no"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"), Reference(("article_id", "parent_no"), "sections", ("article_id", "section_no"))),
    columns=(
        OF_ARTICLE,
        number("section_no", "Number of the node in reading order, from 1."),
        number("parent_no", "The node above; NULL at the top.", nullable=True),
        number("level", "Depth in the outline, from 1."),
        Column("marker", TEXT, "Numbering as printed (一、 (二) 第三 1.); NULL where the heading has none.", nullable=True),
        Column("heading", TEXT, "The heading without its marker; NULL for text before the first heading.", nullable=True),
        start(what="First character of the section, its heading included"),
        stop(),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("parent-before", "parent_no < section_no", "A node stands after the node above it.", column="parent_no"),
        RowCheck("heading-length", "length(heading) <= 120", "A heading is shorter than a paragraph.", severity="warning",
                 column="heading", next_step=READ_IT),
        within_article(),
    ),
    table_checks=(
        numbered("article_id", "section_no"),
        TableCheck("inside-parent", "SELECT t.article_id, t.section_no FROM t JOIN t AS p ON p.article_id = t.article_id AND p.section_no "
                   "= t.parent_no WHERE t.level <= p.level OR t.start < p.start OR t.stop > p.stop",
                   "A section lies inside the one above it, deeper in the outline.", severity="warning",
                   columns=("article_id", "section_no"), next_step=READ_IT),
    ),
)
