"""What a store can do: name its objects, and give the bytes of one. Everything else is built on these two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from tasks.ingest.remote.address import Address
from tasks.ingest.remote.patience import Fault

RACY_NS = 2_000_000_000  # a time alone, younger than this when it was read, proves nothing: its clock may be coarse


@dataclass(frozen=True, slots=True)
class Identity:
    """What a store says of an object's content. Equal `tag` and size: the same bytes, unless the tag is only a time."""

    tag: str | None  # opaque: an ETag, a version, a checksum; None: the store says nothing
    is_time: bool = False

    def looks(self, size: int) -> str | None:
        """As the cache of known files keeps it. A tag is hostile text and may be long."""
        return f"{size} {sha256(self.tag.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}" if self.tag else None

    def is_settled(self, mtime_ns: int | None, at_ns: int) -> bool:
        """Whether other bytes would surely have got another tag."""
        return self.tag is not None and (not self.is_time or (mtime_ns is not None and at_ns - mtime_ns >= RACY_NS))


NOTHING = Identity(None)


@dataclass(frozen=True, slots=True)
class Remote:
    """One object as a listing, or an answer with its bytes, describes it."""

    uri: str
    name: str = field(repr=False)  # for its store
    size: int | None
    mtime_ns: int | None = None
    identity: Identity = NOTHING

    @property
    def looks(self) -> str | None:
        return self.identity.looks(self.size) if self.size is not None else None


@dataclass(frozen=True, slots=True)
class Answer:
    """An object's bytes on their way, with what was said of these very bytes."""

    about: Remote
    pieces: Iterator[bytes]


class Changed(Fault):
    """Other bytes took the object's place while it was read."""

    def __init__(self, now: Remote) -> None:
        super().__init__("transient", "it changes while it is read", "The next run tries again.")
        self.now = now


class Store(Protocol):
    """One protocol, one set of keys. Calls come from many threads. Every fault is a patience.Fault."""

    def find(self, address: Address) -> Iterator[list[Remote]]:
        """Pages of what an address names: one object, or all below it. A Fault may come after some pages."""

    def read(self, remote: Remote) -> AbstractContextManager[Answer]:
        """The bytes, from the first, of one version of the object."""

    def close(self) -> None:
        """Let connections go."""
