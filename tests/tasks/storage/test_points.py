"""Fault points: no step of a durable write without one before and one after it, and none that no run passes."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks.kills import PLANS, RANDOM
from tasks.storage.durable import APPENDED, NEW, POINTED, REPLACED
from tests.conftest import PROJECT

STORAGE = PROJECT / "tasks" / "storage"
WAYS = {"write_durably": NEW, "replace_durably": REPLACED, "append_durably": APPENDED, "replace_link": POINTED,
        "link_durably": ("before-link", "after-link")}  # fmt: skip
STEPS = {"writer", "write_bytes", "sync_file", "sync_folder", "link", "replace", "symlink", "write", "fsync"}  # calls that reach the disk
WRITES = {"write_bytes", "write_text", "link", "rename", "replace", "symlink", "fsync", "write", "pwrite", "copyfile", "copy", "move",
          "write_table"}  # fmt: skip
OF = {"os", "shutil", "pq"}  # modules whose calls these are

# Writes that need no point of their own, and why.
ALLOWED = {
    ("parquet.py", "write_table"): "writes into write_durably's temporary file",
    ("backup.py", "_copy"): "writes into write_durably's temporary file",
    ("manifests.py", "append"): "writes into write_durably's temporary file",
    ("manifests.py", "write_snapshot"): "writes into write_durably's temporary file",
    ("increment.py", "_relation"): "scratch of a publication, read at once and removed",
    ("lock.py", "writer_lock"): "told to people only; the lock itself is the kernel's",
    ("serving.py", "tell_serving"): "told to people only",
    ("damage.py", "set_aside"): "one rename: what is not aside yet is found damaged again",
    ("mend.py", "take_up"): "one rename: what is not aside yet is found damaged again",
    ("rounds.py", "note"): "a hint for the next run; half a line is passed over",
}


def functions(source: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call by its last name, in the order of the text."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    for call in sorted(found, key=lambda n: (n.lineno, n.col_offset)):
        yield call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", ""), call


def is_write(name: str, call: ast.Call) -> bool:
    if name in ("open", "fdopen"):
        mode = next((k.value for k in call.keywords if k.arg == "mode"), call.args[1] if len(call.args) > 1 else None)
        return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and bool(set("wax+") & set(mode.value))
    if name not in WRITES:
        return False
    owner = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
    return owner in OF or name in ("write_bytes", "write_text")


def unarmed(file: str, source: str) -> list[str]:
    """Functions that write and neither pass a fault point nor are said to need none."""
    found = []
    for name, node in functions(source):
        made = [*calls(node)]
        if any(is_write(*c) for c in made) and not any(n == "fault" for n, _ in made) and (file, name) not in ALLOWED:
            found.append(f"{file}: {name}")
    return found


def test_every_write_has_a_point():
    found = [f for p in sorted(STORAGE.glob("*.py")) if p.name != "durable.py" for f in unarmed(p.name, p.read_text("utf-8"))]
    assert found == []


def test_a_write_without_a_point_is_found():
    assert unarmed("x.py", "def f(p):\n    os.link(p, q)\n") == ["x.py: f"]
    assert unarmed("x.py", "def f(p):\n    with open(p, 'ab') as g: pass\n") == ["x.py: f"]
    assert unarmed("x.py", "def f(p):\n    fault('a')\n    p.write_bytes(b'')\n") == []
    assert unarmed("x.py", "def f(p):\n    text.replace('a', 'b'); open(p, 'rb')\n") == []


def gaps(node: ast.FunctionDef) -> list[str]:
    """Steps of one way to write that have no point right before or right after them."""
    order = [(n, c.lineno) for n, c in calls(node) if n == "fault" or (n in STEPS and is_step(c))]
    names = [n for n, _ in order]
    return [f"{node.name}, line {line}: {name}" for k, (name, line) in enumerate(order) if name != "fault"
            and not (k and k + 1 < len(order) and names[k - 1] == "fault" == names[k + 1])]  # fmt: skip


def is_step(call: ast.Call) -> bool:
    return not isinstance(call.func, ast.Attribute) or (isinstance(call.func.value, ast.Name) and call.func.value.id in ("os", "temporary"))


@pytest.mark.parametrize("way", WAYS)
def test_a_point_stands_before_and_after_each_step(way):
    node = dict(functions((STORAGE / "durable.py").read_text("utf-8")))[way]
    assert gaps(node) == []
    named = [ast.unparse(c.args[0]) for n, c in calls(node) if n == "fault"]
    assert named == [f"f'{{point}}.{step}'" for step in WAYS[way]]


def test_a_missing_point_is_found():
    node = dict(functions("def f(a):\n    fault('x')\n    sync_file(a)\n    os.link(a, b)\n    fault('y')\n"))["f"]
    assert gaps(node) == ["f, line 3: sync_file", "f, line 4: link"]


def points() -> set[str]:
    """Every point that the storage names."""
    found: set[str] = set()
    for path in STORAGE.glob("*.py"):
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name == "fault" and isinstance(call.args[0], ast.Constant):
                found.add(call.args[0].value)
            if name in WAYS and path.name != "durable.py":
                last = call.args[-1] if call.args else None
                point = last.value if isinstance(last, ast.Constant) else "current" if name == "replace_link" else None
                if point is not None:
                    found |= {f"{point}.{step}" for step in WAYS[name]}
    for point in ("file", "run-file"):  # through parquet.write_table
        found |= {f"{point}.{step}" for step in NEW}
    return found


@pytest.fixture(scope="module")
def passed(tmp_path_factory) -> set[str]:
    """What a run, a compaction, a backup and forgetting a file pass, in processes of their own."""
    root = tmp_path_factory.mktemp("traced")
    trace = root / "trace"
    env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_FAULT": f"trace:{trace}"}
    command = [sys.executable, "-c", ALL, str(root / "w"), str(root / "b")]
    done = subprocess.run(command, env=env, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {line.split()[1] for line in trace.read_text().splitlines()}


ALL = """
import sys
from datetime import datetime
from pathlib import Path
from schemas.ids import file_id
from tasks.storage import runlog
from tasks.storage.backup import backup
from tasks.storage.compact import compact
from tasks.storage.forget import forget
from tasks.storage.known import Known
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state, write_snapshot
from tasks.storage.progress import write_progress
from tasks.storage.sweep import sweep_when_due
from tests.tasks.storage.small import STEPS, TEXTS, ingest
root, layout = Path(sys.argv[1]), Layout.of(sys.argv[1])
for step in STEPS.values():
    ingest(root, **step)
