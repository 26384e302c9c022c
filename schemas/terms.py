"""terms: which words an article uses, how often and where. The index under search and kwic."""

from __future__ import annotations

from schemas.contract import POSITIONS, TEXT, Column, MaxLength, NotEmpty, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, number, within

TERMS = Table(
    name="terms",
    grain="one word with one tag in one article",
    key=("article_id", "term", "tag"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        Column("term", TEXT, "The word, from articles.text_hans: Simplified.", checks=(NotEmpty(), MaxLength(200))),
        Column("tag", TEXT, "Part of speech, in jieba's tag set.", checks=(NotEmpty(severity="warning"),)),
        number("tf", "How often the article uses the word with this tag."),
        Column("positions", POSITIONS, "Where it begins, ascending, from 0 in articles.text_hans.", unit="code points"),
        RUN_ID,
    ),
    row_checks=(
        RowCheck("tf-is-positions", "tf = len(positions)", "tf is the number of positions.", column="tf"),
        RowCheck("positions-from-0", "list_min(positions) >= 0", "No position is before the text.", column="positions"),
        within("positions-in-article", "list_max(positions) + length(term)", "char_count", "Every occurrence ends inside its article.",
               column="positions"),
    ),
)
