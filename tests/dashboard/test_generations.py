"""Pages follow each new generation by themselves, keep to a pinned one, and let go of files that nobody reads any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboard.app import make_app
from dashboard.generations import _PLACED, Generations, Gone
from tests.dashboard import warehouses
from tests.dashboard.conftest import BASE
from tests.schemas.rows import ARTICLE, OTHER, row


def waited(holds: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_new_generation_is_followed_without_a_pause(tmp_path: Path):
    warehouses.publish(tmp_path, 1, warehouses.ordinary())
    with TestClient(make_app(tmp_path), base_url=BASE) as client:
        assert client.get("/healthz").json()["generation"] == 1
        warehouses.publish(tmp_path, 2, warehouses.ordinary(articles=5))
        assert client.get("/about").status_code == 200  # the old one answers while the new one warms
        assert waited(lambda: client.get("/healthz").json()["generation"] == 2)
        assert "Generation 2" in client.get("/", headers={"accept-language": "en"}).text
        pinned = client.get("/facts?gen=1", headers={"accept-language": "en"}).text
        assert "Generation 1" in pinned and "3 of 3" in pinned
        assert "5 of 5" in client.get("/facts", headers={"accept-language": "en"}).text
        warehouses.publish(tmp_path, 3, warehouses.ordinary())
        (tmp_path / "warehouse-000001.duckdb").unlink()
        gone = client.get("/facts?gen=1", headers={"accept-language": "en"})
        assert gone.status_code == 410 and "kept are 2, 3" in gone.text


def test_the_first_generation_appears_by_itself(tmp_path: Path):
    with TestClient(make_app(tmp_path), base_url=BASE) as client:
        assert "./taojin ingest" in client.get("/").text
        warehouses.publish(tmp_path, 1, warehouses.ordinary())
        assert "./taojin ingest" not in client.get("/").text


def test_a_forgotten_generation_is_not_read_on(tmp_path: Path):
    warehouses.publish(tmp_path, 1, warehouses.ordinary())
    generations = Generations(tmp_path)
    with generations.hold() as held:
        assert held.number == 1
        (tmp_path / "warehouse-000001.duckdb").unlink()
        warehouses.publish(tmp_path, 2, warehouses.ordinary())
        with generations.hold() as other:
            assert other.number == 2
        assert held.value("select count(*) from articles") == 2  # who reads goes on to the end
    assert held.retired and held.users == 0
    with pytest.raises(Gone), generations.hold(1):
        pass
    generations.close()


def test_generations_are_closed_when_their_last_reader_leaves(tmp_path: Path):
    warehouses.publish(tmp_path, 1, warehouses.ordinary())
    generations = Generations(tmp_path)
    seen = []
    with generations.hold() as first:
        seen.append(first)
    for n in range(2, 7):
        warehouses.publish(tmp_path, n, warehouses.ordinary())
        with generations.hold():
            pass
        assert waited(lambda n=n: generations._current.number == n)
    for n in (1, 2, 3, 4):
        with generations.hold(n) as pinned:
            seen.append(pinned)
    assert len(generations._pinned) == 2
    assert [g.retired for g in seen] == [True, True, True, False, False]
    generations.close()


def test_an_answer_is_computed_once_for_many_readers(tmp_path: Path):
    warehouses.publish(tmp_path, 1, warehouses.ordinary())
    generations = Generations(tmp_path)
    made: list[int] = []

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return 7

    with generations.hold() as g:
        readers = [threading.Thread(target=g.once, args=("key", make)) for _ in range(8)]
        for r in readers:
            r.start()
        for r in readers:
            r.join()
        assert made == [1]
        for i in range(1_000):
            g.once(i, lambda: 0)
        assert len(g._answers) <= 300 and not g._making
    generations.close()


def test_a_failed_answer_is_tried_again(tmp_path: Path):
    warehouses.publish(tmp_path, 1, warehouses.ordinary())
    generations = Generations(tmp_path)
    with generations.hold() as g:
        with pytest.raises(ZeroDivisionError):
            g.once("key", lambda: 1 / 0)
        assert g.once("key", lambda: 3) == 3
    generations.close()


@pytest.mark.parametrize("widest", [10_000, 0])
def test_rows_found_by_their_place_are_those_of_their_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, widest: int):
    rows = warehouses.ordinary()
    names = [{"article_id": (ARTICLE, OTHER)[n % 2], "start": n, "stop": n + 1, "surface": "x"} for n in range(40)]
    rows["mentions"] = [row("mentions", **n) for n in names]  # one after the other in turn, as rows of two runs may lie
    warehouses.publish(tmp_path, 1, rows)
    monkeypatch.setattr("dashboard.generations.WIDEST", widest)
    generations = Generations(tmp_path)
    with generations.hold() as g:
        for column, tables in _PLACED.items():
            for table in tables:
                for (identity,) in g.rows_as_pairs(f"select distinct {column} from {table}"):
                    wanted = g.rows(f"select * from {table} where {column} = ?", [identity])
                    found = g.of(table, identity)
                    assert wanted and sorted(map(str, found)) == sorted(map(str, wanted)), table
        assert len(g.of("mentions", ARTICLE, "start")) == 20 and set(g.of("mentions", ARTICLE, "start")[0]) == {"start"}
        assert g.of("mentions", "0" * 32) == [] and g.of("edits", "nobody's") == []
    generations.close()
