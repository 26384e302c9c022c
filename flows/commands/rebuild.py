"""taojin rebuild: every table again from the kept bytes."""

from __future__ import annotations

from flows.commands.existing import existing
from flows.commands.ingest import tell
from flows.rebuild import rebuild
from flows.settings import Settings


def run(settings: Settings, quiet: bool, as_json: bool) -> int:
    """The same bars and summary as ingest. Raises UsageError where there is no warehouse; a mistyped folder is not made one."""
    existing(settings.warehouse)
    return tell(lambda report: rebuild(settings, report), settings, timings=False, quiet=quiet, as_json=as_json)
