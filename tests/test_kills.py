"""Twenty kills of the whole command: it dies at fault points, again and again, and the run that nobody kills makes the same tables.

`python -m benchmarks.kills` prints the table of all points; tests/tasks/storage/test_crash.py kills the storage alone.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from benchmarks.kills import Ground, differences, finished, torn, unswept
from tasks.storage.layout import Layout
from tasks.storage.progress import read_progress
from tasks.storage.verify import verify

pytestmark = pytest.mark.slow

IN_A_ROW = {
    "moved": ("known.before-replace", "run-file.before-link@2", "commit.before-link@2", "commit.linked", "manifest.before-link",
              "manifest.after-link", "publish.before-link", "current.before-replace"),
    "unread": ("publish.start", "publish.built", "publish.synced", "publish.linked", "current.before-symlink"),
}  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory, prefect_server) -> Ground:
    root = tmp_path_factory.mktemp("ground")
    seeds = root / "in"
    seeds.mkdir()
    for n in range(24):
        path = seeds / f"{n}.txt"
        path.write_text(f"第{n}号灯塔志\n\n灯塔建于{1900 + n}年，高{n + 9}米，每夜点灯{n % 4 + 1}次。\n\n守塔人共{n + 2}名。\n", "utf-8")
        os.utime(path, (0, 0))
    return Ground(root, seeds, prefect_server.url)


def expect_the_same(ground: Ground, scene: str, house: Path, done: dict[str, set[int]]) -> None:
    """The run that nobody kills: equal tables, no fault, no finished batch done again, nothing left over."""
    assert ground.run(scene, house) == 0, ground.last_words()
    assert differences(ground.calm(scene), house) == []
    assert verify(house) == []
    after = finished(house)
    assert all(inodes <= after[batch] for batch, inodes in done.items())
    assert unswept(house) == 0 and read_progress(Layout.of(house)) is None


@pytest.mark.parametrize("scene", IN_A_ROW)
def test_kills_in_a_row(scene, ground):
    calm, house = ground.calm(scene), ground.house(scene)
    before, done = ground.generation(house), finished(house)
    for point in IN_A_ROW[scene]:
        assert ground.run(scene, house, point) == -signal.SIGKILL, f"{point}: {ground.last_words()}"
        assert ground.outlived() == 0 and not torn(house, calm, before), point
    expect_the_same(ground, scene, house, done)


@pytest.mark.parametrize("point", ["file.before-write@1", "file.before-link@9", "receipt.before-replace@2"])
def test_a_worker_dies_and_the_run_goes_on(point, ground):
    """Once: a step that dies again and again is its document's doing (tests/test_poison.py)."""
    calm, house = ground.calm("first"), ground.house("first")
    token = ground.root / f"token-{point}"
    assert ground.run("first", house, f"{point}:once={token}") == 0, ground.last_words()
    assert token.exists() and differences(calm, house) == [] and verify(house) == []


@pytest.mark.parametrize("group", [True, False])
def test_kills_at_moments(group, ground):
    """Whole process groups, and main processes whose workers stay behind; a run that ends before its moment counts as well."""
    calm, house = ground.calm("first"), ground.house("first")
    for part in (0.4, 0.8):
        assert ground.run("first", house, kill_after=part * ground.seconds, group=group) in (-signal.SIGKILL, 0)
        assert ground.outlived() == 0 and not torn(house, calm, None)
    expect_the_same(ground, "first", house, finished(house))
