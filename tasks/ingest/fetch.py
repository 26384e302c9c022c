"""The bytes of remote objects, brought into the warehouse's staging folder: from there on they are files like others.

    staging/fetched/<key>-<file_id>      key: of uri, size and tag; a run that was killed leaves them to the next one

A copy goes when its batch is committed. Nothing relies on one: a copy that an earlier run left is hashed before it is taken, and the
worker hashes it again; so no copy waits for the disk (fsync), and a torn one is fetched anew. Objects come in pieces, at most
`threads` at a time; none is held in memory. What the warehouse has under the same uri, size and tag is not asked for.

Every answer is one version of the object: its tag and size are those that came with the bytes. Less or more bytes than said, another
size under the same tag, or a change that the store reports afterwards, and the object is read again, `tries` times in all.
A store that fails without end is left alone: after `PATIENCE` objects in a row the rest waits for the next run.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from schemas.ids import ID_LENGTH
from tasks.errors import TaojinError
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.walk import is_container
from tasks.ingest.discover import Problem
from tasks.ingest.remote.patience import Fault, Interrupted, Options, pause
from tasks.ingest.remote.store import Changed, Remote, Store
from tasks.storage.durable import fault, full_disk_told
from tasks.storage.known import Known
from tasks.storage.records import Source

HEAD = 1 << 20  # bytes that tell a container
PATIENCE = 20  # objects that fail one after the other for passing reasons before a store counts as down
ONE_TEXT = "-"  # in place of a file_id: it is too large for a text, and no container
SLOWEST = 1000  # bytes a second, on average, once `remote_seconds` are over: one that drips must not hold a thread for ever
SPARE = 64 << 20  # bytes left free on the disk
AHEAD = 4  # objects in hand per thread


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes that may be read of one object, and what tells a container."""

    record: int
    container: int
    fields: Fields | None = None

    @property
    def most(self) -> int:
        return max(self.record, self.container)

    def sentence(self, size: int, at_least: bool = False) -> str:
        """Why an object of this size is refused."""
        told = f"{'more than ' if at_least else ''}{size:,} bytes"
        if self.container and size + at_least > self.container:
            return f"too large: {told} (container_limit_bytes is {self.container:,}, record_limit_bytes {self.record:,})"
        return f"too large: {told} in one record (record_limit_bytes is {self.record:,})"


@dataclass(frozen=True, slots=True)
class Fetching:
    """
    Where fetched bytes go, which contents need none, and how stores are asked. `folder` None: nothing is fetched (a dry run).

    `seen` tells whether the warehouse has had a content under a uri.
    """

    folder: Path | None
    held: Callable[[str], bool]
    options: Options
    stop: threading.Event = field(default_factory=threading.Event)
    seen: Callable[[str], bool] = lambda uri: False


@dataclass(frozen=True, slots=True)
class TooLarge:
    """An object that is not taken, and why."""

    source: Source
    reason: str


Outcome = Source | TooLarge | Problem


@dataclass(slots=True)
class _Health:
    """How a store does: failures in a row, and whether it was given up."""

    failures: int = 0
    given_up: Fault | None = None


