"""stage_timings: what each stage of a run cost."""

from __future__ import annotations

from schemas.contract import BYTES, REAL, TEXT, Between, Column, Table
from schemas.shared import RUN_KEY

STAGE_TIMINGS = Table(
    name="stage_timings",
    grain="one stage in one run",
    key=("run_id", "stage"),
    stage="run",
    columns=(
        RUN_KEY,
        Column("stage", TEXT, "Stage."),
        Column("batches", BYTES, "Batches that went through it.", checks=(Between(0),)),
        Column("seconds", REAL, "Time on the clock, summed over workers.", unit="seconds", checks=(Between(0),)),
        Column("cpu_seconds", REAL, "Time on processors.", unit="seconds", checks=(Between(0),)),
        Column("bytes", BYTES, "Bytes of seed files that it worked on.", unit="bytes", checks=(Between(0),)),
        Column("peak_bytes", BYTES, "Most memory that a worker held.", unit="bytes", nullable=True, checks=(Between(0),)),
    ),
)
