"""seed_files: the distinct contents that ever arrived."""

from __future__ import annotations

from schemas.contract import BYTES, TEXT, TIMESTAMP, Between, Column, Matches, Table
from schemas.shared import FILE_ID, RUN_ID, number

SEED_FILES = Table(
    name="seed_files",
    grain="one distinct byte content",
    key=("file_id",),
    stage="publish",
    columns=(
        FILE_ID,
        Column("name", TEXT, "Base name of the smallest uri under which the content came.", nullable=True),
        Column("size_bytes", BYTES, "Length of the content.", unit="bytes", checks=(Between(0),)),
        Column("media_type", TEXT, "Media type, judged from the bytes alone.",
               checks=(Matches("[a-z]+/[a-z0-9.+-]+", severity="warning"),)),
        number("document_count", "Documents that the content holds, refused ones not counted.", at_least=0),
        Column("first_seen_at", TIMESTAMP, "When a run first saw the content (UTC).", volatile=True),
        RUN_ID,
    ),
)
