"""One writer: a second one leaves with a sentence, a dead one leaves no lock behind, readers are never kept waiting."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from tasks.errors import UsageError, WarehouseBusy
from tasks.storage.layout import Layout
from tasks.storage.lock import command, holder, writer_lock
from tasks.storage.reader import open_published
from tasks.storage.serving import serving, serving_lock, tell_serving
from tests.conftest import PROJECT
from tests.tasks.storage.small import TEXTS, ingest, seeds

HOLD = "import sys; from tasks.storage.layout import Layout; from tasks.storage.lock import writer_lock\n" \
    "with writer_lock(Layout.of(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_a_second_process_is_told_who_writes(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env={**os.environ, "PYTHONPATH": str(PROJECT)}) as other:
        assert other.stdout.readline() == b"held\n"
        layout = Layout.of(tmp_path)
        with pytest.raises(WarehouseBusy, match=f"process {other.pid} on .* is writing to {tmp_path}"), writer_lock(layout):
            pass
        assert holder(layout)["pid"] == other.pid
        other.send_signal(signal.SIGKILL)
        other.wait()
        with writer_lock(layout):
            assert holder(layout)["pid"] == os.getpid()
        assert holder(layout) is None


def test_the_lock_is_not_taken_twice_in_one_process(tmp_path):
    layout = Layout.of(tmp_path)
    with writer_lock(layout), pytest.raises(WarehouseBusy), writer_lock(layout):
        pass
    with writer_lock(layout):
        pass


def test_a_reader_in_a_loop_sees_whole_generations_only(tmp_path):
    ingest(tmp_path, seeds(["甲.txt"]))
    faults, seen, stop = [], set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                with open_published(tmp_path) as con:
                    files, events, generation = con.execute(
                        "SELECT (SELECT count(*) FROM seed_files), (SELECT count(*) FROM arrivals), (SELECT generation FROM _publication)"
                    ).fetchone()
                    docs = con.execute("SELECT sum(document_count) FROM seed_files").fetchone()[0]
                    if not files == events == docs == generation:
                        faults.append((files, events, docs, generation))
                    seen.add(generation)
            except Exception as error:
                faults.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for name in [n for n in TEXTS if n != "甲.txt"]:
        ingest(tmp_path, seeds([name]))
    for i in range(3):
        ingest(tmp_path, {f"{i}.txt": f"第{i}篇\n内容{i}。".encode()})
    stop.set()
    reader.join()
    assert faults == []
    assert len(seen) > 1


def test_a_folder_that_cannot_be_one_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be a warehouse"), writer_lock(Layout.of(tmp_path / "file")):
        pass


def test_who_only_asks_for_the_holder_keeps_nobody_from_writing(tmp_path):
    layout, stop = Layout.of(tmp_path), threading.Event()
    with writer_lock(layout):
        pass

    def ask() -> None:
        while not stop.is_set():
            holder(layout)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for each in asking:
        each.start()
    try:
        for _ in range(200):
            with writer_lock(layout):
                pass
    finally:
        stop.set()
        for each in asking:
            each.join()


def test_the_one_who_waits_reads_what_the_other_does(tmp_path):
    layout = Layout.of(tmp_path)
    assert command(["/x/flows/__main__.py", "ingest", "a b"]) == "taojin ingest 'a b'"
    assert command(["/x/prefect/__main__.py", "y"]) == "prefect y" and command([]) == "taojin"
    with writer_lock(layout):
        assert holder(layout)["command"] == command(sys.argv)
        told = r"Another taojin \(.+: process [0-9]+ on .+, since 20[0-9T:+-]+\) is writing"
        with pytest.raises(WarehouseBusy, match=told), writer_lock(layout):
            pass


def test_a_dead_holders_words_are_no_obstacle_even_if_its_number_lives_again(tmp_path):
    layout = Layout.of(tmp_path)
    layout.make()
    layout.lock.write_text(json.dumps({"pid": os.getppid(), "host": "elsewhere", "since": "2026-01-02T03:04:05+00:00"}))
    assert holder(layout) is None
    with writer_lock(layout):
        assert holder(layout)["pid"] == os.getpid()


def test_a_second_serve_leaves_and_takes_nothing_with_it(tmp_path):
    layout = Layout.of(tmp_path)
    with serving_lock(layout):
        tell_serving(layout, {"pid": 7, "host": "here"})
        with pytest.raises(WarehouseBusy, match="process 7 on here"), serving_lock(layout):
            pass
        assert serving(layout) == {"pid": 7, "host": "here"}, "the one that serves goes on telling"
    assert serving(layout) is None and not layout.serving.exists()
