"""One batch in a worker: what it writes, where it begins, and how one document's fault stays its own."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.ids import batch_id, doc_id, file_id
from tasks import work
from tasks.care import Care
from tasks.storage.commit import assemble, commit
from tasks.storage.contents import read_batch
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table
from tasks.storage.receipts import discard
from tasks.storage.records import BatchRecord, Delta, Job, Receipt, State
from tests.tasks import poisoned

PRINTS = {"decode": "d", "clean": "c", "enrich": "e", "validate": "v"}
TEXTS = {f"{n}.txt": f"第{n}号通知\n\n今年共有{n}00名职工参加培训。\n" for n in range(1, 8)}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.of(tmp_path / "w")
    layout.make()
    return layout


@pytest.fixture
def job(layout: Layout, tmp_path: Path) -> Callable[..., Job]:
    """A job over files with these texts or bytes."""

    def make(texts: Mapping[str, str | bytes] = TEXTS) -> Job:
        contents = []
        for name, text in texts.items():
            data = text.encode() if isinstance(text, str) else text
            (tmp_path / name).write_bytes(data)
            contents.append((file_id(data), str(tmp_path / name)))
        name = batch_id([f for f, _ in contents])
        folder = str(layout.batch_staging(name))
        return Job(name, "decode", tuple(sorted(contents)), None, str(layout.root), folder, 3, PRINTS, {"cutter": "rjieba"})

    return make


def rows(layout: Layout, receipt: Receipt | BatchRecord, table: str, column: str) -> list:
    paths = [layout.path(f) for f in receipt.files if f.table == table]
    return read_table(paths)[column].to_pylist() if paths else []


def test_a_batch_leaves_its_tables_its_bytes_and_a_receipt(layout: Layout, job: Callable[..., Job]):
    todo = job()
    receipt = work.run_batch(todo)
    docs = {doc_id(f, 1) for f, _ in todo.contents}
    assert set(rows(layout, receipt, "documents", "doc_id")) == docs
    assert set(rows(layout, receipt, "articles", "doc_id")) == docs
    assert set(rows(layout, receipt, "documents", "run_id")) == {3}
    assert receipt.counts["characters"] == sum(map(len, TEXTS.values()))
    assert {f.stage for f in receipt.files if f.table == "articles"} == {"enrich"}
    assert receipt.refused_inputs == ()
    assert all(t["seconds"] > 0 and t["peak_bytes"] > 1e6 for t in receipt.timings.values())
    batch = assemble(layout, receipt, None)
    kept = read_batch(layout, batch)
    assert {file_id(d) for d in kept["data"].to_pylist()} == set(kept["file_id"].to_pylist()) == {f for f, _ in todo.contents}


def test_a_finished_batch_is_adopted_not_done_again(layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch):
    first = work.run_batch(job())
    monkeypatch.setattr(work, "decode", lambda _: pytest.fail("done again"))
    assert work.run_batch(job()) == first


@pytest.mark.parametrize("stage", ["clean", "enrich"])
def test_a_later_stage_begins_with_what_is_committed(layout: Layout, job: Callable[..., Job], stage: str, monkeypatch: pytest.MonkeyPatch):
    todo = job()
    receipt = work.run_batch(todo)
    before = commit(layout, State(), Delta(1, (assemble(layout, receipt, None),))).batches[todo.batch_id]
    again = replace(
        todo, stage_from=stage, previous=before, contents=tuple((f, None) for f, _ in todo.contents), fingerprints=PRINTS | {stage: "new"}
    )
    monkeypatch.setattr(work, "decode", lambda _: pytest.fail("decode was not asked for"))
    if stage == "enrich":
        monkeypatch.setattr(work, "clean", lambda _: pytest.fail("clean was not asked for"))
    done = work.run_batch(again)
    assert {f.stage for f in done.files} == {"clean", "enrich"} - ({"clean"} if stage == "enrich" else set())
    after = assemble(layout, done, before)
    for table, column in (("articles", "text"), ("kept", "start"), ("terms", "tf"), ("flags", "start"), ("documents", "text")):
        assert rows(layout, after, table, column) == rows(layout, before, table, column)


def test_a_poisoned_document_leaves_every_table_and_its_neighbours_stay(
    layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(work, "clean", poisoned.clean)
    todo = job(TEXTS | {"poison.txt": "这里有毒。\n"})
    receipt = work.run_batch(todo)
    bad = file_id("这里有毒。\n".encode())
    [refused] = receipt.refused_inputs
    assert (refused["file_id"], refused["doc_id"], refused["stage"], refused["kind"]) == (bad, doc_id(bad, 1), "clean", "raised")
    assert "clean raised ValueError" in refused["reason"]
    assert "this document is poison" in refused["reason"]
    for table in ("documents", "decodings", "articles", "kept", "edits"):
        assert doc_id(bad, 1) not in rows(layout, receipt, table, "doc_id")
        assert len(set(rows(layout, receipt, table, "doc_id"))) == len(TEXTS)
    assert bad in rows(layout, receipt, "contents", "file_id"), "its bytes are kept"
    clean = work.run_batch(job())
    assert rows(layout, receipt, "articles", "text") == rows(layout, clean, "articles", "text")


def test_a_stage_that_fails_on_nothing_is_no_documents_fault(layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch):
    def broken(documents, blocks):
        raise OSError("No space left on device")

    monkeypatch.setattr(work, "clean", broken)
    with pytest.raises(OSError, match="No space"):
        work.run_batch(job())


def test_a_file_that_changed_or_vanished_leaves_the_batch(layout: Layout, job: Callable[..., Job], tmp_path: Path):
    todo = job()
    (tmp_path / "1.txt").write_text("别的内容\n")
    (tmp_path / "2.txt").unlink()
    receipt = work.run_batch(todo)
    assert sorted(r["kind"] for r in receipt.refused_inputs) == ["changed", "vanished"]
    assert len(receipt.file_ids) == len(TEXTS) - 2
    assert receipt.batch_id == batch_id(list(receipt.file_ids)) != todo.batch_id
    assert layout.receipt(receipt.batch_id).exists()


def test_rounds_that_a_dead_worker_finished_are_not_done_again(
    layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
):
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in TEXTS.values())
    todo = job({"records.jsonl": lines})
    monkeypatch.setattr("tasks.ingest.records.TABLE_BYTES", 1)
    whole = work.run_batch(replace(todo, staging=todo.staging + "x"))
    discard(layout, todo.batch_id)
    done = []

    def dies_in_the_fifth(records: pa.Table) -> dict[str, pa.Table]:
        done.extend(records["record_no"].to_pylist())
        if len(done) == 5:
            raise KeyboardInterrupt  # not caught, as a death is not
        return decode(records)

    decode = work.decode
    monkeypatch.setattr(work, "decode", dies_in_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        work.run_batch(todo)
    receipt = work.run_batch(todo, Care(deaths=1))
    assert done == [1, 2, 3, 4, 5, 5, 6, 7]
    assert receipt.counts == whole.counts and receipt.counts["documents"] == len(TEXTS)
    for table in ("articles", "contents", "kept", "edits"):
        column = "data" if table == "contents" else "doc_id"
        assert sorted(rows(layout, receipt, table, column)) == sorted(rows(layout, whole, table, column))
    with pytest.raises(KeyError):
        json.loads((Path(todo.staging) / "rounds.jsonl").read_text().split("\n")[0])["no such field"]


def test_a_document_that_fails_when_it_is_computed_again_leaves_every_table(
    layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
):
    todo = job()
    before = commit(layout, State(), Delta(1, (assemble(layout, work.run_batch(todo), None),))).batches[todo.batch_id]
    real = work.clean
    bad = next(doc for doc, text in zip(rows(layout, before, "documents", "doc_id"), rows(layout, before, "documents", "text"), strict=True)
               if "第3号" in text)  # fmt: skip

    def fails_on_one(documents: pa.Table, blocks: pa.Table) -> dict[str, pa.Table]:
        if any("第3号" in text for text in documents["text"].to_pylist()):
            raise ValueError("a rule of today fails on it")
        return real(documents, blocks)

    monkeypatch.setattr(work, "clean", fails_on_one)
    again = replace(todo, stage_from="clean", contents=tuple((f, None) for f, _ in todo.contents), previous=before,
                    fingerprints=PRINTS | {"clean": "n"})  # fmt: skip
    after = assemble(layout, work.run_batch(again), before)
    assert list(after.refused) == [bad]
    for table in ("documents", "decodings", "articles", "kept"):
        assert bad not in rows(layout, after, table, "doc_id") and rows(layout, after, table, "doc_id")


def test_steps_of_any_size_make_equal_tables(layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch):
    todo = job()
    whole = work.run_batch(todo)
    monkeypatch.setattr(work, "STEP_BYTES", 1)
    other = replace(todo, staging=todo.staging + "x")
    discard(layout, todo.batch_id)
    single = work.run_batch(other)
    assert single.counts == whole.counts
    assert [(f.table, f.stage, f.rows) for f in single.files] == [(f.table, f.stage, f.rows) for f in whole.files]


def test_what_an_error_held_is_let_go_before_its_neighbours_are_tried(
    layout: Layout, job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
):
    held: list[weakref.ref] = []

    class Hoard(list):
        pass

    def hoards(documents: pa.Table, blocks: pa.Table) -> dict[str, pa.Table]:
        assert not any(ref() is not None for ref in held), "the memory of a failure is still there"
        if any("第3号" in text for text in documents["text"].to_pylist()):
            hoard = Hoard([bytes(1000)])
            held.append(weakref.ref(hoard))
            raise MemoryError
        return clean(documents, blocks)

    clean = work.clean
    monkeypatch.setattr(work, "clean", hoards)
    receipt = work.run_batch(job())
    assert len(held) > 1
    [refused] = receipt.refused_inputs
    assert "memory" in refused["reason"] and refused["stage"] == "clean"
    assert receipt.counts["documents"] == len(TEXTS) - 1
