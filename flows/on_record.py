"""What a run was told, in the run log: written where it differs from what was last written, so that a run's page shows the difference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.settings import FIELDS, Settings
from tasks.storage import runlog
from tasks.storage.layout import Layout

ELSEWHERE = ("alert_", "prefect_")  # addresses and commands, which may hold a password, and change no data


def shown(settings: Settings) -> dict[str, Any]:
    """Settings as JSON, without secrets."""
    named = {n: getattr(settings, n) for n, f in FIELDS.items() if not f.metadata.get("secret") and not n.startswith(ELSEWHERE)}
    return json.loads(json.dumps(named, default=lambda v: str(v) if isinstance(v, Path) else list(v)))


def write_settings(layout: Layout, run_id: int, settings: Settings) -> None:
    """Put the settings of a run on record."""
    now = shown(settings)
    written = (e["settings"] for e in reversed(runlog.entries(layout)) if isinstance(e.get("settings"), dict))
    if next(written, None) != now:
        runlog.append(layout, {"run_id": run_id, "settings": now})
