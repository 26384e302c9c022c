"""zip and tar: members in their order, each as a stream of its own bytes. Names are names: nothing is ever written by them.

A zip whose directory is damaged is read by the headers before its members. A tar is read forward; its reader is ours, since the
standard one takes a damaged header in the middle for the end. Left out as in a folder: hidden names, links, devices, folders.
"""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from tasks.ingest.containers.kinds import BLOCK
from tasks.ingest.containers.model import RATIO, Fault, TooMuch
from tasks.ingest.containers.streams import Stream, from_reader, most_of, pieces, within
from tasks.ingest.names import escaped

_LOCAL = struct.Struct("<4s5H3I2H")
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, KeyError, RuntimeError, struct.error,
               NotImplementedError, UnicodeError, MemoryError)
_OFFICE = "[Content_Types].xml"
_LONGEST_NAME = 1 << 20


class Member(NamedTuple):
    """A file in an archive; `fault` where it cannot be opened at all."""

    name: str
    stream: Stream | None
    size: int  # bytes as stored
    fault: Fault | None = None


def zip_members(data: bytes) -> Iterator[Member]:
    """Members by the directory at the end; where that is damaged, by their own headers, and then a Fault."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except _ZIP_FAULTS:
        yield from _by_headers(data)
        return
    if len(members) != _stated_members(data) or (not members and data.startswith(b"PK\x03\x04")):
        yield from _by_headers(data)  # a damaged length makes the directory look shorter than it is
        return
    if any(m.filename == _OFFICE for m in members):
        raise _unsupported("it is an office document, not an archive of texts: save it as text or HTML")
    for m in members:
        name = _name(m.orig_filename.encode("utf-8" if m.flag_bits & 0x800 else "cp437", "surrogateescape"))
        if m.is_dir() or _is_hidden(name):
            continue
        if m.flag_bits & 1:
            yield Member(name, None, 0, _unsupported("it is encrypted: unpack it with its password"))
            continue
        try:
            reader = archive.open(m)
        except _ZIP_FAULTS as error:
            unknown = isinstance(error, NotImplementedError)
            yield Member(name, None, 0, _unsupported(f"its compression is unknown ({error}): pack it anew") if unknown
                         else Fault(f"it cannot be opened ({str(error)[:200]})"))
            continue
        size = min(m.compress_size, len(data))
        with reader:
            yield Member(name, Stream(from_reader(reader.read, most_of(size, len(data)), "it", _ZIP_FAULTS)), size)


def _stated_members(data: bytes) -> int:
    """How many members the end of a zip says that it has; what it cannot say itself (zip64) the reader may."""
    for mark, at, form, unsaid in ((b"PK\x05\x06", 10, "<H", 0xFFFF), (b"PK\x06\x06", 32, "<Q", -1)):
        begin = data.rfind(mark)
        if begin >= 0 and begin + at + struct.calcsize(form) <= len(data):
            (count,) = struct.unpack_from(form, data, begin + at)
            if count != unsaid:
                return count
    return -1


def _by_headers(data: bytes) -> Iterator[Member]:
    at = data.find(b"PK\x03\x04")
    while 0 <= at <= len(data) - _LOCAL.size:
        _, _, flags, method, _, _, crc, packed, _, name_size, extra_size = _LOCAL.unpack_from(data, at)
        begin = at + _LOCAL.size + name_size + extra_size
        name = _name(data[at + _LOCAL.size : at + _LOCAL.size + name_size])
        after = at + 4
        if name and not name.endswith("/") and not _is_hidden(name) and begin <= len(data):
            stored = None if flags & 8 else data[begin : begin + packed]
            if flags & 1:
                yield Member(name, None, 0, _unsupported("it is encrypted: unpack it with its password"))
            elif method == 8:
                used: list[int] = []
                end = data.find(b"PK\x01\x02", begin) if stored is None else begin + packed
                raw = data[begin : end if end > 0 else len(data)]
                whole = flags & 8 or len(raw) == packed
                stream = Stream(_deflated(raw, most_of(len(raw)), None if flags & 8 else crc, used))
                yield Member(name, stream, len(raw))
                after = begin + (used[0] if used else packed if whole and not flags & 8 else 4)
            elif method == 0 and stored is not None:
                sound = len(stored) == packed and zlib.crc32(stored) == crc
                fault = None if sound else Fault("its checksum does not agree")
                yield Member(name, Stream(pieces(stored)) if sound else None, packed, fault)
                after = begin + packed if sound else after
            else:
                yield Member(name, None, 0, Fault("its header is damaged"))
        at = data.find(b"PK\x03\x04", after)
    raise Fault("its directory, at the end of the zip, is cut off or damaged; what follows the last readable member is lost")


def _deflated(data: bytes, most: int, crc: int | None, used: list[int]) -> Iterator[bytes]:
    engine, check, given = zlib.decompressobj(-15), 0, 0
    left = data
    while not engine.eof:
        try:
            out = engine.decompress(left, 1 << 17)
        except zlib.error as error:
            raise Fault(f"it is damaged ({error})") from None
        left = engine.unconsumed_tail
        check, given = zlib.crc32(out, check), given + len(out)
        if given > most:
            raise TooMuch(f"it gives more than {RATIO} times its bytes")
        if out:
            yield out
        elif not left and not engine.eof:
            raise Fault("it ends before its end")
    used.append(len(data) - len(engine.unused_data))
    if crc is not None and check != crc:
        raise Fault("its checksum does not agree")


def tar_members(stream: Stream) -> Iterator[Member]:
    """Members in their order. Whoever takes one may read as much of it as they like before asking for the next."""
    long_name, extended, shared = b"", {}, {}
    while True:
        at = stream.offset
        header = stream.read(BLOCK)
        if not header.strip(b"\0"):
            if header:
                return  # empty blocks end a tar; what lies behind them is padding
            raise stream.fault or Fault("the tar has no end: what may have followed is cut off", cut=True)
        if len(header) < BLOCK:
            raise stream.fault or Fault("the tar ends inside a header", cut=True)
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            raise Fault(f"the tar's header at byte {at:,} is damaged, and with it what follows") from None
        if info.size < 0:
            raise Fault(f"the tar's header at byte {at:,} names a negative size")
        if info.type in (b"L", b"K", b"x", b"g"):
            if info.size > _LONGEST_NAME:
                raise Fault(f"the tar's header at byte {at:,} names an endless name")
            said = b"".join(within(stream, info.size, "the tar"))
            stream.skip(-info.size % BLOCK)
            if info.type == b"L":
                long_name = said.rstrip(b"\0")
            elif info.type == b"x":
                extended = _pax(said)
            elif info.type == b"g":
                shared |= _pax(said)
            continue
        said, size = shared | extended, info.size
        name = _name(said.get("path", b"") or long_name or info.name.encode("utf-8", "surrogateescape"))
        if said.get("size", b"").isdigit() and len(said["size"]) < 16:
            size = int(said["size"])
        long_name, extended = b"", {}
        if not info.isreg() or info.type == tarfile.GNUTYPE_SPARSE or any(k.startswith("GNU.sparse") for k in said):
            if info.isreg() and not _is_hidden(name):
                yield Member(name, None, 0, _unsupported("it is a sparse file: pack it anew without --sparse"))
            if info.isreg():
                _pass(stream, size)
            continue
        taken = _Taken(within(stream, size, "the tar"))
        if not _is_hidden(name):
            yield Member(name, Stream(taken), size)
        _pass(stream, size - taken.size, size)


class _Taken:
    """Counts what a member's reader took from the archive's stream."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self.size = source, 0

    def __iter__(self) -> _Taken:
        return self

    def __next__(self) -> bytes:
        data = next(self._source)
        self.size += len(data)
        return data


def _pass(stream: Stream, left: int, size: int | None = None) -> None:
    size = left if size is None else size
    if stream.skip(left) < left:
        raise stream.fault or Fault("the tar ends inside a member", cut=True)
    stream.skip(-size % BLOCK)


def _pax(said: bytes) -> dict[str, bytes]:
    """Records "length key=value\\n"; what is none ends them."""
    found = {}
    while said:
        length, blank, _ = said.partition(b" ")
        if not blank or not length.isdigit() or len(length) > 8 or not len(length) + 3 <= int(length) <= len(said):
            break
        key, _, value = said[len(length) + 1 : int(length) - 1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value
        said = said[int(length) :]
    return found


def _name(raw: bytes) -> str:
    """A member's name: UTF-8, or GB18030 as Chinese systems pack, with what cannot be stored escaped."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return escaped(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return escaped(raw.decode("utf-8", "surrogateescape"))


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or any(p.startswith(".") and p.strip(".") for p in parts)


def _unsupported(reason: str) -> Fault:
    fault = Fault(reason)
    fault.kind = "unsupported"
    return fault
