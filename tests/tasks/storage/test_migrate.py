"""Migration: a warehouse of an older schema version reads as one of today, by one commit that a kill cannot tear."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tasks.errors import BrokenWarehouse
from tasks.storage import manifests, migrate
from tasks.storage.commit import commit
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.mend import opened
from tasks.storage.migrate import Step
from tasks.storage.parquet import read_table, write_table
from tasks.storage.reader import current_path, open_published
from tasks.storage.records import Delta, FileRecord, State
from tasks.storage.verify import verify
from tests.conftest import PROJECT
from tests.tasks.storage.small import CODE, ingest, seeds, tables

BACK = (  # as if this version had renamed a column, added a required one, widened another and given up a table
    Step(2, "Runs count what they skip.", renamed={"runs": {"files_bad": "files_skipped"}}, values={"runs": {"flow": "ingest"}},
         dropped=("gossip",)),
)


def aged(root: Path) -> State:
    """A warehouse as an older version would have left it: other columns, an unknown table, manifests sealed in the old way."""
    layout = Layout.of(root)
    ingest(root, seeds(["甲.txt", "乙.txt", "丁.txt"]))
    state = ingest(root, seeds(["丙.txt", "戊.txt"]), gone=["乙.txt"])
    changed = []
    for n, record in enumerate(state.run_files):
        rows = read_table([layout.path(record)])
        if record.table == "runs":
            rows = rows.rename_columns(["files_bad" if c == "files_skipped" else c for c in rows.column_names]).drop(["flow"])
        else:
            at = rows.schema.get_field_index("size_bytes")
            rows = rows.set_column(at, "size_bytes", rows["size_bytes"].cast(pa.int32()))
        changed.append(put(layout, record.table, n, rows))
    changed.append(put(layout, "gossip", 9, pa.table({"heard": ["a"]})))
    batches = []
    for batch in state.batches.values():
        articles = batch.of("articles")
        files = [f for f in batch.files if f not in articles]
        files += [put(layout, "articles", k, read_table([layout.path(f)]).drop(["abstract"]), f.stage)
                  for k, f in enumerate(articles, 100 + 10 * len(batches))]
        files.append(put(layout, "rumours", 40 + len(batches), pa.table({"article_id": ["x"]}), "enrich"))
        batches.append(replace(batch, files=tuple(files), fingerprints=CODE | {"clean": "c0", "enrich": "e0"}))
    delta = Delta(batches=tuple(batches), run_files=tuple(changed), dropped_run_files=tuple(f.path for f in state.run_files))
    commit(layout, state, delta)
    previous = ""
    for number in manifests.numbers(layout)[0]:
        body = json.loads(layout.manifest(number).read_bytes()) | {"schema_version": 1, "previous": previous}
        del body["digest"]
        previous = manifests._digest_of_version_1(body)
        layout.manifest(number).write_text(json.dumps({**body, "digest": previous}, ensure_ascii=False, separators=(",", ":")))
    layout.journal.unlink()
    return load_state(layout)


def put(layout: Layout, table: str, number: int, rows: pa.Table, stage: str = "run") -> FileRecord:
    path = layout.staging / f"{table}-{number}.parquet"
    return FileRecord(table, stage, layout.relative(path), *write_table(path, rows))


@pytest.fixture
def steps(monkeypatch):
    monkeypatch.setattr(migrate.migrate, "__defaults__", (BACK,))


def fresh(root: Path) -> dict:
    ingest(root, seeds(["甲.txt", "乙.txt", "丁.txt"]))
    ingest(root, seeds(["丙.txt", "戊.txt"]), gone=["乙.txt"])
    return tables(root, volatile=False)


def test_the_next_run_makes_it_one_of_today(tmp_path, steps):
    root = tmp_path / "w"
    assert aged(root).schema_version == 1
    layout = Layout.of(root)
    with open_published(root) as reader:  # of an analyst, open all the time
        before = reader.execute("SELECT count(*), sum(length(text)) FROM articles").fetchall()
        with writer_lock(layout):
            state, said = opened(layout)
        assert state.schema_version == 2 and "from schema version 1 to 2" in said[0] and "Runs count" in said[0]
        assert opened(layout) == (state, []) and not [f for f in state.run_files if f.table == "gossip"]
        ingest(root, seeds(["甲.txt", "丙.txt", "丁.txt", "戊.txt"]))
        assert reader.execute("SELECT count(*), sum(length(text)) FROM articles").fetchall() == before
    assert verify(root) == [] and tables(root, volatile=False) == fresh(tmp_path / "fresh")
    with open_published(root) as con:
        assert con.execute("SELECT DISTINCT flow, files_skipped FROM runs").fetchall() == [("ingest", 0)]
    assert not [f for f in load_state(layout).files() if f.table in ("gossip", "rumours")]


@pytest.mark.parametrize("point", ["commit.before-link", "manifest.before-link", "manifest.after-link"])
def test_a_killed_migration_has_not_happened_or_has(point, tmp_path, steps):
    root = tmp_path / "w"
    aged(root)
    code = ("import sys, tests.tasks.storage.test_migrate as t; from tasks.storage.mend import opened; from tasks.storage import migrate\n"
            "migrate.migrate.__defaults__ = (t.BACK,); opened(t.Layout.of(sys.argv[1]))")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": point}
    killed = subprocess.run([sys.executable, "-c", code, str(root)], env=environment, cwd=PROJECT, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    ingest(root, seeds(["甲.txt", "丙.txt", "丁.txt", "戊.txt"]))
    state, _ = opened(Layout.of(root))
    assert state.schema_version == 2 and verify(root) == [] and {f.table for f in state.run_files} == {"runs", "arrival_events"}


def test_a_required_column_without_a_step_stops_it(tmp_path, monkeypatch):
    root = tmp_path / "w"
    aged(root)
    monkeypatch.setattr(migrate.migrate, "__defaults__", ((replace(BACK[0], values={}),),))
    with pytest.raises(BrokenWarehouse, match="no column flow"):
        opened(Layout.of(root))
    assert load_state(Layout.of(root)).schema_version == 1


def test_a_newer_one_is_refused_by_whoever_writes(tmp_path, monkeypatch):
    ingest(tmp_path, seeds(["甲.txt"]))
    monkeypatch.setattr(manifests, "SCHEMA_VERSION", 1)
    with pytest.raises(BrokenWarehouse, match="newer taojin") as refused:
        opened(Layout.of(tmp_path))
    assert refused.value.hint == "Update taojin."
    with duckdb.connect(str(current_path(tmp_path)), read_only=True) as con:  # reading what is published stays possible
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (1,)
