"""A child that must not outlive who started it, also where that one is killed and can tell nobody."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

LOOK_SECONDS = 0.5


def end_with_parent() -> None:
    """End this process when its parent is gone. Call before limits that forbid threads."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def end_with_spawner() -> None:
    """The same for a process that multiprocessing spawned: at once, also where its parent was gone before this is called."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
