"""records: the bytes of one page or text each, out of files that hold one or many. Not published, not stored."""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import TEXT, TIMESTAMP, Column, Table
from schemas.shared import DOC_ID, FILE_ID, number

RECORDS = Table(
    name="records",
    grain="one record in a seed file, before it is decoded",
    key=("doc_id",),
    stage="ingest",
    internal=True,
    columns=(
        DOC_ID,
        FILE_ID,
        number("record_no", "Place of the record among the entries of its file, from 1."),
        Column("container_path", TEXT, "Member of the container that holds the record; NULL for a plain file.", nullable=True),
        Column("url", TEXT, "Address that the container states.", nullable=True),
        Column("fetched_at", TIMESTAMP, "When the record was fetched (UTC), where its container states it.", nullable=True),
        Column("charset", TEXT, "Encoding that the container states.", nullable=True),
        Column("site", TEXT, "Domain that the container states.", nullable=True),
        Column("record_meta", TEXT, "Every other field of the record.", json=True),
        Column("data", pa.large_binary(), "The record's bytes."),
    ),
)
