"""Files that are there whole or not at all, also after a power cut.

write to a temporary name -> fsync -> link to the final name -> fsync the folder.
Linking fails where the name exists, so that an immutable file can never be written over; renaming would not.
The step after a power cut matters: delta-rs and DuckLake leave fsync out and lose their last commit without an error.

Named fault points stand before and after each step. A test arms one by the variable TAOJIN_FAULT, as
`point`, `point@3` (the third time it is passed), `point:full` (a full disk instead of SIGKILL) or `point:once=FILE` (one
process only dies: the one that creates the file).
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from tasks.errors import TaojinError

T = TypeVar("T")

_passed: dict[str, int] = {}


def fault(point: str) -> None:
    """Die here, or find the disk full, if a test armed this point."""
    armed = os.environ.get("TAOJIN_FAULT")
    if not armed:
        return
    name, _, action = armed.partition(":")
    name, _, count = name.partition("@")
    if name != point:
        return
    _passed[point] = _passed.get(point, 0) + 1
    if _passed[point] != int(count or 1):
        return
    if action == "full":
        raise OSError(errno.ENOSPC, f"No space left on device (armed at {point})")
    if action.startswith("once="):
        try:
            os.close(os.open(action[5:], os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return
    os.kill(os.getpid(), signal.SIGKILL)


def write_durably(path: Path, writer: Callable[[Path], T], point: str = "file") -> T:
    """
    Let `writer` fill a temporary file beside `path`, then give it its name.

    Raises FileExistsError, and leaves the existing file alone, where the name is taken. Returns what the writer returned.
    """
    temporary = _beside(path)
    with full_disk_told(path.parent):
        try:
            fault(f"{point}.before-write")
            result = writer(temporary)
            fault(f"{point}.before-fsync")
            sync_file(temporary)
            fault(f"{point}.before-link")
            os.link(temporary, path)
            fault(f"{point}.after-link")
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
        sync_folder(path.parent)
    fault(f"{point}.after-folder")
    return result


@contextlib.contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Turn a full disk, from whatever library, into a sentence."""
    try:
        yield
    except Exception as error:
        if getattr(error, "errno", None) not in (errno.ENOSPC, errno.EDQUOT) and "No space left" not in str(error):
            raise
        raise TaojinError(
            f"The disk that holds {folder} is full.",
            "Make room and run the same command again: what is finished is kept, and nothing that was published changed.",
        ) from error


def replace_durably(path: Path, data: bytes) -> None:
    """Write a file that may be written over: a reader sees the old bytes or the new ones."""
    temporary = _beside(path)
    with full_disk_told(path.parent):
        try:
            temporary.write_bytes(data)
            sync_file(temporary)
            os.replace(temporary, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
        sync_folder(path.parent)


def replace_link(link: Path, target: str) -> None:
    """Point a symbolic link somewhere else in one step."""
    temporary = _beside(link)
    os.symlink(target, temporary)
    os.replace(temporary, link)
    sync_folder(link.parent)


def sync_file(path: Path) -> None:
    """Have a file's bytes on disk before going on."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Have a folder's names on disk before going on."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(path: Path) -> None:
    """Create a folder and its parents so that they outlive a power cut."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.tmp")
