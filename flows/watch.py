"""What `serve --watch` knows of inputs behind URLs: their listings, taken aside every `remote_watch_seconds`.

A store may take its time, and the watchman must not. An object of which its store says nothing (no ETag, no time) looks the same
for ever here; scheduled runs read it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from flows.settings import Settings
from tasks.errors import TaojinError
from tasks.ingest.discover import Discovery
from tasks.ingest.remote.address import parse
from tasks.ingest.remote.listing import Stores, list_addresses, looks_of
from tasks.ingest.remote.patience import Interrupted

LOOK_SHARE = 0.1  # of the time may go into looking


class RemoteWatch:
    """Looks at URLs in a thread of its own; `seen` is a number for what was there at the last look, None before the first."""

    def __init__(self, settings: Settings, urls: Sequence[str], say: Callable[[str], None], stopping: threading.Event) -> None:
        self.settings, self.say, self.stopping = settings, say, stopping
        self.addresses = [parse(url, settings.remote_protocols) for url in urls]
        self.seen: int | None = None if urls else 0
        self._told: set[str] = set()
        if urls:
            threading.Thread(target=self._look, name="remote watch", daemon=True).start()

    def _look(self) -> None:
        pause = 0.0
        while not self.stopping.wait(pause):
            began = time.monotonic()
            self._once()
            pause = max(self.settings.remote_watch_seconds, (time.monotonic() - began) / LOOK_SHARE)

    def _once(self) -> None:
        """A look that fails changes nothing; it is said once, until one succeeds."""
        found = Discovery()
        try:
            with closing(Stores(self.settings.remote, self.stopping)) as stores:
                list_addresses(found, self.addresses, stores, self.settings.hidden_files)
        except Interrupted:
            return
        except TaojinError as error:
            self._failed(error.message)
            return
        except Exception as error:  # the thread must outlive it; its text may hold keys
            self._failed(f"The inputs behind URLs could not be listed ({type(error).__name__}).")
            return
        self._tell({f"{p.uri}: {p.reason}" for p in found.problems})
        if not found.problems or self.seen is None:
            self.seen = hash(tuple(sorted(map(str, looks_of(found.remote)))))

    def _failed(self, sentence: str) -> None:
        self._tell({sentence})
        self.seen = self.seen or 0  # folders are watched all the same

    def _tell(self, sentences: set[str]) -> None:
        for sentence in sorted(sentences - self._told):
            self.say(sentence)
        self._told = sentences
