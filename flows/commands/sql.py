"""taojin sql: read-only SQL over the published generation.

The database is opened read-only with external access off and its configuration locked, so a query can read the tables
and nothing else: no file, no network, no extension, no change.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from flows.commands.examples import ask, listing
from flows.terminal import OUT, as_json, literal, print_table, say, talk
from tasks.errors import UsageError
from tasks.storage.reader import open_published

FORMATS = ("table", "json", "csv", "parquet")
ROWS_AT_ONCE = 10_000
_MISSING_COLUMN = re.compile(r'Referenced column "(?P<name>[^"]*)" (?:was )?not found')
_MISSING_TABLE = re.compile(r"Table with name (?P<name>\S+) does not exist")


def run(warehouse: Path, query: str | None, fmt: str, output: Path | None) -> int:
    """Answer one query, or many from standard input: a terminal gets a prompt, a pipe is read whole."""
    if fmt not in FORMATS:
        raise UsageError(f"There is no format {fmt!r}.", f"Choose one of {', '.join(FORMATS)}.")
    if fmt == "parquet" and output is None:
        raise UsageError("Parquet is not text and needs a file.", "Add -o FILE.parquet.")
    with open_published(warehouse) as db:
        if query is None and sys.stdin.isatty():
            return _prompt(db, fmt)
        text = query if query not in (None, "-") else sys.stdin.read()
        if not text.strip():
            raise UsageError("The query is empty.", 'For example: taojin sql "select title, published_at from articles"')
        answer(db, text, fmt, output)
    return 0


def answer(db: duckdb.DuckDBPyConnection, text: str, fmt: str = "table", output: Path | None = None) -> None:
    """Run statements in turn and write each result. Raises UsageError with the place and the likely word."""
    values: dict[str, str] = {}
    if text.lstrip().startswith("."):
        text, values = _dot_command(text.strip())
    try:
        statements = db.extract_statements(text)
        relation = None
        for statement in statements:
            relation = db.sql(statement.query, params=values) if values else db.sql(statement.query)
            if relation is not None:
                _write(relation, fmt, output)
    except duckdb.Error as error:
        raise UsageError(*_explain(db, text, error)) from error


def _dot_command(text: str) -> tuple[str, dict[str, str]]:
    """A command's SQL and its parameters."""
    word, _, name = text.partition(" ")
    if word == ".tables":
        return (
            "select table_name as name, 'table' as kind, comment as description from duckdb_tables() where not internal "
            "union all select view_name, 'view', comment from duckdb_views() where not internal order by 2, 1"
        ), {}
    if word == ".schema" and name.strip():
        return (
            "select column_name, data_type, comment as description from duckdb_columns() where table_name = $name order by column_index"
        ), {"name": name.strip()}
    if word == ".examples":
        return listing(), {}
    if word == ".example" and name.strip():
        return ask(name)
    raise UsageError(f"There is no command {literal(word)}.", "There are .tables, .schema TABLE, .examples and .example NAME.")


def _write(relation: duckdb.DuckDBPyRelation, fmt: str, output: Path | None) -> None:
    if fmt == "table" and output is None:
        names, types = relation.columns, [str(t) for t in relation.types]
        right = [t.split("(")[0] in {"INTEGER", "BIGINT", "DOUBLE", "FLOAT", "DECIMAL", "HUGEINT", "SMALLINT", "UBIGINT"} for t in types]
        count = print_table(names, relation.fetchall(), right=right)
        if OUT.is_terminal:
            talk(f"{count:,} row{'' if count == 1 else 's'}", "dim")
        return
    batches = relation.to_arrow_reader(ROWS_AT_ONCE)
    if output is None:
        _write_text(batches, fmt, sys.stdout)
        return
    try:
        if fmt == "parquet":
            with pq.ParquetWriter(output, batches.schema, compression="zstd") as writer:
                for batch in batches:
                    writer.write_batch(batch)
        else:
            with output.open("w", encoding="utf-8", newline="") as file:
                _write_text(batches, fmt, file)
    except OSError as error:
        raise UsageError(f"Cannot write {output}: {error.strerror or error}.", "Name a file in a folder that exists.") from error
    talk(f"Written to {output}.")


