"""What a worker has in hand, told before it begins; and what is done more carefully once a worker has died over it.

    worker: step(place, documents, bytes) -> shared memory -> parent: how long it may take, and whose fault it was if the worker died

A step is one stage over some documents, one record being read, or one write. A death is laid to the step in hand: its documents
go in PARTS from then on, each part a step of its own, down to the single document, which is then refused and all others go through.
So time limits follow documents and records, never the size of the file that holds them.

Law: what is finished is not done again, and each death makes a step smaller or refuses something; so a batch comes to an end.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

SLOWEST = 20_000  # bytes per second: a tenth of what the worst soiled pages were seen to need
READ_SLOWEST = 1_000_000  # bytes per second of what is only read
PARTS = 64  # of the documents that a worker died over
MANY, FEW = 25, 8  # after so many documents of a batch that killed or hung a worker, parts are only FEW, and refused as a whole
MANY_OF_FILE = 25  # records of one file over which its reader died; what follows one more is refused with it
BLINDLY = 3  # deaths of a batch that no step explains
ROOM = 1 << 18  # bytes of shared memory of one worker
DOCUMENTS = 4_000  # of a step at most: their ids must fit into ROOM

_HEAD = struct.Struct("<QI")


class Limits(NamedTuple):
    """Seconds that a step may take: `document_seconds` beyond its bytes at SLOWEST, `batch_seconds` at most."""

    batch_seconds: float
    document_seconds: float

    def of(self, size: int) -> float:
        return min(self.batch_seconds, self.document_seconds + size / SLOWEST)


@dataclass(frozen=True, slots=True)
class Step:
    """What a worker has in hand."""

    place: str  # open | pack | ingest | decode | clean | split | enrich | write | finish
    docs: tuple[str, ...] = ()
    bytes: int = 0
    file: str = ""  # file_id, while a file is opened or read
    number: int = 0  # of the last record that was read of it


class Trail:
    """The last step of a worker in memory that its parent sees. Writing costs some microseconds and survives the writer."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory

    def write(self, step: Step) -> None:
        said = json.dumps([step.place, step.docs, step.bytes, step.file, step.number]).encode()
        if len(said) > ROOM - _HEAD.size:
            said = json.dumps([step.place, (), step.bytes, step.file, step.number]).encode()
        count, _ = _HEAD.unpack_from(self._memory)
        _HEAD.pack_into(self._memory, 0, count + 1, 0)  # a length of 0: not whole yet
        self._memory[_HEAD.size : _HEAD.size + len(said)] = said
        _HEAD.pack_into(self._memory, 0, count + 2, len(said))

    def clear(self) -> None:
        count, _ = _HEAD.unpack_from(self._memory)
        _HEAD.pack_into(self._memory, 0, count + 2, 0)

    def read(self) -> tuple[int, Step | None]:
        """How many steps there were, and the last one; None before the first and while it is being written."""
        count, size = _HEAD.unpack_from(self._memory)
        try:
            place, docs, size_of, file, number = json.loads(bytes(self._memory[_HEAD.size : _HEAD.size + size]))
        except ValueError:
            return count, None
        return count, Step(place, tuple(docs), size_of, file, number)


_trail: Trail | None = None


def leave_trail(memory: memoryview) -> None:
    """In a worker, once: where `step` writes from now on."""
    global _trail
    _trail = Trail(memory)


def step(place: str, docs: Iterable[str] = (), size: int = 0, file: str = "", number: int = 0) -> None:
    """Say what comes next. Without a parent that watches, nobody is told."""
    if _trail is not None:
        _trail.write(Step(place, tuple(docs), size, file, number))


@dataclass(frozen=True, slots=True)
class Blame:
    """A document, or a file from some record on, that is refused because workers died over it."""

    stage: str
    reason: str
    number: int = 0  # of the last record that could be read, where a file is to blame, or of the record
    together: int = 1  # documents that are refused for one of them


