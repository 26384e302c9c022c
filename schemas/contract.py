"""The vocabulary in which a table's meaning is said once: columns, promises, severities.

    Column          name, Arrow type, what it means, its promises
    Matches …       a promise about one value: `Matches`, `Between`, `OneOf`, `NotEmpty`, `MaxLength`
    RowCheck        a promise about one row (also what every promise about a value becomes)
    Reference       a value that must stand in another table
    TableCheck      a promise about a table as a whole, as a query for what breaks it
    HistoryCheck    a figure whose course over runs is watched
    Table           all of the above under one name

Everything else (Arrow schema, DDL, expectation suite, data dictionary, quarantine SQL) is derived: `schemas/derive/`.
SQL in a promise is DuckDB's, speaks of the row as `t` where a name alone would be ambiguous, and passes on NULL, as
SQL does: a value that must be there says so with `nullable=False`, which is a promise of its own.
Severity is a decision about consequences. `critical` refuses a document (row) or blocks publication (table) and is kept
for laws, types, keys, references, offsets and lengths; judgements of quality are `warning` or `info`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (CRITICAL, WARNING, INFO)
ROW, TABLE, HISTORY = "row", "table", "history"
COUNT_OF_NONE, SHARE_OF_NONE = "count", "share"

TEXT = pa.string()
TIMESTAMP = pa.timestamp("us")
DATE = pa.date32()
OFFSET = pa.int32()
COUNT = pa.int32()
BYTES = pa.int64()
REAL = pa.float64()
FLAG = pa.bool_()
TEXTS = pa.list_(pa.string())
POSITIONS = pa.list_(pa.int32())
BLOB = pa.binary()

RAISE_ISSUE = "Run `taojin explain` on the document and report the rule that made this row: it is a fault of taojin, not of the page."
READ_IT = "Run `taojin explain` on the document and judge whether the page or a rule is at fault."


@dataclass(frozen=True, slots=True)
class Matches:
    """
    The whole value matches a pattern.

    The pattern must mean the same in Python's re and in RE2: no look-around, no back-reference, and no \\d, \\w, \\s or \\b,
    which know Unicode in one engine and only ASCII in the other.
    """

    pattern: str
    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE

    kind = "format"

    def holds(self, column: str) -> str:
        return f"regexp_full_match({column}, {quoted(self.pattern)})"

    def __str__(self) -> str:
        shown = self.pattern.replace("\n", "\\n").replace("\t", "\\t")
        return f"matches {shown}"


@dataclass(frozen=True, slots=True)
class Between:
    """The value lies between two numbers, both included; None leaves a side open."""

    low: float | int | None = None
    high: float | int | None = None
    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE

    kind = "range"

    def holds(self, column: str) -> str:
        sides = [f"{column} >= {self.low}"] * (self.low is not None) + [f"{column} <= {self.high}"] * (self.high is not None)
        return " AND ".join(sides)

    def __str__(self) -> str:
        if self.high is None:
            return f"at least {self.low}"
        if self.low is None:
            return f"at most {self.high}"
        return f"from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of a closed list. Open vocabularies promise a format instead."""

    values: tuple[str, ...]
    severity: str = WARNING
    next_step: str = "Add the value to the contract in schemas/ with its meaning, or repair the rule that wrote it."

    kind = "known"

    def holds(self, column: str) -> str:
        return f"{column} IN ({', '.join(map(quoted, self.values))})"

    def __str__(self) -> str:
        return "one of " + ", ".join(v or "''" for v in self.values)


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """The string has at least one character."""

    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE

    kind = "not-empty"

    def holds(self, column: str) -> str:
        return f"length({column}) >= 1"

    def __str__(self) -> str:
        return "not empty"


@dataclass(frozen=True, slots=True)
class MaxLength:
    """The string has at most so many characters (code points)."""

    limit: int
    severity: str = WARNING
    next_step: str = READ_IT

    kind = "length"

    def holds(self, column: str) -> str:
        return f"length({column}) <= {self.limit}"

    def __str__(self) -> str:
        return f"at most {self.limit} characters"


@dataclass(frozen=True, slots=True)
class IsJson:
    """The string is JSON. Follows from `json=True`: one that is not would stop the publication that turns it into JSON."""

    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE

    kind = "json"

    def holds(self, column: str) -> str:
        return f"json_valid({column})"

    def __str__(self) -> str:
        return "JSON"


