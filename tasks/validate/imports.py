"""Makes the import of Great Expectations cheaper, in the validator's process only.

Great Expectations imports scipy.stats and altair at its top for two expectations and one chart that no contract of ours uses.
Until somebody asks them for something they are empty shells here; the first attribute imports the real package. Garbage collection
waits until the classes stand. Measured (one core, idle, 1.24.1): 2.2 s -> 1.1 s of CPU, 2298 -> 1655 modules.
"""

from __future__ import annotations

import gc
import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

DEFERRED = ("scipy", "scipy.stats", "altair")


class _Deferred(types.ModuleType):
    """A module that is imported when something of it is first used."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import machinery asks these of every module
            raise AttributeError(name)
        for deferred in [n for n, module in sys.modules.items() if isinstance(module, _Deferred)]:
            del sys.modules[deferred]  # all at once: the real packages import one another
        try:
            return getattr(importlib.import_module(self.__name__), name)
        except ModuleNotFoundError as error:
            raise AttributeError(name) from error


@contextmanager
def cheaper_imports() -> Iterator[None]:
    """Defer the heavy packages that are not yet imported, and collect garbage once, afterwards."""
    for name in DEFERRED:
        if name not in sys.modules:
            sys.modules[name] = _Deferred(name)
    scipy, stats = sys.modules["scipy"], sys.modules["scipy.stats"]
    if isinstance(scipy, _Deferred):
        scipy.stats = stats  # `from scipy import stats` must not wake scipy up
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
