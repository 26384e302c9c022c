"""Which SQL finds what breaks a contract. Pure: contracts in, DuckDB queries out; nothing is opened or run here.

Every query speaks of the run's rows by the plain names of their tables. A failing row is shown by its key, its document and a short
JSON of the row: long values are cut, because one bad row of a 50 MB document must stay readable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from schemas.contract import Between, Column, IsJson, Matches, MaxLength, NotEmpty, NotNull, OneOf, RowCheck, Table, TableCheck, quoted
from schemas.derive.ddl import identifier
from schemas.derive.row_checks import faults, key_of, over

SHOWN_CHARACTERS = 200  # of one value in row_json
ROWS = '"#"'  # no column and no check has such a name
SHOWN_ITEMS = 20  # of one list in row_json
OWNERS = "article_owners"  # article_id -> doc_id, as far as any table of the run tells


@dataclass(frozen=True)
class Skipped:
    """A check that has nothing to read."""

    table: str
    check: RowCheck | TableCheck
    missing: tuple[str, ...]


@dataclass(frozen=True)
class TablePlan:
    """The checks of one table that can be run."""

    table: Table
    row_checks: tuple[RowCheck, ...]
    table_checks: tuple[TableCheck, ...]
    skipped: tuple[Skipped, ...]


def plan(catalog: Mapping[str, Table], staged: Collection[str], present: Collection[str]) -> list[TablePlan]:
    """
    The checks of a run, parents first.

    A check runs where its table is there and its own rows or rows it reads are new: a new `kept` must still cover a document
    that an earlier run decoded.
    """
    plans = []
    for table in catalog.values():
        if table.name not in present:
            continue
        touched = [c for c in (*table.all_row_checks, *table.all_table_checks) if table.name in staged or any(n in staged for n in c.needs)]
        skipped = tuple(Skipped(table.name, c, missing) for c in touched if (missing := tuple(n for n in c.needs if n not in present)))
        ready = [c for c in touched if all(n in present for n in c.needs)]
        row_checks = tuple(c for c in ready if isinstance(c, RowCheck))
        table_checks = tuple(c for c in ready if isinstance(c, TableCheck))
        if ready or skipped:
            plans.append(TablePlan(table, row_checks, table_checks, skipped))
    return plans


def has_owner(table: Table) -> bool:
    """Whether each row belongs to one document."""
    return "doc_id" in table or "article_id" in table


def row_counts(table: Table, checks: Iterable[RowCheck]) -> str:
    """One row: all rows, then the failing rows of each check in order. One scan for all checks."""
    counts = "".join(f", count(*) FILTER (WHERE {c.failing})" for c in checks)
    return over(table.name, f"SELECT count(*){counts} FROM t")


def promises_name(table: Table) -> str:
    return f"{table.name}_promises"


def tallies(table: Table, checks: Iterable[RowCheck]) -> str:
    """
    One row, from one scan, left as a table: all rows, then for each check the rows that break it and the extremes of what it speaks of.

    Extremes are as few values as decide for all: the least and the greatest, the shortest and the longest, each one of a closed list
    once, a NULL where there is any. So Great Expectations looks at millions of rows without reading them again.
    """
    counts = "".join(f", count(*) FILTER (WHERE {c.failing}) AS {identifier(f'#{c.id}')}" for c in checks)
    extremes = "".join(f", {_extremes(table, c)} AS {identifier(c.id)}" for c in checks if _of_value(c))
    return f"CREATE OR REPLACE TABLE {table.name}_tallies AS SELECT count(*) AS {ROWS}{counts}{extremes} FROM {table.name} AS t"


def tally_counts(table: Table, checks: Iterable[RowCheck]) -> str:
    """One row: all rows, then the failing rows of each check in order."""
    counts = "".join(f", {identifier(f'#{c.id}')}" for c in checks)
    return f"SELECT {ROWS}{counts} FROM {table.name}_tallies"


def beyond(table: Table, checks: Iterable[RowCheck]) -> str:
    """
    One row: for each check with a reach, all of one parent's key, the parents of which some row goes beyond the limit.

    A parent is looked up once and not once for each row: 0 means that no row breaks the promise, more does not say how many do.
    """
    checks = list(checks)
    parent, key = checks[0].reach.parent, checks[0].reach.key
    far = "".join(f", max({c.reach.value}) AS far{n}" for n, c in enumerate(checks))
    limits = "".join(f", max({c.reach.limit}) AS limit{n}" for n, c in enumerate(checks))
    counts = ", ".join(f"count(*) FILTER (WHERE far{n} > limit{n})" for n in range(len(checks)))
    return (
        f"SELECT {counts} FROM (SELECT {key}{far} FROM {table.name} AS t GROUP BY {key}) AS r "
        f"JOIN (SELECT {key}{limits} FROM {parent} GROUP BY {key}) AS p USING ({key})"
    )


def promises(table: Table, checks: Iterable[RowCheck], failing: Mapping[str, int]) -> list[str]:
    """
    What Great Expectations looks at, a column for each check of rows: the extremes of the rows that keep the promise, and each row that
    breaks it (`failing`: how many do).

    Where it finds fault with an extreme that our SQL lets pass, or none with a row that it does not, the counts of the two differ. A
    promise in SQL is a verdict: TRUE for what keeps it, FALSE for each row that does not.
    """
    checks = list(checks)
    bad = [c for c in checks if failing.get(c.id) and _of_value(c)]
    columns = []
    for c in checks:
        name = identifier(c.id)
        if not _of_value(c):
            columns.append(f"TRUE AS {name}")
        elif isinstance(c.promise, NotNull):
            columns.append(f"{'k' if c in bad else 's'}.{name}[1] AS {name}")
        else:
            columns.append(f"unnest({'k' if c in bad else 's'}.{name}) AS {name}")
    rest = ", ".join(f"{_extremes(table, c, kept=True)} AS {identifier(c.id)}" for c in bad)
    kept = f", (SELECT {rest} FROM {table.name} AS t) AS k" if bad else ""
    made = [f"CREATE OR REPLACE TABLE {promises_name(table)} AS SELECT {', '.join(columns) or 'TRUE AS nothing'} FROM "
            f"{table.name}_tallies AS s{kept}"]
    present = [c for c in checks if isinstance(c.promise, NotNull)]
    for c in checks:
        if count := failing.get(c.id):
            known = "".join(f", TRUE AS {identifier(p.id)}" for p in present if p is not c)
            rows = f"{table.name} AS t WHERE {c.failing}" if _of_value(c) else f"range({count})"
            value = _narrowed(table[c.column], c) if _of_value(c) else "FALSE"
            made.append(f"INSERT INTO {promises_name(table)} BY NAME SELECT {value} AS {identifier(c.id)}{known} FROM {rows}")
    return made


def _extremes(table: Table, check: RowCheck, kept: bool = False) -> str:
    """A list of values; with `kept`, of the rows only that keep the promise."""
    only = f" FILTER (WHERE NOT coalesce({check.failing}, FALSE))" if kept else ""
    name = f"t.{identifier(check.column)}"
    match check.promise:
        case NotNull():
            return f"[CASE WHEN count(*){only} = count({name}){only} THEN TRUE END]"
        case Between():
            return f"[min({name}){only}, max({name}){only}]"
        case OneOf():
            value = _narrowed(table[check.column], check)
            return f"list(DISTINCT {value}){only}"
        case NotEmpty():
            return f"[left('x', min(length({name})){only})]"  # NULL where there is none
        case MaxLength(limit):
            longest = f"max(length({name})){only}"
            return f"[repeat('x', CASE WHEN {longest} > {limit} THEN {limit + 1} ELSE {longest} END)]"
    raise AssertionError(check)


def _of_value(check: RowCheck) -> bool:
    """Whether one column's value decides, and by other means than a pattern or a grammar (Great Expectations has neither on DuckDB)."""
    return check.promise is not None and not isinstance(check.promise, Matches | IsJson)


