"""Kills at every step of a run: the next run makes the tables that an undisturbed one makes. Full disks: tests/test_disk_full.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.reader import open_published
from tasks.storage.sweep import orphans, remove_orphans
from tasks.storage.verify import verify
from tests.conftest import PROJECT
from tests.tasks.storage.small import STEPS, ingest, tables

POINTS = (
    "file.before-fsync@3", "file.after-link@9", "commit.before-link@5", "commit.linked", "manifest.before-link", "manifest.after-link",
    "publish.built", "publish.linked",
)
MORE_POINTS = (
    "file.before-write", "file.before-link@7", "file.after-folder@12", "commit.start", "commit.synced", "manifest.before-write",
    "manifest.before-fsync", "manifest.after-folder", "commit.done", "publish.start", "publish.synced",
    "publish.announced",
)


def run(root: Path, step: str, fault: str = "") -> int:
    command, options = _command(root, step, fault)
    return subprocess.run(command, **options, capture_output=True, timeout=120).returncode


def _command(root: Path, step: str, fault: str) -> tuple[list[str], dict]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": fault}
    return [sys.executable, "-m", "tests.tasks.storage.small", str(root), step], {"env": environment, "cwd": PROJECT}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    root = tmp_path_factory.mktemp("undisturbed")
    for step in ("first", "second"):
        ingest(root, **STEPS[step])
    return tables(root)


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("begun")
    ingest(root, **STEPS["first"])
    return root


@pytest.mark.parametrize("point", ["commit.before-link@5", "commit.linked", "manifest.before-link"])
def test_a_killed_first_commit_has_lost_nothing(point, undisturbed, tmp_path):
    assert run(tmp_path, "first", point) == -signal.SIGKILL
    for step in ("first", "second"):
        assert run(tmp_path, step) == 0, "packs that no manifest names yet stand in staging as well"
    assert tables(tmp_path) == undisturbed and verify(tmp_path) == []


@pytest.mark.parametrize("point", [*POINTS, *(pytest.param(p, marks=pytest.mark.slow) for p in MORE_POINTS)])
def test_after_a_kill_the_next_run_makes_the_same_tables(point, begun, undisturbed, tmp_path):
    root = _copy(begun, tmp_path)
    with open_published(root) as con:
        before = con.execute("SELECT count(*) FROM articles").fetchone()
    assert run(root, "second", point) == -signal.SIGKILL
    with open_published(root) as con:  # a reader in between sees the old tables or the new ones, never a part
        assert con.execute("SELECT count(*) FROM articles").fetchone() in (before, (4,))
    ingest(root, **STEPS["second"])
    assert tables(root) == undisturbed
    assert verify(root) == []
    remove_orphans(Layout.of(root), load_state(Layout.of(root)), min_age_s=0)
    assert verify(root) == [] and not orphans(Layout.of(root), load_state(Layout.of(root)))


@pytest.mark.parametrize("point", ["publish.copied", "publish.built"])
def test_after_a_kill_in_an_increment_too(point, begun, tmp_path):
    root, undisturbed = _copy(begun, tmp_path), _copy(begun, tmp_path / "other")
    assert run(root, "more", point) == -signal.SIGKILL
    for each in (root, undisturbed):
        ingest(each, **STEPS["more"])
        with open_published(each) as con:
            assert con.execute("SELECT mode FROM _publication").fetchone() == ("increment",)
    assert tables(root) == tables(undisturbed)


def test_finished_batches_are_not_done_again(begun, tmp_path):
    root = _copy(begun, tmp_path)
    assert run(root, "second", "commit.start") == -signal.SIGKILL
    staged = {p: p.stat().st_ino for p in (root / "staging").rglob("*.parquet") if "run-" not in str(p)}
    assert staged
    ingest(root, **STEPS["second"])
    inodes = {p.stat().st_ino for p in (root / "truth").rglob("*.parquet")}
    assert set(staged.values()) <= inodes


def _copy(source: Path, target: Path) -> Path:
    root = target / "warehouse"
    target.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(root)], check=True)
    return root
