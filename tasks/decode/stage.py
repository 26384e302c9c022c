"""decode: bytes to text, with the evidence that leads back.

    records  ->  documents + decodings (each stretch of bytes with one encoding and one style of line end)
                  + blocks (what the markup says about each line, for documents that are markup)

Nothing is changed but line ends, and nothing is lost: `encode_back` gives the bytes again (law B). Markup is the exception:
its text is a rendering, made again from the kept bytes where it is to be proven.
"""

from __future__ import annotations

import json

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import doc_id, text_sha256
from tasks.decode.html import NAME, is_html, render
from tasks.decode.html.head import site_of
from tasks.decode.ladder import decode_bytes
from tasks.decode.stretches import encode_back, whole

__all__ = ["decode", "decode_bytes", "encode_back"]

DOCUMENTS, DECODINGS, BLOCKS = (TABLES[name].stage_arrow for name in ("documents", "decodings", "blocks"))


def decode(contents: pa.Table) -> dict[str, pa.Table]:
    """
    Decode each record.

    Args:
        contents: rows of `records`, or of `contents`: files that are one record each; any bytes.

    Returns:
        "documents" in the order of the records, "decodings" by document and then start, "blocks" of documents that are
        markup by document and then start. Columns that only containers or markup can fill are NULL.

    Raises nothing.
    """
    documents, decodings, blocks = [], [], []
    said = contents.drop_columns("data").to_pylist()
    for row, content in zip(said, contents["data"], strict=True):
        text, stretches, declared = decode_bytes(content.as_py(), row.get("charset"))
        number = row.get("record_no", 1)
        doc = doc_id(row["file_id"], number)
        page = render(text) if is_html(text) else None
        if page is not None:
            text, stretches = page.text, [whole(stretches, len(page.text))]
            blocks += [{"doc_id": doc} | b._asdict() | {"links": json.dumps(b.links, ensure_ascii=False)} for b in page.blocks]
        url = row.get("url") or (page and page.url)
        documents.append({
            "doc_id": doc,
            "file_id": row["file_id"],
            "record_no": number,
            "container_path": row.get("container_path"),
            "url": url,
            "fetched_at": row.get("fetched_at"),
            "declared_charset": declared,
            "record_meta": _meta(row.get("record_meta") or "{}", page.record_meta if page else "{}"),
            "text": text,
            "rendering": NAME if page else None,
            "char_count": len(text),
            "line_count": text.count("\n") + 1 if text else 0,
            "site": site_of(row.get("url")) or (page and page.site) or site_of(f"http://{row['site']}/" if row.get("site") else None),
            "text_sha256": text_sha256(text),
        })
        decodings += [{"doc_id": doc} | s._asdict() for s in stretches]
    return {"documents": _table(documents, DOCUMENTS), "decodings": _table(decodings, DECODINGS), "blocks": _table(blocks, BLOCKS)}


def _table(rows: list[dict], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def _meta(record: str, page: str) -> str:
    """What the container and the page's head say, side by side; what both claim has the container's word first."""
    if "{}" in (record, page):
        return page if record == "{}" else record
    outer, inner = json.loads(record), json.loads(page)
    claims = dict(inner.get("meta") or {})
    for name, value in (outer.get("meta") or {}).items():
        also = claims.get(name, [])
        claims[name] = [value, *(v for v in (also if isinstance(also, list) else [also]) if v != value)]
    return json.dumps(inner | outer | ({"meta": claims} if claims else {}), ensure_ascii=False)
