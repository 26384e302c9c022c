"""taojin backup: a copy of the warehouse that is a warehouse itself."""

from __future__ import annotations

from pathlib import Path

from flows.commands.existing import existing
from flows.settings import Settings
from flows.terminal import print_json, say, talk
from tasks.errors import WarehouseBusy
from tasks.storage.backup import backup, backup_beside
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state


def run(settings: Settings, target: Path, quiet: bool, as_json: bool) -> int:
    """Copy what is new since the last backup into the folder."""
    layout = existing(settings.warehouse)
    try:
        with writer_lock(layout):
            done = backup(layout, load_state(layout), target)
    except WarehouseBusy as busy:
        if not quiet:
            talk(f"{busy.message} The backup holds what was committed before.")
        done = backup_beside(layout, target)
    if as_json:
        print_json({name: getattr(done, name) for name in ("files_copied", "bytes_copied", "files_kept", "files_removed")}
                   | {"path": str(done.path)})
    elif not quiet:
        say(f"Copied {done.files_copied:,} files ({done.bytes_copied / 1e6:,.1f} MB) to {done.path}; "
            f"{done.files_kept:,} were there, {done.files_removed:,} left.")
        talk(f"It is a warehouse: taojin sql -w {done.path}. To restore it: taojin backup -w {done.path} NEW_FOLDER.")
    return 0
