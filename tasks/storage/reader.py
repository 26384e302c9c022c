"""Open a published generation for reading: read-only, without files, network or settings.

A reader takes the real path behind `current` and keeps that generation for as long as it is open, whatever is
published meanwhile. (Opening by the link itself would be a trap: within one process DuckDB hands out the old database
for as long as anybody has that path open.)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from tasks.errors import BrokenWarehouse, UsageError
from tasks.storage.layout import Layout

SANDBOX = {
    "enable_external_access": "false",
    "lock_configuration": "true",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
TRIES = 5  # a generation may be retired between looking and opening, though three publications must fall in between


def current_path(root: str | Path) -> Path:
    """The file of the current generation. Raises UsageError where nothing was published yet."""
    layout = Layout.of(root)
    try:
        return Path(os.path.realpath(layout.current, strict=True))
    except OSError:
        pass
    if layout.current.is_symlink():
        raise BrokenWarehouse(
            f"The current generation {os.readlink(layout.current)} of {layout.root} is missing.",
            "Publish it anew from the truth: `taojin rebuild`.",
        )
    raise UsageError(
        f"{layout.root} has no published generation yet.", "Run `taojin ingest` first, or name another folder with --warehouse."
    )


def generation_path(root: str | Path, generation: int | None = None) -> Path:
    """The file of one kept generation; None: the current one. Raises UsageError where it is not kept."""
    if generation is None:
        return current_path(root)
    path = Layout.of(root).generation(generation)
    if path.exists():
        return path
    raise UsageError(f"Generation {generation} is not kept in {Layout.of(root).root}.", f"Kept are: {_listed(kept_generations(root))}.")


def kept_generations(root: str | Path) -> list[int]:
    """Numbers of the generations that can still be opened, ascending."""
    return sorted(int(p.stem.removeprefix("warehouse-")) for p in Layout.of(root).root.glob("warehouse-*.duckdb"))


def open_published(root: str | Path, generation: int | None = None) -> duckdb.DuckDBPyConnection:
    """
    A read-only connection to the current generation, or to a kept one.

    Denied inside: reading and writing files, attaching, installing and loading extensions, changing settings.
    """
    for attempt in range(TRIES):
        path = generation_path(root, generation)
        try:
            return open_file(path)
        except duckdb.IOException as error:
            if path.exists() or attempt == TRIES - 1:
                raise BrokenWarehouse(f"{path} cannot be opened ({str(error).splitlines()[0]}).",
                                      "Publish it anew from the truth: `taojin rebuild`.") from error
    raise AssertionError("unreachable")


def open_file(path: Path, limits: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """
    A read-only connection to a generation's file, for us as for users.

    `limits` are settings beside the sandbox (threads, memory_limit): within one process DuckDB opens a file only with one
    configuration, so a process gives always the same. Raises duckdb.Error.
    """
    return duckdb.connect(str(path), read_only=True, config=SANDBOX | dict(limits or {}))


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
