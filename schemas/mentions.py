"""mentions: persons, organisations, places, documents, events and offices that an article names."""

from __future__ import annotations

from schemas.contract import TEXT, Column, Matches, NotEmpty, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, start, stop, within_article

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
        within_article(),
    ),
)
