"""Checks: expectations by run as a heat map, and for one of them its sentence, its course, and the rows that failed."""

from __future__ import annotations

import difflib
import json
from functools import cache
from typing import Any

from starlette.responses import Response

from dashboard.lists import download
from dashboard.view import Missing, Page, View
from schemas.catalog import PUBLISHED, TABLES
from schemas.contract import SEVERITIES
from schemas.derive.row_checks import failing_rows, faults
from tasks.validate.history import LEARNING_RUNS

STATUSES = ("failed", "errored", "passed", "learning", "skipped")
SCOPES = ("row", "table", "history")
LETTER = {"passed": "P", "failed": "F", "errored": "E", "learning": "L", "skipped": "S", None: "–"}
RUNS = 60
_FILE = "select * from checks order by run_id desc, table_name, check_id, dimension"


@cache
def declared() -> dict[tuple[str, str], dict[str, Any]]:
    """Every check that the contracts declare: (table, check) -> description, severity, scope, column, next step, the query for faults."""
    found = {}
    for table in TABLES.values():
        for c in table.all_row_checks:
            sql = failing_rows(c, table.name, "t.*")
            found[table.name, c.id] = _said(c, c.column, sql if not c.needs or all(n in PUBLISHED for n in c.needs) else "")
        for c in table.all_table_checks:
            sql = faults(c, table.name)
            found[table.name, c.id] = _said(c, ", ".join(c.columns), sql)
        for c in table.history_checks:
            found[table.name, c.id] = _said(c, c.column, "")
        found.setdefault(
            (table.name, "columns"),
            {
                "description": "The table has the columns of its contract, with their types.",
                "severity": "critical",
                "scope": "table",
                "column": "",
                "next_step": "",
                "sql": "",
                "internal": False,
            },
        )
        if table.internal:
            for key in [k for k in found if k[0] == table.name]:
                found[key] = found[key] | {"sql": "", "internal": True}
    return found


def _said(check: Any, column: str, sql: str) -> dict[str, Any]:
    return {
        "description": check.description,
        "severity": check.severity,
        "scope": check.scope,
        "column": column,
        "next_step": check.next_step,
        "sql": sql,
        "internal": False,
    }


def page(view: View) -> Page:
    """The heat map. History checks are one row each, whatever they are split by: the worst of their parts shows."""
    title = view.t("nav.checks")
    rows = view.g.once("checks", lambda: _rows(view)) if view.has_data else []
    if not rows:
        names = sorted(k for k, d in declared().items() if not d["internal"])
        return Page("checks_none.html", {"title": title, "names": names, "declared": declared()})
    runs = [
        r["run_id"]
        for r in view.g.once(
            "checked runs", lambda: view.g.rows(f"select run_id, count(*) from checks group by 1 order by 1 desc limit {RUNS}")
        )
    ]
    shown = view.number("runs", 30, 1, RUNS)
    runs = runs[:shown][::-1]
    table, severity = view.get("table"), view.choice("severity", SEVERITIES)
    status, scope = view.choice("status", STATUSES), view.choice("scope", SCOPES)
    everything = view.get("all") == "1" or bool(table or severity or status or scope)
    kept = [
        r
        for r in rows
        if (not table or r["table_name"] == table)
        and (not severity or r["severity"] == severity)
        and (not scope or r["scope"] == scope)
        and (not status or r["latest"] == status)
    ]
    steady: dict[str, int] = {}
    if not everything:  # what passed in every run shown is one line a table: a reader looks for the others
        shown_runs = set(runs)
        folded = [r for r in kept if all(r["cells"].get(n, ("passed", 0))[0] == "passed" for n in shown_runs)]
        for r in folded:
            steady[r["table_name"]] = steady.get(r["table_name"], 0) + 1
        left = {r["table_name"] for r in kept} - {r["table_name"] for r in kept if r not in folded}
        kept = [r for r in kept if r not in folded] + [{"table_name": n, "check_id": ""} for n in TABLES if n in left]
    counts = view.g.once(
        "results of the last run",
        lambda: dict(
            view.g.rows_as_pairs("select status, count(*) from checks where run_id = (select max(run_id) from checks) group by 1")
        ),
    )
    chosen = [
        (n, view.t(f"col.{label}"), view.t.known(part, value) if part else value)
        for n, label, part, value in (
            ("table", "table", "", table),
            ("severity", "severity", "severity", severity),
            ("status", "status", "status", status),
            ("scope", "scope", "scope", scope),
        )
        if value
    ]
    return Page(
        "checks.html",
        {
            "title": title,
            "rows": kept,
            "runs": runs,
            "letters": LETTER,
            "counts": counts,
            "chosen": chosen,
            "total": sum(counts.values()),
            "checks": sum(r["last_run"] == runs[-1] for r in rows),
            "steady": steady,
            "everything": everything,
            "tables": sorted({r["table_name"] for r in rows}),
            "statuses": STATUSES,
            "severities": SEVERITIES,
            "scopes": SCOPES,
            "picked": {"table": table, "severity": severity, "status": status, "scope": scope},
            "declared": declared(),
        },
    )


