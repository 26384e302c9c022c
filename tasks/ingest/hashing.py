"""The content behind each name: known by how the file looks, else hashed. Reads every byte once, keeps none.

Of what lies elsewhere the bytes are fetched on the way (tasks/ingest/fetch.py), where the warehouse has not got them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256

from schemas.ids import ID_LENGTH
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.walk import is_container
from tasks.ingest.discover import Discovery, Problem
from tasks.ingest.fetch import Fetcher, Fetching, Limits, TooLarge, without_reading
from tasks.ingest.names import is_local
from tasks.storage.known import Known
from tasks.storage.records import Source

CHUNK = 1 << 20
MOST_READ = (1 << 31) - 1  # bytes of the largest content that any limit lets in
HEAD = 1 << 20  # bytes that tell a container
TELL_SECONDS = 0.1
TRIES = 2  # a file that changes while it is read gets another chance, once


@dataclass(slots=True)
class Hashed:
    """What was found, with its contents' names."""

    sources: list[Source] = field(default_factory=list)
    too_large: list[tuple[Source, str]] = field(default_factory=list)  # never read
    problems: list[Problem] = field(default_factory=list)
    unfetched: list[Source] = field(default_factory=list)  # of a dry run: remote objects whose content is not known
    bytes_read: int = 0


def hash_contents(
    found: Discovery, known: Known, limit: int, rehash: bool, threads: int, progress: Callable[[int, int], None] = lambda done, total: None,
    container_limit: int = 0, fields: Fields | None = None, fetching: Fetching | None = None,
) -> Hashed:  # fmt: skip
    """
    Name the content of each source, in the order of the sources; new names are noted in `known`.

    Args:
        limit: bytes above which a file is refused unread,
        container_limit: unless it is a container, of which it may have so many; `fields` tell what a container of rows is.
        fetching: how remote sources are fetched; needed where there are any. It tells which contents the warehouse holds.
        progress: is told (files read, files to read).
    """
    hashed = Hashed(problems=list(found.problems))
    named: dict[str, Source] = {}
    unread: list[Source] = []
    doubtful: set[str] = set()
    far = [s for s in found.sources if not is_local(s.uri)] if found.remote else []
    for source in found.sources:
        if source.uri in found.remote:
            continue
        content = known.file_id(source.uri, found.stats[source.uri])
        if source.size > limit and fetching and content and fetching.held(content):
            named[source.uri] = _named(source, content)  # it was read under another limit; refusing it now would deny what the tables say
        elif source.size > limit and (source.size > container_limit or not _holds_records(source, fields)):
            if fetching and content is None and source.size <= MOST_READ and fetching.seen(source.uri):
                doubtful.add(source.uri)  # the cache was lost: only its bytes tell whether it is what the tables hold
                unread.append(source)
            else:
                hashed.too_large.append((source, _too_large(source.size, limit, container_limit)))
        elif content and not rehash:
            named[source.uri] = _named(source, content)
        else:
            unread.append(source)
    told = 0.0
    with ThreadPoolExecutor(max(1, min(threads, len(unread)))) as pool:
        for done, outcome in enumerate(_in_order(pool, unread, max(limit, container_limit), doubtful), 1):
            if isinstance(outcome, Problem):
                hashed.problems.append(outcome)
            elif isinstance(outcome, tuple) and isinstance(outcome[1], str):
                hashed.too_large.append(outcome)
            else:
                source, status, at = outcome
                if source.uri in doubtful and not fetching.held(source.file_id):
                    hashed.too_large.append((source, _too_large(source.size, limit, container_limit)))
                else:
                    named[source.uri] = source
                hashed.bytes_read += source.size
                known.remember(source.uri, status, source.file_id, at)
            if done == len(unread) or time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                progress(done, len(unread))
    if far and fetching:
        _fetch(far, found, known, Limits(limit, container_limit, fields), rehash, fetching, hashed, named, progress)
    hashed.sources = [named[s.uri] for s in found.sources if s.uri in named]
    return hashed


def _fetch(
    far: list[Source], found: Discovery, known: Known, limits: Limits, rehash: bool, fetching: Fetching, hashed: Hashed,
    named: dict[str, Source], progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    """The same for remote sources; without a folder for their bytes it is only told which are not known."""
    if fetching.folder is None:
        outcomes = [without_reading(s, found.remote[s.uri][0], known, fetching.held, limits, rehash) or s for s in far]
        hashed.unfetched = [o for o in outcomes if isinstance(o, Source) and o.file_id is None]
    else:
        fetcher = Fetcher(fetching, known, limits, rehash)
        outcomes = fetcher.all(far, found.remote)
    told = 0.0
    for done, outcome in enumerate(outcomes, 1):
        match outcome:
            case Problem():
                hashed.problems.append(outcome)
            case TooLarge():
                hashed.too_large.append((outcome.source, outcome.reason))
            case Source(file_id=str()):
                named[outcome.uri] = outcome
        if done == len(far) or time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            progress(done, len(far))
    if fetching.folder is not None:
        hashed.bytes_read += fetcher.bytes_read


def _in_order(pool: ThreadPoolExecutor, sources: list[Source], limit: int, doubtful: set[str]) -> Iterable:
    def hashed(source: Source) -> Problem | tuple:
        return _hash(source, MOST_READ if source.uri in doubtful else limit)

    return pool.map(hashed, sources) if len(sources) > 1 else map(hashed, sources)


def _hash(source: Source, limit: int) -> Problem | tuple:
    """(source with its file_id, stat before reading, clock then), or (source, reason) for one that has grown, or what went wrong."""
    for _ in range(TRIES):
        try:
            at = time.time_ns()
            handle = os.open(source.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe that took the name must not hold us
            try:
                before = os.fstat(handle)
                if before.st_size > limit:
                    return source, _too_large(before.st_size, limit)
                digest, size = sha256(), 0
                while data := os.read(handle, CHUNK):
                    digest.update(data)
                    size += len(data)
                after = os.fstat(handle)
            finally:
                os.close(handle)
            if size != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                continue
            content = digest.hexdigest()[:ID_LENGTH]
            return Source(source.uri, source.path, content, size, before.st_mtime_ns), before, at
        except FileNotFoundError:
            return Problem(source.uri, "vanished", "it vanished before it was read")
        except OSError as error:
            return Problem(source.uri, "unreadable", f"it cannot be read: {error.strerror}")
    return Problem(source.uri, "changed", "it changes while it is read; the next run tries again")


def _named(source: Source, content: str) -> Source:
    return Source(source.uri, source.path, content, source.size, source.mtime_ns)  # dataclasses.replace costs five times as much


def _holds_records(source: Source, fields: Fields | None) -> bool:
    """Whether a file that is too large for one text is a container, by its first bytes."""
    try:
        with open(source.path, "rb") as file:
            return is_container(file.read(HEAD), fields)
    except OSError:
        return True  # its reading will say what is wrong


def _too_large(size: int, limit: int, container_limit: int = 0) -> str:
    if container_limit and size > container_limit:
        return f"too large: {size:,} bytes (container_limit_bytes is {container_limit:,}, record_limit_bytes {limit:,})"
    return f"too large: {size:,} bytes in one record (record_limit_bytes is {limit:,})"
