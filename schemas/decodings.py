"""decodings: which encoding explains which bytes of a document; with it the bytes can be made again (law B)."""

from __future__ import annotations

from schemas.contract import BLOB, BYTES, SHARE_OF_NONE, TEXT, Between, Column, HistoryCheck, Matches, OneOf, Reference, RowCheck, Table
from schemas.shared import OF_DOC, RUN_ID, SPAN_OR_PLACE, confidence, start, stop, within_document

METHODS = ("bom", "strict", "detector", "score", "declared", "tolerant")

DECODINGS = Table(
    name="decodings",
    grain="one stretch of a document with one encoding",
    key=("doc_id", "start"),
    stage="decode",
    references=(Reference(("doc_id",), "documents"),),
    columns=(
        OF_DOC,
        start("documents.text"),
        stop("documents.text"),
        Column("byte_start", BYTES, "First byte of the stretch in the record.", unit="bytes", checks=(Between(0),)),
        Column("byte_stop", BYTES, "One past its last byte.", unit="bytes"),
        Column("encoding", TEXT, "Encoding by its WHATWG or IANA name, lower case.",
               checks=(Matches("[a-z0-9][a-z0-9._:-]*", severity="warning"),)),
        Column("newline", TEXT, "How line ends of the stretch were written; NULL where it has none.", nullable=True,
               checks=(OneOf(("lf", "crlf", "cr"), severity="critical"),)),
        Column("method", TEXT, "What decided: a byte order mark, strict decoding, a detector, a score over candidates, the record's own "
               "claim, or decoding that tolerates bytes without meaning.", checks=(OneOf(METHODS),)),
        confidence("the decision"),
        Column("alternatives", TEXT, "Other encodings that were weighed, with their scores.", nullable=True, json=True),
        Column("raw", BLOB, "The bytes, only where encoding the text again does not give them back.", nullable=True),
        RUN_ID,
    ),
    row_checks=(
        SPAN_OR_PLACE,
        RowCheck("bytes-order", "byte_start <= byte_stop", "A stretch of bytes does not end before it starts.", column="byte_start"),
        RowCheck("raw-length", "octet_length(raw) = byte_stop - byte_start", "raw holds exactly the bytes of the stretch.", column="raw"),
        within_document(),
    ),
    history_checks=(
        HistoryCheck("decodings-share", "SELECT encoding AS dimension, sum(stop - start)::DOUBLE / sum(sum(stop - start)) OVER () AS "
                     "value, count(*) AS evaluated FROM t GROUP BY encoding HAVING sum(stop - start) > 0",
                     "Share of characters by encoding.", dimension="encoding", column="encoding", absent=SHARE_OF_NONE),
    ),
)
