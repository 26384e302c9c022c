"""Manifests: read back equal, flat with history, and every damage names itself."""

from __future__ import annotations

import json

import pytest

from tasks.errors import BrokenWarehouse
from tasks.storage import manifests
from tasks.storage.layout import Layout
from tasks.storage.manifests import append, load_state
from tasks.storage.records import BatchRecord, Delta, FileRecord, Job, Receipt, Source, State
from tasks.storage.verify import verify


def batch(i: int) -> BatchRecord:
    file = FileRecord("documents", "decode", f"truth/documents/{i}.parquet", i, 10, "0" * 64)
    return BatchRecord(f"{i:032x}", (f"{i:031x}f",), 10, {"decode": "a"}, (file,), {"d": "why"})


def write(layout: Layout, count: int) -> State:
    layout.make()
    state = load_state(layout)
    for i in range(state.number, state.number + count):
        state = append(layout, state, Delta(run_id=i + 1, batches=(batch(i),), dropped=(f"{i - 3:032x}",) if i % 7 == 5 else ()))
    return state


@pytest.mark.parametrize("record", [
    Source("file:///a", "/a", None, 1, 2),
    batch(3),
    Job("b", "clean", (("f", None), ("g", "/p")), batch(1), "/w", "/w/staging/b", 4, {"clean": "x"}, {"cutter": "jieba"}),
    Job("b", "decode", (), None, "/w", "/w/staging/b", 4, {}),
    Receipt("b", "decode", ("f",), 1, {"decode": "x"}, 4, batch(1).files, {"documents": 1}, {"decode": {"seconds": 0.5}},
            ({"doc_id": None, "file_id": "f", "reason": "x"},)),
    Delta(1, (batch(1),), ("x",), batch(2).files, ("p",), {"f": "2026"}, 7),
], ids=lambda r: type(r).__name__)
def test_records_come_back_equal(record):
    assert type(record).from_json(json.loads(json.dumps(record.to_json()))) == record


def test_state_is_the_sum_of_the_manifests(tmp_path):
    layout = Layout.of(tmp_path)
    written = write(layout, 60)
    assert load_state(layout) == written
    assert manifests.numbers(layout) == (list(range(1, 61)), [50])
    layout.snapshot(50).unlink()
    assert load_state(layout) == written
    assert State.from_json(json.loads(json.dumps(written.to_json()))) == written
    assert written.next_run_id == 61 and f"{2:032x}" not in written.batches


def test_few_snapshots_are_kept_and_little_is_read_after_the_last(tmp_path):
    layout = Layout.of(tmp_path)
    write(layout, 400)
    deltas, snapshots = manifests.numbers(layout)
    assert deltas == list(range(1, 401)) and len(snapshots) == manifests.KEPT_SNAPSHOTS
    after = sum(layout.manifest(n).stat().st_size for n in range(snapshots[-1] + 1, 401))
    assert after < layout.snapshot(snapshots[-1]).stat().st_size / manifests.SNAPSHOT_SHARE + 50 * layout.manifest(400).stat().st_size
    assert layout.journal.stat().st_size < 2 * layout.snapshot(snapshots[-1]).stat().st_size


def test_a_number_is_written_once(tmp_path):
    layout = Layout.of(tmp_path)
    state = write(layout, 2)
    append(layout, state, Delta())
    with pytest.raises(BrokenWarehouse, match="did not hold the lock"):
        append(layout, state, Delta())


def truncated(path):
    path.write_bytes(path.read_bytes()[:-20])


def flipped(path):
    path.write_text(path.read_text().replace('"bytes":10', '"bytes":11', 1))


def lost(path):
    path.unlink()


@pytest.mark.parametrize("number", [3, 5])
@pytest.mark.parametrize("damage", [truncated, flipped, lost])
def test_damage_names_the_manifest(damage, number, tmp_path):
    layout = Layout.of(tmp_path)
    write(layout, 5)
    damage(layout.manifest(number))
    with pytest.raises(BrokenWarehouse, match=rf"00000000000{number}\.json") as caught:
        load_state(layout)
    assert caught.value.hint
    assert any(f.kind == "manifest" and str(number) in f.message for f in verify(tmp_path))


def test_an_exchanged_manifest_breaks_the_chain(tmp_path):
    write(Layout.of(tmp_path / "a"), 4)
    other = Layout.of(tmp_path / "b")
    other.make()
    state = append(other, State(), Delta(run_id=9))
    append(other, state, Delta(run_id=10))
    Layout.of(tmp_path / "a").manifest(2).write_bytes(other.manifest(2).read_bytes())
    with pytest.raises(BrokenWarehouse, match="does not follow"):
        load_state(Layout.of(tmp_path / "a"))


def test_a_damaged_snapshot_is_passed_over(tmp_path):
    layout = Layout.of(tmp_path)
    written = write(layout, 55)
    truncated(layout.snapshot(50))
    assert load_state(layout) == written
    assert any("Snapshot 50" in f.message for f in verify(tmp_path))


def old_seal(layout: Layout, number: int) -> None:
    """As schema version 1 sealed its manifests: the digest over sorted keys."""
    body = json.loads(layout.manifest(number).read_bytes())
    previous = json.loads(layout.manifest(number - 1).read_bytes())["digest"] if number > 1 else ""
    del body["digest"]
    body |= {"schema_version": 1, "previous": previous}
    digest = manifests._digest_of_version_1(body)
    layout.manifest(number).write_text(json.dumps({**body, "digest": digest}, ensure_ascii=False, separators=(",", ":")))


def test_manifests_of_version_1_are_read_and_their_damage_is_seen(tmp_path):
    layout = Layout.of(tmp_path)
    written = write(layout, 3)
    for number in (1, 2, 3):
        old_seal(layout, number)
    layout.journal.unlink()
    state = load_state(layout)
    assert state.batches == written.batches and state.schema_version == 1
    assert append(layout, state, Delta()).schema_version == manifests.SCHEMA_VERSION
    assert load_state(layout).number == 4 and not [f for f in verify(tmp_path) if f.kind == "manifest"]
    flipped(layout.manifest(3))
    with pytest.raises(BrokenWarehouse, match="was changed"):
        load_state(layout)


def test_a_newer_schema_is_refused(tmp_path, monkeypatch):
    layout = Layout.of(tmp_path)
    write(layout, 1)
    monkeypatch.setattr(manifests, "SCHEMA_VERSION", 0)
    with pytest.raises(BrokenWarehouse, match="newer taojin"):
        load_state(layout)
