"""Is a warehouse's folder the same one for two processes, and is their code the same? Each writes what the other reads.

    staging/shared-<token>/question             by the command: a random text
    staging/shared-<token>/<name>/answer        by a worker, in a folder of its own, as batches are
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from tasks.storage.durable import make_folder, replace_durably
from tasks.storage.layout import PROJECT, Layout

SEEN_SECONDS = 10.0  # after which a file that another machine wrote must be visible: network disks remember folders for a while
LOOK_SECONDS = 0.1


def ask(layout: Layout, token: str, question: str) -> None:
    """Put the question where workers should find it."""
    folder = _folder(layout, token)
    make_folder(folder)
    replace_durably(folder / "question", question.encode(), "shared")


def answer(layout: Layout, token: str, name: str, text: str) -> str:
    """Read the question and answer it in a folder of our own. Raises OSError where one of them cannot be done."""
    folder = _folder(layout, token)
    question = (folder / "question").read_text()
    make_folder(folder / name)
    replace_durably(folder / name / "answer", text.encode(), "shared")
    return question


def hear(layout: Layout, token: str, name: str) -> str:
    """Read and remove an answer. Raises OSError where it does not arrive or may not be removed."""
    folder = _folder(layout, token) / name
    until = time.monotonic() + SEEN_SECONDS
    while not (folder / "answer").exists() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    text = (folder / "answer").read_text()
    shutil.rmtree(folder)
    return text


def forget_questions(layout: Layout, token: str) -> None:
    """Remove what was asked and answered."""
    shutil.rmtree(_folder(layout, token), ignore_errors=True)


def unseen(paths: Sequence[str]) -> list[str]:
    """Those paths at which this process finds nothing."""
    return [p for p in paths if not Path(p).exists()]


@cache
def code_digest(project: Path = PROJECT) -> str:
    """A digest of all our code below flows, to the letter."""
    digest = sha256()
    for folder in ("schemas", "tasks"):
        for path in sorted((project / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(project).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _folder(layout: Layout, token: str) -> Path:
    return layout.staging / f"shared-{token}"
