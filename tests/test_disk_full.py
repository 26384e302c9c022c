"""Disks that fail: a sentence that says what, where and how much, exit code 1, and the next run makes the same tables.

Errors come from fault points (TAOJIN_FAULT=point:error=ENOSPC), so no root is needed. Real small disks: `python -m benchmarks.full_disk`.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.__main__ import main
from flows.server import PrefectServer
from flows.settings import load
from tasks.errors import DiskFault
from tasks.storage import room
from tasks.storage.durable import append_durably, full_disk_told, write_durably
from tasks.storage.layout import Layout
from tasks.storage.reader import open_published
from tasks.storage.verify import verify
from tests.conftest import PROJECT
from tests.tasks.storage.small import STEPS, ingest, tables

POINTS = ("file.before-write", "file.before-fsync@3", "receipt.before-replace", "run-file.before-write", "commit.before-link@5",
          "manifest.before-write", "manifest.before-link", "manifest.after-link", "journal.before-append", "publish.built",
          "publish.before-link", "current.before-symlink", "current.before-replace")  # fmt: skip
WORDS = {
    "ENOSPC": "is full", "EDQUOT": "Your quota on the disk that holds", "EIO": "answers with input/output errors",
    "EROFS": "can only be read", "EFBIG": "would be larger than is allowed",
}  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict:
    root = tmp_path_factory.mktemp("undisturbed")
    for step in ("first", "second"):
        ingest(root, **STEPS[step])
    return tables(root)


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("begun")
    ingest(root, **STEPS["first"])
    return root


@pytest.fixture
def house(begun, tmp_path) -> Path:
    subprocess.run(["cp", "-a", str(begun), str(tmp_path / "house")], check=True)
    return tmp_path / "house"


PAIRS = [pytest.param(number, point, marks=() if (k + i) % 5 == 0 else pytest.mark.slow)
         for k, point in enumerate(POINTS) for i, number in enumerate(WORDS) if (k + i) % 5 == 0 or i == 0]  # fmt: skip


@pytest.mark.parametrize("number, point", PAIRS)
def test_what_ails_the_disk_is_told_and_the_next_run_goes_on(number, point, house, undisturbed, monkeypatch):
    from tasks.storage import durable

    with open_published(house) as db:
        before = db.execute("SELECT count(*) FROM articles").fetchone()
    monkeypatch.setattr(durable, "_passed", {})
    monkeypatch.setenv("TAOJIN_FAULT", f"{point}:error={number}")
    with pytest.raises(DiskFault, match=WORDS[number]) as told:
        ingest(house, **STEPS["second"])
    assert str(house) in told.value.message and told.value.hint and told.value.exit_code == 1
    monkeypatch.delenv("TAOJIN_FAULT")
    with open_published(house) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() in (before, (4,))
    ingest(house, **STEPS["second"])
    assert tables(house) == undisturbed and verify(house) == []


def test_no_temporary_file_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("TAOJIN_FAULT", "file.before-fsync:error=ENOSPC")
    monkeypatch.setattr("tasks.storage.durable._passed", {})
    with pytest.raises(DiskFault):
        write_durably(tmp_path / "a", lambda p: p.write_bytes(b"half"))
    assert list(tmp_path.iterdir()) == []


def test_a_line_is_appended_whole_or_not_at_all(tmp_path, monkeypatch):
    """A disk takes what it has room for and says so only at the next call."""
    path, real = tmp_path / "log", os.write
    path.write_bytes(b"one\n")

    def write(handle: int, data: bytes) -> int:
        if len(data) < 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, bytes(data[:3]))

    monkeypatch.setattr(os, "write", write)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    with pytest.raises(DiskFault, match="is full"):
        append_durably(handle, path, b"two and more\n", "log")
    os.close(handle)
    assert path.read_bytes() == b"one\n"


def test_a_database_that_finds_no_room_to_spill_is_a_sentence(tmp_path):
    con = duckdb.connect(config={"temp_directory": str(tmp_path), "memory_limit": "30MB", "threads": "1"})
    con.execute("SET max_temp_directory_size = '1MB'")  # by default what is free on the disk, so that a full one reads the same
    with pytest.raises(DiskFault, match=r"The disk that holds .* is full"), full_disk_told(tmp_path):
        con.execute("CREATE TEMP TABLE t AS SELECT md5(i::VARCHAR) || md5((i + 7)::VARCHAR) s FROM range(600000) t(i)")


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(FileNotFoundError), full_disk_told(tmp_path):
        (tmp_path / "no").read_bytes()
    with pytest.raises(ValueError), full_disk_told(tmp_path):
        raise ValueError("No such thing")


def test_room_is_asked_for_before_a_run_begins(tmp_path, monkeypatch):
    layout = Layout.of(tmp_path)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda place: os.terminal_size((0, 0)) and type("Usage", (), {"free": 100_000_000})())
    with room.room_for(layout, 4_000_000):
        pass
    sentence = f"40.0 MB of files need about 351 MB in {tmp_path}, and 100 MB are free."
    with pytest.raises(DiskFault) as told, room.room_for(layout, 40_000_000):
        raise AssertionError("begun")
    assert told.value.message == sentence and "nothing was changed" in told.value.hint
    with pytest.raises(DiskFault) as told, room.room_for(layout, 4_000_000):
        raise DiskFault("The disk is full.", "Make room.")
    assert str(told.value) == f"The disk is full. 4.0 MB of files need about 96 MB in {tmp_path}. Make room."


def test_prefect_without_room_for_its_database_is_a_sentence(tmp_path, monkeypatch):
    settings = load(environ={}, prefect_home=tmp_path / "home", prefect_api_url="")
    monkeypatch.setattr("flows.server.shutil.disk_usage", lambda place: type("Usage", (), {"free": 600_000})())
    with pytest.raises(DiskFault, match=r"Prefect's state needs about 8 MB in .*home, and 0\.6 MB are free\."):
        PrefectServer(settings).start_standing(0)


@pytest.mark.slow
@pytest.mark.parametrize("point, number", [("file.before-fsync", "ENOSPC"), ("publish.built", "EDQUOT")])
def test_the_command_says_it_and_the_next_one_goes_on(point, number, tmp_path, prefect_server, monkeypatch, capsys):
    seeds, house = tmp_path / "in", tmp_path / "w"
    seeds.mkdir()
    for n in range(3):
        (seeds / f"{n}.txt").write_text(f"第{n}号渡口\n\n渡船每日开行{n + 2}班，风大停航。\n", "utf-8")
    command = [sys.executable, "-m", "flows", "ingest", str(seeds), "-w", str(house), "--quiet"]
    env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_API_URL": prefect_server.url, "TAOJIN_WORKERS": "1"}
    done = subprocess.run(command, env=env | {"TAOJIN_FAULT": f"{point}:error={number}"}, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert WORDS[number] in done.stderr and "need about" in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2
    assert subprocess.run(command, env=env, cwd=PROJECT).returncode == 0
    with open_published(house) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (3,)
        assert db.execute("SELECT status, error IS NULL FROM runs ORDER BY run_id").fetchall()[-1][0] == "done"
    assert main(["verify", "-w", str(house)]) == 0
    capsys.readouterr()
