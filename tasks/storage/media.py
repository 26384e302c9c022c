"""What kind of file some bytes are, told from the bytes alone: names lie and change."""

from __future__ import annotations

import re

_MAGIC = (
    (b"\x1f\x8b", "application/gzip"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"PK\x03\x04", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"WARC/1.", "application/warc"),
)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_JSON_LINE = re.compile(rb"(?:\xef\xbb\xbf)?\{\s*\"[^\n]*\}\s*(?:\n|$)")
_CONTROLS = bytes(sorted(set(range(32)) - set(b"\x00\t\n\r\f\x1a\x1b")))  # NUL apart: UTF-16 is full of them
HEAD = 4096  # bytes that are looked at


def media_type(data: bytes) -> str:
    """A media type; text/plain for all that reads as text in some encoding, application/octet-stream for the rest."""
    head = data[:HEAD]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if _HTML.match(head.replace(b"\x00", b"")):
        return "text/html"
    if _JSON_LINE.match(head):
        return "application/jsonl"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "application/octet-stream" if controls * 10 > len(head) else "text/plain"
