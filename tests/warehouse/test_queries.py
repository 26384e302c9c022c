"""Every example query runs, says why anybody would ask, and answers as by hand on rows that try it."""

from __future__ import annotations

from datetime import date, datetime
from math import log

import duckdb
import pytest

from flows.commands.examples import Example, ask, examples
from tasks.errors import UsageError
from tests.schemas.rows import insert, row
from tests.warehouse.conftest import FILES, build, install

A, B = FILES["a"], FILES["b"]
EXAMPLES = {e.name: e for e in examples()}
VALUES = {"words": "水渠", "word": "水渠", "article": A}


@pytest.fixture(scope="module")
def full() -> duckdb.DuckDBPyConnection:
    """Two dated articles of two sites with a row of each kind of finding."""
    con = build()
    said = {
        (A, 1, 0): ("河湾村修好了水渠。", "河湾村 修好 了 水渠 。", "ns v u n x"),
        (A, 2, 9): ("林工说，水渠长三里。", "河湾村 水渠 三里 。", "ns n m x"),
        (B, 1, 0): ("力争投入三万元，水渠增长10%。", "水渠 送水", "n v"),
    }
    insert(con, "sentences", *(
        row("sentences", article_id=name, sentence_no=no, start=at, stop=at + len(text), text=text, words=words.split(), tags=tags.split())
        for (name, no, at), (text, words, tags) in said.items()))
    money = dict(kind="money", measure="投入", value_low=None, value_high=None, start=0, stop=3, sentence_no=1, subject=None)
    insert(con, "facts",
           row("facts", article_id=A, fact_no=1, **money | {"period_start": date(2020, 1, 1), "normalized_value": 30000.0}),
           row("facts", article_id=A, fact_no=2, **money | {"period_start": date(2020, 6, 1), "normalized_value": 70000.0}),
           row("facts", article_id=B, fact_no=1, **money | {"period_start": None, "value_text": "三万元", "normalized_value": 5.0}),
           row("facts", article_id=B, fact_no=2, **money | {"kind": "masked", "value_text": "20xx0元", "normalized_value": None}),
           row("facts", article_id=B, fact_no=3, **money | {
               "kind": "rate", "measure": "收入", "value_text": "10%", "normalized_unit": "ratio", "normalized_value": 0.1}),
           row("facts", article_id=B, fact_no=4, **money | {"kind": "target", "value_text": "九万元"}))
    insert(con, "mentions",
           row("mentions", article_id=A, start=9, stop=11, kind="person", surface="林工", norm="林工", code=None),
           row("mentions", article_id=A, start=13, stop=15, kind="place", surface="水渠", norm="水渠", code=None),
           row("mentions", article_id=A, start=0, stop=3, kind="document", surface="《水渠条例》", norm=None, code=None),
           row("mentions", article_id=B, start=0, stop=3, kind="document", surface="《水渠条例》", norm=None, code=None))
    for name, places in ((A, (6, 9)), (B, (9,))):
        for kind in ("quoted", "numeric"):
            insert(con, "phrases", *(row("phrases", article_id=name, start=i, stop=i + 2, kind=kind, surface="水渠") for i in places))
        insert(con, "keywords", *(row("keywords", article_id=name, rank=i, term=term) for i, term in ((1, "山坡"), (2, "茶园"))))
        insert(con, "sections", row("sections", article_id=name, section_no=1, parent_no=None, heading="总 则" if name == A else "总则"))
    insert(con, "edits", row("edits", doc_id=A, start=0, stop=5, action="cut", label="nav", after="", article_id=None, article_start=None))
    insert(con, "flags", row("flags", doc_id=B, article_id=B, kind="arithmetic", detail="5 - 3 = 1"))
    insert(con, "checks", row("checks", status="failed", success=False, unexpected=3))
    insert(con, "stage_timings", row("stage_timings"))
    insert(con, "decodings", row("decodings", doc_id=A))
    insert(con, "duplicate_pairs", row("duplicate_pairs", article_id=A, other_id=B))
    install(con)
    return con


