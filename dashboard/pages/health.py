"""Health: whether what is published is good and fresh, for people, for a load balancer (/healthz) and for Prometheus (/metrics)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from dashboard.generations import Generation
from dashboard.metrics import label
from dashboard.pages.overview import last_run
from dashboard.summary import gather, newest, unpublished
from dashboard.view import Page, View, now
from tasks.errors import TaojinError

EPOCH = dt.datetime(1970, 1, 1)


def page(view: View) -> Page:
    """The same answer as /healthz, in words."""
    found = state_of(view.g, last_run(view))
    shown = found | {"age_seconds": view.lasting(found["age_seconds"])}
    return Page("health.html", {"title": view.t("nav.health"), "found": shown, "kept": view.state.generations.kept()}, keep=False)


def state_of(g: Generation | None, last: dict[str, Any] | None) -> dict[str, Any]:
    """status: ok | empty | stale | blocked | failed, with the figures behind it."""
    if g is None:
        return {
            "status": "failed" if last and last.get("status") == "failed" else "empty",
            "generation": None,
            "age_seconds": None,
            "last_run": last.get("run_id") if last else None,
            "last_status": last.get("status") if last else None,
        }
    o = gather(g)
    age = (now() - o["newest"]).total_seconds() if o["newest"] else None
    status = "ok"
    if o["stale"]:
        status = "stale"
    if o["run"] and o["run"]["status"] == "blocked":
        status = "blocked"
    if last and last.get("status") == "failed":
        status = "failed"
    run = last or o["run"] or {}
    return {
        "status": status,
        "generation": g.number,
        "age_seconds": int(age) if age is not None else None,
        "last_run": run.get("run_id"),
        "last_status": run.get("status"),
        "articles": o["articles"],
        "quarantine_open": o["open"],
        "checks": o["statuses"],
    }


def healthz(request: Request) -> Response:
    """200 while the data are good and fresh, else 503."""
    state = request.app.state
    try:
        with state.generations.hold() as g:
            found = state_of(g, unpublished(state.generations.root, newest(g)))
    except TaojinError as error:
        found = {"status": "broken", "error": error.message}
    live = state.live()
    found["running"] = live["run_id"] if live else None
    return JSONResponse(found, 200 if found["status"] == "ok" else 503)


def metrics(request: Request) -> Response:
    """Prometheus' text format."""
    state = request.app.state
    lines: list[str] = []
    try:
        with state.generations.hold() as g:
            lines += _figures(g, unpublished(state.generations.root, newest(g)))
    except TaojinError:
        lines.append("taojin_up 0")
    return PlainTextResponse("\n".join([*lines, *state.metrics.lines()]) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")


def _figures(g: Generation | None, last: dict[str, Any] | None) -> Iterator[str]:
    found = state_of(g, last)
    yield f"taojin_up {int(g is not None)}"
    for name in ("ok", "empty", "stale", "blocked", "failed"):
        yield f"taojin_status{{status={label(name)}}} {int(found['status'] == name)}"
    if g is None:
        return
    o = gather(g)
    yield f"taojin_generation {g.number}"
    done = [r for r in o["runs"] if r["status"] == "done" and r["finished_at"]]
    if done:
        yield f"taojin_last_success_timestamp_seconds {(done[-1]['finished_at'] - EPOCH).total_seconds():.0f}"
    for name in ("articles", "documents", "files", "bytes", "characters", "kept", "cut", "repaired"):
        yield f"taojin_{name}_total {o[name] or 0}"
    yield f"taojin_quarantine_open {o['open']}"
    yield f"taojin_articles_with_residual_dirt {o['dirty']}"
    if o["newest"]:
        yield f"taojin_freshness_seconds {(now() - o['newest']).total_seconds():.0f}"
    for status, n in sorted(o["statuses"].items()):
        yield f"taojin_checks{{status={label(status)}}} {n}"
    for s in o["sites"]:
        if s["last_seen"]:
            yield f"taojin_site_freshness_seconds{{site={label(s['site'])}}} {(now() - s['last_seen']).total_seconds():.0f}"
