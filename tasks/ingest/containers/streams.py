"""Bytes in pieces: read, peeked at, cut into lines; and the decompressors, which stop at a ratio.

A fault of the source does not raise at once: what was read before it is handed out first, and `fault` tells why there is no more.
zstd is read through pyarrow, since the standard library has none before Python 3.14.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import pyarrow as pa

from tasks.ingest.containers.model import FREE, RATIO, Ended, Fault, TooMuch

CHUNK = 1 << 17


class LineTooLong(Exception):
    """A line of more bytes than may be held; it was passed over."""


class Stream:
    """A source of bytes, read forward. `source` yields them and may raise Fault."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self._held, self._ended = source, bytearray(), False
        self.fault: Fault | None = None
        self.offset = 0  # of the next byte to be read

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay; fewer at the end."""
        self._need(size)
        return bytes(memoryview(self._held)[:size])

    def read(self, size: int) -> bytes:
        """The next bytes; fewer only where the stream ends, and then `fault` may say why."""
        self._need(size)
        data = bytes(memoryview(self._held)[:size])
        del self._held[: len(data)]
        self.offset += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over bytes, never holding more than a piece of them."""
        left = size
        while left and (data := self.read(min(left, CHUNK))):
            left -= len(data)
        return size - left

    def line(self, most: int) -> bytes:
        """The next line with its end; b"" at the end of the stream. Raises LineTooLong."""
        at = 0
        while True:
            if (found := self._held.find(b"\n", at)) >= 0:
                if found > most:
                    self.read(found + 1)
                    raise LineTooLong
                return self.read(found + 1)
            at = len(self._held)
            if at > most:
                self._drop_line()
                raise LineTooLong
            self._need(at + CHUNK)
            if len(self._held) == at:
                return self.read(at)

    def expect_whole(self) -> None:
        """Raise what ended the stream, if anything but its end did."""
        if self.fault:
            raise self.fault

    def _drop_line(self) -> None:
        while self._held:
            found = self._held.find(b"\n")
            self.read(len(self._held) if found < 0 else found + 1)
            if found >= 0:
                return
            self._need(CHUNK)

    def _need(self, size: int) -> None:
        while len(self._held) < size and not self._ended:
            try:
                data = next(self._source)
            except StopIteration:
                self._ended = True
            except Fault as fault:
                self.fault, self._ended = fault, True
            else:
                self._held += data


def pieces(data: bytes) -> Iterator[bytes]:
    """Bytes that are there already."""
    view = memoryview(data)
    return (bytes(view[at : at + CHUNK]) for at in range(0, len(data), CHUNK))


def within(stream: Stream, size: int, what: str) -> Iterator[bytes]:
    """So many bytes of a stream; a Fault where it has fewer."""
    left = size
    while left:
        data = stream.read(min(left, CHUNK))
        if not data:
            raise Ended(stream.fault or Fault(f"{what} ends {left:,} bytes early"))
        left -= len(data)
        yield data


def most_of(*sizes: int) -> int:
    """Bytes that may come out of so many that went in: the strictest of them counts."""
    return max(FREE, RATIO * min(sizes))


def gunzip(stream: Stream, most: int) -> Iterator[bytes]:
    """The bytes of a gzip stream of any number of members; zeros between and behind them are padding."""
    return _counted(_inflated(stream), most, "gzip")


def _inflated(stream: Stream) -> Iterator[bytes]:
    engine, begun = zlib.decompressobj(31), False
    data = b""
    while True:
        data = data or stream.read(CHUNK)
        if not data:
            stream.expect_whole()
            if begun:
                raise Fault("the gzip stream ends before its end", cut=True)
            return
        if not begun:
            data = data.lstrip(b"\0")
            if not data:
                continue
            if len(data) < 2:
                data += stream.read(1)
            if not data.startswith(b"\x1f\x8b"):
                raise Fault(f"{len(data):,} bytes or more behind the end of the gzip stream are none of it", cut=True)
            begun = True
        try:
            out = engine.decompress(data, CHUNK)
        except zlib.error as error:
            raise Fault(f"the gzip stream is damaged near byte {stream.offset:,} ({error})") from None
        if out:
            yield out
        data = engine.unconsumed_tail
        if engine.eof:
            data, engine, begun = engine.unused_data, zlib.decompressobj(31), False


def unzstd(data: bytes, most: int) -> Iterator[bytes]:
    """The bytes of a zstd stream of any number of frames."""
    return _counted(_from_arrow(data), most, "zstd")


def _from_arrow(data: bytes) -> Iterator[bytes]:
    try:
        reader = pa.CompressedInputStream(pa.BufferReader(data), "zstd")
        while out := reader.read(CHUNK):
            yield out
    except (pa.ArrowException, OSError, MemoryError) as error:
        cut = "runcated" in str(error)
        raise Fault("the zstd stream ends before its end" if cut else f"the zstd stream is damaged ({_short(error)})", cut) from None


def _counted(source: Iterator[bytes], most: int, what: str) -> Iterator[bytes]:
    given = 0
    for data in source:
        given += len(data)
        if given > most:
            raise TooMuch(f"the {what} stream gives more than {RATIO} times its bytes")
        yield data


def from_reader(read: Callable[[int], bytes], most: int, what: str, raised: tuple[type[Exception], ...]) -> Iterator[bytes]:
    """Bytes of a reader whose errors are damage."""

    def source() -> Iterator[bytes]:
        try:
            while data := read(CHUNK):
                yield data
        except raised as error:
            raise Fault(f"{what} is damaged ({_short(error)})") from None

    return _counted(source(), most, what)


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
