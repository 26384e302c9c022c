"""What the first page and the machines are told in each state: good, warned, held back, blocked, failed, running."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboard.app import make_app
from dashboard.generations import Generations
from dashboard.live import progress
from dashboard.summary import gather, verdict
from dashboard.view import now
from dashboard.words import Words
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.progress import write_progress
from tests.dashboard import warehouses
from tests.dashboard.conftest import BASE
from tests.dashboard.markup import Tree, faults
from tests.schemas.rows import ARTICLE, row


def good(age_days: float = 0) -> dict[str, list[dict[str, Any]]]:
    """Nothing failed, nothing is held back, input of today."""
    rows = warehouses.ordinary(runs=4)
    rows["checks"] = [row("checks", run_id=4)]
    rows["quarantine"], rows["quarantine_actions"], rows["check_examples"] = [], [], []
    rows["arrivals"] = [row("arrivals", seen_at=now() - timedelta(days=age_days))]
    return rows


def said(root: Path, rows: dict[str, list[dict[str, Any]]], last: dict[str, Any] | None = None) -> tuple[str, str]:
    warehouses.publish(root, 1, rows)
    generations = Generations(root)
    with generations.hold() as g:
        found = verdict(gather(g), Words("en"), last)
    generations.close()
    return found


def test_good(tmp_path: Path):
    assert said(tmp_path, good()) == ("good", "Good: 2 articles; all 1 checks that judged have passed, and nothing is held back.")


def test_a_warning_is_to_be_looked_at(tmp_path: Path):
    rows = good()
    rows["checks"] += [row("checks", run_id=4, check_id="c", severity="warning", status="failed", unexpected=2)]
    assert said(tmp_path, rows) == ("look", "Look here: 2 articles are published and nothing is held back; 1 check warns.")


def test_a_document_that_is_held_back_is_to_be_looked_at(tmp_path: Path):
    rows = good()
    rows["quarantine"] = [row("quarantine", run_id=4, doc_id="d" * 32)]
    kind, sentence = said(tmp_path, rows)
    assert kind == "look" and sentence.startswith("Look here: 1 document or input is held back")


def test_a_stale_feed_is_to_be_looked_at(tmp_path: Path):
    kind, sentence = said(tmp_path, good(age_days=9))  # runs brought files each day
    assert kind == "look" and "no new input for longer than usual" in sentence
    assert said(tmp_path / "b", good(age_days=2))[0] == "good"


def test_an_errored_check_is_no_pass(tmp_path: Path):
    rows = good()
    rows["checks"] += [row("checks", run_id=4, check_id="c", status="errored", success=None)]
    assert said(tmp_path, rows)[0] == "bad"


def test_a_blocked_run_stands_first(tmp_path: Path):
    rows = good()
    rows["runs"][-1] |= {"status": "blocked", "error": "articles.text_hans has another length in 31 rows."}
    warehouses.publish(tmp_path, 1, rows)
    with TestClient(make_app(tmp_path), base_url=BASE) as client:
        page = Tree(client.get("/", headers={"accept-language": "en"}).text).root
        assert "Run 4 was blocked: articles.text_hans has another length in 31 rows. The data are those from before." in page.text
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "blocked")
        assert 'taojin_status{status="blocked"} 1' in client.get("/metrics").text


def test_a_failed_run_of_the_log_stands_first_and_among_the_runs(tmp_path: Path):
    warehouses.publish(tmp_path, 1, good())
    began = now().isoformat()
    runlog.append(
        Layout.of(tmp_path), {"run_id": 5, "flow": "ingest", "status": "failed", "started_at": began, "error": warehouses.HOSTILE}
    )
    runlog.append(Layout.of(tmp_path), {"run_id": 4, "prefect": {"flow_run_id": "01234567-89ab-cdef-0123-456789abcdef", "standing": True}})
    runlog.append(Layout.of(tmp_path), {"run_id": 3, "prefect": {"flow_run_id": "javascript:alert(1)", "standing": True}})
    with TestClient(make_app(tmp_path, prefect_ui="http://127.0.0.1:4200"), base_url=BASE) as client:
        for path in ("/", "/runs", "/runs/5", "/health"):
            page = client.get(path, headers={"accept-language": "en"})
            assert page.status_code == 200 and faults(page.text) == [], path
        assert "Run 5 failed: =HYPERLINK" in client.get("/", headers={"accept-language": "en"}).text
        assert client.get("/healthz").json()["status"] == "failed"
        assert 'href="http://127.0.0.1:4200/runs/flow-run/01234567-89ab-cdef-0123-456789abcdef"' in client.get("/runs/4").text
        assert "javascript" not in client.get("/runs/3").text


def test_a_running_ingest_shows_on_every_page_as_long_as_it_holds_the_lock(tmp_path: Path):
    warehouses.publish(tmp_path, 1, good())
    layout = Layout.of(tmp_path)
    told = {
        "run_id": 7,
        "flow": "ingest",
        "stage": "process",
        "done": 3,
        "total": 12,
        "detail": warehouses.HOSTILE,
        "started_at": now().isoformat(),
        "told_at": now().isoformat(),
    }
    write_progress(layout, told)
    assert progress(tmp_path) is None  # left over by a kill
    with writer_lock(layout):
        found = progress(tmp_path)
        assert (found["run_id"], found["share"], found["silent"]) == (7, 0.25, 0)
        with TestClient(make_app(tmp_path), base_url=BASE) as client:
            for path in ("/", "/articles", "/live"):
                page = client.get(path, headers={"accept-language": "en"}).text
                assert "Run 7 is going on" in page and 'value="25"' in page and "<script>window" not in page
            assert faults(client.get("/checks").text) == []
            assert client.get("/healthz").json()["running"] == 7
        write_progress(layout, told | {"told_at": (now() - timedelta(minutes=5)).isoformat()})
        assert 290 < progress(tmp_path)["silent"] < 400
        for broken in ("[]", "{", '{"told_at": "x"}', '{"told_at": null, "done": "x"}', json.dumps({"told_at": "2001-01-01T00:00:00"})):
            layout.progress.write_text(broken)
            assert progress(tmp_path) is None
    assert progress(tmp_path) is None


def test_pages_leave_compressed_and_downloads_do_not(ordinary: TestClient):
    assert ordinary.get("/dictionary").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in ordinary.get("/dictionary", headers={"accept-encoding": "identity"}).headers
    assert "content-encoding" not in ordinary.get("/checks.csv").headers


@pytest.mark.parametrize(("path", "first"), [
    ("/articles.csv", "article_id,doc_id,title"), ("/facts.csv?kind=money", "article_id,fact_no"), ("/dirt.csv", "run_id,day,site"),
    ("/checks.csv", "run_id,table_name"), ("/runs.csv", "run_id,flow"), ("/encodings.csv", "doc_id,start"),
    ("/duplicates.csv", "article_id"),
    ("/quarantine.csv", "run_id,quarantine_no"),
])  # fmt: skip
def test_every_list_can_be_saved(ordinary: TestClient, hostile: TestClient, path: str, first: str):
    answer = ordinary.get(path)
    assert (
        answer.text.startswith(first)
        and answer.headers["x-taojin-whole"] == "true"
        and "attachment" in answer.headers["content-disposition"]
    )
    assert isinstance(ordinary.get(path.replace(".csv", ".json")).json(), list)
    assert ordinary.get(path.replace(".csv", ".parquet")).content[:4] == b"PAR1"
    for line in hostile.get(path).text.splitlines():
        assert not line.startswith(("=", "+", "@")) and ",=" not in line and ',"=' not in line


def test_an_article_can_be_saved(ordinary: TestClient, hostile: TestClient):
    assert ordinary.get(f"/articles/{ARTICLE}/clean.txt").text == warehouses.PLAIN + "\n"
    assert ordinary.get(f"/articles/{ARTICLE}/article.json").json()["title"] == "水渠"
    assert ordinary.get(f"/articles/{ARTICLE}/passwd").status_code == 404
    text = hostile.get(f"/articles/{ARTICLE}/article.md").text
    assert "\\<script\\>" in text and "\n<" not in text and "![m]" not in text
    for name in ("clean.txt", "hans.txt", "raw.txt", "article.json", "article.md"):
        answer = hostile.get(f"/articles/{ARTICLE}/{name}")
        assert answer.status_code == 200 and answer.headers["content-disposition"].startswith("attachment")
        assert "html" not in answer.headers["content-type"]


def test_a_feed_goes_stale_under_an_open_generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nothing new arrives, so no new generation is opened: the age has to grow all the same."""
    warehouses.publish(tmp_path, 1, good())
    generations = Generations(tmp_path)
    with generations.hold() as g:
        assert verdict(gather(g), Words("en"))[0] == "good"
        later = now() + timedelta(days=9)
        monkeypatch.setattr("dashboard.summary.now", lambda: later)
        assert verdict(gather(g), Words("en"))[0] == "look"
    generations.close()
