"""What a check found, and how it reads as rows of checks, check_examples and quarantine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.contract import CRITICAL, HistoryCheck, RowCheck, Table, TableCheck
from tasks.validate.history import judge
from tasks.validate.request import CheckRequest

OWN = "taojin"  # checks.expectation of checks that only our own SQL makes


@dataclass
class Finding:
    """What one check found. `observed` is the figure of a history check."""

    table: str
    check_id: str
    scope: str
    severity: str
    description: str
    column: str = ""
    dimension: str = ""
    expectation: str = OWN
    status: str = "passed"
    evaluated: int | None = None
    unexpected: int | None = None
    observed: str | None = None
    baseline: float | None = None
    lower: float | None = None
    upper: float | None = None
    examples: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # key, value, row_json

    @property
    def critical(self) -> bool:
        return self.severity == CRITICAL


@dataclass(frozen=True)
class Refusal:
    """One failing row of a critical check."""

    table: Table
    check_id: str
    description: str
    doc_id: str | None
    key: str
    value: str | None
    row_json: str | None


def finding_of(table: Table, check: RowCheck | TableCheck | HistoryCheck) -> Finding:
    column = check.column if isinstance(check, RowCheck | HistoryCheck) else (check.columns[0] if len(check.columns) == 1 else "")
    return Finding(table.name, check.id, check.scope, check.severity, check.description, column)


def counted(finding: Finding, evaluated: int | None, unexpected: int) -> Finding:
    finding.evaluated, finding.unexpected, finding.observed = evaluated, unexpected, str(unexpected)
    finding.status = "failed" if unexpected else "passed"
    return finding


def errored(finding: Finding, error: Exception) -> Finding:
    finding.status, finding.observed = "errored", str(error).splitlines()[0][:300]
    return finding


def judged(finding: Finding, value: float, evaluated: int, former: list[float], only_above: bool = False) -> None:
    verdict = judge(value, evaluated, former, only_above)
    finding.status, finding.baseline, finding.lower, finding.upper = verdict.status, verdict.baseline, verdict.lower, verdict.upper
    finding.evaluated, finding.unexpected, finding.observed = evaluated, int(verdict.status == "failed"), repr(value)


def reason_of(r: Refusal) -> str:
    shown = f" ({r.value!r})" if r.value is not None else ""
    return f"{r.table.name} {r.key}: {r.description.rstrip('.')}: broken{shown}."


def sentence(obstacles: list[str]) -> str:
    if not obstacles:
        return ""
    more = f" and {len(obstacles) - 5} more" if len(obstacles) > 5 else ""
    return "Publication is blocked: " + "; ".join(obstacles[:5]) + more + "."


def checks_table(results: list[Finding], run_id: int, checked_at: dt.datetime) -> pa.Table:
    rows = [
        {
            "run_id": run_id, "table_name": f.table, "check_id": f.check_id, "dimension": f.dimension, "column_name": f.column or None,
            "expectation": f.expectation, "severity": f.severity, "scope": f.scope, "status": f.status,
            "success": {"passed": True, "failed": False}.get(f.status), "evaluated": f.evaluated, "unexpected": f.unexpected,
            "unexpected_percent": 100.0 * f.unexpected / f.evaluated if f.evaluated and f.unexpected is not None else None,
            "observed_value": f.observed, "baseline": f.baseline, "lower_bound": f.lower, "upper_bound": f.upper, "checked_at": checked_at,
        }
        for f in results
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["checks"].arrow)


def examples_table(results: list[Finding], run_id: int) -> pa.Table:
    rows = [
        {"run_id": run_id, "table_name": f.table, "check_id": f.check_id, "example_no": n, "key": key, "column_name": f.column or None,
         "value": value, "row_json": row_json}
        for f in results for n, (key, value, row_json) in enumerate(f.examples, 1)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["check_examples"].arrow)


def quarantine_table(refusals: list[Refusal], files: Mapping[str, str], request: CheckRequest) -> pa.Table:
    rows = [
        {"run_id": request.run_id, "quarantine_no": n, "doc_id": r.doc_id, "file_id": files.get(r.doc_id or ""), "table_name": r.table.name,
         "key": r.key, "check_id": r.check_id, "severity": CRITICAL, "stage": r.table.stage, "reason": reason_of(r), "row_json": r.row_json,
         "replay": request.replay.format(case=f"{request.run_id}-{n}")}
        for n, r in enumerate(refusals, 1)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["quarantine"].arrow)
