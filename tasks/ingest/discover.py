"""The walk: which files lie under some paths. Stats names, opens nothing.

Links: a link to a file inside the same root is a name of that file; one that leads out of the root, and every link to a
folder, is not followed (a folder inside the root is walked at its own place). A path given by hand may itself be a link.
Hidden names (a dot first) are left out unless asked for. Pipes, sockets and devices are reported, never opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tasks.errors import UnreadableInput
from tasks.ingest.names import uri_of
from tasks.ingest.remote.store import Remote, Store
from tasks.storage.records import Source


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that was not taken, and why in a sentence."""

    uri: str
    kind: str  # unreadable | vanished | changed | special | link | forgotten | too_large
    reason: str


@dataclass(slots=True)
class Discovery:
    """What lies under the roots, in the order of the names; file_id is still unknown."""

    sources: list[Source] = field(default_factory=list)
    stats: dict[str, os.stat_result] = field(default_factory=dict)  # by uri, as they were when the walk passed
    remote: dict[str, tuple[Remote, Store]] = field(default_factory=dict)  # by uri: what lies elsewhere, as its store listed it
    problems: list[Problem] = field(default_factory=list)
    scanned: list[str] = field(default_factory=list)  # uris of folders that were walked, each ending in "/"
    unscanned: list[str] = field(default_factory=list)  # uris under them of which nothing is known: present or gone
    specimens_only: bool = False

    def was_scanned(self, uri: str) -> bool:
        """Whether a file of this uri, had it been there, would have been found."""
        return any(map(uri.startswith, self.scanned)) and not any(map(uri.startswith, self.unscanned))


def discover(paths: Iterable[Path], hidden: bool = False, left_out: frozenset[str] = frozenset()) -> Discovery:
    """
    Walk files and folders. `left_out` are absolute paths that are passed over as if they were not there.

    Raises UnreadableInput for a path, given by hand, that is not there or may not be read.
    """
    found = Discovery()
    seen: set[str] = set()
    for given in paths:
        root = os.path.realpath(given)
        try:
            status = os.stat(root)
            if stat.S_ISDIR(status.st_mode):
                os.scandir(root).close()
            elif stat.S_ISREG(status.st_mode) and not os.access(root, os.R_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise UnreadableInput(
                f"{given} cannot be read: {error.strerror}.", "Give a file or folder that exists and that you may read."
            ) from None
        if stat.S_ISDIR(status.st_mode):
            found.scanned.append(uri_of(root.rstrip("/") + "/"))
            sources: Iterator[Source] = _walk(root, found, hidden, left_out)
        elif stat.S_ISREG(status.st_mode):
            sources = iter((_source(root, status, found),))
        else:
            raise UnreadableInput(f"{given} is neither a file nor a folder.", "Give a file or folder.")
        for source in sources:
            if source.uri not in seen:
                seen.add(source.uri)
                found.sources.append(source)
    return found


def discover_seeds(seeds: Path, hidden: bool = False) -> Discovery:
    """The folder that is read when no path is given: its specimens count only while nothing else is there, its README never."""
    root = os.path.realpath(seeds)
    specimens = os.path.join(root, "specimens")
    found = discover([seeds], hidden, frozenset({specimens, os.path.join(root, "README.md")}))
    if not found.sources and os.path.isdir(specimens):
        found = discover([Path(specimens)], hidden, frozenset({os.path.join(specimens, "README.md")}))
        found.specimens_only = bool(found.sources)
    return found


def _walk(root: str, found: Discovery, hidden: bool, left_out: frozenset[str]) -> Iterator[Source]:
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda e: e.name)
        except OSError as error:
            uri = uri_of(folder + "/")
            found.unscanned.append(uri)
            found.problems.append(Problem(uri, "unreadable", f"the folder cannot be read: {error.strerror}"))
            continue
        below = []
        for entry in listed:
            if (not hidden and entry.name.startswith(".")) or entry.path in left_out:
                found.unscanned.append(uri_of(entry.path))
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                elif source := _entry(root, entry, found):
                    yield source
            except OSError as error:
                _failed(entry.path, error, found)
        folders += reversed(below)


def _entry(root: str, entry: os.DirEntry, found: Discovery) -> Source | None:
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        status = os.stat(target)
        if stat.S_ISDIR(status.st_mode):
            found.problems.append(Problem(uri_of(entry.path), "link", "a link to a folder is not followed"))
            return None
        if not target.startswith(root.rstrip("/") + "/"):
            found.problems.append(Problem(uri_of(entry.path), "link", "the link leads out of the folder that is read"))
            return None
    else:
        status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        found.problems.append(Problem(uri_of(entry.path), "special", "it is a pipe, a socket or a device, not a file"))
        return None
    return _source(entry.path, status, found)


def _source(path: str, status: os.stat_result, found: Discovery) -> Source:
    source = Source(uri_of(path), path, None, status.st_size, status.st_mtime_ns)
    found.stats[source.uri] = status
    return source


def _failed(path: str, error: OSError, found: Discovery) -> None:
    vanished = isinstance(error, FileNotFoundError) and not os.path.islink(path)
    uri = uri_of(path)
    if not vanished:
        found.unscanned.append(uri)
    reason = "it vanished while the folder was read" if vanished else f"it cannot be read: {error.strerror}"
    found.problems.append(Problem(uri, "vanished" if vanished else "unreadable", reason))
