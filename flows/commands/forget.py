"""taojin forget: take a seed file out of the warehouse for good."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from flows.terminal import say, talk
from tasks.errors import UsageError
from tasks.storage.forget import forget
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.mend import opened


def run(warehouse: Path, file_id: str, yes: bool, reason: str) -> int:
    """Ask first in a terminal; elsewhere --yes is needed, since nothing can bring the bytes back."""
    layout = Layout.of(warehouse)
    state = load_state(layout)
    if file_id not in state.file_batch:
        known = (
            "It was forgotten before."
            if file_id in state.tombstones
            else 'Give the file_id in full: taojin sql "select name, file_id from seed_files"'
        )
        raise UsageError(f"No seed file {file_id} is in this warehouse.", known)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("Forgetting cannot be undone.", "Repeat with --yes.")
        talk(f"Forget {file_id}: its bytes and rows leave this warehouse and every kept generation. This cannot be undone.")
        if input("Type yes to go on: ").strip() != "yes":
            talk("Nothing was changed.")
            return 0
    with writer_lock(layout):
        state = forget(layout, opened(layout)[0], file_id, datetime.now(UTC).replace(tzinfo=None))
    say(f"Forgotten: {file_id}. Generation {state.generation} is published without it; older generations are gone.")
    talk("Copies are out of reach: run `taojin backup` into your backups again, and delete exports. Prefect's reports of runs may quote "
         "why a document of it was refused.")
    if reason:
        talk(f"Reason: {reason}")
    return 0
