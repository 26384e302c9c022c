"""Compaction and backup: fewer files, the same rows; killed anywhere, nothing is lost; a copy is a warehouse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from schemas.ids import file_id
from tasks.errors import BrokenWarehouse, UsageError
from tasks.storage import manifests
from tasks.storage.backup import backup
from tasks.storage.compact import compact
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state, numbers
from tasks.storage.reader import current_path, open_published
from tasks.storage.verify import verify
from tests.conftest import PROJECT
from tests.tasks.storage.small import CODE, ingest, seeds, tables

RUNS = 16
SIZES = {"batch_bytes": 2_000, "batch_files": 20}


def grown(root, runs: int = RUNS):
    """A warehouse to which many runs have added one file each."""
    ingest(root, seeds(["甲.txt", "丁.txt"]), batch_size=1)
    for k in range(runs - 1):
        ingest(root, {f"第{k}号.txt": f"※首页\n第{k}号渡口\n今天过河的有{k}人，风平浪静。".encode()})
    return Layout.of(root)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifests, "SNAPSHOT_EVERY", 6)
        yield grown(tmp_path_factory.mktemp("many") / "w")


@pytest.fixture
def layout(many, tmp_path):
    subprocess.run(["cp", "-a", many.root, tmp_path / "w"], check=True)
    return Layout.of(tmp_path / "w")


def done(layout: Layout, **given):
    with writer_lock(layout):
        return compact(layout, load_state(layout), **SIZES | given)


def test_fewer_files_and_the_same_rows(layout):
    before = tables(layout.root)
    told = done(layout)
    assert tables(layout.root) == before
    assert verify(layout.root) == []
    assert told.files_after * 2 < told.files_before and told.batches_after * 3 < told.batches_before
    assert told.manifests_removed >= 6 and numbers(layout)[0][0] > 1
    again = done(layout)
    assert (again.files_after, again.batches_after, again.generation) == (told.files_after, told.batches_after, told.generation)


def test_life_goes_on_after_it(layout):
    done(layout)
    ingest(layout.root, {"新.txt": "新渡口\n明天开渡。".encode()})
    with open_published(layout.root) as con:
        assert con.execute("SELECT mode FROM _publication").fetchone() == ("increment",)
    ingest(layout.root, {}, code=CODE | {"clean": "c2", "enrich": "e2"})
    assert verify(layout.root) == []
    published = tables(layout.root)
    ingest(layout.root, {}, code=CODE | {"clean": "c2", "enrich": "e2"}, rebuild=True)
    assert {k: v for k, v in tables(layout.root).items() if k != "runs"} == {k: v for k, v in published.items() if k != "runs"}


def test_batches_with_refused_documents_stay_as_they_are(tmp_path):
    data = "※导航\n坏掉的一页。".encode()
    layout = grown(tmp_path / "w", 4)
    ingest(layout.root, {"坏.txt": data}, refused=[file_id(data)])
    held = load_state(layout).file_batch[file_id(data)]
    done(layout)
    assert held in load_state(layout).batches


@pytest.mark.parametrize("point", ["compact.merged", "commit.linked", "manifest.before-link", "manifest.after-link", "compact.committed",
                                   "publish.built", "publish.linked", "compact.removed"])
def test_a_killed_compaction_loses_nothing_and_the_next_one_ends_it(layout, point):
    before = tables(layout.root)
    code = (
        "import sys; from tests.tasks.storage.test_compact import *\n"
        "done(Layout.of(sys.argv[1]))"
    )
    env = os.environ | {"TAOJIN_FAULT": point}
    died = subprocess.run([sys.executable, "-c", code, str(layout.root)], cwd=PROJECT, env=env, check=False)
    assert died.returncode == -signal.SIGKILL
    assert tables(layout.root) == before  # readers see what they saw
    told = done(layout, min_age_s=0)
    assert tables(layout.root) == before
    assert verify(layout.root) == []
    assert told.batches_after < RUNS / 3


def test_a_backup_is_a_warehouse_and_the_next_one_copies_only_what_is_new(layout, tmp_path):
    copy = Layout.of(tmp_path / "copy")
    with writer_lock(layout):
        first = backup(layout, load_state(layout), copy.root)
    assert first.files_kept == 0 and tables(copy.root) == tables(layout.root) and verify(copy.root) == []
    ingest(layout.root, {"新.txt": "新渡口\n明天开渡。".encode()})
    done(layout)
    with writer_lock(layout):
        second = backup(layout, load_state(layout), copy.root)
    assert 0 < second.files_copied < first.files_copied and second.files_removed
    assert tables(copy.root) == tables(layout.root) and verify(copy.root) == []
    ingest(copy.root, {"后.txt": "后来\n渡口修了桥。".encode()})  # the copy goes on as a warehouse of its own
    assert verify(copy.root) == []


def test_a_backup_refuses_foreign_folders_and_damaged_files(layout, tmp_path):
    state = load_state(layout)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    for place in (tmp_path / "full", layout.root / "copy", layout.root, tmp_path):
        with pytest.raises(UsageError):
            backup(layout, state, place)
    record = next(f for f in state.files() if f.table == "documents")
    data = bytearray(layout.path(record).read_bytes())
    data[20] ^= 1
    layout.path(record).write_bytes(data)
    with pytest.raises(BrokenWarehouse, match="was changed"):
        backup(layout, state, tmp_path / "copy")
    assert not (tmp_path / "copy" / "current").exists()
    with pytest.raises(BrokenWarehouse):
        backup(layout, replace(state, run_files=(replace(state.run_files[0], path="truth/runs/lost.parquet"),)), tmp_path / "other")


def test_readers_keep_what_they_have_open(layout):
    with open_published(layout.root) as con:
        before = con.execute("SELECT count(*) FROM articles").fetchone()
        done(layout, keep=1, min_age_s=0)
        assert con.execute("SELECT count(*) FROM articles").fetchone() == before
    assert current_path(layout.root).exists()
