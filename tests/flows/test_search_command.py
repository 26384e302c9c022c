"""taojin search: words, phrases and fields over a small published warehouse, and text that stays literal."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from flows.__main__ import main
from flows.commands.search import Query, parse
from tasks.errors import UsageError
from tests.tasks.storage.small import TEXTS, ingest


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles whose terms are single characters: the cutter's words are found by their parts."""
    root = tmp_path_factory.mktemp("warehouse")
    texts = TEXTS | {"恶.txt": "标题\n修渠的人说\x1b[31m水急\u202e。", "繁.txt": "趁早修渠\n渠成。"}
    ingest(root, {name: text.encode() for name, text in texts.items()}, batch_size=9)
    (path,) = root.glob("warehouse-*.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE articles SET author = '林若溪', source = '江渚新闻网' WHERE title = '山路'")
        con.execute("UPDATE articles SET published_at = TIMESTAMP '2012-03-04' WHERE title = '山路'")
        con.execute("UPDATE articles SET published_at = TIMESTAMP '2015-01-01' WHERE title = '集市'")
    return root


@pytest.fixture
def search(warehouse: Path, capfd: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["search", *arguments, "--warehouse", str(warehouse)])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def titles(search, *arguments: str) -> list[str]:
    code, out, _ = search(*arguments, "--json")
    assert code == 0
    return [row["title"] for row in json.loads(out)["results"]]


@pytest.mark.parametrize(("text", "query"), [
    ("农民工 工资", Query(("农民工", "工资"), (), ())),
    ('工资 "带薪 休假"', Query(("工资",), ("带薪 休假",), ())),
    ("“带薪休假”site:a.cn", Query((), ("带薪休假",), (("site", "a.cn"),))),
    ('title:"年度 报告" Year:2010-2015', Query((), (), (("title", "年度 报告"), ("year", "2010-2015")))),
    ("作者:甲 http://a.cn", Query(("作者:甲", "http://a.cn"), (), ())),
    ('没有"闭合', Query(("没有", "闭合"), (), ())),
])
def test_a_query_is_words_phrases_and_fields(text: str, query: Query):
    assert parse(text) == query


@pytest.mark.parametrize("text", ["", "  ", '""', "“”", "year:now", "year:2010-"])
def test_a_query_without_sense_is_refused(text: str):
    with pytest.raises(UsageError):
        parse(text)


def test_words_rank_and_the_best_word_is_marked(search):
    assert titles(search, "修渠")[0] == "趁早修渠"
    code, out, err = search("守塔人")
    assert code == 0 and "灯塔" in out and "【" in out and "Words:" in err


def test_a_phrase_must_stand_in_the_text(search):
    assert titles(search, '"渠成之后"') == ["开渠引水要趁早"]
    assert titles(search, '"成渠之后"') == []
    _, out, _ = search('水 "渠成之后"')
    assert "【渠成之后】" in out


def test_traditional_and_simplified_find_one_another(search):
    assert titles(search, "燈塔") == titles(search, "灯塔") == ["灯塔"]


def test_fields_narrow(search):
    assert titles(search, "走 author:若溪") == ["山路"]
    assert titles(search, "year:2012") == ["山路"] and titles(search, "year:2011-2016") == ["集市", "山路"]
    assert titles(search, "source:江渚 year:2013") == []
    assert titles(search, "title:集市 site:EXAMPLE") == ["集市"]


def test_no_more_than_asked_for_and_none_is_an_answer(search):
    assert len(titles(search, "人 渠", "--limit", "2")) == 2
    code, out, err = search("龘")
    assert (code, out) == (0, "Nothing was found.\n") and "none of these" in err
    assert search("year:soon")[0] == 2


def test_text_is_literal(search):
    code, out, _ = search("水急")
    assert code == 0 and "\x1b" not in out and "\u202e" not in out and "\\x1b[31m" in out


def test_tables_of_an_older_version_are_told_in_one_sentence(tmp_path: Path, capfd):
    ingest(tmp_path, {"甲.txt": TEXTS["甲.txt"].encode()})
    (path,) = tmp_path.glob("warehouse-*.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("DROP MACRO TABLE bm25")
    assert main(["search", "渠", "--warehouse", str(tmp_path)]) == 2
    assert "taojin rebuild" in capfd.readouterr().err


def test_what_keeps_every_article_out_is_named(search):
    code, out, err = search("修渠", "site:nirgends.example")
    assert (code, out) == (0, "Nothing was found.\n") and "Without site:nirgends.example: " in err
    assert "Without" not in search("修渠")[2]
