"""Contents: hashed once, recognised by their looks, refused unread where too large."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from tasks.ingest.containers.fields import Fields
from tasks.ingest.discover import discover
from tasks.ingest.fetch import Fetching
from tasks.ingest.hashing import Hashed, hash_contents
from tasks.ingest.remote.patience import Options
from tasks.storage.known import Known
from tasks.storage.layout import Layout

LIMIT = 1000


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name, text in {"a.txt": "甲", "b.txt": "乙", "again.txt": "甲", "empty.txt": ""}.items():
        (folder / name).write_text(text)
        os.utime(folder / name, (time.time() - 100,) * 2)
    return folder


def hashed(seeds: Path, known: Known, rehash: bool = False) -> Hashed:
    return hash_contents(discover([seeds]), known, LIMIT, rehash, 2)


def test_contents_are_named_by_their_bytes(seeds: Path, tmp_path: Path):
    done = hashed(seeds, Known.load(Layout.of(tmp_path / "w")))
    assert {Path(s.path).name: s.file_id for s in done.sources} == {
        p.name: sha256(p.read_bytes()).hexdigest()[:32] for p in seeds.iterdir()
    }
    assert done.bytes_read == 9


def test_a_file_that_looks_the_same_is_not_read_again(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    known = Known.load(Layout.of(tmp_path / "w"))
    monkeypatch.setattr("tasks.ingest.hashing.time.time_ns", lambda: 1 << 62)  # not within the clock's grain
    first = hashed(seeds, known)
    again = hashed(seeds, known)
    assert (again.sources, again.bytes_read) == (first.sources, 0)
    assert hashed(seeds, known, rehash=True).bytes_read == 9
    (seeds / "a.txt").write_text("丙丙")
    assert hashed(seeds, known).bytes_read == 6


def test_a_record_above_the_limit_is_refused_unread(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (seeds / "big.txt").write_bytes(b"x" * (LIMIT + 1))
    opened = []
    real = os.open
    monkeypatch.setattr("tasks.ingest.hashing.os.open", lambda path, *rest: (opened.append(Path(path).name), real(path, *rest))[1])
    done = hashed(seeds, Known.load(Layout.of(tmp_path / "w")))
    assert [(Path(s.path).name, "1,001 bytes" in why) for s, why in done.too_large] == [("big.txt", True)]
    assert "big.txt" not in opened
    assert len(done.sources) == 4


def test_what_was_read_under_another_limit_is_not_refused_afterwards(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tasks.ingest.hashing.time.time_ns", lambda: 1 << 62)  # not within the clock's grain
    big = seeds / "big.txt"
    big.write_bytes(b"x" * (LIMIT + 1))
    known = Known.load(Layout.of(tmp_path / "w"))
    first = hash_contents(discover([seeds]), known, 2 * LIMIT, False, 1)
    held = {s.file_id for s in first.sources}
    fetching = Fetching(None, held.__contains__, Options(("https",)))
    for rehash in (False, True):
        again = hash_contents(discover([seeds]), known, LIMIT, rehash, 1, fetching=fetching)
        assert (again.sources, again.too_large) == (first.sources, [])
    lost = Known.load(Layout.of(tmp_path / "v"))  # the cache may be lost at any time: then the bytes tell, once
    remembering = Fetching(None, held.__contains__, Options(("https",)), seen=lambda uri: uri.endswith("big.txt"))
    again = hash_contents(discover([seeds]), lost, LIMIT, False, 1, fetching=remembering)
    assert (again.sources, again.too_large) == (first.sources, [])
    assert hash_contents(discover([seeds]), lost, LIMIT, False, 1, fetching=remembering).bytes_read == 0
    held.clear()  # known by its looks, and never taken in
    assert len(hash_contents(discover([seeds]), known, LIMIT, False, 1, fetching=fetching).too_large) == 1
    held |= {s.file_id for s in first.sources}
    big.write_bytes(b"y" * (LIMIT + 2))
    for known_or_not in (fetching, remembering):
        assert len(hash_contents(discover([seeds]), known, LIMIT, False, 1, fetching=known_or_not).too_large) == 1


def test_what_vanishes_changes_or_cannot_be_read_is_reported(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = discover([seeds])
    (seeds / "a.txt").unlink()
    real_open, real_read = os.open, os.read

    def refuse(path: str, *rest: int) -> int:
        if path.endswith("b.txt"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *rest)

    def grow(handle: int, size: int) -> bytes:
        with open(seeds / "empty.txt", "ab") as f:
            f.write(b"more")
        return real_read(handle, size) if os.fstat(handle).st_ino == os.stat(seeds / "again.txt").st_ino else b""

    monkeypatch.setattr("tasks.ingest.hashing.os.open", refuse)
    monkeypatch.setattr("tasks.ingest.hashing.os.read", grow)
    done = hash_contents(found, Known.load(Layout.of(tmp_path / "w")), LIMIT, False, 1)
    assert {Path(p.uri).name: p.kind for p in done.problems} == {"a.txt": "vanished", "b.txt": "unreadable", "empty.txt": "changed"}
    assert [Path(s.path).name for s in done.sources] == ["again.txt"]


def test_a_container_may_be_larger_than_a_text(tmp_path: Path):
    folder = tmp_path / "seeds"
    folder.mkdir()
    row = '{"正文内容": "潮水。"}\n'
    for name, data in {"long.txt": "长" * 1000, "many.bin": row * 100, "endless": row * 1000}.items():
        (folder / name).write_text(data)
    fields = Fields.of({"text": ["正文内容"]})
    done = hash_contents(discover([folder]), Known.load(Layout.of(tmp_path / "w")), LIMIT, False, 1, container_limit=10_000, fields=fields)
    assert [Path(s.path).name for s in done.sources] == ["many.bin"]
    reasons = {Path(s.path).name: why for s, why in done.too_large}
    assert "in one record" in reasons["long.txt"] and "container_limit_bytes is 10,000" in reasons["endless"]
    unknown = hash_contents(discover([folder]), Known.load(Layout.of(tmp_path / "v")), LIMIT, False, 1, container_limit=10_000)
    assert unknown.sources == []