class Fetcher:
    """One run's fetching. Threads share it; what they change stands under the lock."""

    def __init__(self, fetching: Fetching, known: Known, limits: Limits, rehash: bool = False) -> None:
        assert fetching.folder is not None
        self.folder, self.options, self.stop = fetching.folder, fetching.options, fetching.stop
        self.held, self.known, self.limits, self.rehash = fetching.held, known, limits, rehash
        self.bytes_read = 0
        self._lock = threading.Lock()
        self._health: dict[int, _Health] = {}
        self._left = _left_by_others(self.folder)

    def all(self, sources: Iterable[Source], remote: dict[str, tuple[Remote, Store]]) -> Iterator[Outcome]:
        """Outcomes in the order of the sources. A listing tells which are not needed before one byte is fetched."""
        sources = list(sources)
        limits, rehash = self.limits, self.rehash
        outcomes = {s.uri: o for s in sources if (o := without_reading(s, remote[s.uri][0], self.known, self.held, limits, rehash))}
        wanted = [s for s in sources if s.uri not in outcomes]
        self._expect_room(sum(s.size for s in wanted))
        with ThreadPoolExecutor(max(1, min(self.options.threads, len(wanted)))) as pool:
            try:
                fetched = _in_order(pool, lambda s: self._fetch(s, *remote[s.uri]), wanted, AHEAD * self.options.threads)
                for source in sources:
                    yield outcomes.get(source.uri) or next(fetched)
            except BaseException:
                self.stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        for path, _ in self._left.values():
            path.unlink(missing_ok=True)  # of objects that are not there any more, or read anew

    def _fetch(self, source: Source, remote: Remote, store: Store) -> Outcome:
        if (left := self._adopted(source, remote)) is not None:
            return left
        with self._lock:
            health = self._health.setdefault(id(store), _Health())
        wrong: Fault | None = None
        for n in range(self.options.tries):
            if self.stop.is_set():
                raise Interrupted
            if health.given_up:
                return Problem(source.uri, "unreadable", f"it was not asked for: {health.given_up.sentence()}")
            try:
                outcome = self._once(source, remote, store)
                with self._lock:
                    health.failures = 0
                return outcome
            except Fault as error:
                wrong = error
            if wrong.kind != "transient":
                break
            remote = wrong.now if isinstance(wrong, Changed) else remote
            if n + 1 < self.options.tries:
                self.stop.wait(pause(n, wrong.wait))
        assert wrong is not None
        return self._failed(source, wrong, health)

    def _failed(self, source: Source, wrong: Fault, health: _Health) -> Problem:
        if isinstance(wrong, Changed):
            return Problem(source.uri, "changed", "it changes while it is read; the next run tries again")
        if wrong.kind == "vanished":
            return Problem(source.uri, "vanished", f"it was listed, but {wrong.sentence()}")
        with self._lock:
            if wrong.kind == "credentials":
                health.given_up = wrong
            elif wrong.kind == "transient":
                health.failures += 1
                if health.failures >= PATIENCE:
                    in_a_row = f"the store failed for {health.failures} objects in a row"
                    health.given_up = Fault("transient", in_a_row, "The next run tries again.")
        times = f", {self.options.tries} times" if wrong.kind == "transient" and self.options.tries > 1 else ""
        return Problem(source.uri, "unreadable", f"{wrong.reason}{times}{f'. {wrong.advice}' if wrong.advice else ''}")

    def _once(self, source: Source, remote: Remote, store: Store) -> Outcome:
        at = time.time_ns()
        part = self.folder / f"{secrets.token_hex(16)}.part"
        try:
            with store.read(remote) as answer:
                about = answer.about
                if about.size is not None and about.size > self.limits.most:
                    return self._refused(source, about, at, self.limits.sentence(about.size))
                with full_disk_told(self.folder), open(part, "wb") as file:
                    written = self._written(answer.pieces, file, about)
            if isinstance(written, str):
                return self._refused(source, about, at, written)
            digest, size = written
            _expect_whole(size, remote, about)
            about = Remote(about.uri, about.name, size, about.mtime_ns, about.identity)
            path = self.folder / f"{_key(source.uri, about)}-{digest}"
            fault("fetch.before-name")
            os.replace(part, path)
            fault("fetch.named")
        finally:
            part.unlink(missing_ok=True)
        with self._lock:
            self.bytes_read += size
            self._remember(source.uri, about, at, digest)
        return Source(source.uri, str(path), digest, size, about.mtime_ns)

    def _written(self, pieces: Iterator[bytes], file, about: Remote) -> tuple[str, int] | str:
        """The content's name and size; or why no more of it was read."""
        digest, size, head, judged = sha256(), 0, bytearray(), False
        began = time.monotonic()
        for piece in pieces:
            if self.stop.is_set():
                raise Interrupted
            if (took := time.monotonic() - began) > self.options.seconds and size < took * SLOWEST:
                raise Fault("transient", f"it comes too slowly ({size:,} bytes in {took:.0f} s)", "The next run tries again.")
            digest.update(piece)
            size += len(piece)
            file.write(piece)
            if not judged:
                head += piece[: HEAD - len(head)]
            if size > self.limits.most:
                return self.limits.sentence(self.limits.most, at_least=True)
            if size > self.limits.record and not judged and (len(head) >= HEAD or size > HEAD):
                judged = True
                if not is_container(bytes(head), self.limits.fields):
                    return self.limits.sentence(about.size or self.limits.record, at_least=about.size is None)
        if size > self.limits.record and not judged and not is_container(bytes(head), self.limits.fields):
            return self.limits.sentence(size)
        return digest.hexdigest()[:ID_LENGTH], size

    def _refused(self, source: Source, about: Remote, at: int, reason: str) -> TooLarge:
        if about.size is not None and self.limits.record < about.size <= self.limits.most:
            with self._lock:
                self._remember(source.uri, about, at, ONE_TEXT)
        return TooLarge(source, reason)

    def _remember(self, uri: str, about: Remote, at: int, content: str) -> None:
        if about.looks and about.identity.is_settled(about.mtime_ns, at):
            self.known.remember_like(uri, about.looks, content)

    def _adopted(self, source: Source, remote: Remote) -> Source | None:
        """What an earlier run fetched of this very object, if it is whole."""
        with self._lock:
            path, content = self._left.pop(_key(source.uri, remote), (None, ""))
        if path is None:
            return None
        digest, size = sha256(), 0
        with open(path, "rb") as file:
            while data := file.read(HEAD):
                digest.update(data)
                size += len(data)
        if self.rehash or size != remote.size or digest.hexdigest()[:ID_LENGTH] != content:
            path.unlink(missing_ok=True)
            return None
        with self._lock:
            self._remember(source.uri, remote, path.stat().st_mtime_ns, content)
        return Source(source.uri, str(path), content, size, remote.mtime_ns)

    def _expect_room(self, size: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < size + SPARE:
            raise TaojinError(
                f"Fetching needs {(size + SPARE) >> 20:,} MB in {self.folder}, and {free >> 20:,} MB are free.",
                "Make room, or ingest one prefix after the other: copies go when they are committed.",
            )


def without_reading(
    source: Source, remote: Remote, known: Known, held: Callable[[str], bool], limits: Limits, rehash: bool = False
) -> Source | TooLarge | None:
    """What can be said of an object without its bytes; None where they are needed, also because the warehouse has not got them."""
    content = known.file_id_like(source.uri, remote.looks) if remote.looks else None
    if remote.size is not None and remote.size > limits.most:
        if content and held(content):  # it was read under another limit; refusing it now would deny what the tables say
            return Source(source.uri, "", content, source.size, source.mtime_ns)
        return TooLarge(source, limits.sentence(remote.size))
    content = None if rehash else content
    if content == ONE_TEXT and source.size > limits.record:
        return TooLarge(source, limits.sentence(source.size))
    return Source(source.uri, "", content, source.size, source.mtime_ns) if content and held(content) else None


def prepared(folder: Path) -> Path:
    """The folder of fetched copies, without those of a run that was killed while it wrote them. The caller holds the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.part"):
        path.unlink()
    return folder


def clear(folder: Path) -> None:
    """Let fetched copies go: their batches are committed, or nobody needs them."""
    shutil.rmtree(folder, ignore_errors=True)


def _expect_whole(size: int, listed: Remote, about: Remote) -> None:
    """Raises Fault where the bytes are not what was said of them."""
    if about.size is not None and size != about.size:
        raise Fault("transient", f"{size:,} bytes came of {about.size:,}", "The next run tries again.")
    unproved = about.size is None or (about.identity.tag is not None and about.identity == listed.identity)
    if unproved and listed.size not in (None, size):
        raise Fault("transient", f"{size:,} bytes came, and {listed.size:,} were listed", "The next run tries again.")


def _key(uri: str, remote: Remote) -> str:
    """Names an object in one state; one of which nothing is known gets a name that nobody finds again."""
    looks = remote.looks or secrets.token_hex(16)
    return sha256(f"{looks}\n{uri}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _left_by_others(folder: Path) -> dict[str, tuple[Path, str]]:
    found = {}
    for path in prepared(folder).iterdir():
        key, _, content = path.name.partition("-")
        found[key] = (path, content)
    return found


def _in_order(pool: ThreadPoolExecutor, work: Callable[[Source], Outcome], items: Iterable[Source], ahead: int) -> Iterator[Outcome]:
    """Results in the order of the items, with a bounded number in hand: a bucket may hold millions."""
    items = iter(items)
    waiting: deque[Future[Outcome]] = deque(pool.submit(work, item) for item in itertools.islice(items, ahead))
    while waiting:
        done = waiting.popleft().result()
        waiting.extend(pool.submit(work, item) for item in itertools.islice(items, 1))
        yield done
