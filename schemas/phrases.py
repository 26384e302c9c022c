"""phrases: quoted phrases, and numeric abbreviations (一府两院) with what they stand for where the text says so."""

from __future__ import annotations

from schemas.contract import TEXT, Column, NotEmpty, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, stands_there, start, stop, within_article

PHRASES = Table(
    name="phrases",
    grain="one quoted or numeric-abbreviation phrase",
    key=("article_id", "start", "stop", "kind"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        start(),
        stop(),
        Column("kind", TEXT, "quoted: between quotation marks; numeric: an abbreviation that counts its parts.",
               checks=(OneOf(("quoted", "numeric")),)),
        Column("surface", TEXT, "The phrase as it stands in articles.text.", checks=(NotEmpty(),)),
        Column("expansion", TEXT, "What an abbreviation stands for, where the article says so.", nullable=True,
               checks=(NotEmpty(severity="warning"),)),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("surface-is-span", "length(surface) = stop - start", "surface has the length of the span.", column="surface"),
        within_article(),
    ),
    table_checks=(stands_there("surface"),),
)