@dataclass(frozen=True)
class Care:
    """How a batch is to be done after some deaths. Immutable: `after` gives the next one."""

    deaths: int = 0
    blind: int = 0  # that no step explains
    parts: Mapping[str, int] = field(default_factory=dict)  # doc_id -> its part; documents of one part make one step
    rounds: Mapping[str, int] = field(default_factory=dict)  # doc_id -> its round, where writing a round killed
    suspects: frozenset[str] = frozenset()  # a document, or a place in a file, over which a worker was killed once while in hand alone
    refused: Mapping[str, Blame] = field(default_factory=dict)  # doc_id
    files: Mapping[str, Blame] = field(default_factory=dict)  # file_id: read no further
    unread: Mapping[str, Mapping[int, Blame]] = field(default_factory=dict)  # file_id -> records that its reader passes over
    beyond: Mapping[str, frozenset[int]] = field(default_factory=dict)  # of these, with what is unpacked together with them

    def after(self, last: Step | None, reason: str, certain: bool) -> Care:
        """
        The care that a death asks for.

        Args:
            last: what was in hand; None where nobody knows.
            reason: how it ended, to be read behind "document" or "file".
            certain: it took too long. Otherwise anything may have killed the process, and one more death is asked for as a proof.
        """
        care = replace(self, deaths=self.deaths + 1)
        if last is not None and last.file:
            return care._blamed_file(last, reason, certain)
        if last is None or not last.docs:
            return replace(care, blind=care.blind + 1)
        if len(last.docs) == 1:
            [doc] = last.docs
            if certain or doc in care.suspects:
                return replace(care, refused={**care.refused, doc: Blame(last.place, f"{last.place}: {reason}")})
            return replace(care, suspects=care.suspects | {doc})
        known = sum(blame.together == 1 for blame in care.refused.values())
        if known >= MANY and last.docs[0] in care.parts and len({care.parts.get(doc) for doc in last.docs}) == 1:
            together = Blame(last.place, f"{last.place}: one of {len(last.docs)} documents: {reason}", together=len(last.docs))
            return replace(care, refused={**care.refused, **dict.fromkeys(last.docs, together)})
        most = PARTS if known < MANY else FEW
        if last.place == "write":
            return replace(care, rounds={**care.rounds, **_parted(last.docs, care.rounds, most)})
        return replace(care, parts={**care.parts, **_parted(last.docs, care.parts, most)})

    def _blamed_file(self, last: Step, reason: str, certain: bool) -> Care:
        """
        A worker died while it opened a file, or while it read what follows a record of it.

        The record behind that one is passed over from then on, if need be with what is unpacked together with it. Where that is no help,
        since the reader dies before it knows where the record ends, the file is read up to there.
        """
        place = f"{last.file}:{last.place}:{last.number}"
        if not certain and place not in self.suspects:
            return replace(self, suspects=self.suspects | {place})
        mine, wide, coming = self.unread.get(last.file, {}), self.beyond.get(last.file, frozenset()), last.number + 1
        if last.place != "open" and coming not in mine and len(mine) < MANY_OF_FILE:
            blame = Blame(last.place, f"reading record {coming}: {reason}", coming)
            return replace(self, unread={**self.unread, last.file: {**mine, coming: blame}})
        if last.place != "open" and coming in mine and coming not in wide:
            return replace(self, beyond={**self.beyond, last.file: wide | {coming}})
        what = f"reading it on from record {last.number}" if last.number else "reading it"
        return replace(
            self,
            unread={**self.unread, last.file: {n: blame for n, blame in mine.items() if n != coming}},
            files={**self.files, last.file: Blame(last.place, f"{what}: {reason}", last.number)},
        )


def _parted(docs: Sequence[str], before: Mapping[str, int], most: int) -> dict[str, int]:
    """New parts: numbers that no document has yet."""
    first = max(before.values(), default=0) + 1
    size = -(-len(docs) // most)
    return {doc: first + i // size for i, doc in enumerate(docs)}


def cut(docs: Sequence[str], sizes: Sequence[int], parts: Mapping[str, int], most: int) -> list[tuple[int, int, int]]:
    """
    Steps over documents in their order, as (start, stop, bytes).

    A part goes alone; others go together up to `most` bytes and DOCUMENTS documents.
    """
    found: list[tuple[int, int, int]] = []
    start = held = 0
    for i, (doc, size) in enumerate(zip(docs, sizes, strict=True)):
        if i > start:
            part, last = parts.get(doc), parts.get(docs[i - 1])
            if part != last or (part is None and held + size > most) or i - start >= DOCUMENTS:
                found.append((start, i, held))
                start, held = i, 0
        held += size
    if docs:
        found.append((start, len(docs), held))
    return found
