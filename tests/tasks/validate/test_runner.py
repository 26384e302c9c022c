"""Our own SQL: planted faults, one at a time, and what each does to its document, its neighbours and the run."""

from __future__ import annotations

import json
from collections.abc import Callable

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.catalog import TABLES
from tasks.validate.request import CheckRequest, ValidationResult
from tasks.validate.runner import PUBLISHED_TWICE, validate
from tests.tasks.validate.conftest import Rows, sound_rows, write

Make = Callable[..., CheckRequest]

# (table, what is done to its first row, the check that must see it): each refuses exactly the first document
ROW_FAULTS = {
    "offset outside its text": ("kept", {"stop": 9_999}, "span-in-document"),
    "negative offset": ("edits", {"start": -1}, "start-range"),
    "empty span": ("kept", {"stop": 0, "start": 0}, "span-order"),
    "wrong length": ("articles", {"char_count": 3}, "char_count-is-length"),
    "text_hans of another length": ("articles", {"text_hans": "短"}, "text_hans-same-length"),
    "bad pattern": ("documents", {"text_sha256": "not a digest"}, "text_sha256-format"),
    "NULL where promised": ("edits", {"label": None}, "label-present"),
    "unknown action": ("edits", {"action": "fold"}, "action-known"),
    "before is not the span": ("edits", {"before": ""}, "before-is-span"),
    "sentence outside its article": ("sentences", {"stop": 10_000}, "span-in-article"),
}


def _edit_twice(rows: Rows) -> None:
    menu = rows["edits"][0]
    rows["edits"].append(menu | {"start": 1, "before": str(menu["before"])[1:]})


# what is done to the rows, and the check of a table as a whole that must see it; only the first document is concerned
TABLE_FAULTS = {
    "broken reference": (lambda rows: rows["articles"].pop(0), ("kept", "doc_id-article_id-in-articles")),
    "duplicate key": (lambda rows: rows["kept"].append(dict(rows["kept"][0])), ("kept", "key-unique")),
    "kept and edits overlap": (_edit_twice, ("documents", "law-a-cover")),
    "a character is lost": (lambda rows: rows["edits"].pop(0), ("documents", "law-a-cover")),
    "a paragraph break is lost": (lambda rows: rows["edits"].pop(1), ("articles", "law-a-tiles")),
}


def statuses(result: ValidationResult) -> dict[tuple[str, str], str]:
    return {(r["table_name"], r["check_id"]): r["status"] for r in result.checks.to_pylist()}


def plant(fault: str, documents: int) -> tuple[Rows, str, str, str]:
    """Sound rows with one row fault in the first document: rows, its doc_id, table, check."""
    table, change, check = ROW_FAULTS[fault]
    rows = sound_rows(documents)
    rows[table][0] = rows[table][0] | change
    return rows, str(rows["documents"][0]["doc_id"]), table, check


def test_a_sound_run_passes(request_for: Make):
    result = validate(request_for(sound_rows(3)))
    assert not result.blocked and result.reason == ""
    assert result.refused == {} and result.quarantine.num_rows == 0
    bad = [r for r in result.checks.to_pylist() if r["severity"] == "critical" and r["status"] not in ("passed", "skipped")]
    assert bad == []
    assert result.checks.schema == TABLES["checks"].arrow
    assert result.check_examples.schema == TABLES["check_examples"].arrow
    assert result.quarantine.schema == TABLES["quarantine"].arrow


def test_rows_whose_documents_are_lost_to_the_last_are_not_published(request_for: Make):
    """The table has no file then, and its checks would have nothing to read."""
    result = validate(request_for({name: rows for name, rows in sound_rows(1).items() if name != "documents"}))
    assert result.blocked and "doc_id-in-documents fails" in result.reason


@pytest.mark.parametrize("fault", ROW_FAULTS)
def test_a_critical_row_refuses_its_document_and_no_other(request_for: Make, fault: str):
    rows, doc, table, check = plant(fault, 3)
    result = validate(request_for(rows))
    assert set(result.refused) == {doc}
    assert statuses(result)[table, check] == "failed"
    seen = [q for q in result.quarantine.to_pylist() if q["check_id"] == check]
    found = [(q["doc_id"], q["table_name"], q["file_id"], q["severity"], q["stage"]) for q in seen]
    assert found == [(doc, table, rows["documents"][0]["file_id"], "critical", TABLES[table].stage)]
    assert seen[0]["replay"] == f"taojin quarantine retry 1-{seen[0]['quarantine_no']}"
    assert json.loads(seen[0]["row_json"]).keys() == set(TABLES[table].names)
    assert {a for a, d in result.refused_articles.items() if d == doc} == {rows["articles"][0]["article_id"]}


