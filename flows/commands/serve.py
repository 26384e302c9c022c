"""taojin serve: scheduled ingestion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.ingest import divided
from flows.serve import Watchman
from flows.settings import Settings
from flows.terminal import talk
from tasks.errors import UsageError
from tasks.ingest.remote.address import parse


def run(settings: Settings, paths: Sequence[Path | str], cron: str | None, every: float | None, watch: bool, port: int) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    if cron and every:
        raise UsageError("--cron and --every exclude each other.", 'Give one: --cron "*/5 * * * *" or --every 300.')
    if not (cron or every or watch):
        raise UsageError("Nothing says when to run.", 'Give --cron "*/5 * * * *", --every 300 (seconds) or --watch.')
    if cron:
        _expect_cron(cron)
    for url in divided(paths or settings.inputs)[0]:
        if parse(url, settings.remote_protocols).has_secret and paths:
            raise UsageError(
                "A URL with a password or signature cannot be served: Prefect keeps what it is given.",
                'Put it into taojin.toml, in a file that only you can read: inputs = ["https://…"].',
            )
    Watchman(settings, paths, talk, cron=cron, every=every, watch=watch, port=port).serve()
    talk("Stopped.")
    return 0


def _expect_cron(cron: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule  # slow, and only here

    try:
        CronSchedule(cron=cron)
    except ValueError:
        raise UsageError(f"{cron!r} is no cron schedule.", 'Five fields: minute hour day month weekday, such as "0 2 * * *".') from None
