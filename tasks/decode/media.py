"""The media type of a content, judged from its bytes alone."""

from __future__ import annotations

import re

from tasks.decode.names import CODECS
from tasks.decode.wide import UTF_16, UTF_32, find_wide

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"WARC/", "application/warc"),
)
_HEAD = 2048
_HTML = re.compile(
    rb"(?i)<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<meta\s+(?:charset|http-equiv)|<(?:div|table|p|td|span|script)\b[^<]{0,200}>"
)
_XML = re.compile(rb"\s*<\?xml\b")
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\})|\[\s*(?:[\[{"\d]|\]))')
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def media_type(data: bytes) -> str:
    """
    A media type, always one.

    Plain text is the default for everything that is not plainly binary, since a Chinese encoding uses nearly every byte.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[257:262] == b"ustar":
        return "application/x-tar"
    head = data[:_HEAD]
    wide = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if wide is None and (b"\0" in head or _controls(head)):
        found = find_wide(head, UTF_16 + UTF_32)
        wide = CODECS[found[0].encoding] if found else None
    if wide:
        head = head.decode(wide, "ignore").encode("utf-8", "ignore").removeprefix(b"\xef\xbb\xbf")
    if _controls(head) > 0.05 * len(head):
        return "application/octet-stream"
    if _XML.match(head):
        return "application/xhtml+xml" if b"<html" in head else "application/xml"
    if _HTML.search(head):
        return "text/html"
    if _JSON.match(head):
        return "application/json"
    return "text/plain"


def _controls(head: bytes) -> int:
    return len(head) - len(head.translate(None, bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")))
