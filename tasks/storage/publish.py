"""Publish: a database file per generation, made from the truth; readers follow the link `current`.

    full          a new file from every Parquet file that the manifest names
    increment     a copy of the generation before, without the rows of what was replaced, with the rows of what came

Law: both give equal tables. A generation's file holds in `_files` what it was made of, so an increment is the
difference to the state that is to be published, whatever happened in between: two commits, a kill, a blocked run.
A file gets its final name when it is complete and on disk, and is never changed afterwards; its number is never used
again. Tables are native: over views on Parquet, a reader who is allowed to read the folder could write into it too.

A full one is made where there is nothing to build on, contracts changed, files left (forget, compaction), or deleted
rows would pass a fifth of all: DuckDB keeps their space.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from schemas.catalog import PUBLISHED, SCHEMA_VERSION
from schemas.contract import quoted
from schemas.derive.ddl import create_table
from tasks.errors import BlockedPublication, BrokenWarehouse, DamagedTruth, TaojinError
from tasks.relate import letters, likeness
from tasks.storage import assets, computed, duplicates, increment
from tasks.storage.damage import fault_of
from tasks.storage.durable import fault, full_disk_told, link_durably, make_folder, replace_durably, replace_link, sync_file, sync_folder
from tasks.storage.layout import Layout
from tasks.storage.reader import current_path, kept_generations, open_file
from tasks.storage.records import State
from tasks.storage.steps import Steps

KEPT_GENERATIONS = 3
MOST_DEAD = 0.2  # share of deleted rows above which the file is built anew
STORAGE = "v1.4.0"  # file format: since then texts are packed by zstd, which makes a file 40 % smaller for less work than FSST
GROWTH = 6  # bytes of database per byte of Parquet, at most (measured: 3.4); for the check of free disk
MEMORY = "1500MB"  # of DuckDB while a generation is made; beyond it, it writes aside into staging (unbounded it took 2 GB for 700 MB)
SPARE = 64 << 20  # bytes left free beside that

_SIGNATURE = (
    "CREATE TABLE _publication (generation BIGINT, manifest BIGINT, manifest_digest VARCHAR, schema_version INTEGER, "
    "contracts VARCHAR, live_rows BIGINT, dead_rows BIGINT, mode VARCHAR, published_at TIMESTAMP)",
    "COMMENT ON TABLE _publication IS 'One row: which state of the truth this generation shows, and how it was made.'",
)


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published."""

    generation: int
    path: Path
    mode: str  # full | increment | unchanged
    rows_added: int
    rows_deleted: int
    bytes: int
    seconds: float
    steps: Mapping[str, float] = field(default_factory=dict)  # what was done -> seconds on the clock


def needs_publication(layout: Layout, state: State) -> bool:
    """Whether the state's generation is not the current one, or its file is lost."""
    if not state.generation:
        return False
    wanted = layout.generation(state.generation)
    return not (wanted.exists() and os.path.realpath(layout.current) == os.path.realpath(wanted))


def is_damaged(layout: Layout, state: State) -> bool:
    """Whether the file of the state's generation is there and cannot be it: another size than it was given, or no database."""
    path = layout.generation(state.generation)
    try:
        size = path.stat().st_size
    except OSError:
        return False
    if json_of(layout.published_looks).get(path.name, size) != size:
        return True
    try:
        with open_file(path) as con:
            return con.execute("SELECT count(*) FROM _publication").fetchone() != (1,)
    except duckdb.Error:
        return True


def _note_looks(layout: Layout, path: Path) -> None:
    """Remember the size of a published file, by which a cut one is known at once."""
    looks = {p: size for p, size in json_of(layout.published_looks).items() if (layout.root / p).exists()}
    with contextlib.suppress(OSError, TaojinError):
        make_folder(layout.published_looks.parent)
        replace_durably(layout.published_looks, json.dumps(looks | {path.name: path.stat().st_size}).encode(), "looks")


