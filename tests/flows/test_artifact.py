"""What Prefect shows of a run: the figures, what to look at first, and no crawled text that Markdown would obey."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from flows.artifact import markdown, still
from flows.ingest import ingest
from flows.settings import Settings
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tests.schemas.rows import row

HOSTILE = "![x](http://127.0.0.1:9/b.png) <img src=x> [l](javascript:1) | `code` *b*\n# head \u202e\x00 https://a.example"


def test_what_failed_stands_first_and_what_passed_is_counted():
    checks = [row("checks", check_id="a"), row("checks", check_id="warned", status="failed", severity="warning", unexpected=7),
              row("checks", check_id="broke", status="failed", severity="critical", unexpected=1)]  # fmt: skip
    text = markdown(row("runs", run_id=3, articles_new=1200), {"articles": 1200}, {"process": 1.5}, checks, [row("quarantine")])
    assert text.startswith("# Run 3: done\n\n1,200 new articles, 1 checks passed, 2 did not; 1 documents or inputs are held back.")
    assert text.index("broke") < text.index("warned") and "taojin quarantine list" in text


def test_a_blocked_run_says_why():
    assert "Nothing new was published: too many" in markdown(row("runs", status="blocked", error="too many"), {}, {})


def test_crawled_text_is_literal():
    checks = [row("checks", status="failed", dimension=HOSTILE, severity="warning")]
    text = markdown(row("runs", error=HOSTILE, status="blocked"), {}, {}, checks, [row("quarantine", reason=HOSTILE)])
    assert "\u202e" not in text and "\x00" not in text
    for sign in ("<", "[", "!", "`code", "*b", "https:"):
        assert not re.search(r"(?<!\\)" + re.escape(sign), text.replace("`taojin quarantine list`", "")), sign
    assert len({line.replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("| 1")} - {5}) == 0
    assert still(None) == "" and still(1234) == "1,234"


def test_a_run_says_where_prefect_shows_it(settings: Settings, seeds: Path, quick: Callable[..., None]):
    run = ingest(settings, [seeds]).run_id
    [told] = [e["prefect"] for e in runlog.entries(Layout.of(settings.warehouse)) if e.get("run_id") == run and "prefect" in e]
    assert UUID(told["flow_run_id"]) and told["standing"] is True
