"""Files: durable writes, deterministic Parquet, bytes fetched by name, known files, run log, progress."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.errors import BrokenWarehouse, TaojinError, UsageError
from tasks.storage import contents, progress, runlog
from tasks.storage.contents import fetch, iterate, read_batch, write_contents
from tasks.storage.durable import fault, write_durably
from tasks.storage.known import Known
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.parquet import digest_of, read_table, staged, write_table
from tasks.storage.records import BatchRecord, State
from tests.tasks.storage.small import TEXTS, ingest, seeds


def test_a_durable_file_is_whole_and_never_written_over(tmp_path):
    path = tmp_path / "a"
    assert write_durably(path, lambda p: p.write_bytes(b"one")) == 3
    with pytest.raises(FileExistsError):
        write_durably(path, lambda p: p.write_bytes(b"two"))
    with pytest.raises(ZeroDivisionError):
        write_durably(tmp_path / "b", lambda p: p.write_bytes(b"half") and 1 / 0)
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_file_and_folder_are_synced_before_and_after_the_link(tmp_path, monkeypatch):
    done = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda h: (done.append(os.readlink(f"/proc/self/fd/{h}")), real(h)))
    monkeypatch.setattr(os, "link", lambda a, b: (done.append("link"), os.rename(a, b)))
    write_durably(tmp_path / "a", lambda p: p.write_bytes(b"x"))
    assert [Path(d).suffix or Path(d).name for d in done] == [".tmp", "link", tmp_path.name]


def test_fault_points_are_armed_by_name_and_count(monkeypatch):
    monkeypatch.setenv("TAOJIN_FAULT", "here@2:full")
    fault("there")
    fault("here")
    with pytest.raises(OSError, match="No space left"):
        fault("here")
    fault("here")


def table(n: int) -> pa.Table:
    return pa.table({"few": ["a", "b"] * n, "many": [f"{i}" for i in range(2 * n)], "words": [["x", "y"]] * (2 * n), "n": range(2 * n)})


def test_parquet_is_deterministic_compressed_and_digested(tmp_path):
    one, two = write_table(tmp_path / "a", table(500)), write_table(tmp_path / "b", table(500))
    assert one == two and one.rows == 1000
    assert one.sha256 == digest_of(tmp_path / "a") and one.bytes == (tmp_path / "a").stat().st_size
    assert read_table([tmp_path / "a", tmp_path / "b"]).num_rows == 2000
    group = pq.read_metadata(tmp_path / "a").row_group(0)
    columns = {group.column(i).path_in_schema.split(".")[0]: group.column(i) for i in range(group.num_columns)}
    assert all(c.compression == "ZSTD" for c in columns.values())
    assert {n: c.has_dictionary_page for n, c in columns.items()} == {"few": True, "many": False, "words": True, "n": False}


def test_a_table_without_rows_needs_no_file_and_a_wrong_one_is_refused(tmp_path):
    layout = Layout.of(tmp_path)
    assert staged(layout, tmp_path / "staging", "links", "clean", TABLES["links"].arrow.empty_table()) is None
    with pytest.raises(TaojinError, match=r"links.*missing doc_id"):
        staged(layout, tmp_path / "staging", "links", "clean", TABLES["links"].arrow.empty_table().drop(["doc_id"]))
    assert not (tmp_path / "staging").exists()


def test_damaged_parquet_is_a_sentence(tmp_path):
    (tmp_path / "a").write_bytes(b"PAR1 not really")
    with pytest.raises(BrokenWarehouse, match="cannot be read as Parquet"):
        read_table([tmp_path / "a"])


def test_bytes_come_back_by_name_reading_one_row_group(tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "GROUP_BYTES", 3000)
    layout = Layout.of(tmp_path)
    data = {file_id(b): b for b in (os.urandom(1000) for _ in range(20))} | {file_id(b""): b""}
    record = write_contents(layout, layout.batch_staging("b"), data)
    pack = pq.ParquetFile(layout.path(record))
    assert pack.num_row_groups >= 7 and record.rows == 21
    batch = BatchRecord("b", tuple(sorted(data)), 20_000, {}, (record,))
    state = State(batches={"b": batch}, file_batch=dict.fromkeys(data, "b"), tombstones={"f" * 32: "2026-01-01"})
    groups = []
    real = pq.ParquetFile.read_row_group
    monkeypatch.setattr(pq.ParquetFile, "read_row_group", lambda self, i, *a, **k: (groups.append(i), real(self, i, *a, **k))[1])
    for name, expected in data.items():
        groups.clear()
        assert fetch(layout, state, name) == expected
        assert len(groups) == 1
    assert dict(iterate(layout, state)) == data
    assert {r["file_id"]: r["data"] for r in read_batch(layout, batch).to_pylist()} == data
    with pytest.raises(UsageError, match="no file 00000"):
        fetch(layout, state, "0" * 32)
    with pytest.raises(UsageError, match="were forgotten on 2026-01-01"):
        fetch(layout, state, "f" * 32)


def test_arrivals_read_the_same_from_publication_and_events(tmp_path):
    from tasks.storage.arrivals import _from_events, _published, current_arrivals

    ingest(tmp_path, seeds(["甲.txt", "乙.txt", "丙.txt"]))
    state = ingest(tmp_path, {"乙.txt": "灯塔\n另一篇。".encode()}, gone=["丙.txt"])
    layout = Layout.of(tmp_path)
    expected = {"file:///seeds/甲.txt": file_id(TEXTS["甲.txt"].encode()), "file:///seeds/乙.txt": file_id("灯塔\n另一篇。".encode())}
    assert _published(layout, state) == _from_events(layout, state) == expected
    (tmp_path / "current").unlink()
    assert _published(layout, load_state(layout)) is None
    assert current_arrivals(layout, load_state(layout)) == expected


class TestKnown:
    HOUR_NS = 3600 * 10**9

    def test_a_file_is_recognised_until_it_changes(self, tmp_path):
        path = tmp_path / "a\tb\\n\n.txt"
        path.write_text("x")
        looks = os.stat(path)
        known = Known.load(Layout.of(tmp_path))
        known.remember(str(path), looks, "f" * 32, looks.st_ctime_ns + self.HOUR_NS)
        known.save()
        again = Known.load(Layout.of(tmp_path))
        assert again.file_id(str(path), os.stat(path)) == "f" * 32
        os.utime(path, ns=(1, 1))
        assert again.file_id(str(path), os.stat(path)) is None
        again.forget(str(path))
        assert len(again) == 0

    def test_a_file_changed_while_it_was_hashed_is_not_trusted(self, tmp_path):
        looks = os.stat(tmp_path)
        known = Known(Layout.of(tmp_path))
        known.remember("a", looks, "f" * 32, looks.st_mtime_ns + 1_999_999_999)
        assert known.file_id("a", looks) is None
        known.remember("a", looks, "f" * 32, looks.st_mtime_ns + 2_000_000_000)
        assert known.file_id("a", looks) == "f" * 32

    @pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b"", lambda b: b"\xff" + b, lambda b: b.replace(b"\t", b" ")])
    def test_a_broken_cache_knows_nothing(self, damage, tmp_path):
        looks = os.stat(tmp_path)
        known = Known(Layout.of(tmp_path))
        known.remember("a", looks, "f" * 32, looks.st_mtime_ns + self.HOUR_NS)
        known.save()
        path = Layout.of(tmp_path).known
        path.write_bytes(damage(path.read_bytes()))
        assert len(Known.load(Layout.of(tmp_path))) == 0

    def test_a_hundred_thousand_entries_are_quick(self, tmp_path):
        looks = os.stat(tmp_path)
        known = Known(Layout.of(tmp_path))
        for i in range(100_000):
            known.remember(f"file:///seeds/some/folder/{i}.txt", looks, f"{i:032x}", looks.st_ctime_ns + self.HOUR_NS)
        known.save()
        began = time.process_time()
        known = Known.load(Layout.of(tmp_path))
        assert all(known.file_id(f"file:///seeds/some/folder/{i}.txt", looks) for i in range(100_000))
        assert time.process_time() - began < 2


def test_the_run_log_outlives_a_torn_line(tmp_path):
    layout = Layout.of(tmp_path)
    runlog.append(layout, {"run_id": 3, "status": "failed"})
    with layout.run_log.open("ab") as f:
        f.write(b'{"run_id": 4, "sta')
    runlog.append(layout, {"run_id": 5, "status": "nothing-new"})
    assert [e["run_id"] for e in runlog.entries(layout)] == [3, 5]
    assert runlog.next_run_id(layout, State(next_run_id=2)) == 6
    assert runlog.next_run_id(Layout.of(tmp_path / "x"), State()) == 1


def test_progress_is_told_and_cleared(tmp_path):
    layout = Layout.of(tmp_path)
    assert progress.read_progress(layout) is None
    told = {"batches": 3, "of": 9, "started_at": "2026-03-01T02:00:00+00:00"}
    progress.write_progress(layout, told)
    assert progress.read_progress(layout) == told
    progress.clear_progress(layout)
    progress.clear_progress(layout)
    assert progress.read_progress(layout) is None
