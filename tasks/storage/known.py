"""Known files: what a file held when it looked like this last time, so that a hundred thousand old ones need no reading.

A file is recognised by size, both times and inode. An entry is not trusted when the file was changed less than two
seconds before it was hashed: it may have been written to again within the clock's grain, and would look the same.
What lies elsewhere is recognised by what its store says of it (tasks/ingest/remote/store.py); whether that can be trusted is decided there.
The cache may be lost or broken at any time: then files are hashed again. `--rehash` passes it over.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.storage.durable import replace_durably
from tasks.storage.layout import Layout

RACY_NS = 2_000_000_000
_HEADER = "taojin known files 1"
_PLAIN = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


class _Entry(NamedTuple):
    looks: str  # size, mtime_ns, ctime_ns, inode; of remote objects size and a hash of their tag
    file_id: str


@dataclass(slots=True)
class Known:
    """The cache in memory; `save` writes it back if it changed."""

    layout: Layout
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _changed: bool = False

    @classmethod
    def load(cls, layout: Layout) -> Known:
        """What is known; nothing where the cache is missing or unreadable."""
        known = cls(layout)
        try:
            lines = layout.known.read_bytes().decode("utf-8", "surrogateescape").split("\n")
        except (OSError, ValueError):
            return known
        if not lines or lines[0] != _HEADER or lines[-1] != f"end {len(lines) - 2}":
            return known
        try:
            known._entries = {uri: _Entry(looks, file_id) for file_id, looks, uri in (line.split("\t") for line in lines[1:-1])}
        except ValueError:
            return cls(layout)
        return known

    def file_id(self, uri: str, stat: os.stat_result) -> str | None:
        """The content that the file must still hold; None where it has to be read."""
        return self.file_id_like(uri, _looks(stat))

    def file_id_like(self, uri: str, looks: str) -> str | None:
        """The content of what looked like this when it was read; None where it has to be read."""
        entry = self._entries.get(uri.translate(_PLAIN))
        return entry.file_id if entry and entry.looks == looks else None

    def remember(self, uri: str, stat: os.stat_result, file_id: str, hashed_at_ns: int) -> None:
        """
        Note a content. `stat` was taken before the bytes were read, `hashed_at_ns` is the clock at that time.

        A file changed so recently that it could change again unseen is not noted.
        """
        key = uri.translate(_PLAIN)
        if hashed_at_ns - max(stat.st_mtime_ns, stat.st_ctime_ns) < RACY_NS:
            self._changed |= self._entries.pop(key, None) is not None
            return
        self.remember_like(uri, _looks(stat), file_id)

    def remember_like(self, uri: str, looks: str, file_id: str) -> None:
        """Note a content under looks that are known to change with it; they hold no tab and no line end."""
        key, entry = uri.translate(_PLAIN), _Entry(looks, file_id)
        if self._entries.get(key) != entry:
            self._entries[key] = entry
            self._changed = True

    def forget(self, uri: str) -> None:
        """Drop what is known of a name."""
        self._changed |= self._entries.pop(uri.translate(_PLAIN), None) is not None

    def forget_content(self, file_id: str) -> None:
        """Drop every name of a content."""
        gone = [uri for uri, e in self._entries.items() if e.file_id == file_id]
        for uri in gone:
            del self._entries[uri]
        self._changed |= bool(gone)

    def save(self) -> None:
        """Write the cache, if anything changed."""
        if not self._changed:
            return
        self.layout.known.parent.mkdir(parents=True, exist_ok=True)
        lines = [_HEADER, *(f"{e.file_id}\t{e.looks}\t{uri}" for uri, e in self._entries.items()), f"end {len(self._entries)}"]
        replace_durably(self.layout.known, "\n".join(lines).encode("utf-8", "surrogateescape"), "known")
        self._changed = False

    def __len__(self) -> int:
        return len(self._entries)


def _looks(stat: os.stat_result) -> str:
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
