"""Compare two generations: what a rule change did, told in rows, characters, documents and examples.

Volatile columns do not count: a row that only another run wrote again is the same row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.catalog import DATA
from schemas.contract import Table, quoted
from schemas.derive.ddl import identifier
from tasks.errors import UsageError
from tasks.storage.reader import generation_path, kept_generations

SHOWN = 80  # characters of a text in an example


@dataclass(frozen=True, slots=True)
class TableChange:
    """Rows of one table that only one side has."""

    table: str
    rows_old: int
    rows_new: int
    left: int
    came: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What one rule takes out, before and after. `documents` are those in which that differs; characters are code points."""

    rule_id: str
    label: str
    edits_old: int
    edits_new: int
    characters_old: int
    characters_new: int
    documents: int


@dataclass(frozen=True, slots=True)
class Example:
    """One edit that only one side has."""

    sign: str  # + in the new generation, - in the old one
    rule_id: str
    doc_id: str
    name: str | None  # of the seed file
    start: int
    stop: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two generations, side by side. Tables and rules without a difference are left out."""

    old: int
    new: int
    tables: tuple[TableChange, ...]
    rules: tuple[RuleChange, ...]
    documents: int  # documents with an edit or a kept span that differs
    articles: int  # articles whose text differs, or that only one side has
    characters_old: int  # of all articles
    characters_new: int
    examples: tuple[Example, ...]

    @property
    def is_same(self) -> bool:
        return not self.tables


def compare(root: str | Path, old: int | None = None, new: int | None = None, examples: int = 5) -> Comparison:
    """
    Compare two kept generations; by default the current one with the one before it.

    Raises UsageError where one of them is not kept.
    """
    kept = kept_generations(root)
    new = new if new is not None else int(generation_path(root).stem.removeprefix("warehouse-"))
    if old is None:
        earlier = [n for n in kept if n < new]
        if not earlier:
            hint = "There is something to compare after the next `taojin ingest`."
            raise UsageError(f"No generation before {new} is kept.", hint)
        old = earlier[-1]
    with duckdb.connect() as con:
        for name, number in (("old", old), ("new", new)):
            con.execute(f"ATTACH {quoted(str(generation_path(root, number)))} AS {name} (READ_ONLY)")
        return _compared(con, old, new, examples)


def _compared(con: duckdb.DuckDBPyConnection, old: int, new: int, examples: int) -> Comparison:
    tables = tuple(c for t in DATA.values() if (c := _table(con, t)).left or c.came)
    moved = ("article_start",)  # an edit before it moves it: what its rule did is the same
    edits = [c for c in DATA["edits"].names if c not in (*DATA["edits"].volatile, *moved)]
    con.execute(f"CREATE TEMP TABLE gone AS {_only('old', 'new', 'edits', edits)}")
    con.execute(f"CREATE TEMP TABLE came AS {_only('new', 'old', 'edits', edits)}")
    kept = [c for c in DATA["kept"].names if c not in DATA["kept"].volatile]
    (documents,) = con.execute(
        "SELECT count(DISTINCT doc_id) FROM (SELECT doc_id FROM gone UNION ALL SELECT doc_id FROM came UNION ALL "
        f"SELECT doc_id FROM ({_only('old', 'new', 'kept', kept)}) UNION ALL SELECT doc_id FROM ({_only('new', 'old', 'kept', kept)}))"
    ).fetchone()
    (articles,) = con.execute(
        "SELECT count(*) FROM old.articles AS a FULL JOIN new.articles AS b USING (article_id) "
        "WHERE a.text_sha256 IS DISTINCT FROM b.text_sha256"
    ).fetchone()
    characters = [con.execute(f"SELECT coalesce(sum(char_count), 0)::BIGINT FROM {side}.articles").fetchone()[0] for side in ("old", "new")]
    return Comparison(old, new, tables, _rules(con), documents, articles, *characters, _examples(con, examples))


def _only(here: str, there: str, table: str, columns: Sequence[str]) -> str:
    names = ", ".join(map(identifier, columns))
    return f"SELECT {names} FROM {here}.{table} EXCEPT ALL SELECT {names} FROM {there}.{table}"


def _table(con: duckdb.DuckDBPyConnection, table: Table) -> TableChange:
    """Rows are compared by a hash of what is not volatile: one pass over each side."""
    names = ", ".join(identifier(c) for c in table.names if c not in table.volatile)
    counts = {s: con.execute(f"SELECT count(*) FROM {s}.{table.name}").fetchone()[0] for s in ("old", "new")}
    hashed = {s: f"SELECT hash({names}) AS h, count(*) AS n FROM {s}.{table.name} GROUP BY h" for s in ("old", "new")}
    left, came = con.execute(
        "SELECT coalesce(sum(greatest(coalesce(a.n, 0) - coalesce(b.n, 0), 0)), 0)::BIGINT, "
        "coalesce(sum(greatest(coalesce(b.n, 0) - coalesce(a.n, 0), 0)), 0)::BIGINT "
        f"FROM ({hashed['old']}) AS a FULL JOIN ({hashed['new']}) AS b USING (h)"
    ).fetchone()
    return TableChange(table.name, counts["old"], counts["new"], left, came)


def _rules(con: duckdb.DuckDBPyConnection) -> tuple[RuleChange, ...]:
    rows = con.execute(
        """
        WITH d AS (
            SELECT rule_id, label, count(DISTINCT doc_id) AS documents FROM (FROM gone UNION ALL FROM came) GROUP BY ALL
        ), a AS (
            SELECT rule_id, label, count(*) AS edits, sum(stop - start) AS characters FROM old.edits GROUP BY ALL
        ), b AS (
            SELECT rule_id, label, count(*) AS edits, sum(stop - start) AS characters FROM new.edits GROUP BY ALL
        )
        SELECT d.rule_id, d.label, coalesce(a.edits, 0), coalesce(b.edits, 0), coalesce(a.characters, 0)::BIGINT,
               coalesce(b.characters, 0)::BIGINT, d.documents
        FROM d LEFT JOIN a USING (rule_id, label) LEFT JOIN b USING (rule_id, label) ORDER BY d.documents DESC, d.rule_id, d.label
        """
    ).fetchall()
    return tuple(RuleChange(*r) for r in rows)


def _examples(con: duckdb.DuckDBPyConnection, most: int) -> tuple[Example, ...]:
    """The same number from each rule that changed, so that a loud rule does not hide the others."""
    rows = con.execute(
        f"""
        SELECT sign, e.rule_id, e.doc_id, s.name, e.start, e.stop, left(e.before, $2), left(e.after, $2)
        FROM (SELECT '-' AS sign, * FROM gone UNION ALL SELECT '+' AS sign, * FROM came) AS e
        LEFT JOIN {_either("documents", "doc_id, file_id")} AS d USING (doc_id)
        LEFT JOIN {_either("seed_files", "file_id, name")} AS s USING (file_id)
        QUALIFY row_number() OVER (PARTITION BY sign, e.rule_id, e.label ORDER BY e.doc_id, e.start) <= $1
        ORDER BY e.rule_id, e.doc_id, e.start, sign
        """,
        [most, SHOWN],
    ).fetchall()
    return tuple(Example(*r) for r in rows)


def _either(table: str, columns: str) -> str:
    """Rows of both sides, the new one's where both have one."""
    key = columns.split(",")[0]
    return (
        f"(SELECT {columns} FROM new.{table} UNION ALL "
        f"SELECT {columns} FROM old.{table} WHERE {key} NOT IN (SELECT {key} FROM new.{table}))"
    )
