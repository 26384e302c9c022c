"""Mend: what was damaged on disk is made again from what is still there, or said to be lost, in a sentence.

    a manifest                  written again from the journal; without one, from snapshots, as far as they reach
    a snapshot, the journal     written again from the manifests
    a table of a batch          computed again from the kept bytes: the batch is stale from the table's stage on
    a pack of bytes             written again from the rows of it that are sound and from the original files that still have their hash
    a run's own rows            taken from the current generation, which shows them
    the current generation      published anew under the next number

Nothing is given up here: bytes that cannot be had again leave their batch as it stands, untouched and told, until somebody puts the
file back, restores a backup, or lets the file go (`drop_lost`). The caller holds the lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.catalog import PUBLISHED, TABLES
from schemas.derive.ddl import identifier
from schemas.ids import batch_id, file_id
from tasks.errors import BrokenWarehouse, TaojinError
from tasks.ingest.names import is_local, path_of, shown
from tasks.storage import journal, manifests
from tasks.storage.arrivals import current_arrivals
from tasks.storage.commit import RUN_STAGE, commit
from tasks.storage.contents import write_contents
from tasks.storage.damage import ASIDE, Damage, first_stage, looked_over, read_over, set_aside
from tasks.storage.durable import replace_durably
from tasks.storage.layout import OWNER, Layout
from tasks.storage.migrate import migrate
from tasks.storage.parquet import digest_of, read_table, staged
from tasks.storage.publish import is_damaged, needs_publication
from tasks.storage.reader import current_path, kept_generations, open_file
from tasks.storage.receipts import waiting
from tasks.storage.records import BatchRecord, Delta, FileRecord, State

SHOWN = 5  # lost files that are named one by one
MOST_BYTES = 1 << 30  # of an original file that is read in again whole


@dataclass(frozen=True, slots=True)
class Mended:
    """What was found and done. `stale` batches are to be computed again, `untouched` ones must not be."""

    state: State
    said: tuple[str, ...] = ()
    stale: Mapping[str, str] = field(default_factory=dict)  # batch_id -> stage
    untouched: frozenset[str] = frozenset()


def opened(layout: Layout) -> tuple[State, list[str]]:
    """
    The state to write upon: manifests are mended where they had to be, an older schema version is migrated. Returns what was done, too.

    The caller holds the lock. Raises BrokenWarehouse where nothing helps.
    """
    state, said = _loaded(layout)
    state, sentences = migrate(layout, state)
    return state, said + sentences


def _loaded(layout: Layout) -> tuple[State, list[str]]:
    try:
        state = manifests.load_state(layout)
    except BrokenWarehouse as error:
        if "newer taojin" in error.message or not _mend_manifests(layout):
            raise
        state = manifests.load_state(layout)
        if damaged_history(layout):
            manifests.drop_history(layout, state)
        return state, [f"{error.message} It was written again from log/manifests.jsonl."]
    if state.number and journal.stands_at(layout) != state.digest:
        manifests.write_journal(layout, state)
    if not state.number:
        _expect_empty(layout)
    return state, []


def examined(layout: Layout, state: State, stale: Iterable[str]) -> list[Damage]:
    """
    What a run looks at before it begins: names and sizes of all files, and every byte of what it will read: batches that are to be
    computed again, and everything where a generation is to be made that an earlier run could not make.
    """
    if needs_publication(layout, state) or is_damaged(layout, state):
        return read_over(layout, state)
    found = {d.record.path: d for d in (*looked_over(layout, state), *read_over(layout, state, stale))}
    return list(found.values())


def mend(layout: Layout, state: State, damages: list[Damage] | None = None, originals: Mapping[str, str] | None = None) -> Mended:
    """
    Mend what can be mended without computing, and say what is to be computed again.

    Args:
        damages: what was found; default: what a look at names and sizes shows.
        originals: file_id -> path of files whose content is known to be that, beside those that the warehouse remembers.
    """
    said: list[str] = []
    found = looked_over(layout, state) if damages is None else damages
    before = state
    if found:
        set_aside(layout, [d for d in found if d.record.table != "contents"])  # what a pack still holds is asked for again
        said += [f"Damaged: {d}." for d in found[:SHOWN]] + [f"Damaged: {len(found) - SHOWN:,} more files."] * (len(found) > SHOWN)
    packs = sorted({d.batch_id for d in found if d.batch_id and d.record.table == "contents"})
    runs = [d.record for d in found if d.batch_id is None]
    names = _names(layout, state) if packs else {}
    again: list[BatchRecord] = []
    untouched: set[str] = set()
    for name in packs:
        batch, lost = _repacked(layout, state.batches[name], names, originals or {})
        if batch:
            set_aside(layout, [d for d in found if d.batch_id == name and d.record.table == "contents"])
            again.append(batch)
            said.append(f"The bytes of batch {name} were read in again from their files.")
        else:
            untouched.add(name)
            said.append(_lost(state.batches[name], lost, names))
    made, sentences = _run_rows(layout, state, runs)
    said += sentences
    if again or made:
        gone = tuple(f.path for f in runs if f.table in {m.table for m in made})
        state = commit(layout, state, Delta(batches=tuple(again), run_files=tuple(made), dropped_run_files=gone))
    stale = {b: s for b, s in first_stage(found).items() if b not in untouched}
    if stale:
        said.append(f"{len(stale):,} batch{'es are' if len(stale) > 1 else ' is'} computed again from the kept bytes.")
    for b in untouched & first_stage(found).keys():
        said.append(f"Batch {b} lacks tables and bytes: what the current generation shows of it is all that is left.")
    if state.generation and (is_damaged(layout, state) or (before is not state and not needs_publication(layout, state))):
        damaged = is_damaged(layout, state)
        state = commit(layout, state, Delta(generation=state.generation + 1))
        said += [f"Generation {state.generation - 1} was damaged; {state.generation} is published in its place."] * damaged
    return Mended(state, tuple(said), stale, frozenset(untouched))


def drop_lost(layout: Layout, state: State, untouched: frozenset[str]) -> tuple[State, list[str]]:
    """Let the contents go whose bytes are lost: their batches go on without them, and are to be computed again from decode on."""
    batches: list[BatchRecord] = []
    said: list[str] = []
    for name in sorted(untouched):
        old = state.batches[name]
        data = {f: d for r in old.of("contents") for f, d in _sound_rows(layout.path(r)).items() if f in old.file_ids}
        lost = [f for f in old.file_ids if f not in data]
        said.append(f"Let go, with all rows made of them: {', '.join(lost)}.")
        if data:
            left = tuple(sorted(data))
            pack = write_contents(layout, layout.batch_staging(batch_id(list(left))), data)
            batches.append(BatchRecord(batch_id(list(left)), left, sum(map(len, data.values())), {}, (pack,), {}))
    if untouched:
        state = commit(layout, state, Delta(batches=tuple(batches), dropped=tuple(sorted(untouched)), generation=state.generation + 1))
    return state, said


def take_up(layout: Layout) -> State:
    """
    A new record for a warehouse that has lost its manifests: every pack of bytes becomes a batch to be computed anew, and runs' own
    rows stay. What was forgotten stays forgotten in so far as its bytes are gone, but may be taken in again.
    """
    for folder in (layout.manifests, layout.journal.parent):
        for path in folder.glob("*manifests.jsonl") if folder == layout.journal.parent else folder.glob("*.json"):
            os.replace(path, path.with_name(path.name + ASIDE))
    batches: dict[str, BatchRecord] = {}
    taken: set[str] = set()
    for path in sorted((layout.truth / "contents").glob("*.parquet"), key=lambda p: (-p.stat().st_size, p.name)):
        data = _sound_rows(path)
        ids = tuple(sorted(data))
        if ids and taken.isdisjoint(ids):
            taken.update(ids)
            record = FileRecord("contents", "ingest", layout.relative(path), len(ids), path.stat().st_size, digest_of(path))
            batches[batch_id(list(ids))] = BatchRecord(batch_id(list(ids)), ids, sum(map(len, data.values())), {}, (record,), {})
    runs: list[FileRecord] = []
    told: dict[str, set[int]] = {}
    for path in sorted(layout.truth.glob("*/run-*.parquet"), key=lambda p: (-p.stat().st_size, p.name)):
        table = path.parent.name
        try:
            ids = set(read_table([path], ["run_id"])["run_id"].to_pylist()) if "run_id" in TABLES[table] else set()
            rows = pq.read_metadata(path).num_rows
        except (TaojinError, OSError, KeyError, pa.ArrowException):
            continue
        if told.setdefault(table, set()).isdisjoint(ids):
            told[table] |= ids
            runs.append(FileRecord(table, RUN_STAGE, layout.relative(path), rows, path.stat().st_size, digest_of(path)))
    last = max((r for ids in told.values() for r in ids), default=0)
    generation = max(kept_generations(layout.root), default=0) + 1
    delta = Delta(last, tuple(batches.values()), run_files=tuple(runs), generation=generation)
    return commit(layout, State(), delta)


def damaged_history(layout: Layout) -> bool:
    """Whether a manifest or snapshot that the state does not need any more is damaged, or the journal."""
    deltas, snapshots = manifests.numbers(layout)
    for read, numbers in ((manifests.read_delta, deltas), (manifests.read_snapshot, snapshots)):
        for number in numbers:
            try:
                read(layout, number)
            except BrokenWarehouse:
                return True
    return False


def _mend_manifests(layout: Layout) -> bool:
    """Write from the journal what the folder lacks or has damaged. Whether anything was written."""
    layout.make()
    wrote = False
    for line in journal.lines(layout):
        try:
            body = manifests.opened(line)
        except ValueError:
            continue
        path = (layout.snapshot if "state" in body else layout.manifest)(body["manifest"])
        if not path.exists() or path.read_bytes() != line:
            replace_durably(path, line, "mend")
            wrote = True
    return wrote


def _expect_empty(layout: Layout) -> None:
    """
    A folder without manifests holds no packs of bytes, or it has lost its record of them.

    Packs that a killed first commit linked are no loss: until a manifest names them, staging holds them too.
    """
    staged = {receipt.batch_id[:OWNER] for receipt in waiting(layout)}
    packs = [p for p in (layout.truth / "contents").glob("*.parquet") if p.name[:OWNER] not in staged]
    if packs or list(layout.root.glob("warehouse-*.duckdb")):
        raise BrokenWarehouse(
            f"{layout.root} has lost its manifests and their copy in log/, though it holds {len(packs):,} packs of bytes.",
            "Restore manifests/ or log/manifests.jsonl from a backup, or `taojin verify --mend` takes the packs up into a new record.",
        )


def _names(layout: Layout, state: State) -> dict[str, list[str]]:
    """file_id -> uris that hold or held it, as far as the warehouse can still tell."""
    try:
        arrivals = current_arrivals(layout, state)
    except (TaojinError, OSError, pa.ArrowInvalid):
        return {}
    found: dict[str, list[str]] = {}
    for uri, file in arrivals.items():
        found.setdefault(file, []).append(uri)
    return found


def _repacked(
    layout: Layout, batch: BatchRecord, names: Mapping[str, list[str]], originals: Mapping[str, str]
) -> tuple[BatchRecord | None, list[str]]:
    """The batch with a sound pack; or None, and the contents that are nowhere to be had."""
    data: dict[str, bytes] = {}
    for record in batch.of("contents"):
        data |= _sound_rows(layout.path(record))
    for wanted in set(batch.file_ids) - data.keys():
        paths = [originals[wanted]] if wanted in originals else []
        for path in paths + [path_of(u) for u in names.get(wanted, ()) if is_local(u)]:
            try:
                if os.path.getsize(path) <= MOST_BYTES and file_id(read := Path(path).read_bytes()) == wanted:
                    data[wanted] = read
                    break
            except (OSError, ValueError):
                continue
    lost = sorted(set(batch.file_ids) - data.keys())
    if lost:
        return None, lost
    pack = write_contents(layout, layout.batch_staging(batch.batch_id), {f: data[f] for f in batch.file_ids})
    return replace(batch, files=(pack, *(f for f in batch.files if f.table != "contents"))), []


def _sound_rows(path: Path) -> dict[str, bytes]:
    """Contents of a damaged pack that still have their hash."""
    found: dict[str, bytes] = {}
    try:
        pack = pq.ParquetFile(path)
    except (OSError, pa.ArrowException):
        return found
    for group in range(pack.num_row_groups):
        try:
            rows = pack.read_row_group(group, ["file_id", "data"])
            pairs = zip(rows["file_id"].to_pylist(), rows["data"].to_pylist(), strict=True)
            found.update((name, data) for name, data in pairs if data is not None and file_id(data) == name)
        except (OSError, ValueError, TypeError, pa.ArrowException):
            continue
    return found


def _lost(batch: BatchRecord, lost: list[str], names: Mapping[str, list[str]]) -> str:
    said = [f"{shown(names[f][0])} ({f})" if f in names else f for f in lost[:SHOWN]] + ["…"] * (len(lost) > SHOWN)
    return (
        f"The bytes of {len(lost):,} file{'s are' if len(lost) > 1 else ' is'} lost: {', '.join(said)}. What was made of them stays as it "
        f"is, and batch {batch.batch_id} is not computed again. Put the files back under their names and run `taojin ingest`, restore "
        f"the pack from a backup, or let them go: `taojin verify --mend --drop-lost`."
    )


def _run_rows(layout: Layout, state: State, lost: list[FileRecord]) -> tuple[list[FileRecord], list[str]]:
    """Files of runs' own rows, made again from the current generation."""
    made: list[FileRecord] = []
    said: list[str] = []
    for table in dict.fromkeys(f.table for f in lost):
        gone = {f.path for f in lost if f.table == table}
        try:
            rows = _shown_rows(layout, state, table, gone)
        except (TaojinError, duckdb.Error, OSError, pa.ArrowException):
            rows = None
        if rows is None:
            said.append(f"Rows of {table} of single runs are lost, and no generation shows them: restore {', '.join(sorted(gone))} "
                        "from a backup.")
            continue
        record = staged(layout, layout.run_staging(0), table, RUN_STAGE, rows)
        made += [record] if record else []
        said.append(f"Rows of {table} were taken from the current generation.")
    return made, said