def json_of(path: Path) -> dict[str, Any]:
    """What a file that may be lost says; nothing where it is lost or torn."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def publish(
    layout: Layout, state: State, *, rebuild: bool = False, threads: int | None = None, keep: int = KEPT_GENERATIONS,
    same_rows_as: str = "",
) -> Publication:  # fmt: skip
    """
    Publish a state under its own generation number and retire generations beyond the newest `keep`.

    `same_rows_as` is the digest of an earlier state that has the same rows in other files: where the current generation
    shows it, only the list of files is written anew.

    The caller holds the lock and has reserved the number in the commit before. A generation that a killed run finished
    and did not announce is announced. Raises BlockedPublication where the disk is too full, before anything is written.
    """
    began = time.monotonic()
    final = layout.generation(state.generation)
    workshop = layout.staging / "publish"
    shutil.rmtree(workshop, ignore_errors=True)
    added = deleted = 0
    mode = "unchanged"
    steps = Steps()
    if final.exists():
        _expect_same(final, state)
    else:
        workshop.mkdir(parents=True)
        moved = _shows(layout, same_rows_as) if same_rows_as and not rebuild else None
        before = moved or (None if rebuild else _base(layout, state))
        mode = "increment" if before else "full"
        _expect_space(layout, state, before)
        draft = workshop / final.name
        with full_disk_told(layout.root):
            fault("publish.start")
            steps.done("look")
            if before:
                shutil.copyfile(before, draft)
                steps.done("copy")
                fault("publish.copied")
            try:
                added, deleted = _build(layout, state, draft, before is None, threads, moved is not None, steps)
            except duckdb.Error as error:
                if before is None or "No space left" in str(error):
                    raise
                draft.unlink()  # a generation may be damaged where nobody has looked yet: make it from the truth
                mode, moved, before = "full", None, None
                added, deleted = _build(layout, state, draft, True, threads, False, steps)
            fault("publish.built")
            sync_file(draft)
            steps.done("sync")
            fault("publish.synced")
            link_durably(draft, final, "publish")
            sync_folder(layout.root)
    fault("publish.linked")
    replace_link(layout.current, final.name)
    fault("publish.announced")
    shutil.rmtree(workshop, ignore_errors=True)
    _note_looks(layout, final)
    retire(layout, state.generation, keep)
    _retire_forgotten(layout, state)
    steps.done("announce")
    return Publication(state.generation, final, mode, added, deleted, final.stat().st_size, time.monotonic() - began, steps.seconds)


def retire(layout: Layout, current: int, keep: int = KEPT_GENERATIONS) -> list[int]:
    """Remove all but the newest generations. Whoever has one open keeps it until they close it."""
    gone = [n for n in kept_generations(layout.root) if n != current][::-1][max(keep - 1, 0) :]
    for number in gone:
        layout.generation(number).unlink(missing_ok=True)
    return gone


def _retire_forgotten(layout: Layout, state: State) -> None:
    """No generation outlives what was forgotten after it, also where `forget` was killed before it came to that."""
    last = max(state.tombstones.values(), default="")
    for number in kept_generations(layout.root) if last else ():
        if number != state.generation and _published_at(layout.generation(number)) <= last:
            layout.generation(number).unlink()


def _published_at(path: Path) -> str:
    try:
        with open_file(path) as con:
            return con.execute("SELECT published_at FROM _publication").fetchone()[0].isoformat(timespec="microseconds")
    except duckdb.Error:
        return ""


def contracts_digest() -> str:
    """Changes with the tables' shapes and with how computed tables are made: a file of another digest is not built upon."""
    digest = sha256("\n".join(s for t in PUBLISHED.values() for s in create_table(t)).encode())
    for module in (computed, duplicates, letters, likeness):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()


def _build(
    layout: Layout, state: State, draft: Path, fresh: bool, threads: int | None, moved: bool, steps: Steps
) -> tuple[int, int]:  # fmt: skip
    """Fill a draft. Returns rows that came and rows that went."""
    added = deleted = 0
    config = {"temp_directory": str(draft.parent / "spill"), "storage_compatibility_version": STORAGE, "memory_limit": MEMORY}
    config |= {"threads": str(threads)} if threads else {}
    with duckdb.connect(str(draft), config=config) as con:
        con.execute("BEGIN")  # also around the DDL: each statement on its own would wait for the disk
        if fresh:
            _create(con)
        if moved:
            increment.list_files(con, state, draft.parent)
        else:
            change = increment.difference(con, state)
            _expect_sound(layout, change)
            steps.done("check digests")
            added, deleted = increment.bring_up(con, layout, state, change, fresh, draft.parent, steps)
        assets.install(con)
        _sign(con, state, deleted, "full" if fresh else "increment")
        steps.done("views")
        con.execute("COMMIT")
        con.execute("CHECKPOINT")
        steps.done("checkpoint")
    return added, deleted


