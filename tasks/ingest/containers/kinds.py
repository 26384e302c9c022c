"""Which format a stream is, from its bytes alone.

Binary formats say so themselves. A tar does by the checksum of its first header, which no text meets. JSONL has no mark: it is
taken for such where a line begins with a brace and at least half of the first lines are objects with a text in the field for it;
so a page about JSON stays a page, and damage to a line, the first one too, does not turn a file of records into one text.
"""

from __future__ import annotations

import json
import tarfile

from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.model import NESTED
from tasks.ingest.containers.streams import Stream

_MAGIC = (
    (b"\x1f\x8b\x08", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PAR1", "parquet"),
    (b"WARC/0.", "warc"), (b"WARC/1.", "warc"),
)  # fmt: skip
LINES = 20  # that are looked at
BOM = b"\xef\xbb\xbf"
BLOCK = 512  # bytes of a tar header


def kind_of(stream: Stream, fields: Fields) -> str | None:
    """gzip, zstd, zip, tar, parquet, warc, jsonl; None for anything else, which is one text."""
    head = stream.peek(BLOCK)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if is_tar(head):
        return "tar"
    if (head.removeprefix(BOM).lstrip()[:1] == b"{" or b"\n{" in stream.peek(1 << 16)) and _is_jsonl(stream, fields):
        return "jsonl"
    return None


def is_tar(head: bytes) -> bool:
    """Whether a block is a tar header that names a file."""
    if len(head) < BLOCK or not head[0]:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _is_jsonl(stream: Stream, fields: Fields) -> bool:
    for size in (1 << 16, 1 << 20, NESTED):
        head = stream.peek(size)
        whole = len(head) < size
        if whole or head.count(b"\n") >= LINES or (size > 1 << 16 and b"\n" in head):
            break
    lines = head.removeprefix(BOM).split(b"\n")
    if (not whole or stream.fault) and len(lines) > 1:
        lines.pop()
    lines = [line for line in lines if line.strip()][:LINES]
    return 2 * sum(_is_record(line, fields) for line in lines) >= len(lines) > 0


def _is_record(line: bytes, fields: Fields) -> bool:
    try:
        row = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and isinstance(fields.text_of(row)[1], str)
