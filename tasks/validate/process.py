"""The validator's own process: it imports Great Expectations while the run works, then waits for questions.

Spawned, never forked; one question at a time. The child ends when its parent closes the pipe or is no more.
"""

from __future__ import annotations

import importlib
import multiprocessing
import resource
import signal
import sys
import time
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection

from tasks.errors import TaojinError
from tasks.validate.imports import cheaper_imports
from tasks.validate.request import CheckRequest, ValidationResult

HINT = "The same command tries again; finished batches are not lost."
PATIENCE = 30.0  # seconds a child has to end after it was asked to


class ValidatorDied(TaojinError):
    """The process that checks tables ended without an answer."""


class ValidatorFailed(TaojinError):
    """The process that checks tables raised; carries the child's traceback as text."""

    def __init__(self, message: str, hint: str = "", details: str = "") -> None:
        super().__init__(message, hint)
        self.details = details

    def __reduce__(self):
        return type(self), (self.message, self.hint, self.details)


class Validator:
    """One spawned process that answers `check`. Open it early: its imports cost seconds."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> Validator:
        """Spawn the child, or do nothing while it lives. Returns at once."""
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), name="taojin-validator", daemon=True)
            self._process.start()
            theirs.close()  # so that a dead child reads as end of file
        return self

    @property
    def pid(self) -> int | None:
        """The child's process id; None where there is none."""
        return self._process.pid if self._process else None

    def check(self, request: CheckRequest) -> ValidationResult:
        """Ask for one run's checks. Raises ValidatorDied or ValidatorFailed; both leave a validator that can be asked again."""
        self.start()
        assert self._pipe is not None
        try:
            self._pipe.send(request)
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            code = self._reap()
            raise ValidatorDied(f"The process that checks tables ended without an answer (exit code {code}).", HINT) from error
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """End the child. Safe to call twice."""
        if self._process is not None:
            self._reap()

    def _reap(self) -> int | None:
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        assert process is not None and pipe is not None
        pipe.close()
        process.join(PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()
        return process.exitcode

    def __enter__(self) -> Validator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve(pipe: Connection) -> None:
    """The child: import, then answer until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer: it closes the pipe
    vars(sys.modules["__main__"]).setdefault("__file__", __file__)  # without one DuckDB believes in a person and draws bars on stdout
    started = time.perf_counter()
    edge, broken = None, None
    try:
        with cheaper_imports():  # late on purpose: whoever imports this module for `Validator` must not pay for it
            edge = importlib.import_module("tasks.validate.expectations")
    except Exception as error:
        broken = _as_failure(error)
    imported = time.perf_counter() - started
    spent = 0.0
    while True:
        try:
            request = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = broken or edge.answer(request)
            if isinstance(answer, ValidationResult):
                answer.timings["import"] = imported
                spent, told = time.process_time(), spent
                answer = replace(answer, cpu_seconds=spent - told, peak_bytes=_peak_bytes())
        except Exception as error:
            answer = error if isinstance(error, TaojinError) else _as_failure(error)
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return


def _peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _as_failure(error: Exception) -> ValidatorFailed:
    details = "".join(traceback.format_exception(error))
    return ValidatorFailed(f"The checks could not be run: {type(error).__name__}: {error}", HINT, details)
