"""SQL that finds what breaks a contract: quarantine counts and shows rows by it, expectations ask the same question.

A source is anything that can stand after FROM: a table's name or a parenthesised query. Checks speak of its rows as `t`
and of other tables (`needs`) by their names, which the caller must make visible: the run's rows together with whatever
of the warehouse they refer to. The common table expression is NOT MATERIALIZED, so that only the columns a check reads
are scanned.
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.contract import HistoryCheck, RowCheck, Table, TableCheck
from schemas.derive.ddl import identifier


class FailingRows(NamedTuple):
    """One check of a table's rows; `predicate` is TRUE for a failing row of `t`, and only for a failing row."""

    check_id: str
    column: str
    severity: str
    predicate: str
    description: str
    next_step: str
    needs: tuple[str, ...]


def row_checks(table: Table) -> list[FailingRows]:
    """Every promise about a row of the table."""
    return [FailingRows(c.id, c.column, c.severity, c.failing, c.description, c.next_step, c.needs) for c in table.all_row_checks]


def failing_rows(check: RowCheck | FailingRows, source: str, columns: str = "*") -> str:
    """A query for the rows of a source that fail a check."""
    predicate = check.predicate if isinstance(check, FailingRows) else check.failing
    return over(source, f"SELECT {columns} FROM t WHERE {predicate}")


def count_failing(table: Table, source: str, severities: tuple[str, ...] = ("critical", "warning", "info")) -> str:
    """
    One query, one row, one pass: how many rows there are (`evaluated`) and how many fail each check, column named by check id.
    """
    counts = [f"count(*) FILTER (WHERE {c.failing}) AS {identifier(c.id)}" for c in table.all_row_checks if c.severity in severities]
    return over(source, f"SELECT {', '.join(['count(*) AS evaluated', *counts])} FROM t")


def faults(check: TableCheck, source: str) -> str:
    """A query for what breaks a promise about the table, one row per fault."""
    return over(source, check.sql)


def figures(check: HistoryCheck, source: str) -> str:
    """A query for the figures of a run: dimension, value, evaluated."""
    return over(source, check.sql)


def over(source: str, sql: str) -> str:
    """SQL that reads `t`, made to read a source."""
    return f"WITH t AS NOT MATERIALIZED (SELECT * FROM {source}) SELECT * FROM ({sql.strip()}) AS found"


def key_of(table: Table) -> str:
    """SQL for the key of a row as one string, its parts joined by a comma."""
    return f"concat_ws(',', {', '.join(f't.{identifier(k)}' for k in table.key)})"
