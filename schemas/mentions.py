"""mentions: persons, organisations, places, documents, events and offices that an article names."""

from __future__ import annotations

from pathlib import Path

from schemas.contract import READ_IT, TEXT, Column, Matches, NotEmpty, OneOf, Reference, RowCheck, Table, quoted
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, stands_there, start, stop, within_article

# The codes of tasks/enrich/divisions.tsv, given up ones too (a test compares them); one string, because a list of 3,700 is slow in SQL.
CODES = " ".join((Path(__file__).parent / "divisions.txt").read_text("ascii").split())
KINDS = ("person", "org", "place", "document", "event", "office")

MENTIONS = Table(
    name="mentions",
    grain="one mention of a person, organisation, place, document, event",
    key=("article_id", "start", "stop"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        start(),
        stop(),
        Column("kind", TEXT, "What is named.", checks=(OneOf(KINDS),)),
        Column("surface", TEXT, "The name as it stands in articles.text.", checks=(NotEmpty(),)),
        Column("norm", TEXT, "The name in full and Simplified, where it can be told.", nullable=True),
        Column("code", TEXT, "Administrative division code (GB/T 2260) of a place.", nullable=True,
               checks=(Matches("[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?", severity="warning"),)),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("surface-is-span", "length(surface) = stop - start", "surface has the length of the span.", column="surface"),
        RowCheck("code-exists", f"contains({quoted(f' {CODES} ')}, ' ' || left(code, 6) || ' ')",
                 "A code names a division of 2002 or later (GB/T 2260).", severity="warning", column="code", next_step=READ_IT),
        RowCheck("code-of-place", "code IS NULL OR kind = 'place'", "Only places have a code.", severity="warning", column="code"),
        RowCheck("surface-one-line", "NOT contains(surface, chr(10))", "A name stands in one paragraph.", severity="warning",
                 column="surface", next_step=READ_IT),
        within_article(),
    ),
    table_checks=(stands_there("surface"),),
)
