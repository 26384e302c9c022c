"""Runs: what each did, how long its stages took, which checks it did not pass, and where Prefect shows it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from starlette.responses import Response

from dashboard.lists import download
from dashboard.log import told
from dashboard.view import Missing, Page, View

STATUSES = ("done", "blocked", "failed", "nothing-new")
_FILE = "select * from runs order by run_id desc"
_WORKERS = ("ingest", "decode", "clean", "split", "enrich", "write")


def page(view: View) -> Page:
    """All runs, newest first: published ones, and those that only the log knows."""
    status = view.choice("status", STATUSES)
    found = [r for r in _runs(view) if not status or r["status"] == status]
    size = view.number("size", 100, 1, 500)
    before = view.number("before", 10**15, 0, 10**15)
    kept = [r for r in found if r["run_id"] < before]
    return Page(
        "runs.html",
        {
            "title": view.t("nav.runs"),
            "runs": kept[:size],
            "total": len(found),
            "statuses": STATUSES,
            "status": status,
            "next": kept[size - 1]["run_id"] if len(kept) > size else None,
        },
        keep=False,
    )


def file(view: View) -> Response:
    return download(view, "runs", _FILE)


def one(view: View) -> Page:
    """One run. Raises Missing with the nearest numbers."""
    run_id = int(view.part("run"))
    runs = _runs(view)
    run = next((r for r in runs if r["run_id"] == run_id), None)
    if run is None:
        near = sorted((r["run_id"] for r in runs), key=lambda n: abs(n - run_id))[:3]
        raise Missing(view.t("runs.unknown", n=run_id), "", [(view.t("runs.one", n=n), view.url(f"/runs/{n}")) for n in near])
    values: dict[str, Any] = {
        "title": view.t("runs.one", n=run_id),
        "run": run,
        "prefect": _prefect(view, run_id),
        "settings": _settings(view, run_id),
        "comparable": bool(run["generation"]) and {run["generation"] - 1, run["generation"]} <= set(view.state.generations.kept()),
        "beside": [max((r["run_id"] for r in runs if r["run_id"] < run_id), default=None),
                   min((r["run_id"] for r in runs if r["run_id"] > run_id), default=None)],
        "stages": [],
        "workers": [],
        "failing": [],
        "counts": {},
        "refused": [],
        "files": [],
        "file_total": 0,
        "dirt": [],
    }
    if view.has_data:
        values |= view.g.once(("run", run_id), lambda: _details(view, run_id))
    return Page("run.html", values, keep=False)


def _runs(view: View) -> list[dict[str, Any]]:
    published = (
        view.g.once(
            "runs",
            lambda: view.g.rows(
                "select r.*, coalesce(c.warned, 0) as warned, coalesce(c.failed, 0) as failed from runs as r left join (select run_id, "
                "count(*) filter (where severity <> 'critical') as warned, count(*) as failed from checks where status in "
                "('failed', 'errored') "
                "group by 1) as c using (run_id) order by run_id desc"
            ),
        )
        if view.has_data
        else []
    )
    known = {r["run_id"] for r in published}
    found: dict[int, dict[str, Any]] = {}
    if not view.pinned:
        for e in told(view.state.generations.root):
            if "status" in e and isinstance(e.get("run_id"), int) and e["run_id"] not in known:
                found[e["run_id"]] = e
    empty = dict.fromkeys(
        (
            "flow",
            "status",
            "started_at",
            "finished_at",
            "generation",
            "files_seen",
            "files_new",
            "files_skipped",
            "bytes_new",
            "articles_new",
            "documents_quarantined",
            "rows_quarantined",
            "error",
            "pipeline_version",
        )
    )
    logged = [empty | {"warned": 0, "failed": 0} | {k: v for k, v in e.items() if k in empty or k == "run_id"} for e in found.values()]
    return sorted([*published, *map(_timed, logged)], key=lambda r: -r["run_id"])


def _timed(run: dict[str, Any]) -> dict[str, Any]:
    """The log's times are text."""
    for name in ("started_at", "finished_at"):
        try:
            run[name] = dt.datetime.fromisoformat(run[name]) if run[name] else None
        except (TypeError, ValueError):
            run[name] = None
    return run


