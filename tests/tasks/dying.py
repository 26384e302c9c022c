"""A module for worker processes that end as they are told."""

from __future__ import annotations

import os
import time


def warm_up() -> None:
    """Nothing to load."""


def die(way: int) -> None:
    """End with an exit code, or by a signal where it is negative."""
    if way < 0:
        os.kill(os.getpid(), -way)
        time.sleep(60)
    os._exit(way)
