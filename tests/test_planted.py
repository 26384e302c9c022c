"""A planted bad row of each kind, through the real command: what it does to its document, its neighbours and the publication.

    critical, of a row      exactly that row in quarantine, its document out of all tables, neighbours published, exit code 0
    warning                 shown in check_examples, published
    critical, of a table    nothing is published, exit code 1; the former data stays; the next run computes the batch again, once
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flows.server import PrefectServer
from schemas.catalog import PUBLISHED
from schemas.ids import article_id, doc_id, file_id
from tests.conftest import PROJECT
from tests.laws.command import Command

pytestmark = pytest.mark.slow

SPOILED = PROJECT / "tests" / "laws" / "spoiled"
OF_RUNS = ("quarantine", "quarantine_actions", "check_examples")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "seeds"
    folder.mkdir()
    for n in range(24):
        body = f"第{n}号水渠今年清淤三次，两岸新栽柳树{n + 30}棵，沿线村民轮流看护。\n入冬以前，全部闸门还要检修一遍，费用由各村分担。\n"
        (folder / f"{n:02}.txt").write_text(f"第{n}号水渠整修记\n\n{body}", "utf-8")
    return folder


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory, prefect_server: PrefectServer) -> Command:
    warehouse = tmp_path_factory.mktemp("house") / "warehouse"
    return Command(warehouse, prefect_server.settings.prefect_home, prefect_server.url)


def document(seeds: Path, name: str) -> str:
    return doc_id(file_id((seeds / name).read_bytes()), 1)


def planted(*spoils: tuple[str, str, str | None, object]) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join((str(SPOILED), str(PROJECT))), "SPOIL": json.dumps(spoils)}


@pytest.fixture(scope="module")
def taken(command: Command, seeds: Path):
    """One run with a critical row in 03.txt and a warning in 07.txt."""
    bad, odd = document(seeds, "03.txt"), document(seeds, "07.txt")
    spoils = ("articles", bad, "text_sha256", "spoiled"), ("articles", odd, "quality_score", 0.1)
    return command("ingest", seeds, "--json", **planted(*spoils))


def test_a_critical_row_is_held_back_alone_with_its_document(command: Command, seeds: Path, taken):
    bad = document(seeds, "03.txt")
    assert (taken.code, taken.json["status"], taken.json["articles_new"]) == (0, "done", 23), taken.err
    held = command.ask("select doc_id, table_name, key, check_id, severity from quarantine")
    assert held == [(bad, "articles", article_id(bad, 1), "text_sha256-format", "critical")]
    told = "select unexpected from checks where table_name = 'articles' and check_id = 'text_sha256-format' and status = 'failed'"
    assert command.ask(told) == [(1,)], "the count of the check is that of quarantine"
    for name, table in PUBLISHED.items():
        for column, value in (("doc_id", bad), ("article_id", article_id(bad, 1)), ("other_id", article_id(bad, 1))):
            if column in table and name not in OF_RUNS:
                assert command.ask(f"select count(*) from {name} where {column} = '{value}'") == [(0,)], name
    assert [command.ask(f"select count(*) from {t}") for t in ("documents", "seed_files", "arrivals")] == [[(23,)], [(24,)], [(24,)]]


def test_a_warning_is_shown_and_published(command: Command, seeds: Path, taken):
    article = article_id(document(seeds, "07.txt"), 1)
    told = "select severity, status, unexpected from checks where check_id = 'quality_score-good'"
    assert command.ask(told) == [("warning", "failed", 1)]
    assert command.ask("select key, value from check_examples where check_id = 'quality_score-good'") == [(article, "0.1")]
    assert command.ask(f"select quality_score from articles where article_id = '{article}'") == [(0.1,)]


def test_a_broken_law_withholds_the_publication(command: Command, seeds: Path, taken):
    late = seeds / "late.txt"
    late.write_text("第99号水渠整修记\n\n新渠在上游另开一口，引水灌溉南坡的果园和菜地。\n", "utf-8")
    answer = command("ingest", seeds, "--json", **planted(("kept", document(seeds, "late.txt"), None, None)))
    assert (answer.code, answer.json["status"]) == (1, "blocked"), answer.err
    assert "law-a-cover" in answer.json["reason"]
    assert command.ask("select count(*) from documents") == [(23,)], "the former data stays"
    assert command.ask("select status from runs order by run_id") == [("done",), ("blocked",)]
    assert ("documents", "law-a-cover") in command.ask("select table_name, check_id from quarantine where run_id = 2")


def test_the_next_run_computes_again_what_was_spoiled_once(command: Command, seeds: Path, taken):
    late = document(seeds, "late.txt")
    spoiled = planted(("kept", late, None, None))
    again = command("ingest", seeds, "--json", **spoiled)
    assert (again.code, again.json["status"]) == (1, "blocked"), again.err
    assert "computed again from the bytes" in again.json["reason"] and "--rehash" in again.json["reason"]
    mended = command("ingest", seeds, "--json", "--rehash")
    assert (mended.code, mended.json["status"], mended.json["articles_new"]) == (0, "done", 1), mended.err
    assert command.ask("select count(*) from documents") == [(24,)]


def test_what_one_run_lost_the_next_one_mends(command: Command, seeds: Path, tmp_path: Path):
    mine = Command(tmp_path / "warehouse", command.prefect_home, command.prefect_api_url)
    blocked = mine("ingest", seeds / "05.txt", seeds / "06.txt", "--json", **planted(("documents", document(seeds, "05.txt"), None, None)))
    assert (blocked.code, blocked.json["status"]) == (1, "blocked"), blocked.err
    assert "The next run computes one batch again" in blocked.json["reason"], "no row says any more whose file it was"
    after = mine("ingest", seeds / "05.txt", seeds / "06.txt", "--json")
    assert (after.code, after.json["status"]) == (0, "done"), after.err
    assert mine.ask("select count(*) from documents") == mine.ask("select count(*) from articles") == [(2,)]
    assert not list(mine.warehouse.glob("staging/*/doubt.json"))
