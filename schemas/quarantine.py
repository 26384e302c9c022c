"""quarantine: rows and inputs that were refused, why, and the command that tries them again."""

from __future__ import annotations

from schemas.contract import SEVERITIES, TEXT, Column, NotEmpty, OneOf, RowCheck, Table
from schemas.shared import RUN_KEY, number

QUARANTINE = Table(
    name="quarantine",
    grain="one row or input that was refused",
    key=("run_id", "quarantine_no"),
    stage="validate",
    columns=(
        RUN_KEY,
        number("quarantine_no", "Number of the entry in its run, from 1."),
        Column("doc_id", TEXT, "Document that was refused; NULL where the input never became one.", nullable=True),
        Column("file_id", TEXT, "Its content; NULL where no bytes could be read.", nullable=True),
        Column("table_name", TEXT, "Table of the failing row; NULL for an input.", nullable=True),
        Column("key", TEXT, "Key of the failing row, its parts joined by a comma; for an input its uri.", nullable=True),
        Column("check_id", TEXT, "Check that failed; for an input what refused it (too_large, unreadable, crashed …)."),
        Column("severity", TEXT, "Severity of the check.", checks=(OneOf(SEVERITIES),)),
        Column("stage", TEXT, "Stage whose output or input it is."),
        Column("reason", TEXT, "Why, in a sentence.", checks=(NotEmpty(),)),
        Column("row_json", TEXT, "The failing row, long strings cut.", nullable=True, json=True),
        Column("replay", TEXT, "Command that tries it again.", checks=(NotEmpty(),)),
    ),
    row_checks=(RowCheck("row-has-table", "row_json IS NULL OR table_name IS NOT NULL", "A failing row names its table.",
                         column="table_name"),
                RowCheck("names-something", "doc_id IS NOT NULL OR file_id IS NOT NULL OR key IS NOT NULL",
                         "An entry names a document, a content or a place.", column="key")),
)
