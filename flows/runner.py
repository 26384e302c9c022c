"""Where a run's batches are worked on, as the settings say: processes of this machine, or Dask workers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module

from flows.run import Report
from flows.settings import Settings
from tasks.errors import UsageError
from tasks.ingest.plan import Work
from tasks.runner import Runner
from tasks.workers import Workers


def runner_for(settings: Settings, work: Sequence[Work], fingerprints: Mapping[str, str], report: Report) -> Runner:
    """The runner, not started yet. Raises UsageError where the extra it needs is not installed."""
    kind, _, address = settings.runner.partition("=")
    if kind == "local":
        return Workers(settings.workers, *settings.limits_of_worker)
    try:
        cluster = import_module("tasks.cluster.client")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("dask", "distributed"):
            raise
        hint = "Run `./taojin setup dask` (or: pip install distributed), or leave out --runner."
        raise UsageError("The runner dask needs the extra dask, which is not installed.", hint) from None
    terms = cluster.Terms(str(os.path.abspath(settings.warehouse)), dict(fingerprints), settings.for_workers, _samples(work))
    return cluster.DaskWorkers(
        address or None, settings.workers, terms, *settings.limits_of_worker, say=lambda sentence: report("workers", 0, 0, sentence)
    )


def _samples(work: Sequence[Work]) -> tuple[str, ...]:
    """Files by which a worker shows that it sees the input: the first one of each folder, in each batch its first and its last."""
    found = {}
    for batch in work:
        paths = [path for _, path in batch.contents if path is not None]
        for path in (*paths[:1], *paths[-1:]):
            found.setdefault(os.path.dirname(path), path)
    return tuple(found.values())
