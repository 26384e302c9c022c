"""vocabulary, corpus_stats, traditional_map: what search needs to know of the whole corpus; computed at publication."""

from __future__ import annotations

from schemas.contract import BYTES, INFO, REAL, TEXT, Between, Column, NotEmpty, RowCheck, Table

VOCABULARY = Table(
    name="vocabulary",
    grain="one term of the corpus",
    key=("term",),
    stage="publish",
    columns=(
        Column("term", TEXT, "The word, Simplified.", checks=(NotEmpty(),)),
        Column("df", BYTES, "Articles that use it.", unit="articles", checks=(Between(1),)),
        Column("cf", BYTES, "Times that they use it.", checks=(Between(1),)),
    ),
    row_checks=(RowCheck("cf-at-least-df", "cf >= df", "An article that uses a word uses it at least once.", column="cf"),),
)

# The names that macros and views rely on; others may join them.
STATISTICS = ("articles", "characters", "terms", "mean_terms")

CORPUS_STATS = Table(
    name="corpus_stats",
    grain="one total of the corpus",
    key=("name",),
    stage="publish",
    note="articles: number of articles; characters: sum of char_count; terms: sum of tf; mean_terms: terms by articles, 0 when there "
    "are none.",
    columns=(
        Column("name", TEXT, f"Name of the total: {', '.join(STATISTICS)}.", checks=(NotEmpty(),)),
        Column("value", REAL, "Its value.", checks=(Between(0),)),
    ),
)

TRADITIONAL_MAP = Table(
    name="traditional_map",
    grain="one Traditional character with the Simplified one it becomes",
    key=("hant",),
    stage="publish",
    note="Every character that opencc's t2s changes on its own: search folds a query by it, as enrichment folds articles.text_hans.",
    columns=(
        Column("hant", TEXT, "The Traditional character."),
        Column("hans", TEXT, "The Simplified character."),
    ),
    row_checks=(
        RowCheck("one-to-one", "length(hant) = 1 AND length(hans) = 1", "One character becomes one, so offsets agree.", column="hans"),
        RowCheck("hans-differs", "hant <> hans", "A character that stays the same needs no row.", severity=INFO, column="hans"),
    ),
)
