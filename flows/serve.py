"""serve: the standing part of scheduled ingestion, and its watchman.

    Prefect's server (ours, or the one that runs) + the runner (flows/scheduled.py) + a watch over both and over the folders

The watchman looks every few seconds. New or changed files ask for a run at once (`watch`), when two looks in a row
see the same, so that a file that is still being written waits. A run that was killed is put on record within seconds.
SIGTERM and Ctrl-C: the run in hand finishes its batches and stops, then runner and server end; what was finished is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.alerts import killed, send, sent_after, stale
from flows.ingest import bury, seen_now
from flows.server import PrefectServer
from flows.settings import PROJECT, Settings
from tasks.errors import TaojinError, WarehouseBusy
from tasks.storage.layout import Layout
from tasks.storage.lock import holder, writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.progress import read_progress

LOOK_SECONDS = 2.0
LOOK_SHARE = 0.1  # of the time may go into looking: a large folder is looked at less often
BURY_SECONDS = 10.0
STALE_SECONDS = 60.0
END_SECONDS = 30.0  # for the runner, when nothing runs any more
RUNNER = "from flows.scheduled import main; main()"
ASK = """
import sys
from prefect.deployments import run_deployment
from flows.scheduled import DEPLOYMENT, FLOW
run_deployment(f"{FLOW}/{DEPLOYMENT}", timeout=0)
"""

Say = Callable[[str], None]


class RunnerDied(TaojinError):
    """The process that serves the deployment ended by itself."""


@dataclass
class Watchman:
    """What `serve` holds together."""

    settings: Settings
    paths: Sequence[Path]
    say: Say
    cron: str | None = None
    every: float | None = None
    watch: bool = False
    port: int = 4200
    stop_seconds: float = 900.0  # that a run in hand may take to end
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.layout = Layout.of(self.settings.warehouse)

    def serve(self) -> None:
        """Until SIGTERM or Ctrl-C. Raises RunnerDied where the runner cannot go on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        with PrefectServer(self.settings).start_standing(self.port) as server:
            server.wait()
            runner = self._runner(server.url)
            try:
                self.say(f"Serving. Prefect's server: {server.url.removesuffix('/api')}. Logs: {server.log.parent}.")
                self._look(runner, server.url)
            finally:
                self._end(runner)

    def _runner(self, url: str) -> subprocess.Popen[bytes]:
        told = {"paths": [str(Path(p).absolute()) for p in self.paths], "warehouse": str(self.layout.root),
                "cron": self.cron, "every": self.every}  # fmt: skip
        with open(self.settings.prefect_home / "runner.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", RUNNER, json.dumps(told)], cwd=PROJECT, env=self._environment(url),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _environment(self, url: str) -> dict[str, str]:
        return os.environ | {"PREFECT_API_URL": url, "PYTHONPATH": str(PROJECT), "TAOJIN_WAREHOUSE": str(self.layout.root),
                             "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR"}  # fmt: skip

    def _look(self, runner: subprocess.Popen[bytes], url: str) -> None:
        before = asked = None
        buried = stale_looked = 0.0
        pause = LOOK_SECONDS
        while not self.stopping.wait(pause):
            if runner.poll() is not None:
                raise RunnerDied(
                    f"The runner ended with exit code {runner.returncode}.", f"Its log is {self.settings.prefect_home / 'runner.log'}."
                )
            if time.monotonic() - buried >= BURY_SECONDS:
                buried = time.monotonic()
                self._bury()
            if time.monotonic() - stale_looked >= STALE_SECONDS:
                stale_looked = time.monotonic()
                self._tell_stale()
            if not self.watch:
                continue
            began = time.monotonic()
            now = self._seen()
            if now is not None and now == before and now != asked and holder(self.layout) is None:
                asked = now
                self._ask(url)
            before = now
            pause = max(LOOK_SECONDS, (time.monotonic() - began) / LOOK_SHARE)

    def _seen(self) -> int | None:
        """A number for what lies in the folders at this moment; None where they cannot be read."""
        try:
            return hash(tuple((s.uri, s.size, s.mtime_ns) for s in seen_now(self.settings, self.paths).sources))
        except TaojinError as error:
            self.say(error.message)
            return None

    def _ask(self, url: str) -> None:
        """Ask for a run. It costs Prefect's import, so it is a process of its own that nobody waits for."""
        with open(self.settings.prefect_home / "runner.log", "ab") as log:
            command = [sys.executable, "-c", ASK]
            asking = subprocess.Popen(command, cwd=PROJECT, env=self._environment(url), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        threading.Thread(target=asking.wait, daemon=True).start()

    def _bury(self) -> None:
        """Put a run that was killed on record, as soon as nobody holds the lock that it held."""
        if read_progress(self.layout) is None or holder(self.layout) is not None:
            return
        with contextlib.suppress(WarehouseBusy), sent_after(self.settings, self.say) as alerts, writer_lock(self.layout):
            if dead := bury(self.layout, load_state(self.layout)):
                alerts.append(killed(dead))

    def _tell_stale(self) -> None:
        """Nothing new for too long: with `watch` no run would notice, since none is asked for."""
        if alert := stale(self.settings):
            for fault in send(self.settings, alert):
                self.say(fault)

    def _end(self, runner: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + self.stop_seconds
        told: set[int] = set()
        while (at_work := holder(self.layout)) and time.monotonic() < until:
            pid = at_work.get("pid")
            if isinstance(pid, int) and pid not in told:
                told.add(pid)
                self.say("Stopping after the batches in hand; what is finished is kept.")
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        if runner.poll() is None:
            runner.terminate()
            try:
                runner.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                runner.kill()
                runner.wait()
