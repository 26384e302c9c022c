"""Kills: the real command dies at fault points and at random moments; after the next run the tables are those of a calm one.

    python -m benchmarks.kills --source LAW.tar.gz [--documents 100] [--times 10] [--random 10] [--only POINT ...] [--results FILE]

Every kill is a SIGKILL of `taojin ingest`, or of its worker where the point lies in one (then the run itself goes on), armed by
TAOJIN_FAULT. A kill at a random moment takes the whole process group, or only the main process in turn. So that ten kills of a point
cost minutes and not hours, a run begins where the point is near:

    first    nothing is there: all documents are taken in
    staged   a run was killed before its commit: all its batches wait in staging
    moved    all is published, and some files have other names: a commit without batches
    unlogged the same, and the manifests' second copy is lost
    unread   a run was killed before its publication

Killed runs follow each other in one warehouse while the point can be passed again, and then comes a run that nobody kills. Compared with
an undisturbed warehouse: every table of data but for volatile columns, and `verify`. Beside that it is counted how many finished batches
were done again, whether a reader in between saw anything but a whole generation, whether a process outlived its run, and whether
files are left that the sweep would not take. With --results, kills are added to a file of JSON lines; those that it has are not repeated.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.server import PrefectServer
from flows.settings import PROJECT, load
from schemas.catalog import DATA
from schemas.derive.ddl import identifier
from tasks.errors import TaojinError
from tasks.storage.durable import APPENDED, NEW, POINTED, REPLACED
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.reader import current_path, kept_generations
from tasks.storage.receipts import waiting
from tasks.storage.sweep import remove_orphans
from tasks.storage.verify import verify

RANDOM = "random moment"
MOVED = 10  # files that get another name
KILLED_AT = {"staged": "commit.start", "unread": "commit.done"}
PATIENCE = 60.0  # seconds that a process may outlive a killed run: it may be importing, on a busy machine
OLD_DAY = 0  # the modification time of all seed files: older than any clock's grain


@dataclass(frozen=True, slots=True)
class Plan:
    """How a point is reached: the scenes in turn, the passes that a run makes (the kill picks one), kills in a row."""

    point: str
    scenes: tuple[str, ...]
    passes: int = 1
    row: int = 1
    in_worker: bool = False
    first_pass: int = 1


def _plans() -> tuple[Plan, ...]:
    before = {f"publish.{s}" for s in ("start", "built", "synced", "before-link", "linked")}  # a later run passes them again
    return (
        *(Plan(p, ("unread",), row=10) for p in sorted(before)),
        *(Plan(f"current.{s}", ("unread",), row=10 if s.startswith("before") else 1) for s in POINTED),
        *(Plan(f"known.{s}", ("moved",), row=10 if s.startswith("before") else 1) for s in REPLACED),
        Plan(RANDOM, ("first",)),
        *(Plan(f"receipt.{s}", ("first",), row=10, in_worker=True, first_pass=2) for s in REPLACED),
        *(Plan(f"manifest.{s}", ("moved",), row=10 if s.startswith("before") else 1) for s in NEW),
        Plan("commit.before-link", ("staged",), passes=60, row=10),
        *(Plan(f"commit.{s}", ("moved",), row=10) for s in ("start", "after-link", "linked", "synced")),
        # One kill in a run: a step that dies again and again is its document's doing, and that is held back as it should be.
        *(Plan(f"file.{s}", ("first",), passes=60, in_worker=True) for s in NEW),
        *(Plan(f"run-file.{s}", ("moved",), passes=3, row=10) for s in NEW),
        *(Plan(p, ("unread",)) for p in ("publish.after-link", "publish.announced")),
        Plan("commit.done", ("moved",)),
        *(Plan(f"journal.{s}", ("moved",)) for s in APPENDED),
        *(Plan(f"journal.{s}", ("unlogged",)) for s in REPLACED),
    )


PLANS = {p.point: p for p in _plans()}


class Ground:
    """The documents, the standing server, the warehouses that scenes begin with, and what each must come to."""

    def __init__(self, root: Path, seeds: Path, url: str) -> None:
        self.root, self.url, self.mark = root, url, uuid.uuid4().hex
        self.seeds = {"first": seeds}
        self.seeds |= {"staged": self.seeds["first"], "unread": self.seeds["first"], "moved": root / "moved",
                       "unlogged": root / "moved"}  # fmt: skip
        shutil.copytree(self.seeds["first"], self.seeds["moved"])
        for path in sorted(self.seeds["moved"].iterdir())[:MOVED]:
            path.rename(path.with_name(f"moved-{path.name}"))
        self._ready: dict[str, Path] = {}
        self.seconds = 0.0  # that an undisturbed run takes

    def calm(self, scene: str) -> Path:
        """What the scene must come to; made when it is first asked for."""
        name = "moved-calm" if self.seeds[scene].name == "moved" else "calm"
        if name not in self._ready:
            began = time.monotonic()
            self._ready[name] = self._laid(self.calm("first"), name) if name == "moved-calm" else self.root / name
            self._expect(self.run(scene, self._ready[name]), 0)
            self.seconds = self.seconds or time.monotonic() - began
        return self._ready[name]

    def start(self, scene: str) -> Path | None:
        """What the scene begins with; made when it is first asked for. None: with nothing."""
        if scene == "first":
            return None
        if scene not in self._ready:
            if scene in KILLED_AT:
                self._expect(self.run(scene, self.root / scene, KILLED_AT[scene]), -signal.SIGKILL)
                self._ready[scene] = self.root / scene
            else:
                self._ready[scene] = self._laid(self.calm("first"), f"{scene}-start")
                if scene == "unlogged":
                    Layout.of(self._ready[scene]).journal.unlink()
        return self._ready[scene]

    def environment(self, fault: str) -> dict[str, str]:
        """What a run is told, a fault among it."""
        return os.environ | {
            "PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_API_URL": self.url, "TAOJIN_PREFECT_HOME": str(self.root / "home"),
            "TAOJIN_FAULT": fault, "TAOJIN_BATCH_FILES": "10" if fault.startswith("receipt") else "25", "TAOJIN_WORKERS": "1",
            "KILLS_MARK": self.mark,
        }  # fmt: skip

    def run(self, scene: str, warehouse: Path, fault: str = "", kill_after: float = 0.0, group: bool = False) -> int:
        """One `taojin ingest`; its exit code, negative where a signal ended it."""
        command = [sys.executable, "-m", "flows", "ingest", str(self.seeds[scene]), "-w", str(warehouse), "--quiet"]
        with open(self.root / "last.log", "wb") as log:
            process = subprocess.Popen(command, env=self.environment(fault), cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
            if kill_after:
                time.sleep(kill_after)
                (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
            return process.wait()

    def outlived(self) -> int:
        """Processes of killed runs that are still there after a while; they are ended then."""
        until = time.monotonic() + PATIENCE
        while (left := list(self._marked())) and time.monotonic() < until:
            time.sleep(0.1)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return len(left)

    def house(self, scene: str, place: Path | None = None) -> Path:
        """A warehouse as the scene begins."""
        house, start = place or self.root / "house", self.start(scene)
        shutil.rmtree(house, ignore_errors=True)
        return self._laid(start, house) if start else house

    def generation(self, house: Path) -> int | None:
        """The number of what is published there."""
        return max(kept_generations(house), default=None) if Layout.of(house).current.is_symlink() else None

    def last_words(self) -> str:
        """What the last run said at its end."""
        return ((self.root / "last.log").read_text("utf-8", "replace").strip().splitlines() or [""])[-1]

    def _expect(self, code: int, wanted: int) -> None:
        if code != wanted:
            raise SystemExit(f"A run that prepares the others ended with {code} instead of {wanted}: {self.last_words()}")

    def _laid(self, source: Path, name: str | Path) -> Path:
        subprocess.run(["cp", "-a", str(source), str(self.root / name)], check=True)
        return self.root / name

    def _marked(self) -> Iterator[int]:
        """Living processes of our runs. A killed child that nobody waited for has no environment left."""
        wanted = f"KILLS_MARK={self.mark}".encode()
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in entry.read_bytes():
                    yield int(entry.parent.name)
            except OSError:
                continue


def documents(source: Path, count: int, target: Path) -> Path:
    """The first small statutes of the archive, as files."""
    target.mkdir(parents=True)
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".txt") and 1500 < member.size < 6000 and (file := archive.extractfile(member)):
                path = target / Path(member.name).name
                path.write_bytes(file.read())
                os.utime(path, (OLD_DAY, OLD_DAY))
                count -= 1
                if not count:
                    break
    return target


def differences(here: Path, there: Path) -> list[str]:
    """Tables of data whose rows differ."""
    found = []
    with duckdb.connect() as db:
        for name, root in (("here", here), ("there", there)):
            db.execute(f"ATTACH '{current_path(root)}' AS {name} (READ_ONLY)")
        for table, contract in DATA.items():
            columns = ", ".join(identifier(c.name) for c in contract.columns if not c.volatile)
            sums = [db.execute(f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM {side}.{identifier(table)}").fetchone()
                    for side in ("here", "there")]  # fmt: skip
            if sums[0] != sums[1]:
                found.append(table)
    return found


def finished(house: Path) -> dict[str, set[int]]:
    """Batches whose work is done, with their files by inode: receipts in staging, or committed."""
    layout = Layout.of(house)
    found = {r.batch_id: {layout.path(f).stat().st_ino for f in r.files} for r in waiting(layout)}
    if layout.manifests.is_dir():
        for batch in load_state(layout).batches.values():
            found[batch.batch_id] = {layout.path(f).stat().st_ino for f in batch.files}
    return found


def torn(house: Path, calm: Path, before: int | None) -> bool:
    """Whether a reader sees anything but what was there before or what is there after."""
    try:
        with duckdb.connect(str(current_path(house)), read_only=True) as db:
            seen = db.execute("SELECT generation FROM _publication").fetchone()[0]
    except TaojinError:
        return before is not None
    return seen != before and bool(differences(house, calm))


def unswept(house: Path) -> int:
    """Files that neither a state names nor the sweep takes."""
    layout = Layout.of(house)
    state = load_state(layout)
    remove_orphans(layout, state, min_age_s=0)
    known = {layout.current, layout.lock, layout.progress, *layout.known.parent.glob("*"), *(layout.path(f) for f in state.files())}
    known |= {layout.generation(n) for n in kept_generations(house)}
    left = [p for p in layout.root.rglob("*") if (p.is_file() or p.is_symlink()) and p not in known]
    return sum(not (layout.staging in p.parents or (p.parent == layout.run_log.parent and p.suffix == ".jsonl")
                    or re.fullmatch(r"\d{12}(\.snapshot)?\.json", p.name)) for p in left)  # fmt: skip


def kills_of(ground: Ground, plan: Plan, times: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Kill at one point, and tell of each kill."""
    done = turn = 0
    while done < times:
        scene = plan.scenes[turn % len(plan.scenes)]
        turn += 1
        calm, house = ground.calm(scene), ground.house(scene)
        before = ground.generation(house)
        row: list[dict[str, Any]] = []
        done_before: dict[str, set[int]] = finished(house)
        most = min(plan.row, times - done)
        for k in range(1 if plan.in_worker or plan.point == RANDOM else most):
            began = time.monotonic()
            tokens = [str(ground.root / f"token-{uuid.uuid4().hex}") for _ in range(most if plan.in_worker else 1)]
            group = bool(turn % 2)
            if plan.point == RANDOM:
                code = ground.run(scene, house, kill_after=dice.uniform(0.3, ground.seconds * 1.05), group=group)
                died = int(code == -signal.SIGKILL)
            else:
                nth = dice.randrange(plan.first_pass, plan.first_pass + plan.passes)
                code = ground.run(scene, house, f"{plan.point}@{nth}:once={os.pathsep.join(tokens)}")
                died = sum(map(os.path.exists, tokens))
            left = ground.outlived()
            if not died:
                break
            row.append({"point": plan.point, "scene": scene, "kills": died, "code": code, "outlived": left,
                        "torn": torn(house, calm, before), "kind": ("group" if group else "main") if plan.point == RANDOM else "",
                        "seconds": round(time.monotonic() - began, 1)})  # fmt: skip
            done_before |= finished(house)
            if k == 0 and plan.in_worker:
                break
        if not row:  # the run came to its end before it passed the point so often, or before the moment
            continue
        code = ground.run(scene, house)
        wrong = differences(calm, house) if not code else [f"the next run ended with {code}: {ground.last_words()}"]
        after = finished(house) if not code else {}
        redone = sum(not inodes <= after.get(batch, set()) for batch, inodes in done_before.items())
        row[-1] |= {"redone": redone, "unswept": 0 if code else unswept(house)}
        faults = [] if code else [str(f) for f in verify(house)]
        for each in row:
            done += each["kills"]
            yield {"redone": 0, "unswept": 0} | each | {"wrong": wrong, "faults": faults}


