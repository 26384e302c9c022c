"""The journal: a second copy of what the manifests say, in another folder, so that no single lost file takes the truth along.

    log/manifests.jsonl     the newest snapshot, a line that tells which commit it stands for, and every manifest since

Each line is the text of a manifest or snapshot as its own file has it, with its digest. A commit appends its line after its manifest
is true; a journal that is lost, torn or behind is written anew by the next commit. It is read where manifests are damaged or missing,
and nowhere else: of a sound warehouse only its last hundred bytes are looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from tasks.storage.durable import append_durably, make_folder, replace_durably
from tasks.storage.layout import Layout

_LAST = re.compile(rb'"digest":"([0-9a-f]{64})"\}\n\Z')
TAIL = 120  # bytes in which the last line's digest stands


def stands_at(layout: Layout) -> str | None:
    """Digest of the commit that the journal ends with; None where it is missing or torn."""
    try:
        with open(layout.journal, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            found = _LAST.search(file.read())
    except OSError:
        return None
    return found[1].decode() if found else None


def extend(layout: Layout, before: str, text: bytes) -> bool:
    """Add a manifest to a journal that ends with the commit before it. False where it ends with another, or is not there."""
    if stands_at(layout) != before:
        return False
    handle = os.open(layout.journal, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        append_durably(handle, layout.journal, text + b"\n", "journal")
    finally:
        os.close(handle)
    return True


def begin(layout: Layout, text: bytes) -> None:
    """The journal of a new warehouse: its first manifest."""
    make_folder(layout.journal.parent)
    replace_durably(layout.journal, text + b"\n", "journal")


def rewrite(layout: Layout, snapshot: bytes, number: int, digest: str, manifests: Iterable[bytes] = ()) -> None:
    """Begin the journal anew with a snapshot and what came after it."""
    make_folder(layout.journal.parent)
    mark = b'{"at":%d,"digest":"%s"}' % (number, digest.encode())
    replace_durably(layout.journal, b"".join(line + b"\n" for line in (snapshot, mark, *manifests)), "journal")


def lines(layout: Layout) -> Iterator[bytes]:
    """Every line that may be a manifest or a snapshot; who reads them checks their digests."""
    try:
        with open(layout.journal, "rb") as file:
            yield from (line.rstrip(b"\n") for line in file if line.startswith(b'{"manifest":'))
    except OSError:
        return
