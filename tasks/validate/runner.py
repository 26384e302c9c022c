"""Our own SQL over a run's staged rows: what fails, which documents are refused for it, and whether the run may be published.

The rows stay in their Parquet files behind views of a small temporary DuckDB file, so that Great Expectations reads the very same
tables; small runs are copied in, which is quicker than opening their files for each question.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from schemas.catalog import TABLES
from schemas.check_examples import MOST_EXAMPLES
from schemas.contract import COUNT_OF_NONE, CRITICAL, HISTORY, TABLE, WARNING, HistoryCheck, RowCheck, Table, TableCheck, quoted
from schemas.derive.ddl import identifier
from schemas.derive.expectations import columns_check
from schemas.derive.row_checks import figures
from tasks.validate import stage
from tasks.validate.findings import (
    Finding,
    Refusal,
    checks_table,
    counted,
    errored,
    examples_table,
    finding_of,
    judged,
    quarantine_table,
    reason_of,
    sentence,
)
from tasks.validate.history import LONGEST_SERIES
from tasks.validate.request import CheckRequest, ValidationResult

COPY_BELOW = 32 << 20  # bytes of Parquet that are copied into the temporary database
MOST_ROUNDS = 8  # refusing one document can orphan rows of another; a chain longer than this is a fault of its own
ROWS_AT_ONCE = 2_000
MEMORY = "2GB"  # of DuckDB, where nobody says otherwise; 100,000 short articles need less than half of it
COLUMNS = "columns"  # the one check that is made before a table can be asked anything
PUBLISHED_TWICE = "doc_id-not-published"


@dataclass(frozen=True)
class Seen:
    """What the checks of a table saw lies in the temporary database under `stage.seen_name(table)`, a column for each check."""

    table: Table
    checks: tuple[str, ...]


# (database file, what the checks saw, findings by table and check) -> sets `expectation`, and turns disagreement into `errored`
SecondOpinion = Callable[[Path, list[Seen], Mapping[tuple[str, str], Finding]], None]


def validate(request: CheckRequest, second_opinion: SecondOpinion | None = None, catalog: Mapping[str, Table] = TABLES) -> ValidationResult:
    """Check one run. `second_opinion` is Great Expectations in the validator's process; without it, only our own SQL speaks."""
    timings: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="validate-", dir=request.scratch) as folder:
        with Bench(Path(folder) / "run.duckdb", request, catalog) as bench, _timed(timings, "open"):
            checked_at = bench.checked_at
            bench.load()
            plans = bench.plans()
        with bench, _timed(timings, "sql"):
            findings, refusals = bench.first_round(plans)
            seen = bench.lay_open(plans, findings) if second_opinion else []
        if second_opinion is not None:
            with _timed(timings, "expectations"):
                second_opinion(bench.path, seen, findings)
        with bench, _timed(timings, "refuse"):
            obstacles = bench.refuse(plans, findings, refusals)
            obstacles += [f"{f.table}: {f.check_id} could not be run ({f.observed})" for f in findings.values()
                          if f.status == "errored" and f.critical]
        with bench, _timed(timings, "history"):
            history = bench.history()
            refused, articles, files, documents = bench.refused()
    share = len(refused) / max(documents, 1)
    if len(refused) >= request.min_refused_documents and share > request.max_refused_share:
        obstacles.append(f"{len(refused)} of {documents} documents fail critical checks, more than {request.max_refused_share:.0%}")
    results = [*findings.values(), *history]
    return ValidationResult(
        run_id=request.run_id,
        checks=checks_table(results, request.run_id, checked_at),
        check_examples=examples_table(results, request.run_id),
        quarantine=quarantine_table(refusals, files, request),
        refused=refused,
        refused_articles=articles,
        refused_files={doc: files[doc] for doc in refused if doc in files},
        blocked=bool(obstacles),
        reason=sentence(obstacles),
        timings=timings,
    )


