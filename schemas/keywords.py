"""keywords: the words that say most about an article, ranked by a method."""

from __future__ import annotations

from schemas.contract import REAL, TEXT, Between, Column, NotEmpty, Reference, Table
from schemas.shared import OF_ARTICLE, RUN_ID, WORD, number, numbered

KEYWORDS = Table(
    name="keywords",
    grain="one ranked keyword",
    key=("article_id", "method", "rank"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        number("rank", "Rank within the method, from 1."),
        Column("term", TEXT, "The word, Simplified.", checks=(NotEmpty(),)),
        Column("weight", REAL, "Weight that the method gives; comparable within one article and method.",
               checks=(Between(0, severity="warning"),)),
        Column("method", TEXT, "tfidf: term frequency by jieba's idf; textrank …", checks=(WORD,)),
        RUN_ID,
    ),
    table_checks=(numbered("article_id, method", "rank"),),
)
