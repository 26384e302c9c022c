"""time_expressions: expressions of time, resolved to an interval where the text allows and never by a guess."""

from __future__ import annotations

from schemas.contract import FLAG, READ_IT, TEXT, TIMESTAMP, Column, NotEmpty, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, WORD, plausible, stands_there, start, stop, within_article

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
        Column("surface", TEXT, "The expression as it stands in articles.text, with words that open its interval (以来, 起, 前).",
               checks=(NotEmpty(),)),
        Column("interval_start", TIMESTAMP, "First instant of the interval, Chinese local time; NULL where open (2010年底前) or not told.",
               nullable=True),
        Column("interval_end", TIMESTAMP, "First instant after the interval; NULL where open (3月1日起) or not told.", nullable=True),
        Column("precision", TEXT, "Grain: century, decade, period (plans, eras), year, half_year, quarter, month, ten_days, week, day, "
               "part_of_day, hour, minute, second.", nullable=True, checks=(WORD,)),
        Column("relative", FLAG, "The expression needs an anchor (去年, 近日): the article's date or an earlier expression."),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("surface-is-span", "length(surface) = stop - start", "surface has the length of the span.", column="surface"),
        RowCheck("interval-order", "interval_start <= interval_end", "An interval does not end before it starts.", severity="warning",
                 column="interval_start", next_step=READ_IT),
        plausible("interval_start", "interval_end"),
        within_article(),
    ),
    table_checks=(stands_there("surface"),),
)
