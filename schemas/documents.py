"""documents: the decoded characters of one record, never changed afterwards. Everything else points into them."""

from __future__ import annotations

from schemas.contract import (
    COUNT_OF_NONE,
    TEXT,
    TIMESTAMP,
    Column,
    HistoryCheck,
    Reference,
    RowCheck,
    Table,
    TableCheck,
)
from schemas.shared import DOC_ID, OF_FILE, RUN_ID, SHA256, hashed, number, plausible

# Kept spans and edits, laid end to end, must walk from 0 to the document's end without a gap and without an overlap.
LAW_A = """
WITH spans AS (
    SELECT doc_id, start, stop FROM kept UNION ALL SELECT doc_id, start, stop FROM edits
), steps AS (
    SELECT s.doc_id, s.start, s.stop, lag(s.stop, 1, 0) OVER (PARTITION BY s.doc_id ORDER BY s.start, s.stop) AS due
    FROM spans AS s SEMI JOIN t USING (doc_id)
), ends AS (
    SELECT t.doc_id, coalesce(max(s.stop), 0) AS stop, any_value(t.char_count) AS due
    FROM t LEFT JOIN spans AS s USING (doc_id) GROUP BY t.doc_id
)
SELECT doc_id, start AS at, due FROM steps WHERE start <> due
UNION ALL
SELECT doc_id, stop AS at, due FROM ends WHERE stop <> due
"""

# The same without sorting: the starts of all spans are 0 and every stop but the last. Sums of hashes stand for sets of numbers.
LAW_A_PROOF = """
SELECT bool_and(t.char_count IS NOT NULL AND coalesce(s.forward, TRUE)
AND coalesce(s.starts - s.stops, 0) = hash(0::BIGINT)::HUGEINT - hash(t.char_count::BIGINT)::HUGEINT)
FROM t LEFT JOIN (
    SELECT doc_id, bool_and(coalesce(start < stop, FALSE)) AS forward,
        sum(hash(start::BIGINT)::HUGEINT) AS starts, sum(hash(stop::BIGINT)::HUGEINT) AS stops
    FROM (SELECT doc_id, start, stop FROM kept UNION ALL SELECT doc_id, start, stop FROM edits) GROUP BY doc_id
) AS s USING (doc_id)
"""

# The stretches of a document, laid end to end, must do the same over its characters and over its bytes.
LAW_B = """
WITH steps AS (
    SELECT s.doc_id, s.start, s.byte_start, lag(s.stop, 1, 0) OVER w AS due, lag(s.byte_stop, 1, 0) OVER w AS byte_due
    FROM decodings AS s SEMI JOIN t USING (doc_id) WINDOW w AS (PARTITION BY s.doc_id ORDER BY s.start, s.stop)
), ends AS (
    SELECT t.doc_id, coalesce(max(s.stop), 0) AS stop, any_value(t.char_count) AS due
    FROM t LEFT JOIN decodings AS s USING (doc_id) GROUP BY t.doc_id
)
SELECT doc_id, start AS at, due FROM steps WHERE start <> due OR byte_start <> byte_due
UNION ALL
SELECT doc_id, stop AS at, due FROM ends WHERE stop <> due
"""

LOST_INPUT = "Look whether the feed still delivers; then compare the run with the one before it: `taojin diff`."