def test_the_refused_document_no_longer_breaks_the_law(request_for: Make):
    # The wrong span also breaks law A of its own document: with the document gone nothing stands in the way of 29 others.
    rows, doc, *_ = plant("offset outside its text", 30)
    result = validate(request_for(rows))
    assert set(result.refused) == {doc} and not result.blocked, result.reason


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_a_broken_table_blocks_a_small_run(request_for: Make, fault: str):
    break_it, check = TABLE_FAULTS[fault]
    rows = sound_rows(3)
    break_it(rows)
    result = validate(request_for(rows))
    assert statuses(result)[check] == "failed"
    assert result.blocked and check[1] in result.reason
    assert result.refused == {}
    assert {q["doc_id"] for q in result.quarantine.to_pylist()} == {rows["documents"][0]["doc_id"]}


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_one_poison_document_of_many_does_not_cost_its_neighbours(request_for: Make, fault: str):
    break_it, check = TABLE_FAULTS[fault]
    rows = sound_rows(30)
    break_it(rows)
    result = validate(request_for(rows))
    assert statuses(result)[check] == "failed"
    assert not result.blocked, result.reason
    assert set(result.refused) == {rows["documents"][0]["doc_id"]}


def test_a_fault_of_no_document_blocks_however_large_the_run(request_for: Make):
    rows = sound_rows(30)
    rows["sentences"][0] = rows["sentences"][0] | {"article_id": "f" * 32}
    result = validate(request_for(rows))
    assert result.blocked and "sentences: article_id-in-articles" in result.reason


def test_a_failing_row_of_no_known_document_blocks_and_refuses_nobody(request_for: Make):
    rows = sound_rows(30)
    rows["kept"].append(rows["kept"][0] | {"doc_id": "e" * 32, "start": -1})
    result = validate(request_for(rows))
    assert result.blocked and "start-range fails in rows of no document" in result.reason
    assert result.refused == {}


@pytest.mark.parametrize(("documents", "bad", "blocked"), [(400, 20, False), (400, 21, True), (21, 19, False), (21, 20, True)])
def test_blocked_when_too_many_documents_are_refused(request_for: Make, documents: int, bad: int, blocked: bool):
    rows = sound_rows(documents)
    for n in range(bad):
        rows["documents"][n] = rows["documents"][n] | {"text_sha256": ""}
    result = validate(request_for(rows))
    assert (len(result.refused), result.blocked) == (bad, blocked), result.reason


def test_warnings_are_shown_and_refuse_nothing(request_for: Make):
    rows = sound_rows(25)
    for article in rows["articles"]:
        article["quality_score"] = 0.1
    result = validate(request_for(rows))
    assert not result.blocked and result.refused == {} and result.quarantine.num_rows == 0
    examples = [e for e in result.check_examples.to_pylist() if e["check_id"] == "quality_score-good"]
    assert [e["example_no"] for e in examples] == list(range(1, 21))
    assert examples[0]["column_name"] == "quality_score" and examples[0]["value"] == "0.1"


def test_quarantine_has_one_row_for_each_failing_row_and_check(request_for: Make):
    rows = sound_rows(2)
    rows["sentences"][0] |= {"stop": 10_000}
    rows["sentences"][1] |= {"stop": 10_000, "tags": None}
    result = validate(request_for(rows))
    critical = {(r["table_name"], r["check_id"]): r["unexpected"] for r in result.checks.to_pylist()
                if r["severity"] == "critical" and r["scope"] == "row" and r["unexpected"]}
    held = [(q["table_name"], q["check_id"]) for q in result.quarantine.to_pylist()]
    assert critical == {check: held.count(check) for check in critical} and len(critical) >= 3
    assert set(held) == set(critical)


