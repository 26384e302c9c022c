"""check_examples: some of the rows that broke a check, to look at; at most 20 a check."""

from __future__ import annotations

from schemas.contract import COUNT, TEXT, Between, Column, Table, TableCheck
from schemas.shared import RUN_KEY

MOST_EXAMPLES = 20

CHECK_EXAMPLES = Table(
    name="check_examples",
    grain="one failing row shown for a check",
    key=("run_id", "table_name", "check_id", "example_no"),
    stage="validate",
    table_checks=(
        TableCheck("check-known", "SELECT DISTINCT t.run_id, t.table_name, t.check_id FROM t ANTI JOIN checks AS c USING (run_id, "
                   "table_name, check_id)", "An example belongs to a check of its run.", columns=("run_id", "table_name", "check_id"),
                   needs=("checks",)),
    ),
    columns=(
        RUN_KEY,
        Column("table_name", TEXT, "Table that was checked."),
        Column("check_id", TEXT, "Name of the check within its table."),
        Column("example_no", COUNT, "Number of the example, from 1.", checks=(Between(1, MOST_EXAMPLES),)),
        Column("key", TEXT, "Key of the row, its parts joined by a comma.", nullable=True),
        Column("column_name", TEXT, "Column that broke the promise.", nullable=True),
        Column("value", TEXT, "Its value, cut to 200 characters.", nullable=True),
        Column("row_json", TEXT, "The whole row, long strings cut.", nullable=True, json=True),
    ),
)
