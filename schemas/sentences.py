"""sentences: the sentences of an article, cut into words with their part of speech."""

from __future__ import annotations

from schemas.contract import READ_IT, TEXT, TEXTS, Column, HistoryCheck, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, number, numbered, start, stop, within, within_article

SENTENCES = Table(
    name="sentences",
    grain="one sentence of an article",
    key=("article_id", "sentence_no"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"), Reference(("article_id", "section_no"), "sections")),
    columns=(
        OF_ARTICLE,
        number("sentence_no", "Number of the sentence in its article, from 1."),
        number("paragraph_no", "Number of its paragraph in the article, from 1."),
        number("section_no", "Section that it stands in; NULL where the article has no outline.", nullable=True),
        start(),
        stop(),
        Column("text", TEXT, "The sentence as it stands in articles.text."),
        Column("words", TEXTS, "Its words, cut from text_hans."),
        Column("tags", TEXTS, "One part of speech for each word, in jieba's tag set."),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("text-is-span", "length(text) = stop - start", "text has the length of the span.", column="text"),
        RowCheck("tags-match-words", "len(words) = len(tags)", "Each word has one tag.", column="tags"),
        RowCheck("words-some", "len(words) >= 1", "A sentence has at least one word.", severity="warning", column="words",
                 next_step=READ_IT),
        within("paragraph-in-article", "paragraph_no", "paragraph_count", "The paragraph is one of its article's."),
        RowCheck("text-length", "length(text) <= 1000", "A sentence has at most 1000 characters.", severity="warning", column="text",
                 next_step=READ_IT),
        within_article(),
    ),
    table_checks=(numbered("article_id", "sentence_no"),),
    history_checks=(
        HistoryCheck("sentences-length", "SELECT '' AS dimension, avg(stop - start)::DOUBLE AS value, count(*) AS evaluated FROM t",
                     "Mean length of a sentence.", column="text"),
    ),
)