def _shown_rows(layout: Layout, state: State, table: str, gone: set[str]) -> pa.Table | None:
    """Rows of one table that the current generation shows and the remaining files have not; None where it never had those files."""
    schema = TABLES[table].arrow
    kept = [layout.path(f) for f in state.run_files if f.table == table and f.path not in gone]
    key = ["rule_id", "rule_version"] if table == "rules" else ["run_id"]
    with open_file(current_path(layout.root)) as con:
        known = {p for (p,) in con.execute("SELECT path FROM _files").fetchall()}
        if not gone <= known:
            return None
        if table == "arrival_events":
            sql = ("SELECT uri, name, file_id, size_bytes, modified_at, seen_at, run_id, "
                   "unnest(CASE state WHEN 'gone' THEN ['seen', 'gone'] ELSE ['seen'] END) AS event FROM arrivals")
        elif table in PUBLISHED:
            sql = f"SELECT {', '.join(map(identifier, schema.names))} FROM {identifier(table)}"
        else:
            return None
        rows = con.execute(sql).to_arrow_table()
    rows = pa.table([rows[f.name].cast(f.type) for f in schema], schema=schema)
    had = read_table(kept, key) if kept else None
    if had is not None and had.num_rows:
        rows = rows.join(had.group_by(key).aggregate([]), key, join_type="left anti").select(schema.names)
        rows = pa.table([rows[f.name].combine_chunks() for f in schema], schema=schema)
    return rows
