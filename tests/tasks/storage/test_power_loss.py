"""Power cuts: what a disk may hold at any moment is a warehouse, and the next run makes the tables of an undisturbed one.

A disk promises what was forced onto it by fsync: of a file its bytes, of a folder its names. Everything else may be there or not. So
every fsync, link and rename of two runs is recorded, and after each of them the disk is built three times as a power cut may leave it:

    late    only what was forced is there
    early   every name is there; of a file that was never forced no byte
    first   names that point to others (manifests, `current`) are there, and of what they point to only what was forced
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.storage import durable
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.parquet import digest_of
from tasks.storage.reader import open_published
from tests.tasks.storage.small import STEPS, ingest, tables

POINTING = ("manifests", "log", "current")  # names of a warehouse that point to others


class Disk:
    """What was forced onto a disk below a folder, told from the calls that a process makes."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.bytes: dict[int, bytes] = {}  # file -> as it was when it was forced last
        self.names: dict[int, dict[str, tuple[int, str]]] = {}  # folder -> name -> file or folder, or where a link points
        self.held: list[int] = []  # handles that keep inodes from being given away again
        self.happened: Callable[[str], None] = lambda what: None
        real = {name: getattr(os, name) for name in ("fsync", "link", "replace", "symlink")}

        def fsync(handle: int) -> None:
            real["fsync"](handle)
            place = Path(os.readlink(f"/proc/self/fd/{handle}"))
            if self.root in (place, *place.parents):
                self._force(handle, place)
                self.happened(f"fsync {place.name}")

        def after(name: str) -> Callable[..., None]:
            def call(*given: object, **named: object) -> None:
                real[name](*given, **named)
                self.happened(f"{name} {Path(str(given[1])).name}")

            return call

        monkeypatch.setattr(os, "fsync", fsync)
        for name in ("link", "replace", "symlink"):
            monkeypatch.setattr(os, name, after(name))

    def _force(self, handle: int, place: Path) -> None:
        at = os.fstat(handle)
        self.held.append(os.dup(handle))
        if stat.S_ISDIR(at.st_mode):
            self.names[at.st_ino] = self._listed(place)
        else:
            self.bytes[at.st_ino] = place.read_bytes()

    @staticmethod
    def _listed(folder: Path) -> dict[str, tuple[int, str]]:
        return {e.name: (e.inode(), os.readlink(e.path) if e.is_symlink() else "/" if e.is_dir() else "") for e in os.scandir(folder)}

    def cut(self, way: str, target: Path) -> Path:
        """Build what a cut leaves."""
        shutil.rmtree(target, ignore_errors=True)
        self._built(self.root, self.root.stat().st_ino, target, way)
        return target

    def _built(self, here: Path | None, inode: int, target: Path, way: str) -> None:
        target.mkdir()
        forced = self.names.get(inode, {})
        living = self._listed(here) if here and here.is_dir() else {}
        names = {"late": forced, "early": living}.get(way) or forced | {n: living[n] for n in POINTING if n in living}
        for name, (number, points) in names.items():
            below = "early" if way == "first" and name in POINTING else "late" if way == "first" and name == "truth" else way
            if points == "/":
                self._built(here / name if here else None, number, target / name, below)
            elif points:
                os.symlink(points, target / name)
            else:
                (target / name).write_bytes(self.bytes.get(number, b""))


def readable(root: Path) -> list[str]:
    """What a warehouse names and does not have."""
    layout = Layout.of(root)
    state = load_state(layout)
    found = [f.path for f in state.files() if not layout.path(f).exists() or digest_of(layout.path(f)) != f.sha256]
    if layout.current.is_symlink():
        with open_published(root) as db:
            if db.execute("SELECT manifest <= ? FROM _publication", [state.number]).fetchone() != (True,):
                found.append("a generation ahead of its manifest")
    return found


@pytest.fixture
def undisturbed(tmp_path) -> dict:
    for step in ("first", "second"):
        ingest(tmp_path / "calm", **STEPS[step])
    return tables(tmp_path / "calm")


def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int, check: Callable[[Path, str], None]) -> Iterator[str]:
    """Two runs on a recorded disk, with a look at what a cut would leave after each `every`th call. Yields what happened."""
    place = tmp_path / "disk"
    place.mkdir()
    told: list[str] = []
    disk = Disk(place, monkeypatch)
    looking = False

    def happened(what: str) -> None:
        nonlocal looking
        if looking:
            return
        told.append(what)
        if len(told) % every == 0:
            looking = True
            for way in ("late", "early", "first"):
                check(disk.cut(way, tmp_path / "cut") / "warehouse", f"after {len(told)}: {what}, {way}")
            looking = False

    disk.happened = happened
    for step in ("first", "second"):
        ingest(place / "warehouse", **STEPS[step])
    monkeypatch.undo()
    yield from told


def test_a_manifest_is_never_on_disk_before_what_it_names(tmp_path, monkeypatch):
    faults: list[str] = []
    seen: set[int] = set()

    def check(root: Path, when: str) -> None:
        if root.is_dir():
            faults.extend(f"{when}: {f}" for f in readable(root))
            seen.add(load_state(Layout.of(root)).number)

    told = list(recorded(tmp_path, monkeypatch, 2, check))
    assert faults == [] and seen == {0, 1, 2}
    assert len(told) > 150 and "link 000000000002.json" in told and told.index("fsync manifests") > told.index("link 000000000001.json")


@pytest.mark.slow
def test_after_any_cut_the_next_run_makes_the_same_tables(tmp_path, monkeypatch, undisturbed):
    wrong: list[str] = []
    cuts: list[str] = []

    def check(root: Path, when: str) -> None:
        cuts.append(when)
        for step in ("first", "second")[load_state(Layout.of(root)).number > 0 :]:
            ingest(root, **STEPS[step])
        if tables(root) != undisturbed:
            wrong.append(when)

    list(recorded(tmp_path, monkeypatch, 23, check))
    assert wrong == [] and len(cuts) > 20


@pytest.mark.parametrize("left_out", ["file", "folder"])
def test_a_forgotten_fsync_shows(tmp_path, monkeypatch, left_out):
    """The check can fail: with one kind of fsync left out, some cut leaves a manifest without its files."""
    faults: list[str] = []

    def check(root: Path, when: str) -> None:
        try:
            faults.extend(readable(root) if root.is_dir() else ())
        except Exception as error:
            faults.append(str(error))

    if left_out == "file":
        monkeypatch.setattr(durable, "sync_file", lambda path: None)
    else:
        monkeypatch.setattr("tasks.storage.commit.sync_folder", lambda path: None)
    list(recorded(tmp_path, monkeypatch, 5, check))
    assert faults
