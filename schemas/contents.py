"""contents: the bytes themselves, so that the warehouse can be rebuilt when the source is gone. Not published."""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import Column, Table
from schemas.shared import FILE_ID

CONTENTS = Table(
    name="contents",
    grain="the bytes of one content",
    key=("file_id",),
    stage="ingest",
    internal=True,
    columns=(FILE_ID, Column("data", pa.large_binary(), "The bytes as they arrived.")),
)
