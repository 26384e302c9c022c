"""What people work with: quarantine that agrees with the checks, settings beside those of the run before, checks folded and unfolded,
spans of days, neighbours, files that begin before their last row is made."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboard import lists
from dashboard.app import make_app
from dashboard.generations import Generations
from dashboard.summary import next_place
from dashboard.view import now
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tests.dashboard import warehouses
from tests.dashboard.conftest import BASE
from tests.dashboard.markup import Tree
from tests.dashboard.warehouses import RUNS
from tests.schemas.rows import ARTICLE, OTHER, row

ENGLISH = {"accept-language": "en"}


def text(client: TestClient, path: str) -> str:
    return " ".join(Tree(client.get(path, headers=ENGLISH).text).root.all("main")[0].text.split())


def published(root: Path, rows: dict, number: int = 1) -> TestClient:
    warehouses.publish(root, number, rows)
    return TestClient(make_app(root), base_url=BASE)


def test_quarantine_agrees_with_the_checks_and_says_so_when_it_does_not(tmp_path: Path):
    rows = warehouses.ordinary()
    rows["checks"] = [
        row("checks", run_id=RUNS, check_id=f"c{i}", severity="critical", scope="row", status="failed", unexpected=n)
        for i, n in ((1, 2), (2, 1))
    ]
    refused = [row("quarantine", run_id=RUNS, quarantine_no=i, doc_id=f"{i:032x}", check_id="c1") for i in (1, 2, 3)]
    unread = row("quarantine", run_id=RUNS, quarantine_no=4, doc_id="e" * 32, table_name=None, check_id="damaged", row_json=None)
    rows["quarantine"], rows["quarantine_actions"] = [*refused, unread], []
    with published(tmp_path / "a", rows) as client:
        said = text(client, "/quarantine")
        assert "critical checks counted 3 failing rows and 3 rows are in quarantine for them, which agrees; 1 inputs could not" in said
        assert "4 documents or inputs are held back" in said
        commands = [c.text for c in Tree(client.get("/quarantine").text).root.all("code") if c.attributes.get("class") == "command"]
        assert f"taojin quarantine retry {RUNS}-1 {RUNS}-2 {RUNS}-3 {RUNS}-4" in commands
    rows["quarantine"].pop(0)
    with published(tmp_path / "b", rows) as client:
        assert "but 2 rows are in quarantine for them" in text(client, "/quarantine")


def test_a_case_that_was_refused_again_is_open_once(tmp_path: Path):
    rows = warehouses.ordinary()
    rows["quarantine"] = [row("quarantine", run_id=r, doc_id="d" * 32, check_id="c") for r in (RUNS - 1, RUNS)]
    rows["quarantine_actions"] = [row("quarantine_actions", run_id=RUNS, quarantine_run_id=RUNS - 1, quarantine_no=1, action="retry")]
    with published(tmp_path, rows) as client:
        assert "open 1" in text(client, "/quarantine") and "refused again later 1" in text(client, "/quarantine")
        case = client.get(f"/quarantine/{RUNS}/1").text
        assert f"taojin quarantine discard {RUNS}-1" in case
        assert "quarantine discard" not in client.get(f"/quarantine/{RUNS - 1}/1").text


def test_a_run_shows_the_settings_that_differ(tmp_path: Path):
    with published(tmp_path, warehouses.ordinary()) as client:
        assert "Settings that differ" not in text(client, f"/runs/{RUNS}") and "settings are those" not in text(client, f"/runs/{RUNS}")
        layout = Layout.of(tmp_path)
        runlog.append(layout, {"run_id": RUNS - 2, "settings": {"workers": 2, "cutter": "rjieba", "fields": {}}})
        runlog.append(layout, {"run_id": RUNS, "settings": {"workers": 4, "cutter": "rjieba", "fields": {"text": ["body"]}}})
        cells = [c.text for c in Tree(client.get(f"/runs/{RUNS}").text).root.all("table")[0].all("td")]
        assert cells == ["workers", "2", "4", "fields", "{}", '{"text": ["body"]}']
        assert "cutter" not in text(client, f"/runs/{RUNS}")
        assert "The settings are those of the run before" in text(client, f"/runs/{RUNS - 1}")


def test_checks_that_always_passed_are_folded(ordinary: TestClient):
    folded, every = ordinary.get("/checks", headers=ENGLISH).text, ordinary.get("/checks?all=1", headers=ENGLISH).text
    assert "1 check passed in every run shown" in folded and "/checks/articles/key-unique" not in folded
    assert "/checks/articles/key-unique" in every and "/checks/articles/key-unique" in ordinary.get("/checks?table=articles").text
    assert "/checks/articles/title-present" in folded


def test_overview_and_checks_count_the_same(ordinary: TestClient):
    page = Tree(ordinary.get("/checks", headers=ENGLISH).text).root
    links = {a.text for a in page.all("a") if a.attributes.get("class", "").startswith("word w-")}
    tile = next(t for t in Tree(ordinary.get("/", headers=ENGLISH).text).root.all("li") if "Checks passed" in t.text)
    for word in ("failed", "errored"):
        counted = next(text for text in links if text.endswith(word))
        assert counted in " ".join(tile.text.split())


def test_a_span_of_days_leaves_older_runs_out(tmp_path: Path):
    rows = warehouses.ordinary()
    for i, r in enumerate(reversed(rows["runs"])):
        r["started_at"] = r["finished_at"] = now() - timedelta(days=3 if i == 0 else 40 + i)
        r["articles_new"] = 5 if i == 0 else 100
    with published(tmp_path, rows) as client:
        assert "5 new in this span" in text(client, "/?days=7") and "805 new in this span" in text(client, "/?days=90")
        assert "new in this span" not in text(client, "/") and "new in this span" not in text(client, "/?days=8")  # no span of ours


def test_an_untitled_article_shows_how_it_begins_and_leads_to_its_neighbours(tmp_path: Path):
    rows = warehouses.ordinary()
    rows["articles"][0]["title"] = None
    with published(tmp_path, rows) as client:
        begins = rows["articles"][0]["text"][:40].replace("\n", " ").strip()
        assert begins + "…" in Tree(client.get("/articles").text).root.text
        links = [a for a in Tree(client.get(f"/articles/{ARTICLE}").text).root.all("a") if a.attributes.get("rel") in ("prev", "next")]
        assert [a.attributes["href"] for a in links] == [f"/articles/{OTHER}"]


@pytest.mark.parametrize("fmt", ["csv", "json"])
def test_a_file_begins_before_its_last_row_is_made(tmp_path: Path, fmt: str, monkeypatch: pytest.MonkeyPatch):
    rows = warehouses.ordinary()
    rows["facts"] = [row("facts", fact_no=n, start=1, stop=2) for n in range(1, 5_001)]
    with published(tmp_path, rows) as client:
        whole = client.get(f"/facts.{fmt}")
        found = json.loads(whole.text) if fmt == "json" else list(csv.DictReader(io.StringIO(whole.text)))
        assert len(found) == 5_000 and whole.headers["x-taojin-rows"] == "5000" and whole.headers["x-taojin-whole"] == "true"
        assert [int(f["fact_no"]) for f in found] == list(range(1, 5_001))
        monkeypatch.setattr(lists, "MOST_ROWS", 10)
        cut = client.get(f"/facts.{fmt}")
        assert cut.headers["x-taojin-rows"] == "10" and cut.headers["x-taojin-whole"] == "false"
        assert len(json.loads(cut.text) if fmt == "json" else list(csv.DictReader(io.StringIO(cut.text)))) == 10
    generations = Generations(tmp_path)
    with generations.hold() as g:
        schema, batches = g.batches("select * from facts order by fact_no")
        assert next(iter(batches)).num_rows <= 2_048 and "fact_no" in schema.names
    generations.close()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"statuses": {"errored": 1}, "open": 3}, ("/checks", {"status": "errored"})),
        ({"run": {"status": "blocked", "run_id": 7}, "open": 3}, ("/runs/7", {})),
        ({"open": 3, "stale": True}, ("/quarantine", {})),
        ({"stale": True, "failing": [{"severity": "warning"}]}, ("/runs", {})),
        ({"stale": True, "failing": [{"severity": "critical"}]}, ("/checks", {"status": "failed"})),
        ({"failing": [{"severity": "warning"}]}, ("/checks", {"status": "failed"})),
        ({}, None),
    ],
)
def test_the_verdict_leads_to_what_it_speaks_of(change: dict, place: tuple | None):
    o = {"run": {"status": "done", "run_id": 7}, "open": 0, "failing": [], "stale": False, "statuses": {"passed": 9}} | change
    found = next_place(o)
    assert (found[1:] if found else None) == place
    assert next_place(o, {"status": "failed", "run_id": 8})[1] == "/runs/8"
