"""What a container gives: records, refusals; and the faults that end a stream."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

RATIO = 200  # bytes out per byte in, beyond which a stream is a bomb
FREE = 4 << 20  # bytes out that no ratio is asked of: what is small harms nobody
NESTED = 64 << 20  # bytes of a container inside another that must be held whole (zip, Parquet, zstd)
DEPTH = 2  # containers inside one another


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one page or text, and what its container says of it."""

    number: int
    path: str | None  # in the container; None for a plain file
    data: bytes
    url: str | None = None
    fetched_at: datetime | None = None  # UTC, without zone
    charset: str | None = None
    site: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)  # JSON-able: every other field


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be read, where, and what to do. `number` is the entry's, or that of the first one that is lost."""

    number: int
    kind: str  # damaged | too_large | unsupported
    reason: str


@dataclass(frozen=True, slots=True)
class Passed:
    """Entries that are no texts (a WARC's requests and images): counted, never numbered as refused."""

    count: int


@dataclass(frozen=True, slots=True)
class Unread:
    """An entry that has its number and nothing else was read of: workers died over it, or nobody asks for it."""

    number: int


Entry = Record | Refused | Passed | Unread


class Numbers:
    """The numbers of a file's entries, given as entries are met; and which of them are not to be read."""

    def __init__(self, unread: Collection[int] = (), beyond: Collection[int] = (), only: Collection[int] | None = None) -> None:
        """
        Number from 1 on.

        Args:
            unread: entries that are passed over by their length or line alone, so that nobody behind them is renumbered.
            beyond: where that is not enough, since entries are unpacked together: with what is unpacked with these.
            only: the entries that are wanted; None for all.
        """
        self.given = 0
        self._unread, self._beyond = unread, beyond
        self._only = None if only is None else frozenset(only)
        self._in_order = sorted(only or ())

    def __call__(self) -> int:
        self.given += 1
        return self.given

    def passes(self, number: int) -> bool:
        """Whether an entry stays unread."""
        return number in self._unread or (self._only is not None and number not in self._only)

    def passes_all(self, count: int) -> bool:
        """Whether the next entries, one or more, stay unread together."""
        if self.given + 1 in self._beyond:
            return True
        at = bisect_right(self._in_order, self.given)
        return self._only is not None and (at == len(self._in_order) or self._in_order[at] > self.given + count)


class Fault(Exception):
    """Ends a stream. `cut` says that what came before the end is as it was written."""

    kind = "damaged"

    def __init__(self, reason: str, cut: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.cut = reason, cut
        self.number: int | None = None  # of the entry that it spoils, where that has one already


class Ended(Fault):
    """The stream of the archive itself ended inside a member: no member after it can be reached."""

    def __init__(self, cause: Fault) -> None:
        super().__init__(cause.reason)
        self.kind = cause.kind


class TooMuch(Fault):
    """A stream gives more than its bytes can be trusted for."""

    kind = "too_large"


class Exhausted(TooMuch):
    """The whole file has given more than it may: nothing more is read from it."""
