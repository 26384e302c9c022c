"""What a worker may use follows what the machine, or the container around us, has."""

from __future__ import annotations

from pathlib import Path

from flows.memory import total_memory
from flows.settings import Settings, share_of

GIB = 1 << 30


def test_a_share_of_what_there_is():
    assert share_of(8 * GIB, 2) == 8 * GIB * 4 // 5 // 2 < 4 * GIB
    assert share_of(256 * GIB, 2) == 12 * GIB == share_of(0, 2)
    assert share_of(2 * GIB, 8) == GIB, "with less no worker gets through its own start"


def test_a_set_limit_is_taken_as_it_is(monkeypatch):
    monkeypatch.setattr("flows.settings.total_memory", lambda: 8 * GIB)
    assert Settings(workers=2).limits_of_worker[2] == share_of(8 * GIB, 2)
    assert Settings(workers=2, worker_memory=20 * GIB).limits_of_worker[2] == 20 * GIB


def test_the_tightest_group_counts(tmp_path: Path):
    groups, process = tmp_path / "cgroup", tmp_path / "self"
    (groups / "outer" / "inner").mkdir(parents=True)
    (groups / "memory" / "outer").mkdir(parents=True)
    process.write_text("0::/outer/inner\n")
    built_in = total_memory(groups, process)
    assert built_in > GIB
    (groups / "outer" / "inner" / "memory.max").write_text("max\n")
    (groups / "outer" / "memory.max").write_text("536870912\n")
    assert total_memory(groups, process) == 1 << 29
    process.write_text("3:cpu:/x\n4:memory:/outer\n")
    (groups / "memory" / "outer" / "memory.limit_in_bytes").write_text("268435456\n")
    assert total_memory(groups, process) == 1 << 28
    assert total_memory(groups, tmp_path / "none") == built_in
