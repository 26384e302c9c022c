"""private_data: private data in an article, shown masked."""

from __future__ import annotations

from schemas.contract import TEXT, Column, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, start, stop, within_article

PRIVATE_DATA = Table(
    name="private_data",
    grain="one private datum in an article",
    key=("article_id", "start", "stop", "kind"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        start(),
        stop(),
        Column("kind", TEXT, "What it is.", checks=(OneOf(("phone", "id_card", "bank_card", "email", "contact")),)),
        Column("masked", TEXT, "The datum with its middle hidden."),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("masked-hides", "contains(masked, '*')", "The datum is not written out.", column="masked"),
        within_article(),
    ),
)
