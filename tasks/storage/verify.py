"""Verify: does the warehouse hold what its record says, and do the laws hold in it?

    manifests     each follows the one before; snapshots say the same
    files         there, with their digest and rows
    contents      each content hashes to its name (law C)
    laws A and B, places of children, batch by batch, every character
    publication   shows the newest state, table by table row for row

Nothing is changed. A finding names the batch and the next step; an empty list is a clean bill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.catalog import PUBLISHED, TABLES
from schemas.contract import quoted
from schemas.derive.ddl import identifier
from schemas.ids import file_id
from tasks.errors import BrokenWarehouse, TaojinError
from tasks.storage import journal, laws, manifests
from tasks.storage.computed import VOCABULARY, listed
from tasks.storage.damage import fault_of
from tasks.storage.increment import COMPUTED
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table
from tasks.storage.publish import needs_publication
from tasks.storage.reader import current_path
from tasks.storage.records import BatchRecord, FileRecord, State
from tasks.storage.sweep import orphans

REBUILD = "`taojin verify --mend` publishes it anew from the truth."
MOST_OF_A_KIND = 20  # findings shown of one kind in one batch; the last says how many more there are


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what, where, and what to do."""

    kind: str  # manifest | journal | file | contents | law A | law B | places | publication
    message: str
    batch_id: str | None = None
    path: str | None = None
    next_step: str = ""


def verify(root: str | Path, deep: bool = True) -> list[Finding]:
    """
    Every fault of a warehouse. Without `deep`: manifests, digests and row counts only.

    Raises nothing for a damaged warehouse: damage is what it is for.
    """
    layout = Layout.of(root)
    found = list(_manifests(layout))
    try:
        state = manifests.load_state(layout)
    except BrokenWarehouse as error:
        return found or [Finding("manifest", error.message, next_step=error.hint)]
    found += _second_copy(layout, state)
    for batch in state.batches.values():
        faults = [f for r in batch.files for f in _file(layout, r, batch.batch_id)]
        found += faults
        if deep and not faults:
            found += _batch(layout, batch)
    found += [f for r in state.run_files for f in _file(layout, r, None)]
    found += _publication(layout, state, deep, {f.path for f in found if f.kind == "file" and f.path})
    return found


def _manifests(layout: Layout) -> Iterator[Finding]:
    deltas, snapshots = manifests.numbers(layout)
    state = State()
    first = min(deltas, default=max(snapshots, default=0) + 1)
    anchor = max((n for n in snapshots if n < first != 1), default=0)  # it stands for what compaction took
    if anchor:
        try:
            state = manifests.read_snapshot(layout, anchor)
        except BrokenWarehouse as error:
            yield _of_manifest(layout.relative(layout.snapshot(anchor)), error)
            return
    for number in deltas:
        path = layout.relative(layout.manifest(number))
        try:
            delta, previous, digest, version = manifests.read_delta(layout, number)
        except BrokenWarehouse as error:
            yield _of_manifest(path, error)
            return
        if previous != state.digest or number != state.number + 1:
            lost = number != state.number + 1
            message = f"Manifest {state.number + 1} is missing." if lost else f"Manifest {number} does not follow the one before it."
            yield Finding("manifest", message, path=layout.relative(layout.manifest(state.number + 1)), next_step=manifests.MEND)
            return
        state = state.apply(delta, number, digest, version)
        if number in snapshots:
            try:
                same = manifests.read_snapshot(layout, number) == state
            except BrokenWarehouse:
                same = False
            if not same:
                yield Finding("manifest", f"Snapshot {number} does not say what the manifests up to it say.",
                              path=layout.relative(layout.snapshot(number)), next_step=manifests.MEND)
    if max(snapshots, default=0) > state.number:
        yield Finding("manifest", f"Manifest {max(snapshots)} is missing, though its snapshot is there.",
                      path=layout.relative(layout.manifest(max(snapshots))), next_step=manifests.MEND)


def _second_copy(layout: Layout, state: State) -> Iterator[Finding]:
    if state.number and journal.stands_at(layout) != state.digest:
        yield Finding("journal", "The second copy of the manifests is missing, damaged or behind.", path=layout.relative(layout.journal),
                      next_step="Nothing is lost: the next `taojin ingest` writes it anew.")
    elif not state.number and any(layout.truth.glob("contents/*.parquet")):
        yield Finding("manifest", "There are packs of bytes, and neither manifests nor their copy in log/ say what they are.",
                      next_step="Restore manifests/ or log/manifests.jsonl from a backup; `taojin verify --mend` makes a new record.")


def strays(layout: Layout) -> tuple[int, int]:
    """Files in the truth that no manifest names, and their bytes: what killed runs, compaction and mending left."""
    found = orphans(layout, manifests.load_state(layout))
    return len(found), sum(p.lstat().st_size for p in found)


def _of_manifest(path: str, error: BrokenWarehouse) -> Finding:
    return Finding("manifest", error.message, path=path, next_step=error.hint)


def _file(layout: Layout, record: FileRecord, batch_id: str | None) -> Iterator[Finding]:
    what = fault_of(layout, record)
    if not what:
        try:
            rows = pq.read_metadata(layout.path(record)).num_rows
        except (OSError, pa.ArrowException):
            rows = -1
        what = "" if rows == record.rows else "has other rows than its manifest says"
    if what:
        message = f"A file of {record.table} with {record.rows:,} rows {what}."
        yield Finding("file", message, batch_id, record.path, _mend(record.table, batch_id))