class Bench:
    """The temporary database of one run. A connection is open inside `with`, and only there: the second opinion opens its own."""

    def __init__(self, path: Path, request: CheckRequest, catalog: Mapping[str, Table]) -> None:
        self.path = path
        self.checked_at = request.checked_at or dt.datetime.now(dt.UTC).replace(tzinfo=None)
        self.request = request
        self.catalog = catalog
        self.present: dict[str, Table] = {}
        self.schemas: list[Finding] = []
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Bench:
        self._connection = duckdb.connect(str(self.path))
        for setting in _settings(self.request, self.path.parent):
            self._connection.execute(setting)
        return self

    def __exit__(self, *_: object) -> None:
        self.sql.close()
        self._connection = None

    @property
    def sql(self) -> duckdb.DuckDBPyConnection:
        assert self._connection is not None
        return self._connection

    def load(self) -> None:
        """A table or view for each table of the run, under its own name."""
        self.sql.execute("CREATE SCHEMA given")
        self.sql.execute("CREATE TABLE refused (doc_id VARCHAR, reason VARCHAR, round INTEGER)")
        self.sql.execute("CREATE TABLE refused_articles (article_id VARCHAR, doc_id VARCHAR)")
        by_table = {name: (*self.request.files.get(name, ()), *self.request.context.get(name, ())) for name in self.catalog}
        copied = sum(os.path.getsize(f) for files in by_table.values() for f in files) <= COPY_BELOW
        for name, files in by_table.items():
            if not files:
                continue
            table = self.catalog[name]
            wrong = [f"{Path(f).name}: {w}" for f in files for w in stage.wrong_columns(table, pq.read_schema(f))]
            self.schemas.append(Finding(name, COLUMNS, TABLE, CRITICAL, "The table has the columns of its contract, with their types.",
                                        status="failed" if wrong else "passed", evaluated=len(table.columns), unexpected=len(wrong),
                                        observed="; ".join(wrong[:5]) or "0"))
            if wrong:  # its rows cannot be trusted to mean anything; publication is blocked by the finding
                continue
            paths = ", ".join(quoted(str(f)) for f in files)
            kind = "TABLE" if copied else "VIEW"
            columns = ", ".join(map(identifier, table.names))
            self.sql.execute(f"CREATE {kind} given.{name} AS SELECT {columns} FROM read_parquet([{paths}])")
            self.sql.execute(f"CREATE VIEW {name} AS SELECT * FROM given.{name}")
            self.present[name] = table
        if "documents" not in self.present and any("doc_id" in t for t in self.present.values()):
            # A table of which no row is left has no file. What refers to it is to be asked all the same.
            self.sql.register("handed_over", self.catalog["documents"].arrow.empty_table())
            self._refer("documents", "SELECT * FROM handed_over", "TABLE")
            self.sql.unregister("handed_over")
        if self.request.packs and "seed_files" not in self.present:
            packs = ", ".join(quoted(str(f)) for f in self.request.packs)
            self._refer("seed_files", f"SELECT file_id, size_bytes, media_type FROM read_parquet([{packs}])")
        for name, rows in self.request.rows.items():
            if name not in self.present:
                self.sql.register("handed_over", rows)
                self._refer(name, "SELECT * FROM handed_over", "TABLE")
                self.sql.unregister("handed_over")
        self.sql.execute(stage.owners(self.present.values()))

    def _refer(self, name: str, query: str, kind: str = "VIEW") -> None:
        """A table that is not checked itself: rows of others refer to it."""
        self.sql.execute(f"CREATE {kind} given.{name} AS {query}")
        self.sql.execute(f"CREATE VIEW {name} AS SELECT * FROM given.{name}")
        self.present[name] = self.catalog[name]

    def plans(self) -> list[stage.TablePlan]:
        return stage.plan(self.catalog, [n for n, files in self.request.files.items() if files], self.present)

    def first_round(self, plans: list[stage.TablePlan]) -> tuple[dict[tuple[str, str], Finding], list[Refusal]]:
        """Every check on every row, and the failing rows of the critical ones."""
        findings: dict[tuple[str, str], Finding] = {(f.table, f.check_id): f for f in self.schemas}
        refusals: list[Refusal] = []
        for plan in plans:
            for skipped in plan.skipped:
                finding = finding_of(plan.table, skipped.check)
                finding.status, finding.observed = "skipped", f"no {', '.join(skipped.missing)} in this run"
                findings[plan.table.name, skipped.check.id] = finding
            for check, finding in (*self.judged_rows(plan), *self.judged_table(plan)):
                findings[plan.table.name, check.id] = finding
                if finding.status == "failed":
                    refusals += self._failing(plan.table, check, finding)
        for finding in self._published_twice():
            findings[finding.table, finding.check_id] = finding
        return findings, refusals

    def lay_open(self, plans: list[stage.TablePlan], findings: Mapping[tuple[str, str], Finding]) -> list[Seen]:
        """What every check saw, for the second opinion."""
        seen = []
        for plan in plans:
            rows, tables = (
                [c for c in checks if findings[plan.table.name, c.id].status not in ("errored", "skipped")]
                for checks in (plan.row_checks, (columns_check(plan.table), *plan.table_checks))
            )
            for statement in stage.promises(plan.table, rows, {c.id: findings[plan.table.name, c.id].unexpected or 0 for c in rows}):
                self.sql.execute(statement)
            self.sql.execute(stage.laid_open(plan.table, rows, tables))
            seen.append(Seen(plan.table, tuple(c.id for c in (*rows, *tables))))
        return seen

    def refuse(self, plans: list[stage.TablePlan], findings: Mapping[tuple[str, str], Finding], refusals: list[Refusal]) -> list[str]:
        """
        Take refused documents out of all tables and look again, until what is left is sound. Extends `refusals`.

        Returns what stands in the way of publication.
        """
        documents = self._count("given.documents")
        obstacles = [f"{f.table}: {f.check_id} fails ({f.observed})" for f in self.schemas if f.status == "failed"]
        obstacles += [f"{f.table}: {f.check_id} fails" for f in findings.values() if f.check_id == PUBLISHED_TWICE and f.status == "failed"]
        new = refusals
        known = {doc for (doc,) in self.sql.execute("SELECT doc_id FROM given.documents").fetchall()} if refusals and documents else set()
        for number in range(1, MOST_ROUNDS + 1):
            if not new:
                return obstacles
            rows, tables = [r for r in new if self._is_row(r)], [r for r in new if not self._is_row(r)]
            concerned = {r.doc_id for r in tables}
            if tables and (concerned - known or len(concerned) > self.request.max_refused_share * documents):
                # The table as a whole is at fault, not some document of it. Row failures still refuse theirs.
                obstacles += sorted({f"{r.table.name}: {r.check_id} fails" for r in tables})
                tables = []
            orphans = sorted({f"{r.table.name}: {r.check_id} fails in rows of no document" for r in rows if r.doc_id not in known})
            self._take_out([r for r in (*rows, *tables) if r.doc_id in known], number)
            if orphans or obstacles:
                return obstacles + orphans
            if not self._torn():
                return obstacles
            new = self._again(plans)
            refusals += new
        return [*obstacles, f"critical failures are left after {MOST_ROUNDS} rounds of refusing documents"]

    def history(self) -> list[Finding]:
        """Figures of what is left, beside those of earlier runs."""
        self.sql.execute("SET VARIABLE checked_at = ?::TIMESTAMP", [self.checked_at])
        former = self._former()
        found = []
        staged = {name for name, files in self.request.files.items() if files}
        for name, table in self.present.items():
            if name not in staged:
                continue
            for check in table.history_checks:
                if all(n in self.present for n in check.needs):
                    found += self._figures(table, check, former)
        documents, refused = self._count("given.documents"), self._count("refused")
        if documents:
            found.append(_refused_share("", refused, documents, former))
            by_site = ("SELECT site, count(r.doc_id), count(*) FROM given.documents LEFT JOIN refused AS r USING (doc_id)"
                       " WHERE site IS NOT NULL GROUP BY site ORDER BY site")
            found += [_refused_share(*row, former) for row in self.sql.execute(by_site).fetchall()]
        return found

    def refused(self) -> tuple[dict[str, str], dict[str, str], dict[str, str], int]:
        """(doc_id -> reason, article_id -> doc_id, doc_id -> file_id of all refused or quarantined, documents of the run)."""
        reasons = dict(self.sql.execute("SELECT doc_id, reason FROM refused ORDER BY doc_id").fetchall())
        articles = dict(self.sql.execute("SELECT article_id, doc_id FROM refused_articles ORDER BY article_id").fetchall())
        files = {}
        if "documents" in self.present:
            files = dict(self.sql.execute("SELECT doc_id, file_id FROM given.documents WHERE file_id IS NOT NULL").fetchall())
        return reasons, articles, files, self._count("given.documents")

    def judged_rows(self, plan: stage.TablePlan) -> list[tuple[RowCheck, Finding]]:
        """Every row check of a table, from one scan that leaves its tallies for the second opinion."""
        broken: dict[str, duckdb.Error] = {}
        far = self._beyond(plan, broken)
        near = [c for c in plan.row_checks if not c.reach]
        try:
            self.sql.execute(stage.tallies(plan.table, near))
        except duckdb.Error:  # one broken query must not silence its neighbours
            for check in near:
                try:
                    self.sql.execute(stage.tallies(plan.table, [check]))
                except duckdb.Error as error:
                    broken[check.id] = error
            near = [c for c in near if c.id not in broken]
            self.sql.execute(stage.tallies(plan.table, near))
        evaluated, *counts = self.sql.execute(stage.tally_counts(plan.table, near)).fetchone() or (0,)
        failing = dict(zip((c.id for c in near), counts, strict=True)) | far
        sound = [c for c in plan.row_checks if c.id not in broken]
        found = [(c, counted(finding_of(plan.table, c), evaluated, failing[c.id])) for c in sound]
        return found + [(c, errored(finding_of(plan.table, c), broken[c.id])) for c in plan.row_checks if c.id in broken]

    def _beyond(self, plan: stage.TablePlan, broken: dict[str, duckdb.Error]) -> dict[str, int]:
        """The failing rows of each check whose limit a parent sets. Those that could not be run join `broken`."""
        found: dict[str, int] = {}
        reaches = sorted({(c.reach.parent, c.reach.key) for c in plan.row_checks if c.reach})
        for parent in reaches:
            checks = [c for c in plan.row_checks if c.reach and (c.reach.parent, c.reach.key) == parent]
            try:
                parents = self.sql.execute(stage.beyond(plan.table, checks)).fetchone() or ()
            except duckdb.Error:
                parents = (None,) * len(checks)
            for check, some in zip(checks, parents, strict=True):
                try:
                    found[check.id] = 0 if some == 0 else self.sql.execute(stage.row_counts(plan.table, [check])).fetchone()[1]
                except duckdb.Error as error:
                    broken[check.id] = error
        return found

    def judged_table(self, plan: stage.TablePlan) -> list[tuple[TableCheck, Finding]]:
        (evaluated,) = self.sql.execute(stage.tally_counts(plan.table, [])).fetchone() or (0,)
        found = []
        for check in plan.table_checks:
            finding = finding_of(plan.table, check)
            try:
                proven = bool(check.proof) and self.sql.execute(stage.proof(plan.table, check)).fetchone() == (True,)
                self.sql.execute(stage.find_faults(plan.table, check, proven))
                (unexpected,) = self.sql.execute(stage.fault_count(plan.table, check)).fetchone() or (0,)
                counted(finding, evaluated, unexpected)
            except duckdb.Error as error:
                errored(finding, error)
            found.append((check, finding))
        self.sql.execute(stage.find_faults(plan.table, columns_check(plan.table)))
        return found

    def _failing(self, table: Table, check: RowCheck | TableCheck, finding: Finding) -> list[Refusal]:
        """The failing rows of a critical check; a few examples of any check go to the finding."""
        if isinstance(check, RowCheck):
            query = stage.failing_rows(table, check, None if finding.critical else MOST_EXAMPLES)
        else:
            columns = [d[0] for d in self.sql.execute(stage.fault_columns(table, check)).description]
            query = stage.fault_rows(table, check, columns)
        cursor = self.sql.execute(query)
        refusals: list[Refusal] = []
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for key, doc_id, value, row_json in rows:
                if len(finding.examples) < MOST_EXAMPLES:
                    finding.examples.append((key, value, row_json))
                if finding.critical:
                    refusals.append(Refusal(table, check.id, check.description, doc_id, key, value, row_json))
            if not finding.critical:
                break
        return refusals

    def _torn(self) -> bool:
        """Whether some document that stays has lost rows with one that was refused, so that its promises must be looked at again."""
        queries = filter(None, map(stage.crossing, self.present.values()))
        return any(self.sql.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchone() for query in queries)

    def _again(self, plans: list[stage.TablePlan]) -> list[Refusal]:
        """Failing rows of critical checks among what is left. Checks that could not be run are left to the first round's findings."""
        refusals: list[Refusal] = []
        for plan in plans:
            critical = replace(plan, row_checks=_critical(plan.row_checks), table_checks=_critical(plan.table_checks))
            for check, finding in (*self.judged_rows(critical), *self.judged_table(critical)):
                if finding.status == "failed":
                    refusals += self._failing(plan.table, check, finding)
        return refusals

    def _take_out(self, refusals: list[Refusal], number: int) -> None:
        reasons: dict[str, str] = {}
        for r in refusals:
            reasons.setdefault(str(r.doc_id), reason_of(r))
        known = {doc for (doc,) in self.sql.execute("SELECT doc_id FROM refused").fetchall()}
        rows = [(doc, reason, number) for doc, reason in sorted(reasons.items()) if doc not in known]
        if not rows:
            return
        self.sql.executemany("INSERT INTO refused VALUES (?, ?, ?)", rows)
        self.sql.execute(
            f"INSERT INTO refused_articles SELECT o.article_id, o.doc_id FROM {stage.OWNERS} AS o JOIN refused AS r USING (doc_id)"
            f" WHERE r.round = {number}"
        )
        for name, table in self.present.items():
            self.sql.execute(f"CREATE OR REPLACE VIEW {name} AS {stage.without_refused(table, f'given.{name}')}")

    def _is_row(self, refusal: Refusal) -> bool:
        return any(c.id == refusal.check_id for c in refusal.table.all_row_checks)

    def _count(self, relation: str) -> int:
        schema, _, name = relation.rpartition(".")
        if schema and name not in self.present:
            return 0
        return (self.sql.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,))[0]

    def _figures(self, table: Table, check: HistoryCheck, former: Mapping[tuple[str, str, str], list[float]]) -> list[Finding]:
        finding = finding_of(table, check)
        source = self._arrived(table.name) if check.arrivals else table.name
        if not source:
            return []
        try:
            rows = self.sql.execute(figures(check, source)).fetchall()
        except duckdb.Error as error:
            return [errored(finding, error)]
        found = []
        figures_now = {dimension or "": (float(value), int(evaluated)) for dimension, value, evaluated in rows if value is not None}
        if check.absent:
            rows_now = 0 if check.absent == COUNT_OF_NONE else self._count(table.name)
            figures_now |= {d: (0.0, rows_now) for (t, c, d), series in former.items()
                            if (t, c) == (table.name, check.id) and d not in figures_now and any(series)}
        for dimension, (value, evaluated) in sorted(figures_now.items()):
            one = finding_of(table, check)
            one.dimension = dimension
            judged(one, value, evaluated, former.get((table.name, check.id, dimension), []), check.only_above)
            found.append(one)
        return found

    def _arrived(self, table: str) -> str:
        """A source of the rows whose documents this run does not only compute again; "" where it does nothing else."""
        if not self.request.replaced_files:
            return table
        if "documents" not in self.present:
            return ""
        new = "SELECT doc_id FROM documents WHERE file_id IS NULL OR NOT list_contains(?::VARCHAR[], file_id)"
        self.sql.execute(f"CREATE TABLE IF NOT EXISTS arrived AS {new}", [list(self.request.replaced_files)])
        return f"{table} SEMI JOIN arrived USING (doc_id)" if self._count("arrived") else ""

    def _former(self) -> dict[tuple[str, str, str], list[float]]:
        """Figures of earlier runs that ended well, oldest first, from the published `checks`."""
        if self.request.published is None:
            return {}
        query = (
            "SELECT table_name, check_id, dimension, try_cast(observed_value AS DOUBLE) AS figure FROM published.checks AS c"
            " WHERE scope = 'history' AND status IN ('passed', 'failed', 'learning') AND figure IS NOT NULL AND run_id < ?"
            " AND EXISTS (SELECT 1 FROM published.runs AS r WHERE r.run_id = c.run_id AND r.status = 'done') ORDER BY run_id"
        )
        series: dict[tuple[str, str, str], list[float]] = {}
        with self._published():
            for name, check, dimension, figure in self.sql.execute(query, [self.request.run_id]).fetchall():
                series.setdefault((name, check, dimension), []).append(figure)
        return {key: figures[-LONGEST_SERIES:] for key, figures in series.items()}

    def _published_twice(self) -> list[Finding]:
        """Documents that are published already and that this run does not replace: one thing must not have two rows."""
        if self.request.published is None or "documents" not in self.present:
            return []
        promise = "No document of the run is published already, unless the run replaces it."
        finding = Finding("documents", PUBLISHED_TWICE, TABLE, CRITICAL, promise, "doc_id", evaluated=self._count("documents"))
        query = (
            "SELECT t.doc_id FROM documents AS t SEMI JOIN published.documents AS p USING (doc_id)"
            " WHERE NOT list_contains(?::VARCHAR[], t.file_id) ORDER BY 1"
        )
        with self._published():
            rows = self.sql.execute(query, [list(self.request.replaced_files)]).fetchall()
        finding.unexpected, finding.status = len(rows), "failed" if rows else "passed"
        finding.examples = [(doc, doc, None) for (doc,) in rows[:MOST_EXAMPLES]]
        return [finding]

    def _published(self) -> _Attached:
        return _Attached(self.sql, str(self.request.published))