def failing_rows(table: Table, check: RowCheck, limit: int | None = None) -> str:
    """One row per failing row, by key: key, doc_id (NULL where none is known), value, row_json."""
    value = f"left(CAST(t.{identifier(check.column)} AS VARCHAR), {SHOWN_CHARACTERS})" if check.column else "NULL"
    join, owner = _owner(table)
    rows, end = f"SELECT * FROM t WHERE {check.failing}", ""
    if limit is not None:  # the first keys first: of a warning that most rows earn, few rows are made into JSON
        keys = ", ".join(map(identifier, table.key))
        same = " AND ".join(f"f.{identifier(k)} IS NOT DISTINCT FROM t.{identifier(k)}" for k in table.key)
        first = f"SELECT DISTINCT {keys} FROM (SELECT {keys} FROM t WHERE {check.failing} ORDER BY ALL LIMIT {limit})"
        rows = f"SELECT t.* FROM t SEMI JOIN ({first}) AS f ON {same} WHERE {check.failing}"
        end = f" LIMIT {limit}"
    return over(
        table.name,
        f"SELECT {key_of(table)} AS key, {owner} AS doc_id, {value} AS value, {_row_json(table)} AS row_json"
        f" FROM ({rows}) AS t{join} ORDER BY ALL{end}",
    )


