"""The SQL page under attack: nothing is read, written, loaded or changed; what is heavy is cut off and stops nobody else."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboard.workbench import LONGEST, Query, Workbench
from tests.dashboard.markup import Tree

FORBIDDEN = (
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_csv('/etc/passwd')",
    "select * from read_json('/etc/passwd')",
    "select * from read_parquet('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from 'file:///etc/passwd'",
    "select * from glob('/*')",
    "select * from parquet_scan('http://127.0.0.1:9/x.parquet')",
    "select * from 'https://127.0.0.1:9/x.csv'",
    "from sniff_csv('/etc/passwd')",
    "select * from parquet_metadata('/etc/passwd')",
    "copy (select 1) to '/tmp/taojin-evil.csv'",
    "copy articles from '/etc/passwd'",
    "explain analyze copy (select 1) to '/tmp/taojin-evil'",
    "export database '/tmp/taojin-evil'",
    "import database '/tmp'",
    "attach '/tmp/taojin-evil.db'",
    "attach ':memory:' as m",
    "detach x",
    "install httpfs",
    "load httpfs",
    "load '/tmp/evil.so'",
    "force install fts from 'http://127.0.0.1:9'",
    "update extensions",
    "set threads = 64",
    "set enable_external_access = true",
    "set memory_limit = '64GB'",
    "reset memory_limit",
    "set variable x = 1",
    "pragma database_list",
    "pragma enable_profiling",
    "pragma memory_limit='64GB'",
    "call pragma_version()",
    "checkpoint",
    "vacuum",
    "create table x (a int)",
    "create temp table x as select 1",
    "create or replace macro f(x) as x",
    "create view x as select 1",
    "create secret (type s3)",
    "create sequence s",
    "drop table articles",
    "delete from articles",
    "update articles set title = ''",
    "insert into runs select * from runs",
    "truncate articles",
    "alter table articles add column x int",
    "comment on table articles is 'x'",
    "begin",
    "commit",
    "prepare a as select 1",
    "execute a",
    "use memory",
    "select 1; select 2",
    "select 1; drop table articles",
    "/* */ pragma version",
    "-- x\npragma version",
    "explain analyze delete from articles",
    "select * from query('drop table articles')",
    "select * from query('copy (select 1) to ''/tmp/x''')",
    "select * from sqlite_scan('/tmp/x', 'y')",
    "select getenv('HOME')",
    "with x as (delete from articles returning *) select * from x",
    "select * from duckdb_secrets('x')",
    # what a SELECT can do all the same: act on the process, look at what others asked, run what nobody looked at
    "from enable_logging()",
    "from enable_logging(storage = 'stdout')",
    "from enable_logging(storage = 'file', storage_path = '/tmp/taojin-evil')",
    'from "Enable_Logging"(level = \'trace\')',
    "from enable_logging/* ( */()",
    "from system.main.enable_logging -- x\n ()",
    "from enable_logging\u2003()",
    "select E'\\'' , (select count(*) from enable_logging()), 'x'",
    "from enable_profiling(format = 'json', save_location = '/tmp/taojin-evil')",
    "from disable_logging()",
    "from truncate_duckdb_logs()",
    "select write_log('x')",
    "select 'x'.write_log()",
    "from checkpoint()",
    "from force_checkpoint()",
    "select * from query('select 1')",
    "select * from query('from enable' || '_logging()')",
    "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "from arrow_scan(1, 2, 3)",
    "from pandas_scan(1)",
    "from seq_scan()",
    "select setseed(0.5)",
    ";pragma database_list",
    ";;/* */ pragma version",
    "pragma\u00a0version",
    "(pragma version)",
    "pragma json_execute_serialized_sql('x')",
    # files by other names
    "select * from read_text(['/etc/passwd'])",
    "select * from read_blob('/proc/self/environ')",
    "select * from read_csv('/proc/self/fd/0')",
    'from "/etc/passwd"',
    'from "file:/etc/passwd"',
    "select * from query_table(['/etc/passwd'])",
    "select * from parquet_file_metadata('/etc/passwd')",
    "select * from parquet_kv_metadata('/etc/passwd')",
    "select * from parquet_bloom_probe('/etc/passwd', 'a', 1)",
    "select * from read_duckdb('/etc/passwd')",
    "from 's3://bucket/x.parquet'",
    "from 'hf://datasets/a/b.parquet'",
    "summarize '/etc/passwd'",
    "describe '/etc/passwd'",
    "describe select * from read_text('/etc/passwd')",
    "explain analyze select * from read_text('/etc/passwd')",
    "select * from iceberg_scan('/x')",
    "select * from delta_scan('/x')",
    "select * from read_xlsx('/x.xlsx')",
    # names of the process' own Python variables
    "from asked",
    "from statement",
    "from con",
    "from table",
    # statements inside statements, by other verbs, in other dress
    "with a as (copy (select 1) to '/tmp/taojin-evil.csv' returning *) select 1",
    "with a as materialized (attach '/tmp/taojin-evil' as e) select 1",
    "merge into runs using runs as r on false when not matched then insert",
    "copy runs to '/dev/stdout'",
    "copy from database memory to main",
    "explain (format json) copy (select 1) to '/tmp/taojin-evil.csv'",
    "set session threads = 64",
    "set global memory_limit = '8GB'",
    "set schema 'main'",
    "start transaction",
    "create or replace temp macro search(q) as table select 1",
    "create type x as enum ('a')",
    "create schema x",
    "create index i on runs(run_id)",
    "analyze",
    "deallocate p",
    "load 'sqlite'",
    "attach 'sqlite:/tmp/x' as z (type sqlite)",
    'from U&"enable_logging"()',
    "",
    ";",
    "\x00",
    "select",
)
HEAVY = (
    "with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t",
    "select count(*) from range(1000000000) a, range(1000000000) b where a.range <> b.range",
    "select repeat('政', 500000000)",
    "select list_sort(range(60000000))",
    "select regexp_matches(repeat('aab', 2000000) || repeat(n::varchar, 3000000), '(a|b)*c$') from range(50) t(n)",
    "select * from range(100000000) order by hash(range)",
    "select string_agg(repeat(range::varchar, 1000)) from range(10000000)",
    "select sum(hash(a.range + b.range)) from range(100000) a, range(1000000) b",
    "select count(*) from range(1000000000000)",
    "select unnest(range(1000000000))",
    "select list_reduce(range(30000000), (a, b) -> a + b)",
    "with recursive t(a) as (select 'x' union all select a || a from t) select length(a) from t",
    "select lpad('x', 2000000000, 'y')",
    "select levenshtein(repeat('a', 100000), repeat('b', 100000))",
    "select string_split(repeat('a,', 300000000), ',')",
    "select array_agg(a.range) from range(100000) a, range(100000) b",
)


@pytest.fixture(scope="module")
def bench(ordinary_root: Path) -> Iterator[Workbench]:
    bench = Workbench(ordinary_root, seconds=1.0)
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def path(ordinary_root: Path) -> Path:
    return (ordinary_root / "current").resolve()


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_what_does_not_read_tables_is_refused(bench: Workbench, path: Path, sql: str):
    before = {p.name for p in path.parent.iterdir()}
    assert bench.run(path, Query(sql, seconds=10)).error in ("reads_only", "one_statement", "closed", "engine")
    assert {p.name for p in path.parent.iterdir()} == before
    assert not Path("/tmp/taojin-evil.csv").exists() and not Path("/tmp/taojin-evil").exists()


def test_no_answer_can_be_forged_and_no_query_is_kept_for_others(bench: Workbench, path: Path):
    for sql in ("from enable_logging(storage = 'stdout')", "from enable_logging()", "select 'secret of mine'"):
        bench.run(path, Query(sql, seconds=10))
    for _ in range(4):  # whichever process answers
        assert bench.run(path, Query("select message from duckdb_logs", seconds=10)).head["rows"] == []
    assert bench.run(path, Query("select 42", seconds=10)).head["rows"] == [["42"]]


def test_what_a_library_prints_is_no_answer(ordinary_root: Path, path: Path, monkeypatch: pytest.MonkeyPatch):
    bench = Workbench(ordinary_root)
    child = bench._take(path)
    monkeypatch.setattr(child, "_until_line", lambda deadline: (b"1970-01-01 QueryLog", b""))
    with pytest.raises(EOFError):
        child.ask(Query("select 1"))
    child.kill()
    bench.close()


def test_one_statement_at_a_time(bench: Workbench, path: Path):
    assert bench.run(path, Query("select 1; select 2")).error == "one_statement"


def test_reading_statements_are_run(bench: Workbench, path: Path):
    for sql in ("select 42", "with a as (select 42) from a", "values (42)", "from (select 42)", "select 42;", "(select 42)"):
        assert bench.run(path, Query(sql)).head["rows"] == [["42"]], sql
    for sql in (
        "describe articles",
        "summarize runs",
        "show tables",
        "explain select 1",
        "select * from search('水渠')",
        "select * from kwic('水渠', 5)",
    ):
        assert not bench.run(path, Query(sql, seconds=5)).error, sql


@pytest.mark.slow
@pytest.mark.parametrize("sql", HEAVY)
def test_a_heavy_query_is_cut_off_at_its_limit(bench: Workbench, path: Path, sql: str):
    began = time.monotonic()
    answer = bench.run(path, Query(sql, seconds=1.0))
    assert answer.error in ("time", "memory", "engine"), answer.head
    assert answer.error != "engine" or "memory" in answer.head["message"].lower(), answer.head
    assert time.monotonic() - began < 6  # the limit, the start of a child, a busy machine
    assert bench.run(path, Query("select 1", seconds=10)).head["rows"] == [["1"]]
    assert not list(path.parent.glob("*.tmp"))  # nothing was spilled into the warehouse


@pytest.mark.slow
def test_a_heavy_query_does_not_stop_others(bench: Workbench, path: Path):
    bench.run(path, Query("select 1", seconds=10))
    heavy = threading.Thread(target=bench.run, args=(path, Query(HEAVY[0], seconds=4.0)))
    heavy.start()
    began, answered = time.monotonic(), 0
    while time.monotonic() - began < 3:
        assert bench.run(path, Query("select 1", seconds=10)).head["rows"] == [["1"]]
        answered += 1
    heavy.join()
    assert answered >= 5


def test_rows_are_limited_and_that_is_said(bench: Workbench, path: Path):
    answer = bench.run(path, Query("select * from range(100)", limit=10))
    assert len(answer.head["rows"]) == 10 and answer.head["more"]
    assert not bench.run(path, Query("select * from range(10)", limit=10)).head["more"]


def test_a_huge_answer_is_not_sent(bench: Workbench, path: Path):
    answer = bench.run(path, Query("select repeat('x', 1000000) as c from range(200)", limit=5_000, seconds=20))
    assert not answer.error and len(answer.head["rows"][0][0]) < 3_000  # a cell of the page is cut
    answer = bench.run(path, Query("select repeat('x', 1000000) || range as c from range(200)", limit=5_000, seconds=20, format="csv"))
    assert answer.error in ("too_much", "memory") and not answer.data


def test_a_query_has_parameters(bench: Workbench, path: Path):
    assert bench.run(path, Query("select $a + $b")).head["needs"] == ["a", "b"]
    assert bench.run(path, Query("select $a + $b", {"a": "1", "b": "41"})).head["rows"] == [["42"]]
    assert bench.run(path, Query("select $a", {"a": "x' or '1'='1"})).head["rows"] == [["x' or '1'='1"]]


def test_too_long_a_query_is_refused_here(bench: Workbench, path: Path):
    assert bench.run(path, Query("select 1 --" + "x" * LONGEST)).error == "too_long"


def test_the_child_cannot_write_grow_or_start_anything(bench: Workbench, path: Path):
    bench.run(path, Query("select 1", seconds=10))
    child = bench._idle[-1]._process
    limits = {what: resource.prlimit(child.pid, what) for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_AS)}
    assert limits[resource.RLIMIT_FSIZE] == (0, 0) and limits[resource.RLIMIT_NPROC] == (0, 0)
    assert limits[resource.RLIMIT_AS][1] <= 2 << 30
    seen = Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0")
    assert {v.partition(b"=")[0] for v in seen if v} <= {
        b"PATH",
        b"LANG",
        b"LC_ALL",
        b"LD_LIBRARY_PATH",
        b"PYTHONPATH",
        b"ARROW_DEFAULT_MEMORY_POOL",
    }


def test_the_page_explains_errors_and_keeps_the_query(ordinary: TestClient):
    answer = ordinary.get("/sql?sql=select+titel+from+articles", headers={"accept-language": "en"})
    page = Tree(answer.text).root
    assert answer.status_code == 400 and "Did you mean title" in page.text and "select titel from articles" in page.all("textarea")[0].text
    assert "Only queries that read" in ordinary.get("/sql?sql=drop+table+articles", headers={"accept-language": "en"}).text
    slow = ordinary.get("/sql", params={"sql": HEAVY[0]}, headers={"accept-language": "en"})
    assert "Stopped after 4" in Tree(slow.text).root.text


def test_answers_come_as_files(ordinary: TestClient):
    table = ordinary.get("/sql.csv?sql=select+title,+char_count+from+articles+order+by+char_count+desc")
    assert table.headers["content-disposition"] == 'attachment; filename="taojin-query-gen1.csv"'
    assert table.text.splitlines()[0] == "title,char_count" and len(table.text.splitlines()) == 3
    assert ordinary.get("/sql.json?sql=select+1+as+a").json() == [{"a": 1}]
    assert ordinary.get("/sql.parquet?sql=select+1+as+a").content[:4] == b"PAR1"
    assert ordinary.get("/sql.csv?sql=drop+table+articles").status_code == 400
    assert ordinary.get("/sql.exe?sql=select+1").status_code == 404
    assert "attachment" in ordinary.get("/sql.csv?sql=select+%24x&p_x=7").headers["content-disposition"]


def test_ids_in_an_answer_lead_to_their_pages(hostile: TestClient):
    page = Tree(hostile.get("/sql?sql=select+article_id,+title+as+doc_id+from+articles").text).root
    cells = [r.all("td") for r in page.all("table")[0].all("tr")[1:]]
    assert all(c[0].all("a")[0].attributes["href"] == "/articles/" + c[0].text for c in cells)
    assert not any(c[1].all("a") for c in cells)  # a title under an id's name is text


def test_saved_queries_run(ordinary: TestClient):
    page = Tree(ordinary.get("/sql").text).root
    links = [a.attributes["href"] for u in page.all("ul") if u.attributes.get("class") == "examples" for a in u.all("a")]
    assert len(links) >= 10
    for href in links:
        answer = ordinary.get(href + "&p_words=水渠&p_word=水渠&p_article=x")
        assert answer.status_code == 200, Tree(answer.text).root.text[-800:]