def _mend(table: str, batch_id: str | None) -> str:
    if batch_id is None:
        return "`taojin verify --mend` takes its rows from the current generation, if that shows them; else restore it from a backup."
    if table == "contents":
        return "It holds the bytes themselves: `taojin verify --mend` reads the files in again where they still are, and says what is lost."
    return f"`taojin verify --mend` computes batch {batch_id} again from its bytes."


def _batch(layout: Layout, batch: BatchRecord) -> Iterator[Finding]:
    tables = {t: read_table([layout.path(f) for f in batch.of(t)], schema=TABLES[t].arrow) for t in {*_CHECKED, *laws.SPANS}}
    held: dict[str, bytes] = {}
    for f in batch.of("contents"):
        for rows in pq.ParquetFile(layout.path(f)).iter_batches(64, columns=["file_id", "data"]):
            for name, data in zip(rows["file_id"].to_pylist(), rows["data"], strict=True):
                if file_id(data.as_py()) != name:
                    yield Finding("contents", f"The bytes kept as {name} have another hash (law C).", batch.batch_id, f.path,
                                  _mend("contents", batch.batch_id))
                held[name] = data
    for missing in sorted(set(batch.file_ids) - set(held)):
        yield Finding("contents", f"The bytes of {missing} are not kept (law C).", batch.batch_id, None, _mend("contents", batch.batch_id))
    faults = [
        *laws.law_a(tables["documents"], tables["articles"], tables["kept"], tables["edits"]),
        *laws.law_b(tables["documents"], tables["decodings"], {n: d.as_py for n, d in held.items()}),
        *laws.places_in_articles(tables["articles"], tables),
    ]
    yield from _findings(faults, batch.batch_id)


_CHECKED = ("documents", "decodings", "articles", "kept", "edits", "terms")


def _findings(faults: list[laws.Fault], batch_id: str) -> Iterator[Finding]:
    step = f"`taojin verify --mend` computes batch {batch_id} again from its bytes; if the fault stays, report it: a stage is wrong."
    for kind in dict.fromkeys(k for k, _ in faults):
        said = [s for k, s in faults if k == kind]
        for sentence in said[:MOST_OF_A_KIND]:
            yield Finding(kind, f"{sentence[0].upper()}{sentence[1:]}.", batch_id, None, step)
        if len(said) > MOST_OF_A_KIND:
            yield Finding(kind, f"{len(said) - MOST_OF_A_KIND} more of this kind.", batch_id, None, step)


def _publication(layout: Layout, state: State, deep: bool, faulty: set[str]) -> Iterator[Finding]:
    if not state.generation:
        return
    try:
        path = current_path(layout.root)
    except TaojinError as error:
        yield Finding("publication", error.message, next_step=REBUILD)
        return
    if needs_publication(layout, state):
        yield Finding("publication", f"Generation {state.generation} is committed and not published.", path=path.name,
                      next_step="The next `taojin ingest` publishes it.")
        return
    try:
        with duckdb.connect() as con:
            con.execute(f"ATTACH {quoted(str(path))} AS shown (READ_ONLY)")
            for message in _differences(con, layout, state, deep, faulty):
                yield Finding("publication", message, path=path.name, next_step=REBUILD)
    except duckdb.Error as error:
        yield Finding("publication", f"The database cannot be read ({str(error).splitlines()[0]}).", path=path.name, next_step=REBUILD)


def _differences(con: duckdb.DuckDBPyConnection, layout: Layout, state: State, deep: bool, faulty: set[str]) -> Iterator[str]:
    if con.execute("SELECT manifest_digest FROM shown._publication").fetchone() != (state.digest,):
        yield f"It does not show manifest {state.number}."
    files: dict[str, list[str]] = {}
    rows: dict[str, int] = {}
    at_fault = {f.table for f in state.files() if f.path in faulty}
    for f in state.files():
        files.setdefault(f.table, []).append(str(layout.path(f)))
        rows[f.table] = rows.get(f.table, 0) + f.rows
    for name, table in PUBLISHED.items():
        if name in COMPUTED:
            continue
        (shown,) = con.execute(f"SELECT count(*) FROM shown.{identifier(name)}").fetchone()
        if shown != rows.get(name, 0):
            yield f"{name} shows {shown:,} rows, the truth has {rows.get(name, 0):,}."
        elif deep and shown and name not in at_fault:
            columns = [identifier(c.name) + ("::VARCHAR" if c.json else "") for c in table.columns]
            sums = [
                con.execute(f"SELECT sum(hash({', '.join(columns)})::HUGEINT) FROM {source}").fetchone()[0]
                for source in (f"shown.{identifier(name)}", f"read_parquet({listed(files[name])}, union_by_name = true)")
            ]
            if sums[0] != sums[1]:
                yield f"{name} shows other rows than the truth has."
    yield from _computed(con, state) if deep else ()


def _computed(con: duckdb.DuckDBPyConnection, state: State) -> Iterator[str]:
    said = VOCABULARY.format(source="shown.terms", only="true")
    for here, there in ((said, "SELECT term, df, cf FROM shown.vocabulary"), ("SELECT term, df, cf FROM shown.vocabulary", said)):
        if con.execute(f"SELECT 1 FROM ({here} EXCEPT ALL {there}) LIMIT 1").fetchone():
            yield "vocabulary does not follow from terms."
            break
    known = pa.table({"file_id": pa.array(sorted(state.file_batch), pa.string())})
    con.register("known_files", known)
    if con.execute("SELECT 1 FROM (SELECT file_id FROM known_files EXCEPT ALL SELECT file_id FROM shown.seed_files) LIMIT 1").fetchone():
        yield "seed_files lacks contents that the truth has."
