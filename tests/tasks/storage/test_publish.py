"""Publication: an increment equals a full one, readers see no error, blocked and killed runs leave the data as they were."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pyarrow as pa
import pytest

from schemas.catalog import TABLES as CONTRACTS
from schemas.ids import doc_id, file_id
from tasks.errors import BlockedPublication, BrokenWarehouse, UsageError
from tasks.storage.commit import commit, run_table
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table, write_table
from tasks.storage.publish import publish
from tasks.storage.reader import current_path, kept_generations, open_published
from tasks.storage.records import Delta, FileRecord
from tasks.storage.restore import restore_bytes
from tests.tasks.storage.small import CODE, TEXTS, ingest, seeds, tables


def test_five_files_come_out_as_rows(tmp_path):
    ingest(tmp_path, seeds())
    with open_published(tmp_path) as con:
        names = con.execute("SELECT name, document_count, media_type FROM seed_files ORDER BY name").fetchall()
        assert names == [(n, 1, "text/plain") for n in sorted(TEXTS)]
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (4,)
        assert con.execute("SELECT df, cf FROM vocabulary WHERE term = '山'").fetchone() == (1, 2)
        assert con.execute("SELECT value FROM corpus_stats WHERE name = 'articles'").fetchone() == (4.0,)
        assert con.execute("SELECT hans FROM traditional_map WHERE hant = '國'").fetchone() == ("国",)
        assert con.execute("SELECT sum(edits) FROM dirt_daily WHERE label = 'nav'").fetchone() == (4,)
        assert con.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'articles_current'").fetchone()[0].startswith("Articles")
        assert "seed file" in con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'documents'").fetchone()[0]


def test_an_increment_equals_a_full_publication(tmp_path):
    def story(root, rebuild):
        ingest(root, seeds(["甲.txt", "乙.txt", "丁.txt"]), rebuild=rebuild)
        ingest(root, seeds(["丙.txt", "戊.txt"]), gone=["乙.txt"], rebuild=rebuild)
        ingest(root, {"乙.txt": "灯塔\n塔灯已灭。".encode()}, rebuild=rebuild)
        ingest(root, seeds(["甲.txt"]), code=CODE | {"clean": "c2", "enrich": "e2"}, rebuild=rebuild)
        ingest(root, seeds(["乙.txt"]), code=CODE | {"clean": "c2", "enrich": "e3"}, rebuild=rebuild)
        with open_published(root) as con:
            return con.execute("SELECT mode, dead_rows FROM _publication").fetchone()

    full = story(tmp_path / "full", True)
    assert full == ("full", 0)
    increment = story(tmp_path / "increment", False)
    assert tables(tmp_path / "full") == tables(tmp_path / "increment")
    assert increment[0] in ("increment", "full")


def test_small_change_is_an_increment_and_many_dead_rows_a_full_one(tmp_path):
    ingest(tmp_path, seeds(), batch_size=1)
    with_more = {f"新{i}.txt": f"新闻{i}\n第{i}条。".encode() for i in range(3)}
    ingest(tmp_path, with_more)
    with open_published(tmp_path) as con:
        assert con.execute("SELECT mode, dead_rows FROM _publication").fetchone() == ("increment", 0)
    ingest(tmp_path, {}, code=CODE | {"enrich": "e2"})
    with open_published(tmp_path) as con:
        assert con.execute("SELECT mode FROM _publication").fetchone() == ("full",)
        assert con.execute("SELECT DISTINCT tag FROM terms").fetchall() == [("e2",)]


def test_replaced_rows_leave_in_an_increment(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.storage.publish.MOST_DEAD", 1.0)
    ingest(tmp_path / "a", seeds())
    ingest(tmp_path / "a", {}, code=CODE | {"clean": "c2", "enrich": "e2"})
    with open_published(tmp_path / "a") as con:
        mode, dead = con.execute("SELECT mode, dead_rows FROM _publication").fetchone()
        assert (mode, dead > 0) == ("increment", True)
        assert con.execute("SELECT DISTINCT rule_id FROM edits WHERE label = 'nav'").fetchall() == [("test-c2",)]
    ingest(tmp_path / "b", seeds(), code=CODE | {"clean": "c2", "enrich": "e2"})
    assert tables(tmp_path / "a", volatile=False) == tables(tmp_path / "b", volatile=False)


def test_order_and_batches_do_not_matter(tmp_path):
    ingest(tmp_path / "one", seeds(), batch_size=5)
    for name in sorted(TEXTS, reverse=True):
        ingest(tmp_path / "many", seeds([name]), batch_size=1)
    assert tables(tmp_path / "one", volatile=False) == tables(tmp_path / "many", volatile=False)


def test_states_of_arrivals(tmp_path):
    ingest(tmp_path, seeds(["甲.txt", "乙.txt", "丙.txt"]))
    ingest(tmp_path, {"乙.txt": "灯塔\n新的内容。".encode()}, gone=["丙.txt"])
    with open_published(tmp_path) as con:
        states = con.execute("SELECT name, state FROM arrivals ORDER BY name, state").fetchall()
    assert states == sorted([("甲.txt", "current"), ("乙.txt", "current"), ("乙.txt", "superseded"), ("丙.txt", "gone")])


def test_refused_documents_leave_all_tables_and_keep_their_bytes(tmp_path):
    bad = file_id(TEXTS["甲.txt"].encode())
    state = ingest(tmp_path, seeds(), refused=[bad])
    everything = tables(tmp_path)
    for name, rows in everything.items():
        assert not any(doc_id(bad, 1) in row for row in rows), name
    assert next(r for r in everything["seed_files"] if r[0] == bad)[4] == 0
    assert len(everything["arrivals"]) == 5
    assert restore_bytes(tmp_path, bad) == TEXTS["甲.txt"].encode()
    assert {r for b in state.batches.values() for r in b.refused} == {doc_id(bad, 1)}
    clean = tmp_path / "without"
    ingest(clean, seeds([n for n in TEXTS if n != "甲.txt"]))
    assert everything["terms"] == tables(clean)["terms"]


def test_three_generations_are_kept_and_readers_keep_theirs(tmp_path):
    ingest(tmp_path, seeds(["甲.txt"]))
    first = open_published(tmp_path)
    for name in ("乙.txt", "丙.txt", "丁.txt", "戊.txt"):
        ingest(tmp_path, seeds([name]))
    assert kept_generations(tmp_path) == [3, 4, 5]
    assert first.execute("SELECT count(*) FROM seed_files").fetchone() == (1,)
    assert current_path(tmp_path).name == "warehouse-000005.duckdb"
    with open_published(tmp_path, 4) as con:
        assert con.execute("SELECT count(*) FROM seed_files").fetchone() == (4,)
    with pytest.raises(UsageError, match="Generation 1 is not kept"):
        open_published(tmp_path, 1)


def test_readers_are_locked_in(tmp_path):
    ingest(tmp_path, seeds(["甲.txt"]))
    with open_published(tmp_path) as con:
        for sql in ("COPY (SELECT 1) TO '/tmp/x.csv'", "SELECT * FROM read_text('/etc/hostname')", "CREATE TABLE x (a INTEGER)",
                    "SET threads = 1", "ATTACH '/tmp/x.duckdb'", "DELETE FROM articles"):
            with pytest.raises(Exception, match=r"disabled|read-only|locked|[Cc]annot"):
                con.execute(sql)


def test_nothing_published_and_a_lost_generation_are_told_apart(tmp_path):
    with pytest.raises(UsageError, match="no published generation"):
        open_published(tmp_path)
    ingest(tmp_path, seeds(["甲.txt"]))
    current_path(tmp_path).unlink()
    with pytest.raises(BrokenWarehouse, match="is missing"):
        open_published(tmp_path)
    ingest(tmp_path, {})
    assert tables(tmp_path)["articles"]


def test_a_full_disk_is_found_before(tmp_path, monkeypatch):
    state = ingest(tmp_path, seeds(["甲.txt"]))
    current_path(tmp_path).unlink()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 5))
    with pytest.raises(BlockedPublication, match="MB are free"):
        publish(Layout.of(tmp_path), state)
    assert not list((tmp_path / "staging" / "publish").glob("*"))


def test_files_from_before_a_column_was_added_are_read(tmp_path):
    state = ingest(tmp_path, seeds(["甲.txt"]))
    layout = Layout.of(tmp_path)
    (batch,) = state.batches.values()
    (record,) = batch.of("articles")
    older = layout.batch_staging(batch.batch_id) / "older.parquet"
    older.parent.mkdir()
    written = write_table(older, read_table([layout.path(record)]).drop(["abstract"]))
    files = (*(f for f in batch.files if f != record), FileRecord("articles", "enrich", layout.relative(older), *written))
    commit(layout, state, Delta(batches=(replace(batch, files=files),), generation=state.generation + 1))
    ingest(tmp_path, seeds(["乙.txt"]), rebuild=True)
    assert len(tables(tmp_path)["articles"]) == 2


def test_rules_are_shown_once_as_the_newest_run_words_them(tmp_path):
    state, layout = ingest(tmp_path, seeds(["甲.txt"])), Layout.of(tmp_path)
    for run, (why, version) in enumerate([("first", 1), ("in other words", 1), ("means more", 2)], 2):
        row = {"rule_id": "nav", "rule_version": version, "label": "nav", "why": why, "stage": "clean"}
        file = run_table(layout, run, "rules", pa.Table.from_pylist([row], CONTRACTS["rules"].arrow))
        state = commit(layout, state, Delta(run, run_files=(file,), generation=state.generation + 1))
        publish(layout, state, rebuild=run == 4)
    assert [r[1:4:2] for r in tables(tmp_path)["rules"]] == [(1, "in other words"), (2, "means more")]
