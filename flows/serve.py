"""serve: the standing part of scheduled ingestion, and its watchman.

    Prefect's server (ours, or the one that runs) + the runner (flows/scheduled.py) + a watch over both and over the folders

The watchman looks every few seconds. New or changed files ask for a run at once (`watch`), when two looks in a row
see the same, so that a file that is still being written waits. A run that was killed is put on record within seconds, and so is
each firing (flows/firings.py). A server or runner that dies, or a server of ours that answers no more, is started again.
SIGTERM, SIGHUP and Ctrl-C: the run in hand finishes its batches and stops, then runner and server end; what was finished is kept.
A second one ends the run in hand at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flows.alerts import FAILED, Alert, killed, send, sent_after, stale
from flows.firings import FLOW, account, deployment, is_one_due, next_due, skip_late
from flows.ingest import bury, divided, seen_now
from flows.run import note, now
from flows.server import PrefectServer, ServerDown
from flows.settings import PROJECT, Settings
from flows.watch import RemoteWatch
from tasks.errors import TaojinError, UsageError, WarehouseBusy
from tasks.storage.layout import Layout
from tasks.storage.lock import holder, writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.progress import read_progress
from tasks.storage.serving import serving_lock, tell_serving

LOOK_SECONDS = 2.0
LOOK_SHARE = 0.1  # of the time may go into looking: a large folder is looked at less often
BURY_SECONDS = 10.0
STALE_SECONDS = 60.0
END_SECONDS = 30.0  # for the runner, when nothing runs any more
SILENT_SECONDS = 300.0  # after which a server of ours that lives but answers nothing counts as dead: on a busy machine a minute is short
LONGEST_PAUSE = 60.0  # seconds between two starts of what dies again and again
TELL_AFTER = 3  # deaths in a row
STEADY_SECONDS = 600.0  # after which a death is no longer one of a row
LOG_BYTES = 8 << 20  # of a log of server or runner, before it is put aside; one older is kept
RUNNER = "from flows.scheduled import main; main()"
ASK = """
import sys
from prefect.deployments import run_deployment
run_deployment(sys.argv[1], timeout=0)
"""

Say = Callable[[str], None]


class RunnerDied(TaojinError):
    """The process that serves the deployment ended by itself."""


@dataclass
class Watchman:
    """What `serve` holds together."""

    settings: Settings
    paths: Sequence[Path | str]
    say: Say
    cron: str | None = None
    every: float | None = None
    watch: bool = False
    port: int = 4200
    stop_seconds: float = 900.0  # that a run in hand may take to end
    stopping: threading.Event = field(default_factory=threading.Event)
    hurried: bool = False
    served: bool = False  # that server and runner stood once
    answered: float = 0.0  # when the server last did

    def __post_init__(self) -> None:
        self.layout = Layout.of(self.settings.warehouse)
        self.logs = [self.settings.prefect_home / name for name in ("server.log", "runner.log")]
        self.about = {"pid": os.getpid(), "host": socket.gethostname(), "since": now().isoformat(), "cron": self.cron,
                      "every": self.every, "watch": self.watch, "timezone": self.settings.zone}  # fmt: skip

    def serve(self) -> None:
        """Until a signal. Raises what keeps server or runner from starting for the first time, and WarehouseBusy."""
        with serving_lock(self.layout), self._listening():
            tell_serving(self.layout, self.about)
            deaths, pause = 0, 1.0
            while True:
                began = time.monotonic()
                try:
                    self._serve_once()
                    break
                except (RunnerDied, ServerDown, UsageError) as error:
                    if not self.served:
                        raise
                    if time.monotonic() - began > STEADY_SECONDS:
                        deaths, pause = 0, 1.0
                    deaths += 1
                    self.say(f"{error.message} It is started again in {pause:g} s.")
                    note(self.layout, {"event": "restarted", "at": now(), "error": error.message})
                    if deaths == TELL_AFTER:
                        self._tell(Alert(FAILED, FAILED, f"taojin serve: for the {deaths}rd time in a row: {error.message}"))
                if self.stopping.wait(pause):
                    break
                pause = min(pause * 2, LONGEST_PAUSE)
            note(self.layout, {"event": "stopped", "at": now()})

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Answer signals for the length of the block. A SIGHUP that was ignored on purpose (nohup) stays ignored."""

        def stop(*_: object) -> None:
            self.hurried = self.stopping.is_set()
            self.stopping.set()

        numbers = [n for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
        before = {number: signal.signal(number, stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _serve_once(self) -> None:
        self._trim_logs()
        with PrefectServer(self.settings).start_standing(self.port) as server:
            server.wait()
            self.port = server.port or self.port
            runner, ready = self._runner(server.url)
            try:
                if self._stands(runner, ready):
                    if not self.served:
                        self.say(f"Serving. Prefect's server: {server.url.removesuffix('/api')}. Logs: {server.log.parent}.")
                        note(self.layout, {"event": "serving", "at": now(), **{k: v for k, v in self.about.items() if k != "since"}})
                    self.served, self.answered = True, time.monotonic()
                    self._look(runner, server)
            finally:
                os.close(ready)
                self._end(runner)
                self._bury()
                self._account(server, waiting=0)

    def _runner(self, url: str) -> tuple[subprocess.Popen[bytes], int]:
        """The runner, and a pipe that can be read once its deployment stands."""
        urls, here = divided(self.paths)
        told = {"paths": [*(str(p.absolute()) for p in here), *urls], "warehouse": str(self.layout.root),
                "cron": self.cron, "every": self.every, "timezone": self.settings.zone}  # fmt: skip
        ready, says = os.pipe()
        try:
            with open(self.settings.prefect_home / "runner.log", "ab") as log:
                runner = subprocess.Popen(
                    [sys.executable, "-c", RUNNER, json.dumps(told), str(says)], cwd=PROJECT, env=self._environment(url),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, pass_fds=(says,),
                )  # fmt: skip
        except OSError:
            os.close(ready)
            raise
        finally:
            os.close(says)
        return runner, ready

    def _stands(self, runner: subprocess.Popen[bytes], ready: int) -> bool:
        """Wait for the runner's deployment; False where somebody ends us before. Raises RunnerDied."""
        while not self.stopping.is_set():
            if select.select([ready], [], [], 0.2)[0]:
                if os.read(ready, 1):
                    return True
                runner.wait()  # the pipe was closed without a word
                self._expect_alive(runner)
        return False

    def _expect_alive(self, runner: subprocess.Popen[bytes]) -> None:
        if runner.poll() is not None:
            log = self.settings.prefect_home / "runner.log"
            raise RunnerDied(f"The runner ended with exit code {runner.returncode}.", f"Its log is {log}.")

    def _environment(self, url: str) -> dict[str, str]:
        return os.environ | {"PREFECT_API_URL": url, "PYTHONPATH": str(PROJECT), "TAOJIN_WAREHOUSE": str(self.layout.root),
                             "TAOJIN_RUNNER": self.settings.runner, "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR"}  # fmt: skip

    @cached_property
    def remote(self) -> RemoteWatch:
        """The look at what lies behind URLs; it begins when it is first asked for."""
        return RemoteWatch(self.settings, divided(self.paths or self.settings.inputs)[0], self.say, self.stopping)

    def _look(self, runner: subprocess.Popen[bytes], server: PrefectServer) -> None:
        before = asked = None
        buried = stale_looked = 0.0
        pause = LOOK_SECONDS
        while not self.stopping.wait(pause):
            self._expect_alive(runner)
            if server.has_died:
                raise ServerDown(f"Prefect's server ended by itself; its log is {server.log}.")
            if os.getpid() == 1:
                self._reap({runner.pid, server.pid})
            if time.monotonic() - buried >= BURY_SECONDS:
                buried = time.monotonic()
                self._bury()
                self._account(server)
                if server.is_ours and time.monotonic() - self.answered > SILENT_SECONDS:
                    raise ServerDown(f"Prefect's server does not answer any more; its log is {server.log}.")
            if time.monotonic() - stale_looked >= STALE_SECONDS:
                stale_looked = time.monotonic()
                self._tell_stale()
                self._trim_logs()
            if not self.watch:
                continue
            began = time.monotonic()
            seen = self._seen()
            if seen is not None and seen == before and seen != asked and self._is_idle(server.url):
                asked = seen
                self._ask(server.url)
            before = seen
            pause = max(LOOK_SECONDS, (time.monotonic() - began) / LOOK_SHARE)

    def _seen(self) -> int | None:
        """A number for what lies in the folders at this moment; None where they cannot be read."""
        try:
            here = tuple((s.uri, s.size, s.mtime_ns) for s in seen_now(self.settings, self.paths).sources)
            return hash((here, self.remote.seen)) if self.remote.seen is not None else None
        except TaojinError as error:
            self.say(error.message)
            return None

    def _is_idle(self, url: str) -> bool:
        """Nobody writes, and no firing is about to."""
        with contextlib.suppress(OSError, ValueError):
            return holder(self.layout) is None and not is_one_due(self.layout, url)
        return False

    def _ask(self, url: str) -> None:
        """Ask for a run. It costs Prefect's import, so it is a process of its own that nobody waits for."""
        with open(self.settings.prefect_home / "runner.log", "ab") as log:
            command = [sys.executable, "-c", ASK, f"{FLOW}/{deployment(self.layout)}"]
            asking = subprocess.Popen(command, cwd=PROJECT, env=self._environment(url), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        threading.Thread(target=asking.wait, daemon=True).start()

    def _bury(self) -> None:
        """Put a run that was killed on record, as soon as nobody holds the lock that it held."""
        if read_progress(self.layout) is None or holder(self.layout) is not None:
            return
        with contextlib.suppress(WarehouseBusy), sent_after(self.settings, self.say) as alerts, writer_lock(self.layout):
            if dead := bury(self.layout, load_state(self.layout)):
                alerts.append(killed(dead))

    def _account(self, server: PrefectServer, waiting: int = 1) -> None:
        """Put firings on record that could not tell themselves, and say what is due next. `waiting`: how many due ones may wait."""
        try:
            skip_late(self.layout, server.url, waiting)
            for reason in account(self.layout, server.url):
                self._tell(Alert(FAILED, FAILED, reason))
            tell_serving(self.layout, self.about | {"server": server.url, "next": next_due(self.layout, server.url)})
            self.answered = time.monotonic()
        except (OSError, ValueError):
            return  # asked again soon

    def _tell_stale(self) -> None:
        """Nothing new for too long: with `watch` no run would notice, since none is asked for."""
        if alert := stale(self.settings):
            self._tell(alert)

    def _tell(self, alert: Alert) -> None:
        for fault in send(self.settings, alert):
            self.say(fault)

    def _trim_logs(self) -> None:
        """Put a long log aside and begin it anew. Its writers append, so they go on at its new beginning."""
        for log in self.logs:
            with contextlib.suppress(OSError):
                if log.stat().st_size > LOG_BYTES:
                    shutil.copyfile(log, log.with_name(log.name + ".1"))
                    os.truncate(log, 0)

    @staticmethod
    def _reap(ours: set[int]) -> None:
        """As process 1 (a container without an init): children of others that ended fall to us. Ours are waited for by who started them."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid not in ours:
                os.waitpid(ended.si_pid, os.WNOHANG)

    def _end(self, runner: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + self.stop_seconds
        told: set[tuple[int, bool]] = set()
        while (at_work := holder(self.layout)) and time.monotonic() < until:
            pid = at_work.get("pid")
            if isinstance(pid, int) and (pid, self.hurried) not in told:
                told.add((pid, self.hurried))
                self.say("Stopping now." if self.hurried else "Stopping after the batches in hand; what is finished is kept.")
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
