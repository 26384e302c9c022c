"""Enrichment against gold and on statutes. Figures are printed (pytest -s); floors are what was reached, rounded down."""

from __future__ import annotations

import pytest

from tasks.enrich.judgement import count_dirt
from tasks.enrich.stage import TABLES_MADE, enrich
from tasks.enrich.words import tagger
from tests.tasks.enrich.test_stage import check_laws

MEASUREMENTS = frozenset(("money", "count", "ratio", "rate", "delta", "duration", "forecast", "target", "proposal", "measure",
        "money_masked", "masked"))
NAMES = frozenset(("phrase_count", "ordinal", "anniversary", "date"))


def spans_of(made: dict, name: str, article_id: str, kinds: frozenset[str] | None = None) -> set[tuple[int, int]]:
    return {
        (row["start"], row["stop"]) for row in made[name].to_pylist()
        if row["article_id"] == article_id and (kinds is None or row["kind"] in kinds)
    }


@pytest.fixture(scope="module")
def seeds(gold, articles_of):
    made = enrich(articles_of(*(entry["text"] for entry in gold.values())))
    return list(zip(made["articles"]["article_id"].to_pylist(), gold.values(), strict=True)), made


def shares(name: str, hit: int, found: int, wanted: int) -> tuple[float, float]:
    precision, recall = hit / max(1, found), hit / max(1, wanted)
    print(f"\n{name}: precision {precision:.3f} ({hit}/{found}), recall {recall:.3f} ({hit}/{wanted})")
    return precision, recall


@pytest.mark.parametrize(("group", "kinds", "least_precision", "least_recall"), [
    ("measurements", MEASUREMENTS, 1.0, 1.0), ("names with numbers, dates, ordinals", NAMES, 0.95, 0.95),
])
def test_facts_of_the_seeds(seeds, group, kinds, least_precision, least_recall):
    """Spans of value_text. Left out: articles whose gold lists no facts at all, and enumerations without a numeral."""
    entries, made = seeds
    hit = found = wanted = 0
    for article_id, entry in entries:
        if not entry["facts"]:
            continue
        gold_all = {(row["value_start"], row["value_end"]) for row in entry["facts"]}
        gold_kind = {(row["value_start"], row["value_end"]) for row in entry["facts"] if row["kind"] in kinds}
        ours = spans_of(made, "facts", article_id, kinds)
        all_ours = spans_of(made, "facts", article_id)
        hit += len(gold_kind & all_ours)
        wanted += len(gold_kind)
        found += len(gold_kind & all_ours) + len(ours - gold_all)
    precision, recall = shares(f"facts, {group}", hit, found, wanted)
    assert precision >= least_precision and recall >= least_recall


def test_values_of_the_seeds(seeds):
    entries, made = seeds
    right = total = kinds = 0
    rows = {(row["article_id"], row["start"], row["stop"]): row for row in made["facts"].to_pylist()}
    for article_id, entry in entries:
        for fact in entry["facts"]:
            row = rows.get((article_id, fact["value_start"], fact["value_end"]))
            if row is None or isinstance(fact["value"], list):
                continue
            total += 1
            kinds += row["kind"] == fact["kind"]
            right += (row["value"], row["normalized_value"], row["normalized_unit"], row["op"]) == (
                fact["value"], fact["normalized_value"], fact["normalized_unit"], fact["op"])
    print(f"\nvalue, normalised value and unit, operator exact: {right}/{total}; kind: {kinds}/{total}")
    assert right / total >= 0.97 and kinds / total >= 0.93


def test_statutes_pass_whole_and_twice_the_same(laws, articles_of):
    articles = articles_of(*laws)
    made, again = enrich(articles), enrich(articles)
    check_laws(articles, made)
    assert all(made[name].equals(again[name]) for name in (*TABLES_MADE, "articles", "flags"))
    print({name: table.num_rows for name, table in made.items()})


def test_statutes_are_clean_and_good(laws, articles_of):
    assert count_dirt(laws) == [0] * len(laws)
    assert min(enrich(articles_of(*laws))["articles"]["quality_score"].to_pylist()) > 0.8


def test_dirt_is_counted():
    assert count_dirt(["当前位置：首页\n忠誠(chéng)的\ufffd人", "附件（一）见 km（公里）", "责任编辑：某某"]) == [3, 0, 1]


def test_a_tag_is_a_function_of_the_word(laws):
    """What `words` relies on to tag distinct words only."""
    tags: dict[str, str] = {}
    for text in laws:
        for word, tag in tagger("rjieba")(text):
            assert tags.setdefault(word, tag) == tag
