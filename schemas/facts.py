"""facts: statements of a number with a unit, read as a value where the text allows; a masked number stays masked."""

from __future__ import annotations

from schemas.contract import DATE, READ_IT, REAL, TEXT, Column, MaxLength, NotEmpty, OneOf, Reference, RowCheck, Table, quoted
from schemas.shared import OF_ARTICLE, RUN_ID, SPAN, WORD, number, numbered, plausible, stands_there, start, stop, within_article

# Units whose worth nobody disputes, in their common unit; of a rate or a rarer unit the rules alone know.
_WORTH = {"元": "1", "万元": "1e4", "亿元": "1e8", "%": "0.01", "％": "0.01", "‰": "0.001", "人": "1", "户": "1", "米": "1", "公里": "1e3",
          "平方米": "1", "公顷": "1e4", "公斤": "1", "吨": "1e3", "倍": "1", "小时": "1", "天": "1"}  # fmt: skip
_FACTORS = " ".join(f"WHEN {quoted(unit)} THEN {worth}" for unit, worth in _WORTH.items())
OPERATORS = ("=", ">", ">=", "<", "<=", "~")

FACTS = Table(
    name="facts",
    grain="one number-with-unit statement",
    key=("article_id", "fact_no"),
    stage="enrich",
    references=(Reference(("article_id",), "articles"), Reference(("article_id", "sentence_no"), "sentences")),
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
        RowCheck("normalized-finite", "isfinite(normalized_value) AND coalesce(isfinite(value_low), TRUE) AND "
                 "coalesce(isfinite(value_high), TRUE)", "Normalised values and ranges are finite numbers.", severity="warning",
                 column="normalized_value", next_step=READ_IT),
        RowCheck("normalized-by-unit",
                 f"abs(normalized_value - value * CASE unit {_FACTORS} END) <= 1e-9 * greatest(1, abs(normalized_value))",
                 "The normalised value is the value times what its unit is worth.", severity="warning", column="normalized_value",
                 next_step=READ_IT),
        RowCheck("masked-stays", "kind <> 'masked' OR value IS NULL", "A masked number has no value.", severity="warning", column="value",
                 next_step=READ_IT),
        plausible("period_start", "period_end"),
        within_article(),
    ),
    table_checks=(stands_there("value_text"), numbered("article_id", "fact_no")),
)
