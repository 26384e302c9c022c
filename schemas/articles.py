"""articles: what a reader would call an article, clean, with what its page says about it."""

from __future__ import annotations

from schemas.contract import (
    COUNT_OF_NONE,
    FLAG,
    READ_IT,
    REAL,
    SHARE_OF_NONE,
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
from schemas.shared import (
    ARTICLE_ID,
    OF_DOC,
    RUN_ID,
    SHA256,
    UNIT_INTERVAL,
    WORD,
    hashed,
    no_empty_item,
    number,
    numbered,
    one_line,
    plausible,
)

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

LAW_A_TILES_PROOF = """
SELECT bool_and(t.char_count IS NOT NULL AND coalesce(p.forward, TRUE)
AND coalesce(p.starts - p.stops, 0) = hash(0::BIGINT)::HUGEINT - hash(t.char_count::BIGINT)::HUGEINT)
FROM t LEFT JOIN (
    SELECT article_id, bool_and(coalesce(start < stop, FALSE)) AS forward,
        sum(hash(start::BIGINT)::HUGEINT) AS starts, sum(hash(stop::BIGINT)::HUGEINT) AS stops
    FROM (SELECT article_id, article_start AS start, article_start + (stop - start) AS stop FROM kept UNION ALL
        SELECT article_id, article_start, article_start + length(after) FROM edits WHERE article_id IS NOT NULL) GROUP BY article_id
) AS p USING (article_id)
"""

LAW_A_NEWLINES = """
SELECT t.article_id, any_value(t.paragraph_count) AS paragraphs, count(e.article_id) AS newlines
FROM t LEFT JOIN (SELECT article_id FROM edits WHERE action = 'newline') AS e USING (article_id)
GROUP BY t.article_id HAVING count(e.article_id) <> greatest(any_value(t.paragraph_count) - 1, 0)
"""

TERM_COUNTS = """
SELECT t.article_id, t.term_count, coalesce(w.words, 0) AS words
FROM t LEFT JOIN (SELECT article_id, sum(tf) AS words FROM terms GROUP BY article_id) AS w USING (article_id)
WHERE t.term_count <> coalesce(w.words, 0)
"""

# What no Chinese text needs: C0 and C1 controls but for tab and newline, private use, U+FFFD. Texts are taken apart only where one stands.
_ODD = r"[\x{0}-\x{8}\x{B}-\x{1F}\x{7F}-\x{9F}\x{E000}-\x{F8FF}\x{FFFD}\x{F0000}-\x{10FFFF}]"
UNFLAGGED = f"""
WITH odd AS (SELECT article_id, string_split(text, '') AS characters FROM t WHERE regexp_matches(text, '{_ODD}')),
places AS (SELECT article_id, unnest(characters) AS character, generate_subscripts(characters, 1) - 1 AS at FROM odd)
SELECT p.article_id, p.at, printf('U+%04X', unicode(p.character)) AS code
FROM places AS p WHERE regexp_matches(p.character, '{_ODD}')
AND NOT EXISTS (SELECT 1 FROM flags AS f WHERE f.article_id = p.article_id AND f.article_start <= p.at AND p.at < f.article_stop)
"""

_ROUNDED = " ".join(f"WHEN '{p}' THEN date_trunc('{p}', published_at)" for p in PRECISIONS)

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
        Column("series_id", TEXT, "Hash that the continuation pages of one article share, from evidence inside each page.", nullable=True,
               checks=(NotEmpty(severity="warning"),)),
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
        Column("url", TEXT, "Address of the article, where the page proves it.", nullable=True,
               checks=(Matches("[a-z]+:[^ \n\t]+", severity="warning", next_step=READ_IT),)),
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
        Column("quality_score", REAL,
               "Mean of seven parts, each 0 to 1: script (share of Han, letters, digits, punctuation), prose (share in "
               "paragraphs that end as sentences do), variety (share in paragraphs that repeat no earlier one), cleanness (1 - "
               "200 times residual_dirt by characters), completeness (0.5 where truncated), soundness (1 - 200 times flags of "
               "lost or unsure characters by characters), body (share of the page that stands in articles; half is 1). No "
               "article is dropped by it.",
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
                 "paragraph_count = CASE WHEN text = '' THEN 0 ELSE strlen(text) - strlen(replace(text, chr(10), '')) + 1 END",
                 "paragraph_count is the number of paragraphs of text.", column="paragraph_count"),
        RowCheck("text-paragraphs", "NOT (contains(text, chr(10) || chr(10)) OR starts_with(text, chr(10)) OR ends_with(text, chr(10)))",
                 "Paragraphs are separated by one \\n; none is empty, at the edges or between.", column="text"),
        RowCheck("published-precision", "(published_at IS NULL) = (published_precision IS NULL)",
                 "A date and its precision are known together or not at all.", column="published_precision"),
        RowCheck("published-rounded", f"published_at = CASE published_precision {_ROUNDED} ELSE published_at END",
                 "What is finer than the precision of published_at is zero.", severity="warning", column="published_at"),
        plausible("published_at", since=1900, until=2100),
        RowCheck("published_at-past", "published_at <= CAST(now() AS TIMESTAMP) + INTERVAL 2 DAY",
                 "No article is dated later than now: two days are left to time zones and clocks.", severity="warning",
                 column="published_at", next_step=READ_IT),
        hashed("article_id", "doc_id", "article_no"),
        one_line("title"),
        one_line("author"),
        one_line("source"),
        no_empty_item("editors"),
        no_empty_item("topics"),
        RowCheck("page_no-in-count", "page_no <= page_count", "A page is not beyond the last one.", severity="warning", column="page_no",
                 next_step=READ_IT),
        RowCheck("title-known", "title IS NOT NULL", "The article has a title.", severity="info", column="title", next_step=READ_IT),
        RowCheck("text-length", "char_count >= 50", "The article has at least 50 characters.", severity="info", column="char_count",
                 next_step=READ_IT),
        RowCheck("quality_score-good", "quality_score >= 0.5", "The text looks like written Chinese.", severity="warning",
                 column="quality_score", next_step=READ_IT),
        RowCheck("residual_dirt-none", "residual_dirt = 0", "No sign of dirt is left in the text.", severity="warning",
                 column="residual_dirt", next_step=READ_IT),
    ),
    table_checks=(
        numbered("doc_id", "article_no"),
        TableCheck("law-a-tiles", LAW_A_TILES,
                   "Kept spans and what edits put in, placed by article_start, fill each article exactly (law A).",
                   columns=("article_id",), needs=("kept", "edits"), next_step=_LAW, proof=LAW_A_TILES_PROOF),
        TableCheck("law-a-newlines", LAW_A_NEWLINES, "Between two paragraphs stands exactly one edit with action newline (law A).",
                   columns=("article_id",), needs=("edits",), next_step=_LAW),
        TableCheck("term_count-is-terms", TERM_COUNTS, "term_count is the sum of terms.tf.", columns=("article_id",), needs=("terms",)),
        TableCheck("characters-flagged", UNFLAGGED, "A control, private-use or replacement character in clean text has its flag.",
                   severity="warning", columns=("article_id",), needs=("flags",),
                   next_step="Run `taojin explain` on the document: the character is dirt that no rule cuts, or its flag is missing."),
    ),
    history_checks=(
        HistoryCheck("articles-count", "SELECT coalesce(site, '') AS dimension, count(*)::DOUBLE AS value, count(*) AS evaluated FROM t "
                     "GROUP BY 1", "New articles of a run, by site.", dimension="site", absent=COUNT_OF_NONE, arrivals=True),
        HistoryCheck("articles-age", "SELECT coalesce(site, '') AS dimension, greatest(date_diff('hour', max(published_at), "
                     "CAST(getvariable('checked_at') AS TIMESTAMP)), 0)::DOUBLE AS value, count(published_at) AS evaluated "
                     "FROM t GROUP BY 1 HAVING count(published_at) > 0",
                     "Hours since the newest article of a site was published: a stale feed brings old ones.", dimension="site",
                     column="published_at", only_above=True,
                     next_step="Look whether the feed of the site still brings new articles."),
        HistoryCheck("articles-language", "SELECT coalesce(language, '') AS dimension, count(*)::DOUBLE / sum(count(*)) OVER () AS value, "
                     "count(*) AS evaluated FROM t GROUP BY 1",
                     "Share of articles by language.", dimension="language", column="language", absent=SHARE_OF_NONE),
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
