"""search and kwic on a warehouse small enough to know by heart."""

from __future__ import annotations

from math import log
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import FILES, build

A, B, C = FILES["a"], FILES["b"], FILES["c"]


def ask(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return con.execute(sql, list(values)).fetchall()


def terms(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, float]:
    return dict(ask(con, "SELECT term, weight FROM query_terms(?)", query))


def test_the_query_is_cut_by_the_longest_word_that_fits(warehouse):
    assert terms(warehouse, "河湾村水渠") == {"河湾村": 1, "水渠": 1}
    assert terms(warehouse, "修好水渠") == {"修好": 1, "水渠": 1}  # not 修, which fits too
    assert terms(warehouse, "修水渠") == {"修": 1, "水渠": 1}
    assert terms(warehouse, "在水渠边上") == {"水渠": 1, "上": 1}  # what no word fits is left out


def test_words_inside_a_longer_one_come_along_with_less_weight():
    con = build({"a": ("A", 1, ["中国工会", "章程"]), "b": ("B", 1, ["中国", "工会", "中"])}, superseded="")
    assert terms(con, "中国工会章程") == {"中国工会": 1, "章程": 1, "中国": 0.25, "工会": 0.25}
    assert [r[0] for r in ask(con, "SELECT article_id FROM search('中国工会')")] == [A, B]


def test_a_traditional_query_finds_simplified_terms_and_the_reverse(warehouse):
    for query in ("茶園", "茶园", "豐收", "丰收"):
        ((article, score, title, _, snippet),) = ask(warehouse, "SELECT * FROM search(?)", query)
        assert (article, title) == (B, "茶園") and score > 0
        assert snippet.count("【") == 1 and ("【茶園】" in snippet or "【豐收】" in snippet)  # in the article's own script


def test_capitals_do_not_matter():
    con = build({"a": ("A", 1, ["GDP", "增长"]), "b": ("B", 1, ["Gdp", "下降"])}, superseded="")
    assert terms(con, "gdp增长") == {"GDP": 1, "Gdp": 1, "增长": 1}
    assert [r[0] for r in ask(con, "SELECT article_id FROM search('GDP增长')")] == [A, B]


def test_a_word_that_folding_would_spoil_is_found_as_typed():
    con = build({"a": ("乾隆", 1, ["乾隆", "年间"])}, superseded="")
    con.execute("UPDATE terms SET term = '乾隆' WHERE term = '干隆'; UPDATE vocabulary SET term = '乾隆' WHERE term = '干隆'")
    assert len(ask(con, "SELECT * FROM search('乾隆')")) == 1


def test_bm25_as_by_hand(warehouse):
    found = dict(ask(warehouse, "SELECT article_id, score FROM search('水渠')"))
    idf, mean = log(1 + (3 - 3 + 0.5) / (3 + 0.5)), (9 + 9 + 4) / 3
    by_hand = {name: idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * 9 / mean)) for name, tf in ((A, 2), (B, 1))}
    assert found == pytest.approx(by_hand)
    assert list(found) == [A, B]  # best first


def test_superseded_articles_are_not_found(warehouse):
    assert C not in {r[0] for r in ask(warehouse, "SELECT article_id FROM search('河湾村')")}
    assert C not in {r[0] for r in ask(warehouse, "SELECT article_id FROM kwic('河湾村', 5)")}


def test_the_snippet_is_a_window_of_the_text():
    words = ["前"] * 40 + ["水渠"] + ["\n", "后"] * 40
    con = build({"a": ("长", 1, words)}, superseded="")
    ((snippet,),) = ask(con, "SELECT snippet FROM search('水渠')")
    assert snippet == "…" + "前" * 30 + "【水渠】" + " 后" * 25 + "…"


def test_no_more_than_asked_for(warehouse):
    assert len(ask(warehouse, "SELECT * FROM search('水渠', most := 1)")) == 1


@pytest.mark.parametrize("query", [
    "", " ", "\n", None, "'", "''", "'; DROP TABLE articles; --", '"', "%", "_", "\\", "$1", "{}", ":x", "?", "[", "(.*)", "*", "\x00",
    "𠮷野家", "👨‍👩‍👧", "ａｂｃ", "龘靐", "e\u0301", "-" * 300, "水" * 5000, "水渠" * 3000,
])
def test_hostile_queries_end_quietly(warehouse, query: str | None):
    found = ask(warehouse, "SELECT article_id FROM search(?)", query)
    assert {r[0] for r in found} <= {A, B}
    assert bool(found) == bool(query and "水渠" in query)
    if query is not None and "\x00" not in query:
        literal = "'" + query.replace("'", "''") + "'"
        assert ask(warehouse, f"SELECT article_id FROM search({literal})") == found
    ask(warehouse, "SELECT * FROM kwic(?, 5)", query)
    assert ask(warehouse, "SELECT count(*) FROM articles") == [(3,)]


def test_search_of_an_empty_warehouse():
    con = build({}, superseded="")
    assert ask(con, "SELECT * FROM search('水渠')") == [] == ask(con, "SELECT * FROM kwic('水渠', 5)")


def test_folding_is_one_character_for_one(warehouse):
    assert ask(warehouse, "SELECT folded('茶園 a豐\n'), folded(''), folded(NULL)") == [("茶园 a丰\n", "", "")]


def test_kwic_shows_each_place_with_its_surroundings(warehouse):
    assert ask(warehouse, "SELECT article_id, start, before, hit, after FROM kwic('水渠', 3)") == [
        (B, 9, "豐收，", "水渠", "送水。"),
        (A, 6, "修好了", "水渠", "。水渠"),
        (A, 9, "水渠。", "水渠", "长三里"),
    ]
    assert ask(warehouse, "SELECT start, before, hit FROM kwic('茶园', 2)") == [(4, "上的", "茶園")]
    assert ask(warehouse, "SELECT before, hit FROM kwic('河湾村', 9)") == [("", "河湾村")]


def test_kwic_looks_for_other_strings_in_the_text(warehouse):
    assert ask(warehouse, "SELECT article_id, start, hit FROM kwic('渠', 1)") == [(B, 10, "渠"), (A, 7, "渠"), (A, 10, "渠")]
    assert ask(warehouse, "SELECT article_id, start, hit FROM kwic('坡上的茶园', 1)") == [(B, 1, "坡上的茶園")]
    assert ask(warehouse, "SELECT start, hit FROM kwic('。', 1) WHERE article_id = ?", A) == [(8, "。"), (14, "。")]
