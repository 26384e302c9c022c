"""Quarantine: what was refused and why, grouped by reason; for one case the failing row and the command that lets it pass."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from dashboard.lists import download, where
from dashboard.pages.checks import declared
from dashboard.view import Missing, Page, View

STATES = ("open", "passed", "discarded", "again")
LISTED = 200
CONTEXT = 60  # characters on both sides of the spot
# One row a case and what became of it: open as the view quarantine_open says, or refused again by a later run; discarded by an action;
# else passed.
_CASES = """
    select q.run_id, q.quarantine_no, q.doc_id, q.file_id, q.table_name, q.key, q.check_id, q.severity, q.stage, q.reason, q.replay,
           s.name, r.started_at, a.action, a.outcome,
           case when o.run_id = q.run_id then o.first_seen else r.started_at end as since,
           case when o.run_id > q.run_id then 'again' when o.run_id is not null then 'open'
                when a.action = 'discard' then 'discarded' else 'passed' end as state,
           coalesce(o.attempts, 0) as attempts, o.run_id || '-' || o.quarantine_no as open_case
    from quarantine as q
    left join (select *, coalesce(doc_id, file_id, key, reason) as subject from quarantine_open) as o
      on o.subject = coalesce(q.doc_id, q.file_id, q.key, q.reason)
    left join seed_files as s on s.file_id = q.file_id
    left join runs as r on r.run_id = q.run_id
    left join (select quarantine_run_id, quarantine_no, arg_max(action, (run_id, action_no)) as action,
                      arg_max(outcome, (run_id, action_no)) as outcome from quarantine_actions group by all) as a
      on a.quarantine_run_id = q.run_id and a.quarantine_no = q.quarantine_no
"""


def page(view: View) -> Page:
    """Reasons, then cases."""
    state = view.choice("state", STATES, "open")
    conditions, chosen = _filters(view)
    clause, params = where([*conditions, ("state = ?", state)])
    g = view.g
    cases = g.once(
        ("cases", clause, str(params)),
        lambda: g.rows(f"select * from ({_CASES}){clause} order by run_id desc, quarantine_no limit {LISTED}", params),
    )
    reasons = g.once(
        ("reasons", clause, str(params)),
        lambda: g.rows(
            "select check_id, table_name, severity, any_value(reason) as reason, count(*) as n, min(since) as first_at, "
            f"max(since) as last_at from ({_CASES}){clause} group by all order by n desc, check_id",
            params,
        ),
    )
    counts = g.once("case states", lambda: dict(g.rows_as_pairs(f"select state, count(*) from ({_CASES}) group by 1")))
    return Page(
        "quarantine.html",
        {
            "title": view.t("nav.quarantine"),
            "cases": cases,
            "named": list(dict.fromkeys(c["open_case"] for c in cases if c["open_case"])),
            "reasons": reasons,
            "counts": counts,
            "state": state,
            "states": STATES,
            "chosen": chosen,
            "limit": LISTED,
            "subjects": g.once("open", lambda: g.value("select count(*) from quarantine_open")),
            "agree": g.once("agree", lambda: _agreement(view)),
            "declared": declared(),
        },
    )


def file(view: View) -> Response:
    return download(view, "quarantine", f"select * from ({_CASES}) order by run_id desc, quarantine_no")


def one(view: View) -> Page:
    """One case. Raises Missing where there is none."""
    run, no = int(view.part("run")), int(view.part("no"))
    g = view.g
    found = (
        g.rows(
            f"select c.*, q.row_json from ({_CASES}) as c join quarantine as q using (run_id, quarantine_no) where run_id = ? and "
            "quarantine_no = ?",
            [run, no],
        )
        if run < 2**62 and no < 2**31
        else []
    )
    if not found:
        raise Missing(view.t("quarantine.unknown", case=f"{run}-{no}"), "", [(view.t("nav.quarantine"), view.url("/quarantine"))])
    case = found[0]
    said = declared().get((case["table_name"] or "", case["check_id"]))
    try:
        row = json.loads(case["row_json"] or "{}")
    except ValueError:
        row = {"row": case["row_json"]}
    row = row if isinstance(row, dict) else {"row": row}
    first = {said["column"]} if said else set()
    fields = sorted(
        (
            (k, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False), k in first)
            for k, v in row.items()
            if v is not None or k in first
        ),
        key=lambda f: not f[2],
    )
    others = (
        g.rows(
            "select run_id, quarantine_no, reason from quarantine where doc_id = ? and (run_id, quarantine_no) <> (?, ?) "
            "order by run_id desc, quarantine_no limit 20",
            [case["doc_id"], run, no],
        )
        if case["doc_id"]
        else []
    )
    actions = g.rows(
        "select * from quarantine_actions where quarantine_run_id = ? and quarantine_no = ? order by run_id, action_no", [run, no]
    )
    return Page(
        "case.html",
        {
            "title": view.t("quarantine.case", case=f"{run}-{no}"),
            "case": case,
            "said": said,
            "fields": fields,
            "others": others,
            "actions": actions,
            "spot": _spot(view, case, row),
            "has_document": bool(case["doc_id"]) and bool(g.rows("select 1 from documents where doc_id = ?", [case["doc_id"]])),
        },
    )


def _filters(view: View) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str]]]:
    conditions: list[tuple[str, Any]] = []
    chosen = []
    t = view.t
    for name, sql in (("stage", "stage = ?"), ("severity", "severity = ?"), ("check", "check_id = ?")):
        if value := view.get(name):
            conditions.append((sql, value))
            chosen.append((name, t(f"col.{name}"), t.known(name, value)))
    if (run := view.number("run", -1, -1, 10**15)) >= 0:
        conditions.append(("run_id = ?", run))
        chosen.append(("run", t("col.run"), str(run)))
    return conditions, chosen


def _agreement(view: View) -> dict[str, int]:
    """The failing rows that the critical checks of the last run counted, and the rows of that run in quarantine: the same number."""
    g = view.g
    run = g.value("select max(run_id) from checks")
    counted = g.value(
        "select coalesce(sum(unexpected), 0)::bigint from checks where run_id = ? and severity = 'critical' and scope = 'row' and "
        "status = 'failed'",
        [run],
    )
    held = g.value("select count(*) from quarantine where run_id = ? and table_name is not null", [run])
    inputs = g.value("select count(*) from quarantine where run_id = ? and table_name is null", [run])
    return {"run": run or 0, "checks": counted or 0, "quarantine": held or 0, "inputs": inputs or 0}


def _spot(view: View, case: dict[str, Any], row: dict[str, Any]) -> tuple[str, str, str] | None:
    """The place in the refused document, where the row names one and its text is still known."""
    start, stop = row.get("start"), row.get("stop")
    if not case["doc_id"] or not isinstance(start, int) or not isinstance(stop, int) or ("article_id" in row and "doc_id" not in row):
        return None
    text = next((d["text"] for d in view.g.of("documents", case["doc_id"], "text")), None)
    if text is None or not 0 <= start <= stop <= len(text):
        return None
    return text[max(start - CONTEXT, 0) : start], text[start : min(stop, start + 400)], text[stop : stop + CONTEXT]
