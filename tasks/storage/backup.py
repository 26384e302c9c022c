"""Backup: a copy of a warehouse that is a warehouse itself.

    truth files (digest checked while they are copied) -> manifests -> published generation -> link `current` -> what left is removed

Files of the truth never change, so a second backup into the same folder copies only what is new. Manifests come last, in their
order: a backup that is killed shows the state that it showed before, or the new one, and a first one that is killed says that
it is not finished. What was forgotten leaves the copy with the next backup. To restore, back the copy up into the place where
the warehouse shall be: no file holds the path of its folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tasks.errors import BrokenWarehouse, UsageError
from tasks.storage import manifests, runlog
from tasks.storage.durable import fault, full_disk_told, make_folder, replace_link, sync_file, sync_folder, write_durably
from tasks.storage.layout import Layout
from tasks.storage.reader import kept_generations
from tasks.storage.records import State

CHUNK = 1 << 20
TRIES = 5  # of a backup beside a writer, which begins again where files left meanwhile


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied, what was there already, what left."""

    path: Path
    files_copied: int
    bytes_copied: int
    files_kept: int
    files_removed: int


def backup(layout: Layout, state: State, target: str | Path) -> Backup:
    """
    Copy a warehouse, as `state` has it, into a folder. The caller holds the lock of the warehouse, or uses `backup_beside`.

    Raises UsageError for a folder that is neither empty nor an earlier backup of this warehouse, or lies in it;
    BrokenWarehouse where a file is not what its record says.
    """
    there = Layout.of(target)
    _expect_place(layout, there, state)
    make_folder(there.root)
    if not any(manifests.numbers(there)) and not there.unfinished.exists():
        write_durably(there.unfinished, lambda p: p.write_bytes(b""), "backup")
    there.make()
    copied = size = kept = 0
    with full_disk_told(there.root):
        for record in state.files():
            path = there.path(record)
            if path.exists() and path.stat().st_size == record.bytes:
                kept += 1
                continue
            path.unlink(missing_ok=True)
            make_folder(path.parent)
            _copy(layout.path(record), path, record.sha256)
            copied, size = copied + 1, size + record.bytes
        fault("backup.files")
        deltas, snapshots = ([n for n in found if n <= state.number] for found in manifests.numbers(layout))
        published = [layout.generation(n) for n in kept_generations(layout.root) if n <= state.generation][-1:]
        for path in (*map(layout.manifest, deltas), *map(layout.snapshot, snapshots), *published):
            to = there.root / layout.relative(path)
            if to.exists() and to.stat().st_size == path.stat().st_size:
                kept += 1
                continue
            to.unlink(missing_ok=True)
            _copy(path, to)
            copied, size = copied + 1, size + path.stat().st_size
        manifests.write_journal(there, state)
        fault("backup.manifests")
        for path in published:
            replace_link(there.current, path.name)
        for log in (*runlog.aside(layout), layout.run_log):
            if log.exists():
                shutil.copyfile(log, there.run_log.with_name(log.name))
                sync_file(there.run_log.with_name(log.name))
        sync_folder(there.run_log.parent)
    wanted = {f.path for f in state.files()} | {layout.relative(layout.manifest(n)) for n in deltas}
    wanted |= {layout.relative(layout.snapshot(n)) for n in snapshots} | {p.name for p in published}
    there.unfinished.unlink(missing_ok=True)
    sync_folder(there.root)
    removed = _remove_others(there, wanted)
    return Backup(there.root, copied, size, kept, removed)


def backup_beside(layout: Layout, target: str | Path) -> Backup:
    """
    Copy a warehouse to which somebody else may be writing: as its last commit left it.

    What is committed never changes, but a compaction or `forget` may take files away meanwhile: then the copy begins anew from the
    newer state, and keeps what it has. Raises as `backup` does.
    """
    for attempt in range(TRIES):
        state = manifests.load_state(layout)
        try:
            done = backup(layout, state, target)
        except (BrokenWarehouse, FileNotFoundError):
            if attempt == TRIES - 1 or manifests.load_state(layout).digest == state.digest:
                raise
            continue
        if manifests.load_state(layout).tombstones == state.tombstones or attempt == TRIES - 1:
            return done
    raise AssertionError("unreachable")


def _expect_place(layout: Layout, there: Layout, state: State) -> None:
    here, place = layout.root.resolve(), there.root.resolve()
    if place == here or here in place.parents or place in here.parents:
        raise UsageError(f"{there.root} lies in the warehouse or around it.", "Give a folder of its own, best on another disk.")
    if not there.root.exists() or not any(there.root.iterdir()):
        return
    if there.unfinished.exists():
        return
    deltas, snapshots = manifests.numbers(there)
    numbers = [n for n in deltas if layout.manifest(n).exists()]
    same = all(layout.manifest(n).read_bytes() == there.manifest(n).read_bytes() for n in numbers[-1:])
    if not (deltas or snapshots) or not same or max([*deltas, *snapshots]) > state.number:
        raise UsageError(f"{there.root} is not empty and no earlier backup of this warehouse.", "Give an empty or a new folder.")


def _copy(source: Path, target: Path, digest: str = "") -> None:
    def fill(temporary: Path) -> str:
        seen = sha256()
        with open(source, "rb") as read, open(temporary, "wb") as written:
            while chunk := read.read(CHUNK):
                seen.update(chunk)
                written.write(chunk)
        return seen.hexdigest()

    try:
        found = write_durably(target, fill, "backup")
    except FileNotFoundError:
        raise BrokenWarehouse(f"{source} is missing.", "Run `taojin verify`: it says how to mend it. The backup is not complete.") from None
    if digest and found != digest:
        target.unlink()
        raise BrokenWarehouse(
            f"{source} was changed after it was written.", "Run `taojin verify`: it says how to mend it. The backup is not complete."
        )


def _remove_others(there: Layout, wanted: Iterable[str]) -> int:
    """What the copied state does not name: replaced, compacted or forgotten."""
    keep = set(wanted)
    found = [p for folder in (there.truth, there.manifests) for p in folder.rglob("*") if p.is_file()]
    found += there.root.glob("warehouse-*.duckdb")
    gone = [p for p in found if there.relative(p) not in keep]
    for path in gone:
        path.unlink()
    return len(gone)
