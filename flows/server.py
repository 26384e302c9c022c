"""Prefect's server: the running one where there is one, else our own for the length of a run.

    with PrefectServer(settings).start() as server:    # returns at once; the server boots while the caller goes on
        server.wait()                                  # blocks until it answers
        import prefect                                 # only now or later: settings are read at import

Which server: `prefect_api_url` (settings; PREFECT_API_URL counts as one), one on port 4200 whose home is ours, else our own.
Ours is the bare application on uvicorn, not `prefect server start` (measured, one warm start each: 1.8 s against 11 to 15 s, most of
that the command's imports and Prefect's polling): without web pages, schedules and block registration, which a run does not use.
We open its socket and hand it over, so there is no race for a port, and a first request simply waits until the server is up.
It ends when we close its standard input or are no more, however we ended. Its log is <prefect_home>/server.log.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from flows.settings import PROJECT, Settings
from tasks.errors import DiskFault, TaojinError, UsageError
from tasks.storage.durable import full_disk_told

LOST = threading.Event()  # a server went away: Prefect's threads of this process would go on for minutes telling it what they hold
STANDING = "http://127.0.0.1:4200/api"
LOOK_SECONDS = 3.0  # for an answer on Prefect's usual port; where nobody listens, that shows at once
STOP_SECONDS = 10.0
NEEDED = 8_000_000  # bytes on disk: a new database is one megabyte, its journal up to four
EVENT_DAYS = 2  # events are most of what a run leaves (some 60 of 90 kB), and triggers look back minutes

# Quiet, offline and small. What the user has set already stays.
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # a run's log lines go to the server; people read ours
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # what it could not tell its server: a run says so itself, in a sentence
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    "PREFECT_CLIENT_MAX_RETRIES": "8",  # 503 is what its server makes of a locked SQLite: after 5 tries a run beside busy clients failed
}
OURS = {
    "PREFECT_UI_ENABLED": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",  # "database is locked" beside a stored automation
    "PREFECT_LOGGING_TO_API_ENABLED": "false",  # it would tell itself, also while it ends
}

# For scheduled work: triggers see runs that died, and SQLite waits for its turn instead of saying that it is locked.
STANDS = {
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
}


class ServerDown(TaojinError):
    """Prefect's server does not answer."""


def configure(settings: Settings) -> None:
    """Tell Prefect, by the environment it reads at import, where its state is and to be quiet."""
    os.environ["PREFECT_HOME"] = str(settings.prefect_home)
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


class PrefectServer:
    """The server that a run reports to."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = settings.prefect_home / "server.log"
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_ours(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        """Of our own server; 0 where there is none."""
        return self._process.pid if self._process else 0

    @property
    def port(self) -> int:
        """Of our own server; 0 where there is none."""
        return int(self.url.rpartition(":")[2].removesuffix("/api")) if self._process else 0

    @property
    def has_died(self) -> bool:
        """Our own server ended, though nobody stopped it."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> PrefectServer:
        """Find the running server, or begin to start our own; returns at once. Configures Prefect in this process."""
        self.url = self.settings.prefect_api_url.rstrip("/") or self._standing()
        configure(self.settings)
        if not self.url:
            self._spawn()
        return self

    def start_standing(self, port: int) -> PrefectServer:
        """The same for scheduled work: our own server has schedules, triggers and web pages, and the port that is given (0: any)."""
        self.url = self.settings.prefect_api_url.rstrip("/") or self._standing()
        configure(self.settings)
        if not self.url:
            self._spawn(port, STANDS | self._kept())
        return self

    def _kept(self) -> dict[str, str]:
        """How long a standing server keeps what runs leave behind: else its database would grow for ever."""
        days = self.settings.prefect_days
        return {
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(days * 86_400),
            "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{min(days, EVENT_DAYS)}D",  # this one reads no seconds
        }

    def wait(self) -> None:
        """Until the server answers. Raises ServerDown, or UsageError where the address came from the user."""
        began = time.monotonic()
        while True:
            left = self.settings.server_seconds - (time.monotonic() - began)
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=max(left, 0.1)):
                    return
            except (OSError, urllib.error.URLError) as error:
                if not self.is_ours:
                    raise UsageError(
                        f"No Prefect server answers at {self.url} ({getattr(error, 'reason', error)}).",
                        "Start it, or unset PREFECT_API_URL and TAOJIN_PREFECT_API_URL: then each run starts its own.",
                    ) from None
                assert self._process is not None
                if left <= 0 or self._process.poll() is not None or not isinstance(error, ConnectionError):
                    raise ServerDown(
                        f"Prefect's server did not start within {self.settings.server_seconds} seconds{self._last_line()}.",
                        f"Its log is {self.log}; a run can also use a standing server: PREFECT_API_URL.",
                    ) from None

    def stop(self) -> None:
        """End our own server; one that others use stays."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End our own server at once, so that nobody waits for what it will not answer any more."""
        if self._process is not None:
            self._process.kill()

    def __enter__(self) -> PrefectServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _standing(self) -> str:
        """A server on Prefect's usual port, if its state is ours."""
        try:
            with urllib.request.urlopen(f"{STANDING}/admin/settings", timeout=LOOK_SECONDS) as answer:
                home = json.load(answer).get("home", "")
        except (OSError, ValueError, AttributeError):
            return ""
        return STANDING if home and os.path.realpath(home) == os.path.realpath(self.settings.prefect_home) else ""

    def _spawn(self, port: int = 0, told: dict[str, str] | None = None) -> None:
        home = self.settings.prefect_home
        with full_disk_told(home):
            home.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(home).free) < NEEDED:
            raise DiskFault(
                f"Prefect's state needs about {NEEDED / 1e6:.0f} MB in {home}, and {free / 1e6:.1f} MB are free.",
                "Make room, or name another folder by TAOJIN_PREFECT_HOME.",
            )
        try:
            listening = socket.create_server(("127.0.0.1", port), backlog=128)
        except OSError as error:
            hint = "Another program listens there, or a Prefect server of another project: name one with --port."
            raise UsageError(f"Port {port} cannot be used for Prefect's server: {error.strerror}.", hint) from None
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        standing = told is not None
        told = told or OURS
        environment = os.environ | told | {"PYTHONPATH": str(PROJECT), "PREFECT_API_URL": self.url}
        with open(self.log, "ab") as log, listening:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flows.server", str(listening.fileno()), *(["standing"] if standing else [])],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(listening.fileno(),),
                start_new_session=True,  # Ctrl-C is ours to answer
                cwd=self.settings.prefect_home,
                env=environment,
            )

    def _last_line(self) -> str:
        try:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return f" ({lines[-1][:200]})" if lines else ""


def answers(api_url: str, seconds: float) -> bool:
    """Whether a server answers in time."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=seconds):
            return True
    except (OSError, ValueError):
        return False


def serve(handle: int, standing: bool = False) -> None:
    """
    The child: build the application, serve it on a socket that is already open, end when standard input does.

    A standing one has schedules, triggers and web pages; one for a single run has none of them.
    """
    gc.disable()  # 2,000 modules that stay: collecting while they load is a fifth of the start
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=not standing, final=True)
    gc.enable()
    gc.freeze()
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=end_with_parent, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=handle)])


if __name__ == "__main__":
    serve(int(sys.argv[1]), standing="standing" in sys.argv[2:])
