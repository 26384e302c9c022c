"""arrival_events: what runs saw happen to names; `arrivals` is their last state. Not published."""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import BYTES, TEXT, TIMESTAMP, Between, Column, NotEmpty, OneOf, Table
from schemas.shared import FILE_ID

ARRIVAL_EVENTS = Table(
    name="arrival_events",
    grain="one change of one uri that a run saw",
    key=("uri", "run_id", "event"),
    stage="ingest",
    internal=True,
    columns=(
        Column("uri", TEXT, "Where the file was found.", checks=(NotEmpty(),)),
        Column("name", TEXT, "Base name of the uri."),
        FILE_ID,
        Column("size_bytes", BYTES, "Size of the file.", unit="bytes", checks=(Between(0),)),
        Column("modified_at", TIMESTAMP, "Time of the file's last change by its file system (UTC).", nullable=True),
        Column("seen_at", TIMESTAMP, "When the run saw it (UTC).", volatile=True),
        Column("run_id", pa.int64(), "Run that saw it.", volatile=True),
        Column("event", TEXT, "seen: the uri held this content; gone: a whole scan of its root no longer found it.",
               checks=(OneOf(("seen", "gone"), severity="critical"),)),
    ),
)
