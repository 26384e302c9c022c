"""articles: what a reader would call an article, clean, with what its page says about it."""

from __future__ import annotations

from schemas.contract import (
    FLAG,
    READ_IT,
    REAL,
    TEXT,
    TEXTS,
    TIMESTAMP,
    Column,
    HistoryCheck,
    Matches,
    MaxLength,
    NotEmpty,
    OneOf,
    Reference,
    RowCheck,
    Table,
    TableCheck,
)
from schemas.shared import ARTICLE_ID, OF_DOC, RUN_ID, SHA256, UNIT_INTERVAL, WORD, number

SCRIPTS = ("Hans", "Hant", "mixed")
PRECISIONS = ("year", "month", "day", "minute", "second")

# What stands in an article, laid end to end, must walk from 0 to its end: kept spans as they are, edits by what they put in.
LAW_A_TILES = """
WITH pieces AS (
    SELECT article_id, article_start AS start, article_start + (stop - start) AS stop FROM kept
    UNION ALL
    SELECT article_id, article_start, article_start + length(after) FROM edits WHERE article_id IS NOT NULL
), steps AS (
    SELECT p.article_id, p.start, p.stop, lag(p.stop, 1, 0) OVER (PARTITION BY p.article_id ORDER BY p.start, p.stop) AS due
    FROM pieces AS p SEMI JOIN t USING (article_id)
), ends AS (
    SELECT t.article_id, coalesce(max(p.stop), 0) AS stop, any_value(t.char_count) AS due
    FROM t LEFT JOIN pieces AS p USING (article_id) GROUP BY t.article_id
)
SELECT article_id, start AS at, due FROM steps WHERE start <> due
UNION ALL
SELECT article_id, stop AS at, due FROM ends WHERE stop <> due
"""

LAW_A_NEWLINES = """
SELECT t.article_id, any_value(t.paragraph_count) AS paragraphs, count(e.article_id) AS newlines
FROM t LEFT JOIN (SELECT article_id FROM edits WHERE action = 'newline') AS e USING (article_id)
GROUP BY t.article_id HAVING count(e.article_id) <> greatest(any_value(t.paragraph_count) - 1, 0)
"""

_LAW = "Nothing was published. Run `taojin explain` on a document named here: a stage lost or doubled characters."


def _place(name: str, description: str) -> Column:
    return Column(name, TEXT, description, nullable=True, checks=(NotEmpty(severity="warning"), MaxLength(200)))


