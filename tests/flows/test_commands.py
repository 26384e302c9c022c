"""The command line on a small warehouse: answers, exit codes, one sentence per error, and crawled text always literal."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.__main__ import main
from flows.terminal import literal
from schemas.ids import file_id
from tests.tasks.storage.small import TEXTS, ingest, seeds


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    hostile = "标题\n正文里有\x1b[31m控制字符\u202e和方向符。\n=SUM(A1)是一行正文。"
    ingest(root, {"甲.txt": TEXTS["甲.txt"].encode(), "恶 意.txt": hostile.encode()})
    ingest(root, {**seeds(), "恶 意.txt": hostile.encode()})
    return root


@pytest.fixture
def taojin(warehouse: Path, capfd: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--warehouse", str(warehouse)])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def test_a_query_answers_as_a_table_json_csv_and_parquet(taojin, tmp_path: Path):
    query = "select name, size_bytes from seed_files order by name"
    code, out, _ = taojin("sql", query)
    assert code == 0 and out.splitlines()[0].split() == ["name", "size_bytes"] and len(out.splitlines()) == 7
    _, out, _ = taojin("sql", query, "--format", "json")
    rows = json.loads(out)
    assert {r["name"] for r in rows} >= {"甲.txt", "恶 意.txt"}
    _, out, _ = taojin("sql", query, "--format", "csv")
    assert out.startswith('"name","size_bytes"') and len(out.splitlines()) == 7
    target = tmp_path / "x.parquet"
    assert taojin("sql", query, "--format", "parquet", "-o", str(target))[0] == 0
    assert pq.read_table(target).to_pylist() == rows


def test_an_empty_answer_still_has_its_header(taojin):
    code, out, _ = taojin("sql", "select name from seed_files where false", "--format", "csv")
    assert (code, out) == (0, '"name"\n')


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select titel from articles", "Did you mean title?"),
        ("select titel from articles", "select titel from articles\n               ^"),
        ("select day from article_dates", "The nearest of the tables that you ask: dated"),  # another table has a column day
        ("select * from artcles", "Did you mean articles?"),
        ("selec 1", "syntax error"),
        ("   ", "empty"),
        (".nothing", "no command"),
    ],
)
def test_a_wrong_query_is_one_sentence_and_exit_code_2(taojin, query: str, says: str):
    code, out, err = taojin("sql", query)
    assert code == 2 and out == "" and says in err and "Traceback" not in err


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '/tmp/taojin-evil.csv'",
        "create table x as select 1",
        "delete from articles",
        "attach '/tmp/other.duckdb'",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_sql_can_read_the_tables_and_nothing_else(taojin, query: str):
    code, out, _ = taojin("sql", query)
    assert code == 2 and out == ""
    assert not Path("/tmp/taojin-evil.csv").exists()


def test_hostile_text_is_literal_in_every_text_output(taojin):
    for arguments in (("sql", "select text from documents"), ("explain", "恶 意.txt", "--plain")):
        code, out, err = taojin(*arguments)
        assert code == 0 and "\x1b" not in out + err and "\u202e" not in out + err
        assert "\\x1b[31m" in out and "\\u202e" in out


def test_literal_shows_what_a_terminal_would_obey():
    assert literal("a\x1b]0;x\x07\u200b\u2066\x9b\r") == "a\\x1b]0;x\\x07\\u200b\\u2066\\x9b\\r"
    assert literal("中文 ok\n", lines=True) == "中文 ok\n"


def test_explain_shows_each_cut_with_its_rule_and_the_laws(taojin):
    code, out, _ = taojin("explain", "甲.txt", "--plain")
    assert code == 0
    assert "[-※首页 > 新闻" in out and "今年春天雨水少，各村先修渠。" in out
    assert "A ok" in out and "B ok" in out


def test_explain_finds_a_document_by_the_beginning_of_any_id(taojin):
    _, out, _ = taojin("sql", "select file_id, doc_id, article_id from articles join documents using (doc_id) limit 1", "--format", "json")
    for given in json.loads(out)[0].values():
        assert taojin("explain", given[:12], "--plain")[0] == 0


def test_explain_of_an_unknown_name_offers_the_nearest(taojin):
    code, _, err = taojin("explain", "甲.tx")
    assert code == 2 and "Did you mean 甲.txt?" in err


def test_restore_gives_the_bytes_and_overwrites_nothing(taojin, tmp_path: Path):
    target = tmp_path / "甲 again.txt"
    assert taojin("restore", "甲.txt", "-o", str(target))[0] == 0
    assert target.read_bytes() == TEXTS["甲.txt"].encode()
    code, _, err = taojin("restore", file_id(TEXTS["甲.txt"].encode()), "-o", str(target))
    assert code == 2 and "exists already" in err


def test_path_is_the_real_file_of_the_current_generation(taojin):
    code, out, _ = taojin("path")
    path = Path(out.strip())
    assert code == 0 and path.is_file() and not path.is_symlink() and path.name.startswith("warehouse-")


def test_diff_of_two_generations_counts_rows(taojin):
    code, out, _ = taojin("diff", "--json")
    change = json.loads(out)
    assert code == 0 and {t["table"] for t in change["tables"]} >= {"documents", "articles"}
    code, out, _ = taojin("diff")
    assert code == 0 and "documents" in out
    assert taojin("diff", "98", "99")[0] == 2


def test_quarantine_is_empty_and_unknown_cases_are_named(taojin):
    assert taojin("quarantine", "list")[1] == "Nothing is in quarantine.\n"
    assert taojin("quarantine", "show", "1-1")[0] == 2
    assert taojin("quarantine", "show", "first")[0] == 2


def test_a_warehouse_without_a_generation_says_what_to_do(tmp_path: Path, capfd):
    assert main(["sql", "select 1", "--warehouse", str(tmp_path)]) == 2
    assert "taojin ingest" in capfd.readouterr().err


def test_a_path_that_cannot_be_read_stops_before_anything_runs(tmp_path: Path, capfd):
    assert main(["ingest", str(tmp_path / "nowhere"), "--warehouse", str(tmp_path / "w")]) == 2
    assert "no such file or folder" in capfd.readouterr().err
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    "arguments", [["inges"], ["ingest", "--nonsense"], ["sql", "--format", "xml", "select 1"], ["ingest", "--workers", "0"]]
)
def test_wrong_use_is_exit_code_2(arguments: list[str], capfd):
    assert main(arguments) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_an_internal_error_is_one_sentence_unless_debug(monkeypatch: pytest.MonkeyPatch, capfd):
    import flows.__main__ as command_line

    def broken(name: str):
        raise KeyError("marker")

    monkeypatch.setattr(command_line, "_command", broken)
    assert main(["path"]) == 3
    assert "Traceback" not in capfd.readouterr().err
    assert main(["path", "--debug"]) == 3
    assert "Traceback" in capfd.readouterr().err


def test_forget_asks_and_then_leaves_nothing(tmp_path: Path, capfd):
    ingest(tmp_path, seeds())
    gone = file_id(TEXTS["乙.txt"].encode())
    assert main(["forget", gone, "--warehouse", str(tmp_path)]) == 2  # no terminal, no --yes
    assert main(["forget", gone, "--yes", "--warehouse", str(tmp_path)]) == 0
    assert main(["restore", gone, "--warehouse", str(tmp_path), "-o", str(tmp_path / "x")]) in (1, 2)
    assert main(["forget", gone, "--yes", "--warehouse", str(tmp_path)]) == 0  # again: what a kill left would leave now
    capfd.readouterr()
