"""taojin status: what is published, what ran last, which checks failed, what waits, what is stale, what is due, and what to do next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import duckdb

from flows.judgement import COLUMNS, FailedCheck, counted, failed_checks, is_too_bad
from flows.run import now
from flows.settings import Settings
from flows.terminal import literal, print_json, say
from tasks.storage import runlog
from tasks.storage.fingerprints import fingerprints, stale_from
from tasks.storage.layout import Layout
from tasks.storage.lock import holder
from tasks.storage.manifests import load_state
from tasks.storage.progress import read_progress
from tasks.storage.reader import open_published
from tasks.storage.serving import serving

RUN = ("run_id", "flow", "status", "started_at", "finished_at", "generation", "articles_new", "documents_quarantined", "error")
BAD = ("failed", "blocked")
SHOWN = 8  # failed checks that are named one by one


def run(settings: Settings, as_json: bool, fail_on: str = "") -> int:
    """
    Answers without Prefect and without touching anything; an empty warehouse is a state, not an error.

    The exit code is 0, but 1 where `fail_on` is given and something is wrong: the last run failed or was blocked, its checks failed
    (as `taojin ingest --fail-on` has it), or no new file came for `alert_stale_hours`.
    """
    found = _gather(settings)
    wrong = faults(found, fail_on or "warn")
    found["wrong"] = wrong
    if as_json:
        print_json(found | {"failed_checks": [asdict(c) for c in found["failed_checks"]]})
    else:
        _print(settings, found)
    return 1 if fail_on and wrong else 0


def faults(s: dict[str, Any], level: str) -> list[str]:
    """What is wrong, a sentence each; empty where all is well. `level` says how bad a failed check has to be."""
    wrong = []
    last = s["last_run"]
    if last and last["status"] in BAD:
        wrong.append(f"Run {last['run_id']} {'was blocked' if last['status'] == 'blocked' else 'failed'}: {last.get('error') or ''}")
    failed: Sequence[FailedCheck] = s["failed_checks"]
    if is_too_bad("", failed, level):
        critical = sum(f.severity == "critical" for f in failed)
        wrong.append(f"{len(failed)} checks of run {s['checked_run']} did not pass, {critical} of them critical.")
    if s["input"]["stale"]:
        wrong.append(f"No new file for {s['input']['hours']:,.1f} h (limit {s['input']['limit_hours']:g} h).")
    return wrong


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
    found |= {"checks": {}, "pass_rate": None, "failed_checks": [], "checked_run": None, "quarantine_open": 0, "quarantine": {}}
    newest = None
    runs: list[dict[str, Any]] = []
    if state.generation:
        with open_published(layout.root) as db:
            found |= _published(db)
            runs = _rows(db, f"select {', '.join(RUN)} from runs where run_id = (select max(run_id) from runs)")
            runs += _rows(db, f"select {', '.join(RUN)} from runs where status in {BAD} order by run_id desc limit 1")
            newest = db.execute("select max(first_seen_at) from seed_files").fetchall()[0][0]
        found["published_at"] = _age_of_file(layout, state.generation)
    known = max((r["run_id"] for r in runs), default=0)
    runs += [{c: e.get(c) for c in RUN} for e in runlog.entries(layout) if "status" in e and e.get("run_id", 0) > known]
    found["last_run"] = max(runs, key=lambda r: r["run_id"], default=None)
    found["last_failed_run"] = max((r for r in runs if r["status"] in BAD), key=lambda r: r["run_id"], default=None)
    hours = (now() - newest).total_seconds() / 3600 if newest else None
    limit = settings.alert_stale_hours or None
    found["input"] = {"newest": newest, "hours": hours, "limit_hours": limit, "stale": bool(limit and hours is not None and hours >= limit)}
    found["serving"] = serving(layout)
    return found


def _published(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the published generation tells of its rows and of the checks of the last run that was checked."""
    articles, waiting, last = db.execute(
        "select (select count(*) from articles), (select count(*) from quarantine_open), "
        "(select max(run_id) from runs where status in ('done', 'blocked') and run_id in (select run_id from checks))"
    ).fetchall()[0]
    counts = dict(db.execute("select status, count(*) from checks where run_id = ? group by 1", [last]).fetchall())
    judged = sum(counts.get(status, 0) for status in ("passed", "failed", "errored"))
    query = f"select {', '.join(COLUMNS)} from checks where run_id = ? and status in ('failed', 'errored')"
    by_stage = db.execute("select stage, count(*) from quarantine_open group by 1 order by 2 desc, 1").fetchall()
    return {
        "articles": articles,
        "quarantine_open": waiting,
        "quarantine": dict(by_stage),
        "checked_run": last,
        "checks": counts,
        "pass_rate": counts.get("passed", 0) / judged if judged else None,
        "failed_checks": failed_checks(_rows(db, query, [last])),
    }


