"""Backups: beside a writer, through a compaction, killed and taken up again, and brought back in another place."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.errors import BrokenWarehouse, UsageError
from tasks.storage import backup as module
from tasks.storage.backup import backup, backup_beside
from tasks.storage.compact import compact
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.reader import current_path
from tasks.storage.verify import verify
from tests.conftest import PROJECT
from tests.tasks.storage.small import ingest, seeds, tables


@pytest.fixture
def layout(tmp_path) -> Layout:
    for n, name in enumerate(("甲.txt", "乙.txt", "丙.txt")):
        ingest(tmp_path / "w", seeds([name]) | {f"{n}.txt": f"第{n}号\n水深{n}尺。".encode()}, batch_size=1)
    return Layout.of(tmp_path / "w")


def test_a_backup_beside_a_writer_shows_the_last_commit(layout, tmp_path):
    with writer_lock(layout):  # somebody is at work
        done = backup_beside(layout, tmp_path / "copy")
    assert done.files_kept == 0 and tables(tmp_path / "copy") == tables(layout.root) and verify(tmp_path / "copy") == []


def test_files_that_leave_meanwhile_make_it_begin_anew(layout, tmp_path, monkeypatch):
    before, once, copy = tables(layout.root), [True], module._copy

    def with_a_compaction(source: Path, target: Path, digest: str = "") -> None:
        if once:
            once.clear()
            compact(layout, load_state(layout), batch_bytes=1 << 20, batch_files=100, min_age_s=0)
        copy(source, target, digest)

    monkeypatch.setattr(module, "_copy", with_a_compaction)
    backup_beside(layout, tmp_path / "copy")
    assert tables(tmp_path / "copy") == before and verify(tmp_path / "copy") == []
    assert load_state(Layout.of(tmp_path / "copy")) == load_state(layout)


def test_a_commit_meanwhile_is_not_half_in_it(layout, tmp_path, monkeypatch):
    before, once, copy = tables(layout.root), [True], module._copy

    def with_a_run(source: Path, target: Path, digest: str = "") -> None:
        if once:
            once.clear()
            ingest(layout.root, seeds(["戊.txt"]))
        copy(source, target, digest)

    monkeypatch.setattr(module, "_copy", with_a_run)
    backup_beside(layout, tmp_path / "copy")
    assert tables(tmp_path / "copy") == before and not [f for f in verify(tmp_path / "copy") if f.kind != "publication"]


@pytest.mark.parametrize("point", ["backup.after-link", "backup.files", "backup.manifests"])
def test_half_a_backup_says_so_and_is_finished_by_the_next(layout, tmp_path, point):
    code = ("import sys; from tasks.storage.backup import *; from tasks.storage.layout import Layout\n"
            "backup_beside(Layout.of(sys.argv[1]), sys.argv[2])")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": point}
    command = [sys.executable, "-c", code, str(layout.root), str(tmp_path / "copy")]
    assert subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True).returncode == -signal.SIGKILL
    with pytest.raises(BrokenWarehouse, match="not finished"):
        load_state(Layout.of(tmp_path / "copy"))
    with pytest.raises(UsageError, match="no published generation"):
        current_path(tmp_path / "copy")
    assert backup_beside(layout, tmp_path / "copy").files_kept == 0 or point != "backup.after-link"
    assert tables(tmp_path / "copy") == tables(layout.root) and verify(tmp_path / "copy") == []
    assert not Layout.of(tmp_path / "copy").unfinished.exists()


def test_it_is_restored_elsewhere_and_goes_on(layout, tmp_path):
    with writer_lock(layout):
        backup(layout, load_state(layout), tmp_path / "copy")
    shown = tables(layout.root)
    shutil.rmtree(layout.root)
    copy = Layout.of(tmp_path / "copy")
    backup(copy, load_state(copy), tmp_path / "elsewhere" / "deep")
    shutil.rmtree(copy.root)
    assert tables(tmp_path / "elsewhere" / "deep") == shown and verify(tmp_path / "elsewhere" / "deep") == []
    ingest(tmp_path / "elsewhere" / "deep", seeds())
    assert len(tables(tmp_path / "elsewhere" / "deep")["documents"]) == 8