ARTICLES = Table(
    name="articles",
    grain="one article in a document",
    key=("article_id",),
    stage="enrich",
    note="split makes the row; enrich sets language, genre, topics, term_count, quality_score and residual_dirt.",
    references=(Reference(("doc_id",), "documents"),),
    columns=(
        ARTICLE_ID,
        OF_DOC,
        number("article_no", "Number of the article in its document, from 1."),
        Column("series_id", TEXT, "Hash that the continuation pages of one article share, from evidence inside each page.", nullable=True),
        _place("title", "Title as printed."),
        _place("subtitle", "Subtitle as printed."),
        Column("abstract", TEXT, "Abstract or lead that the page sets apart.", nullable=True, checks=(NotEmpty(severity="warning"),)),
        _place("author", "Author as printed."),
        _place("author_role", "Office or role of the author, as printed."),
        _place("source", "Medium from which the page says it took the article."),
        Column("site", TEXT, "Site that carries the article, where the page proves it.", nullable=True,
               checks=(NotEmpty(severity="warning"),)),
        Column("editors", TEXTS, "Editors as printed.", nullable=True),
        Column("published_at", TIMESTAMP, "What the page prints: Chinese local time, no zone, nothing shifted.", nullable=True),
        Column("published_precision", TEXT, "How much of published_at the page prints; finer parts are zero.", nullable=True,
               checks=(OneOf(PRECISIONS),)),
        Column("url", TEXT, "Address of the article, where the page proves it.", nullable=True),
        number("page_no", "Page of a continued article.", nullable=True),
        number("page_count", "Pages of a continued article.", nullable=True),
        number("part_no", "Part of a collection (a page that strings several texts together), from 1.", nullable=True),
        Column("script", TEXT, "Script as published: Simplified, Traditional or both; NULL where no character decides.", nullable=True,
               checks=(OneOf(SCRIPTS),)),
        Column("language", TEXT, "BCP 47 language tag; NULL where the text is too short to tell.", nullable=True,
               checks=(Matches("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", severity="warning"),)),
        Column("genre", TEXT, "Kind of text (speech, news, report …); NULL where no rule decides.", nullable=True, checks=(WORD,)),
        Column("topics", TEXTS, "Subjects, most certain first.", nullable=True),
        Column("truncated", FLAG, "The page breaks off before the article ends."),
        Column("text", TEXT, "Clean text, script as published, paragraphs separated by one \\n, no \\n at its end."),
        Column("text_hans", TEXT, "text with its Traditional lines in Simplified, one character for one: offsets agree."),
        number("char_count", "Length of text.", at_least=0, unit="code points"),
        number("paragraph_count", "Paragraphs of text; 0 for an empty text.", at_least=0),
        number("term_count", "Words of the article, the sum of terms.tf.", at_least=0),
        Column("quality_score", REAL, "Mean of seven parts, each 0 to 1: script (share of Han, letters, digits, punctuation), prose (share "
               "in paragraphs that end as sentences do), variety (share in paragraphs that repeat no earlier one), cleanness (1 - 200 times "
               "residual_dirt by characters), completeness (0.5 where truncated), soundness (1 - 200 times flags of lost or unsure "
               "characters by characters), body (share of the page that stands in articles; half is 1). No article is dropped by it.",
               checks=(UNIT_INTERVAL,)),
        number("residual_dirt", "Signs of dirt that cleaning left in the text.", at_least=0),
        Column("text_sha256", TEXT, "SHA-256 of text in UTF-8.", checks=(SHA256,)),
        RUN_ID,
    ),
    row_checks=(
        RowCheck("char_count-is-length", "char_count = length(text)", "char_count is the length of text.", column="char_count"),
        RowCheck("text_hans-same-length", "length(text_hans) = char_count", "text_hans is as long as text, so offsets serve both.",
                 column="text_hans"),
        RowCheck("paragraph_count-is-paragraphs",
                 "paragraph_count = CASE WHEN text = '' THEN 0 ELSE length(text) - length(replace(text, chr(10), '')) + 1 END",
                 "paragraph_count is the number of paragraphs of text.", column="paragraph_count"),
        RowCheck("text-paragraphs", "NOT contains(chr(10) || text || chr(10), chr(10) || chr(10)) OR text = ''",
                 "Paragraphs are separated by one \\n; none is empty, at the edges or between.", column="text"),
        RowCheck("published-precision", "(published_at IS NULL) = (published_precision IS NULL)",
                 "A date and its precision are known together or not at all.", column="published_precision"),
        RowCheck("published_at-plausible", "year(published_at) BETWEEN 1900 AND 2100", "published_at lies between 1900 and 2100.",
                 severity="warning", column="published_at", next_step=READ_IT),
        RowCheck("page_no-in-count", "page_no <= page_count", "A page is not beyond the last one.", severity="warning", column="page_no",
                 next_step=READ_IT),
        RowCheck("title-known", "title IS NOT NULL", "The article has a title.", severity="info", column="title", next_step=READ_IT),
        RowCheck("text-length", "char_count >= 50", "The article has at least 50 characters.", severity="info", column="char_count",
                 next_step=READ_IT),
        RowCheck("text-readable", "NOT contains(text, chr(65533))", "No character is U+FFFD, the sign of bytes that no encoding explains.",
                 severity="warning", column="text", next_step="See `flags` for the places; the bytes are kept: `taojin restore`."),
        RowCheck("quality_score-good", "quality_score >= 0.5", "The text looks like written Chinese.", severity="warning",
                 column="quality_score", next_step=READ_IT),
        RowCheck("residual_dirt-low", "residual_dirt * 500 <= char_count OR residual_dirt <= 1",
                 "At most one sign of dirt is left in 500 characters.", severity="warning", column="residual_dirt", next_step=READ_IT),
    ),
    table_checks=(
        TableCheck("law-a-tiles", LAW_A_TILES,
                   "Kept spans and what edits put in, placed by article_start, fill each article exactly (law A).",
                   columns=("article_id",), needs=("kept", "edits"), next_step=_LAW),
        TableCheck("law-a-newlines", LAW_A_NEWLINES, "Between two paragraphs stands exactly one edit with action newline (law A).",
                   columns=("article_id",), needs=("edits",), next_step=_LAW),
    ),
    history_checks=(
        HistoryCheck("articles-quality", "SELECT coalesce(site, '') AS dimension, avg(quality_score)::DOUBLE AS value, "
                     "count(*) AS evaluated FROM t GROUP BY 1",
                     "Mean quality of articles, by site.", dimension="site", column="quality_score"),
        HistoryCheck("articles-dirt", "SELECT coalesce(site, '') AS dimension, sum(residual_dirt) * 1000.0 / greatest(sum(char_count), 1) "
                     "AS value, count(*) AS evaluated FROM t GROUP BY 1",
                     "Signs of dirt left in 1000 characters, by site.", dimension="site", column="residual_dirt"),
        HistoryCheck("articles-length", "SELECT coalesce(site, '') AS dimension, median(char_count)::DOUBLE AS value, "
                     "count(*) AS evaluated FROM t GROUP BY 1",
                     "Median length of an article, by site.", dimension="site", column="char_count"),
        HistoryCheck("articles-titled", "SELECT coalesce(site, '') AS dimension, avg(CASE WHEN title IS NULL THEN 0.0 ELSE 1.0 END) "
                     "AS value, count(*) AS evaluated FROM t GROUP BY 1",
                     "Share of articles with a title, by site.", dimension="site", column="title"),
    ),
)