def line(point: str, kills: list[dict[str, Any]]) -> str:
    def count(test: str) -> int:
        return sum(k["kills"] for k in kills if not k[test])

    total = sum(k["kills"] for k in kills)
    wrong = sorted({w for k in kills for w in (*k["wrong"], *k["faults"])})
    counts = (total, count("wrong"), count("faults"), *(sum(k[n] for k in kills) for n in ("redone", "torn", "outlived", "unswept")))
    return f"{point:24}" + "".join(f" {n:>8}" for n in counts) + (f"   {'; '.join(wrong)}" if wrong else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=Path)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--random", type=int, default=10)
    parser.add_argument("--only", nargs="*", default=[*PLANS])
    parser.add_argument("--results", type=Path)
    parser.add_argument("--prefect", default="", help="a running Prefect server; empty starts one for all runs")
    asked = parser.parse_args()
    told = [json.loads(text) for text in asked.results.read_text().splitlines()] if asked.results and asked.results.exists() else []
    dice = random.Random(20161123)
    print(f"{'point':24}" + "".join(f" {n:>8}" for n in ("kills", "equal", "sound", "redone", "torn", "outlived", "unswept")))
    with tempfile.TemporaryDirectory() as folder:
        settings = load(environ={}, prefect_home=Path(folder) / "home", prefect_api_url=asked.prefect)
        with PrefectServer(settings).start() as server:
            server.wait()
            ground: Ground | None = None
            for point in asked.only:
                mine = [k for k in told if k["point"] == point]
                times = (asked.random if point == RANDOM else asked.times) - sum(k["kills"] for k in mine)
                if times > 0 and asked.source:
                    ground = ground or Ground(Path(folder), documents(asked.source, asked.documents, Path(folder) / "in"), server.url)
                    for kill in kills_of(ground, PLANS[point], times, dice):
                        mine.append(kill)
                        told.append(kill)
                        if asked.results:
                            with asked.results.open("a") as file:
                                file.write(json.dumps(kill, ensure_ascii=False) + "\n")
                if mine:
                    print(line(point, mine), flush=True)
    print(line("all", told))


if __name__ == "__main__":
    main()
