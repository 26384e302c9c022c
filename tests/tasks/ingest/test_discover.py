"""The walk: every name is found, nothing is followed out, nothing that cannot be read stops it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import UnreadableInput
from tasks.ingest.discover import Discovery, discover, discover_seeds
from tasks.ingest.names import path_of, uri_of


def names(found: Discovery) -> list[str]:
    return [path_of(s.uri).rsplit("/", 1)[-1] for s in found.sources]


def kinds(found: Discovery) -> dict[str, str]:
    return {path_of(p.uri).rstrip("/").rsplit("/", 1)[-1]: p.kind for p in found.problems}


@given(st.binary(min_size=1).filter(lambda b: b"\0" not in b))
def test_each_name_of_bytes_becomes_a_uri_and_comes_back(name: bytes):
    path = os.fsdecode(b"/" + name)
    uri = uri_of(path)
    uri.encode("utf-8")
    assert path_of(uri) == path


def test_a_uri_reads_as_people_write_it():
    assert uri_of("/数据/第 3 页 100%.txt") == "file:///数据/第 3 页 100%25.txt"


def test_finds_names_of_all_kinds_in_order(tmp_path: Path):
    long = "长" * 80 + ".txt"
    wanted = ["a b.txt", "第一页.txt", long, "line\nbreak.txt", os.fsdecode(b"gbk-\xd6\xd0.txt"), "b/c/d.txt"]
    for name in wanted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name.encode("utf-8", "replace").decode())
    found = discover([tmp_path])
    assert sorted(names(found)) == sorted(n.rsplit("/", 1)[-1] for n in wanted)
    assert found.problems == []
    assert [s.uri for s in discover([tmp_path]).sources] == [s.uri for s in found.sources]


def test_links_lead_nowhere_else(tmp_path: Path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir(), outside.mkdir()
    (inside / "a.txt").write_text("a")
    (outside / "secret.txt").write_text("s")
    (inside / "same.txt").symlink_to("a.txt")
    (inside / "leak.txt").symlink_to(outside / "secret.txt")
    (inside / "loop").symlink_to(inside)
    (inside / "broken.txt").symlink_to("nowhere")
    found = discover([inside])
    assert names(found) == ["a.txt", "same.txt"]
    assert kinds(found) == {"leak.txt": "link", "loop": "link", "broken.txt": "unreadable"}
    assert names(discover([inside / "leak.txt"])) == ["secret.txt"], "a path given by hand may be a link"


def test_pipes_and_hidden_names_are_left_alone(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / ".hidden").write_text("h")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x").write_text("x")
    assert (names(discover([tmp_path])), kinds(discover([tmp_path]))) == ([], {"pipe": "special"})
    assert names(discover([tmp_path], hidden=True)) == [".hidden", "x"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_folder_is_reported_and_hides_nothing_else(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir()
    (tmp_path / "open.txt").write_text("o")
    closed.chmod(0)
    try:
        found = discover([tmp_path])
    finally:
        closed.chmod(0o755)
    assert (names(found), kinds(found)) == (["open.txt"], {"closed": "unreadable"})
    assert not found.was_scanned(uri_of(str(closed / "x.txt")))


def test_a_folder_that_fails_while_it_is_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "bad").mkdir()
    (tmp_path / "good.txt").write_text("g")
    real = os.scandir

    def scandir(path: str):
        if str(path).endswith("bad"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("tasks.ingest.discover.os.scandir", scandir)
    found = discover([tmp_path])
    assert (names(found), kinds(found)) == (["good.txt"], {"bad": "unreadable"})
    assert found.was_scanned(uri_of(str(tmp_path / "gone.txt")))
    assert not found.was_scanned(uri_of(str(tmp_path / "bad" / "x.txt")))


def test_a_file_that_vanishes_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.txt").write_text("a")
    monkeypatch.setattr("tasks.ingest.discover._entry", lambda root, entry, found: os.stat(entry.path + "x"))
    assert kinds(discover([tmp_path])) == {"a.txt": "vanished"}


@pytest.mark.parametrize("name", ["missing", "pipe"])
def test_a_path_given_by_hand_must_be_readable(tmp_path: Path, name: str):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableInput):
        discover([tmp_path / name])


def test_overlapping_paths_count_once(tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    assert names(discover([tmp_path, tmp_path / "a.txt", tmp_path])) == ["a.txt"]


def test_only_whole_folders_tell_what_is_gone(tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    other = uri_of(str(tmp_path / "b.txt"))
    assert discover([tmp_path]).was_scanned(other)
    assert not discover([tmp_path / "a.txt"]).was_scanned(other)
    assert not discover([tmp_path]).was_scanned(uri_of(str(tmp_path) + "2/b.txt"))


def test_specimens_count_only_while_nothing_else_is_there(tmp_path: Path):
    (tmp_path / "specimens").mkdir()
    (tmp_path / "specimens" / "s.txt").write_text("s")
    (tmp_path / "README.md").write_text("about this folder")
    alone = discover_seeds(tmp_path)
    assert (names(alone), alone.specimens_only) == (["s.txt"], True)
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "a.txt").write_text("a")
    mixed = discover_seeds(tmp_path)
    assert (names(mixed), mixed.specimens_only) == (["a.txt"], False)
    assert not mixed.was_scanned(uri_of(str(tmp_path / "specimens" / "s.txt"))), "left out is not gone"