def run(con: duckdb.DuckDBPyConnection, name: str, **values: str) -> list[dict]:
    cursor = con.execute(EXAMPLES[name].sql, values or None)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, r, strict=True)) for r in cursor.fetchall()]


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_each_runs_and_says_why(example: Example, full):
    assert example.title and example.chinese and not example.chinese.isascii()
    assert len(example.why) > 30 and example.why.endswith(".") and not example.sql.endswith(";")
    rows = run(full, example.name, **{p: VALUES[p] for p in example.parameters})
    assert rows or example.name == "09-dirtiest"  # which asks for three documents of a site
    if "limit" not in example.sql.lower():
        assert example.name in ("02-by-year", "03-search", "05-dirt", "08-encodings", "09-dirtiest", "10-checks", "11-time")


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_each_runs_over_an_empty_warehouse(example: Example):
    con = build({}, superseded="")
    assert run(con, example.name, **{p: VALUES[p] for p in example.parameters}) == []


def test_money_adds_up_by_purpose_and_year(full):
    found = [(r["year"], r["purpose"], r["yuan_in_all"], r["largest"]) for r in run(full, "13-money-by-purpose-and-year")]
    assert found == [(2024, "投入", 30005.0, 30000.0), (2020, "投入", 100000.0, 70000.0)]


def test_a_speaker_stands_before_the_word_of_saying(full):
    ((found),) = run(full, "14-who-speaks-about-whom")
    assert (found["speaker"], found["verb"], found["named"], found["times"]) == ("林工", "说", "水渠", 1)


def test_slogans_are_counted_by_article_and_year(full):
    (found,) = run(full, "15-slogans-over-time")
    assert (found["slogan"], found["times"], found["articles"], found["sites"], found["by_year"]) == ("水渠", 3, 2, 2, '{"2024":3}')


def test_damage_is_a_share_of_the_site_s_characters(full):
    found = {(r["site"], r["damage"]): (r["characters"], r["percent_of_characters"]) for r in run(full, "16-damage-by-site")}
    assert found[("a.example", "nav")] == (5, 33.33) and ("b.example", "arithmetic") in found


def test_keyness_is_the_log_likelihood_of_two_corpora(full):
    """B is the earlier article (9 terms), A the later one (9 terms); 水渠 is used once and twice."""
    (found,) = [r for r in run(full, "17-keyness-of-two-periods") if r["term"] == "水渠"]
    early, late = 1, 2
    assert sum(r for (r,) in full.execute("SELECT tf FROM terms WHERE article_id = ?", [A]).fetchall()) == 9
    expected_early, expected_late = 3 * 9 / 18, 3 * 9 / 18
    by_hand = 2 * (early * log(early / expected_early) + late * log(late / expected_late))
    assert (found["log_likelihood"], found["typical_of"]) == (pytest.approx(by_hand, abs=0.06), "later")


def test_figures_that_hide_or_contradict_are_listed(full):
    assert {r["kind"] for r in run(full, "19-hidden-and-contradicting-figures")} == {"masked", "arithmetic"}


def test_targets_are_those_named_so_and_those_striven_for(full):
    assert {(r["kind"], r["value"]) for r in run(full, "20-targets-and-forecasts")} == {
        ("target", "九万元"), ("money", "三万元"), ("rate", "10%")}


def test_a_parameter_is_a_value_never_sql(full):
    for hostile in ("'; DROP TABLE articles; --", "x' OR 1=1", ""):
        assert run(full, "18-words-beside-a-word", word=hostile) == []
    assert full.execute("SELECT count(*) FROM articles").fetchone()


def test_examples_are_asked_by_name_with_their_parameters():
    assert ask("04-kwic word=水渠") == (EXAMPLES["04-kwic"].sql, {"word": "水渠"})
    assert ask('kwic "word=两个 词"')[1] == {"word": "两个 词"}
    for wrong in ("04-kwic", "04-kwic word=a other=b", "nothing at all", "0", "'"):
        with pytest.raises(UsageError):
            ask(wrong)


def test_article_dates_say_what_they_rest_on(full):
    con = build()
    con.execute("UPDATE articles SET published_at = NULL WHERE article_id = ?", [A])
    named = dict(article_id=A, relative=False, interval_end=None)
    insert(con, "time_expressions",
           row("time_expressions", **named, start=3, stop=9, interval_start=datetime(1999, 5, 6), precision="day"),
           row("time_expressions", **named, start=13, stop=19, interval_start=datetime(2009, 5, 6), precision="day"),
           row("time_expressions", **named, start=23, stop=29, interval_start=datetime(2011, 1, 1), precision="year"),
           row("time_expressions", **named, start=400, stop=409, interval_start=datetime(2012, 5, 6), precision="day"))
    found = con.execute("SELECT article_id, dated, basis FROM article_dates ORDER BY 1").fetchall()
    assert found == [(A, date(2009, 5, 6), "head"), (B, date(2024, 1, 1), "published")]
