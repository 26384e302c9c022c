"""What people, and pages that talk people into pasting a query, may try with `taojin sql`: each try is refused with one sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.commands.sql import answer
from flows.commands.sql_session import Limits, Session
from tasks.errors import UsageError
from tasks.storage.reader import current_path
from tests.tasks.storage.small import ingest, seeds

READS = "Only queries that read"
CLOSED = "no file, network, extension or setting"
NONE = "There is no "
HERE = "{here}"  # a folder with secret.txt and secret.csv

ATTACKS = [
    # files
    (f"select * from read_csv('{HERE}/secret.csv')", CLOSED),
    (f"select * from '{HERE}/secret.csv'", (CLOSED, NONE)),
    (f"from '{HERE}/*.parquet'", (CLOSED, NONE)),
    (f"select * from read_text('{HERE}/secret.txt')", CLOSED),
    (f"select * from read_blob('{HERE}/secret.txt')", CLOSED),
    (f"select * from read_json('{HERE}/secret.txt')", (CLOSED, NONE)),
    (f"select * from read_parquet('{HERE}/secret.txt')", (CLOSED, NONE)),
    (f"select * from glob('{HERE}/*')", CLOSED),
    (f"select * from sniff_csv('{HERE}/secret.csv')", CLOSED),
    (f"select * from parquet_metadata('{HERE}/secret.txt')", (CLOSED, NONE)),
    (f"select * from query('from read_text(''{HERE}/secret.txt'')')", CLOSED),
    (f"with x as materialized (select * from read_text('{HERE}/secret.txt')) select * from x", CLOSED),
    ("select getenv('HOME')", NONE),
    # writing
    (f"copy (select 1) to '{HERE}/out.csv'", READS),
    (f"copy articles from '{HERE}/secret.csv'", READS),
    (f"export database '{HERE}/out'", READS),
    (f"import database '{HERE}'", (READS, CLOSED)),
    (f"explain analyze copy (select 1) to '{HERE}/out.csv'", (CLOSED, READS)),
    ("create table x as select 1", READS),
    ("create temp table x as select 1", READS),
    ("create macro m() as 1", READS),
    ("insert into articles select * from articles", READS),
    ("update articles set title = ''", READS),
    ("delete from articles", READS),
    ("drop table articles", READS),
    ("alter table articles drop column title", READS),
    ("truncate articles", READS),
    ("begin transaction", READS),
    ("checkpoint", READS),
    ("vacuum", READS),
    # other databases, extensions, the network
    (f"attach '{HERE}/other.duckdb'", READS),
    (f"attach '{HERE}/other.duckdb' as o; select 1", READS),
    ("detach warehouse", READS),
    ("use memory", READS),
    ("install httpfs", READS),
    ("load httpfs", READS),
    ("force install spatial from community", READS),
    ("update extensions", READS),
    ("select * from read_csv('https://example.invalid/x.csv')", CLOSED),
    ("select * from 's3://bucket/x.parquet'", (CLOSED, NONE)),
    ("select * from read_csv('http://127.0.0.1:1/x')", CLOSED),
    # settings and secrets
    ("set enable_external_access = true", READS),
    ("set lock_configuration = false", READS),
    ("reset memory_limit", READS),
    ("set variable x = 1", READS),
    ("pragma database_list", READS),
    ("pragma memory_limit='100GB'", READS),
    ("/* a */ -- b\n pragma enable_profiling", READS),
    ("call pragma_version()", READS),
    ("call enable_logging()", READS),
    ("create secret s (type s3, key_id 'k', secret 's')", READS),
    ("select * from which_secret('s3://x', 's3')", (NONE, CLOSED)),
    ("from enable_logging()", CLOSED),
    ("from enable_logging(storage = 'stdout')", CLOSED),
    ("from \"Enable_Logging\"(storage = 'stdout')", CLOSED),
    ("from enable_logging /* ( */ ()", CLOSED),
    (f"from enable_profiling(format = 'json', save_location = '{HERE}/out.csv')", CLOSED),
    ("select E'\\'' , (select count(*) from enable_logging()), 'x'", CLOSED),
    ("select write_log('x')", CLOSED),
    ("from force_checkpoint()", CLOSED),
    ("select * from query('select 1')", CLOSED),
    ("from json_execute_serialized_sql(json_serialize_sql('select 1'))", CLOSED),
    ("from arrow_scan(1, 2, 3)", CLOSED),
    (";pragma database_list", READS),
    ("prepare p as select 1", READS),
    ("execute p", READS),
    # one wrong statement among right ones: none is run
    ("select 1; drop table articles", READS),
    ("select 1; set threads = 64; select 2", READS),
    ("select 1;; /* x */ install httpfs; --", READS),
    # too much
    ("with recursive r as (select 1 as i union all select i + 1 from r) select count(*) from r", ("stopped after", "memory")),
    ("select count(*) from range(10000000) a(i), range(10000000) b(j), range(10000) c(k) where hash(i + j + k) = 7", "stopped after"),
    ("select repeat('x', 4000000000)", ("memory", "too large", "stopped after", "maximum")),
    ("select list(i) from range(1000000000) t(i)", ("memory", "stopped after")),
    ("select * from range(100000000) t(i) order by hash(i)", ("memory", "stopped after")),
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    root = tmp_path_factory.mktemp("warehouse")
    ingest(root, seeds())
    with Session(current_path(root), Limits(seconds=1.5, rows=1_000, memory=256 << 20)) as session:
        yield session


@pytest.mark.parametrize(("query", "says"), ATTACKS, ids=[q[:48] for q, _ in ATTACKS])
def test_each_try_is_refused_with_a_sentence(session: Session, tmp_path: Path, query: str, says: str | tuple[str, ...], capfd):
    (tmp_path / "secret.txt").write_text("the-secret")
    (tmp_path / "secret.csv").write_text("a,b\nthe-secret,1\n")
    with pytest.raises(UsageError) as refused:
        answer(session, query.replace(HERE, str(tmp_path)))
    said = refused.value.message
    assert any(s in said for s in ([says] if isinstance(says, str) else says)), said
    assert refused.value.hint and "the-secret" not in said + capfd.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret.csv", "secret.txt"]


def test_after_all_that_the_tables_are_as_they_were(session: Session, capfd):
    answer(session, "select count(*) from articles", "json")
    assert '"count_star()": 4' in capfd.readouterr().out


def test_a_long_result_ends_at_the_limit_and_says_so(session: Session, capfd):
    answer(session, "select i from range(100000000) t(i)", "csv")
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 1_001 and "Only the first 1,000 rows" in err


def test_no_variable_of_the_process_is_a_table(session: Session, capfd):
    with pytest.raises(UsageError, match="There is no table"):
        answer(session, "select * from statements")
    answer(session, "select current_setting('python_enable_replacements') as on", "json")
    assert '"on": false' in capfd.readouterr().out


def test_a_query_that_does_not_end_is_waited_for_no_longer_than_its_time(session: Session):
    answer(session, "select 1")  # the child is there
    began = time.monotonic()
    with pytest.raises(UsageError, match=r"stopped after 1\.5 s"):
        answer(session, "select count(*) from range(10000000) a(i), range(10000000) b(j), range(10000) c(k) where hash(i + j + k) = 7")
    assert time.monotonic() - began < 4.5


READING = ["show tables", "describe articles", "summarize articles", "explain select 1",
           "from articles", "values (1)", "select '; set x'"]  # fmt: skip


@pytest.mark.parametrize("query", READING)
def test_what_reads_is_run(session: Session, query: str, capfd):
    answer(session, query)
    assert len(capfd.readouterr().out.splitlines()) > 1