def _details(view: View, run_id: int) -> dict[str, Any]:
    g = view.g
    timings = g.rows("select * from stage_timings where run_id = ? order by stage", [run_id])
    by_stage = {r["stage"]: r for r in timings}
    begin, stages = 0.0, []
    for name in ("start", "process", "validate", "commit", "publish"):
        if name in by_stage:
            stages.append((view.t.known("stage", name), begin, by_stage[name]["seconds"]))
            begin += by_stage[name]["seconds"]
    return {
        "stages": stages,
        "workers": [by_stage[n] for n in _WORKERS if n in by_stage],
        "failing": g.rows(
            "select * from checks where run_id = ? and status in ('failed', 'errored') order by severity, table_name, check_id", [run_id]
        ),
        "counts": dict(g.rows_as_pairs("select status, count(*) from checks where run_id = ? group by 1 order by 2 desc", [run_id])),
        "refused": g.rows(
            "select q.quarantine_no, q.stage, q.severity, q.check_id, q.reason, q.key, q.file_id, s.name from quarantine as q "
            "left join seed_files as s using (file_id) where q.run_id = ? order by 1 limit 100",
            [run_id],
        ),
        "files": g.rows(
            "select s.name, s.file_id, s.size_bytes, s.document_count, d.doc_id from seed_files as s left join (select file_id, "
            "min(doc_id) as doc_id from documents where run_id = ? group by 1) as d using (file_id) where s.run_id = ? "
            "order by s.name limit 100",
            [run_id, run_id],
        ),
        "file_total": g.value("select count(*) from seed_files where run_id = ?", [run_id]),
        # Of the files that came with the run; a run that brought none may have made others' rows again.
        "dirt": next(
            filter(
                None,
                (
                    g.rows(
                        f"select label, sum(edits)::bigint as edits, sum(characters)::bigint as characters from dirt_daily where {of} = ? "
                        "and action <> 'meta' group by 1 order by 3 desc limit 12",
                        [run_id],
                    )
                    for of in (g.arrived, "run_id")
                ),
            ),
            [],
        ),
    }


def _prefect(view: View, run_id: int) -> dict[str, Any] | None:
    """Where Prefect shows the run: told by the run itself in the log."""
    for e in reversed(told(view.state.generations.root)):
        if e.get("run_id") == run_id and isinstance(e.get("prefect"), dict):
            shown = e["prefect"]
            base = view.state.prefect_ui or "http://127.0.0.1:4200"
            flow_run = str(shown.get("flow_run_id", ""))
            if flow_run and all(c in "0123456789abcdef-" for c in flow_run):
                return {"href": f"{base}/runs/flow-run/{flow_run}", "standing": shown.get("standing") is True}
    return None


def _settings(view: View, run_id: int) -> list[tuple[str, str, str]] | None:
    """
    What was set otherwise than in the run before: (name, before, now). None where nobody wrote down what was set.

    A run writes down its settings where they differ from those last written, so silence means: as before.
    """
    before: dict[str, Any] | None = None
    for e in told(view.state.generations.root):
        if not isinstance(e.get("settings"), dict) or not isinstance(e.get("run_id"), int):
            continue
        if e["run_id"] == run_id:
            now = e["settings"]
            names = [n for n in now if before is not None and now[n] != before.get(n)]
            return [(n, _plain((before or {}).get(n)), _plain(now[n])) for n in names]
        if e["run_id"] > run_id:
            break
        before = e["settings"]
    return [] if before is not None else None


def _plain(value: Any) -> str:
    return "–" if value in (None, "") else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
