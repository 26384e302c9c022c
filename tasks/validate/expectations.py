"""Great Expectations as the second pair of eyes. Importing this module costs seconds: only the validator's process does.

As installed, Great Expectations 1.24 cannot ask DuckDB anything: it reads a cursor after rolling its connection back, which DuckDB
takes at its word, and reports each such expectation as failed without raising. The dialect below never begins or rolls back (nothing
is written here), and whatever still carries exception_info is a check that did not run: neither passed nor failed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read while the package is imported

import great_expectations as gx
import sqlalchemy.dialects
from duckdb_sqlalchemy import Dialect
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from schemas.contract import CRITICAL
from schemas.derive.expectations import expectations
from tasks.validate.findings import Finding
from tasks.validate.request import CheckRequest, ValidationResult
from tasks.validate.runner import COLUMNS, validate
from tasks.validate.stage import TablePlan

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}  # counts only: our own SQL shows the rows


class ReadOnlyDialect(Dialect):
    """DuckDB in autocommit: a result outlives the connection that Great Expectations closes too early."""

    supports_statement_cache = False

    def do_begin(self, dbapi_connection: Any) -> None: ...
    def do_rollback(self, dbapi_connection: Any) -> None: ...
    def do_commit(self, dbapi_connection: Any) -> None: ...


sqlalchemy.dialects.registry.register("duckdb", __name__, "ReadOnlyDialect")
for noisy in ("great_expectations", "duckdb_sqlalchemy"):
    logging.getLogger(noisy).setLevel(logging.ERROR)


def answer(request: CheckRequest) -> ValidationResult:
    """One run, seen by both."""
    return validate(request, second_opinion)


def second_opinion(database: Path, plans: list[TablePlan], findings: Mapping[tuple[str, str], Finding]) -> None:
    """
    Run every check of the plans as an expectation over the same database and compare the counts with ours.

    Sets `expectation` of each finding. One that did not run, or that counts something else than our SQL, becomes `errored`; a
    disagreement is critical whatever the check, because one of the two engines did not do its work.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql("run", connection_string=f"duckdb:///{database}", create_temp_table=False)
    try:
        for plan in plans:
            _compare(_counts(source, plan), plan, findings)
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _counts(source: Any, plan: TablePlan) -> dict[str, tuple[str, int | str]]:
    """check_id -> (expectation type, rows that break it; or why it did not run)."""
    configurations = [c for c in expectations(plan.table) if c["meta"]["check_id"] in _wanted(plan)]
    suite = gx.ExpectationSuite(name=plan.table.name, expectations=[_expectation(c) for c in configurations])
    asset = source.add_table_asset(plan.table.name, table_name=plan.table.name)
    results = asset.add_batch_definition_whole_table("run").get_batch().validate(suite, result_format=RESULT_FORMAT).results
    return {r.expectation_config.meta["check_id"]: (r.expectation_config.type, _count(r)) for r in results}


def _expectation(c: Mapping[str, Any]) -> Any:
    # Only the id goes along: Great Expectations serialises the whole meta some seventy times for each expectation.
    meta = {"check_id": c["meta"]["check_id"]}
    return ExpectationConfiguration(type=c["type"], kwargs=c["kwargs"], meta=meta, severity=c["severity"]).to_domain_obj()


def _wanted(plan: TablePlan) -> set[str]:
    return {COLUMNS, *(c.id for c in (*plan.row_checks, *plan.table_checks))}


def _count(result: Any) -> int | str:
    if error := _exception(result.exception_info or {}):
        return error
    found = result.result or {}
    if "unexpected_count" in found:
        return int(found["unexpected_count"])
    if isinstance(found.get("observed_value"), int):
        return int(found["observed_value"])
    return 0 if result.success else 1  # of the table as a whole: there is one thing to be right or wrong


def _exception(info: Mapping[str, Any]) -> str:
    """The first message, or ''. Great Expectations gives one dict, or one for each metric that raised."""
    several = [info] if "raised_exception" in info else [v for v in info.values() if isinstance(v, Mapping)]
    return next((str(i.get("exception_message") or "raised without a message") for i in several if i.get("raised_exception")), "")


def _compare(counts: Mapping[str, tuple[str, int | str]], plan: TablePlan, findings: Mapping[tuple[str, str], Finding]) -> None:
    for check_id in sorted(_wanted(plan)):
        finding = findings[plan.table.name, check_id]
        finding.expectation, theirs = counts.get(check_id, (finding.expectation, "Great Expectations returned no result for it"))
        if finding.status == "errored":
            continue
        if isinstance(theirs, str):
            finding.status, finding.observed = "errored", f"Great Expectations could not run it: {theirs.splitlines()[0][:300]}"
        elif theirs != finding.unexpected:
            finding.status, finding.severity = "errored", CRITICAL
            finding.observed = f"Great Expectations counts {theirs} failing rows, our SQL {finding.unexpected}: one of them did not look"
