"""Migrate: a warehouse that an older taojin wrote becomes one of this schema version, in one commit.

What was computed needs no migration: fingerprints hold the shapes of the tables, so that batches of older shapes are computed again
from their bytes. Bytes and runs' own rows cannot be computed again: their files are read as they are, renamed, filled and widened as
the steps say, and written anew. A column that is new and may be NULL needs no step at all.

    older version     brought here step by step by the next command that writes; readers of the published generation notice nothing
    newer version     refused with a sentence, by every command

The files of before stay until a sweep finds them a day old, and the commit is the manifest: a migration that is killed has not
happened, and the next command begins it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.catalog import TABLES
from tasks.errors import BrokenWarehouse
from tasks.storage.commit import RUN_STAGE, commit
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table, staged
from tasks.storage.records import SCHEMA_VERSION, Delta, FileRecord, State


@dataclass(frozen=True, slots=True)
class Step:
    """What changed from the version before to this one, for rows that cannot be computed again."""

    version: int
    why: str
    renamed_tables: Mapping[str, str] = field(default_factory=dict)  # old -> new
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # table -> old column -> new column
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # table -> new column -> what rows of before have there
    dropped: tuple[str, ...] = ()  # tables that are no more


STEPS = (
    Step(2, "Manifests are sealed over their text and have a second copy in log/; snapshots hold files as rows. No table changed."),
)


def migrate(layout: Layout, state: State, steps: Sequence[Step] = STEPS) -> tuple[State, list[str]]:
    """The state under this schema version, and what was done in sentences. The caller holds the lock. Raises BrokenWarehouse."""
    if not state.number or state.schema_version >= max((s.version for s in steps), default=SCHEMA_VERSION):
        return state, []
    due = sorted((s for s in steps if s.version > state.schema_version), key=lambda s: s.version)
    made: list[FileRecord] = []
    gone: list[str] = []
    for record in state.run_files:
        table = _name(record.table, due)
        if table == record.table and not _differs(layout, record, due):
            continue
        gone.append(record.path)
        if table is not None:
            fresh = staged(layout, layout.run_staging(0), table, RUN_STAGE, _as_now(layout, record, table, due))
            made += [fresh] if fresh else []
    before = state.schema_version
    generation = state.generation + 1 if state.generation else None  # what is shown says of which commit it is: it is published anew
    state = commit(layout, state, Delta(run_files=tuple(made), dropped_run_files=tuple(gone), generation=generation))
    files = f" {len(gone):,} files of runs' own rows were written anew." if gone else ""
    return state, [f"Migrated from schema version {before} to {state.schema_version}: {' '.join(s.why for s in due)}{files}"]


def _name(table: str, steps: Sequence[Step]) -> str | None:
    """What a table is called now; None where it is no more."""
    for step in steps:
        if table in step.dropped:
            return None
        table = step.renamed_tables.get(table, table)
    return table


def _differs(layout: Layout, record: FileRecord, steps: Sequence[Step]) -> bool:
    """Whether a file's rows have to be written anew: a step speaks of its table, or a column has another type now."""
    if record.table not in TABLES or any(record.table in s.renamed or record.table in s.values for s in steps):
        return True
    now = TABLES[record.table].arrow
    then = pq.read_schema(layout.path(record))
    return any(f.name in now.names and now.field(f.name).type != f.type for f in then)


def _as_now(layout: Layout, record: FileRecord, table: str, steps: Sequence[Step]) -> pa.Table:
    """A file's rows in the columns of the contract."""
    rows, name = read_table([layout.path(record)]), record.table
    for step in steps:
        name = step.renamed_tables.get(name, name)
        columns = step.renamed.get(name, {})
        rows = rows.rename_columns([columns.get(c, c) for c in rows.column_names])
        for column, value in step.values.get(name, {}).items():
            if column not in rows.column_names:
                rows = rows.append_column(column, pa.array([value] * rows.num_rows))
    missing = [c.name for c in TABLES[table].columns if not c.nullable and c.name not in rows.column_names]
    if missing and rows.num_rows:
        raise BrokenWarehouse(
            f"{record.path} has no column {', '.join(missing)}, and no migration says what its rows have there.",
            "Nothing was changed. Use the taojin that wrote this warehouse, and report this.",
        )
    schema, have = TABLES[table].arrow, rows.column_names
    columns = [rows[f.name].cast(f.type) if f.name in have else pa.nulls(rows.num_rows, f.type) for f in schema]
    return pa.table(columns, schema=schema)
