"""taojin restore: the bytes of a seed file, or of one record in a container, exactly as they came."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.commands.lookup import find
from flows.terminal import talk
from tasks.errors import UsageError
from tasks.storage.reader import open_published
from tasks.storage.restore import restore_bytes


def run(warehouse: Path, what: str, output: Path | None) -> int:
    """Write to a file that does not exist yet, or to standard output."""
    if len(what) == 32 and all(c in "0123456789abcdef" for c in what):
        data = restore_bytes(warehouse, what)  # also what no generation shows, such as a refused file
    else:
        with open_published(warehouse) as db:
            found = find(db, what)
        meant = found.doc_ids[0] if found.is_record else found.file_id
        data = restore_bytes(warehouse, meant)
    if output is None:
        if sys.stdout.isatty():
            raise UsageError("The bytes of a crawled file may steer a terminal.", "Write them to a file with -o FILE, or into a pipe.")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    try:
        with output.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageError(f"{output} exists already.", "Name a new file; restore overwrites nothing.") from error
    except OSError as error:
        raise UsageError(f"Cannot write {output}: {error.strerror or error}.", "Name a file in a folder that exists.") from error
    talk(f"{len(data):,} bytes written to {output}.")
    return 0