def test_long_values_are_cut_in_what_is_shown(request_for: Make):
    rows = sound_rows(1)
    rows["documents"][0] |= {"text": "长" * 100_000}
    rows["sentences"][0] |= {"words": ["词"] * 1_000}
    result = validate(request_for(rows))
    shown = next(q["row_json"] for q in result.quarantine.to_pylist() if q["check_id"] == "char_count-is-length")
    words = next(q["row_json"] for q in result.quarantine.to_pylist() if q["check_id"] == "tags-match-words")
    assert len(json.loads(words)["words"]) == 20
    assert len(shown) < 2_000 and json.loads(shown)["text"].endswith("…")


def test_a_file_with_a_column_of_another_type_blocks(request_for: Make, tmp_path):
    request = request_for(sound_rows(2))
    path = request.files["kept"][0]
    kept = pq.read_table(path)
    pq.write_table(kept.set_column(1, "start", kept["start"].cast(pa.int64())), path)
    result = validate(request)
    assert result.blocked and "kept: columns fails" in result.reason and "start is int64, not int32" in result.reason


def test_references_see_what_an_earlier_run_committed(request_for: Make, tmp_path):
    rows = sound_rows(3)
    request = request_for({name: r for name, r in rows.items() if name not in ("documents", "decodings")})
    assert statuses(validate(request))["kept", "doc_id-in-documents"] == "failed", "nobody committed them"
    context = write(tmp_path / "committed", {"documents": rows["documents"]})
    whole = CheckRequest(run_id=2, files=request.files, context=context)
    assert statuses(validate(whole))["kept", "doc_id-in-documents"] == "passed"
    assert statuses(validate(whole))["documents", "law-a-cover"] == "passed"
    context = write(tmp_path / "committed", {"documents": rows["documents"][1:]})
    assert statuses(validate(CheckRequest(run_id=2, files=request.files, context=context)))["kept", "doc_id-in-documents"] == "failed"


@pytest.fixture
def published(tmp_path) -> Callable[[Rows], str]:
    def make(rows: Rows) -> str:
        path = str(tmp_path / "warehouse-1.duckdb")
        with duckdb.connect(path) as sql:
            for name, table_rows in rows.items():
                table = pa.Table.from_pylist(table_rows, schema=TABLES[name].arrow)
                sql.register("rows", table)
                sql.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
                sql.unregister("rows")
        return path

    return make


def test_a_document_that_is_published_already_blocks_unless_it_is_replaced(request_for: Make, published):
    rows = sound_rows(3)
    path = published({"documents": rows["documents"][:1], "checks": [], "runs": []})
    twice = validate(request_for(rows, published=path))
    assert twice.blocked and PUBLISHED_TWICE in twice.reason
    replaced = validate(request_for(rows, published=path, replaced_files=(str(rows["documents"][0]["file_id"]),)))
    assert not replaced.blocked, replaced.reason


def test_figures_are_judged_by_the_runs_before(request_for: Make, published):
    runs = [{"run_id": n, "status": "done"} for n in range(1, 9)]
    former = [{"run_id": n, "table_name": "documents", "check_id": "documents-length", "dimension": "", "scope": "history",
               "status": "passed", "observed_value": str(4000.0 + n)} for n in range(1, 9)]
    path = published({"runs": runs, "checks": former, "documents": []})
    files = request_for(sound_rows(25)).files
    result = validate(CheckRequest(run_id=9, files=files, published=path))
    judged = {r["check_id"]: r for r in result.checks.to_pylist() if r["scope"] == "history"}
    length = judged["documents-length"]
    assert length["status"] == "failed" and length["severity"] == "warning" and not result.blocked
    assert length["lower_bound"] < length["baseline"] < length["upper_bound"] and 4000 < length["baseline"] < 4010
    assert judged["documents-refused"]["status"] == "learning"


def test_documents_that_are_computed_again_are_no_new_ones(request_for: Make, published):
    def counts(**settings: object) -> dict[str, str]:
        checks = validate(request_for(rows, published=path, **settings)).checks.to_pylist()
        return {r["check_id"]: r["observed_value"] for r in checks if r["check_id"] in ("documents-count", "articles-count")}

    rows = sound_rows(25)
    path = published({"runs": [], "checks": [], "documents": []})
    files = [str(r["file_id"]) for r in rows["documents"]]
    assert {float(v) for v in counts().values()} == {25.0}
    assert {float(v) for v in counts(replaced_files=tuple(files[:20])).values()} == {5.0}
    assert counts(replaced_files=tuple(files)) == {}