DOCUMENTS = Table(
    name="documents",
    grain="one record in a seed file (a plain file has one; containers many), decoded",
    key=("doc_id",),
    stage="decode",
    references=(Reference(("file_id",), "seed_files"),),
    columns=(
        DOC_ID,
        OF_FILE,
        number("record_no", "Number of the record in its file, from 1."),
        Column("container_path", TEXT, "Member of the container that holds the record; NULL for a plain file.", nullable=True),
        Column("url", TEXT, "Address of the page, where the record states it.", nullable=True),
        Column("fetched_at", TIMESTAMP, "When the page was fetched, where the record states it (UTC).", nullable=True),
        Column("declared_charset", TEXT, "Encoding that the record claims; a claim, not a fact.", nullable=True),
        Column("record_meta", TEXT, "Every other field of the record.", nullable=True, json=True),
        Column("text", TEXT, "The decoded characters: line ends are \\n, nothing else changed, never normalised."),
        Column("rendering", TEXT, "Name and version of the rendering that made text from markup; NULL where text is the record's own.",
               nullable=True),
        number("char_count", "Length of text.", at_least=0, unit="code points"),
        number("line_count", "Lines of text: line ends plus one; 0 for an empty text.", at_least=0),
        Column("site", TEXT, "Registered domain of the page, where the record or the text proves it.", nullable=True),
        Column("text_sha256", TEXT, "SHA-256 of text in UTF-8.", checks=(SHA256,)),
        RUN_ID,
    ),
    row_checks=(
        RowCheck("char_count-is-length", "char_count = length(text)", "char_count is the length of text.", column="char_count"),
        RowCheck("line_count-is-lines",
                 "line_count = CASE WHEN text = '' THEN 0 ELSE strlen(text) - strlen(replace(text, chr(10), '')) + 1 END",
                 "line_count is the number of lines of text.", column="line_count"),
        hashed("doc_id", "file_id", "record_no"),
        plausible("fetched_at", since=1990, until=2100),
        RowCheck("text-line-ends", "NOT contains(text, chr(13))", "Line ends are \\n alone.", column="text"),
        RowCheck("text-decoded",
                 "CASE WHEN contains(text, chr(65533)) AND length(text) >= 50 "
                 "THEN (length(text) - length(replace(text, chr(65533), ''))) * 20 <= length(text) ELSE TRUE END",
                 "At most one character in twenty is U+FFFD, the sign of bytes that no encoding explains.", severity="warning",
                 column="text",
                 next_step="Run `taojin explain` on the document; where the page states its encoding elsewhere, report it."),
    ),
    table_checks=(
        TableCheck("law-a-cover", LAW_A, "kept and edits cover every character of each document exactly once (law A).",
                   columns=("doc_id",), needs=("kept", "edits"),
                   next_step="Nothing was published. Run `taojin explain` on a document named here: a stage lost or doubled characters.",
                   proof=LAW_A_PROOF),
        TableCheck("law-b-cover", LAW_B, "decodings cover every character and every byte of each document exactly once (law B).",
                   columns=("doc_id",), needs=("decodings",),
                   next_step="Nothing was published. The bytes of a document named here could not be made again: report its decoding."),
    ),
    history_checks=(
        HistoryCheck("documents-count", "SELECT '' AS dimension, count(*)::DOUBLE AS value, count(*) AS evaluated FROM t",
                     "New documents of a run.", next_step=LOST_INPUT, arrivals=True),
        HistoryCheck("documents-count-by-site", "SELECT site AS dimension, count(*)::DOUBLE AS value, count(*) AS evaluated FROM t "
                     "WHERE site IS NOT NULL GROUP BY 1", "New documents of a run, by site.", dimension="site", column="site",
                     absent=COUNT_OF_NONE, next_step=LOST_INPUT, arrivals=True),
        HistoryCheck("documents-removed", "SELECT coalesce(t.site, '') AS dimension, 1 - coalesce(sum(k.kept), 0)::DOUBLE / "
                     "greatest(sum(t.char_count), 1) AS value, count(*) AS evaluated FROM t LEFT JOIN (SELECT doc_id, sum(stop - start) "
                     "AS kept FROM kept GROUP BY doc_id) AS k USING (doc_id) GROUP BY 1",
                     "Share of characters that stand in no article, by site.", dimension="site", column="char_count", needs=("kept",)),
        HistoryCheck("documents-bare", "SELECT coalesce(site, '') AS dimension, avg(CASE WHEN EXISTS (SELECT 1 FROM articles AS a WHERE "
                     "a.doc_id = t.doc_id) THEN 0.0 ELSE 1.0 END) AS value, count(*) AS evaluated FROM t GROUP BY 1",
                     "Share of documents without an article, by site.", dimension="site", needs=("articles",)),
        HistoryCheck("documents-length", "SELECT coalesce(site, '') AS dimension, median(char_count)::DOUBLE AS value, "
                     "count(*) AS evaluated FROM t GROUP BY 1",
                     "Median length of a document, by site.", dimension="site", column="char_count"),
        HistoryCheck("documents-undecoded", "SELECT '' AS dimension, avg(CASE WHEN contains(text, chr(65533)) THEN 1.0 ELSE 0.0 END) "
                     "AS value, count(*) AS evaluated FROM t",
                     "Share of documents with a character that no encoding explains.", column="text"),
    ),
)
