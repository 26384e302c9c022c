"""The worker processes, seen from the parent: as many as asked for, each a spawned pool of one.

A pool of one, so that a death or a hang has exactly one culprit and costs no neighbour. A batch that kills or hangs its worker
is halved, down to the one content that does it: its bytes are kept, its document is refused, all others go through.

Time: a batch may take what its bytes are allowed at SLOWEST plus `document_seconds`, at most `batch_seconds`; so a hanging document
in a batch of thousands is found in minutes. Memory: a worker that asks for more than `memory_bytes` of data gets MemoryError,
which its document pays for as for any error; where a library aborts on it, the worker dies and the batch is halved.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import queue
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing.connection import wait
from typing import Any

from tasks.errors import TaojinError
from tasks.ingest.plan import halves
from tasks.storage.records import Job, Receipt

START_SECONDS = 300.0
SLOWEST = 20_000  # bytes per second: a tenth of what the worst soiled pages were seen to need


class Stopped(TaojinError):
    """The run was asked to stop; what was finished stays."""

    exit_code = 130


class Died(Exception):
    """A worker ended or was ended; the sentence says how."""


class Workers:
    """
    Worker processes of this machine; a tasks.runner.Runner.

    Thread-safe: as many threads may call `run` at once as there are workers; others wait.
    """

    def __init__(
        self, count: int, batch_seconds: float, document_seconds: float = 60.0, memory_bytes: int = 0, module: str = "tasks.work"
    ) -> None:
        """
        Prepare `count` workers; none is spawned yet.

        Args:
            batch_seconds: the longest that any batch may take.
            document_seconds: what a batch may take beyond its bytes at SLOWEST.
            memory_bytes: most data of one worker (Linux); 0 sets no limit.
            module: holds run_batch and its companions.
        """
        self.batch_seconds, self.document_seconds = batch_seconds, document_seconds
        self.stopping = threading.Event()
        self._idle: queue.LifoQueue[Child] = queue.LifoQueue()
        self._all = [Child(module, memory_bytes) for _ in range(count)]
        for worker in self._all:
            self._idle.put(worker)

    def start(self, most: int | None = None) -> Workers:
        """Spawn them (at most `most`) and have them load what stages need; returns at once. Others are spawned when needed."""
        for worker in self._all[::-1][:most]:
            worker.warm()
        return self

    @property
    def most(self) -> int:
        """Batches that are worked on at once."""
        return len(self._all)

    def wait(self) -> None:
        """Nothing to wait for: a process that does not start says so with its first batch."""

    def run(self, job: Job) -> Receipt:
        """One batch, whatever its documents do to the worker."""
        worker = self._take()
        try:
            self._expect_going_on()
            try:
                return worker.call(self._seconds(job), "run_batch", job)
            except Died as death:
                self._expect_going_on()
                pieces = self._bisected(worker, job, str(death))
            return worker.call(self.batch_seconds, "write_merged", job, pieces)
        finally:
            self._give_back(worker)

    def stop(self) -> None:
        """Begin no other batch."""
        self.stopping.set()

    def close(self) -> None:
        """End all workers, at once."""
        self.stopping.set()
        for worker in self._all:
            worker.end()

    def __enter__(self) -> Workers:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self) -> Child:
        return self._idle.get()

    def _give_back(self, worker: Child) -> None:
        self._idle.put(worker)

    def _expect_going_on(self) -> None:
        if self.stopping.is_set():
            raise Stopped("Stopped.", "Finished batches are kept; run it again.")

    def _seconds(self, job: Job) -> float:
        return min(self.batch_seconds, self.document_seconds + _size(job) / SLOWEST)

    def _bisected(self, worker: Child, job: Job, reason: str) -> list[Receipt]:
        if len(job.contents) <= 1:
            return [worker.call(self.batch_seconds, "keep_bytes", job, reason)]
        pieces = []
        for half in halves(job):
            try:
                pieces.append(worker.call(self._seconds(half), "run_piece", half))
            except Died as death:
                self._expect_going_on()
                pieces += self._bisected(worker, half, str(death))
        return pieces


def _size(job: Job) -> int:
    """Bytes of a job's contents; those that only the warehouse has count as their batch's mean."""
    size = 0.0
    for _, path in job.contents:
        if path is None:
            size += job.previous.bytes / max(1, len(job.previous.file_ids)) if job.previous else 0
            continue
        with contextlib.suppress(OSError):  # it vanished: the worker says so
            size += os.path.getsize(path)
    return int(size)


class Child:
    """One spawned process, replaced when it dies."""

    def __init__(self, module: str, memory_bytes: int) -> None:
        self._module, self._memory_bytes = module, memory_bytes
        self._pool: ProcessPoolExecutor | None = None
        self._pid: Future[int] | None = None

    def warm(self) -> None:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(self._memory_bytes,))
            self._pid = self._pool.submit(_loaded, self._module)

    def call(self, seconds: float, function: str, *arguments: Any) -> Any:
        pid = self._started()
        assert self._pool is not None
        try:
            answer = self._pool.submit(_call, self._module, function, *arguments)
            return answer.result(seconds)
        except BrokenProcessPool:
            code = self._exit_code()
            self.end()
            raise Died(f"it killed the worker process ({code})") from None
        except TookTooLong:
            os.kill(pid, signal.SIGKILL)
            self.end()
            raise Died(f"it kept the worker busy for more than {seconds:g} seconds") from None

    def _started(self) -> int:
        """The process id, once the stages are loaded; no batch is to blame for what goes wrong until then."""
        self.warm()
        assert self._pid is not None
        try:
            return self._pid.result(START_SECONDS)
        except (BrokenProcessPool, TookTooLong):
            self.end()
            raise TaojinError("A worker process did not start.", "Check free memory, and try again with fewer --workers.") from None

    def end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)  # its thread sees the death and cleans up

    def _exit_code(self) -> str:
        assert self._pool is not None
        for process in (self._pool._processes or {}).values():
            process.join(5)
            if process.exitcode is not None:
                return signal.Signals(-process.exitcode).name if process.exitcode < 0 else f"exit code {process.exitcode}"
        return "no exit code"


def _prepare(memory_bytes: int) -> None:
    if memory_bytes:
        with contextlib.suppress(ValueError, OSError):  # a tighter limit stands already, or the system knows none
            resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer: this batch is finished first
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's worker does not notice that its parent was killed: it holds both ends of their pipe."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _loaded(module: str) -> int:
    import_module(module).warm_up()
    gc.collect()
    gc.freeze()
    gc.disable()  # a batch makes millions of objects and next to no cycles: looking for them took a fifteenth of the time
    return os.getpid()


def _call(module: str, function: str, *arguments: Any) -> Any:
    call: Callable[..., Any] = getattr(import_module(module), function)
    try:
        return call(*arguments)
    finally:
        gc.collect()
