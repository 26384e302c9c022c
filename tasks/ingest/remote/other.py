"""Every other protocol that fsspec knows and the settings allow, by the calls that all its file systems have.

A listing is whole or fails; fsspec's general one would leave out what fails. What the file system says of an object (etag, checksum,
version, else its time) is asked again after its bytes came: had it changed meanwhile, they are read again. The class is taken by its
protocol alone: fsspec's own opening of URLs would take '::' in a name for a chain of file systems.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import fsspec
from fsspec import AbstractFileSystem
from fsspec.asyn import AsyncFileSystem

from tasks.ingest.names import escaped
from tasks.ingest.remote.address import Address
from tasks.ingest.remote.patience import Fault, Options, by_exception, patiently
from tasks.ingest.remote.store import NOTHING, Answer, Changed, Identity, Remote

T = TypeVar("T")

PIECE = 1 << 20
BLOCK = 8 << 20  # bytes asked for at once
TAGS = ("etag", "ETag", "e_tag", "md5Hash", "md5", "content_md5", "checksum", "crc32c", "blob_id", "xet_hash", "generation", "version_id",
        "VersionId", "version")  # fmt: skip
TIMES = ("updated", "mtime", "last_modified", "LastModified", "modified", "last_commit")


class Other:
    """The fsspec file system of one address."""

    def __init__(self, address: Address, options: Options, stop: threading.Event) -> None:
        self.options, self.stop = options, stop
        kind = fsspec.get_filesystem_class(address.scheme)
        url = f"{address.scheme}://{address.target}"
        self.fs = kind(**kind._get_kwargs_from_urls(url))
        self.root = kind._strip_protocol(url).strip("/")

    def find(self, address: Address) -> Iterator[list[Remote]]:
        """See Store."""
        told = patiently(lambda: _asked(lambda: self._find(address)), self.options, self.stop)
        yield sorted(told, key=lambda r: r.uri)

    @contextmanager
    def read(self, remote: Remote) -> Iterator[Answer]:
        """See Store. Raises Changed after the last piece where the object is another one by then."""
        file = _asked(lambda: self.fs.open(remote.name, "rb", block_size=BLOCK))
        try:
            yield Answer(remote, self._pieces(file, remote))
        finally:
            _asked(file.close)

    def close(self) -> None:
        """See Store: fsspec keeps its file systems itself."""

    def _pieces(self, file: Any, remote: Remote) -> Iterator[bytes]:
        while piece := _asked(lambda: file.read(PIECE)):
            yield bytes(piece)
        _asked(self.fs.invalidate_cache)
        now = _remote(remote.uri, _asked(lambda: self.fs.info(remote.name)))
        if (now.size, now.identity) != (remote.size, remote.identity):
            raise Changed(now)

    def _find(self, address: Address) -> list[Remote]:
        self.fs.invalidate_cache()
        path = self.fs._strip_protocol(f"{address.scheme}://{address.target}")
        if not address.is_folder:
            info = self.fs.info(path)
            if info.get("type") != "directory":
                return [_remote(address.uri, info)]
        found = list(_walk(self.fs, path)) if _omits_errors(self.fs) else list(self.fs.find(path, withdirs=False, detail=True).values())
        if not found:
            self.fs.info(path)  # many take what is not there for an empty folder
        return [_remote(self._uri(address, info["name"]), info) for info in found if info.get("type") != "directory"]

    def _uri(self, address: Address, name: str) -> str:
        """By the way from the root: file systems leave accounts and hosts out of names."""
        name, root = name.lstrip("/"), f"{self.root}/" if self.root else ""
        if not name.startswith(root):
            raise Fault("refused", "its listing names objects that lie elsewhere", "Give their own address.")
        return f"{address.uri.rstrip('/')}/{escaped(name[len(root) :])}" if address.target != "/" else f"{address.scheme}://{escaped(name)}"


def _omits_errors(fs: AbstractFileSystem) -> bool:
    """Whether its `find` is fsspec's general one, which passes over folders that cannot be listed: their files would seem gone."""
    if isinstance(fs, AsyncFileSystem):
        return type(fs)._find is AsyncFileSystem._find
    return type(fs).find is AbstractFileSystem.find


def _walk(fs: AbstractFileSystem, path: str) -> Iterator[Mapping[str, Any]]:
    folders = [path]
    while folders:
        folder = folders.pop()
        for info in fs.ls(folder, detail=True):
            if info.get("type") != "directory":
                yield info
            elif info["name"].rstrip("/") != folder.rstrip("/"):  # some list a folder in itself
                folders.append(info["name"])


def _remote(uri: str, info: Mapping[str, Any]) -> Remote:
    size = info.get("size")
    tag = next((f"{name} {info[name]}" for name in TAGS if info.get(name)), None)
    when = next((w for name in TIMES if (w := _nanoseconds(info.get(name))) is not None), None)
    identity = Identity(tag) if tag else Identity(f"time {when}", is_time=True) if when is not None else NOTHING
    return Remote(uri, info["name"], size if isinstance(size, int) else None, when, identity)


def _asked(work: Callable[[], T]) -> T:
    try:
        return work()
    except Fault:
        raise
    except Exception as error:
        raise by_exception(error) from None


def _nanoseconds(value: Any) -> int | None:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1e9)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11:
        return int(value * 1e9)
    if isinstance(value, str):
        try:
            return int(datetime.fromisoformat(value).timestamp() * 1e9)
        except ValueError:
            return None
    date = getattr(value, "date", None)  # of a commit
    return _nanoseconds(date) if isinstance(date, datetime) else None