class _Attached:
    """The published generation, attached read-only for one question."""

    def __init__(self, sql: duckdb.DuckDBPyConnection, path: str) -> None:
        self.sql, self.path = sql, os.path.realpath(path)

    def __enter__(self) -> None:
        self.sql.execute(f"ATTACH {quoted(self.path)} AS published (READ_ONLY)")

    def __exit__(self, *_: object) -> None:
        self.sql.execute("DETACH published")


class _timed:
    """Adds the seconds spent inside to a mapping."""

    def __init__(self, timings: dict[str, float], name: str) -> None:
        self.timings, self.name = timings, name

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.timings[self.name] = self.timings.get(self.name, 0.0) + time.perf_counter() - self.started


def _refused_share(site: str, refused: int, documents: int, former: Mapping[tuple[str, str, str], list[float]]) -> Finding:
    """`site` is '' for all documents."""
    what = "Share of documents of a site that critical checks refuse." if site else "Share of documents that critical checks refuse."
    share = Finding("quarantine", "documents-refused-by-site" if site else "documents-refused", HISTORY, WARNING, what, dimension=site)
    judged(share, refused / documents, documents, former.get((share.table, share.check_id, site), []))
    return share


def _critical(checks: tuple) -> tuple:
    return tuple(c for c in checks if c.severity == CRITICAL)


def _settings(request: CheckRequest, folder: Path) -> list[str]:
    # By SET and not at connect: two connections of a process may share a database file only with equal configurations.
    settings = {"temp_directory": str(folder / "spill"), "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
                "preserve_insertion_order": "false", "parquet_metadata_cache": "true"}
    if request.threads:
        settings["threads"] = str(request.threads)
    settings["memory_limit"] = request.memory_limit or MEMORY  # beyond it DuckDB writes aside, into temp_directory
    # What is judged is read twice and thrown away: packing it well would cost more than reading it.
    return [*(f"SET {name} = {quoted(value)}" for name, value in settings.items()), "PRAGMA force_compression = 'uncompressed'"]
