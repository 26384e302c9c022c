"""A query's process ends with whoever asked, also when that one is killed in the middle of a long query."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.tasks.storage.small import ingest, seeds

LONG = "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3"


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the child by /proc")
@pytest.mark.parametrize("ask", [
    "from pathlib import Path; from flows.commands.sql import run; run(Path({root!r}), {sql!r}, 'table', None)",
    "from dashboard.workbench import Query, Workbench; w = Workbench({root!r}, seconds=600); w.run({file!r}, Query({sql!r}))",
])
def test_the_child_dies_with_a_killed_parent(ask: str, tmp_path: Path):
    ingest(tmp_path, seeds())
    code = ask.format(root=str(tmp_path), file=os.path.realpath(tmp_path / "current"), sql=LONG)
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=-3, stderr=-3) as parent:
        children: list[int] = []
        until = time.monotonic() + 60
        while not children and time.monotonic() < until and parent.poll() is None:
            time.sleep(0.2)
            children = [int(p) for task in Path(f"/proc/{parent.pid}/task").iterdir() for p in (task / "children").read_text().split()]
        assert children, "no child began"
        time.sleep(1)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 15
    while any(map(is_alive, children)) and time.monotonic() < until:
        time.sleep(0.1)
    alive = [pid for pid in children if is_alive(pid)]
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    assert not alive
