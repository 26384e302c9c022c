"""Where the time of a longer piece of work goes, step by step."""

from __future__ import annotations

import time
from collections.abc import Mapping


class Steps:
    """Tell it at the end of each step; a step that comes again adds to itself."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._seconds: dict[str, float] = {}

    def done(self, step: str) -> None:
        """The time since the last call was this step's."""
        now = time.monotonic()
        self._seconds[step] = self._seconds.get(step, 0.0) + now - self._last
        self._last = now

    @property
    def seconds(self) -> Mapping[str, float]:
        """Step -> seconds on the clock, in their order."""
        return dict(self._seconds)
