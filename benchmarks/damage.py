"""Damage: every kind of file of a warehouse is flipped, cut, lost or exchanged; what each command says, and whether it is whole again.

    python -m benchmarks.damage [--only WORD ...]

A small warehouse of two runs is made by the real commands, and copied for each damage. Then: `verify` (finds it?), `status` and `sql` (an
answer or a sentence, never a traceback), `ingest` of the same folder, and, where `verify` still finds a fault, `verify --mend`. At the end
every table of data is compared with the undamaged warehouse's, but for volatile columns. "served wrong" counts answers of `sql`
that were neither right nor an error.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.kills import differences
from flows.__main__ import main as command
from flows.server import PrefectServer, configure
from flows.settings import load
from tasks.storage import manifests
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.reader import current_path
from tasks.storage.verify import verify

Damage = Callable[[Layout], object]
COUNT = "select (select count(*) from articles) as a, (select sum(length(text)) from articles) as b, (select sum(tf) from terms) as c"
TEXTS = 40  # files of the first run; the second adds a fourth of them
INTERNAL = ("Internal error", "Traceback")


def write_seeds(folder: Path, first: int, last: int) -> None:
    """Short notices, all different."""
    folder.mkdir(exist_ok=True)
    for n in range(first, last):
        lines = [f"第{n}号渡口通告", f"2016年{n % 12 + 1}月{n % 28 + 1}日", f"今年有{n * 37 % 911}人从第{n}号渡口过河，比去年多{n % 7}成。"]
        lines += [f"船工{k}说，第{n}号渡口的水位是{(n * k) % 97}厘米，请各村相互转告。" for k in range(1, 12)]
        (folder / f"{n:03d}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def flip(path: Path, at: float = 0.5) -> None:
    """One bit, in the middle unless told."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 16
    path.write_bytes(data)


def cut(path: Path, share: float) -> None:
    os.truncate(path, int(path.stat().st_size * share))


