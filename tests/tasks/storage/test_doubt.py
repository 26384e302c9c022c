"""Doubt: a finished batch whose rows the checks found broken is computed again once, and not for ever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from schemas.ids import doc_id, file_id
from tasks.storage.doubt import NAME, blamed, doubt, forget_doubts
from tasks.storage.layout import Layout
from tasks.storage.receipts import adopt
from tasks.storage.records import Job, Receipt, State
from tests.tasks.storage.small import CODE, _new_jobs, seeds, work

LAW, SHAPE = "documents.law-a-cover", "articles.text_sha256-format"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout.of(tmp_path)
    made.make()
    return made


@pytest.fixture
def jobs(layout: Layout) -> list[tuple[Job, dict[str, bytes]]]:
    return list(_new_jobs(layout, State(), seeds(), 2, CODE, 1))


@pytest.fixture
def receipts(layout: Layout, jobs) -> list[Receipt]:
    return [work(layout, job, contents) for job, contents in jobs]


def quarantined(check: str = LAW, file: str | None = None, doc: str | None = None) -> dict:
    table, name = check.split(".")
    return {"table_name": table, "check_id": name, "file_id": file, "doc_id": doc}


def test_a_batch_in_doubt_is_computed_again_once(layout: Layout, jobs, receipts):
    (job, contents), (other, _) = jobs[:2]
    failing = {job.batch_id: {LAW}}
    assert adopt(layout, job) and doubt(layout, failing) == set()
    assert adopt(layout, job) is None and adopt(layout, other), "its neighbour stands"
    assert not layout.receipt(job.batch_id).exists()
    again = work(layout, replace(job, run_id=2), contents)
    assert doubt(layout, failing) == {job.batch_id}, "it is said that it was in vain"
    assert adopt(layout, job) == again and doubt(layout, failing) == {job.batch_id}, "and costs no third time"
    assert doubt(layout, {job.batch_id: {SHAPE}}) == set() and adopt(layout, job) is None, "another check is another case"


def test_code_that_changed_and_a_wish_begin_anew(layout: Layout, jobs, receipts):
    (job, contents), (other, _) = jobs[:2]
    failing = {job.batch_id: {LAW}}
    for _ in range(2):
        doubt(layout, failing)
        adopt(layout, job)
        work(layout, job, contents)
    assert doubt(layout, failing)
    assert forget_doubts(layout) == 1 and adopt(layout, job) is None and adopt(layout, other)
    work(layout, job, contents)
    assert doubt(layout, failing) == set() and forget_doubts(layout) == 1
    changed = replace(job, fingerprints={**job.fingerprints, "clean": "another"})
    assert adopt(layout, changed) is None and not (layout.batch_staging(job.batch_id) / NAME).exists()


def test_a_torn_record_casts_no_doubt(layout: Layout, jobs, receipts):
    job = jobs[0][0]
    doubt(layout, {job.batch_id: {LAW}})
    for rubbish in (b"", b'{"checks": ["a"', b"[]", b"\xff"):
        (layout.batch_staging(job.batch_id) / NAME).write_bytes(rubbish)
        assert adopt(layout, job)


def test_broken_rows_are_laid_to_their_batch(layout: Layout, jobs, receipts):
    mine, *others = receipts
    file = mine.file_ids[0]
    assert blamed(layout, receipts, [quarantined(file=file), quarantined(SHAPE, file)]) == {mine.batch_id: {LAW, SHAPE}}
    assert blamed(layout, receipts, [quarantined(doc=doc_id(file, 1))]) == {mine.batch_id: {LAW}}, "some table of it names the document"
    unheard = doc_id(file_id(b"?"), 1)
    for nobodys in (quarantined(doc=unheard), quarantined()):
        assert blamed(layout, receipts, [nobodys]) == {r.batch_id: {LAW} for r in receipts}
    for record in mine.files:
        layout.path(record).write_bytes(b"rubbish")
    assert set(blamed(layout, receipts, [quarantined(doc=doc_id(others[0].file_ids[0], 1))])) == {others[0].batch_id}
