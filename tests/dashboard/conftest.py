"""One application over an ordinary warehouse, one over a hostile one, one over an empty folder; each is asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboard.app import make_app
from tests.dashboard import warehouses

BASE = "http://127.0.0.1:4280"


@pytest.fixture(scope="session")
def ordinary_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ordinary")
    warehouses.publish(root, 1, warehouses.ordinary())
    return root


@pytest.fixture(scope="session")
def hostile_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    warehouses.publish(root, 1, warehouses.hostile())
    return root


def client_of(root: Path, **more) -> Iterator[TestClient]:
    with TestClient(make_app(root, **more), base_url=BASE) as client:
        yield client


@pytest.fixture(scope="session")
def ordinary(ordinary_root: Path) -> Iterator[TestClient]:
    yield from client_of(ordinary_root, specimens={"page.crumb": (["⟦首页 > 乡村⟧\n正文"], ["他走上首页的台阶。"])}, seconds=4.0)


@pytest.fixture(scope="session")
def hostile(hostile_root: Path) -> Iterator[TestClient]:
    specimen = warehouses.HOSTILE.replace("\x00", "")
    yield from client_of(hostile_root, specimens={"page.crumb": ([f"⟦{specimen}⟧"], [specimen])}, seconds=8.0)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield from client_of(tmp_path_factory.mktemp("empty"))
