"""duplicate_pairs: articles and paragraphs that repeat each other; each pair once, the smaller key first."""

from __future__ import annotations

from schemas.contract import REAL, TEXT, Column, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, UNIT_INTERVAL, WORD, number

DUPLICATE_PAIRS = Table(
    name="duplicate_pairs",
    grain="two articles (or paragraphs) that repeat each other",
    key=("article_id", "paragraph_no", "other_id", "other_paragraph_no"),
    stage="relate",
    references=(Reference(("article_id",), "articles"), Reference(("other_id",), "articles", ("article_id",))),
    columns=(
        Column("level", TEXT, "What repeats: whole articles or one paragraph.", checks=(OneOf(("article", "paragraph")),)),
        OF_ARTICLE,
        number("paragraph_no", "Paragraph, from 1; 0 for the whole article.", at_least=0),
        Column("other_id", TEXT, "The other article."),
        number("other_paragraph_no", "Its paragraph, from 1; 0 for the whole article.", at_least=0),
        Column("similarity", REAL, "How alike they are, 0 to 1, by the measure that `method` names.", checks=(UNIT_INTERVAL,)),
        Column("method", TEXT, "How it was found: equal (letters and digits), shingles (share in common), alignment (letters in "
               "common order).", checks=(WORD,)),
        RUN_ID,
    ),
    row_checks=(
        RowCheck("pair-order", "article_id < other_id OR (article_id = other_id AND paragraph_no < other_paragraph_no)",
                 "The smaller key stands first, and nothing repeats itself.", column="other_id"),
        RowCheck("level-paragraphs", "(level = 'article') = (paragraph_no = 0) AND (level = 'article') = (other_paragraph_no = 0)",
                 "Whole articles have paragraph 0, paragraphs have a number.", column="level"),
    ),
)
