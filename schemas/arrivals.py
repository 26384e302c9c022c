"""arrivals: names and places under which contents came. A name may move or change; the bytes decide."""

from __future__ import annotations

from schemas.contract import BYTES, TEXT, TIMESTAMP, Between, Column, NotEmpty, OneOf, Reference, Table
from schemas.shared import OF_FILE, RUN_ID

ARRIVALS = Table(
    name="arrivals",
    grain="one uri with one content: name and place may change, bytes decide",
    key=("uri", "file_id"),
    stage="publish",
    references=(Reference(("file_id",), "seed_files"),),
    columns=(
        Column("uri", TEXT, "Where the file was found.", checks=(NotEmpty(),)),
        Column("name", TEXT, "Base name of the uri."),
        OF_FILE,
        Column("size_bytes", BYTES, "Size of the content.", unit="bytes", checks=(Between(0),)),
        Column("modified_at", TIMESTAMP, "Time of the file's last change by its file system (UTC).", nullable=True),
        Column("seen_at", TIMESTAMP, "When a run last saw this content under this uri (UTC).", volatile=True),
        RUN_ID,
        Column("state", TEXT, "current; superseded: the uri now holds other bytes; gone: a whole scan of its root no longer found it.",
               checks=(OneOf(("current", "superseded", "gone")),)),
    ),
)
