"""Full disks: the real command runs out of room at each of its phases on a small disk of its own; then it gets room and goes on.

    python -m benchmarks.full_disk --source LAW.tar.gz [--documents 30] [--only PHASE ...]        # as root: it mounts tmpfs

The run stops at a fault point, the disk is filled to its last byte (or its last inode), and the run goes on into it. Printed for each
phase: the exit code, what the command said, whether a reader then sees a whole generation, and, when the disk was made larger and the
same command was called again, whether every table equals that of an undisturbed run and `verify` finds no fault.
"""

from __future__ import annotations

import argparse
import errno
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kills import Ground, differences, documents, torn
from flows.server import PrefectServer
from flows.settings import PROJECT, load
from tasks.storage.verify import verify

SMALL, LARGER = "240m", "480m"
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Phase:
    """Where the room ends: the point at which the run waits, the scene (benchmarks.kills), what is used up."""

    name: str
    point: str = ""
    scene: str = "moved"
    used_up: str = "bytes"  # bytes | inodes | room (too little from the start) | writing (mounted read-only)
    place: str = "warehouse"  # or prefect: which of the two disks
    earlier: bool = False  # Prefect's database has seen a run: a new one has a journal large enough for the whole run


PHASES = (
    Phase("too little from the start", scene="first", used_up="room"),
    Phase("cache of known files", "known.before-write"),
    Phase("log of runs", "runlog.before-append"),
    Phase("contents", "file.before-write", "first"),
    Phase("staging", "file.before-write@6", "first"),
    Phase("receipt", "receipt.before-write", "first"),
    Phase("a run's own rows", "run-file.before-write"),
    Phase("link: no inode left", "commit.before-link", used_up="inodes"),
    Phase("manifest", "manifest.before-write"),
    Phase("manifests' second copy", "journal.before-append"),
    Phase("publication", "publish.start", "unread"),
    Phase("link `current`: no inode left", "current.before-symlink", "unread", used_up="inodes"),
    Phase("progress", "progress.before-write"),
    Phase("Prefect's database", "runlog.before-append", "moved", place="prefect"),
    Phase("Prefect's database, in use", "runlog.before-append", "moved", place="prefect", earlier=True),
    Phase("Prefect's disk from the start", "known.before-write", "moved", place="prefect"),
    Phase("read-only from the start", used_up="writing"),
)


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},nr_inodes=4k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def use_up(folder: Path, what: str) -> None:
    """Write until nothing fits any more."""
    ballast = folder / "ballast"
    ballast.mkdir()
    try:
        if what == "inodes":
            for n in range(1 << 20):
                (ballast / str(n)).touch()
        with open(ballast / "bytes", "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def told(ground: Ground, phase: Phase, house: Path, home: Path, token: Path) -> tuple[int, str]:
    """Run into the full disk. Exit code and what was said."""
    fault = f"{phase.point}:pause={token}" if phase.point else ""
    env = ground.environment(fault) | ({"TAOJIN_PREFECT_API_URL": "", "TAOJIN_PREFECT_HOME": str(home)} if phase.place == "prefect" else {})
    command = [sys.executable, "-m", "flows", "ingest", str(ground.seeds[phase.scene]), "-w", str(house), "--quiet"]
    if phase.earlier:
        elsewhere = [*command[:-2], str(token.with_name("elsewhere")), "--quiet"]
        subprocess.run(elsewhere, env={k: v for k, v in env.items() if k != "TAOJIN_FAULT"}, cwd=PROJECT, check=True)
    with subprocess.Popen(command, env=env, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        if fault:
            until = time.monotonic() + PATIENCE
            while not token.exists() and process.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            use_up((home if phase.place == "prefect" else house).parent, phase.used_up)
            token.unlink(missing_ok=True)
        said, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, " ".join(said.split())


def tried(ground: Ground, phase: Phase, root: Path) -> bool:
    """One phase; prints its line. Returns whether all went as it should."""
    calm = ground.calm(phase.scene)
    ground.start(phase.scene)
    place, other = root / "disk", root / "prefect-disk"
    with disk(place, "24m" if phase.used_up == "room" else SMALL), disk(other, "24m"):
        house = ground.house(phase.scene, place / "house")
        before = ground.generation(house)
        if phase.used_up == "writing":
            remount(place, "ro")
        code, said = told(ground, phase, house, other / "home", root / f"token-{time.monotonic_ns()}")
        whole = not torn(house, calm, before)
        for each in (place, other):
            remount(each, f"rw,size={LARGER},nr_inodes=64k")
        after = ground.run(phase.scene, house)
        equal = not after and not differences(calm, house)
        sound = not after and not verify(house)
    print(f"{phase.name:32} {code:>4} {'yes' if whole else 'NO':>6} {'yes' if equal else 'NO':>6} {'yes' if sound else 'NO':>6}   "
          f"{said.replace(str(root), '').replace(str(PROJECT), '')}", flush=True)  # fmt: skip
    return whole and equal and sound


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=30)
    parser.add_argument("--only", nargs="*", default=[p.name for p in PHASES])
    parser.add_argument("--prefect", default="", help="a running Prefect server; empty starts one for all runs")
    asked = parser.parse_args()
    if os.geteuid():
        raise SystemExit("Mounting a small disk needs root: nothing was tried.")
    with tempfile.TemporaryDirectory() as folder:
        settings = load(environ={}, prefect_home=Path(folder) / "home", prefect_api_url=asked.prefect)
        with PrefectServer(settings).start() as server:
            server.wait()
            ground = Ground(Path(folder), documents(asked.source, asked.documents, Path(folder) / "in"), server.url)
            print(f"{'the room ends at':32} {'exit':>4} {'whole':>6} {'equal':>6} {'sound':>6}   what the command says")
            good = [tried(ground, p, Path(folder)) for p in PHASES if p.name in asked.only]
    print(f"{sum(good)} of {len(good)} phases: readers see a whole generation, and with room the next run makes the tables of a calm one.")


if __name__ == "__main__":
    main()
