"""mentions: persons, organisations, places, documents, events and offices that an article names."""

from __future__ import annotations

from schemas.contract import READ_IT, TEXT, Column, Matches, NotEmpty, OneOf, Reference, RowCheck, Table, quoted
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, start, stop, within_article

PROVINCES = (
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
    "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
)
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
        RowCheck("code-exists", f"left(code, 2) IN ({', '.join(map(quoted, PROVINCES))})",
                 "A code begins with the two digits of a province (GB/T 2260).", severity="warning", column="code", next_step=READ_IT),
        RowCheck("code-of-place", "code IS NULL OR kind = 'place'", "Only places have a code.", severity="warning", column="code"),
        RowCheck("surface-one-line", "NOT contains(surface, chr(10))", "A name stands in one paragraph.", severity="warning",
                 column="surface", next_step=READ_IT),
        within_article(),
    ),
)
