"""A file as an answer: the browser saves it and never shows it, for crawled bytes must not become a page of ours."""

from __future__ import annotations

import pyarrow as pa
from starlette.responses import Response

from dashboard.export import FORMATS, as_bytes


def response_of(table: pa.Table, fmt: str, name: str, *, bom: bool = False, whole: bool = True) -> Response:
    """A download that says in a header whether it is whole."""
    more = {"x-taojin-rows": str(table.num_rows), "x-taojin-whole": str(whole).lower()}
    return file_response(as_bytes(table, fmt, bom), f"{name}.{fmt}", FORMATS[fmt], more)


def file_response(data: bytes, name: str, media: str, more: dict[str, str] | None = None) -> Response:
    """Bytes under a name that holds nothing a file system or a header could obey."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)
    return Response(data, media_type=media, headers={"content-disposition": f'attachment; filename="{safe}"'} | (more or {}))
