"""Great Expectations as the second pair of eyes. Importing this module costs seconds: only the validator's process does.

As installed, Great Expectations 1.24 cannot ask DuckDB anything: it reads a cursor after rolling its connection back, which DuckDB
takes at its word, and reports each such expectation as failed without raising. The dialect below never begins or rolls back (nothing
is written here), and whatever still carries exception_info is a check that did not run: neither passed nor failed.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read while the package is imported

import great_expectations as gx
import sqlalchemy.dialects
from duckdb_sqlalchemy import Dialect
from great_expectations.core import id_dict
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from schemas.contract import CRITICAL
from schemas.derive.expectations import expectations
from tasks.validate.findings import Finding
from tasks.validate.request import CheckRequest, ValidationResult
from tasks.validate.runner import Seen, validate
from tasks.validate.stage import seen_name

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}  # counts only: our own SQL shows the rows


_configurations: dict[int, tuple[Any, ExpectationConfiguration]] = {}


def _configuration(expectation: Any) -> ExpectationConfiguration:
    """What an expectation is configured as, worked out once: Great Expectations asks some 85 times for each."""
    known = _configurations.get(id(expectation))
    if known is None:
        known = _configurations[id(expectation)] = (expectation, _worked_out(expectation))
    return known[1]


def _serialisable(data: dict[str, Any]) -> Any:
    """The arguments of a metric as JSON takes them. Most are plain already, and it asks 27,000 times."""
    return data if all(type(v) in _PLAIN for v in data.values()) else _converted(data)


_PLAIN = frozenset((str, int, bool, type(None)))
_converted = id_dict.convert_to_json_serializable
id_dict.convert_to_json_serializable = _serialisable
_worked_out = Expectation.configuration.fget
Expectation.configuration = property(_configuration)


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


def second_opinion(database: Path, seen: list[Seen], findings: Mapping[tuple[str, str], Finding]) -> None:
    """
    Run every check as an expectation over what our SQL saw and compare the counts with ours.

    Sets `expectation` of each finding. One that did not run, or that counts something else than our SQL, becomes `errored`; a
    disagreement is critical whatever the check, because one of the two engines did not do its work.
    """
    usual, tempfile.tempdir = tempfile.tempdir, str(database.parent)  # a context leaves a folder behind: here it goes
    try:
        context = gx.get_context(mode="ephemeral")
    finally:
        tempfile.tempdir = usual
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.variables.save = lambda: None  # else it writes all of itself as YAML, to nowhere, for each table
    source = context.data_sources.add_sql("run", connection_string=f"duckdb:///{database}", create_temp_table=False)
    try:
        for part in seen:
            _compare(_counts(source, part), part, findings)
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
        _configurations.clear()


def _counts(source: Any, seen: Seen) -> dict[str, tuple[str, int | str]]:
    """check_id -> (expectation type, rows that break it; or why it did not run)."""
    name = seen_name(seen.table)
    made = [_expectation(c) for c in expectations(seen.table) if c["meta"]["check_id"] in seen.checks]
    batch = source.add_table_asset(name, table_name=name).add_batch_definition_whole_table("run").get_batch()
    results = batch.validate(gx.ExpectationSuite(name=name, expectations=made), result_format=RESULT_FORMAT).results
    return {r.expectation_config.meta["check_id"]: (r.expectation_config.type, _count(r)) for r in results}


def _expectation(c: Mapping[str, Any]) -> Any:
    kind, kwargs, check_id = c["type"], c["kwargs"], c["meta"]["check_id"]
    if kind == "unexpected_rows_expectation":
        # A promise in SQL was judged row by row in one scan, and the faults of a table were sought once, each with a verdict; asked as
        # queries they would be two more scans for each promise.
        kind, kwargs = "expect_column_values_to_be_in_set", {"value_set": [True]}
    kwargs = {**kwargs, "column": check_id}  # what our SQL left of the column for this promise
    # Only the id goes along: Great Expectations serialises the whole meta some seventy times for each expectation.
    return ExpectationConfiguration(type=kind, kwargs=kwargs, meta={"check_id": check_id}, severity=c["severity"]).to_domain_obj()


def _count(result: Any) -> int | str:
    if error := _exception(result.exception_info or {}):
        return error
    found = result.result or {}
    if "unexpected_count" in found:
        if found["unexpected_count"] is None:  # so it says of a table without rows
            return 0 if found.get("element_count") == 0 else "it returned no count"
        return int(found["unexpected_count"])
    if isinstance(found.get("observed_value"), int):
        return int(found["observed_value"])
    return 0 if result.success else 1  # of the table as a whole: there is one thing to be right or wrong


def _exception(info: Mapping[str, Any]) -> str:
    """The first message, or ''. Great Expectations gives one dict, or one for each metric that raised."""
    several = [info] if "raised_exception" in info else [v for v in info.values() if isinstance(v, Mapping)]
    return next((str(i.get("exception_message") or "raised without a message") for i in several if i.get("raised_exception")), "")


def _compare(counts: Mapping[str, tuple[str, int | str]], seen: Seen, findings: Mapping[tuple[str, str], Finding]) -> None:
    for check_id in seen.checks:
        finding = findings[seen.table.name, check_id]
        finding.expectation, theirs = counts.get(check_id, (finding.expectation, "Great Expectations returned no result for it"))
        if isinstance(theirs, str):
            finding.status, finding.observed = "errored", f"Great Expectations could not run it: {theirs.splitlines()[0][:300]}"
        elif theirs != finding.unexpected:
            finding.status, finding.severity = "errored", CRITICAL
            finding.observed = f"Great Expectations counts {theirs} failing rows, our SQL {finding.unexpected}: one of them did not look"