def _expect_sound(layout: Layout, change: increment.Change) -> None:
    """A damaged file is not shown to anybody: every byte that comes in is digested once more."""
    for record in (f for files in change.came.values() for f in files if f.table != "contents"):
        if fault := fault_of(layout, record):
            raise DamagedTruth(
                f"{record.path} ({record.table}, {record.rows:,} rows) {fault}.",
                "Run `taojin verify --mend`: it computes the batch again from its bytes. What was published stays as it is.",
            )


def _create(con: duckdb.DuckDBPyConnection) -> None:
    for sql in (*(s for t in PUBLISHED.values() for s in create_table(t)), *increment.FILES_TABLE, *_SIGNATURE):
        con.execute(sql)


def _sign(con: duckdb.DuckDBPyConnection, state: State, deleted: int, mode: str) -> None:
    """Say in the file which state it shows; deleted rows add up until the next full one."""
    dead = deleted + (con.execute("SELECT coalesce(max(dead_rows), 0) FROM _publication").fetchone()[0])
    live = sum(f.rows for f in state.files())
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    con.execute("DELETE FROM _publication")
    con.execute(
        f"INSERT INTO _publication VALUES ({state.generation}, {state.number}, {quoted(state.digest)}, {SCHEMA_VERSION}, "
        f"{quoted(contracts_digest())}, {live}, {dead}, {quoted(mode)}, TIMESTAMP {quoted(now)})"
    )


def _base(layout: Layout, state: State) -> Path | None:
    """The generation that an increment may build upon; None where a full one is called for."""
    try:
        path = current_path(layout.root)
        with open_file(path) as con:
            number, contracts, live, dead = con.execute("SELECT manifest, contracts, live_rows, dead_rows FROM _publication").fetchone()
            change = increment.difference(con, state)
            if number > state.number or contracts != contracts_digest() or change.impossible:
                return None
            going = sum(_rows_of(con, table, ids) for table, ids in change.redone.items())
    except (TaojinError, duckdb.Error, TypeError):
        return None
    return path if dead + going <= MOST_DEAD * max(live + change.rows - going, 1) else None


def _shows(layout: Layout, digest: str) -> Path | None:
    """The current generation, if it shows the state of this digest under the contracts of now."""
    try:
        path = current_path(layout.root)
        with open_file(path) as con:
            shown = con.execute("SELECT manifest_digest, contracts FROM _publication").fetchone()
    except (TaojinError, duckdb.Error):
        return None
    return path if shown == (digest, contracts_digest()) else None


def _rows_of(con: duckdb.DuckDBPyConnection, table: str, batch_ids: list[str]) -> int:
    where = f"table_name = {quoted(table)} AND owner IN (SELECT unnest({computed.listed(batch_ids)}))"
    return con.execute(f"SELECT coalesce(sum(row_count), 0)::BIGINT FROM _files WHERE {where}").fetchone()[0]


def _expect_same(path: Path, state: State) -> None:
    """A file with this number exists: it must show this very state, or the number was used for something else."""
    with open_file(path) as con:
        (digest,) = con.execute("SELECT manifest_digest FROM _publication").fetchone()
    if digest != state.digest:
        raise BrokenWarehouse(
            f"{path} exists already and shows another state.", "Reserve a new generation in the commit: this is a fault of taojin."
        )


def _expect_space(layout: Layout, state: State, before: Path | None) -> None:
    """Free disk is asked for before, not found missing in the middle."""
    if before:
        known = set(_paths_in(before))
        needed = before.stat().st_size + GROWTH * sum(f.bytes for f in state.files() if f.path not in known and f.table != "contents")
    else:
        needed = GROWTH * sum(f.bytes for f in state.files() if f.table != "contents")
    free = shutil.disk_usage(layout.root).free
    if free < needed + SPARE:
        raise BlockedPublication(
            f"Publishing generation {state.generation} needs about {(needed + SPARE) >> 20:,} MB in {layout.root}, "
            f"and {free >> 20:,} MB are free.",
            "What was ingested is committed and safe; make room, and the next `taojin ingest` publishes it.",
        )


def _paths_in(path: Path) -> Iterable[str]:
    with open_file(path) as con:
        return [p for (p,) in con.execute("SELECT path FROM _files").fetchall()]
