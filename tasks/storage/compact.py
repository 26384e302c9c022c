"""Compact: fewer and fuller files, and no room taken by what nobody needs.

    small batches of equal fingerprints -> one batch      up to the size that an ingest would have cut
    files of single runs                -> one per table
    manifests before the last snapshot but one, generations beyond those kept, orphans and forgotten staging: removed

Law: no row changes, so the new generation is a copy of the one before with another list of files, and readers see the same
tables before, during and after. All of it is one commit: a compaction that is killed has either not happened, and its
files are orphans, or has happened, and the next one removes what it replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import batch_id
from tasks.storage import manifests
from tasks.storage.commit import RUN_STAGE, commit
from tasks.storage.contents import read_batch, write_contents
from tasks.storage.durable import fault
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table, staged
from tasks.storage.publish import KEPT_GENERATIONS, needs_publication, publish, retire
from tasks.storage.reader import kept_generations
from tasks.storage.receipts import discard
from tasks.storage.records import BatchRecord, Delta, FileRecord, State
from tasks.storage.sweep import A_DAY, empty_staging, remove_orphans

FEWEST_BATCHES = 2  # that are worth a merge
FEWEST_RUN_FILES = 8  # of one table


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did; files and bytes are those of the truth and its manifests on disk."""

    batches_before: int
    batches_after: int
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    manifests_removed: int
    generations_removed: int
    generation: int


def compact(
    layout: Layout, state: State, *, batch_bytes: int, batch_files: int, keep: int = KEPT_GENERATIONS,
    min_age_s: float = A_DAY, threads: int | None = None,
) -> Compaction:  # fmt: skip
    """
    Compact a warehouse. The caller holds the lock.

    Args:
        batch_bytes: most bytes of seed files in a merged batch.
        batch_files: most files in it.
        keep: published generations that stay.
        min_age_s: seconds after which a file that no manifest names is removed; what this compaction replaced goes at once.

    Raises BrokenWarehouse where a file cannot be read: then nothing was changed.
    """
    if needs_publication(layout, state):
        publish(layout, state, keep=keep, threads=threads)
    files, size = _weigh(layout)
    before = state
    groups = list(_groups(state, batch_bytes, batch_files))
    merged = tuple(_merged(layout, group) for group in groups)
    runs, dropped = _merged_runs(layout, state)
    if merged or runs:
        fault("compact.merged")
        delta = Delta(
            batches=merged,
            dropped=tuple(b.batch_id for group in groups for b in group),
            run_files=tuple(runs),
            dropped_run_files=tuple(f.path for f in dropped),
            generation=state.generation + 1,
        )
        state = commit(layout, state, delta)
        fault("compact.committed")
        publish(layout, state, keep=keep, threads=threads, same_rows_as=before.digest)
        named = {f.path for f in state.files()}
        for f in before.files():
            if f.path not in named:
                layout.path(f).unlink(missing_ok=True)
        fault("compact.removed")
    for group in groups:
        for batch in group:
            discard(layout, batch.batch_id)
    generations = len(kept_generations(layout.root))
    if state.generation:
        retire(layout, state.generation, keep)
    remove_orphans(layout, state, min_age_s)
    empty_staging(layout, *([] if min_age_s else [0, 0]))
    gone = _drop_manifests(layout, state)
    files_after, size_after = _weigh(layout)
    return Compaction(
        len(before.batches), len(state.batches), files, files_after, size, size_after, gone,
        generations - len(kept_generations(layout.root)), state.generation,
    )  # fmt: skip


def _groups(state: State, batch_bytes: int, batch_files: int) -> Iterator[list[BatchRecord]]:
    """Batches to be merged. What holds refused documents is done anew as a whole one day, and stays as small as it is."""
    alike: dict[tuple, list[BatchRecord]] = {}
    for batch in sorted(state.batches.values(), key=lambda b: (b.bytes, b.batch_id)):
        if not batch.refused and all(f.table in TABLES for f in batch.files):  # nor what an older version made and will be made anew
            alike.setdefault(tuple(sorted(batch.fingerprints.items())), []).append(batch)
    for batches in alike.values():
        group: list[BatchRecord] = []
        for batch in batches:
            full = sum(b.bytes for b in group) + batch.bytes > batch_bytes
            if group and (full or sum(len(b.file_ids) for b in group) + len(batch.file_ids) > batch_files):
                if len(group) >= FEWEST_BATCHES:
                    yield group
                group = []
            group.append(batch)
        if len(group) >= FEWEST_BATCHES:
            yield group


