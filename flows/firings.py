"""Firings: what became of each time that a schedule was due, as lines of the run log beside the runs themselves.

    {"event": "fired", "due": ..., "at": ..., "outcome": ..., "run": 12, "flow_run_id": ..., "error": ...}

`outcome` is the run's status (done, blocked, nothing-new), "skipped" (another writer was at work, or a later firing was due already:
one run takes in all that has arrived), "failed" (an error ended it), "stopped" (somebody did), "killed" (its process died) or "missed"
(nobody served: one line for a gap, with `count`). `run` is the run's number where it has one; its row is in `runs`, or in the run log
until the next publication. Times are UTC.

A firing tells its own outcome. One whose process was killed cannot, so the watchman asks Prefect's server for those (`account`).
Knows no Prefect: the server is asked by its plain HTTP interface.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flows.run import now
from tasks.storage import runlog
from tasks.storage.layout import Layout

FLOW = "scheduled-ingest"
ENDED_BADLY = ("CRASHED", "FAILED", "CANCELLED")
SKIPPED = "Skipped"  # the name that `skip_late` gives a cancelled flow run
ASK_SECONDS = 10.0
LONGEST = 500  # characters of an error


def deployment(layout: Layout) -> str:
    """The name under which a warehouse is served: several may share a Prefect server."""
    return "serve-" + hashlib.sha256(os.fsencode(layout.root)).hexdigest()[:8]


def fired(
    layout: Layout, outcome: str, *, due: datetime | None, at: datetime, flow_run_id: str = "", run: int | None = None, error: str = ""
) -> None:
    """Put one firing on record."""
    told = {"event": "fired", "due": _plain(due), "at": _plain(at), "outcome": outcome, "run": run, "flow_run_id": flow_run_id}
    runlog.append(layout, told | ({"error": error[:LONGEST]} if error else {}))


def missed(layout: Layout, count: int, first: datetime, last: datetime) -> None:
    """Put firings on record that were due while nobody served."""
    told = {"event": "fired", "due": _plain(first), "until": _plain(last), "at": _plain(now()), "outcome": "missed", "count": count}
    runlog.append(layout, told)


def account(layout: Layout, api: str) -> list[str]:
    """
    Put on record what Prefect knows as ended badly and the log does not know yet: its process died before it could tell.
    Returns a sentence for each that was killed before its run began, which nobody else tells of. Raises OSError or ValueError where
    the server does not answer.
    """
    log = runlog.entries(layout)
    known = {e.get("flow_run_id") for e in log if e.get("event") == "fired"}
    failed = [(e.get("started_at") or "", e["run_id"]) for e in log if e.get("status") == "failed"]
    untold = []
    ended = [r for r in _flow_runs(api, deployment(layout), ENDED_BADLY, "END_TIME_DESC", 50) if r.get("id") not in known]
    for r in reversed(ended):
        state = r.get("state") or {}
        outcome = "killed" if state.get("type") != "CANCELLED" else "skipped" if state.get("name") == SKIPPED else "stopped"
        moment = _moment(r.get("start_time")) or _moment(r.get("end_time")) or now()
        until = _moment(r.get("end_time")) or now()
        run = next((number for began, number in failed if _plain(moment) <= began <= _plain(until)), None) if outcome == "killed" else None
        fired(layout, outcome, due=_moment(r.get("expected_start_time")), at=moment, flow_run_id=str(r["id"]), run=run,
              error=str(state.get("message") or ""))  # fmt: skip
        if outcome == "killed" and run is None:
            untold.append(f"A firing was killed before its run began: {state.get('message') or ''}")
    return untold


def skip_late(layout: Layout, api: str, keep: int = 1) -> int:
    """
    Cancel firings that wait though a later one waits too: after a long run one is enough. Returns how many; raises as `account` does.

    So a schedule that is faster than its runs, and a machine that slept, do not leave a queue of runs that find nothing. Whoever ends
    keeps none.
    """
    waiting = _flow_runs(api, deployment(layout), ["SCHEDULED"], "EXPECTED_START_TIME_DESC", 200, {"expected_start_time": _before_now()})
    why = "A later firing was due before this one could begin." if keep else "Serving ended before it could begin."
    for r in waiting[keep:]:
        state = {"type": "CANCELLED", "name": SKIPPED, "message": why}
        _call(f"{api}/flow_runs/{r['id']}/set_state", {"state": state, "force": True})
    return len(waiting[keep:])


def is_one_due(layout: Layout, api: str) -> bool:
    """Whether a firing is at work or about to be. Raises as `account` does."""
    name = deployment(layout)
    return bool(
        _flow_runs(api, name, ["PENDING", "RUNNING"], "START_TIME_DESC", 1)
        or _flow_runs(api, name, ["SCHEDULED"], "EXPECTED_START_TIME_DESC", 1, {"expected_start_time": _before_now()})
    )


def next_due(layout: Layout, api: str) -> str | None:
    """When the schedule is due next, UTC. Raises as `account` does."""
    later = {"after_": datetime.now(UTC).isoformat()}
    found = _flow_runs(api, deployment(layout), ["SCHEDULED"], "EXPECTED_START_TIME_ASC", 1, {"expected_start_time": later})
    return (_plain(_moment(found[0].get("expected_start_time"))) or None) if found else None


def _before_now() -> dict[str, str]:
    return {"before_": datetime.now(UTC).isoformat()}


def _flow_runs(
    api: str, name: str, states: Sequence[str], sort: str, limit: int, also: Mapping[str, Any] | None = None
) -> list[Mapping[str, Any]]:
    """Flow runs of a deployment, as the server tells them."""
    question = {
        "flow_runs": {"state": {"type": {"any_": states}}, **(also or {})},
        "deployments": {"name": {"any_": [name]}},
        "sort": sort,
        "limit": limit,
    }
    found = _call(f"{api}/flow_runs/filter", question)
    return [r for r in found if isinstance(r, dict)] if isinstance(found, list) else []


def _call(address: str, question: Mapping[str, Any]) -> object:
    request = urllib.request.Request(address, json.dumps(question).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=ASK_SECONDS) as answer:
        return json.load(answer)


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None


def _plain(moment: datetime | None) -> str:
    """As the log has it; "" where there is none."""
    if moment is None:
        return ""
    return (moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment).isoformat()
