"""A contract as expectation configurations of Great Expectations 1.24: plain dicts, so that nothing here imports it.

Promises about one value use its own expectations where they count exactly the rows that our SQL counts: those ignore
NULL, as our SQL does. Regular expressions (refused by GX on DuckDB) and promises across columns ask our SQL through
UnexpectedRowsExpectation, whose `{batch}` is a format field: every other brace is doubled.
"""

from __future__ import annotations

from typing import Any

from schemas.contract import (
    CRITICAL,
    ROW,
    TABLE,
    Between,
    MaxLength,
    NotEmpty,
    NotNull,
    OneOf,
    RowCheck,
    Table,
    TableCheck,
)
from schemas.derive.ddl import sql_type
from schemas.derive.row_checks import failing_rows, faults, key_of

_BATCH = "\x00batch\x00"  # stands for {batch} while other braces are doubled


def expectations(table: Table) -> list[dict[str, Any]]:
    """
    Every check of rows and of the table as {type, kwargs, meta, severity}; meta holds check_id, column, scope, severity,
    description, next_step, needs. Checks of history are not among them: they judge runs, not rows.
    """
    return [_table(columns_check(table)), *(_row(table, c) for c in table.all_row_checks), *map(_table, table.all_table_checks)]


def columns_check(table: Table) -> TableCheck:
    """That a table has the columns of its contract."""
    # Parquet has no type for JSON: before publication such a column reads as VARCHAR.
    promised = ", ".join(f"('{c.name}', '{sql_type(c)}')" for c in table.columns)
    sql = (
        f"SELECT p.name, p.type, d.column_name, d.column_type FROM (VALUES {promised}) AS p(name, type) "
        "FULL JOIN (DESCRIBE SELECT * FROM t) AS d ON d.column_name = p.name "
        "WHERE p.type IS DISTINCT FROM d.column_type AND NOT coalesce(p.type = 'JSON' AND d.column_type = 'VARCHAR', FALSE)"
    )
    report = "Nothing was published. The stage that wrote the table and its contract disagree: report the run."
    return TableCheck("columns", sql, "The table has the columns of its contract, with their types.", next_step=report)


def _row(table: Table, check: RowCheck) -> dict[str, Any]:
    column = {"column": check.column}
    match check.promise:
        case NotNull():
            return _config("expect_column_values_to_not_be_null", column, check, ROW)
        case Between(low, high):
            return _config("expect_column_values_to_be_between", column | {"min_value": low, "max_value": high}, check, ROW)
        case OneOf(values):
            return _config("expect_column_values_to_be_in_set", column | {"value_set": list(values)}, check, ROW)
        case NotEmpty():
            return _config("expect_column_value_lengths_to_be_between", column | {"min_value": 1}, check, ROW)
        case MaxLength(limit):
            return _config("expect_column_value_lengths_to_be_between", column | {"max_value": limit}, check, ROW)
    return _rows_expected_absent(failing_rows(check, _BATCH, f"{key_of(table)} AS row_key"), check, ROW)


def _table(check: TableCheck) -> dict[str, Any]:
    return _rows_expected_absent(faults(check, _BATCH), check, TABLE)


def _rows_expected_absent(sql: str, check: RowCheck | TableCheck, scope: str) -> dict[str, Any]:
    query = sql.replace("{", "{{").replace("}", "}}").replace(_BATCH, "{batch}")
    return _config("unexpected_rows_expectation", {"unexpected_rows_query": query}, check, scope)


def _config(kind: str, kwargs: dict[str, Any], check: RowCheck | TableCheck, scope: str) -> dict[str, Any]:
    meta = {
        "check_id": check.id,
        "column": check.column if isinstance(check, RowCheck) else ", ".join(check.columns),
        "scope": scope,
        "severity": check.severity,
        "description": check.description,
        "next_step": check.next_step,
        "needs": list(check.needs),
    }
    return {"type": kind, "kwargs": kwargs, "meta": meta, "severity": check.severity}


def critical(configurations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose failure refuses a document or blocks publication."""
    return [c for c in configurations if c["severity"] == CRITICAL]
