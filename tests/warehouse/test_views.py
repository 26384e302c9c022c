"""What the views promise, on rows that try it."""

from __future__ import annotations

import itertools
import random
import re
from datetime import datetime
from math import log

import duckdb
import pytest

from schemas.derive.dictionary import WAREHOUSE
from tests.schemas.rows import GOOD, insert, row
from tests.warehouse.conftest import FILES, build

A, B, C = FILES["a"], FILES["b"], FILES["c"]
NAMES = [f"{i:032x}" for i in range(1, 13)]


def test_each_file_is_one_statement_that_makes_what_its_name_says():
    for kind, folder in (("VIEW|TABLE", "views"), ("MACRO", "macros")):
        for path in sorted((WAREHOUSE / folder).glob("*.sql")):
            sql = path.read_text("utf-8")
            (statement,) = duckdb.extract_statements(sql)
            assert re.match(rf"(--.*\n)+CREATE OR REPLACE ({kind}) {path.stem}\b", sql), path.name
            assert statement.query.rstrip().endswith(";")


def test_installing_twice_changes_nothing(publish):
    con = build()
    before = con.execute("SELECT * FROM dirt_daily UNION ALL BY NAME SELECT * FROM duplicates").fetchall()
    publish(con)
    assert con.execute("SELECT * FROM dirt_daily UNION ALL BY NAME SELECT * FROM duplicates").fetchall() == before


def test_current_articles_are_those_of_contents_that_some_name_still_holds(warehouse):
    assert {r[0] for r in warehouse.execute("SELECT article_id FROM articles_current").fetchall()} == {A, B}
    con = build(superseded="a")
    insert(con, "arrivals", row("arrivals", uri="elsewhere", file_id=A, state="gone"))
    assert {r[0] for r in con.execute("SELECT article_id FROM articles_current").fetchall()} == {A, B, C}
    assert con.execute("SELECT count(*) FROM articles_current").fetchall() == [(3,)], "two names of one content, one article"


def clusters(pairs: list[tuple[str, str]], days: dict[str, int | None], publish) -> list[tuple[str, str, str]]:
    con = build({}, superseded="")
    for name in NAMES:
        day = days.get(name, 1)
        at = None if day is None else datetime(2024, 1, day)
        insert(con, "articles", row("articles", article_id=name, published_at=at, published_precision=at and "day"))
    for a, b in pairs:
        insert(con, "duplicate_pairs", row("duplicate_pairs", article_id=min(a, b), other_id=max(a, b)))
    insert(con, "duplicate_pairs", row("duplicate_pairs", level="paragraph", article_id=NAMES[0], paragraph_no=1, other_id=NAMES[11],
                                       other_paragraph_no=1))
    publish(con)
    return con.execute("SELECT * FROM duplicates").fetchall()


def test_duplicates_are_the_connected_articles_whatever_the_order(publish):
    n = NAMES
    chain = [(n[9], n[8]), (n[8], n[2]), (n[2], n[7]), (n[7], n[1]), (n[4], n[5]), (n[9], n[7])]
    days = {n[9]: 2, n[8]: 1, n[1]: 1, n[2]: 3, n[7]: None, n[4]: None, n[5]: 9}
    expected = sorted([(a, n[1], n[1]) for a in (n[1], n[2], n[7], n[8], n[9])] + [(a, n[4], n[5]) for a in (n[4], n[5])])
    assert sorted(clusters(chain, days, publish)) == expected
    random.Random(5).shuffle(chain)
    assert sorted(clusters(chain, days, publish)) == expected


@pytest.mark.parametrize("seed", range(6))
def test_clusters_agree_with_a_walk_over_the_pairs(seed: int, publish):
    pairs = random.Random(seed).sample(list(itertools.combinations(NAMES, 2)), 7)
    groups = [{n} for n in NAMES]
    for a, b in pairs:
        one, two = next(g for g in groups if a in g), next(g for g in groups if b in g)
        if one is not two:
            one |= two
            groups.remove(two)
    expected = {(a, min(g), min(g)) for g in groups if len(g) > 1 for a in g}
    assert set(clusters(pairs, {}, publish)) == expected


