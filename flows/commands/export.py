"""taojin export: tables or articles in a format that others read, with a card."""

from __future__ import annotations

from pathlib import Path

from flows.export.write import FORMATS, export
from flows.settings import Settings
from flows.terminal import print_json, say, talk
from tasks.errors import UsageError


def run(settings: Settings, targets: dict[str, Path | None], tables: list[str], quiet: bool, as_json: bool) -> int:
    """Write the one export that was asked for."""
    asked = {fmt: target for fmt, target in targets.items() if target is not None}
    if len(asked) != 1:
        raise UsageError("Say one format with its folder.", f"One of {', '.join(f'--{f} DIR' for f in FORMATS)}.")
    ((fmt, target),) = asked.items()
    done = export(settings.warehouse, target, fmt, tables, settings.mask_private)
    if as_json:
        print_json({"path": str(done.path), "format": fmt, "generation": done.generation, "bytes": done.bytes,
                    "rows": {p.name: p.rows for p in done.parts}, "masked": settings.mask_private, "left_out": dict(done.left_out)})
    elif not quiet:
        rows = sum(p.rows for p in done.parts)
        what = f"{len(done.parts)} tables" if len(done.parts) > 1 else done.parts[0].name
        say(f"Wrote {what}, {rows:,} rows, {done.bytes / 1e6:,.1f} MB of generation {done.generation} to {done.path}.")
        if settings.mask_private:
            talk("Private data is masked" + (f"; left out: {', '.join(done.left_out)}." if done.left_out else "."))
        talk(f"What is in it: {done.path / 'README.md'}")
    return 0
