"""Damage: which files of the truth are not what their record says.

    looked_over    there, and of their size: names and sizes of a folder in one pass, cheap enough for every run
    read_over      also with their digest: every byte is read

A damaged file is set aside under another name, so that from then on it is a missing one, and nobody reads it by mistake.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.storage.layout import Layout
from tasks.storage.parquet import digest_of
from tasks.storage.records import STAGES, BatchRecord, FileRecord, State

ASIDE = ".damaged"


@dataclass(frozen=True, slots=True)
class Damage:
    """One file that is not what its record says."""

    record: FileRecord
    batch_id: str | None  # None: a run's own file
    what: str  # is missing | was cut or exchanged | was changed after it was written | cannot be read (why)

    def __str__(self) -> str:
        return f"{self.record.path} ({self.record.table}, {self.record.rows:,} rows) {self.what}"


def looked_over(layout: Layout, state: State) -> list[Damage]:
    """Files of the truth that are missing or have another size."""
    sizes = _sizes(layout)
    return [Damage(f, owner, _seen(sizes, f)) for owner, f in _owned(state) if sizes.get(f.path) != f.bytes]


def read_over(layout: Layout, state: State, batches: Iterable[str] | None = None) -> list[Damage]:
    """Files of the truth, or of some batches, that have not their digest."""
    wanted = None if batches is None else set(batches)
    owned = [(owner, f) for owner, f in _owned(state) if wanted is None or owner in wanted]
    return [Damage(f, owner, what) for owner, f in owned if (what := fault_of(layout, f))]


def fault_of(layout: Layout, record: FileRecord) -> str:
    """What is wrong with a file, as the end of a sentence; empty where nothing is. Reads all of it."""
    try:
        return "" if digest_of(layout.path(record)) == record.sha256 else "was changed after it was written"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"


def set_aside(layout: Layout, damages: Iterable[Damage]) -> None:
    """Give damaged files another name. They are orphans then and leave with the next sweep that finds them old enough."""
    for damage in damages:
        path = layout.path(damage.record)
        if os.path.lexists(path):
            os.replace(path, path.with_name(path.name + ASIDE))


def first_stage(damages: Iterable[Damage]) -> dict[str, str]:
    """batch_id -> the first stage whose files are damaged; batches of which only the bytes are damaged are not in it."""
    found: dict[str, str] = {}
    for d in damages:
        if d.batch_id and d.record.table != "contents":
            stage = d.record.stage if d.record.stage in STAGES else STAGES[0]
            found[d.batch_id] = min(stage, found.get(d.batch_id, stage), key=STAGES.index)
    return found


def earlier(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The earlier stage of two, by batch."""
    return {b: min((m[b] for m in (one, other) if b in m), key=STAGES.index) for b in [*one, *(b for b in other if b not in one)]}


def _owned(state: State) -> list[tuple[str | None, FileRecord]]:
    batches: Iterable[BatchRecord] = state.batches.values()
    return [(b.batch_id, f) for b in batches for f in b.files] + [(None, f) for f in state.run_files]


def _sizes(layout: Layout) -> dict[str, int]:
    """Relative path -> bytes of every file in the truth."""
    found: dict[str, int] = {}
    try:
        folders = [e for e in os.scandir(layout.truth) if e.is_dir()]
    except OSError:
        return found
    for folder in folders:
        try:
            with os.scandir(folder.path) as entries:
                found.update((f"truth/{folder.name}/{e.name}", e.stat().st_size) for e in entries)
        except OSError:  # whatever it holds counts as missing
            continue
    return found


def _seen(sizes: Mapping[str, int], record: FileRecord) -> str:
    if record.path not in sizes:
        return "is missing"
    return f"has {sizes[record.path]:,} bytes instead of {record.bytes:,}"
