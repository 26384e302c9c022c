"""What a published database lacks against a state of the truth, and how it gets there.

The database holds in `_files` what it was made of. Per batch and table, either nothing changed, or all the batch's rows
go and its files are read anew. A new database is the case in which nothing is there yet.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.catalog import PUBLISHED, TABLES
from schemas.contract import Table, quoted
from schemas.derive.ddl import identifier
from tasks.storage import computed
from tasks.storage.computed import listed
from tasks.storage.duplicates import update_duplicates
from tasks.storage.layout import Layout
from tasks.storage.records import FileRecord, State
from tasks.storage.steps import Steps
from tasks.text.scripts import simplified_of

COMPUTED = ("arrivals", "seed_files", "vocabulary", "corpus_stats", "traditional_map", "rules", "duplicate_pairs")
ORDER = {"terms": "term, tag, article_id"}  # the index under search: sorted, it is read by zones; others stay in file order
FILES_PER_INSERT = 500

_FILES = pa.schema([("owner", pa.string()), ("table_name", pa.string()), ("path", pa.string()), ("row_count", pa.int64())])
FILES_TABLE = (
    "CREATE TABLE _files (owner VARCHAR, table_name VARCHAR, path VARCHAR, row_count BIGINT)",
    "COMMENT ON TABLE _files IS 'One row is one file of the truth that this generation was made from.'",
)


@dataclass(frozen=True, slots=True)
class Change:
    """Difference between a database and a state, per table."""

    came: dict[str, list[FileRecord]]
    redone: dict[str, list[str]]  # table -> batch ids whose rows go first
    impossible: bool  # files left that cannot be told from their neighbours: the database must be made anew

    @property
    def rows(self) -> int:
        """Rows that come."""
        return sum(f.rows for files in self.came.values() for f in files)


def difference(con: duckdb.DuckDBPyConnection, state: State) -> Change:
    """What has to happen to the database's rows so that it shows the state."""
    had: dict[tuple[str, str], set[str]] = {}
    for owner, table, path in con.execute("SELECT owner, table_name, path FROM _files").fetchall():
        had.setdefault((owner, table), set()).add(path)
    has: dict[tuple[str, str], list[FileRecord]] = {}
    for owner, f in _owned(state):
        has.setdefault((owner, f.table), []).append(f)
    came: dict[str, list[FileRecord]] = {}
    redone: dict[str, list[str]] = {}
    impossible = False
    for (owner, table), paths in had.items():
        if paths - {f.path for f in has.get((owner, table), ())}:
            impossible |= owner not in state.batches
            redone.setdefault(table, []).append(owner)
    for (owner, table), files in has.items():
        known = set() if owner in redone.get(table, ()) else had.get((owner, table), set())
        came.setdefault(table, []).extend(f for f in files if f.path not in known)
    return Change({t: files for t, files in came.items() if files}, redone, impossible)


def bring_up(
    con: duckdb.DuckDBPyConnection, layout: Layout, state: State, change: Change, fresh: bool, scratch: Path, steps: Steps
) -> tuple[int, int]:
    """
    Carry a change out, computed tables included. Returns rows that came and rows that went.

    `scratch` is a folder for files that are read once; the caller removes it.
    """
    _find_leaving(con, state, change, scratch)
    gone = None if fresh else _terms_that_leave(con, change)
    steps.done("find what leaves")
    deleted = sum(_delete(con, name, ids) for name, ids in change.redone.items() if name in PUBLISHED and name not in COMPUTED)
    steps.done("delete")
    added = sum(_insert(con, layout, PUBLISHED[t], files) for t, files in change.came.items() if t in PUBLISHED and t not in COMPUTED)
    steps.done("insert")
    _compute(con, layout, change, gone, scratch, steps)
    list_files(con, state, scratch)
    for name in ("_leaving_docs", "_leaving_articles", "_gone_terms"):
        con.execute(f"DROP TABLE IF EXISTS temp.{name}")
    return added, deleted


def list_files(con: duckdb.DuckDBPyConnection, state: State, scratch: Path) -> None:
    """Say in the database what it is made of."""
    con.execute("DELETE FROM _files")
    rows = [{"owner": owner, "table_name": f.table, "path": f.path, "row_count": f.rows} for owner, f in _owned(state)]
    con.execute(f"INSERT INTO _files SELECT * FROM {_relation(scratch, pa.Table.from_pylist(rows, _FILES))}")


def _owned(state: State) -> list[tuple[str, FileRecord]]:
    """Every file with its batch; a run's own files have none: ''."""
    return [(b.batch_id, f) for b in state.batches.values() for f in b.files] + [("", f) for f in state.run_files]


def _relation(scratch: Path, table: pa.Table) -> str:
    """Rows of ours as a relation, however many."""
    path = scratch / f"{secrets.token_hex(6)}.parquet"
    pq.write_table(table, path)
    return f"read_parquet({quoted(str(path))})"


