"""CREATE TABLE of a contract, with its comments.

NOT NULL stands where the contract promises presence: it costs nothing and a reader's tool shows it. Keys are not declared:
a PRIMARY KEY builds an index that DuckDB keeps in memory, writes to disk and maintains row by row, which would make
publishing an increment cost more than the increment, and it would stop a publication with one row's message. That keys
are unique is an expectation (`key-unique`), checked over all rows at once before anything is published.
"""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import Column, Table, quoted

_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us"): "TIMESTAMP",
    pa.date32(): "DATE",
    pa.binary(): "BLOB",
    pa.large_binary(): "BLOB",
}


def sql_type(column: Column) -> str:
    """The SQL type of a column. Raises KeyError on a type that no table uses yet: add it here, once."""
    if column.json:
        return "JSON"
    if pa.types.is_list(column.type):
        return f"{_SQL_TYPES[column.type.value_type]}[]"
    return _SQL_TYPES[column.type]


def identifier(name: str) -> str:
    """A name as an SQL identifier; quoted, because some of our words (`start`, `text`, `key`) are SQL's too."""
    return '"' + name.replace('"', '""') + '"'


def create_table(table: Table, if_not_exists: bool = False) -> list[str]:
    """Statements that make the table and comment it, in order."""
    columns = ",\n".join(f"    {identifier(c.name)} {sql_type(c)}{'' if c.nullable else ' NOT NULL'}" for c in table.columns)
    name = identifier(table.name)
    guard = "IF NOT EXISTS " if if_not_exists else ""
    return [
        f"CREATE TABLE {guard}{name} (\n{columns}\n)",
        f"COMMENT ON TABLE {name} IS {quoted(table_comment(table))}",
        *(f"COMMENT ON COLUMN {name}.{identifier(c.name)} IS {quoted(column_comment(c))}" for c in table.columns),
    ]


def table_comment(table: Table) -> str:
    """What a row is, and the key."""
    return f"One row is {table.grain}. Key: {', '.join(table.key)}." + (f" {table.note}" if table.note else "")


def column_comment(column: Column) -> str:
    """The description, its unit, and whether equal runs may differ in it."""
    unit = f" Unit: {column.unit}." if column.unit else ""
    return column.description + unit + (" Volatile." if column.volatile else "")