def _merged(layout: Layout, group: Sequence[BatchRecord]) -> BatchRecord:
    file_ids = sorted(f for b in group for f in b.file_ids)
    name = batch_id(file_ids)
    folder = layout.batch_staging(name)
    discard(layout, name)
    by_kind: dict[tuple[str, str], list[FileRecord]] = {}
    for batch in group:
        for f in batch.files:
            by_kind.setdefault((f.table, f.stage), []).append(f)
    data = {row["file_id"]: row["data"] for batch in group for row in read_batch(layout, batch).to_pylist()}
    files = [write_contents(layout, folder, data)]
    for (table, stage), records in by_kind.items():
        if table != "contents":
            files.append(staged(layout, folder, table, stage, _rows(layout, table, records)))
    return BatchRecord(name, tuple(file_ids), sum(b.bytes for b in group), dict(group[0].fingerprints), tuple(filter(None, files)), {})


def _merged_runs(layout: Layout, state: State) -> tuple[list[FileRecord], list[FileRecord]]:
    """Files of single runs, one per table, and those that they replace."""
    by_table: dict[str, list[FileRecord]] = {}
    for f in state.run_files:
        by_table.setdefault(f.table, []).append(f)
    made: list[FileRecord] = []
    gone: list[FileRecord] = []
    for table, records in by_table.items():
        if len(records) < FEWEST_RUN_FILES:
            continue
        rows = _rows(layout, table, records)
        if table == "rules":
            rows = _last_of_each(rows, ("rule_id", "rule_version"))
        record = staged(layout, layout.run_staging(0), table, RUN_STAGE, rows)
        made += [record] if record else []
        gone += records
    return made, gone


def _rows(layout: Layout, table: str, records: Iterable[FileRecord]) -> pa.Table:
    """The rows of several files; older ones may lack younger columns, which are NULL there."""
    schema = TABLES[table].arrow
    parts = [read_table([layout.path(f)]) for f in records]
    parts = [p if p.schema.equals(schema) else _widened(p, schema) for p in parts]
    return pa.concat_tables(parts).combine_chunks()


def _widened(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [rows[f.name].cast(f.type) if f.name in rows.column_names else pa.nulls(rows.num_rows, f.type) for f in schema]
    return pa.table(columns, schema=schema)


def _last_of_each(rows: pa.Table, key: tuple[str, ...]) -> pa.Table:
    """The last row of each key: as the newest run words it."""
    last = {values: k for k, values in enumerate(zip(*(rows[name].to_pylist() for name in key), strict=True))}
    return rows.take(sorted(last.values()))


def _drop_manifests(layout: Layout, state: State) -> int:
    """Manifests that two snapshots stand for already. A new snapshot is written where many came since the last one."""
    deltas, snapshots = manifests.numbers(layout)
    if len(deltas) > manifests.SNAPSHOT_EVERY and state.number not in snapshots:
        manifests.write_snapshot(layout, state)
        snapshots.append(state.number)
    if len(snapshots) < manifests.KEPT_SNAPSHOTS:
        return 0
    first = sorted(snapshots)[-manifests.KEPT_SNAPSHOTS]
    gone = [layout.manifest(n) for n in deltas if n <= first] + [layout.snapshot(n) for n in snapshots if n < first]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _weigh(layout: Layout) -> tuple[int, int]:
    """Files and bytes of the truth and of the manifests."""
    found = [p.lstat().st_size for folder in (layout.truth, layout.manifests) for p in folder.rglob("*") if p.is_file()]
    return len(found), sum(found)
