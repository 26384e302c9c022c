"""What is done again when code changes: nothing for a comment, cleaning and later for a rule, enrichment for its own rules.

The real command on a copy of the project, whose code the test changes.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

from flows.server import PrefectServer
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tests.conftest import PROJECT
from tests.laws.command import Command
from tests.laws.hostile import SENTENCES

READINGS = str.maketrans({"灯": "灯(dēng)", "风": "风(fēng)", "船": "船(chuán)", "集": "集(jí)", "水": "水(shuǐ)"})
BODY = "守塔人每夜点灯三次，风大的时候要点灯五次。\n" + "\n".join(SENTENCES) + "\n"
PAGES = {
    "glossed.txt": "关于修缮老灯塔的通知\n\n" + (BODY * 4).translate(READINGS),
    "plain.txt": "渡口\n\n渡船一天往返四次，每次可载二十人。全镇共有耕地3200亩，其中水田占六成。\n",
}
WITHOUT_GLOSSES = "\n\ndef repair_glosses(ledger):\n    return {}\n"
FEWER_KEYWORDS = "\n\nKEYWORDS = 1\n"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory, prefect_server: PrefectServer) -> Command:
    """A project of its own with a warehouse that is up to date."""
    folder = tmp_path_factory.mktemp("copy")
    project, seeds = folder / "project", folder / "seeds"
    for part in ("flows", "tasks", "schemas", "warehouse"):
        shutil.copytree(PROJECT / part, project / part, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(PROJECT / "pyproject.toml", project)
    seeds.mkdir()
    for name, text in PAGES.items():
        (seeds / name).write_text(text)
    command = Command(folder / "warehouse", prefect_server.settings.prefect_home, prefect_server.url, project)
    assert command("ingest", seeds, "--json", "--workers", "1").json["files_new"] == 2
    return command


@pytest.mark.slow
def test_a_change_costs_what_it_must_and_no_more(copied: Command):
    """One story, since each step begins where the one before it ended."""
    at_first = _files(copied)

    _append(copied, "tasks/clean/repair/glosses.py", "\n# Seen again on other pages.\n")
    _replace(copied, "tasks/clean/repair/glosses.py", '"""', '"""Said anew. ', 1)
    assert copied("status", "--json").json["stale"] == {}
    assert _again(copied)["status"] == "nothing-new"
    assert _files(copied) == at_first

    _append(copied, "tasks/clean/repair/glosses.py", WITHOUT_GLOSSES)
    assert copied("status", "--json").json["stale"] == {"clean": {"batches": 1, "files": 2}}
    assert "clean and after" in copied("status").out
    assert copied.ask("select count(*) from edits where rule_id = 'pinyin-gloss'") == [(28,)]
    done = _again(copied)
    assert (done["status"], done["recomputed"], done["files_new"]) == ("done", {"clean": 1}, 0)
    cleaned = _files(copied)
    assert _kept(at_first, cleaned) == {"ingest", "decode"} and _left(at_first, cleaned) == {"clean", "enrich"}
    change = copied("diff", "--json").json
    [rule] = change["rules"]
    assert (rule["rule_id"], rule["edits_new"], rule["documents"]) == ("pinyin-gloss", 0, 1) and rule["edits_old"] == 28
    assert change["articles"] == 1 and change["examples"][0]["sign"] == "-"
    changed = {t["table"] for t in change["tables"]}
    assert changed >= {"edits", "kept", "articles"} and changed.isdisjoint({"documents", "decodings", "arrivals"})
    assert "pinyin-gloss" in copied("diff").out

    _append(copied, "tasks/enrich/keywords.py", FEWER_KEYWORDS)
    assert copied("status", "--json").json["stale"] == {"enrich": {"batches": 1, "files": 2}}
    assert copied.ask("select max(rank) from keywords") > [(1,)]
    done = _again(copied)
    assert (done["status"], done["recomputed"]) == ("done", {"enrich": 1})
    enriched = _files(copied)
    assert _kept(cleaned, enriched) == {"ingest", "decode", "clean"} and _left(cleaned, enriched) == {"enrich"}
    assert copied.ask("select max(rank) from keywords") == [(1,)]
    change = copied("diff", "--json").json
    assert {t["table"] for t in change["tables"]} == {"keywords", "articles"}, "topics follow from keywords"
    assert (change["rules"], change["articles"]) == ([], 0), "no text reads otherwise"

    assert copied("status", "--json").json["stale"] == {}
    assert _again(copied)["status"] == "nothing-new"
    assert copied("verify").code == 0


def _again(copied: Command) -> dict:
    answer = copied("ingest", copied.warehouse.parent / "seeds", "--json", "--workers", "1")
    assert answer.code == 0, answer.err
    return answer.json


def _files(copied: Command) -> Mapping[str, str]:
    """Path -> stage of every file of data in the newest manifest."""
    return {f.path: f.stage for b in load_state(Layout.of(copied.warehouse)).batches.values() for f in b.files}


def _kept(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {after[path] for path in before.keys() & after.keys()}


def _left(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {before[path] for path in before.keys() - after.keys()}


def _append(copied: Command, module: str, code: str) -> None:
    path = copied.project / module
    path.write_text(path.read_text("utf-8") + code, "utf-8")


def _replace(copied: Command, module: str, old: str, new: str, count: int) -> None:
    path = copied.project / module
    path.write_text(path.read_text("utf-8").replace(old, new, count), "utf-8")
