"""The real command in a process of its own, and what two warehouses say, table against table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from schemas.catalog import DATA, TABLES
from schemas.derive.ddl import identifier
from tasks.storage.reader import current_path
from tests.conftest import PROJECT


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code, what it printed, what it complained of."""

    code: int
    out: str
    err: str
    json: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """taojin on one warehouse, reporting to a server that runs already; `project` may be a copy whose code was changed."""

    warehouse: Path
    prefect_home: Path
    prefect_api_url: str
    project: Path = PROJECT

    @property
    def environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("TAOJIN_", "PREFECT_", "PYTHON"))}
        return ours | {
            "PYTHONPATH": str(self.project), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "TAOJIN_WAREHOUSE": str(self.warehouse),
            "TAOJIN_PREFECT_HOME": str(self.prefect_home), "TAOJIN_PREFECT_API_URL": self.prefect_api_url,
        }  # fmt: skip

    def start(self, *arguments: str | os.PathLike, **environment: str) -> subprocess.Popen[str]:
        """Begin; the caller waits or kills."""
        command = [sys.executable, "-m", "flows", *map(os.fspath, arguments)]
        return subprocess.Popen(
            command, env=self.environment | environment, cwd=self.warehouse.parent, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, *arguments: str | os.PathLike, **environment: str) -> Answer:
        with self.start(*arguments, **environment) as process:
            out, err = process.communicate(timeout=900)
        told = json.loads(out) if "--json" in arguments and out else {}
        return Answer(process.returncode, out, err, told)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The published tables, read beside the command."""
        with duckdb.connect(str(current_path(self.warehouse)), read_only=True) as db:
            return db.execute(query).fetchall()


def differences(here: Path, there: Path) -> dict[str, tuple[int, int]]:
    """Tables of data in which two warehouses differ beyond volatile columns: rows only here, rows only there (EXCEPT ALL)."""
    found = {}
    with duckdb.connect() as db:
        for name, root in (("here", here), ("there", there)):
            db.execute(f"ATTACH '{current_path(root)}' AS {name} (READ_ONLY)")
        for table in DATA:
            columns = ", ".join(identifier(c.name) for c in TABLES[table].columns if not c.volatile)
            rows = {side: f"SELECT {columns} FROM {side}.{identifier(table)}" for side in ("here", "there")}
            only = [f"SELECT count(*) FROM ({rows[a]} EXCEPT ALL {rows[b]})" for a, b in (("here", "there"), ("there", "here"))]
            counts = tuple(db.execute(query).fetchone()[0] for query in only)
            if any(counts):
                found[table] = counts
    return found


def rows_in_all(root: Path) -> dict[str, int]:
    """How many rows each table of data shows: two empty warehouses would be equal too."""
    with duckdb.connect(str(current_path(root)), read_only=True) as db:
        return {t: db.execute(f"SELECT count(*) FROM {identifier(t)}").fetchone()[0] for t in DATA}