def faults_name(table: Table, check: TableCheck) -> str:
    return f"{table.name}_faults_of_{check.id}"


def find_faults(table: Table, check: TableCheck, proven: bool = False) -> str:
    """Leaves what a check of the table finds as a table of its own: the search is dear, and several look at what it found."""
    none = " LIMIT 0" if proven else ""
    return f"CREATE OR REPLACE TABLE {identifier(faults_name(table, check))} AS {faults(check, table.name)}{none}"


def proof(table: Table, check: TableCheck) -> str:
    """One value: TRUE where there is nothing to be found, in a fraction of the time that the search takes."""
    return over(table.name, check.proof)


def fault_count(table: Table, check: TableCheck) -> str:
    """One row: how many faults `find_faults` left."""
    return f"SELECT count(*) FROM {identifier(faults_name(table, check))}"


def seen_name(table: Table) -> str:
    return f"{table.name}_seen"


def laid_open(table: Table, rows: Iterable[RowCheck], tables: Iterable[TableCheck]) -> str:
    """
    What the checks of a table saw, a column for each, for Great Expectations to look at in one go: each table costs it much time.

    Of rows: what `promises` left. Of the table: FALSE for each fault that was found, beside rows in which nothing is missing.
    """
    present = "".join(f", TRUE AS {identifier(c.id)}" for c in rows if isinstance(c.promise, NotNull))
    parts = [f"SELECT * FROM {promises_name(table)}"]
    for c in tables:
        parts.append(f"SELECT TRUE AS {identifier(c.id)}{present}")
        parts.append(f"SELECT FALSE AS {identifier(c.id)}{present} FROM {identifier(faults_name(table, c))}")
    return f"CREATE OR REPLACE TABLE {seen_name(table)} AS {' UNION ALL BY NAME '.join(parts)}"


def fault_columns(table: Table, check: TableCheck) -> str:
    """No row; its columns are those of the check's faults."""
    return f"SELECT * FROM {identifier(faults_name(table, check))} LIMIT 0"


def fault_rows(table: Table, check: TableCheck, found: Collection[str]) -> str:
    """
    One row per fault and document concerned: key, doc_id (NULL where none is known), value, row_json.

    `found` are the columns that the check's query returns; the document is read from them, or from the rows they name.
    """
    named = [c for c in check.columns if c in found] or [c for c in found if c in table]
    key = f"concat_ws(',', {', '.join(f'f.{identifier(c)}' for c in named)})" if named else "''"
    if "doc_id" in found:
        join, owner = "", "f.doc_id"
    elif "article_id" in found:
        join, owner = f" LEFT JOIN {OWNERS} AS o ON o.article_id = f.article_id", "o.doc_id"
    elif has_owner(table) and named:
        same = " AND ".join(f"t.{identifier(c)} IS NOT DISTINCT FROM f.{identifier(c)}" for c in named)
        owner_join, owner = _owner(table)
        join = f" LEFT JOIN {table.name} AS t ON {same}{owner_join}"
    else:
        join, owner = "", "NULL::VARCHAR"
    return (
        f"SELECT DISTINCT {key} AS key, {owner} AS doc_id, left({key}, {SHOWN_CHARACTERS}) AS value,"
        f" CAST(to_json(f) AS VARCHAR) AS row_json FROM {identifier(faults_name(table, check))} AS f{join} ORDER BY ALL"
    )