@dataclass(frozen=True, slots=True)
class NotNull:
    """The value is known. Follows from `nullable=False`; never written by hand."""

    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE

    kind = "present"

    def holds(self, column: str) -> str:
        return f"{column} IS NOT NULL"

    def __str__(self) -> str:
        return "never NULL"


Promise = Matches | Between | OneOf | NotEmpty | MaxLength | IsJson | NotNull


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `volatile` says that two runs over the same bytes may differ in it; `json` that the string is JSON."""

    name: str
    type: pa.DataType
    description: str
    unit: str = ""
    nullable: bool = False
    volatile: bool = False
    json: bool = False
    checks: tuple[Promise, ...] = ()

    @property
    def promises(self) -> tuple[Promise, ...]:
        """What the column promises about each value, presence first."""
        return (*((NotNull(),) if not self.nullable else ()), *((IsJson(),) if self.json else ()), *self.checks)


@dataclass(frozen=True, slots=True)
class Reach:
    """`value` of a row is at most `limit` of its row in `parent`, found by `key`. So one look at each parent serves millions of rows."""

    value: str
    parent: str
    key: str
    limit: str

    @property
    def holds(self) -> str:
        return f"{self.value} <= (SELECT max(p.{self.limit}) FROM {self.parent} AS p WHERE p.{self.key} = t.{self.key})"


@dataclass(frozen=True, slots=True)
class RowCheck:
    """
    A promise about one row.

    `holds` is SQL over the row `t`; the row breaks the promise where it is FALSE. `needs` names tables that the SQL reads
    beside its own. `promise` is set where the check came from one column's promise, `reach` where a parent's row sets the limit.
    """

    id: str
    holds: str
    description: str
    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE
    column: str = ""
    needs: tuple[str, ...] = ()
    promise: Promise | None = None
    reach: Reach | None = None

    scope = ROW

    @property
    def failing(self) -> str:
        """SQL that is TRUE for a failing row, and only for a failing row."""
        return f"NOT ({self.holds})"


@dataclass(frozen=True, slots=True)
class Reference:
    """Every non-NULL value of `columns` stands in `table`.`target`."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...] = ()

    @property
    def target_columns(self) -> tuple[str, ...]:
        return self.target or self.columns


@dataclass(frozen=True, slots=True)
class TableCheck:
    """
    A promise about a table: `sql` selects from the table `t` (its rows) what breaks it, one row per fault, keys first.

    `proof` is one cheaper value over the same rows that is TRUE only where `sql` finds nothing; anything else says nothing.
    """

    id: str
    sql: str
    description: str
    severity: str = CRITICAL
    next_step: str = RAISE_ISSUE
    columns: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    proof: str = ""

    scope = TABLE


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """
    A figure of each run that is compared with the runs before it.

    `sql` selects from the table `t` dimension (VARCHAR, '' for the whole), value (DOUBLE) and evaluated (BIGINT, rows
    behind the value). Says nothing about what is too much: bounds are learnt from former runs of the same dimension.
    `absent` says what it means that a dimension of former runs is missing: nothing (''), a count of 0 or a share of 0.
    `arrivals`: it counts what came with the run, so documents that the run only computes again are left out.
    `only_above`: less of it is never a fault, as with an age.
    """

    id: str
    sql: str
    description: str
    dimension: str = ""
    severity: str = WARNING
    next_step: str = "Compare the run with the one before it: `taojin diff`."
    column: str = ""
    needs: tuple[str, ...] = ()
    absent: str = ""
    arrivals: bool = False
    only_above: bool = False

    scope = HISTORY


