"""decode: bytes to text, with the evidence that leads back.

    contents  ->  documents + decodings (each stretch of bytes with one encoding and one style of line end)

Nothing is changed but line ends, and nothing is lost: `encode_back` gives the bytes again (law B).
"""

from __future__ import annotations

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import doc_id, text_sha256
from tasks.decode.ladder import decode_bytes
from tasks.decode.stretches import encode_back

__all__ = ["decode", "decode_bytes", "encode_back"]

DOCUMENTS, DECODINGS = TABLES["documents"].stage_arrow, TABLES["decodings"].stage_arrow


def decode(contents: pa.Table) -> dict[str, pa.Table]:
    """
    Decode each content as one record.

    Args:
        contents: rows of `contents`; any bytes.

    Returns:
        "documents" in the order of the contents, "decodings" by document and then start. Columns that only containers or
        markup can fill are NULL.

    Raises nothing.
    """
    documents, decodings = [], []
    for file, content in zip(contents["file_id"].to_pylist(), contents["data"], strict=True):
        text, stretches, declared = decode_bytes(content.as_py())
        doc = doc_id(file, 1)
        documents.append({
            "doc_id": doc,
            "file_id": file,
            "record_no": 1,
            "declared_charset": declared,
            "record_meta": "{}",
            "text": text,
            "char_count": len(text),
            "line_count": text.count("\n") + 1 if text else 0,
            "text_sha256": text_sha256(text),
        })
        decodings += [{"doc_id": doc} | s._asdict() for s in stretches]
    return {"documents": _table(documents, DOCUMENTS), "decodings": _table(decodings, DECODINGS)}


def _table(rows: list[dict], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)
