"""The DDL makes the tables that the contracts describe."""

from __future__ import annotations

import duckdb
import pytest

from schemas.catalog import TABLES
from schemas.contract import Table
from schemas.derive.ddl import column_comment, create_table, sql_type
from tests.schemas.rows import insert, row


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for table in TABLES.values():
        for statement in create_table(table):
            con.execute(statement)
    return con


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_columns_types_and_comments_read_back(database: duckdb.DuckDBPyConnection, table: Table):
    found = database.execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table.name]
    ).fetchall()
    assert found == [(c.name, sql_type(c), c.nullable, column_comment(c)) for c in table.columns]
    ((comment,),) = database.execute("SELECT comment FROM duckdb_tables() WHERE table_name = ?", [table.name]).fetchall()
    assert table.grain in comment and table.key[0] in comment


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_good_row_goes_in_and_a_missing_value_does_not(database: duckdb.DuckDBPyConnection, table: Table):
    insert(database, table.name, row(table.name))
    missing = next(c.name for c in table.columns if not c.nullable)
    with pytest.raises(duckdb.ConstraintException):
        insert(database, table.name, row(table.name) | {missing: None})
