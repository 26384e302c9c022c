"""The command as a whole: killed at any moment, run twice at once, read while it publishes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.server import PrefectServer
from flows.settings import Settings
from tasks.storage.layout import Layout
from tasks.storage.lock import holder
from tasks.storage.manifests import load_state
from tasks.storage.progress import read_progress
from tasks.storage.reader import open_published
from tasks.storage.receipts import waiting
from tests.laws.command import Command, differences, rows_in_all
from tests.laws.hostile import encodings, line_ends

PATIENCE = 120.0  # seconds for a command to reach a moment
TURN = 0.005


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, data in (encodings() | line_ends()).items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def undisturbed(pages: Path, tmp_path_factory: pytest.TempPathFactory, prefect_server: PrefectServer) -> Command:
    command = _command(tmp_path_factory.mktemp("undisturbed"), prefect_server)
    assert command("ingest", pages, "--quiet").code == 0
    return command


def _command(folder: Path, server: PrefectServer) -> Command:
    return Command(folder / "warehouse", server.settings.prefect_home, server.url)


def _reaches(moment: str, layout: Layout) -> bool:
    told = read_progress(layout)
    return bool(told and told["stage"] == moment) or (moment == "first receipt" and any(waiting(layout)))


def test_order_batches_and_workers_change_no_row(settings: Settings, pages: Path, tmp_path: Path, quick: Callable):
    """Law D in one process; through the real command it stands in tests/test_laws.py."""
    names = sorted(pages.iterdir())[::4]
    ingest(settings, names)
    other = replace(settings, warehouse=tmp_path / "other", batch_bytes=1, workers=2)
    ingest(other, names[5:])
    ingest(other, names[::-1])
    assert differences(settings.warehouse, other.warehouse) == {}
    assert rows_in_all(other.warehouse)["documents"] == len({p.read_bytes() for p in names}) > 6


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["start", "process", "first receipt", "validate", "commit", "publish"])
def test_after_kill_9_the_next_run_makes_equal_tables(
    moment: str, pages: Path, undisturbed: Command, tmp_path: Path, prefect_server: PrefectServer
):
    command = _command(tmp_path, prefect_server)
    layout = Layout.of(command.warehouse)
    with command.start("ingest", pages, "--quiet", "--batch-size", "8KiB") as process:
        until = time.monotonic() + PATIENCE
        while not _reaches(moment, layout) and process.poll() is None and time.monotonic() < until:
            time.sleep(TURN)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "it ended before the moment came"
    assert "running" not in command("status").out, "a run that was killed is not running"
    again = command("ingest", pages, "--json", "--batch-size", "8KiB")
    assert again.code == 0, again.err
    assert differences(undisturbed.warehouse, command.warehouse) == {}
    assert command("verify").code == 0
    assert load_state(layout).number <= 2, "one commit for the data, and none for what was killed"


@pytest.mark.slow
def test_of_two_commands_at_once_one_leaves_with_a_sentence(
    pages: Path, undisturbed: Command, tmp_path: Path, prefect_server: PrefectServer
):
    command = _command(tmp_path, prefect_server)
    layout = Layout.of(command.warehouse)
    with command.start("ingest", pages, "--quiet") as first:
        until = time.monotonic() + PATIENCE
        while not holder(layout) and time.monotonic() < until:
            time.sleep(TURN)
        second = command("ingest", pages)
        assert second.code == 2 and second.out == ""
        assert f"process {first.pid}" in second.err and "is writing to" in second.err and len(second.err.splitlines()) == 2
        assert first.poll() is None, "the first had ended already: nothing was shown"
        first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert differences(undisturbed.warehouse, command.warehouse) == {}


@pytest.mark.slow
def test_a_reader_sees_whole_generations_while_others_are_published(pages: Path, tmp_path: Path, prefect_server: PrefectServer):
    """Generations, of which three are kept: each look is at one of them, whole, and none fails."""
    command = _command(tmp_path, prefect_server)
    names = sorted(pages.iterdir())
    assert command("ingest", *names[:5], "--quiet").code == 0
    seen, faults, ended = [], [], threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                with open_published(command.warehouse) as db:
                    counts = db.execute(
                        "select (select count(*) from articles), (select value from corpus_stats where name = 'articles'), "
                        "(select count(distinct article_id) from kept), (select count(*) from documents)"
                    ).fetchone()
                    found = db.execute("select count(*) from search('灯塔')").fetchone()
                seen.append((*counts, *found))
            except Exception as error:  # any error at all is the finding
                faults.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for last in (12, 18, len(names)):
            assert command("ingest", *names[:last], "--quiet").code == 0
        assert command("rebuild", "--quiet").code == 0
    finally:
        ended.set()
        reader.join()
    assert faults == []
    assert len(seen) > 20 and len(set(seen)) >= 4
    assert all(articles == total == with_text for articles, total, with_text, *_ in seen)
    assert [s[3] for s in seen] == sorted(s[3] for s in seen), "no look goes back in time"
    assert rows_in_all(command.warehouse)["documents"] == seen[-1][3]
