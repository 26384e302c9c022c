"""Forget: afterwards no byte, row or generation of the folder holds the file; everything else reads as if it never came."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.ids import article_id, doc_id, file_id
from tasks.errors import UsageError
from tasks.storage import runlog
from tasks.storage.forget import forget
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.reader import kept_generations, open_published
from tasks.storage.restore import restore_bytes
from tasks.storage.verify import verify
from tests.conftest import PROJECT
from tests.tasks.storage.small import TEXTS, ingest, seeds, tables

NOW = datetime(2100, 1, 1)
SECRET = "机密"
NAME = "私.txt"
DATA = f"※导航\n{SECRET}来信\n写信人住在第七渠边，请勿外传。\n".encode()
GONE = file_id(DATA)


@pytest.fixture
def root(tmp_path) -> Path:
    runlog.append(Layout.of(tmp_path / "w"), {"run_id": 1, "status": "failed", "error": f"file:///seeds/{NAME} cannot be read."})
    runlog.append(Layout.of(tmp_path / "w"), {"run_id": 1, "mended": ["others", f"The bytes of /seeds/{NAME} ({GONE}) were read in."]})
    ingest(tmp_path / "w", seeds() | {NAME: DATA}, batch_size=3)
    ingest(tmp_path / "w", {"新.txt": "新开张\n欢迎光临。".encode()})
    return tmp_path / "w"


def forgotten(root: Path):
    layout = Layout.of(root)
    with writer_lock(layout):
        return forget(layout, load_state(layout), GONE, NOW)


def mentions(root: Path) -> list[str]:
    """Where the folder still speaks of the file: its characters in any file, or its ids in any table."""
    ids = {GONE, doc_id(GONE, 1), article_id(doc_id(GONE, 1), 1)}
    found = []
    for path in (p for p in root.rglob("*") if p.is_file() and not p.is_symlink()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data = repr(pq.read_table(path).to_pylist()).encode() + b"".join(
                v for r in pq.read_table(path).to_pylist() for v in r.values() if isinstance(v, bytes))
        told = {GONE} if "manifests" in str(path.relative_to(root)) else set()  # the tombstone, which is there to say so
        words = [SECRET.encode(), NAME.encode(), *(i.encode() for i in ids - told)]
        found += [f"{path.name}: {w!r}" for w in words if w in data]
    for generation in kept_generations(root):
        with open_published(root, generation) as con:
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                rows = repr(con.execute(f'SELECT * FROM "{name}"').fetchall())
                found += [f"{generation} {name}" for w in (SECRET, NAME, *ids) if w in rows]
    return found


def test_nothing_is_left_of_it(root):
    assert mentions(root)
    state = forgotten(root)
    assert mentions(root) == []
    assert state.tombstones == {GONE: "2100-01-01T00:00:00.000000"}
    assert kept_generations(root) == [state.generation]
    assert verify(root) == []
    told = runlog.entries(Layout.of(root))
    assert [t["run_id"] for t in told] == [1, 1] and told[1]["mended"] == ["others", "(forgotten)"] and told[0]["status"] == "failed"
    with pytest.raises(UsageError, match="were forgotten on 2100"):
        restore_bytes(root, GONE)
    assert restore_bytes(root, file_id(TEXTS["甲.txt"].encode())) == TEXTS["甲.txt"].encode()


def test_the_rest_reads_as_if_it_never_came(root, tmp_path):
    forgotten(root)
    ingest(tmp_path / "without", seeds())
    ingest(tmp_path / "without", {"新.txt": "新开张\n欢迎光临。".encode()})
    assert tables(root, volatile=False) == tables(tmp_path / "without", volatile=False)


def test_it_is_not_taken_in_again(root):
    forgotten(root)
    ingest(root, {NAME: DATA})
    assert mentions(root) == []


def test_a_file_alone_in_its_batch_and_an_unknown_one(tmp_path):
    ingest(tmp_path, {NAME: DATA}, batch_size=1)
    ingest(tmp_path, seeds(["甲.txt"]))
    forgotten(tmp_path)
    assert mentions(tmp_path) == [] and verify(tmp_path) == []
    with pytest.raises(UsageError, match="has no file"):
        forget(Layout.of(tmp_path), load_state(Layout.of(tmp_path)), "0" * 32, NOW)


@pytest.mark.parametrize("point", ["manifest.after-link", "publish.built", "publish.announced"])
def test_a_killed_one_is_finished_by_the_next(point, root):
    code = "import sys, tests.tasks.storage.test_forget as t; from pathlib import Path; t.forgotten(Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": point}
    killed = subprocess.run([sys.executable, "-c", code, str(root)], env=environment, cwd=PROJECT, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert mentions(root)
    forgotten(root)
    assert mentions(root) == [] and verify(root) == []


def test_a_publication_retires_generations_older_than_a_tombstone(root):
    layout = Layout.of(root)
    code = "import sys, tests.tasks.storage.test_forget as t; from pathlib import Path; t.forgotten(Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": "commit.done"}
    subprocess.run([sys.executable, "-c", code, str(root)], env=environment, cwd=PROJECT, capture_output=True)
    ingest(root, {"后.txt": "后来\n又来了一篇。".encode()})
    assert kept_generations(root) == [load_state(layout).generation]
