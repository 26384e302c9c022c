"""Write an export: a temporary folder beside the target, filled and on disk, then renamed.

    done = export(warehouse, target, "parquet", tables=(), masked=False)

One connection reads one generation, whatever is published meanwhile. Only an empty folder or an earlier export that nobody added to is
replaced. File and folder names come from tables' names and years, never from crawled values.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.export import delta
from flows.export.card import Made, Part, card
from flows.export.masked import SAFE, WHY, Spans, mask_batch
from flows.run import now, pipeline_version
from flows.terminal import as_json
from tasks.errors import UsageError
from tasks.storage.durable import full_disk_told, sync_file, sync_folder
from tasks.storage.reader import open_published

FORMATS = ("parquet", "delta", "jsonl", "hf")
MARK = "export.json"
ROWS_AT_ONCE = 10_000
ROWS_OF_FILE = {"parquet": 1_000_000, "delta": 1_000_000, "jsonl": 100_000, "hf": 100_000}
YEAR = "published_year"
# A folder for articles whose year is unknown. Hive's name for NULL stops pandas.read_parquet (pyarrow 26: "Cannot yet unify dictionaries
# with nulls"), and a word would make the years strings; in Delta the log says NULL.
UNKNOWN = {"parquet": "0", "delta": "__HIVE_DEFAULT_PARTITION__"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
ARTICLES_AS_OBJECTS = """
SELECT a.*, coalesce(m.metadata, []) AS metadata, coalesce(k.keywords, []) AS keywords FROM articles_current AS a
LEFT JOIN (SELECT article_id, list({'field': field, 'value': value} ORDER BY field, value_no) AS metadata FROM article_metadata
           GROUP BY article_id) AS m USING (article_id)
LEFT JOIN (SELECT article_id, list(term ORDER BY rank) AS keywords FROM (SELECT article_id, term, min(rank) AS rank FROM keywords
           GROUP BY article_id, term) GROUP BY article_id) AS k USING (article_id)
ORDER BY a.published_at NULLS LAST, a.article_id
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    fmt: str
    generation: int
    parts: Sequence[Part]
    left_out: Mapping[str, str]

    @property
    def bytes(self) -> int:
        return sum(p.bytes for p in self.parts)


@dataclass
class _Folder:
    """A folder that is being filled."""

    path: Path
    files: list[dict[str, Any]] = field(default_factory=list)

    def wrote(self, path: Path, rows: int) -> None:
        sync_file(path)
        with path.open("rb") as file:
            digest = sha256()
            while data := file.read(1 << 20):
                digest.update(data)
        self.files.append({"path": path.relative_to(self.path).as_posix(), "rows": rows, "bytes": path.stat().st_size,
                           "sha256": digest.hexdigest()})  # fmt: skip

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        self.wrote(path, 0)


def export(warehouse: Path, target: Path, fmt: str, tables: Sequence[str] = (), masked: bool = False) -> Exported:
    """
    Write tables (default: all that are published) as "parquet" or "delta", or articles as "jsonl" or "hf".

    Raises UsageError for a table that is not there and a target that holds something else.
    """
    target = Path(os.path.realpath(target))
    expect_replaceable(target)
    if tables and fmt in ("jsonl", "hf"):
        raise UsageError(f"--{fmt} holds articles only.", "Take --table away, or use --parquet or --delta.")
    with open_published(warehouse) as db, _filled(target) as folder:
        meanings = _meanings(db)
        chosen, left_out = _chosen(meanings, tables, fmt, masked)
        spans = _spans(db) if masked else {}
        generation, run_id = db.execute("SELECT max(generation), max(run_id) FROM runs").fetchone()
        generation = _generation(db, generation)
        at = now()
        if fmt in ("jsonl", "hf"):
            sql = ARTICLES_AS_OBJECTS if fmt == "jsonl" else "SELECT * FROM articles_current ORDER BY published_at NULLS LAST, article_id"
            parts = [_articles(db, sql, fmt, folder, meanings["articles"], spans if masked else None)]
        else:
            parts = [_table(db, name, fmt, folder, meanings[name], spans if masked else None, at) for name in chosen]
        made = Made(fmt, generation, run_id, pipeline_version(), at.isoformat(" ", "seconds"), masked, left_out)
        folder.write("README.md", card(parts, made))
        mark = {"taojin_export": 1, "format": fmt, "generation": generation, "run_id": run_id, "made_by": f"taojin {made.version}",
                "made_at": at.isoformat(), "masked": masked, "left_out": dict(left_out), "files": folder.files}  # fmt: skip
        (folder.path / MARK).write_text(json.dumps(mark, ensure_ascii=False, indent=1) + "\n", "utf-8")
        sync_file(folder.path / MARK)
    return Exported(target, fmt, generation, parts, left_out)


