"""Files that are there whole or not at all, also after a power cut.

write to a temporary name -> fsync -> link to the final name -> fsync the folder.
Linking fails where the name exists, so that an immutable file can never be written over; renaming would not.
The step after a power cut matters: delta-rs and DuckLake leave fsync out and lose their last commit without an error.

Named fault points stand before and after each step; the last word of a name is the step. A test arms one by the variable TAOJIN_FAULT:

    point            SIGKILL when it is passed; `point@3`: the third time, counted in each process
    point:once=FILE  one process only: the one that creates the file; with FILE:FILE:... as many processes
    point:error=NAME OSError instead, such as ENOSPC, EDQUOT, EIO, EROFS; `:full` is ENOSPC
    point:pause=FILE one process only: it creates the file and waits until somebody removes it
    trace:FILE       nothing happens, but every point that is passed is written down, with the process id
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from tasks.errors import DiskFault

T = TypeVar("T")

# The steps of each way to write, as fault points name them.
NEW = ("before-write", "before-fsync", "before-link", "after-link", "after-folder")  # write_durably
REPLACED = ("before-write", "before-fsync", "before-replace", "after-replace", "after-folder")  # replace_durably
POINTED = ("before-symlink", "before-replace", "after-replace", "after-folder")  # replace_link
APPENDED = ("before-append", "before-fsync", "after-fsync", "after-append")  # append_durably

PAUSE_LOOKS = 0.02  # seconds
MB = 1e6

_passed: dict[str, int] = {}

_SENTENCES = {
    errno.ENOSPC: "The disk that holds {folder} is full ({free} free).",
    errno.EDQUOT: "Your quota on the disk that holds {folder} is used up.",
    errno.EROFS: "The disk that holds {folder} can only be read.",
    errno.EIO: "The disk that holds {folder} answers with input/output errors.",
    errno.EFBIG: "A file in {folder} would be larger than is allowed here.",
}
_HINTS = {
    errno.ENOSPC: "Make room and run the same command again",
    errno.EDQUOT: "Make room and run the same command again",
    errno.EROFS: "Have it mounted for writing (a disk with errors is often set to read-only: see the system's log), then run it again",
    errno.EIO: "See the system's log; when the disk is sound run `taojin verify`, then the same command again",
    errno.EFBIG: "Raise the limit (`ulimit -f`) and run the same command again",
}
_NO_NAME_LEFT = "The disk that holds {folder} cannot hold one more file: no inode is left, though {free} are free."
_KEPT = "what is finished is kept, and nothing that was published changed."
_TOLD_IN_WORDS = (  # by libraries that keep no errno
    ("No space left", errno.ENOSPC),
    ("max_temp_directory_size", errno.ENOSPC),  # DuckDB, which takes nine tenths of what is free for its own files
    ("Disk quota exceeded", errno.EDQUOT),
    ("Read-only file system", errno.EROFS),
    ("Input/output error", errno.EIO),
)


def fault(point: str) -> None:
    """Die here, or find the disk full, if a test armed this point."""
    armed = os.environ.get("TAOJIN_FAULT")
    if not armed:
        return
    name, _, action = armed.partition(":")
    name, _, count = name.partition("@")
    if name == "trace":
        return _note(Path(action), f"{os.getpid()} {point}\n")
    if name != point:
        return
    _passed[point] = _passed.get(point, 0) + 1
    if _passed[point] != int(count or 1):
        return
    what, _, value = action.partition("=")
    match what:
        case "full" | "error":
            number = getattr(errno, value or "ENOSPC")
            raise OSError(number, f"{os.strerror(number)} (armed at {point})")
        case "pause":
            if _is_first(value):
                while os.path.exists(value):
                    time.sleep(PAUSE_LOOKS)
        case "once":
            if any(map(_is_first, value.split(os.pathsep))):
                os.kill(os.getpid(), signal.SIGKILL)
        case _:
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
            _remove(temporary)
        sync_folder(path.parent)
        fault(f"{point}.after-folder")
    return result


def replace_durably(path: Path, data: bytes, point: str = "replaced") -> None:
    """Write a file that may be written over: a reader sees the old bytes or the new ones."""
    temporary = _beside(path)
    with full_disk_told(path.parent):
        try:
            fault(f"{point}.before-write")
            temporary.write_bytes(data)
            fault(f"{point}.before-fsync")
            sync_file(temporary)
            fault(f"{point}.before-replace")
            os.replace(temporary, path)
            fault(f"{point}.after-replace")
        finally:
            _remove(temporary)
        sync_folder(path.parent)
        fault(f"{point}.after-folder")


def append_durably(handle: int, path: Path, data: bytes, point: str = "appended") -> None:
    """
    Add to the end of an open file, all or nothing: where the disk fills half-way, the file gets its old length back.

    `path` is what `handle` was opened by, for appending. One writer at a time; what a kill leaves half-written is the readers' to
    pass over.
    """
    size = os.fstat(handle).st_size
    with full_disk_told(path.parent):
        fault(f"{point}.before-append")
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
            fault(f"{point}.before-fsync")
            os.fsync(handle)
            fault(f"{point}.after-fsync")
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)
            raise
        if not size:
            sync_folder(path.parent)  # it may be new
        fault(f"{point}.after-append")


def link_durably(source: Path, target: Path, point: str) -> None:
    """Give a file that is on disk a second name. The caller has the folder synced, once for all that it links there."""
    fault(f"{point}.before-link")
    os.link(source, target)
    fault(f"{point}.after-link")


def replace_link(link: Path, target: str, point: str = "current") -> None:
    """Point a symbolic link somewhere else in one step."""
    temporary = _beside(link)
    with full_disk_told(link.parent):
        try:
            fault(f"{point}.before-symlink")
            os.symlink(target, temporary)
            fault(f"{point}.before-replace")
            os.replace(temporary, link)
            fault(f"{point}.after-replace")
        finally:
            _remove(temporary)
        sync_folder(link.parent)
        fault(f"{point}.after-folder")


@contextlib.contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Turn what ails a disk (full, quota, read-only, errors), from whatever library, into a sentence. Raises DiskFault."""
    try:
        yield
    except DiskFault:
        raise
    except Exception as error:
        number = _ailment(error)
        if number is None:
            raise
        raise DiskFault(_sentence(folder, number), f"{_HINTS[number]}: {_KEPT}") from error


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
    with full_disk_told(path.parent):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def _ailment(error: BaseException) -> int | None:
    number = getattr(error, "errno", None)
    if number in _SENTENCES:
        return number
    return next((n for words, n in _TOLD_IN_WORDS if words in str(error)), None) if number is None else None


def _sentence(folder: Path, number: int) -> str:
    sentence, free = _SENTENCES[number], "nothing"
    with contextlib.suppress(OSError):
        standing = next(p for p in (folder, *folder.parents) if p.exists())
        free = _size(shutil.disk_usage(standing).free)
        disk = os.statvfs(standing)
        if number == errno.ENOSPC and disk.f_files and not disk.f_favail:
            sentence = _NO_NAME_LEFT
    return sentence.format(folder=folder, free=free)


def _size(count: int) -> str:
    return f"{count / MB:,.1f} MB" if count < 100 * MB else f"{count / MB:,.0f} MB"


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    """Away with a temporary file; that it cannot be removed (a disk gone read-only) is not the news."""
    with contextlib.suppress(OSError):
        path.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.tmp")


def _is_first(name: str) -> bool:
    try:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True


def _note(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
