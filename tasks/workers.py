"""The worker processes, seen from the parent: as many as asked for, each a spawned pool of one.

A pool of one, so that a death or a hang has exactly one culprit and costs no neighbour. A worker says what it has in hand
(tasks/care.py); when it dies or a step takes too long, another one goes on with what is not finished, more carefully there, down to
the one document or record that does it: its bytes are kept, its document is refused, all others go through.

Time: a step (one stage over at most a megabyte of documents, or one record being read) may take what its bytes are allowed at
SLOWEST plus `document_seconds`, at most `batch_seconds`. Memory: a worker that asks for more than `memory_bytes` of data gets
MemoryError, which its document pays for as for any error; where a library aborts on it, the worker dies, as above.
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
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from tasks.care import BLINDLY, ROOM, Care, Limits, Step, Trail, leave_trail
from tasks.errors import TaojinError
from tasks.storage.records import Job, Receipt

START_SECONDS = 300.0
PATIENCE = 5.0  # until a process that died is known to have ended
LOOK_SECONDS = 1.0  # between two looks at what a worker has in hand


class Stopped(TaojinError):
    """The run was asked to stop; what was finished stays."""

    exit_code = 130


class Died(Exception):
    """
    A worker ended or was ended; `reason` says how.

    `step` is what it had in hand, None where that is not known; `late` says that the step took too long.
    """

    def __init__(self, reason: str, step: Step | None = None, late: bool = False) -> None:
        super().__init__(reason, step, late)  # all of them, so that it can be pickled
        self.reason, self.step, self.late = reason, step, late


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
            batch_seconds: the longest that any step of a batch may take.
            document_seconds: what a step may take beyond its bytes at SLOWEST.
            memory_bytes: most data of one worker (Linux); 0 sets no limit.
            module: holds run_batch and its companions.
        """
        self.limits = Limits(batch_seconds, document_seconds)
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
            care = Care()
            while care.blind < BLINDLY:
                self._expect_going_on()
                try:
                    return worker.call(self.limits, "run_batch", job, care)
                except Died as death:
                    care = care.after(death.step, death.reason, death.late)
            raise TaojinError(
                f"Batch {job.batch_id} ended its worker process {BLINDLY} times while no document was in hand.",
                "Check free memory and the disk, and run it again; what is finished is kept.",
            )
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


class _Spawning(SpawnContext):
    """Starts processes and keeps hold of them: a pool forgets its own when one dies, before anybody can ask how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self._made: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:
        process = SpawnProcess(*arguments, **named)
        self._made.append(process)
        return process

    @property
    def started(self) -> list[SpawnProcess]:
        """Processes that run, or have ended."""
        return [process for process in self._made if process.pid]


class Child:
    """One spawned process, replaced when it dies."""

    def __init__(self, module: str, memory_bytes: int) -> None:
        self._module, self._memory_bytes = module, memory_bytes
        self._pool: ProcessPoolExecutor | None = None
        self._started_with = _Spawning()
        self._trail = Trail(memoryview(bytearray(ROOM)))
        self._pid: Future[int] | None = None

    def warm(self) -> None:
        if self._pool is None:
            self._started_with = spawn = _Spawning()
            memory = spawn.RawArray("B", ROOM)
            self._trail = Trail(memoryview(memory).cast("B"))
            self._pool = ProcessPoolExecutor(1, spawn, initializer=_prepare, initargs=(self._memory_bytes, memory))
            self._pid = self._pool.submit(_loaded, self._module)

    def call(self, limits: Limits, function: str, *arguments: Any) -> Any:
        """
        What a function of the module answers.

        Raises Died where the worker dies over it, or takes longer for a step than it may.
        """
        pid = self._started()
        assert self._pool is not None
        self._trail.clear()
        answer = self._pool.submit(_call, self._module, function, *arguments)
        count, since, allowed = -1, time.monotonic(), limits.of(0)
        while True:
            try:
                return answer.result(min(LOOK_SECONDS, max(0.01, since + allowed - time.monotonic())))
            except BrokenProcessPool:
                code, (_, step) = self._how_it_ended(), self._trail.read()
                self.end()
                raise Died(f"it killed the worker process ({code})", step) from None
            except NotYet:
                now, step = self._trail.read()
                if now != count:
                    count, since, allowed = now, time.monotonic(), limits.of(step.bytes if step else 0)
                elif time.monotonic() - since > allowed:
                    os.kill(pid, signal.SIGKILL)
                    self.end()
                    raise Died(f"it kept the worker busy for more than {allowed:.3g} seconds", step, late=True) from None

    def _started(self) -> int:
        """The process id, once the stages are loaded; no batch is to blame for what goes wrong until then."""
        self.warm()
        assert self._pid is not None
        try:
            return self._pid.result(START_SECONDS)
        except (BrokenProcessPool, NotYet):
            self.end()
            raise TaojinError("A worker process did not start.", "Check free memory, and try again with fewer --workers.") from None

    def end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in self._started_with.started:
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)  # its thread sees the death and cleans up

    def _how_it_ended(self) -> str:
        """
        A signal's name or an exit code.

        The pool's own thread waits for the process too. Whichever asks the system first is told; the other sees nothing until then.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for process in self._started_with.started:
                process.join(PATIENCE)
                if (code := process.exitcode) is not None:
                    return _signal_name(-code) if code < 0 else f"exit code {code}"
            time.sleep(0.005)
        return "no exit code"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"


def _prepare(memory_bytes: int, memory: Any) -> None:
    leave_trail(memoryview(memory).cast("B"))
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
