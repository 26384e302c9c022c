"""Documents that do harm on purpose: what tests put among others to see that nobody else is harmed.

Armed by TAOJIN_FAULT=poison, as the fault points are (tasks/storage/durable.py); never otherwise. A document then does what it says:

    poison:segfault@clean      poison:sleep@enrich      poison:eat@decode      poison:exit@split      poison:kill@ingest
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time
from collections.abc import Callable, Iterable

ARMED = os.environ.get("TAOJIN_FAULT") == "poison"
_SAYS = re.compile(r"poison:([a-z]+)@([a-z]+)")


def act(stage: str, texts: Iterable[str | bytes]) -> None:
    """Do what one of these documents says for this stage."""
    for text in texts:
        said = text if isinstance(text, str) else text.decode("utf-8", "ignore")
        for deed, where in _SAYS.findall(said):
            if where == stage:
                DEEDS[deed]()


def _sleep() -> None:
    while True:
        time.sleep(3600)


def _spin() -> None:
    while True:
        pass


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(b"\1") * (32 << 20))


def _recurse() -> None:
    def deeper() -> None:
        deeper()

    deeper()


def _raise() -> None:
    raise ValueError("this document is poison")


def _memory() -> None:
    raise MemoryError


DEEDS: dict[str, Callable[[], object]] = {
    "segfault": lambda: ctypes.string_at(0),
    "sleep": _sleep,
    "spin": _spin,
    "eat": _eat,
    "exit": lambda: os._exit(3),
    "abort": os.abort,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),  # what the kernel does when memory is short
    "recurse": _recurse,
    "memory": _memory,
    "raise": _raise,
}
