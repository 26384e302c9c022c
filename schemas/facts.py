"""facts: statements of a number with a unit, read as a value where the text allows; a masked number stays masked."""

from __future__ import annotations

from schemas.contract import DATE, READ_IT, REAL, TEXT, Column, MaxLength, NotEmpty, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, WORD, number, start, stop, within_article

OPERATORS = ("=", ">", ">=", "<", "<=", "~")

FACTS = Table(
    name="facts",
    grain="one number-with-unit statement",
    key=("article_id", "fact_no"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"),),
    columns=(
        OF_ARTICLE,
        number("fact_no", "Number of the fact in its article, in reading order, from 1."),
        number("sentence_no", "Sentence that states it.", nullable=True),
        Column("kind", TEXT, "Measurements: money, count, ratio (shares, multiples, points), rate (to one of another unit), delta (a "
               "change), duration, measure (length, area, weight, data …), age; target, forecast, proposal where the clause makes one of a "
               "measurement. Names with a number: ordinal, anniversary, phrase_count, date, idiom. masked where digits are hidden. The "
               "hand-made gold says money_masked for masked, and count for measure and age.", checks=(WORD,)),
        Column("subject", TEXT, "Who or what the clause speaks of, as printed; NULL where the sentence does not show it.", nullable=True,
               checks=(MaxLength(200),)),
        Column("measure", TEXT, "What is counted or measured, as printed.", nullable=True, checks=(MaxLength(200),)),
        Column("value_text", TEXT, "Number and unit as they stand in articles.text.", checks=(NotEmpty(),)),
        Column("value", REAL, "The number as printed, before normalisation; NULL where it is masked, vague (数十万) or a range.",
               nullable=True),
        Column("value_low", REAL, "Lower end of a range.", nullable=True),
        Column("value_high", REAL, "Upper end of a range.", nullable=True),
        Column("unit", TEXT, "Unit as printed, with its denominator for a rate (元/吨); NULL for 三分之二, 一半.", nullable=True,
               checks=(MaxLength(20),)),
        Column("normalized_value", REAL, "The number in normalized_unit.", nullable=True),
        Column("normalized_unit", TEXT, "Common unit: CNY, person, household, m2, ratio …", nullable=True),
        Column("op", TEXT, "Relation that the words around the number state.", checks=(OneOf(OPERATORS),)),
        Column("qualifier", TEXT, "Words that weaken or bound the number, as printed.", nullable=True),
        Column("period_text", TEXT, "Time that the statement speaks of, as printed.", nullable=True),
        Column("period_start", DATE, "First day of that time.", nullable=True),
        Column("period_end", DATE, "Last day of that time.", nullable=True),
        Column("place", TEXT, "Last place that the sentence names before the number, as printed.", nullable=True),
        start(what="First character of value_text"),
        stop(),
        RUN_ID,
    ),
    row_checks=(
        SPAN,
        RowCheck("value_text-is-span", "length(value_text) = stop - start", "value_text has the length of the span.", column="value_text"),
        RowCheck("range-order", "value_low <= value_high", "A range goes upwards.", severity="warning", column="value_low",
                 next_step=READ_IT),
        RowCheck("period-order", "period_start <= period_end", "A period does not end before it starts.", severity="warning",
                 column="period_start", next_step=READ_IT),
        RowCheck("normalized-whole", "normalized_value IS NULL OR normalized_unit IS NOT NULL", "A normalised value has its unit.",
                 severity="warning", column="normalized_unit", next_step=READ_IT),
        RowCheck("value-finite", "isfinite(value)", "A value is a finite number.", severity="warning", column="value", next_step=READ_IT),
        within_article(),
    ),
)
