"""Each check finds its failing row, and only that: in the quarantine's SQL and in the expectation's."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from schemas.catalog import TABLES
from schemas.contract import Between, IsJson, Matches, MaxLength, NotEmpty, NotNull, OneOf, Promise, RowCheck, Table
from schemas.derive.ddl import create_table
from schemas.derive.expectations import expectations
from schemas.derive.row_checks import count_failing, failing_rows, faults, figures, key_of, row_checks
from tests.schemas.rows import ARTICLE, DOC, GOOD, WHEN, arrow, insert, row

# What breaks each promise across columns. A check without an entry fails the test below.
BREAKS: dict[str, dict[str, Any]] = {
    "span-order": dict(start=7, stop=7),
    "decodings.span-order": dict(start=7, stop=6),  # a stretch or a place may be empty
    "flags.span-order": dict(start=7, stop=6),
    "span-in-article": dict(stop=10**6),
    "span-in-document": dict(stop=10**6),
    "span-whole": dict(stop=None),
    "char_count-is-length": dict(char_count=3),
    "line_count-is-lines": dict(line_count=9),
    "text-line-ends": dict(text="一\r\n二"),
    "text-decoded": dict(text="一\ufffd" * 40),
    "bytes-order": dict(byte_start=9, byte_stop=8),
    "raw-length": dict(raw=b"1"),
    "text_hans-same-length": dict(text_hans="短"),
    "paragraph_count-is-paragraphs": dict(paragraph_count=7),
    "text-paragraphs": dict(text="一\n\n二"),
    "published-precision": dict(published_precision=None),
    "published_at-past": dict(published_at=WHEN.replace(year=2099)),
    "published_at-plausible": dict(published_at=WHEN.replace(year=1203)),
    "page_no-in-count": dict(page_no=9),
    "title-known": dict(title=None),
    "articles.text-length": dict(char_count=3),
    "published-rounded": dict(published_precision="day"),
    "article_id-is-hash": dict(article_no=2),
    "doc_id-is-hash": dict(record_no=2),
    "title-one-line": dict(title="一\n二"),
    "author-one-line": dict(author="一\n二"),
    "source-one-line": dict(source="一\n二"),
    "editors-items": dict(editors=["甲", ""]),
    "topics-items": dict(topics=["水利", None]),
    "fetched_at-plausible": dict(fetched_at=WHEN.replace(year=1969)),
    "article-span-in-article": dict(article_stop=10**6),
    "words-some": dict(words=[], tags=[]),
    "paragraph-in-article": dict(paragraph_no=99),
    "code-exists": dict(code="110199"),
    "code-of-place": dict(kind="person"),
    "surface-one-line": dict(surface="河\n村"),
    "normalized-finite": dict(value_high=float("inf")),
    "normalized-by-unit": dict(normalized_value=3000.0),
    "masked-stays": dict(kind="masked"),
    "period_start-plausible": dict(period_end=WHEN.date().replace(year=2999)),
    "interval_start-plausible": dict(interval_end=WHEN.replace(year=2999)),
    "title-not-blank": dict(title="  "),
    "published_on-plausible": dict(published_on=WHEN.date().replace(year=1203)),
    "files-add-up": dict(files_new=2),
    "failure-explained": dict(status="failed"),
    "success-is-status": dict(success=False),
    "bounds-order": dict(lower_bound=2.0, upper_bound=1.0),
    "names-something": dict(doc_id=None, file_id=None, key=None),
    "quality_score-good": dict(quality_score=0.1),
    "residual_dirt-none": dict(residual_dirt=1),
    "value-not-blank": dict(value="  "),
    "before-is-span": dict(before="太长了"),
    "after-has-place": dict(article_start=None),
    "after-fits-action": dict(after="x"),
    "article-place": dict(article_stop=None),
    "article-span-order": dict(article_start=5, article_stop=4),
    "parent-before": dict(parent_no=2),
    "heading-length": dict(heading="长" * 121),
    "text-is-span": dict(text="河"),
    "tags-match-words": dict(tags=["n"]),
    "sentences.text-length": dict(text="长" * 1001),
    "tf-is-positions": dict(tf=2),
    "positions-from-0": dict(positions=[-1]),
    "positions-in-article": dict(positions=[10**6]),
    "surface-is-span": dict(surface="河"),
    "value_text-is-span": dict(value_text="河"),
    "range-order": dict(value_low=5.0),
    "period-order": dict(period_end=WHEN.date().replace(year=1999)),
    "normalized-whole": dict(normalized_unit=None),
    "value-finite": dict(value=float("inf")),
    "interval-order": dict(interval_end=WHEN.replace(year=1999)),
    "masked-hides": dict(masked="13800000000"),
    "pair-order": dict(other_id="0" * 32),
    "level-paragraphs": dict(level="paragraph"),
    "time-order": dict(finished_at=WHEN.replace(year=1999)),
    "row-has-table": dict(table_name=None),
    "cf-at-least-df": dict(df=3),
    "one-to-one": dict(hans="国家"),
    "hans-differs": dict(hans="國"),
}

TEXT_OF = {name: GOOD[name]["text"] for name in ("articles", "documents")}
CHECKS = [(t, c) for t in TABLES.values() for c in t.all_row_checks]


def breaking(table: Table, check: RowCheck) -> dict[str, Any]:
    """Changes to the good row that break one check."""
    match check.promise:
        case None:
            return BREAKS.get(f"{table.name}.{check.id}") or BREAKS[check.id]
        case NotNull():
            return {check.column: None}
        case IsJson():
            return {check.column: "{"}
        case Matches():
            return {check.column: f"{GOOD[table.name].get(check.column) or ''}不 是"}  # a good beginning is not enough
        case Between(low, high):
            return {check.column: low - 1 if low is not None else high + 1}
        case OneOf():
            return {check.column: "no such value"}
        case NotEmpty():
            return {check.column: ""}
        case MaxLength(limit):
            return {check.column: "长" * (limit + 1)}


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """Every table with its good row, and no NOT NULL: what validation sees are rows that no container has refused yet."""
    con = duckdb.connect()
    for name in TABLES:
        con.register("fresh", arrow(name, [row(name)]))
        con.execute(f'CREATE TABLE "{name}" AS SELECT * FROM fresh')
        con.unregister("fresh")
    return con


@pytest.fixture
def suspects(database: duckdb.DuckDBPyConnection):
    """Load rows as the table under suspicion."""

    def load(table: str, *rows: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        database.register("fresh", arrow(table, list(rows)))
        database.execute("CREATE OR REPLACE TABLE suspect AS SELECT * FROM fresh")
        database.unregister("fresh")
        return database

    return load


@pytest.mark.parametrize("name", TABLES)
def test_the_good_row_passes_every_check(database: duckdb.DuckDBPyConnection, name: str):
    table = TABLES[name]
    found = database.execute(count_failing(table, name))
    counts = dict(zip([d[0] for d in found.description], found.fetchall()[0], strict=True))
    assert counts.pop("evaluated") == 1
    assert {c: n for c, n in counts.items() if n} == {}


@pytest.mark.parametrize(("table", "check"), CHECKS, ids=[f"{t.name}.{c.id}" for t, c in CHECKS])
def test_each_check_finds_its_failing_row_and_only_that(suspects, table: Table, check: RowCheck):
    con = suspects(table.name, row(table.name), row(table.name) | breaking(table, check))
    assert len(con.execute(failing_rows(check, "suspect", key_of(table))).fetchall()) == 1
    assert con.execute(f'SELECT "{check.id}" FROM ({count_failing(table, "suspect")})').fetchall() == [(1,)]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_expectations_ask_the_same_question(suspects, table: Table):
    """The query that Great Expectations will format counts the rows that quarantine takes out."""
    asked = {e["meta"]["check_id"]: e for e in expectations(table)}
    assert set(asked) == {"columns"} | {c.id for c in (*table.all_row_checks, *table.all_table_checks)}
    for check in table.all_row_checks:
        query = asked[check.id]["kwargs"].get("unexpected_rows_query")
        assert asked[check.id]["severity"] == check.severity
        if query:
            con = suspects(table.name, row(table.name), row(table.name) | breaking(table, check))
            assert len(con.execute(query.format(batch="suspect")).fetchall()) == 1
            as_query = query.format(batch="(SELECT * FROM suspect) AS subselect")  # how GX names a batch that is itself a query
            assert len(con.execute(as_query).fetchall()) == 1


def bounds(promise: Promise) -> list[Any]:
    match promise:
        case Between(low, high):
            return [v for v in (low, high) if v is not None]
        case MaxLength(limit):
            return ["长" * limit]
        case NotEmpty():
            return ["长"]
    return []


BOUNDS = [(p, v) for p in {c.promise: None for _, c in CHECKS if c.promise} for v in bounds(p)]


@pytest.mark.parametrize(("promise", "value"), BOUNDS, ids=[f"{p}: {str(v)[:9]}" for p, v in BOUNDS])
def test_a_bound_itself_keeps_the_promise(promise: Promise, value: Any):
    assert duckdb.execute(f"SELECT {promise.holds('v')} FROM (SELECT ? AS v)", [value]).fetchall() == [(True,)]


@pytest.mark.parametrize(("table", "check"), [(t, c) for t, c in CHECKS if c.id in ("span-in-article", "span-in-document")],
                         ids=lambda x: x.name if isinstance(x, Table) else x.id)
def test_a_span_may_end_where_its_text_ends(suspects, table: Table, check: RowCheck):
    length = len(TEXT_OF[check.needs[0]])
    con = suspects(table.name, row(table.name, stop=length), row(table.name, stop=length + 1))
    assert con.execute(failing_rows(check, "suspect", "stop")).fetchall() == [(length + 1,)]


def test_row_checks_are_what_quarantine_needs():
    found = {c.check_id: c for c in row_checks(TABLES["edits"])}
    assert found["action-known"].severity == "critical" and found["label-format"].severity == "warning"
    assert found["span-in-document"].needs == ("documents",)
    assert all(c.predicate.startswith("NOT (") and c.next_step for c in found.values())


def test_a_span_without_its_parent_is_left_to_the_reference(suspects):
    con = suspects("kept", row("kept", doc_id="0" * 32))
    ((_, *counts),) = con.execute(count_failing(TABLES["kept"], "suspect", ("critical",))).fetchall()
    assert counts == [0] * len(TABLES["kept"].all_row_checks)
    (reference,) = [c for c in TABLES["kept"].all_table_checks if c.id == "doc_id-in-documents"]
    assert con.execute(faults(reference, "suspect")).fetchall() == [("0" * 32,)]


def test_a_key_that_two_rows_share_is_found(suspects):
    con = suspects("articles", row("articles"), row("articles"))
    assert con.execute(faults(TABLES["articles"].all_table_checks[0], "suspect")).fetchall() == [(ARTICLE, 2)]


def test_columns_and_types_are_checked(suspects):
    query = expectations(TABLES["kept"])[0]["kwargs"]["unexpected_rows_query"].format(batch="suspect")
    con = suspects("kept", row("kept"))
    assert con.execute(query).fetchall() == []
    con.execute("ALTER TABLE suspect ADD COLUMN odd VARCHAR; ALTER TABLE suspect DROP COLUMN stop; "
                "ALTER TABLE suspect ALTER start TYPE BIGINT")
    assert sorted(r[0] or r[2] for r in con.execute(query).fetchall()) == ["odd", "start", "stop"]


TEXT = "甲乙\n丙丁戊"


@pytest.fixture
def lawful():
    """A document of two kept spans, a newline and a cut, in the published tables."""
    con = duckdb.connect()
    for name in ("documents", "kept", "edits", "articles"):
        con.execute(create_table(TABLES[name])[0])
    insert(con, "documents", row("documents", text=TEXT, char_count=6, line_count=2))
    insert(con, "articles", row("articles", text="甲乙\n丙丁", text_hans="甲乙\n丙丁", char_count=5, paragraph_count=2))
    insert(con, "kept", row("kept", start=0, stop=2, article_start=0), row("kept", start=3, stop=5, article_start=3))
    insert(con, "edits", row("edits", start=2, stop=3, article_start=2),
           row("edits", start=5, stop=6, action="cut", label="nav", before="戊", after="", article_id=None, article_start=None))
    return con


def law_faults(con: duckdb.DuckDBPyConnection) -> set[str]:
    laws = [(t, c) for t in ("documents", "articles") for c in TABLES[t].table_checks if c.id.startswith("law-a")]
    return {c.id for t, c in laws if con.execute(faults(c, t)).fetchall()}


@pytest.mark.parametrize(("harm", "found"), [
    ("SELECT 1", set()),
    ("DELETE FROM edits WHERE action = 'cut'", {"law-a-cover"}),
    ("DELETE FROM edits", {"law-a-cover", "law-a-tiles", "law-a-newlines"}),
    ("DELETE FROM kept", {"law-a-cover", "law-a-tiles"}),
    ("UPDATE kept SET stop = 6 WHERE start = 3", {"law-a-cover", "law-a-tiles"}),
    ("UPDATE kept SET article_start = 4 WHERE start = 3", {"law-a-tiles"}),
    ("UPDATE edits SET action = 'replace' WHERE action = 'newline'", {"law-a-newlines"}),
    ("INSERT INTO kept SELECT * FROM kept", {"law-a-cover", "law-a-tiles"}),
], ids=["whole", "lost cut", "lost edits", "lost text", "overlap", "moved", "no newline", "doubled"])
def test_law_a_in_sql(lawful, harm: str, found: set[str]):
    lawful.execute(harm)
    assert law_faults(lawful) == found


def test_a_document_without_text_obeys_the_law(lawful):
    insert(lawful, "documents", row("documents", doc_id="0" * 32, text="", char_count=0, line_count=0))
    assert law_faults(lawful) == set()


def test_history_figures_have_their_three_columns(database: duckdb.DuckDBPyConnection):
    for table in TABLES.values():
        for check in table.history_checks:
            found = database.execute(figures(check, table.name))
            assert [d[0] for d in found.description] == ["dimension", "value", "evaluated"], check.id
            for dimension, value, evaluated in found.fetchall():
                assert isinstance(dimension, str) and isinstance(float(value), float) and evaluated >= 1


def test_every_table_has_a_good_row_and_every_break_is_used():
    assert set(GOOD) == set(TABLES) and DOC
    used = {k for t, c in CHECKS if c.promise is None for k in (c.id, f"{t.name}.{c.id}")}
    assert set(BREAKS) <= used