def tear(path: Path, middle: bool) -> None:
    """A line of a log, half written."""
    lines = path.read_bytes().splitlines(keepends=True)
    k = 0 if middle else len(lines) - 1
    lines[k] = lines[k][: len(lines[k]) // 2] + (b"\n" if middle else b"")
    path.write_bytes(b"".join(lines))


def truth(layout: Layout, table: str, number: int = 0) -> Path:
    """One file of a table."""
    return [layout.path(f) for f in load_state(layout).files() if f.table == table][number]


def exchange(one: Path, other: Path) -> None:
    third = one.with_name("third")
    one.rename(third)
    other.rename(one)
    third.rename(other)


def with_snapshot(layout: Layout, then: Damage) -> None:
    manifests.write_snapshot(layout, load_state(layout))
    then(layout)


def cases() -> Iterator[tuple[str, Damage]]:
    """Every damage by name."""
    ways: dict[str, Callable[[Path], None]] = {
        "a bit flipped": flip, "cut to nothing": lambda p: cut(p, 0), "cut to half": lambda p: cut(p, 0.5), "lost": Path.unlink,
    }  # fmt: skip
    for table in ("documents", "kept", "edits", "articles", "terms", "contents", "runs", "arrival_events", "checks"):
        for name, way in ways.items():
            yield f"file of {table} {name}", lambda w, t=table, do=way: do(truth(w, t))
    for name, way in ways.items():
        yield f"newest manifest {name}", lambda w, do=way: do(w.manifest(load_state(w).number))
        yield f"first manifest {name}", lambda w, do=way: do(w.manifest(1))
        yield f"journal {name}", lambda w, do=way: do(w.journal)
        yield f"snapshot {name}", lambda w, do=way: with_snapshot(w, lambda w: do(w.snapshot(load_state(w).number)))
        yield f"generation {name}", lambda w, do=way: do(current_path(w.root))
        yield f"cache {name}", lambda w, do=way: do(w.known)
        yield f"run log {name}", lambda w, do=way: do(w.run_log)
    yield "run log torn at its end", lambda w: tear(w.run_log, False)
    yield "run log torn in the middle", lambda w: tear(w.run_log, True)
    yield "folder of terms lost", lambda w: shutil.rmtree(w.truth / "terms")
    yield "all of truth lost", lambda w: shutil.rmtree(w.truth)
    yield "all manifests lost", lambda w: shutil.rmtree(w.manifests)
    yield "all of log lost", lambda w: shutil.rmtree(w.journal.parent)
    yield "manifests and log lost", lambda w: (shutil.rmtree(w.manifests), shutil.rmtree(w.journal.parent))
    yield "an older generation lost", lambda w: w.generation(1).unlink()
    yield "link current lost", lambda w: w.current.unlink()
    yield "link current dangling", lambda w: (w.current.unlink(), w.current.symlink_to("warehouse-000099.duckdb"))
    yield "link current to an older generation", lambda w: (w.current.unlink(), w.current.symlink_to(w.generation(1).name))
    yield "two files exchanged (documents)", lambda w: exchange(truth(w, "documents"), truth(w, "documents", 1))
    yield "two files exchanged (packs)", lambda w: exchange(truth(w, "contents"), truth(w, "contents", 1))
    yield "two manifests exchanged", lambda w: exchange(w.manifest(1), w.manifest(2))
    yield "stray files", lambda w: [(p / "stray.txt").write_text("stray") for p in (w.root, w.truth / "terms", w.manifests, w.staging)]
    yield "lock full of rubbish", lambda w: w.lock.write_bytes(b"\xff{")
    yield "progress full of rubbish", lambda w: w.progress.write_bytes(b"[1")
    yield "progress of another shape", lambda w: w.progress.write_bytes(b'["run_id"]')
    yield "a pack damaged, its file gone", lambda w: cut(truth(w, "contents"), 0.5)


def run(*words: str) -> tuple[int, str, str]:
    """One command in this process: exit code, answer, talk."""
    out, talk = io.StringIO(), io.StringIO()
    from flows import terminal

    was = terminal.OUT.file, terminal.TALK.file
    terminal.OUT.file, terminal.TALK.file = out, talk
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(talk):
            code = command(list(words))
    finally:
        terminal.OUT.file, terminal.TALK.file = was
    return code, out.getvalue(), talk.getvalue()


def one(name: str, damage: Damage, calm: Path, right: str) -> dict[str, object]:
    """One damage and what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "w"
        shutil.copytree(calm, root, symlinks=True)
        seeds, away = calm.parent / "in", calm.parent / "away"
        damage(Layout.of(root))
        found = verify(root)
        said = []
        codes = {}
        served = 0
        for words in (("status",), ("sql", COUNT, "--format", "json")):
            code, out, talk = run(*words, "-w", str(root))
            codes[words[0]] = code
            said += [f"{words[0]}: {line}" for line in talk.splitlines() if any(w in line for w in INTERNAL)]
            served += words[0] == "sql" and code == 0 and out != right
        if "gone" in name:
            seeds.rename(away)
        codes["ingest"], _, talk = run("ingest", str(away / "000.txt" if away.exists() else seeds), "-w", str(root))
        said += [line for line in talk.splitlines() if "Internal" in line or "lost" in line or "anaged" in line]
        after = verify(root)
        if after:
            drop = ["--drop-lost"] * away.exists()
            codes["mend"], _, talk = run("verify", "--mend", *drop, "-w", str(root))
            said += [line for line in talk.splitlines() if "Internal" in line or "lost" in line]
            after = verify(root)
        if away.exists():
            away.rename(seeds)
        try:
            wrong = differences(calm, root)
        except Exception as error:
            wrong = [f"{type(error).__name__}: {error}"]
        return {"damage": name, "found": [f.message for f in found], "next": found[0].next_step if found else "", "codes": codes,
                "served": served, "after": [f.message for f in after], "wrong": wrong, "said": said}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", default=[""], metavar="WORD", help="damages that have one of these words in their name")
    parser.add_argument("--long", action="store_true", help="print everything as JSON lines")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ |= {"TAOJIN_PREFECT_HOME": str(place / "home"), "TAOJIN_BATCH_FILES": "15", "TAOJIN_WORKERS": "1"}
        settings = load()
        configure(settings)
        with PrefectServer(settings).start() as server:
            server.wait()
            os.environ["TAOJIN_PREFECT_API_URL"] = server.url
            calm = place / "calm"
            write_seeds(place / "in", 0, TEXTS)
            run("ingest", str(place / "in"), "-w", str(calm))
            write_seeds(place / "in", TEXTS, TEXTS * 5 // 4)
            run("ingest", str(place / "in"), "-w", str(calm))
            right = run("sql", COUNT, "--format", "json", "-w", str(calm))[1]
            faults = verify(calm)
            print(f"undamaged: {len(faults)} faults, {right.strip()}")
            print(f"{'damage':42} {'found':>6}  status    sql ingest   mend  served wrong  state after   tables that differ")
            for name, damage in cases():
                if not any(word in name for word in asked.only):
                    continue
                r = one(name, damage, calm, right)
                if asked.long:
                    print(json.dumps(r, ensure_ascii=False))
                    continue
                codes = " ".join(f"{r['codes'].get(c, '-')!s:>6}" for c in ("status", "sql", "ingest", "mend"))
                state = "whole" if not r["after"] else f"{len(r['after'])} faults"
                differ = ", ".join(r["wrong"]) or "-"
                print(f"{name:42} {'yes' if r['found'] else 'no':>6}  {codes}  {r['served']:>12}  {state:12}  {differ}")
                for sentence in r["said"]:
                    print(f"      {sentence}")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
