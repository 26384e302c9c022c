"""taojin forget: take a seed file out of the warehouse for good."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from flows.commands.existing import existing
from flows.terminal import say, talk
from tasks.errors import TaojinError, UsageError
from tasks.storage.forget import forget
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.mend import opened
from tasks.storage.reader import open_published

LIST = 'Give the file_id in full: taojin sql "select name, file_id from seed_files"'


def run(warehouse: Path, file_id: str, yes: bool, reason: str) -> int:
    """
    Ask first in a terminal; elsewhere --yes is needed, since nothing can bring the bytes back.

    A file that was forgotten before is no error: where a kill left something of it, it leaves now.
    """
    layout = existing(warehouse)
    state = load_state(layout)
    before = state.tombstones.get(file_id)
    if file_id not in state.file_batch and before is None:
        raise UsageError(f"No seed file {file_id} is in {layout.root}.", _meant(warehouse, file_id) or LIST)
    if not yes and before is None:
        if not sys.stdin.isatty():
            raise UsageError("Forgetting cannot be undone.", "Repeat with --yes.")
        talk(f"Forget {file_id}: its bytes and rows leave this warehouse and every kept generation. This cannot be undone.")
        if input("Type yes to go on: ").strip() != "yes":
            talk("Nothing was changed.")
            return 0
    with writer_lock(layout):
        state = forget(layout, opened(layout)[0], file_id, datetime.now(UTC).replace(tzinfo=None), reason)
    if before is not None:
        when, _, why = before.partition(" ")
        say(f"{file_id} was forgotten before, at {when} UTC{f': {why}' if why else ''}. Nothing of it is left in this warehouse.")
        return 0
    say(f"Forgotten: {file_id}. Generation {state.generation} is published without it; older generations are gone.")
    talk("Copies are out of reach: run `taojin backup` into your backups again, and delete exports. Prefect's reports of runs may quote "
         "why a document of it was refused.")
    if reason:
        talk(f"On record with the time: {reason}")
    return 0


def _meant(warehouse: Path, what: str) -> str:
    """The next step for somebody who gave a name, or the beginning of an id; '' where nothing is like it."""
    try:
        with open_published(warehouse) as db:
            rows = db.execute(
                "select name, file_id from seed_files where name = $1 or (len($1) >= 4 and starts_with(file_id, $1)) order by 2 limit 4",
                [what],
            ).fetchall()
    except TaojinError:
        return ""
    return "By its id in full: " + "; ".join(f"taojin forget {i}  ({n})" for n, i in rows) if rows else ""
