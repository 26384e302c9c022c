"""What a query of a user may call: functions that look at the published tables, none that act on the process or its surroundings.

A SELECT can act, too: `from enable_logging(storage := 'stdout')` writes into the pipe that answers leave by, `from enable_logging()` keeps
what others ask, `query('…')` runs a statement that nobody has looked at, `arrow_scan` takes an address in memory. The sandbox (no
external access, locked settings) denies none of these. So every function that gives rows or is a pragma is refused unless it is known to
do nothing but read, those of DuckDB versions to come as well.

    refused = refused_functions(con)
    called(sql) & refused          # names to refuse; empty for a query that may run
"""

from __future__ import annotations

import itertools
import re
import unicodedata

import duckdb

READING = frozenset(
    "range generate_series unnest repeat repeat_row query_table json_each json_tree summary test_all_types "
    "duckdb_columns duckdb_constraints duckdb_databases duckdb_dependencies duckdb_functions duckdb_indexes duckdb_keywords "
    "duckdb_memory duckdb_optimizers duckdb_schemas duckdb_sequences duckdb_settings duckdb_tables duckdb_types duckdb_views "
    "pragma_database_size pragma_platform pragma_show pragma_storage_info pragma_table_info pragma_version pragma_collations".split()
)
ACTING = frozenset({"write_log", "setseed", "sleep_ms", "nextval", "currval"})  # scalars with an effect

_BLANK = ("Zs", "Zl", "Zp", "Cf", "Cc")
_NAME = re.compile(r'"((?:[^"]|"")*)"|([\w$]+)')


def refused_functions(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Names of DuckDB's own functions that a query may not call."""
    kinds: dict[str, set[str]] = {}
    for name, kind in con.execute("select function_name, function_type from duckdb_functions() where internal").fetchall():
        kinds.setdefault(name.lower(), set()).add(kind)
    tables = {name for name, found in kinds.items() if found & {"table", "pragma"} and not found & {"scalar", "aggregate", "macro"}}
    return frozenset((tables - READING) | ACTING)


def called(sql: str) -> set[str]:
    """
    Names before an opening parenthesis, as DuckDB's own lexer reads them: not those in strings and comments, also those in quotes.

    DuckDB takes all blanks of Unicode for a blank, its lexer takes some for a part of a name: they become blanks first.
    """
    plain = "".join(c if c in "\n\r" else " " if c.isspace() or unicodedata.category(c) in _BLANK else c for c in sql)
    data = plain.encode("utf-8", "replace")
    tokens = duckdb.tokenize(plain)
    ends = [start for start, _ in tokens[1:]] + [len(data)]
    words = [(data[start:end].decode("utf-8", "replace"), kind) for (start, kind), end in zip(tokens, ends, strict=False)]
    found = set()
    for (word, kind), (after, _) in itertools.pairwise(words):  # a comment belongs to the word before it
        named = _NAME.match(word) if after.startswith("(") and kind in (duckdb.token_type.identifier, duckdb.token_type.keyword) else None
        if named:
            found.add((named[2] if named[1] is None else named[1].replace('""', '"')).lower())
    return found
