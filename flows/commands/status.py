"""taojin status: what is published, what ran last, what waits, what is stale, and what to do next."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from flows.settings import Settings
from flows.terminal import literal, print_json, say
from tasks.storage import runlog
from tasks.storage.fingerprints import fingerprints, stale_from
from tasks.storage.layout import Layout
from tasks.storage.lock import holder
from tasks.storage.manifests import load_state
from tasks.storage.progress import read_progress
from tasks.storage.reader import open_published

_RUNS = "select run_id, flow, status, started_at, finished_at, generation, articles_new, documents_quarantined, error from runs order by 1"


def run(settings: Settings, as_json: bool) -> int:
    """Answers without Prefect and without touching anything; an empty warehouse is a state, not an error."""
    found = _gather(settings)
    if as_json:
        print_json(found)
    else:
        _print(settings, found)
    return 0


def _gather(settings: Settings) -> dict[str, Any]:
    layout = Layout.of(settings.warehouse)
    state = load_state(layout)
    found: dict[str, Any] = {"warehouse": str(layout.root), "generation": state.generation or None, "seed_files": len(state.file_batch)}
    found["bytes"] = sum(f.bytes for f in state.files()) + sum(p.stat().st_size for p in layout.root.glob("warehouse-*.duckdb"))
    now_made = fingerprints(settings.for_workers)
    first = {b.batch_id: stale_from(b, now_made) for b in state.batches.values()}
    found["stale"] = {
        stage: {"batches": n, "files": sum(len(b.file_ids) for b in state.batches.values() if first[b.batch_id] == stage)}
        for stage, n in Counter(s for s in first.values() if s).items()
    }
    found["running"] = read_progress(layout) if holder(layout) else None  # a kill leaves its last word behind
    runs: dict[int, dict[str, Any]] = {}
    if state.generation:
        with open_published(layout.root) as db:
            cursor = db.execute(_RUNS)
            names = [d[0] for d in cursor.description]
            runs = {r[0]: dict(zip(names, r, strict=True)) for r in cursor.fetchall()}
            found["articles"] = db.execute("select count(*) from articles").fetchall()[0][0]
            found["quarantine_open"] = db.execute("select count(*) from quarantine_open").fetchall()[0][0]
            last = max((r for r in runs if runs[r]["status"] in ("done", "blocked")), default=None)
            found["checks"] = dict(db.execute("select status, count(*) from checks where run_id = ? group by 1", [last]).fetchall())
        found["published_at"] = _published(layout, state.generation)
    for entry in runlog.entries(layout):
        if "status" in entry and entry.get("run_id") not in runs:
            runs[entry["run_id"]] = {k: entry.get(k) for k in ("run_id", "flow", "status", "started_at", "finished_at", "error")}
    found["last_run"] = runs[max(runs)] if runs else None
    return found


def _published(layout: Layout, generation: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(os.stat(layout.generation(generation)).st_mtime, UTC).replace(tzinfo=None)
    except FileNotFoundError:
        return None


def _print(settings: Settings, s: dict[str, Any]) -> None:
    if s["running"]:
        r = s["running"]
        say(f"running    run {r.get('run_id')}: {r.get('stage')} {r.get('done')} of {r.get('total')} {literal(r.get('detail') or '')}")
    if not s["generation"]:
        say(f"Nothing is published in {s['warehouse']} yet.")
        _last(s)
        say("next       put files into seeds/ and run taojin ingest")
        return
    age = f", {_ago(s['published_at'])} old" if s["published_at"] else ", and its file is missing: taojin rebuild"
    size = f"{s['bytes'] / 1e6:,.0f} MB, {s['articles']:,} articles from {s['seed_files']:,} files"
    say(f"generation {s['generation']}{age}   {s['warehouse']}, {size}")
    _last(s)
    checks = ", ".join(f"{n:,} {status}" for status, n in sorted(s["checks"].items(), key=lambda x: -x[1]))
    say(f"checks     {checks or 'none yet'}")
    say(f"quarantine {s['quarantine_open']:,} open", "yellow" if s["quarantine_open"] else None)
    if s["stale"]:
        for stage, n in s["stale"].items():
            after = " and after" if stage != "enrich" else ""
            files = f"{n['files']:,} file{'' if n['files'] == 1 else 's'}"
            say(f"stale      {stage}{after}: {files} were worked on by other code or settings", "yellow")
    else:
        say("stale      nothing")
    if s["quarantine_open"]:
        say("next       taojin quarantine list")
    elif s["stale"]:
        say(f"next       taojin ingest (recomputes from {next(iter(s['stale']))})")
    else:
        say('next       taojin sql "select title, published_at, char_count from articles_current"')


def _last(s: dict[str, Any]) -> None:
    r = s["last_run"]
    if not r:
        say("last run   none")
        return
    error = f": {literal(r['error'])}" if r.get("error") else ""
    when = _ago(r["finished_at"]) + " ago" if r.get("finished_at") else "not finished"
    shown = r["status"].upper() if r["status"] in ("blocked", "failed") else r["status"]
    say(f"last run   {r['run_id']} {r['flow'] or ''} {shown}, {when}{error}", "red" if shown.isupper() else None)


def _ago(then: datetime | str) -> str:
    then = datetime.fromisoformat(then) if isinstance(then, str) else then
    seconds = max(0.0, (datetime.now(UTC).replace(tzinfo=None) - then.replace(tzinfo=None)).total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            n = int(seconds // size)
            return f"{n} {word}{'' if n == 1 else 's'}"
    return f"{int(seconds)} s"