runlog.append(layout, {"run_id": 1})
runlog.FILE_BYTES = 100
runlog.append(layout, {"run_id": 1, "error": "x" * 99})
runlog.append(layout, {"run_id": 2, "error": file_id(TEXTS["甲.txt"].encode())})
write_progress(layout, {})
known = Known.load(layout)
known.remember("file:///x", root.stat(), "0" * 32, 2**62)
known.save()
write_snapshot(layout, load_state(layout))
sweep_when_due(layout, load_state(layout))
compact(layout, load_state(layout), batch_bytes=1 << 20, batch_files=99, min_age_s=0, threads=1)
backup(layout, load_state(layout), sys.argv[2])
forget(layout, load_state(layout), file_id(TEXTS["甲.txt"].encode()), datetime(2026, 1, 2))
"""


def test_every_point_is_passed(passed):
    mending = {p for p in points() if p.startswith(("mend.", "shared.", "doubt."))}  # damage, workers elsewhere: not in these steps
    assert sorted(points() - passed - mending) == []
    assert sorted(passed - points()) == []


def test_every_point_of_an_ingest_is_in_the_table_of_kills():
    elsewhere = ("backup", "compact", "forget", "snapshot", "progress", "runlog", "looks", "mend", "shared", "sweep", "doubt")
    missing = {p for p in points() if not p.startswith(elsewhere)} - PLANS.keys()
    assert sorted(missing) == ["publish.copied"]  # an increment; killed in tests/tasks/storage/test_crash.py
    assert PLANS.keys() - points() == {RANDOM}