def expect_replaceable(target: Path) -> None:
    """Raises UsageError where the folder holds anything that an earlier export did not write."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is a file.", "Name a folder, new, empty or of an earlier export.")
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if not p.is_dir() or p.is_symlink()}
    if not there:
        return
    try:
        mark = json.loads((target / MARK).read_text("utf-8"))
        known = {f["path"] for f in mark["files"]} | {MARK} if mark["taojin_export"] else set()
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            f"{target} is not empty and no earlier export.", "Name a folder that is new, empty or an earlier export."
        ) from None
    if strange := sorted(there - known):
        raise UsageError(
            f"{target} holds files that no export wrote, such as {strange[0][:200]!r}.", "Move them away, or export into another folder."
        )


@contextmanager
def _filled(target: Path) -> Iterator[_Folder]:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    old = temporary.with_suffix(".old")
    try:
        with full_disk_told(target.parent):
            temporary.mkdir()
            yield _Folder(temporary)
            for path in [p for p in temporary.rglob("*") if p.is_dir()]:
                sync_folder(path)
            sync_folder(temporary)
            with suppress(FileNotFoundError):
                expect_replaceable(target)  # somebody may have put something there meanwhile
                os.rename(target, old)
            os.rename(temporary, target)
            sync_folder(target.parent)
    except BaseException:
        if old.exists() and not target.exists():
            os.rename(old, target)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Meaning:
    name: str
    description: str
    columns: Sequence[tuple[str, str, str]]  # name, type, comment

    @property
    def comments(self) -> dict[str, str]:
        return {name: comment for name, _, comment in self.columns}


def _meanings(db: duckdb.DuckDBPyConnection) -> dict[str, _Meaning]:
    """Published tables with the dictionary's words, as this generation has them."""
    columns: dict[str, list[tuple[str, str, str]]] = {}
    for table, name, kind, comment in db.execute(
        "SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() WHERE NOT internal ORDER BY column_index"
    ).fetchall():
        columns.setdefault(table, []).append((name, kind, comment))
    found = db.execute("SELECT table_name, coalesce(comment, '') FROM duckdb_tables() WHERE NOT internal ORDER BY 1").fetchall()
    return {name: _Meaning(name, comment, columns[name]) for name, comment in found if _NAME.fullmatch(name)}


def _chosen(meanings: Mapping[str, _Meaning], tables: Sequence[str], fmt: str, masked: bool) -> tuple[list[str], dict[str, str]]:
    if unknown := [t for t in tables if t not in meanings]:
        raise UsageError(f"There is no table {unknown[0][:100]!r}.", f"There are {', '.join(meanings)}.")
    wanted = list(dict.fromkeys(tables)) or list(meanings)
    if not masked or fmt in ("jsonl", "hf"):
        return wanted, {}
    left_out = {t: WHY for t in wanted if t not in SAFE}
    if tables and left_out:
        raise UsageError(f"{', '.join(left_out)} cannot be masked: {WHY}.", f"With mask_private these can be exported: {', '.join(SAFE)}.")
    return [t for t in wanted if t in SAFE], left_out


def _generation(db: duckdb.DuckDBPyConnection, fallback: int | None) -> int:
    """The number in the file's name, which is what `taojin path` shows."""
    (path,) = db.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchone()
    found = re.search(r"-(\d+)\.duckdb\Z", path or "")
    return int(found[1]) if found else int(fallback or 0)


def _spans(db: duckdb.DuckDBPyConnection) -> Spans:
    found: dict[str, list[tuple[int, int, str]]] = {}
    for article, start, stop, shown in db.execute("SELECT article_id, start, stop, masked FROM private_data").fetchall():
        found.setdefault(article, []).append((start, stop, shown))
    return found


def _batches(db: duckdb.DuckDBPyConnection, sql: str, spans: Spans | None) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    reader = db.cursor().execute(sql).to_arrow_reader(ROWS_AT_ONCE)  # of its own: another query would end it
    return reader.schema, (batch if spans is None else mask_batch(batch, spans) for batch in reader)


