"""The whole step: its laws, its tables' contracts, its two engines."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalog import TABLES
from tasks.enrich.flags import FOUND_FLAGS, place_flags
from tasks.enrich.stage import TABLES_MADE, enrich
from tasks.enrich.words import cut_words
from tasks.errors import TaojinError

TEXT = "\n".join((
    "各位来宾:", "一、关于去年工作",
        "去年，果园合作社在宜昌市总工会支持下，修渠12公里，栽树1.3万株，支出1032万元。“三个到户”得到落实！参加的有二百余名果农。",
    "三、关于今年打算", "依照《果园管理办法》第三条，今年力争超过2.92亿元。谢谢!",
))


@pytest.fixture(scope="module")
def made(articles_of):
    return enrich(articles_of(TEXT, "", "短文", TEXT.replace("宜昌市", "长沙市")))


def check_laws(articles: pa.Table, made: dict[str, pa.Table]) -> None:
    """Offsets, order and tiling in every table; what the contracts promise about spans."""
    text = dict(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True))
    hans = dict(zip(articles["article_id"].to_pylist(), articles["text_hans"].to_pylist(), strict=True))
    for name in TABLES_MADE:
        table = made[name]
        assert table.schema.equals(TABLES[name].stage_arrow)
        keys = list(zip(*(table[column].to_pylist() for column in TABLES[name].key), strict=True))
        assert len(set(keys)) == len(keys), name
        if "start" in table.column_names:
            for row in table.to_pylist():
                assert 0 <= row["start"] < row["stop"] <= len(text[row["article_id"]]), (name, row)
    for name, column in (("mentions", "surface"), ("facts", "value_text"), ("phrases", "surface"), ("time_expressions", "surface"),
                         ("sentences", "text")):
        for row in made[name].to_pylist():
            assert row[column] == text[row["article_id"]][row["start"]:row["stop"]]
    last: dict[str, int] = {}
    for row in made["sentences"].to_pylist():
        of = row["article_id"]
        assert "".join(row["words"]) == hans[of][row["start"]:row["stop"]]
        assert len(row["words"]) == len(row["tags"])
        assert text[of][last.get(of, 0):row["start"]].strip() == ""
        last[of] = row["stop"]
    for of, whole in text.items():
        assert whole[last.get(of, 0):].strip() == ""
    for row in made["terms"].to_pylist():
        assert row["tf"] == len(row["positions"]) and row["positions"] == sorted(row["positions"])
        assert all(hans[row["article_id"]].startswith(row["term"], at) for at in row["positions"])
    counted: dict[str, int] = {}
    for row in made["terms"].to_pylist():
        counted[row["article_id"]] = counted.get(row["article_id"], 0) + row["tf"]
    assert made["articles"]["term_count"].to_pylist() == [counted.get(of, 0) for of in made["articles"]["article_id"].to_pylist()]
    assert all(0 <= score <= 1 for score in made["articles"]["quality_score"].to_pylist())


def test_laws_on_our_own_text(articles_of, made):
    check_laws(articles_of(TEXT, "", "短文", TEXT.replace("宜昌市", "长沙市")), made)


def test_articles_keep_what_split_wrote(articles_of, made):
    before = articles_of(TEXT, "", "短文", TEXT.replace("宜昌市", "长沙市"))
    owned = {"language", "genre", "topics", "term_count", "quality_score", "residual_dirt"}
    for name in before.column_names:
        if name not in owned:
            assert made["articles"][name].to_pylist() == before[name].to_pylist()
    assert made["articles"].schema.equals(TABLES["articles"].stage_arrow)
    assert made["articles"]["language"].to_pylist() == ["zh", None, None, "zh"]
    assert made["articles"]["genre"].to_pylist()[0] == "speech"


def test_what_the_tables_say(made):
    first = made["articles"]["article_id"][0].as_py()

    def of_first(name: str, *columns: str) -> list[tuple]:
        return [tuple(row[c] for c in columns) for row in made[name].to_pylist() if row["article_id"] == first]

    assert of_first("sections", "marker", "heading", "level") == [("一、", "关于去年工作", 1), ("三、", "关于今年打算", 1)]
    assert [row for row in of_first("facts", "value_text", "kind") if row[1] != "date"] == [
        ("12公里", "measure"), ("1.3万株", "count"), ("1032万元", "money"), ("二百余名", "count"),
        ("2.92亿元", "target"),
    ]
    assert of_first("phrases", "surface", "kind") == [("三个到户", "quoted"), ("三个到户", "numeric")]
    assert ("org", "宜昌市总工会") in of_first("mentions", "kind", "surface")
    assert ("document", "《果园管理办法》") in of_first("mentions", "kind", "surface")
    assert {row[0] for row in of_first("sentences", "section_no")} == {None, 1, 2}
    assert ("果园",) in of_first("keywords", "term")


def test_flags_are_numbered_through_the_document_and_placed(articles_of):
    text = "一、甲。\n三、乙。"
    found = enrich(articles_of(text, text))["flags"]
    assert found.schema.equals(FOUND_FLAGS)
    assert found["flag_no"].to_pylist() == [10001, 10002] and found["kind"].to_pylist() == ["numbering"] * 2
    ids = found["article_id"].to_pylist()
    kept = pa.Table.from_pylist([
        {"doc_id": "d", "start": 10, "stop": 14, "article_id": ids[0], "article_start": 0},
        {"doc_id": "d", "start": 20, "stop": 24, "article_id": ids[0], "article_start": 5},
        {"doc_id": "d", "start": 50, "stop": 59, "article_id": ids[1], "article_start": 0},
    ], schema=TABLES["kept"].stage_arrow)
    placed = place_flags(found, kept)
    assert placed.schema.equals(TABLES["flags"].stage_arrow)
    assert list(zip(placed["start"].to_pylist(), placed["stop"].to_pylist(), strict=True)) == [(20, 22), (55, 57)]
    assert place_flags(found.slice(0, 0), kept).num_rows == 0


def test_sentences_and_facts_know_where_they_stand(articles_of):
    text = "一、水渠。分两步：一是修渠5公里。二是栽树30株。\n投入20万元。60户受益。\n二、道路。"
    made = enrich(articles_of(text))
    assert made["sections"]["parent_no"].to_pylist() == [None, 1, 1, None]
    sentences = dict(zip(made["sentences"]["text"].to_pylist(), made["sentences"]["section_no"].to_pylist(), strict=True))
    assert sentences == {
        "一、水渠。": 1, "分两步：一是修渠5公里。": 1, "二是栽树30株。": 3, "投入20万元。": 1, "60户受益。": 1, "二、道路。": 4,
    }
    numbered = list(zip(made["facts"]["value_text"].to_pylist(), made["facts"]["sentence_no"].to_pylist(), strict=True))
    assert numbered == [("5公里", 2), ("30株", 3), ("20万元", 4), ("60户", 5)]


def test_a_long_text_is_cut_in_pieces(monkeypatch):
    text = "合作社修好了水渠，果农很高兴。" * 400 + "水" * 3000
    whole = cut_words([text])
    monkeypatch.setattr("tasks.enrich.words.LONGEST_CALL", 2500)
    pieces = cut_words([text])
    in_prose = 400 * 15
    assert pieces.stops[-1] == len(text)
    assert [int(s) for s in pieces.starts if s < in_prose] == [int(s) for s in whole.starts if s < in_prose]


def test_no_articles(articles_of):
    made = enrich(articles_of())
    assert {name: table.num_rows for name, table in made.items()} == {name: 0 for name in (*TABLES_MADE, "articles", "flags")}


def test_traditional_text_is_read_in_simplified(articles_of):
    text, hans = "果園豐收，補助一百萬元。", "果园丰收，补助一百万元。"
    made = enrich(articles_of(text, hans=(hans,)))
    assert made["sentences"]["text"].to_pylist() == [text]
    assert "".join(made["sentences"]["words"].to_pylist()[0]) == hans
    assert made["facts"]["value_text"].to_pylist() == ["一百萬元"] and made["facts"]["normalized_value"].to_pylist() == [1_000_000]


def test_scripts_of_unequal_length_are_refused(articles_of):
    with pytest.raises(TaojinError, match="text_hans"):
        enrich(articles_of("果园", hans=("果",)))


def test_company_does_not_change_an_article(articles_of, made):
    """Rows of an article are the same whatever else is in the batch (law D)."""
    first = made["articles"]["article_id"][0].as_py()
    alone = enrich(articles_of(TEXT))
    for name in TABLES_MADE:
        rows = [row for row in made[name].to_pylist() if row["article_id"] == first]
        assert rows == alone[name].to_pylist(), name


def test_an_unknown_engine_is_refused(articles_of):
    with pytest.raises(TaojinError, match="thulac"):
        enrich(articles_of("果园"), engine="thulac")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"],
        exclude_characters="\n\r") | st.sampled_from("一二三第条、。！“”《》年元2.%x届"), max_size=40), max_size=4))
def test_laws_on_any_text(paragraphs: list[str]):
    text = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    articles = pa.Table.from_pylist(
        [{"article_id": "a", "doc_id": "d", "article_no": 1, "text": text, "text_hans": text, "truncated": False}],
        schema=TABLES["articles"].stage_arrow,
    )
    check_laws(articles, enrich(articles))
