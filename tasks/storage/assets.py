"""Views, macros and computed tables of a publication, read from the project's own folder, one per file and named as it.

A file holds a CREATE VIEW, TABLE or MACRO, or a view's query alone. They may use each other in any order: what does not
bind yet is tried again after the others. The lines of comment at a file's head become the comment in the database.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from schemas.contract import quoted
from schemas.derive.ddl import identifier
from tasks.errors import TaojinError
from tasks.storage.layout import MACROS, VIEWS

_COMMENTS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.S)


def install(con: duckdb.DuckDBPyConnection, views: Path = VIEWS, macros: Path = MACROS) -> list[str]:
    """Replace all views and macros of a database. Returns their names. Raises TaojinError for one that never binds."""
    for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary").fetchall():
        con.execute(f"DROP VIEW {identifier(name)}")
    for name, kind in con.execute(
        "SELECT DISTINCT function_name, function_type FROM duckdb_functions() "
        "WHERE NOT internal AND function_type IN ('macro', 'table_macro')"
    ).fetchall():
        con.execute(f"DROP MACRO {'TABLE ' if kind == 'table_macro' else ''}{identifier(name)}")
    waiting = [(p, statement(p)) for folder in (views, macros) if folder.is_dir() for p in sorted(folder.glob("*.sql"))]
    done: list[str] = []
    while waiting:
        left, fault = [], None
        for path, sql in waiting:
            try:
                con.execute(sql)
                _comment(con, path, sql)
                done.append(path.stem)
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                left.append((path, sql))
                fault = fault or (path, error)
        if len(left) == len(waiting):
            path, error = fault
            raise TaojinError(f"{path} does not fit the warehouse's tables: {str(error).splitlines()[0]}.", "Correct the file.")
        waiting = left
    return done


def _comment(con: duckdb.DuckDBPyConnection, path: Path, sql: str) -> None:
    kind = re.match(r"CREATE\s+(?:OR\s+REPLACE\s+)?(VIEW|TABLE|MACRO)\b", sql[_COMMENTS.match(sql).end() :], re.I)
    said = " ".join(line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--"))
    if kind and said:
        what = kind[1].upper()
        if what == "MACRO" and con.execute(
            "SELECT true FROM duckdb_functions() WHERE function_name = ? AND function_type = 'table_macro'", [path.stem]
        ).fetchone():
            what = "MACRO TABLE"
        con.execute(f"COMMENT ON {what} {identifier(path.stem)} IS {quoted(said)}")


def statement(path: Path) -> str:
    """What a file says, as one CREATE."""
    sql = path.read_text("utf-8").strip()
    if re.match(r"CREATE\b", sql[_COMMENTS.match(sql).end() :], re.I):
        return sql
    return f"CREATE VIEW {identifier(path.stem)} AS {sql}"
