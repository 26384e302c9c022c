"""What a flow asks of whatever works on its batches: processes of this machine, or Dask workers on many."""

from __future__ import annotations

from typing import Any, Protocol

from tasks.storage.records import Job, Receipt


class Runner(Protocol):
    """Thread-safe. Implemented by tasks.workers.Workers and tasks.cluster.client.DaskWorkers."""

    @property
    def most(self) -> int:
        """Threads that may usefully call `run` at once."""

    def start(self, most: int | None = None) -> Any:
        """Begin to boot what at most `most` batches need; returns at once."""

    def wait(self) -> None:
        """Return when a batch may come. Raises what keeps it from that, in a sentence."""

    def run(self, job: Job) -> Receipt:
        """One batch, whatever its documents do to the worker. Raises Stopped after `stop`."""

    def stop(self) -> None:
        """Begin no other batch."""

    def close(self) -> None:
        """End all work, at once."""
