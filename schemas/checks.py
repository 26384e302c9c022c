"""checks: the result of each expectation in each run."""

from __future__ import annotations

from schemas.contract import BYTES, FLAG, REAL, SEVERITIES, TEXT, TIMESTAMP, Between, Column, OneOf, RowCheck, Table
from schemas.shared import RUN_KEY

CHECKS = Table(
    name="checks",
    grain="one expectation's result in one run",
    key=("run_id", "table_name", "check_id", "dimension"),
    stage="validate",
    columns=(
        RUN_KEY,
        Column("table_name", TEXT, "Table that was checked."),
        Column("check_id", TEXT, "Name of the check within its table."),
        Column("dimension", TEXT, "What a history check is split by (a site, an encoding …); else ''."),
        Column("column_name", TEXT, "Column that it speaks of; NULL where it speaks of the whole row or table.", nullable=True),
        Column("expectation", TEXT, "Expectation type of Great Expectations."),
        Column("severity", TEXT, "What a failure means: critical refuses or blocks, the others are reported.", checks=(OneOf(SEVERITIES),)),
        Column("scope", TEXT, "What a failure concerns.", checks=(OneOf(("row", "table", "history")),)),
        Column("status", TEXT, "errored: the check itself did not run; learning: too few runs to judge by.",
               checks=(OneOf(("passed", "failed", "errored", "learning", "skipped")),)),
        Column("success", FLAG, "The check ran and found nothing; NULL where it did not judge.", nullable=True),
        Column("evaluated", BYTES, "Rows that were looked at.", nullable=True, checks=(Between(0),)),
        Column("unexpected", BYTES, "Rows that broke the promise.", nullable=True, checks=(Between(0),)),
        Column("unexpected_percent", REAL, "The same in percent of evaluated.", unit="percent", nullable=True,
               checks=(Between(0, severity="warning"),)),
        Column("observed_value", TEXT, "What was found, as text.", nullable=True),
        Column("baseline", REAL, "History: what former runs lead to expect.", nullable=True),
        Column("lower_bound", REAL, "History: below this the check fails.", nullable=True),
        Column("upper_bound", REAL, "History: above this the check fails.", nullable=True),
        Column("checked_at", TIMESTAMP, "When (UTC).", volatile=True),
    ),
    row_checks=(
        RowCheck("success-is-status", "success IS NOT DISTINCT FROM CASE status WHEN 'passed' THEN TRUE WHEN 'failed' THEN FALSE END",
                 "success says what status says.", column="success"),
        RowCheck("bounds-order", "lower_bound <= upper_bound", "Bounds enclose something.", severity="warning", column="lower_bound"),
    ),
)
