"""flags: damage and oddities that cannot or must not be repaired: masks, holes, wrong sums stay in the text."""

from __future__ import annotations

from schemas.contract import OFFSET, TEXT, Between, Column, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_DOC, OF_ITS_DOCUMENT, RUN_ID, SPAN_OR_PLACE, WORD, number, start, stop, within, within_document

FLAGS = Table(
    name="flags",
    grain="one damage or oddity that cannot or must not be repaired",
    key=("doc_id", "flag_no"),
    stage="split",
    note="split writes the flags of cleaning with their place in articles; enrich adds its own, numbered from 10001.",
    references=(Reference(("doc_id",), "documents"), OF_ITS_DOCUMENT),
    columns=(
        OF_DOC,
        number("flag_no", "Number of the flag in its document; from 10001 for those of enrichment."),
        Column("kind", TEXT, "mask, elision, hole, numbering, arithmetic, unbalanced, unreadable, guessed …", checks=(WORD,)),
        start("documents.text"),
        stop("documents.text"),
        Column("article_id", TEXT, "Article in which the place stands; NULL where it stands in none.", nullable=True),
        Column("article_start", OFFSET, "The same place from 0 in articles.text.", unit="code points", nullable=True,
               checks=(Between(0),)),
        Column("article_stop", OFFSET, "One past its last character there.", unit="code points", nullable=True),
        Column("detail", TEXT, "What is odd, in words."),
        Column("severity", TEXT, "How much it matters to a reader.", checks=(OneOf(("info", "warning", "critical")),)),
        RUN_ID,
    ),
    row_checks=(
        SPAN_OR_PLACE,
        RowCheck("article-place", "(article_id IS NULL) = (article_start IS NULL) AND (article_id IS NULL) = (article_stop IS NULL)",
                 "A flag in an article has both ends there.", column="article_start"),
        RowCheck("article-span-order", "article_start <= article_stop", "A place does not end before it starts.", column="article_start"),
        within_document(),
        within("article-span-in-article", "article_stop", "char_count", "The place in the article ends inside it."),
    ),
)
