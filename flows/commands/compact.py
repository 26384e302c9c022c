"""taojin compact: fewer, fuller files, and room given back."""

from __future__ import annotations

from dataclasses import asdict

from flows.commands.existing import existing
from flows.settings import Settings
from flows.terminal import print_json, say
from tasks.storage.compact import compact
from tasks.storage.lock import writer_lock
from tasks.storage.mend import opened


def run(settings: Settings, everything: bool, quiet: bool, as_json: bool) -> int:
    """Compact the warehouse. Readers see the same tables before, during and after."""
    layout = existing(settings.warehouse)
    with writer_lock(layout):
        done = compact(
            layout, opened(layout)[0], batch_bytes=settings.batch_bytes, batch_files=settings.batch_files,
            keep=settings.keep_generations, threads=settings.threads, **({"min_age_s": 0} if everything else {}),
        )  # fmt: skip
    if as_json:
        print_json(asdict(done))
    elif not quiet:
        say(f"Batches {done.batches_before:,} -> {done.batches_after:,}, files {done.files_before:,} -> {done.files_after:,}, "
            f"{done.bytes_before / 1e6:,.1f} MB -> {done.bytes_after / 1e6:,.1f} MB.")
        say(f"Removed {done.manifests_removed:,} manifests and {done.generations_removed:,} generations. Every row is as it was.")
    return 0
