"""A file as an answer: the browser saves it and never shows it, for crawled bytes must not become a page of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from starlette.responses import Response, StreamingResponse

from dashboard.export import FORMATS, as_bytes


def response_of(table: pa.Table, fmt: str, name: str, *, bom: bool = False, whole: bool = True) -> Response:
    """A download that says in a header whether it is whole."""
    more = {"x-taojin-rows": str(table.num_rows), "x-taojin-whole": str(whole).lower()}
    return file_response(as_bytes(table, fmt, bom), f"{name}.{fmt}", FORMATS[fmt], more)


def stream_of(pieces: Iterator[bytes], fmt: str, name: str, rows: int, whole: bool) -> Response:
    """A download that begins before its last row is made."""
    more = {"x-taojin-rows": str(rows), "x-taojin-whole": str(whole).lower()}
    return StreamingResponse(pieces, media_type=FORMATS[fmt], headers=_saved(f"{name}.{fmt}") | more)


def file_response(data: bytes, name: str, media: str, more: dict[str, str] | None = None) -> Response:
    """Bytes under a name that holds nothing a file system or a header could obey."""
    return Response(data, media_type=media, headers=_saved(name) | (more or {}))


def _saved(name: str) -> dict[str, str]:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)
    return {"content-disposition": f'attachment; filename="{safe}"'}
