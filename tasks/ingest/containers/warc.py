"""WARC (ISO 28500) and its kin WET: pages as a crawler fetched them.

    response    HTTP answers of text/html and text/plain with a status of success: the body, without its transfer and content coding
    resource, conversion    of the same types, as they stand

Everything else (requests, images, redirects, errors, revisits) is passed over and counted. All headers stand in the record's meta.
The reader is ours: warcio gives no place of damage and no bound, and the format is headers, a length and bytes.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator

from tasks.ingest.containers.fields import encodable
from tasks.ingest.containers.model import FREE, RATIO, Entry, Fault, Numbers, Passed, Record, Refused, Unread
from tasks.ingest.containers.streams import Stream

TYPES = ("text/html", "text/plain", "application/xhtml+xml")
HEADERS = 1 << 16  # bytes of a header line, and of an answer's head
_LINES = 1000  # of a header
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
Headers = dict[str, str]


def warc_records(stream: Stream, limit: int, number: Numbers, path: str) -> Iterator[Entry]:
    """Records of pages in their order; a damaged header ends the file, since only lengths lead on."""
    place = passed = 0
    while True:
        while stream.peek(2)[:1] in (b"\r", b"\n"):
            stream.read(1)
        at = stream.offset
        if not stream.peek(1):
            break
        place += 1
        headers = _header(stream, at)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or len(length) > 15:
            raise Fault(f"the WARC record at byte {at:,} has no length, and only lengths lead to the next one")
        size, where = int(length), f"{path}#{place}"
        if not _may_be_a_page(headers) or size == 0:
            passed += 1
            _skip(stream, size, at)
            continue
        no = number()  # of every entry that may be a page: whether it is one, and not too large, must renumber nobody
        if number.passes(no):
            yield Unread(no)
            _skip(stream, size, at)
            continue
        if size > limit:
            yield Refused(no, "too_large", f"the WARC record {where} has {size:,} bytes; record_limit_bytes is {limit:,}")
            _skip(stream, size, at)
            continue
        block = stream.read(size)
        if len(block) < size:
            raise stream.fault or Fault(f"the WARC record at byte {at:,} is cut off", cut=True)
        found = _page(headers, block, where, limit)
        if found is None:
            passed += 1
        elif isinstance(found, str):
            yield Refused(no, "damaged", found)
        else:
            body, charset, meta = found
            url = headers.get("warc-target-uri", "").strip("<> ")
            address = url if url.startswith(("http://", "https://")) and encodable(url) else None
            yield Record(no, where, body, address, _moment(headers.get("warc-date")), charset, None, meta)
    if passed:
        yield Passed(passed)
    stream.expect_whole()


def _header(stream: Stream, at: int) -> Headers:
    first = stream.peek(HEADERS)
    if not first.startswith(b"WARC/"):
        raise stream.fault or Fault(f"at byte {at:,} no WARC record begins where the length before says so")
    head, found, _ = _split_head(first)
    if not found:
        raise stream.fault or Fault(f"the header of the WARC record at byte {at:,} does not end", cut=len(first) < HEADERS)
    stream.read(len(head) + len(found))
    return _headers(head.split(b"\n")[1:])


def _skip(stream: Stream, size: int, at: int) -> None:
    if stream.skip(size) < size:
        raise stream.fault or Fault(f"the WARC record at byte {at:,} is cut off", cut=True)


def _split_head(data: bytes) -> tuple[bytes, bytes, bytes]:
    """A head, the empty line behind it, and the rest."""
    m = re.search(rb"\r?\n\r?\n", data)
    return (data[: m.start()], m[0], data[m.end() :]) if m else (data, b"", b"")


def _headers(lines: list[bytes]) -> Headers:
    """Names in lower case; doubled ones are joined, as HTTP has it."""
    found: Headers = {}
    last = ""
    for line in lines[:_LINES]:
        text = _text(line.rstrip(b"\r"))
        name, colon, value = text.partition(":")
        if text[:1] in (" ", "\t") and last:
            found[last] += " " + text.strip()
        elif colon:
            last = name.strip().lower()
            found[last] = f"{found[last]}, {value.strip()}" if last in found else value.strip()
    return found


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _may_be_a_page(headers: Headers) -> bool:
    kind, content = headers.get("warc-type", "").lower(), headers.get("content-type", "").lower()
    if kind == "response":
        return content.startswith("application/http")
    return kind in ("resource", "conversion") and content.split(";")[0].strip() in TYPES


def _page(headers: Headers, block: bytes, where: str, limit: int) -> tuple[bytes, str | None, dict] | str | None:
    """Body, charset and meta of a page; a sentence where it is damaged; None where it is no page."""
    meta: dict = {"record": {"warc": headers}}
    if headers.get("warc-type", "").lower() != "response":
        return block, _charset(headers.get("content-type")), meta
    head, found, body = _split_head(block)
    status = _STATUS.match(head)
    if not found or not status:
        return f"the WARC record {where} holds no answer of HTTP"
    answer = _headers(head.split(b"\n")[1:])
    kind = answer.get("content-type", "").split(";")[0].strip().lower()
    if not 200 <= int(status[1]) < 300 or kind not in TYPES or not body.strip():
        return None
    meta["record"]["http"] = {"status": int(status[1])} | answer
    if "chunked" in answer.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    coding = answer.get("content-encoding", "").lower().strip()
    if coding in ("gzip", "x-gzip", "deflate"):
        unpacked = _unpacked(body, limit)
        if unpacked is None and body.startswith(b"\x1f\x8b"):
            return f"the page of the WARC record {where} is packed ({coding}) and cannot be unpacked whole"
        body = body if unpacked is None else unpacked  # many crawlers store the page unpacked and leave the header
    elif coding in ("br", "zstd") and not _looks_like_text(body):
        return f"the page of the WARC record {where} is packed with {coding}, which is not read here: unpack the WARC first"
    return body, _charset(answer.get("content-type")), meta


def _unchunked(body: bytes) -> bytes:
    """A body without its chunks' sizes; a body that is not so after all stays as it is."""
    out, at = [], 0
    while True:
        end = body.find(b"\n", at, at + 200)
        size = body[at:end].split(b";")[0].strip() if end >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size):
            return body
        begin, length = end + 1, int(size, 16)
        if length == 0:
            return b"".join(out)
        if begin + length > len(body):
            return body
        out.append(body[begin : begin + length])
        at = begin + length
        while body[at : at + 1] in (b"\r", b"\n"):
            at += 1


def _unpacked(body: bytes, limit: int) -> bytes | None:
    most = min(limit, max(FREE, RATIO * len(body)))
    for bits in (47, -15):
        engine = zlib.decompressobj(bits)
        try:
            out = engine.decompress(body, most)
        except zlib.error:
            continue
        if engine.eof:
            return out
    return None


def _looks_like_text(body: bytes) -> bool:
    head = body[:2048]
    return not head.translate(None, bytes(b for b in range(256) if b >= 32 or b in b"\t\n\r\f\x1b"))


def _charset(content_type: str | None) -> str | None:
    found = _CHARSET.search(content_type or "")
    return found[1].lower() if found else None


def _moment(said: str | None) -> dt.datetime | None:
    try:
        when = dt.datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return when.astimezone(dt.UTC).replace(tzinfo=None) if when.tzinfo else None