def _rows(view: View) -> list[dict[str, Any]]:
    """One row a check: its status in each run, failing ones first."""
    order = {s: i for i, s in enumerate(("errored", "failed", "learning", "skipped", "passed"))}
    cells = view.g.rows(
        "select table_name, check_id, run_id, any_value(severity) as severity, any_value(scope) as scope, "
        "arg_min(status, case status when 'errored' then 0 when 'failed' then 1 when 'passed' then 2 when 'learning' then 3 else 4 end) "
        "as status, sum(unexpected)::bigint as unexpected from checks where run_id in "
        f"(select distinct run_id from checks order by 1 desc limit {RUNS}) group by all"
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for c in cells:
        key = c["table_name"], c["check_id"]
        row = found.setdefault(key, {"table_name": key[0], "check_id": key[1], "severity": c["severity"], "scope": c["scope"], "cells": {}})
        row["cells"][c["run_id"]] = (c["status"], c["unexpected"] or 0)
    for row in found.values():
        row["last_run"] = max(row["cells"])
        row["latest"], row["unexpected"] = row["cells"][row["last_run"]]
    by_table: dict[str, int] = {}
    for row in found.values():
        by_table[row["table_name"]] = min(
            by_table.get(row["table_name"], 9), order[row["latest"]] if row["latest"] in ("errored", "failed") else 9
        )
    places = {name: i for i, name in enumerate(TABLES)}
    return sorted(
        found.values(), key=lambda r: (by_table[r["table_name"]], places.get(r["table_name"], 99), order[r["latest"]], r["check_id"])
    )


def file(view: View) -> Response:
    """All results of all runs."""
    return download(view, "checks", _FILE)


def one(view: View) -> Page:
    """One check: what it promises, its course over runs, the rows that broke it."""
    table, check = view.part("table"), view.part("check")
    results = view.g.once(
        ("check", table, check),
        lambda: view.g.rows(
            "select c.*, r.started_at from checks as c left join runs as r using (run_id) where c.table_name = ? and c.check_id = ? "
            f"order by c.run_id desc, c.dimension limit {RUNS * 40}",
            [table, check],
        ),
    )
    said = declared().get((table, check))
    if not results and said is None:
        near = difflib.get_close_matches(f"{table}.{check}", [f"{a}.{b}" for a, b in declared()], 3, 0.5)
        raise Missing(
            view.t("checks.unknown", table=table, check=check), "", [(n, view.url("/checks/" + n.replace(".", "/", 1))) for n in near]
        )
    run_id = view.number("run", results[0]["run_id"] if results else 0, 0, 10**15)
    dimensions = sorted({r["dimension"] for r in results})
    dimension = view.request.query_params.get("dimension")
    if dimension not in dimensions:  # none was asked for: the one that failed first of all
        wrong = [r["dimension"] for r in results if r["run_id"] == run_id and r["status"] in ("failed", "errored")]
        dimension = min(wrong, default=dimensions[0] if dimensions else "")
    course = [r for r in results if r["dimension"] == dimension][:RUNS][::-1]
    is_history = bool(results and results[0]["scope"] == "history")
    examples = view.g.rows(
        "select * from check_examples where run_id = ? and table_name = ? and check_id = ? order by example_no", [run_id, table, check]
    )
    for e in examples:
        e["fields"] = _fields(e["row_json"], e["column_name"])
        e["article"], e["doc"] = _named(e, "article_id"), _named(e, "doc_id")
        e["span"] = _span(e)
    now = next((r for r in results if r["run_id"] == run_id and r["dimension"] == dimension), results[0] if results else None)
    return Page(
        "check.html",
        {
            "title": f"{table}.{check}",
            "table": table,
            "check": check,
            "said": said,
            "now": now,
            "course": course,
            "run_id": run_id,
            "dimension": dimension,
            "dimensions": dimensions,
            "examples": examples,
            "is_history": is_history,
            "letters": LETTER,
            "learnt": sum(r["run_id"] < run_id for r in course),
            "needs": LEARNING_RUNS,
            "values": [_figure(r, is_history) for r in course],
            "bands": [(r["lower_bound"], r["upper_bound"]) for r in course],
        },
    )


def _figure(row: dict[str, Any], is_history: bool) -> float | None:
    """What the chart shows: the figure of a history check, else the failing rows."""
    if not is_history:
        return row["unexpected"]
    try:
        return float(row["observed_value"])
    except (TypeError, ValueError):
        return None


def _fields(row_json: str | None, first: str | None) -> list[tuple[str, str, bool]]:
    """The failing row, the column that broke the promise first; empty columns left out."""
    try:
        row = json.loads(row_json or "{}")
    except ValueError:
        return [("row", row_json or "", False)]
    if not isinstance(row, dict):
        return [("row", str(row), False)]
    named = [
        (k, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False), k == first)
        for k, v in row.items()
        if v not in (None, "", []) or k == first
    ]
    return sorted(named, key=lambda f: not f[2])


def _named(example: dict[str, Any], column: str) -> str:
    return next((v for k, v, _ in example["fields"] if k == column), "")


def _span(example: dict[str, Any]) -> dict[str, str]:
    """from and to, where the failing row is a span of an article."""
    fields = {k: v for k, v, _ in example["fields"]}
    if fields.get("start", "").isdigit() and fields.get("stop", "").isdigit() and "article_id" in fields and "doc_id" not in fields:
        return {"from": fields["start"], "to": fields["stop"]}
    return {}