def test_term_scores_as_by_hand(warehouse):
    rows = warehouse.execute("SELECT tf, df, tfidf FROM term_scores WHERE article_id = ? AND term = '水渠'", [A]).fetchall()
    assert rows == [(2, 3, pytest.approx(2 / 9 * (log((1 + 3) / (1 + 3)) + 1)))]


def test_dirt_is_counted_by_run_site_and_rule(publish):
    con = build()
    cut = dict(action="cut", label="nav", rule_id="nav-line", after="", article_id=None, article_start=None)
    insert(con, "edits", row("edits", doc_id=A, start=0, stop=3, **cut), row("edits", doc_id=A, start=5, stop=9, **cut),
           row("edits", doc_id=B, start=0, stop=1, **cut), row("edits", doc_id=B, start=1, stop=2))
    publish(con)
    found = con.execute("SELECT site, label, rule_id, edits, characters, documents, day::VARCHAR FROM dirt_daily").fetchall()
    assert found == [("a.example", "nav", "nav-line", 2, 7, 1, "2024-05-06"), ("b.example", "nav", "nav-line", 1, 1, 1, "2024-05-06")]
    con.execute("UPDATE edits SET run_id = 7")  # newer code made the rows again: when their files came stays told
    publish(con)
    assert con.execute("SELECT DISTINCT run_id, arrived_run_id, arrived_on::VARCHAR FROM dirt_daily").fetchall() == [(7, 1, "2024-05-06")]


def refused(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    return con.execute("SELECT run_id, doc_id, check_id, reason_count, first_run_id, attempts, last_action FROM quarantine_open").fetchall()


def test_a_refusal_is_open_until_it_is_resolved():
    con, lost = build(), "e" * 32
    assert refused(con) == []
    entry = dict(doc_id=lost, file_id=lost)
    insert(con, "quarantine", row("quarantine", check_id="span-order", **entry), row("quarantine", quarantine_no=2, **entry),
           row("quarantine", quarantine_no=3, doc_id=A, file_id=A),  # a document that stands again
           row("quarantine", quarantine_no=4, severity="warning", **entry))
    assert refused(con) == [(1, lost, "span-order", 2, 1, 0, None)]
    insert(con, "quarantine_actions", row("quarantine_actions", run_id=2))
    insert(con, "quarantine", row("quarantine", run_id=2, check_id="text-paragraphs", **entry))
    assert refused(con) == [(2, lost, "text-paragraphs", 1, 1, 1, "retry")]
    insert(con, "quarantine_actions", row("quarantine_actions", run_id=3, action="discard", quarantine_run_id=2))
    assert refused(con) == []
    insert(con, "quarantine", row("quarantine", run_id=4, check_id="span-order", **entry))
    assert refused(con)[0][0] == 4, "a discarded document that fails again is open again"


def test_the_command_line_can_list_what_is_open():
    con = build()
    insert(con, "quarantine", row("quarantine", doc_id="e" * 32, file_id="e" * 32))
    shown = con.execute("SELECT run_id, quarantine_no, stage, severity, table_name, key, reason, replay FROM quarantine_open").fetchall()
    assert shown == [(1, 1, "split", "critical", "articles", GOOD["quarantine"]["key"], "It does.", "taojin quarantine retry")]


def test_an_input_without_bytes_is_open_by_its_uri():
    con = build()
    for no in (1, 2):
        insert(con, "quarantine", row("quarantine", quarantine_no=no, doc_id=None, file_id=None, table_name=None, row_json=None,
                                      key=f"file:///{no}", check_id="unreadable"))
    assert len(refused(con)) == 2
    insert(con, "quarantine", row("quarantine", quarantine_no=3, doc_id=None, file_id=A, check_id="crashed"))
    assert len(refused(con)) == 2, "its file stands by now"


def test_an_input_that_was_never_read_is_closed_when_it_arrives_later():
    con = build()
    [(uri,)] = con.execute("SELECT any_value(uri) FROM arrivals").fetchall()
    unread = dict(doc_id=None, file_id=None, table_name=None, row_json=None, key=uri, check_id="too_large")
    insert(con, "quarantine", row("quarantine", run_id=0, **unread))
    assert refused(con) == []
    insert(con, "quarantine", row("quarantine", run_id=9, **unread))
    assert len(refused(con)) == 1, "the file came before that refusal, not after it"