def _write_text(batches: pa.RecordBatchReader, fmt: str, file) -> None:
    if fmt == "csv":
        sink = pa.BufferOutputStream()
        first = True
        for batch in batches:
            table = pa.table({f.name: _flat(batch.column(i)) for i, f in enumerate(batches.schema)}) if batch.num_columns else None
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=first))
            file.write(sink.getvalue().to_pybytes().decode("utf-8"))
            first = False
        if first:
            file.write(",".join(json.dumps(n, ensure_ascii=False) for n in batches.schema.names) + "\n")
        return
    if fmt == "table":
        names = batches.schema.names
        file.write("\t".join(names) + "\n")
        for batch in batches:
            for row in zip(*(batch.column(i).to_pylist() for i in range(batch.num_columns)), strict=True):
                file.write("\t".join("" if v is None else literal(v if isinstance(v, str) else as_json(v)) for v in row) + "\n")
        return
    file.write("[")
    between = "\n"
    for batch in batches:
        for row in batch.to_pylist():
            file.write(between + as_json(row))
            between = ",\n"
    file.write("\n]\n")


def _flat(column: pa.Array) -> pa.Array:
    """CSV has no lists, structs or bytes: they become JSON text, bytes become hex."""
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if v is None else (v.hex() if isinstance(v, bytes) else as_json(v)) for v in column.to_pylist()], pa.string())
    return column


def _prompt(db: duckdb.DuckDBPyConnection, fmt: str) -> int:
    """Read statements until end of file; a statement ends with a semicolon, an empty line or as a dot command."""
    try:
        import readline  # noqa: F401  line editing, where Python was built with it
    except ImportError:
        pass
    talk("Read-only SQL over the published tables. .tables lists them, .schema TABLE shows one, Ctrl-D leaves.", "dim")
    pending = ""
    while True:
        try:
            line = input("taojin> " if not pending else "   ...> ")
        except EOFError:
            say()
            return 0
        except KeyboardInterrupt:
            say()
            pending = ""
            continue
        if not pending and line.strip() in ("exit", "quit", ".exit", ".quit"):
            return 0
        pending = f"{pending}\n{line}" if pending else line
        if not pending.strip():
            pending = ""
            continue
        if line.rstrip().endswith(";") or not line.strip() or pending.lstrip().startswith("."):
            try:
                answer(db, pending, fmt)
            except UsageError as error:
                talk(str(error), "red")
            except KeyboardInterrupt:
                db.interrupt()
                talk("Stopped.")
            pending = ""


def _explain(db: duckdb.DuckDBPyConnection, text: str, error: duckdb.Error) -> tuple[str, str]:
    """DuckDB's message as one sentence and a next step; a misspelt name gets its nearest neighbour."""
    message = str(error).strip()
    if found := _MISSING_COLUMN.search(message):
        names = [r[0] for r in db.execute("select distinct column_name from duckdb_columns() where not internal").fetchall()]
        near = difflib.get_close_matches(found["name"], names, 1)
        return (
            f"There is no column {found['name']} in these tables.",
            f"Did you mean {near[0]}?" if near else "See the columns with .schema TABLE.",
        )
    if found := _MISSING_TABLE.search(message):
        names = [
            r[0] for r in db.execute("select table_name from duckdb_tables() union all select view_name from duckdb_views()").fetchall()
        ]
        near = difflib.get_close_matches(found["name"].rstrip("!").strip('"'), names, 1)
        return (f"There is no table {found['name'].rstrip('!')}.", f"Did you mean {near[0]}?" if near else "See the tables with .tables.")
    if isinstance(error, duckdb.PermissionException) or "read-only" in message or "disabled by configuration" in message:
        return (
            f"The published tables are read-only and closed to files and networks: {_first(message)}",
            "Write results with -o FILE.",
        )
    return _first(message), "Look at the place that the arrow marks." if "^" in message else "See taojin sql --help for examples."


def _first(message: str) -> str:
    head, _, rest = message.partition("\n\n")
    head = head.replace("\n", " ")
    return f"{head}\n{rest}" if "LINE" in rest else head