def _find_leaving(con: duckdb.DuckDBPyConnection, state: State, change: Change, scratch: Path) -> None:
    """Documents and articles of the batches that are done anew, found before any of them is deleted."""
    pairs = [(b, f) for b in sorted({b for ids in change.redone.values() for b in ids}) for f in state.batches[b].file_ids]
    owners = pa.table({"batch_id": pa.array([b for b, _ in pairs], pa.string()), "file_id": pa.array([f for _, f in pairs], pa.string())})
    con.execute(
        "CREATE TEMP TABLE _leaving_docs AS SELECT o.batch_id, d.doc_id FROM documents AS d "
        f"JOIN {_relation(scratch, owners)} AS o USING (file_id)"
    )
    con.execute(
        "CREATE TEMP TABLE _leaving_articles AS SELECT l.batch_id, a.article_id FROM articles AS a JOIN _leaving_docs AS l USING (doc_id)"
    )


def _of(name: str, batch_ids: list[str]) -> str:
    """SQL that holds for a table's rows of some batches."""
    key, leaving = ("doc_id", "_leaving_docs") if "doc_id" in TABLES[name] else ("article_id", "_leaving_articles")
    return f"{key} IN (SELECT {key} FROM {leaving} WHERE batch_id IN (SELECT unnest({listed(batch_ids)})))"


def _delete(con: duckdb.DuckDBPyConnection, name: str, batch_ids: list[str]) -> int:
    return con.execute(f"DELETE FROM {identifier(name)} WHERE {_of(name, batch_ids)}").fetchone()[0]


def _terms_that_leave(con: duckdb.DuckDBPyConnection, change: Change) -> str:
    """What the rows that are about to go have added to the vocabulary."""
    terms = _of("terms", change.redone["terms"]) if "terms" in change.redone else "false"
    con.execute(f"CREATE TEMP TABLE _gone_terms AS {computed.VOCABULARY.format(source='terms', only=terms)}")
    return "_gone_terms"


def _insert(con: duckdb.DuckDBPyConnection, layout: Layout, table: Table, files: list[FileRecord]) -> int:
    order = f"ORDER BY {ORDER[table.name]}" if table.name in ORDER else ""
    size = len(files) if order else FILES_PER_INSERT
    added = 0
    for i in range(0, len(files), size):
        source, columns = _source(con, layout, table, files[i : i + size])
        names = ", ".join(identifier(c) for c in columns)
        added += con.execute(f"INSERT INTO {identifier(table.name)} ({names}) SELECT {names} FROM {source} {order}").fetchone()[0]
    return added


def _source(con: duckdb.DuckDBPyConnection, layout: Layout, table: Table, files: list[FileRecord]) -> tuple[str, list[str]]:
    """Files as a relation, with the columns of the contract that they have: older files lack younger columns."""
    paths = listed([str(layout.path(f)) for f in files])
    for source in (f"read_parquet({paths})", f"read_parquet({paths}, union_by_name = true)"):
        found = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        if found >= set(table.names):
            break
    return source, [c for c in table.names if c in found]


def _compute(con: duckdb.DuckDBPyConnection, layout: Layout, change: Change, gone: str | None, scratch: Path, steps: Steps) -> None:
    def came(name: str, columns: str) -> str:
        files = change.came.get(name, [])
        paths = listed([str(layout.path(f)) for f in files])
        return f"read_parquet({paths}, union_by_name = true)" if files else f"(SELECT {columns} WHERE false)"

    packs = came("contents", "'' AS file_id, 0 AS size_bytes, '' AS media_type")
    events = came("arrival_events", "'' AS uri, '' AS name, '' AS file_id, 0 AS size_bytes, NULL::TIMESTAMP AS modified_at, "
                  "NULL::TIMESTAMP AS seen_at, 0 AS run_id, '' AS event")
    computed.update_seed_files(con, packs, events)
    if "arrival_events" in change.came:
        computed.update_arrivals(con, events)
    computed.name_seed_files(con)
    for f in change.came.get("rules", ()):
        computed.update_rules(con, str(layout.path(f)))
    steps.done("seed files, arrivals, rules")
    if gone is None:
        computed.replace_vocabulary(con)
        pairs = sorted(simplified_of().items())
        folds = pa.table({"hant": [a for a, _ in pairs], "hans": [b for _, b in pairs]})
        con.execute(f"INSERT INTO traditional_map SELECT hant, hans FROM {_relation(scratch, folds)}")
    else:
        terms = came("terms", "'' AS term, '' AS article_id, 0 AS tf")
        fresh = f"({computed.VOCABULARY.format(source=terms, only='true')})"
        computed.add_up(con, "vocabulary", ("term",), ("df", "cf"), gone, fresh)
    computed.replace_stats(con)
    steps.done("vocabulary")
    signatures = came("signatures", "") if "signatures" in change.came else None
    update_duplicates(con, signatures, _of("signatures", change.redone["signatures"]) if "signatures" in change.redone else None)
    steps.done("duplicates")
