"""The setting `runner`: what it takes, and what a machine without the extra is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import flows.ingest
from benchmarks.kills import differences
from flows import runner
from flows.ingest import ingest
from flows.settings import Settings, load
from tasks.errors import UsageError
from tasks.ingest.plan import Work
from tasks.storage.fingerprints import fingerprints
from tasks.workers import Workers

LOCALLY = load(environ={})


def silent(*_: object) -> None:
    """A report that nobody reads."""


@pytest.mark.parametrize("text", ["local", "dask", "dask=tcp://10.0.0.5:8786", "dask=tls://cluster.example:8786", "dask=host:8786"])
def test_what_names_a_runner(text: str):
    assert load(environ={"TAOJIN_RUNNER": text}).runner == text


@pytest.mark.parametrize("text", ["", "Dask", "dask=", "dask=tcp://host", "dask=http://host:1", "ray", "dask=tcp://user@host:1 x"])
def test_what_names_none(text: str):
    with pytest.raises(UsageError, match="local, dask or dask=tcp://HOST:PORT"):
        load(environ={}, runner=text)


def test_local_workers_are_the_default():
    with_limits = runner.runner_for(LOCALLY, [], {}, silent)
    assert type(with_limits) is Workers
    assert with_limits.most == LOCALLY.workers


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    def absent(name: str) -> None:
        raise ModuleNotFoundError("No module named 'distributed'", name="distributed")

    monkeypatch.setattr(runner, "import_module", absent)
    with pytest.raises(UsageError) as told:
        runner.runner_for(load(environ={}, runner="dask"), [], {}, silent)
    assert "./taojin setup dask" in told.value.hint


def test_dask_workers_learn_what_the_run_is_about(tmp_path: Path):
    pytest.importorskip("distributed", reason="the extra dask is not installed: ./taojin setup dask")
    paths = [str(tmp_path / folder / f"{n}.txt") for folder in "ab" for n in range(3)]
    work = [Work("x", "decode", tuple((str(n), p) for n, p in enumerate(paths)), 1), Work("y", "clean", (("9", None),), 1)]
    asked = load(environ={}, runner="dask=tcp://10.0.0.5:8786", warehouse=tmp_path / "w", workers=3, document_seconds=7)
    made = runner.runner_for(asked, work, {"decode": "d"}, silent)
    assert (made.address, made.terms.warehouse, made.terms.paths) == ("tcp://10.0.0.5:8786", str(tmp_path / "w"), (paths[0], paths[-1]))
    assert (made.limits.document_seconds, made.memory_bytes) == (7, asked.limits_of_worker[2])
    assert made.most > 3, "workers may join"
    assert runner.runner_for(load(environ={}, runner="dask", workers=3), work, {}, silent).most == 3


@pytest.mark.slow
def test_tables_are_those_of_the_local_runner(
    settings: Settings, seeds: Path, tmp_path: Path, quick: Callable, monkeypatch: pytest.MonkeyPatch
):
    """A cluster of our own, with real processes. Its workers compare fingerprints, so they are real too."""
    pytest.importorskip("distributed", reason="the extra dask is not installed: ./taojin setup dask")
    monkeypatch.setattr(flows.ingest, "fingerprints", fingerprints)
    told = []
    by_dask = replace(settings, runner="dask", workers=2, batch_files=1, warehouse=tmp_path / "dask")
    for each in (settings, by_dask):
        assert ingest(each, [seeds], lambda *said: told.append(said)).status == "done"
    assert differences(settings.warehouse, by_dask.warehouse) == []
    assert not [said for said in told if said[0] == "workers"], "nobody was refused or lost"
    assert not list((tmp_path / "dask" / "staging").iterdir())
