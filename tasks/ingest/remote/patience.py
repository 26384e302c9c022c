"""What can go wrong between here and a store, as kinds with a sentence each; and how long it is borne.

    transient    time-outs, broken connections, 5xx, "slow down": tried again, each time after a longer pause, a bounded number of times
    credentials  no key, a wrong or an expired one: nothing else will work either
    vanished, denied, refused   this object only
"""

from __future__ import annotations

import errno
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE = 0.2  # seconds; doubled with each try
LONGEST_PAUSE = 20.0
LONGEST_ASKED = 60.0  # that a store may have us wait (Retry-After)
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, 509, 520, 521, 522, 523, 524, 529})
_ERRNO = frozenset({errno.EIO, errno.EBUSY, errno.ETIMEDOUT, errno.ECONNRESET, errno.ECONNREFUSED, errno.ECONNABORTED, errno.EPIPE,
                    errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EAGAIN, errno.ENETDOWN, errno.ENETRESET})  # fmt: skip


class Fault(Exception):
    """One thing that went wrong: what, and what to do next. Holds no address and no secret."""

    def __init__(self, kind: str, reason: str, advice: str = "", wait: float | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.advice = advice
        self.wait = wait

    def sentence(self) -> str:
        return f"{self.reason}. {self.advice}" if self.advice else self.reason


class Interrupted(Exception):
    """The run ends; nobody waits any more."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a store is asked; all from settings."""

    protocols: tuple[str, ...]
    tries: int = 5
    seconds: float = 30.0
    threads: int = 8


def by_status(status: int, code: str = "", wait: float | None = None) -> Fault:
    """What an HTTP status means."""
    told = f"{status} {code}".strip()
    if status in TRANSIENT:
        return Fault("transient", f"the store answered {told}", "The next run tries again.", wait)
    if status in (404, 410):
        return Fault("vanished", f"it is not there ({told})", "If it was meant to be, look at its name; in a URL a % stands as %25.")
    if status in (401, 403, 407):
        return Fault("denied", f"it may not be read ({told})", "Ask its owner for the right to read it, or leave it out.")
    return Fault("refused", f"the store answered {told}", "Look whether the address is right.")


def by_exception(error: BaseException) -> Fault:
    """What an exception of a file system means. Its text is not repeated: it may hold keys."""
    told = type(error).__name__
    for seen in _causes(error):  # what it is before its status: a broken answer of aiohttp has the status 400
        if _is_passing(seen):
            return Fault("transient", f"the connection failed ({told})", "The next run tries again.")
        if status := _status(seen):
            return by_status(status)
    if isinstance(error, FileNotFoundError):
        return by_status(404)
    if isinstance(error, PermissionError):
        return by_status(403)
    return Fault("refused", f"it cannot be read ({told})", "Look whether the address and the keys are right.")


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, TimeoutError | ConnectionError | EOFError) or (isinstance(error, OSError) and error.errno in _ERRNO):
        return True
    told = type(error).__name__.lower()
    return any(word in told for word in ("timeout", "connection", "connect", "incomplete", "payload", "contentlength", "disconnected"))


def patiently(work: Callable[[], T], options: Options, stop: threading.Event) -> T:
    """Do some work, again after a pause where it failed for a passing reason. Raises Fault, Interrupted."""
    for n in range(options.tries):
        if stop.is_set():
            raise Interrupted
        try:
            return work()
        except Fault as fault:
            if fault.kind != "transient":
                raise
            if n + 1 == options.tries:
                times = "once" if n == 0 else f"{n + 1} times"
                raise Fault("transient", f"{fault.reason}, {times}", fault.advice) from None
            stop.wait(pause(n, fault.wait))
    raise AssertionError("at least one try")


def pause(n: int, asked: float | None = None) -> float:
    """Seconds before try n + 2: doubled each time and spread, so that many do not come back at once."""
    return min(asked, LONGEST_ASKED) if asked else min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) * random.uniform(0.5, 1.0)


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found


def _status(error: BaseException) -> int | None:
    """Under the names that gcsfs, azure, huggingface_hub and aiohttp give it."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            value = getattr(holder, name, None)
            if isinstance(value, int | str) and str(value).isdecimal() and 400 <= int(value) <= 599:
                return int(value)
    return None
