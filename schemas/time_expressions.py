"""time_expressions: expressions of time, resolved to an interval where the text allows and never by a guess."""

from __future__ import annotations

from schemas.contract import FLAG, READ_IT, TEXT, TIMESTAMP, Column, NotEmpty, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, WORD, start, stop, within_article

TIME_EXPRESSIONS = Table(
    name="time_expressions",
    grain="one expression of time, resolved to an interval where the text allows",
    key=("article_id", "start", "stop"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        start(),
        stop(),
        Column("surface", TEXT, "The expression as it stands in articles.text.", checks=(NotEmpty(),)),
        Column("interval_start", TIMESTAMP, "First instant of the interval, Chinese local time.", nullable=True),
        Column("interval_end", TIMESTAMP, "First instant after the interval.", nullable=True),
        Column("precision", TEXT, "Grain of the expression: century, decade, year, quarter, month, day, minute …", nullable=True,
               checks=(WORD,)),
        Column("relative", FLAG, "The expression needs an anchor (去年, 近日): the article's date or an earlier expression."),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("surface-is-span", "length(surface) = stop - start", "surface has the length of the span.", column="surface"),
        RowCheck("interval-order", "interval_start <= interval_end", "An interval does not end before it starts.", severity="warning",
                 column="interval_start", next_step=READ_IT),
        within_article(),
    ),
)
