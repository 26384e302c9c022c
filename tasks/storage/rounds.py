"""What a worker finished of a batch before it died: a line for each round of documents, in the staging folder of the batch.

The next worker on the same batch, of the same run, adopts it. Not synced: it must survive a process, not the machine; what a
later run adopts is a receipt (tasks/storage/receipts.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.storage.durable import make_folder
from tasks.storage.records import FileRecord

NAME = "rounds.jsonl"


@dataclass(frozen=True, slots=True)
class Round:
    """Some documents, taken through all stages and written."""

    files: tuple[FileRecord, ...]
    counts: Mapping[str, int]
    refused: tuple[Mapping[str, Any], ...]


def name_of(ids: Iterable[str]) -> str:
    """The name of a round: of the documents in it and their order."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:32]


def note(staging: Path, name: str, done: Round) -> None:
    """Say that a round is finished. Its files are there."""
    make_folder(staging)
    files, refused = [f.to_json() for f in done.files], [dict(r) for r in done.refused]
    row = {"name": name, "files": files, "counts": dict(done.counts), "refused": refused}
    with (staging / NAME).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def noted(staging: Path) -> dict[str, Round]:
    """Finished rounds by name; a line that was cut off is none."""
    found: dict[str, Round] = {}
    try:
        lines = (staging / NAME).read_text("utf-8", "replace").split("\n")
    except OSError:
        return found
    for line in lines:
        try:
            row = json.loads(line)
            files = tuple(FileRecord.from_json(f) for f in row["files"])
        except (ValueError, KeyError, TypeError):
            continue
        found[row["name"]] = Round(files, row["counts"], tuple(row["refused"]))
    return found
