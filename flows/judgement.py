"""What a run's checks say, for people and for programs that wait for an exit code.

    failed_checks(rows)                  rows of `checks` -> those that did not pass, the worst first
    is_too_bad(status, failed, level)    what `--fail-on` asks: "blocked" (nothing was published), "critical" (or a critical check failed:
                                         what broke it is held back), "warn" (or any check failed or could not be run)

Knows no database: rows are mappings with the names of the table's columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from schemas.catalog import TABLES
from schemas.contract import CRITICAL

COLUMNS = ("table_name", "check_id", "dimension", "severity", "scope", "status", "evaluated", "unexpected", "observed_value", "baseline",
           "lower_bound", "upper_bound")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """One check of a run that did not pass; fields as in `checks`."""

    table_name: str
    check_id: str
    dimension: str
    severity: str
    scope: str
    status: str  # failed | errored
    evaluated: int | None
    unexpected: int | None
    observed_value: str | None
    baseline: float | None
    lower_bound: float | None
    upper_bound: float | None
    next_step: str
    promise: str = ""  # what the check is about, as the contract says it

    @property
    def name(self) -> str:
        return f"{self.table_name}.{self.check_id}" + (f" ({self.dimension})" if self.dimension else "")

    @property
    def finding(self) -> str:
        """What was found, and what is usual."""
        if self.status == "errored":
            return f"could not be run: {self.observed_value or ''}"
        if self.lower_bound is not None and self.upper_bound is not None:
            return f"{_figure(self.observed_value)}, usually {_figure(self.lower_bound)} to {_figure(self.upper_bound)}"
        found, rows = self.unexpected or 0, self.evaluated or 0
        return f"{found:,} of {rows:,} rows" if found <= rows else f"{found:,} places in {rows:,} rows"


def failed_checks(rows: Iterable[Mapping[str, Any]]) -> list[FailedCheck]:
    """Those that failed or could not be run: critical ones first, then by how much they say. What is told for information is left out."""
    bad = [r for r in rows if r["status"] == "errored" or (r["status"] == "failed" and r["severity"] != "info")]
    bad.sort(key=lambda r: (r["severity"] != CRITICAL, r["status"] != "errored", r["scope"] == "history", -(r["unexpected"] or 0),
                            r["table_name"], r["check_id"], r["dimension"] or ""))  # fmt: skip
    return [FailedCheck(*(r[c] for c in COLUMNS), *_said().get((r["table_name"], r["check_id"]), ("", ""))) for r in bad]


def counted(counts: Mapping[str, int], failed: Sequence[FailedCheck]) -> str:
    """How many checks came out how, the most first; failures that are told for information, and named nowhere, are told apart."""
    unnamed = counts.get("failed", 0) - sum(f.status == "failed" for f in failed)
    return ", ".join(
        f"{n:,} {status}" + (f" ({unnamed:,} for information only)" if status == "failed" and unnamed > 0 else "")
        for status, n in sorted(counts.items(), key=lambda x: -x[1])
    )


def is_too_bad(status: str, failed: Sequence[FailedCheck], level: str) -> bool:
    """Whether an exit code other than 0 is asked for."""
    if status in ("blocked", "failed"):
        return True
    if level == CRITICAL:
        return any(f.severity == CRITICAL for f in failed)
    return level == "warn" and bool(failed)


@cache
def _said() -> dict[tuple[str, str], tuple[str, str]]:
    """(next step, promise) of each check of the contracts."""
    found = {}
    for table in TABLES.values():
        for check in (*table.all_row_checks, *table.all_table_checks, *table.history_checks):
            found[table.name, check.id] = (check.next_step, check.description)
    return found


def _figure(value: object) -> str:
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.3g}"
