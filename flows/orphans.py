"""A child that must not outlive who started it, also where that one is killed and can tell nobody."""

from __future__ import annotations

import os
import threading
import time

LOOK_SECONDS = 0.5


def end_with_parent(parent: int | None = None) -> None:
    """
    End this process when its parent is gone, also where it was gone before this is called (`parent`: its process id).

    Call before limits that forbid threads.
    """
    parent = parent or os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