def owners(tables: Iterable[Table]) -> str:
    """article_id -> doc_id from every table of the run that names both; an article whose own row is missing is found as well."""
    pairs = [f"SELECT article_id, doc_id FROM {t.name}" for t in tables if "doc_id" in t and "article_id" in t]
    union = " UNION ALL ".join(pairs) or "SELECT NULL::VARCHAR AS article_id, NULL::VARCHAR AS doc_id WHERE FALSE"
    return (
        f"CREATE OR REPLACE TABLE {OWNERS} AS SELECT article_id, min(doc_id) AS doc_id FROM ({union})"
        " WHERE article_id IS NOT NULL AND doc_id IS NOT NULL GROUP BY article_id"
    )


def without_refused(table: Table, source: str) -> str:
    """The rows of `source` whose document (and, for pairs, whose other article's document) was not refused."""
    conditions = []
    if "doc_id" in table:
        conditions.append("NOT EXISTS (SELECT 1 FROM refused AS r WHERE r.doc_id = t.doc_id)")
    for column in ("article_id", "other_id"):
        if column in table:
            conditions.append(f"NOT EXISTS (SELECT 1 FROM refused_articles AS r WHERE r.article_id = t.{column})")
    where = " AND ".join(conditions) or "TRUE"
    return f"SELECT * FROM {source} AS t WHERE {where}"


def crossing(table: Table) -> str | None:
    """
    The documents that stay but lose rows of this table, because the rows name an article of a refused document or the reverse.

    None for a table whose rows leave with their document whole. Where no document is found, what stays is what was judged already:
    a promise about a row looks at its own document only, and a fault of a table would have refused the document it concerns.
    """
    if "doc_id" not in table or "article_id" not in table:
        return None
    return (
        f"SELECT DISTINCT t.doc_id FROM given.{table.name} AS t SEMI JOIN refused_articles AS a USING (article_id) "
        f"ANTI JOIN refused AS r USING (doc_id) UNION SELECT DISTINCT o.doc_id FROM given.{table.name} AS t SEMI JOIN refused AS r "
        f"USING (doc_id) JOIN {OWNERS} AS o USING (article_id) ANTI JOIN refused AS s ON s.doc_id = o.doc_id"
    )


def wrong_columns(table: Table, found: pa.Schema) -> list[str]:
    """Columns that a file lacks, has too many, or has with another type, in words."""
    missing = [f"{name} is missing" for name in table.names if name not in found.names]
    unknown = [f"{name} is unknown" for name in found.names if name not in table]
    both = [(field, found.field(field.name)) for field in table.arrow if field.name in found.names]
    return missing + unknown + [f"{ours.name} is {theirs.type}, not {ours.type}" for ours, theirs in both
                                if _narrow(ours.type) != _narrow(theirs.type)]


def _narrowed(column: Column, check: RowCheck) -> str:
    """As much of a value as the promise can tell apart."""
    name = f"t.{identifier(column.name)}"
    match check.promise:
        case NotNull():
            return f"CASE WHEN {name} IS NOT NULL THEN TRUE END"
        case OneOf(values):
            return f"left({name}, {1 + max(map(len, values))})"
        case MaxLength(limit):
            return f"left({name}, {limit + 1})"
    return name


def _narrow(kind: pa.DataType) -> pa.DataType:
    """Types that differ only in the width of their offsets are one type to a reader."""
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_binary(kind):
        return pa.binary()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_narrow(kind.value_type))
    return kind


def _owner(table: Table) -> tuple[str, str]:
    """(join, expression) for the document of a row `t`."""
    if "article_id" not in table:
        return ("", "t.doc_id") if "doc_id" in table else ("", "NULL::VARCHAR")
    join = f" LEFT JOIN {OWNERS} AS o ON o.article_id = t.article_id"
    return (join, "coalesce(t.doc_id, o.doc_id)") if "doc_id" in table else (join, "o.doc_id")


def _row_json(table: Table) -> str:
    shown = ", ".join(f"{quoted(c.name)}: {_shown(identifier(c.name), c.type)}" for c in table.columns)
    return f"CAST(to_json({{{shown}}}) AS VARCHAR)"


def _shown(name: str, kind: pa.DataType) -> str:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return f"CASE WHEN length(t.{name}) > {SHOWN_CHARACTERS} THEN left(t.{name}, {SHOWN_CHARACTERS}) || '…' ELSE t.{name} END"
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return f"octet_length(t.{name}) || ' bytes'"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"t.{name}[1:{SHOWN_ITEMS}]"
    return f"t.{name}"