def _rows(db: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    cursor = db.execute(query, list(values))
    names = [d[0] for d in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _age_of_file(layout: Layout, generation: int) -> datetime | None:
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
        _serving(s)
        say("next       put files into seeds/ and run taojin ingest")
        return
    age = f", {_ago(s['published_at'])} old" if s["published_at"] else ", and its file is missing: taojin rebuild"
    size = f"{s['bytes'] / 1e6:,.0f} MB, {s['articles']:,} articles from {s['seed_files']:,} files"
    say(f"generation {s['generation']}{age}   {s['warehouse']}, {size}")
    _last(s)
    _checks(s)
    stages = ", ".join(f"{n:,} from {literal(str(stage))}" for stage, n in s["quarantine"].items())
    say(f"quarantine {s['quarantine_open']:,} open{f' ({stages})' if stages else ''}", "yellow" if s["quarantine_open"] else None)
    _input(s["input"])
    if s["stale"]:
        for stage, n in s["stale"].items():
            after = " and after" if stage != "enrich" else ""
            files = f"{n['files']:,} file{'' if n['files'] == 1 else 's'}"
            say(f"stale      {stage}{after}: {files} were worked on by other code or settings", "yellow")
    else:
        say("stale      nothing")
    _serving(s)
    if s["failed_checks"]:
        say(f'next       taojin sql "from check_examples where run_id = {s["checked_run"]}"   or taojin dashboard, page /checks')
    if s["quarantine_open"]:
        say("next       taojin quarantine list")
    elif s["stale"]:
        say(f"next       taojin ingest (recomputes from {next(iter(s['stale']))})")
    elif not s["failed_checks"]:
        say('next       taojin sql "select title, published_at, char_count from articles_current"')


def _checks(s: dict[str, Any]) -> None:
    counts = counted(s["checks"], s["failed_checks"])
    rate = f"; {s['pass_rate']:.1%} of those judged passed" if s["pass_rate"] is not None else ""
    say(f"checks     run {s['checked_run']}: {counts}{rate}" if counts else "checks     none yet")
    print_failed(s["failed_checks"])


def print_failed(failed: Sequence[FailedCheck]) -> None:
    """The worst checks that failed: name, what was found, what is usual, what to do."""
    for f in failed[:SHOWN]:
        say(f"  {f.severity:<8} {literal(f.name)}: {literal(f.finding)}", "red" if f.severity == "critical" else "yellow")
        # A figure over runs says nothing without what it measures; of rows the name says enough.
        say(f"           {literal(' '.join(filter(None, [f.promise if f.scope == 'history' else '', f.next_step])))}")
    if len(failed) > SHOWN:
        say(f"  {len(failed) - SHOWN:,} more: taojin status --json")


def _input(i: dict[str, Any]) -> None:
    if i["newest"] is None:
        return
    limit = f" (limit {i['limit_hours']:g} h)" if i["limit_hours"] else ""
    say(f"input      {'STALE: ' if i['stale'] else ''}the newest file came {_ago(i['newest'])} ago{limit}", "red" if i["stale"] else None)


def _serving(s: dict[str, Any]) -> None:
    told = s["serving"]
    if told is None:
        return
    ways = [f'cron "{told["cron"]}" {told.get("timezone") or ""}'.rstrip() if told.get("cron") else "",
            f"every {told['every']:g} s" if told.get("every") else "", "watching" if told.get("watch") else ""]  # fmt: skip
    due = f"; next in {_span((datetime.fromisoformat(told['next']) - now()).total_seconds())}" if told.get("next") else ""
    say(f"serving    process {told.get('pid', '?')}: {literal(', '.join(filter(None, ways)))}{due}")


def _last(s: dict[str, Any]) -> None:
    r, failed = s["last_run"], s["last_failed_run"]
    if not r:
        say("last run   none")
        return
    _run("last run", r)
    if failed and failed["run_id"] != r["run_id"]:
        _run("last fault", failed)


def _run(head: str, r: dict[str, Any]) -> None:
    error = f": {literal(r['error'])}" if r.get("error") else ""
    when = _ago(r["finished_at"]) + " ago" if r.get("finished_at") else "not finished"
    shown = r["status"].upper() if r["status"] in BAD else r["status"]
    say(f"{head:<10} {r['run_id']} {r['flow'] or ''} {shown}, {when}{error}", "red" if shown.isupper() and head == "last run" else None)


def _ago(then: datetime | str) -> str:
    then = datetime.fromisoformat(then) if isinstance(then, str) else then
    return _span((now() - then.replace(tzinfo=None)).total_seconds())


def _span(seconds: float) -> str:
    seconds = max(0.0, seconds)
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            n = int(seconds // size)
            return f"{n} {word}{'' if n == 1 else 's'}"
    return f"{int(seconds)} s"
