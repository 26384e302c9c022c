"""The plan: what is new, what is stale, what became of names; batches that a second attempt cuts the same."""

from __future__ import annotations

import pytest

from schemas.ids import batch_id
from tasks.ingest.plan import Plan, plan
from tasks.storage.records import BatchRecord, Source, State

NOW = {"decode": "d1", "clean": "c1", "enrich": "e1", "validate": "v1"}


def source(name: str, content: str, size: int = 10) -> Source:
    return Source(f"file:///{name}", f"/{name}", content, size, 0)


def state_of(*batches: BatchRecord, tombstones: dict[str, str] | None = None) -> State:
    return State(
        batches={b.batch_id: b for b in batches},
        file_batch={f: b.batch_id for b in batches for f in b.file_ids},
        tombstones=tombstones or {},
    )


OLD = BatchRecord(batch_id(["k1", "k2"]), ("k1", "k2"), 20, NOW, ())


def cut(todo: Plan) -> list[list[str]]:
    return [[f for f, _ in w.contents] for w in todo.new]


def test_nothing_new_is_an_empty_plan():
    todo = plan([source("a", "k1"), source("b", "k2")], state_of(OLD), {"file:///a": "k1", "file:///b": "k2"}, {})
    assert todo.is_empty


def test_the_same_bytes_under_two_names_are_one_content():
    todo = plan([source("a", "x"), source("b", "x"), source("c", "k1")], state_of(OLD), {}, {})
    assert cut(todo) == [["x"]]
    assert ([s.uri for s in todo.seen], todo.duplicates) == (["file:///a", "file:///b", "file:///c"], 1)


def test_a_changed_file_and_a_moved_one_are_seen_anew():
    todo = plan([source("a", "k2"), source("new", "k1")], state_of(OLD), {"file:///a": "k1"}, {}, gone=["file:///b"])
    assert (cut(todo), [s.file_id for s in todo.seen], todo.gone) == ([], ["k2", "k1"], ())
    assert plan([], state_of(OLD), {"file:///b": "k2"}, {}, gone=["file:///b"]).gone == (("file:///b", "k2"),)


def test_what_was_forgotten_stays_forgotten():
    todo = plan([source("a", "x")], state_of(tombstones={"x": "2026-01-01"}), {}, {})
    assert todo.is_empty
    assert [s.file_id for s in todo.forgotten] == ["x"]


@pytest.mark.parametrize(
    ("sizes", "batch_bytes", "shape"),
    [([10] * 5, 20, [2, 2, 1]), ([50, 1, 1], 20, [1, 2]), ([5, 50], 20, [1, 1]), ([0] * 7, 20, [3, 3, 1])],
)
def test_batches_are_cut_by_bytes_and_by_files(sizes: list[int], batch_bytes: int, shape: list[int]):
    sources = [source(f"n{i}", f"x{i}", size) for i, size in enumerate(sizes)]
    todo = plan(sources, State(), {}, {}, batch_bytes=batch_bytes, batch_files=3)
    assert [len(c) for c in cut(todo)] == shape
    assert sorted(f for c in cut(todo) for f in c) == sorted(s.file_id for s in sources)
    assert [w.batch_id for w in todo.new] == [batch_id(c) for c in cut(todo)]


def test_a_run_has_few_batches_however_much_there_is():
    sources = [source(f"n{i:05}", f"x{i}", 1000) for i in range(5000)]
    assert len(plan(sources, State(), {}, {}, batch_bytes=1000, batch_files=10, max_batches=50).new) <= 51


def test_what_an_earlier_run_finished_keeps_its_cut():
    sources = [source(n, n) for n in "abcd"]
    assert cut(plan(sources, State(), {}, {}, waiting=[("b", "d"), ("a", "gone")])) == [["b", "d"], ["a", "c"]]


@pytest.mark.parametrize("first", ["decode", "clean", "enrich"])
def test_a_batch_begins_again_where_the_code_changed_from_the_bytes_that_are_kept(first: str):
    stale = plan([], state_of(OLD), {}, {OLD.batch_id: first}).stale
    assert [(w.stage_from, w.contents) for w in stale] == [(first, (("k1", None), ("k2", None)))]


def test_a_retry_begins_with_the_bytes_whatever_the_code():
    assert [w.stage_from for w in plan([], state_of(OLD), {}, {OLD.batch_id: "enrich"}, retry={"k2"}).stale] == ["decode"]
