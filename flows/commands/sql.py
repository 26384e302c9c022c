"""taojin sql: read-only SQL over the published generation, one query or a prompt.

Queries run in a process of their own (sql_session.py): the database is open read-only with external access off and its
configuration locked, so a query can read the tables and nothing else: no file, no network, no extension, no change; and it is ended
when it takes too long or too much.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from rich.cells import cell_len

from flows.commands.examples import ask, listing
from flows.commands.sql_session import Limits, QueryError, Result, Session, sentence
from flows.settings import parse_size
from flows.terminal import OUT, as_json, cell, literal, print_table, say, talk, widths
from tasks.errors import UsageError
from tasks.storage.reader import current_path

FORMATS = ("table", "json", "csv", "parquet")
ROWS_IN_TERMINAL = 10_000
PLAN = ["explain_key", "explain_value"]  # the columns of EXPLAIN
LONGEST = 200  # characters of a value that takes a line because the columns do not fit
NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",
           "DOUBLE", "DECIMAL"}  # fmt: skip
COMMANDS = {
    ".tables": ("", "tables, views and macros"),
    ".schema": ("[NAME]", "columns of a table or view, what a macro is; of all without a name"),
    ".examples": ("", "example queries"),
    ".example": ("NAME [parameter=value ...]", "run one of them"),
}
_MISSING_COLUMN = re.compile(r'Referenced column "(?P<name>[^"]*)" (?:was )?not found|does not have a column named "(?P<other>[^"]*)"')
_CANDIDATE = re.compile(r'"([^"]+)"')
_MISSING_TABLE = re.compile(r"Table with name (?P<name>\S+) does not exist")
_MISSING_FUNCTION = re.compile(r"(?:Table |Scalar )?Function with name (?P<name>\S+) does not exist", re.I)
_CLOSED = re.compile(r"read-only|disabled by configuration|configuration has been locked|file system operations are disabled", re.I)

TABLES = """
from (
select table_name as name, 'table' as kind, comment as description from duckdb_tables() where not internal and table_name[1] <> '_'
union all select view_name, 'view', comment from duckdb_views() where not internal
union all select function_name || '(' || array_to_string(parameters, ', ') || ')', 'macro', comment
  from duckdb_functions() where not internal and function_type like '%macro'
) order by position(kind in 'table view macro'), name
"""
SCHEMA = """
select column_name as name, data_type, comment as description from duckdb_columns()
where not internal and table_name = $name order by column_index
"""
SCHEMAS = """
select table_name as "table", column_name as name, data_type, comment as description from duckdb_columns()
where not internal and table_name[1] <> '_' order by 1, column_index
"""
MACRO = """
select function_name || '(' || array_to_string(parameters, ', ') || ')' as macro, macro_definition as definition, comment as description
from duckdb_functions() where not internal and function_name = $name
"""
NAMES = """
select distinct column_name as name, 'column' as kind from duckdb_columns() where not internal
union all select table_name, 'table' from duckdb_tables() where not internal
union all select view_name, 'table' from duckdb_views() where not internal
union all select distinct function_name, case when internal then 'function' else 'macro' end from duckdb_functions()
  where regexp_full_match(function_name, '[a-z_0-9]+')
"""


def run(
    warehouse: Path, query: str | None, fmt: str, output: Path | None,
    seconds: float = 60.0, rows: int | None = None, memory: str = "2GiB",
) -> int:  # fmt: skip
    """Answer one query, or many from standard input: a terminal gets a prompt, a pipe is read whole."""
    if fmt not in FORMATS:
        raise UsageError(f"There is no format {fmt!r}.", f"Choose one of {', '.join(FORMATS)}.")
    if fmt == "parquet" and output is None:
        raise UsageError("Parquet is not text and needs a file.", "Add -o FILE.parquet.")
    if rows is None and fmt == "table" and output is None and OUT.is_terminal:
        rows = ROWS_IN_TERMINAL
    with Session(current_path(warehouse), Limits(seconds, rows, parse_size(memory, "--memory"))) as session:
        if query is None and sys.stdin.isatty():
            from flows.commands.sql_prompt import Prompt  # readline, which only a person needs

            return Prompt(session, fmt).serve()
        text = query if query not in (None, "-") else sys.stdin.read()
        if not text.strip():
            raise UsageError("The query is empty.", 'For example: taojin sql "select title, published_at from articles"')
        answer(session, text, fmt, output)
    return 0


def answer(session: Session, text: str, fmt: str = "table", output: Path | None = None) -> None:
    """Run statements in turn and write each result. Raises UsageError with the place and the likely word."""
    text, values = resolve(session, text)
    with told(session):
        for result in session.run(text, values):
            _write(result, fmt, output)
            if result.more:
                talk(f"Only the first {session.limits.rows:,} rows are shown; --rows N or limit changes that.", "yellow")


def resolve(session: Session, text: str) -> tuple[str, dict[str, str]]:
    """SQL and its parameters: of a dot command, or as it is."""
    return _dot_command(session, text.strip()) if text.lstrip().startswith(".") else (text, {})


class told:
    """What a session raises becomes one sentence and the next step."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, QueryError):
            known = sentence(QueryError("closed") if _CLOSED.search(error.message) else error, self.session.limits)
            raise known or UsageError(*_explain(self.session, error.message)) from error


