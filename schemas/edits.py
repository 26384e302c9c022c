"""edits: every span of a document that does not stand in an article as it is, with the rule that decided so."""

from __future__ import annotations

from schemas.contract import (
    INFO,
    OFFSET,
    TEXT,
    Between,
    Column,
    HistoryCheck,
    Matches,
    OneOf,
    Reference,
    RowCheck,
    Table,
)
from schemas.shared import OF_DOC, OF_ITS_DOCUMENT, RUN_ID, SPAN, WORD, confidence, number, start, stop, within_document

ACTIONS = ("cut", "replace", "meta", "newline")

RULE_ID = Column("rule_id", TEXT, "Rule that decided; see rules.", checks=(Matches("[a-z0-9]+([_.-][a-z0-9]+)*", severity="warning"),))
RULE_VERSION = number("rule_version", "Version of the rule.")

EDITS = Table(
    name="edits",
    grain="one span of a document that does not stand in an article as it is",
    key=("doc_id", "start", "stop"),
    stage="split",
    references=(Reference(("doc_id",), "documents"), OF_ITS_DOCUMENT, Reference(("rule_id", "rule_version"), "rules")),
    columns=(
        OF_DOC,
        start("documents.text"),
        stop("documents.text"),
        Column("article_id", TEXT, "Article that `after` enters; NULL where nothing enters one.", nullable=True),
        Column("article_start", OFFSET, "Where `after` begins in articles.text.", unit="code points", nullable=True, checks=(Between(0),)),
        Column("action", TEXT, "cut: leaves; replace: damage repaired; meta: became metadata; newline: the break between two paragraphs.",
               checks=(OneOf(ACTIONS, severity="critical"),)),
        Column("label", TEXT, "Class of dirt (nav, breadcrumb, pinyin_annotation, mojibake, watermark, related_link …); for meta the "
               "field.", checks=(WORD,)),
        RULE_ID,
        RULE_VERSION,
        Column("before", TEXT, "The characters of the span."),
        Column("after", TEXT, "What enters the article's text: the replacement or \\n; else ''."),
        Column("repaired_text", TEXT, "What a cut, damaged span said, where it can be told.", nullable=True),
        confidence("the rule"),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("before-is-span", "length(before) = stop - start", "before has the length of the span.", column="before"),
        RowCheck("after-has-place", "(after = '') = (article_id IS NULL) AND (article_id IS NULL) = (article_start IS NULL)",
                 "What enters an article has a place in it; what does not has none.", column="after"),
        RowCheck("after-fits-action",
                 "CASE action WHEN 'newline' THEN after = chr(10) WHEN 'replace' THEN after NOT IN ('', before) ELSE after = '' END",
                 "A cut and a metadata value leave nothing, a newline leaves \\n, a replacement something else than it found.",
                 column="after"),
        within_document(),
    ),
    history_checks=(
        HistoryCheck("edits-by-rule", "SELECT rule_id AS dimension, sum(stop - start) * 1000.0 / (SELECT greatest(sum(char_count), 1) "
                     "FROM documents) AS value, count(*) AS evaluated FROM t WHERE action <> 'newline' GROUP BY 1",
                     "Characters that a rule takes out of 1000.", dimension="rule_id", severity=INFO, column="rule_id",
                     needs=("documents",)),
    ),
)
