"""All entries of one file, containers inside containers included, in order and numbered."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.ingest.containers.archives import Member, tar_members, zip_members
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.kinds import kind_of
from tasks.ingest.containers.model import DEPTH, NESTED, RATIO, Ended, Entry, Exhausted, Fault, Numbers, Record, Refused, TooMuch, Unread
from tasks.ingest.containers.streams import Stream, gunzip, most_of, pieces, unzstd
from tasks.ingest.containers.tables import jsonl_rows, parquet_rows
from tasks.ingest.containers.warc import warc_records

PACKED = ("gzip", "zstd")
MOST_REFUSED = 50  # sentences about one file; the last tells how many more there are
INSIDE = "!/"  # between a container's name and its member's


def is_container(data: bytes, fields: Fields | None = None) -> bool:
    """Whether these bytes hold records rather than being one text."""
    return kind_of(Stream(pieces(data)), fields or Fields()) is not None


def records_of(data: bytes, fields: Fields | None = None, limit: int = NESTED, numbers: Numbers | None = None) -> Iterator[Entry]:
    """
    Every record of a file, and what could not be read of it.

    Args:
        data: any bytes; what is no container is one record with number 1 and no path.
        limit: bytes of the largest record.
        numbers: which entries stay unread; default: none.

    Raises nothing for any bytes.
    """
    fields, numbers = fields or Fields(), numbers or Numbers()
    if not is_container(data, fields):
        yield Unread(1) if numbers.passes(1) else Record(1, None, data)
        return
    walk, refused = _Walk(len(data), fields, limit, numbers), 0
    left: Refused | None = None
    for entry in walk.all(data):
        if isinstance(entry, Refused):
            refused += 1
            if refused >= MOST_REFUSED:
                left = left or entry
                continue
        yield entry
    if left and refused > MOST_REFUSED:
        more = f"{refused - MOST_REFUSED + 1:,} more entries could not be read; the first of them: {left.reason}"
        left = Refused(left.number, left.kind, more)
    if left:
        yield left


class _Walk:
    """The walk through one file: how many entries it has met, how many bytes it has given."""

    def __init__(self, size: int, fields: Fields, limit: int, number: Numbers) -> None:
        self.size, self.fields, self.limit, self.number = size, fields, limit, number
        self.most = most_of(size)
        self.given = 0

    def all(self, data: bytes) -> Iterator[Entry]:
        try:
            yield from self._open(Stream(pieces(data)), len(data), "", 0, 0, data)
        except Fault as fault:
            yield self._refused(fault, "")

    def _open(self, stream: Stream, size: int, path: str, depth: int, wraps: int, data: bytes | None = None) -> Iterator[Entry]:
        kind = kind_of(stream, self.fields)
        if (kind in PACKED and wraps >= DEPTH) or (kind and kind not in PACKED and depth >= DEPTH):
            raise TooMuch(f"containers lie more than {DEPTH} deep in one another here; unpack the outer ones")
        match kind:
            case "gzip":
                inner = Stream(gunzip(stream, most_of(size, self.size)))
                yield from self._open(inner, size, path, depth, wraps + 1)
            case "zstd":
                inner = Stream(unzstd(data or self._whole(stream), most_of(size, self.size)))
                yield from self._open(inner, size, path, depth, wraps + 1)
            case "zip":
                yield from self._members(zip_members(data or self._whole(stream)), path, depth)
            case "tar":
                yield from self._members(tar_members(stream), path, depth)
            case "jsonl":
                yield from self._counted(jsonl_rows(stream, self.fields, self.limit, self.number, path))
            case "parquet":
                yield from self._counted(parquet_rows(data or self._whole(stream), self.fields, self.limit, self.number, path))
            case "warc":
                yield from self._counted(warc_records(stream, self.limit, self.number, path))
            case _:
                yield from self._counted(self._text(stream, path))

    def _members(self, members: Iterator[Member], path: str, depth: int) -> Iterator[Entry]:
        for member in members:
            where = f"{path}{INSIDE}{member.name}" if path else member.name
            try:
                if member.stream is None:
                    raise member.fault or Fault("it cannot be read")
                yield from self._open(member.stream, member.size, where, depth + 1, 0)
            except Exhausted:
                raise
            except Ended as fault:
                number, kind = fault.number, fault.kind
                fault = Fault(f"{member.name} and what follows it: {fault.reason}")
                fault.number, fault.kind = number, kind
                raise fault from None
            except Fault as fault:
                yield self._refused(fault, where)

    def _text(self, stream: Stream, path: str) -> Iterator[Entry]:
        number = self.number()
        if self.number.passes(number):
            yield Unread(number)
            return
        data = stream.read(self.limit + 1)
        if len(data) > self.limit:
            place = f"{path}: " if path else ""
            reason = f"{place}more than {self.limit:,} bytes in one record. Split it, or raise record_limit_bytes."
            yield Refused(number, "too_large", reason)
            return
        if stream.fault and not (stream.fault.cut and data):
            stream.fault.number = number
            raise stream.fault
        yield Record(number, path or "#1", data, meta={"record": {"cut_off": True}} if stream.fault else {})
        stream.expect_whole()

    def _counted(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if isinstance(entry, Record):
                self.given += len(entry.data)
                if self.given > self.most:
                    raise Exhausted(f"the file gives more than {RATIO} times its bytes; nothing more of it is read")
            yield entry

    def _whole(self, stream: Stream) -> bytes:
        data = stream.read(NESTED + 1)
        if len(data) > NESTED:
            raise TooMuch(f"a container of more than {NESTED:,} bytes inside another; unpack the outer one")
        stream.expect_whole()
        return data

    def _refused(self, fault: Fault, where: str) -> Refused:
        advice = {"damaged": "Fetch the file again; what could be read of it was.",
                  "too_large": "Unpack it by hand if it can be trusted, and ingest what is in it."}.get(fault.kind, "")
        place = f"{where}: " if where else ""
        return Refused(fault.number or self.number(), fault.kind, f"{place}{fault.reason}. {advice}".rstrip())
