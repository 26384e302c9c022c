"""Mending: after damage of any kind the tables are what they were, or a sentence says what is lost; nothing is invented."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.ids import file_id
from tasks.errors import BrokenWarehouse, DamagedTruth
from tasks.storage import manifests, runlog
from tasks.storage.commit import assemble, commit
from tasks.storage.contents import read_batch
from tasks.storage.damage import looked_over, read_over
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.mend import damaged_history, drop_lost, examined, mend, opened, take_up
from tasks.storage.progress import read_progress
from tasks.storage.publish import is_damaged, needs_publication, publish
from tasks.storage.reader import current_path
from tasks.storage.records import Delta, State
from tasks.storage.restore import restore_bytes
from tasks.storage.sweep import empty_staging, remove_orphans, sweep_when_due
from tasks.storage.verify import verify
from tests.tasks.storage.small import CODE, TEXTS, ingest, seeds, tables, work
from tests.tasks.storage.small import _job as job_for

Damage = Callable[[Path], object]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 16
    path.write_bytes(data)


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


WAYS: dict[str, Damage] = {"flipped": flip, "halved": halve, "emptied": lambda p: os.truncate(p, 0), "lost": Path.unlink}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("whole")
    ingest(root, seeds(["甲.txt", "乙.txt", "丁.txt"]))
    ingest(root, seeds(["丙.txt", "戊.txt"]), gone=["乙.txt"])
    return root


@pytest.fixture
def layout(whole, tmp_path) -> Layout:
    shutil.copytree(whole, tmp_path / "w", symlinks=True)
    return Layout.of(tmp_path / "w")


def next_run(layout: Layout, deep: bool = False, originals: dict[str, str] | None = None) -> tuple[State, tuple[str, ...]]:
    """What a flow does about damage: open, mend, compute again what is stale, commit, publish."""
    with writer_lock(layout):
        state, said = opened(layout)
        found = read_over(layout, state) if deep else examined(layout, state, ())
        done = mend(layout, state, found, originals)
        state = done.state
        batches = []
        for name, stage in done.stale.items():
            batch = state.batches[name]
            data = {r["file_id"]: r["data"] for r in read_batch(layout, batch).to_pylist()}
            job = job_for(layout, name, stage, data, batch, state.next_run_id, CODE)
            batches.append(assemble(layout, work(layout, job, data), batch))
        if batches:
            state = commit(layout, state, Delta(state.next_run_id, tuple(batches), generation=state.generation + 1))
        if needs_publication(layout, state):
            publish(layout, state, threads=1)
    return state, (*said, *done.said)


def file_of(layout: Layout, table: str) -> Path:
    return next(layout.path(f) for f in load_state(layout).files() if f.table == table)


@pytest.mark.parametrize(("table", "way"), [
    ("documents", "flipped"), ("terms", "halved"), ("edits", "lost"), ("runs", "lost"), ("arrival_events", "flipped"),
])  # fmt: skip
def test_tables_are_made_again(table, way, layout, whole):
    WAYS[way](file_of(layout, table))
    assert verify(layout.root)
    _, said = next_run(layout, deep=way == "flipped")
    assert said and verify(layout.root) == []
    assert tables(layout.root, volatile=table == "runs") == tables(whole, volatile=table == "runs")


def test_a_run_sees_at_once_what_is_missing_or_cut_and_reads_what_it_will_use(layout):
    state = load_state(layout)
    assert looked_over(layout, state) == []
    path = file_of(layout, "documents")
    flip(path)
    batch = next(b.batch_id for b in state.batches.values() if layout.path(b.of("documents")[0]) == path)
    assert looked_over(layout, state) == [] and examined(layout, state, ()) == []
    assert [d.batch_id for d in examined(layout, state, [batch])] == [batch]
    current_path(layout.root).unlink()  # a generation is to be made: everything is read
    assert [d.batch_id for d in examined(layout, state, ())] == [batch]


@pytest.mark.parametrize("way", ["flipped", "lost"])
def test_bytes_come_from_their_file_while_it_is_there(way, layout, whole, tmp_path):
    originals = {}
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
        originals[file_id(text.encode())] = str(tmp_path / name)
    WAYS[way](file_of(layout, "contents"))
    state, said = next_run(layout, deep=True, originals=originals)
    assert any("were read in again" in s for s in said) and verify(layout.root) == []
    assert tables(layout.root) == tables(whole)
    assert all(restore_bytes(layout.root, f) == Path(p).read_bytes() for f, p in originals.items() if f in state.file_batch)


def test_lost_bytes_are_told_and_nothing_is_done_to_their_rows(layout, whole, tmp_path):
    path = file_of(layout, "contents")
    batch = next(b for b in load_state(layout).batches.values() if layout.path(b.of("contents")[0]) == path)
    halve(path)
    (tmp_path / "other").write_text("another text under the old name")
    state, said = next_run(layout, originals=dict.fromkeys(batch.file_ids, str(tmp_path / "other")))
    assert any("are lost" in s and all(f in s for f in batch.file_ids) and "--drop-lost" in s for s in said)
    assert tables(layout.root) == tables(whole) and state.batches[batch.batch_id].of("contents") == batch.of("contents")
    with pytest.raises(BrokenWarehouse, match="cannot be read"):
        restore_bytes(layout.root, batch.file_ids[0])
    with pytest.raises(DamagedTruth):
        read_batch(layout, batch)
    with writer_lock(layout):
        state, said = drop_lost(layout, state, frozenset({batch.batch_id}))
    assert batch.batch_id not in state.batches and not set(batch.file_ids) & set(state.file_batch) and batch.file_ids[0] in said[0]


def test_a_flipped_bit_in_the_bytes_is_never_computed_with(layout):
    path = file_of(layout, "contents")
    batch = next(b for b in load_state(layout).batches.values() if layout.path(b.of("contents")[0]) == path)
    for at in range(0, path.stat().st_size, 11):
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)
        with pytest.raises(BrokenWarehouse) if _changes(layout, batch) else nullcontext():
            read_batch(layout, batch)
        data[at] ^= 1
        path.write_bytes(data)


def _changes(layout: Layout, batch) -> bool:
    """Whether the pack reads otherwise now."""
    try:
        rows = pq.read_table(layout.path(batch.of("contents")[0]), columns=["file_id", "data"]).to_pylist()
    except Exception:
        return True
    return {r["file_id"] for r in rows if r["data"] is not None and file_id(r["data"]) == r["file_id"]} != set(batch.file_ids)


@pytest.mark.parametrize(("number", "way"), [(1, "flipped"), (1, "lost"), (2, "halved"), (2, "lost")])
def test_manifests_come_back_from_their_second_copy(number, way, layout, whole):
    before = load_state(layout)
    WAYS[way](layout.manifest(number))
    with pytest.raises(BrokenWarehouse, match="--mend"):
        load_state(layout)
    assert any(f.kind == "manifest" for f in verify(layout.root))
    state, said = next_run(layout)
    assert said and state == before and verify(layout.root) == [] and tables(layout.root) == tables(whole)


@pytest.mark.parametrize("way", [*WAYS, "torn"])
def test_the_second_copy_is_written_again(way, layout):
    before = layout.journal.read_bytes()
    if way == "torn":
        layout.journal.write_bytes(before[: before.rindex(b'{"manifest"') + 9])
    else:
        WAYS[way](layout.journal)
    torn = manifests.load_state(layout)
    with writer_lock(layout):
        state, _ = opened(layout)
    assert state == torn
    if way != "flipped":  # a flip in the middle is seen when it is needed
        assert verify(layout.root) == []


def test_a_folder_of_manifests_is_rebuilt_from_the_second_copy_alone(layout, whole):
    before = load_state(layout)
    shutil.rmtree(layout.manifests)
    with pytest.raises(BrokenWarehouse):
        load_state(layout)
    state, _ = next_run(layout)
    assert state == before and verify(layout.root) == [] and tables(layout.root) == tables(whole)


def test_snapshots_and_an_old_past_are_no_loss(layout, whole):
    state = load_state(layout)
    manifests.write_snapshot(layout, state)
    flip(layout.manifest(1))
    assert load_state(layout) == state and damaged_history(layout) and verify(layout.root)
    flip(layout.snapshot(2))
    with pytest.raises(BrokenWarehouse):
        load_state(layout)
    assert opened(layout)[0] == state and verify(layout.root) == [] and tables(layout.root) == tables(whole)
    assert manifests.numbers(layout) == ([], [2]) and not damaged_history(layout)
    flip(layout.snapshot(2))
    layout.journal.unlink()
    with pytest.raises(BrokenWarehouse):
        opened(layout)  # its only copy, and nothing else says what is true


def test_without_any_record_the_packs_are_taken_up(layout, whole):
    shutil.rmtree(layout.manifests)
    shutil.rmtree(layout.journal.parent)
    assert "packs of bytes" in verify(layout.root)[0].message
    with pytest.raises(BrokenWarehouse, match="has lost its manifests"):
        opened(layout)
    with writer_lock(layout):
        state = take_up(layout)
    assert set(state.file_batch) == set(load_state(Layout.of(whole)).file_batch) and state.generation > 2
    ingest(layout.root, {})
    assert verify(layout.root) == [] and tables(layout.root, volatile=False) == tables(whole, volatile=False)


@pytest.mark.parametrize("way", ["halved", "lost"])
def test_a_generation_is_published_again(way, layout, whole):
    WAYS[way](current_path(layout.root))
    assert is_damaged(layout, load_state(layout)) == (way != "lost")
    assert any(f.kind == "publication" for f in verify(layout.root))
    state, _ = next_run(layout)
    assert verify(layout.root) == [] and tables(layout.root) == tables(whole)
    assert state.generation == (2 if way == "lost" else 3)


@pytest.mark.parametrize("wrong", ["dangling", "older"])
def test_the_link_is_set_again(wrong, layout, whole):
    layout.current.unlink()
    if wrong != "absent":
        layout.current.symlink_to("warehouse-000001.duckdb" if wrong == "older" else "warehouse-000077.duckdb")
    assert any(f.kind == "publication" for f in verify(layout.root))
    next_run(layout)
    assert verify(layout.root) == [] and tables(layout.root) == tables(whole)


def test_a_damaged_block_below_an_increment_leads_to_a_full_publication(layout):
    path = current_path(layout.root)
    data = bytearray(path.read_bytes())
    for at in range(3 * 4096 + 300_000, len(data), 4096):
        data[at] ^= 1
    path.write_bytes(data)
    ingest(layout.root, {"新.txt": "新开张\n欢迎光临。".encode()})
    assert verify(layout.root) == []


def test_a_damaged_file_is_never_published(layout):
    flip(file_of(layout, "sentences"))
    with pytest.raises(DamagedTruth, match="sentences"):
        ingest(layout.root, {"新.txt": "新开张\n欢迎光临。".encode()}, rebuild=True)
    next_run(layout)
    assert verify(layout.root) == []


@pytest.mark.parametrize("rubbish", [b'["run_id"]', b"\xff"])
def test_rubbish_in_small_files_tells_nothing(rubbish, layout):
    for path in (layout.progress, layout.lock, layout.known, layout.published_looks):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(rubbish)
    assert read_progress(layout) is None
    next_run(layout)
    layout.run_log.write_bytes(b'{"run_id":7,"status":"failed","started_at":"2026-01-0x"}\n{"status":"failed"}\n' + rubbish + b"\n")
    assert runlog.entries(layout) == []
    assert verify(layout.root) == []


def test_leavings_go_by_age_and_nothing_else_does(layout, whole):
    old = 1_700_000_000
    young, stale, waiting = (layout.staging / n for n in ("young", "stale", "waiting"))
    for folder in (young, stale, waiting):
        folder.mkdir()
        (folder / "rows.parquet").write_bytes(b"x")
    (waiting / "receipt.json").write_bytes(b"{}")
    orphan = layout.truth / "terms" / "orphan.parquet"
    orphan.write_bytes(b"x")
    for path in (stale / "rows.parquet", stale, orphan):
        os.utime(path, (old, old))
    os.utime(young, (old, old))  # its file is young: somebody may be at work
    gone = sweep_when_due(layout, load_state(layout))
    assert set(gone) == {stale, orphan} and young.exists() and waiting.exists()
    stale.mkdir()
    os.utime(stale, (old, old))
    assert sweep_when_due(layout, load_state(layout)) == [] and stale.exists()  # once a day
    assert remove_orphans(layout, load_state(layout)) == [] and len(empty_staging(layout, 0, 0)) >= 3
    assert verify(layout.root) == [] and tables(layout.root) == tables(whole)
