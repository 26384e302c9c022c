"""What all tests share: slow tests run only with --slow, the corpus of real pages is found, or its tests say why they skip, and one
Prefect server serves all runs of the session, in a home of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.server import PrefectServer, configure
from flows.settings import load

PROJECT = Path(__file__).resolve().parent.parent

if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # started by nohup: what tests start would ignore it too, and tests send it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too: servers, schedules, set-ups")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow") or "slow" in (config.getoption("-m") or ""):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real pages (TAOJIN_CORPUS, default ../shared): they are not ours to commit."""
    folder = Path(os.environ.get("TAOJIN_CORPUS", PROJECT.parent / "shared"))
    if not (folder / "seeds").is_dir():
        pytest.skip(f"no corpus of real pages at {folder}; set TAOJIN_CORPUS")
    return folder


@pytest.fixture(scope="session")
def real_seeds(corpus: Path) -> list[Path]:
    return sorted((corpus / "seeds").glob("*.txt"))


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    settings = load(environ={}, prefect_home=tmp_path_factory.mktemp("prefect"))
    before = dict(os.environ)
    configure(settings)
    with PrefectServer(settings).start() as server:
        server.wait()
        yield server
    os.environ.clear()
    os.environ.update(before)
