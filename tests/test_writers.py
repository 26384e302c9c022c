"""Two writers: the second leaves at once with a sentence that names the first; whoever only reads is not kept waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.__main__ import main
from schemas.ids import file_id
from tasks.storage.layout import Layout
from tasks.storage.lock import holder
from tests.conftest import PROJECT
from tests.tasks.storage.small import STEPS, TEXTS, ingest, tables

FILE = file_id(TEXTS["甲.txt"].encode())
WRITE = (["ingest", "{seeds}"], ["rebuild"], ["compact"], ["forget", FILE, "--yes"],
         ["quarantine", "discard", "1-1", "--reason", "x"])  # fmt: skip
READ = (["sql", "select count(*) from articles"], ["path"], ["status"], ["verify"], ["search", "春天"])


@contextmanager
def writing(root: Path, token: Path) -> Iterator[subprocess.Popen]:
    """Another process that has the warehouse and waits in the middle of its commit."""
    env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": f"commit.linked:pause={token}"}
    command = [sys.executable, "-m", "tests.tasks.storage.small", str(root), "second"]
    with subprocess.Popen(command, env=env, cwd=PROJECT) as process:
        until = time.monotonic() + 120
        while not token.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield process
        finally:
            process.kill()
            token.unlink(missing_ok=True)


@pytest.fixture
def house(tmp_path) -> Path:
    ingest(tmp_path / "w", **STEPS["first"])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("渡口\n渡船每日开行三班。\n", "utf-8")
    return tmp_path / "w"


def test_who_writes_second_is_told_who_writes_and_changes_nothing(house, tmp_path, capsys):
    before = tables(house)
    with writing(house, tmp_path / "token") as other:
        assert holder(Layout.of(house))["pid"] == other.pid
        for words in WRITE:
            told = [w.format(seeds=tmp_path / "in") for w in words]
            assert main([*told, "-w", str(house)]) == 2, told
            said = capsys.readouterr().err
            assert f"small.py {house} second: process {other.pid} on " in said.replace("\n", " "), (told, said)
            assert f"is writing to {house}. Try again when it is done" in said.replace("\n", " ")
        for words in READ:
            assert main([*words, "-w", str(house)]) in (0, 1), words
            assert "is writing" not in capsys.readouterr().err
        assert main(["backup", str(tmp_path / "copy"), "-w", str(house), "--quiet"]) == 0  # it copies what is committed
        assert tables(house) == before == tables(tmp_path / "copy")
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert main(["compact", "-w", str(house), "--quiet"]) == 0  # nobody holds what a dead process held
    ingest(house, **STEPS["second"])
    calm = tmp_path / "calm"
    for step in ("first", "second"):
        ingest(calm, **STEPS[step])
    assert tables(house, volatile=False) == tables(calm, volatile=False)


def test_two_at_once_take_turns_and_lose_nothing(house, tmp_path):
    """Started together, one takes the warehouse; the other leaves, and called again finds everything done."""
    command = [sys.executable, "-m", "tests.tasks.storage.small", str(house), "second"]
    env = os.environ | {"PYTHONPATH": str(PROJECT)}
    both = [subprocess.Popen(command, env=env, cwd=PROJECT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(p.communicate()[1], p.returncode) for p in both]
    assert [code for _, code in ends].count(0) >= 1
    assert all(code == 0 or "is writing to" in said for said, code in ends)
    ingest(house, **STEPS["second"])
    calm = tmp_path / "calm"
    for step in ("first", "second"):
        ingest(calm, **STEPS[step])
    assert tables(house, volatile=False) == tables(calm, volatile=False)