def _table(
    db: duckdb.DuckDBPyConnection, name: str, fmt: str, folder: _Folder, meaning: _Meaning, spans: Spans | None, at: datetime
) -> Part:
    """One table as a folder of Parquet files; articles by the year in which they were published."""
    by_year = {"published_at", "article_id"} <= meaning.comments.keys()
    sql = f'SELECT * FROM "{name}"'
    if by_year:
        sql = f'SELECT *, CAST(year(published_at) AS INTEGER) AS {YEAR} FROM "{name}" ORDER BY {YEAR} NULLS LAST, published_at, article_id'
    schema, batches = _batches(db, sql, spans)
    data = pa.schema([f for f in schema if not (by_year and f.name == YEAR)])
    as_text = [f.name for f in data if not delta.is_known(f.type)] if fmt == "delta" else []
    data = pa.schema([f.with_type(pa.string()) if f.name in as_text else f for f in data])
    kept = delta.storable(data) if fmt == "delta" else data
    described = pa.schema(
        [f.with_metadata({"description": meaning.comments.get(f.name, "")}) for f in kept],
        metadata={"table": name, "grain": meaning.description},
    )
    root = folder.path / name
    root.mkdir()
    added: list[delta.Added] = []
    open_year: object = ()
    writer: pq.ParquetWriter | None = None
    path, rows = root, 0

    def close() -> None:
        nonlocal writer
        if writer is not None:
            writer.close()
            folder.wrote(path, rows)
            partition = {YEAR: None if open_year is None else str(open_year)} if by_year else {}
            added.append(delta.Added(path.relative_to(root).as_posix(), rows, path.stat().st_size, partition))
            writer = None

    for batch in batches:
        for year, piece in _by_year(batch) if by_year else ((None, batch),):
            if writer is None or (by_year and year != open_year) or rows + piece.num_rows > ROWS_OF_FILE[fmt]:
                close()
                open_year, rows = year, 0
                place = root / f"{YEAR}={UNKNOWN[fmt] if year is None else year}" if by_year else root
                place.mkdir(exist_ok=True)
                path = place / f"part-{len(added):05d}.parquet"
                writer = pq.ParquetWriter(path, described, compression="zstd")
            writer.write_table(_cast(piece.select(data.names), as_text, kept, described))
            rows += piece.num_rows
    if writer is None and not added:  # a reader wants the columns of an empty table too
        path = root / "part-00000.parquet"
        if not by_year:
            writer = pq.ParquetWriter(path, described, compression="zstd")
    close()
    if by_year and not added and fmt == "parquet":
        path.parent.mkdir(exist_ok=True)
        pq.write_table(described.empty_table(), path, compression="zstd")
        folder.wrote(path, 0)
    partitioned = (YEAR,) if by_year else ()
    if fmt == "delta":
        comments = meaning.comments | {YEAR: "Year of published_at; NULL where it is unknown."}
        whole = kept.append(pa.field(YEAR, pa.int32())) if by_year else kept
        (root / delta.LOG.parent).mkdir()
        made_at = int((at - datetime(1970, 1, 1)).total_seconds() * 1000)
        folder.write(f"{name}/{delta.LOG.as_posix()}", delta.log(name, meaning.description, whole, comments, partitioned, added, made_at))
    rows, size = sum(a.rows for a in added), sum(a.bytes for a in added)
    return Part(name, meaning.description, meaning.columns, rows, len(added), size, partitioned)


def _by_year(batch: pa.RecordBatch) -> Iterator[tuple[int | None, pa.RecordBatch]]:
    """Pieces of one year; rows come in that order."""
    years = batch.column(YEAR).to_pylist()
    start = 0
    for n in range(1, len(years) + 1):
        if n == len(years) or years[n] != years[start]:
            yield years[start], batch.slice(start, n - start)
            start = n


def _cast(batch: pa.RecordBatch, as_text: Sequence[str], kept: pa.Schema, described: pa.Schema) -> pa.Table:
    columns = []
    for f in kept:
        column = batch.column(f.name)
        if f.name in as_text:
            column = pa.array([None if v is None else as_json(v) for v in column.to_pylist()], pa.string())
        columns.append(column if column.type == f.type else column.cast(f.type))
    return pa.Table.from_arrays(columns, schema=described)


def _articles(
    db: duckdb.DuckDBPyConnection, sql: str, fmt: str, folder: _Folder, meaning: _Meaning, spans: Spans | None
) -> Part:
    """Articles, a row or an object each, in files of so many rows: the current ones, because two versions of a page mislead a reader."""
    schema, batches = _batches(db, sql, spans)
    (folder.path / "data").mkdir()
    total = db.execute("SELECT count(*) FROM articles_current").fetchone()[0]
    most = ROWS_OF_FILE[fmt]
    shards = max(-(-total // most), 1)
    whole = _rechunked(batches, most)
    size = rows = 0
    for n in range(shards):
        name = f"train-{n:05d}-of-{shards:05d}.parquet" if fmt == "hf" else f"articles-{n:05d}.jsonl"
        path = folder.path / "data" / name
        chunk = next(whole, [])
        if fmt == "hf":
            with pq.ParquetWriter(path, schema, compression="zstd") as writer:
                for batch in chunk:
                    writer.write_batch(batch)
        else:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                for batch in chunk:
                    file.writelines(as_json(_object(row)) + "\n" for row in batch.to_pylist())
        count = sum(b.num_rows for b in chunk)
        folder.wrote(path, count)
        rows, size = rows + count, size + path.stat().st_size
    columns = list(meaning.columns)
    if fmt == "jsonl":
        columns += [("metadata", "OBJECT", "What the page says of the article: each field with the list of its values."),
                    ("keywords", "VARCHAR[]", "Keywords, best first.")]  # fmt: skip
    return Part("articles", meaning.description, columns, rows, shards, size)


def _rechunked(batches: Iterator[pa.RecordBatch], most: int) -> Iterator[list[pa.RecordBatch]]:
    """Batches in groups of exactly `most` rows, the last one smaller."""
    group: list[pa.RecordBatch] = []
    room = most
    for batch in batches:
        while batch.num_rows:
            piece = batch.slice(0, room)
            batch = batch.slice(piece.num_rows)
            group.append(piece)
            room -= piece.num_rows
            if not room:
                yield group
                group, room = [], most
    if group:
        yield group


def _object(row: dict[str, Any]) -> dict[str, Any]:
    metadata: dict[str, list[str]] = {}
    for told in row["metadata"]:
        metadata.setdefault(told["field"], []).append(told["value"])
    return row | {"metadata": metadata}
