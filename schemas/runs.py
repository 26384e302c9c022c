"""runs: what each run of a flow did."""

from __future__ import annotations

from schemas.contract import BYTES, TEXT, TIMESTAMP, Between, Column, OneOf, RowCheck, Table
from schemas.shared import RUN_KEY

STATUSES = ("done", "blocked", "failed", "nothing-new")


def _tally(name: str, description: str, unit: str = "") -> Column:
    return Column(name, BYTES, description, unit=unit, checks=(Between(0),))


RUNS = Table(
    name="runs",
    grain="one run of a flow",
    key=("run_id",),
    stage="run",
    columns=(
        RUN_KEY,
        Column("flow", TEXT, "Name of the flow."),
        Column("started_at", TIMESTAMP, "Start (UTC)."),
        Column("finished_at", TIMESTAMP, "End (UTC); NULL where the run never came to one.", nullable=True),
        Column("status", TEXT, "How it ended.", checks=(OneOf(STATUSES),)),
        Column("generation", BYTES, "Generation that it published; NULL where it published none.", nullable=True, checks=(Between(1),)),
        Column("pipeline_version", TEXT, "Version of taojin."),
        _tally("files_seen", "Files found."),
        _tally("files_new", "Files with bytes not known before."),
        _tally("files_skipped", "Files that could not be read."),
        _tally("bytes_new", "Bytes not known before.", "bytes"),
        _tally("articles_new", "Articles written."),
        _tally("documents_quarantined", "Documents refused."),
        _tally("rows_quarantined", "Rows in quarantine."),
        Column("error", TEXT, "What went wrong, in a sentence.", nullable=True),
    ),
    row_checks=(
        RowCheck("time-order", "started_at <= finished_at", "A run does not end before it starts.", severity="warning",
                 column="finished_at"),
        RowCheck("files-add-up", "files_new <= files_seen", "New files are among those seen.", severity="warning", column="files_new"),
        RowCheck("failure-explained", "status <> 'failed' OR error IS NOT NULL", "A run that failed says why.", severity="warning",
                 column="error"),
    ),
)