def fetch(session: Session, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """All rows of our own query."""
    return [row for result in session.run(sql, values, rows=1_000_000) for batch in result.batches for row in batch.to_pylist()]


def _dot_command(session: Session, text: str) -> tuple[str, dict[str, str]]:
    """A command's SQL and its parameters."""
    word, _, name = text.partition(" ")
    name = name.strip().rstrip(";")
    match word.rstrip(";"):
        case ".tables":
            return TABLES, {}
        case ".schema" if not name:
            return SCHEMAS, {}
        case ".schema":
            return _schema(session, name.removesuffix("()"))
        case ".examples":
            return listing(), {}
        case ".example" if name:
            return ask(name)
        case ".example":
            raise UsageError(".example needs a name.", "See the names with .examples.")
    near = difflib.get_close_matches(word, COMMANDS, 1)
    known = "There are " + ", ".join(f"{c} {p}".strip() for c, (p, _) in COMMANDS.items()) + "."
    raise UsageError(f"There is no command {literal(word)}.", f"Did you mean {near[0]}?" if near and near[0] != word else known)


def _schema(session: Session, name: str) -> tuple[str, dict[str, str]]:
    with told(session):
        names = fetch(session, NAMES)
    known = {n["name"] for n in names if n["kind"] == "table"}
    if name in known:
        return SCHEMA, {"name": name}
    macros = {n["name"] for n in names if n["kind"] == "macro"}
    if name in macros:
        return MACRO, {"name": name}
    near = difflib.get_close_matches(name, known | macros, 1)
    raise UsageError(f"There is no table {literal(name)}.", f"Did you mean {near[0]}?" if near else "See the tables with .tables.")


def print_rows(result: Result, rows: list[tuple[Any, ...]]) -> None:
    """Aligned columns, numbers to the right; a value a line where a terminal is too narrow for them; a plan as it is drawn."""
    if result.columns == PLAN:
        for _, drawn in rows:
            say(str(drawn))
        return
    names = [literal(c) for c in result.columns]
    if too_wide(result, rows):
        print_lines(names, rows, LONGEST)
        talk(f"{len(names)} columns do not fit side by side: a value a line, long ones cut. Name the columns that you want.", "dim")
        return
    print_table(names, rows, right=_right(result))


def too_wide(result: Result, rows: list[tuple[Any, ...]]) -> bool:
    """Whether the columns cannot be read side by side in this terminal."""
    if not OUT.is_terminal or not rows or result.columns == PLAN:
        return False
    return not widths([literal(c) for c in result.columns], [[cell(v) for v in row] for row in rows], _right(result), OUT.width)[1]


def _right(result: Result) -> list[bool]:
    return [t.split("(")[0] in NUMBERS for t in result.types]


def print_lines(names: list[str], rows: list[tuple[Any, ...]], longest: int | None = None) -> None:
    """A value a line, a blank line after each row; values of more than `longest` characters are cut."""
    wide = max(map(cell_len, names), default=0)
    for row in rows:
        for name, value in zip(names, row, strict=True):
            shown = cell(value)
            if longest and len(shown) > longest:
                shown = f"{shown[:longest]}… ({len(value if isinstance(value, str) else shown):,} characters)"
            say(f"{' ' * (wide - cell_len(name))}{name}  {shown}".rstrip())
        say()


def rows_of(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[Any, ...]]:
    """Rows as Python values."""
    for batch in batches:
        if batch.num_columns:
            yield from zip(*([_value(v) for v in batch.column(i).to_pylist()] for i in range(batch.num_columns)), strict=True)


def _value(value: Any) -> Any:
    """Sums of whole numbers come as decimals without a fraction."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() and value.as_tuple().exponent == 0 else value


def _write(result: Result, fmt: str, output: Path | None) -> None:
    if fmt == "table" and output is None:
        rows = list(rows_of(result.batches))
        print_rows(result, rows)
        if OUT.is_terminal:
            talk(counted(len(rows), result.seconds), "dim")
        return
    if output is None:
        _write_text(result, fmt, sys.stdout)
        return
    try:
        if fmt == "parquet":
            with pq.ParquetWriter(output, result.schema, compression="zstd") as writer:
                for batch in result.batches:
                    writer.write_batch(batch)
        else:
            with output.open("w", encoding="utf-8", newline="") as file:
                _write_text(result, fmt, file)
    except OSError as error:
        raise UsageError(f"Cannot write {output}: {error.strerror or error}.", "Name a file in a folder that exists.") from error
    talk(f"Written to {output}.")


def counted(rows: int, seconds: float) -> str:
    """How much, how long."""
    took = f"{1000 * seconds:,.0f} ms" if seconds < 10 else f"{seconds:,.1f} s"
    return f"{rows:,} row{'' if rows == 1 else 's'}, {took}"


def _write_text(result: Result, fmt: str, file: TextIO) -> None:
    if fmt == "csv":
        first = True
        for batch in result.batches:
            table = pa.Table.from_arrays([_flat(c) for c in batch.columns], names=batch.schema.names)
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=first))
            file.write(sink.getvalue().to_pybytes().decode("utf-8"))
            first = False
        if first:
            file.write(",".join(json.dumps(n, ensure_ascii=False) for n in result.columns) + "\n")
        return
    if fmt == "table":
        file.write("\t".join(map(literal, result.columns)) + "\n")
        for row in rows_of(result.batches):
            file.write("\t".join("" if v is None else literal(v if isinstance(v, str) else as_json(v)) for v in row) + "\n")
        return
    file.write("[")
    between = "\n"
    for row in rows_of(result.batches):
        file.write(between + as_json(dict(zip(result.columns, row, strict=True))))
        between = ",\n"
    file.write("\n]\n")


def _flat(column: pa.Array) -> pa.Array:
    """CSV has no lists, structs or bytes: they become JSON text, bytes become hex."""
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if v is None else (v.hex() if isinstance(v, bytes) else as_json(v)) for v in column.to_pylist()], pa.string())
    return column


def _explain(session: Session, message: str) -> tuple[str, str]:
    """DuckDB's message as one sentence and a next step; a misspelt name gets its nearest neighbour."""
    for pattern, kinds, word, see in (
        (_MISSING_COLUMN, ("column",), "column", "See the columns with .schema TABLE."),
        (_MISSING_TABLE, ("table",), "table", "See the tables with .tables."),
        (_MISSING_FUNCTION, ("macro", "function"), "function", "See the macros with .tables."),
    ):
        if found := pattern.search(message):
            name = next(g for g in found.groups() if g).rstrip("!").strip('"')
            here = _CANDIDATE.findall(message.partition("LINE ")[0].partition("Candidate bindings:")[2])  # what the query's tables have
            known = set(here) if word == "column" else {n["name"] for n in fetch(session, NAMES) if n["kind"] in kinds}
            near = difflib.get_close_matches(name, known, 1)
            place = "\nLINE " + message.partition("\nLINE ")[2] if "\nLINE " in message else ""
            nearest = f"The nearest of the tables that you ask: {', '.join(here)}." if here else see
            return f"There is no {word} {literal(name)}.{place}", f"Did you mean {near[0]}?" if near else nearest
    shown = _first(message)
    if "Corrupt database file" in message:
        return f"The published generation is damaged ({shown}).", "`taojin verify --mend` makes it again from the truth."
    return shown, "Look at the place that the arrow marks." if "^" in message else "See taojin sql --help for examples."


def _first(message: str) -> str:
    head, _, rest = message.strip().partition("\n\n")
    head = head.replace("\n", " ")
    return f"{head}\n{rest}" if "LINE" in rest else head
