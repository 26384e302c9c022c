"""quarantine_actions: what was done about entries of quarantine."""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import TEXT, TIMESTAMP, Column, OneOf, Reference, Table
from schemas.shared import RUN_KEY, number

QUARANTINE_ACTIONS = Table(
    name="quarantine_actions",
    grain="one retry or discard",
    key=("run_id", "action_no"),
    stage="validate",
    references=(Reference(("quarantine_run_id", "quarantine_no"), "quarantine", ("run_id", "quarantine_no")),),
    columns=(
        RUN_KEY,
        number("action_no", "Number of the action in its run, from 1."),
        Column("quarantine_run_id", pa.int64(), "Run of the entry."),
        number("quarantine_no", "Number of the entry in that run."),
        Column("action", TEXT, "retry: tried again; discard: given up for good.", checks=(OneOf(("retry", "discard")),)),
        Column("outcome", TEXT, "What came of it: released, refused again …"),
        Column("reason", TEXT, "Why it was done.", nullable=True),
        Column("acted_by", TEXT, "Who did it: a person's login name, or ingest for an automatic retry.", nullable=True),
        Column("acted_at", TIMESTAMP, "When (UTC).", volatile=True),
    ),
)