@dataclass(frozen=True)
class Table:
    """
    One table: what a row is, what its columns mean, what always holds.

    `stage` is the stage that makes it. An `internal` table is a contract between parts of taojin and is never published.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    stage: str
    internal: bool = False
    references: tuple[Reference, ...] = ()
    row_checks: tuple[RowCheck, ...] = ()
    table_checks: tuple[TableCheck, ...] = ()
    history_checks: tuple[HistoryCheck, ...] = ()
    note: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({c.name: c for c in self.columns})
        if len(self._by_name) != len(self.columns):
            raise ValueError(f"{self.name} names a column twice")
        unknown = [k for k in self.key if k not in self._by_name]
        unknown += [c for r in self.references for c in r.columns if c not in self._by_name]
        if unknown:
            raise ValueError(f"{self.name} has no column {', '.join(unknown)}")

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(self._by_name)

    @cached_property
    def volatile(self) -> tuple[str, ...]:
        """Columns in which two runs over the same bytes may differ."""
        return tuple(c.name for c in self.columns if c.volatile)

    @cached_property
    def arrow(self) -> pa.Schema:
        """
        The Arrow schema, descriptions as field metadata.

        Fields are nullable even where the contract says never NULL: a writer that refuses a missing value would lose the
        whole batch, a check that finds it refuses one document.
        """
        return pa.schema([_field(c) for c in self.columns], metadata={"table": self.name, "grain": self.grain})

    @cached_property
    def stage_arrow(self) -> pa.Schema:
        """The schema of what a stage returns: without `run_id`, which only the run knows."""
        return pa.schema([f for f in self.arrow if f.name != "run_id"], metadata=self.arrow.metadata)

    @cached_property
    def all_row_checks(self) -> tuple[RowCheck, ...]:
        """Every promise about a row: those of the columns in their order, then those across columns."""
        return (*(_row_check(c, p) for c in self.columns for p in c.promises), *self.row_checks)

    @cached_property
    def all_table_checks(self) -> tuple[TableCheck, ...]:
        """The key, the references, then the table's own promises."""
        own_key = (_unique(self.key),) if self.key else ()
        return (*own_key, *map(_reference, self.references), *self.table_checks)


def quoted(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _field(c: Column) -> pa.Field:
    metadata = {"description": c.description} | ({"unit": c.unit} if c.unit else {}) | ({"json": "true"} if c.json else {})
    return pa.field(c.name, c.type, metadata=metadata)


def _row_check(c: Column, p: Promise) -> RowCheck:
    return RowCheck(f"{c.name}-{p.kind}", p.holds(c.name), f"{c.name} is {p}." if not isinstance(p, Matches) else f"{c.name} {p}.",
                    p.severity, p.next_step, c.name, (), p)


def _unique(key: tuple[str, ...]) -> TableCheck:
    names = ", ".join(key)
    return TableCheck(
        "key-unique",
        # Hashes first: to group by them takes half the time, and keys are compared only where two hashes agree.
        f"SELECT {names}, count(*) AS copies FROM t WHERE hash({names}) IN (SELECT h FROM (SELECT hash({names}) AS h FROM t) "
        f"GROUP BY h HAVING count(*) > 1) GROUP BY {names} HAVING count(*) > 1",
        f"No two rows share {names}.",
        columns=key,
        next_step="Nothing was published. Run `taojin verify`, then report the key: two rows claim to be the same thing.",
        proof=_ascending(key) if len(key) > 1 else "",
    )


def _ascending(key: tuple[str, ...]) -> str:
    """
    Rows that stand one after the other in some order: those of one parent together, and by the rest of their key ascending.

    No two of them share their key then. A stage writes rows in reading order, so one look at each row and the one before it is enough.
    """
    parent, *rest = key
    before = ", ".join(f"lag({c}) OVER () AS before_{c}" for c in key)
    later = "FALSE"
    for c in reversed(rest):
        later = f"({c} > before_{c} OR ({c} = before_{c} AND {later}))" if later != "FALSE" else f"{c} > before_{c}"
    return f"""
        SELECT bool_and({parent} IS DISTINCT FROM before_{parent} OR coalesce({later}, FALSE))
        AND count(*) FILTER (WHERE {parent} IS DISTINCT FROM before_{parent}) = count(DISTINCT {parent})
        FROM (SELECT {", ".join(key)}, {before} FROM t)
    """


def _reference(r: Reference) -> TableCheck:
    mine = ", ".join(r.columns)
    same = " AND ".join(f"p.{theirs} = t.{ours}" for ours, theirs in zip(r.columns, r.target_columns, strict=True))
    known = " AND ".join(f"t.{c} IS NOT NULL" for c in r.columns)
    return TableCheck(
        f"{'-'.join(r.columns)}-in-{r.table}",
        # Each value once, then its parent: many rows have few parents.
        f"SELECT {mine} FROM (SELECT DISTINCT {mine} FROM t) AS t WHERE {known} AND NOT EXISTS (SELECT 1 FROM {r.table} AS p WHERE {same})",
        f"{', '.join(r.columns)} stands in {r.table}.",
        columns=r.columns,
        needs=(r.table,),
        next_step=f"Nothing was published. Rows without their parent in {r.table} mean that a stage lost rows: report the batch.",
    )
