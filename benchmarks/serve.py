"""serve over time: files arrive in every way that they do, processes are killed, and at the end every firing and file is accounted for.

    python -m benchmarks.serve [--minutes 30] [--every SECONDS] [--no-watch] [--clients N] [--calm] [--keep DIR] [--seed N]

Runs the real `taojin serve` (cron "* * * * *", or --every) over a folder into which a feeder drops files: a steady drip, bursts, files
written in halves with and without a rename, files removed, changed and back again, damaged, too large and empty ones. A run is killed
(SIGKILL) at a third of the time, `serve` alone at a half and everything at two thirds; both are started again. At the end SIGTERM
comes in the middle of a batch. Printed: each firing's outcome, how fast kills were on record, whether the files of the folder are in
the tables once and as they are on disk, whether the tables equal those of one plain `ingest`, memory of all processes over time, how
Prefect's database grew, and how often a log says "database is locked". Texts are invented here. Exit code 1 where an account is open.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb

from flows.settings import PROJECT
from schemas.ids import file_id
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.lock import holder
from tasks.storage.progress import read_progress
from tasks.storage.reader import current_path
from tasks.storage.serving import serving
from tasks.storage.verify import verify

SAMPLE_SECONDS = 5.0
DEAD_SECONDS = 120.0  # within which a killed run is on record
DOWN_SECONDS = 20.0  # that nobody serves after a kill of serve
BURST = 30
RECORD_LIMIT = 262_144
PAGE = os.sysconf("SC_PAGE_SIZE")
TRADES = ("渡口", "砖窑", "林场", "码头", "茶山", "油坊", "粮站", "磨坊")
SENTENCES = (
    "{trade}第{n}组今天到岗{a}人，比昨天多{b}人。", "仓里还有{a}袋麦子，够用{b}天。", "组长{c}说，下午要修好第{b}号闸门。",
    "风从西边来，{trade}的工人把{b}张油布盖在麦堆上。", "账本上记着：收入{a}元，支出{b}元。", "傍晚时分，{c}点过人数，一共{a}人。",
)  # fmt: skip
NAMES = ("向阳花", "石磊", "柳絮", "江帆", "谷雨", "秋实")


class Feeder:
    """Changes a folder as crawlers, people and cron jobs do. What lies there in the end is what has to be in the tables."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder, self.dice, self.n = folder, dice, 0
        self.done: Counter[str] = Counter()
        self.away: dict[str, bytes] = {}
        self.halves: list[tuple[float, Path, bytes]] = []
        folder.mkdir(parents=True)

    def text(self, lines: int = 12) -> bytes:
        self.n += 1
        trade = self.dice.choice(TRADES)
        body = [f"{trade}日志之{self.n}", ""]
        for _ in range(lines):
            sentence = self.dice.choice(SENTENCES)
            body.append(sentence.format(trade=trade, n=self.n, a=self.dice.randint(10, 9_000), b=self.dice.randint(2, 60),
                                        c=self.dice.choice(NAMES)))  # fmt: skip
        return ("\n".join(body) + "\n").encode(self.dice.choice(("utf-8", "utf-8", "gb18030")))

    def name(self) -> Path:
        return self.folder / f"日志{self.n:05d}.txt"

    def one(self) -> None:
        data = self.text()
        self.name().write_bytes(data)

    def burst(self, files: int = BURST, lines: int = 60) -> None:
        for _ in range(files):
            data = self.text(lines)
            self.name().write_bytes(data)

    def half_with_rename(self) -> None:
        data = self.text()
        path = self.name()
        part = path.with_name("." + path.name + ".part")
        part.write_bytes(data[: len(data) // 2])
        self.halves.append((time.monotonic() + self.dice.uniform(3, 15), path, data))

    def half_in_place(self) -> None:
        data = self.text(40)
        path = self.name()
        path.write_bytes(data[: len(data) // 2])
        self.halves.append((time.monotonic() + self.dice.uniform(3, 15), path, data))

    def finish_halves(self, all_of_them: bool = False) -> None:
        waiting = []
        for due, path, data in self.halves:
            if time.monotonic() < due and not all_of_them:
                waiting.append((due, path, data))
            elif (part := path.with_name("." + path.name + ".part")).exists():
                part.write_bytes(data)
                part.rename(path)
            else:
                path.write_bytes(data)
        self.halves = waiting

    def some(self) -> Path | None:
        busy = {path for _, path, _ in self.halves}
        there = sorted(p for p in self.folder.glob("日志*.txt") if p not in busy)
        return self.dice.choice(there) if there else None

    def remove(self) -> None:
        if path := self.some():
            self.away[path.name] = path.read_bytes()
            path.unlink()

    def change(self) -> None:
        if path := self.some():
            path.write_bytes(self.text())

    def bring_back(self) -> None:
        if self.away:
            name = self.dice.choice(sorted(self.away))
            (self.folder / name).write_bytes(self.away.pop(name))

    def odd(self) -> None:
        """Files that are refused or hold nothing: neighbours go through."""
        self.n += 1
        match self.dice.randrange(4):
            case 0:
                (self.folder / f"空{self.n}.txt").write_bytes(b"")
            case 1:
                (self.folder / f"坏{self.n}.txt.gz").write_bytes(gzip.compress(self.text())[:-20])
            case 2:
                (self.folder / f"大{self.n}.txt").write_bytes("山高水长。".encode() * (RECORD_LIMIT // 10))
            case 3:
                (self.folder / f"乱{self.n}.bin").write_bytes(self.dice.randbytes(5_000))

    def step(self) -> None:
        ways: dict[Callable[[], None], float] = {
            self.one: 60, self.half_with_rename: 8, self.half_in_place: 8, self.remove: 5, self.change: 7, self.bring_back: 5,
            self.odd: 4, self.burst: 3,
        }  # fmt: skip
        [way] = self.dice.choices(list(ways), list(ways.values()))
        self.done[way.__name__] += 1
        way()
        self.finish_halves()


class Tree:
    """Memory of a process and all below it, by role, sampled while it lives."""

    ROLES = (("flows.server", "Prefect's server"), ("flows.scheduled", "runner"), ("flows\0serve", "serve"))

    def __init__(self) -> None:
        self.root = 0
        self.samples: list[tuple[float, dict[str, float]]] = []
        self.most: dict[str, float] = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def below(self, root: int) -> dict[int, str]:
        """Process ids with their command lines."""
        parents, lines = {}, {}
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    parents[int(entry.name)] = int(Path(entry.path, "stat").read_text().rpartition(")")[2].split()[1])
                    lines[int(entry.name)] = Path(entry.path, "cmdline").read_bytes().decode("utf-8", "replace")
        found = {root} & parents.keys()
        while more := {p for p, parent in parents.items() if parent in found} - found:
            found |= more
        return {p: lines.get(p, "") for p in found}

    def _role(self, line: str) -> str:
        return next((role for sign, role in self.ROLES if sign in line), "runs")

    def sample(self) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for pid, line in self.below(self.root).items() if self.root else ():
            with contextlib.suppress(OSError, IndexError):
                sums[self._role(line)] += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
        return dict(sums)

    def _work(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            if found := self.sample():
                self.samples.append((time.time(), found))
                for role, size in found.items():
                    self.most[role] = max(self.most.get(role, 0.0), size)


class Served:
    """`taojin serve` as a process, and what happened to it."""

    def __init__(self, root: Path, options: list[str]) -> None:
        self.root, self.layout, self.home = root, Layout.of(root / "warehouse"), root / "home"
        self.tree = Tree()
        self.output = root / "serve.out"
        self.env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_HOME": str(self.home), "TAOJIN_PREFECT_API_URL": "",
                                 "TAOJIN_RECORD_LIMIT_BYTES": str(RECORD_LIMIT), "TAOJIN_BATCH_FILES": "40"}  # fmt: skip
        self.env.pop("PREFECT_API_URL", None)
        self.command = [sys.executable, "-m", "flows", "serve", str(root / "in"), "-w", str(self.layout.root), "--port", "0", *options]
        self.process: subprocess.Popen[bytes] | None = None
        self.up: list[list[datetime]] = []  # [from, to]

    def start(self) -> None:
        said = self.output.stat().st_size if self.output.exists() else 0
        with open(self.output, "ab") as out:
            self.process = subprocess.Popen(self.command, cwd=PROJECT, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.tree.root = self.process.pid
        wait(lambda: b"Serving" in self.output.read_bytes()[said:] or self.process.poll() is not None, 180, "serve to start")
        if self.process.poll() is not None:
            raise SystemExit(f"serve ended: {self.output.read_text()}")
        self.up.append([datetime.now(UTC), datetime.now(UTC)])

    def at_work(self) -> int | None:
        """The process that works on a batch at this moment."""
        if (read_progress(self.layout) or {}).get("stage") == "process" and (found := holder(self.layout)):
            return found.get("pid")
        return None

    def kill(self, everything: bool) -> list[int]:
        """SIGKILL for serve alone, or for all of its processes; returns the others."""
        assert self.process
        below = [p for p in self.tree.below(self.process.pid) if p != self.process.pid]
        for pid in [self.process.pid, *(below if everything else ())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.up[-1][1] = datetime.now(UTC)
        self.tree.root = 0
        return below

    def ingest(self, warehouse: Path) -> None:
        env = self.env | {"TAOJIN_BATCH_FILES": "2000"}
        subprocess.run([sys.executable, "-m", "flows", "ingest", str(self.root / "in"), "-w", str(warehouse), "--quiet"], cwd=PROJECT,
                       env=env, check=True)  # fmt: skip


class Clients:
    """People and programs that look at Prefect's pages and start flows of their own, twice a second each."""

    def __init__(self, count: int, api: Callable[[], str]) -> None:
        self.api, self.calls, self.faults = api, 0, Counter[str]()
        self.over = threading.Event()
        for _ in range(count):
            threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        flow_id = ""
        while not self.over.wait(0.5):
            api = self.api()
            if not api:
                continue
            try:
                flow_id = flow_id or self._call(f"{api}/flows/", {"name": "somebody-elses"})["id"]
                run = self._call(f"{api}/flow_runs/", {"flow_id": flow_id, "state": {"type": "PENDING"}})
                for kind in ("RUNNING", "COMPLETED"):
                    self._call(f"{api}/flow_runs/{run['id']}/set_state", {"state": {"type": kind}})
                self._call(f"{api}/flow_runs/filter", {"limit": 50})
                self._call(f"{api}/events/filter", {"limit": 50})
                self._call(f"{api}/logs/filter", {"limit": 50})
            except urllib.error.HTTPError as error:
                self.faults[f"answered {error.code}"] += 1
                flow_id = ""
            except (OSError, ValueError) as error:
                self.faults["no answer" if self.api() == api and not isinstance(error, TimeoutError) else "late or ended"] += 1

    def _call(self, address: str, body: dict) -> dict:
        request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.calls += 1
            return json.load(answer)


def wait(what: Callable[[], object], seconds: float, name: str) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise SystemExit(f"{name} did not come true within {seconds:g} s")


def catch_at_work(served: Served, feeder: Feeder) -> int:
    """A burst, and the process that works on it."""
    feeder.burst(lines=150)
    return int(str(wait(served.at_work, 200, "a run at work")))


def killed_runs(layout: Layout) -> int:
    return sum(1 for e in runlog.entries(layout) if e.get("status") == "failed" and "killed" in (e.get("error") or ""))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def drive(served: Served, feeder: Feeder, minutes: float, calm: bool) -> list[str]:
    """The half hour; returns what was seen at each kill."""
    seen: list[str] = []
    began = time.monotonic()
    todo = [] if calm else [(0.33, "run"), (0.5, "serve"), (0.67, "everything")]
    served.start()
    while (share := (time.monotonic() - began) / 60 / minutes) < 1:
        feeder.step()
        time.sleep(feeder.dice.uniform(2, 9))
        if served.process.poll() is not None:
            raise SystemExit(f"serve ended by itself with {served.process.returncode}: {served.output.read_text()}")
        if not todo or share < todo[0][0]:
            continue
        _, what = todo.pop(0)
        before, pid = killed_runs(served.layout), catch_at_work(served, feeder)
        at = time.monotonic()
        if what == "run":
            os.kill(pid, signal.SIGKILL)
        else:
            below = served.kill(everything=what == "everything")
            wait(lambda: not any(alive(p) for p in below), 60, "the end of what serve had started")  # noqa: B023
            seen.append(f"kill -9 of {what}: all of its {len(below)} other processes had ended after {time.monotonic() - at:.1f} s")
            at = time.monotonic() + DOWN_SECONDS
            while time.monotonic() < at:
                feeder.step()
                time.sleep(2)
            served.start()
        wait(lambda: killed_runs(served.layout) > before, DEAD_SECONDS, "the killed run on record")  # noqa: B023
        since = "its kill" if what == "run" else "serve was started again"
        seen.append(f"kill -9 of {what}: the run on record {max(time.monotonic() - at, 0):.1f} s after {since}")
    catch_at_work(served, feeder)
    at = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    code = served.process.wait(300)
    served.up[-1][1] = datetime.now(UTC)
    served.tree.over.set()
    seen.append(f"SIGTERM in the middle of a batch: ended with exit code {code} after {time.monotonic() - at:.1f} s")
    return seen


def minutes_within(up: Iterable[list[datetime]]) -> list[datetime]:
    """Every full minute at which somebody served."""
    found = []
    for start, stop in up:
        moment = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
        while moment <= stop - timedelta(seconds=15):  # one that was due just before the end may not have begun
            found.append(moment.replace(tzinfo=None))
            moment += timedelta(minutes=1)
    return found


def firings(served: Served, every: float | None) -> bool:
    """Print what became of each firing; whether all are accounted for."""
    lines = [e for e in runlog.entries(served.layout) if e.get("event") == "fired"]
    runs: dict[int, str] = {}
    if served.layout.current.exists():
        with duckdb.connect(str(current_path(served.layout.root)), read_only=True) as db:
            runs = dict(db.execute("SELECT run_id, status FROM runs").fetchall())
    for e in runlog.entries(served.layout):
        if "status" in e:
            runs.setdefault(e["run_id"], e["status"])
    named = [e["run"] for e in lines if e.get("run")]
    unknown = [r for r in named if r not in runs]
    killed = sorted(r for r in runs if r not in named)
    outcomes = Counter(e["outcome"] for e in lines)
    print(f"firings on record: {len(lines)} ({', '.join(f'{n} {o}' for o, n in outcomes.most_common())})")
    statuses = ", ".join(f"{n} {s}" for s, n in Counter(runs.values()).most_common())
    print(f"runs: {len(runs)} ({statuses}); named by a firing: {len(named)}, "
          f"doubly: {len(named) - len(set(named))}, unknown: {len(unknown)}; not named, since they were killed: {killed}")  # fmt: skip
    balanced = not unknown and len(named) == len(set(named)) and all(runs[r] == "failed" for r in killed)
    balanced &= len(killed) <= outcomes["killed"]
    if every:
        moments = sorted(_seconds(e["due"]) for e in lines if e.get("due"))
        gap = statistics.median(b - a for a, b in pairwise(moments))
        print(f"median time between two firings due: {gap:.1f} s (asked for {every:g})")
        return balanced
    expected = set(minutes_within(served.up))
    due = Counter(datetime.fromisoformat(e["due"]).replace(second=0, microsecond=0) for e in lines
                  if e.get("due") and e["outcome"] != "missed" and datetime.fromisoformat(e["due"]).second == 0)  # fmt: skip
    gaps = [(datetime.fromisoformat(e["due"]), datetime.fromisoformat(e["until"])) for e in lines if e["outcome"] == "missed"]
    missed = {m for m in expected - due.keys() if any(a <= m <= b for a, b in gaps)}
    open_ones = sorted(expected - due.keys() - missed)
    doubly = sorted(m for m in due if due[m] > 1)
    print(f"minutes that were due while somebody served: {len(expected)}; with a firing: {len(expected & due.keys())}; "
          f"on record as missed in a kill: {len(missed)}; without: "
          f"{[str(m.time()) for m in open_ones]}; with two: {[str(m.time()) for m in doubly]}; "
          f"asked for by new files: {sum(1 for e in lines if e.get('due') and datetime.fromisoformat(e['due']).second)}")  # fmt: skip
    return balanced and not open_ones


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def contents(served: Served, plain: Path) -> bool:
    """Print whether what lies in the folder is in the tables, once and right, and as a plain ingest has it."""
    on_disk = {p.name: p.read_bytes() for p in sorted((served.root / "in").iterdir()) if not p.name.startswith(".")}
    refused = {n for n in on_disk if n[0] in "大坏" or len(on_disk[n]) > RECORD_LIMIT}
    wanted = {n: file_id(data) for n, data in on_disk.items() if n not in refused}
    ok = True
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{current_path(served.layout.root)}' AS here (READ_ONLY)")
        db.execute(f"ATTACH '{current_path(plain)}' AS there (READ_ONLY)")
        arrivals = db.execute("SELECT name, file_id, state FROM here.arrivals").fetchall()
        names = Counter(n for n, _, state in arrivals if state == "current")
        wrong = [n for n, f, state in arrivals if state == "current" and wanted.get(n, f) != f]
        missing = [n for n in wanted if not names[n]]
        twice = [n for n in wanted if names[n] > 1]
        too_many = [n for n in names if n not in on_disk]
        copies = db.execute("SELECT count(*) - count(DISTINCT file_id) FROM here.seed_files").fetchone()[0]
        print(f"files in the folder: {len(on_disk)} ({len(refused)} to be refused); current in arrivals: {sum(names.values())}; "
              f"missing: {missing}; twice: {twice}; with other content: {wrong}; gone but current: {too_many}; "
              f"contents stored twice: {copies}")  # fmt: skip
        ok &= not (missing or twice or wrong or too_many or copies)
        unequal = []
        for table, keys in (("documents", "doc_id, text"), ("articles", "article_id, doc_id, title, text, text_hans"),
                            ("edits", "doc_id, start, stop, action, label, rule_id"), ("facts", "article_id, fact_no, kind")):  # fmt: skip
            ids = "SELECT doc_id FROM {}.documents WHERE file_id IN (SELECT file_id FROM there.seed_files)"
            of_articles = f"article_id IN (SELECT article_id FROM {{}}.articles WHERE doc_id IN ({ids}))"
            own = f"SELECT count(*), sum(hash({keys})::HUGEINT) FROM {{}}.{table} WHERE "
            own += of_articles if table == "facts" else f"doc_id IN ({ids})"
            sums = [db.execute(own.replace("{}", side)).fetchone() for side in ("here", "there")]
            if sums[0] != sums[1]:
                unequal.append(f"{table} {sums[0][0]} and {sums[1][0]} rows")
        there = "SELECT d.doc_id FROM {}.documents AS d JOIN {}.arrivals AS a USING (file_id) WHERE a.state = 'current'"
        query = f"SELECT count(*), sum(hash(article_id, title, text)::HUGEINT) FROM {{}}.articles_current WHERE doc_id IN ({there})"
        current = [db.execute(query.replace("{}", side)).fetchone() for side in ("here", "there")]
        if current[0] != current[1]:
            unequal.append(f"articles_current {current[0][0]} and {current[1][0]} rows")
        cases = db.execute("SELECT count(*) FROM here.quarantine_open").fetchone()[0]
        print(f"tables that differ from one plain ingest of the folder: {', '.join(unequal) or 'none'}; open cases in quarantine: {cases}")
    faults = verify(served.layout.root)
    print(f"verify: {len(faults)} faults")
    return ok and not unequal and not faults


def memory(tree: Tree) -> None:
    """Print memory of the first and the last third, by role."""
    if len(tree.samples) < 6:
        return
    third = len(tree.samples) // 3
    print(f"{'memory, MB (median of samples)':32} {'first third':>12} {'last third':>12} {'most':>8}   {len(tree.samples)} samples")
    for role in ("serve", "Prefect's server", "runner", "runs"):
        parts = [[s[role] for _, s in part if role in s] for part in (tree.samples[third // 4 : third], tree.samples[-third:])]
        first, last = (statistics.median(p) if p else 0.0 for p in parts)
        print(f"  {role:30} {first:12.0f} {last:12.0f} {tree.most.get(role, 0):8.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, help="seconds; instead of the cron schedule")
    parser.add_argument("--no-watch", action="store_true")
    parser.add_argument("--clients", type=int, default=0, help="that use Prefect's server all the time")
    parser.add_argument("--calm", action="store_true", help="nothing is killed")
    parser.add_argument("--keep", type=Path, help="an empty folder for everything, which is kept")
    parser.add_argument("--seed", type=int, default=20261121)
    asked = parser.parse_args()
    with contextlib.ExitStack() as held:
        root = asked.keep or Path(held.enter_context(tempfile.TemporaryDirectory()))
        when = ["--every", f"{asked.every:g}"] if asked.every else ["--cron", "* * * * *"]
        served = Served(root, [*when, *([] if asked.no_watch else ["--watch"])])
        feeder = Feeder(root / "in", random.Random(asked.seed))
        clients = Clients(asked.clients, lambda: (serving(served.layout) or {}).get("server", ""))
        try:
            seen = drive(served, feeder, asked.minutes, asked.calm)
        finally:
            clients.over.set()
            if served.process and served.process.poll() is None:
                served.kill(everything=True)
        minutes = sum((b - a).total_seconds() for a, b in served.up) / 60
        print(f"served {minutes:.1f} minutes in {len(served.up)} lives; {' '.join(when)}{'' if asked.no_watch else ' --watch'}")
        print(f"feeder: {', '.join(f'{n} {way}' for way, n in feeder.done.most_common())}")
        for line in seen:
            print(line)
        good = firings(served, asked.every)
        feeder.finish_halves(all_of_them=True)
        served.ingest(served.layout.root)
        served.ingest(root / "plain")
        good &= contents(served, root / "plain")
        memory(served.tree)
        sizes = sum(p.stat().st_size for p in served.home.glob("prefect.db*"))
        lines = [e for e in runlog.entries(served.layout) if e.get("event") == "fired"]
        print(f"Prefect's database: {sizes / 1e6:.1f} MB after {len(lines)} firings, {sizes / 1e3 / max(len(lines), 1):.0f} kB each; "
              f"run log: {served.layout.run_log.stat().st_size / max(len(lines), 1):.0f} bytes each")  # fmt: skip
        if asked.clients:
            print(f"{asked.clients} clients: {clients.calls} calls answered; {dict(clients.faults) or 'no faults'}")
        logs = [*served.home.glob("*.log*"), served.output]
        locked = {log.name: log.read_text("utf-8", "replace").count("database is locked") for log in logs}
        print(f'"database is locked" in logs: {json.dumps(locked)}')
        good &= not any(locked.values())
        print("all accounted for" if good else "NOT all accounted for")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
