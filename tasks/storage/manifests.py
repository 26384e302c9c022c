"""Manifests: what the truth consists of, one numbered file per commit. A commit is its manifest.

Manifest n holds what commit n changed, its own digest and that of manifest n-1, so that a lost, torn or exchanged manifest shows
at once. A snapshot holds the whole state after a manifest. It is written when at least 50 manifests came since the last one and weigh
a quarter of it: so a commit costs the same however long the history is, and reading costs little more than one snapshot (a full
list in each manifest grew to 20 MB over 200 commits). The two newest snapshots are kept, and the one that stands for manifests that
compaction took away. The journal (tasks/storage/journal.py) says the same once more, in another folder.

The folder is listed for the highest number; the journal tells whether a higher one was lost.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tasks.errors import BrokenWarehouse
from tasks.storage import journal
from tasks.storage.durable import fault, write_durably
from tasks.storage.layout import Layout
from tasks.storage.records import SCHEMA_VERSION, Delta, Json, State

SNAPSHOT_EVERY = 50  # commits, at least
SNAPSHOT_SHARE = 4  # manifests since the last snapshot weigh at least this part of it
KEPT_SNAPSHOTS = 2  # the newest may be damaged

_DELTA = re.compile(r"\d{12}\.json")
_SNAPSHOT = re.compile(r"\d{12}\.snapshot\.json")
_SEAL = b',"digest":"'
MEND = "`taojin ingest` and `taojin verify --mend` write it again from log/manifests.jsonl."


def load_state(layout: Layout) -> State:
    """
    The truth after the newest commit; an empty State for a folder without manifests.

    Raises BrokenWarehouse where a manifest is damaged or missing, tasks.storage.mend knows what to do then. A damaged snapshot is
    passed over while the manifests that it stands for are there.
    """
    if layout.unfinished.exists():
        raise BrokenWarehouse(
            f"{layout.root} is a backup that was not finished.",
            f"Run `taojin backup {layout.root}` on its warehouse again: what was copied is kept.",
        )
    for attempt in range(3):  # a commit may fall between looking into the folder and looking into the journal
        state = _load(layout)
        ahead = _journal_beyond(layout, state)
        if not ahead:
            return state
        if attempt == 2 or not layout.manifest(ahead).exists():
            raise _broken(layout.manifest(ahead), "is missing", MEND)
    raise AssertionError("unreachable")


def append(layout: Layout, state: State, delta: Delta) -> State:
    """
    Make a commit true: write the next manifest. Everything it names must be on disk already.

    Raises BrokenWarehouse where somebody else wrote that number (they did not hold the lock).
    """
    number = state.number + 1
    body = {"manifest": number, "schema_version": SCHEMA_VERSION, "previous": state.digest, "delta": delta.to_json()}
    text, digest = _sealed(body)
    try:
        write_durably(layout.manifest(number), lambda p: p.write_bytes(text), "manifest")
    except FileExistsError:
        raise _broken(layout.manifest(number), "was written by someone who did not hold the lock") from None
    after = state.apply(delta, number, digest)
    if _snapshot_due(layout, number):
        write_snapshot(layout, after)
    elif number == 1:
        journal.begin(layout, text)
    elif not journal.extend(layout, state.digest, text):
        write_journal(layout, after)
    fault("journal.after-append")
    return after


def write_snapshot(layout: Layout, state: State) -> None:
    """Write the whole state beside its manifest and begin the journal anew with it. Older snapshots that nobody needs leave."""
    text = snapshot_text(state)
    if not layout.snapshot(state.number).exists():
        write_durably(layout.snapshot(state.number), lambda p: p.write_bytes(text), "snapshot")
    journal.rewrite(layout, text, state.number, state.digest)
    deltas, snapshots = numbers(layout)
    for number in snapshots[:-KEPT_SNAPSHOTS]:
        if number != min(deltas, default=0) - 1:
            layout.snapshot(number).unlink(missing_ok=True)


def drop_history(layout: Layout, state: State) -> int:
    """Leave one snapshot of the state, and the journal; what was before is in no file any more. Returns manifests removed."""
    for number in numbers(layout)[1]:
        layout.snapshot(number).unlink()
    write_snapshot(layout, state)
    deltas, _ = numbers(layout)
    for number in deltas:
        layout.manifest(number).unlink(missing_ok=True)
    return len(deltas)


def write_journal(layout: Layout, state: State) -> None:
    """Begin the journal anew: it was lost, torn, or a kill left it behind."""
    journal.rewrite(layout, snapshot_text(state), state.number, state.digest)


def snapshot_text(state: State) -> bytes:
    """A snapshot as it is written."""
    return _sealed({"manifest": state.number, "schema_version": state.schema_version, "state": state.to_json()})[0]


def read_snapshot(layout: Layout, number: int) -> State:
    """One snapshot. Raises BrokenWarehouse."""
    with _no_collection():
        return State.from_json(_read(layout.snapshot(number), number)["state"])


def read_delta(layout: Layout, number: int) -> tuple[Delta, str, str, int]:
    """One manifest: what it changes, the digest of the one before it, its own, its schema version. Raises BrokenWarehouse."""
    body = _read(layout.manifest(number), number)
    return Delta.from_json(body["delta"]), body["previous"], body["digest"], body["schema_version"]


def numbers(layout: Layout) -> tuple[list[int], list[int]]:
    """Numbers of all manifests and of all snapshots, ascending."""
    names = sorted(p.name for p in layout.manifests.iterdir()) if layout.manifests.is_dir() else []
    return [int(n[:12]) for n in names if _DELTA.fullmatch(n)], [int(n[:12]) for n in names if _SNAPSHOT.fullmatch(n)]


def opened(text: bytes) -> Json:
    """A manifest or snapshot whose digest is right, with it. Raises ValueError, also for JSON that says something else."""
    head, seal, tail = text.rpartition(_SEAL)
    body = json.loads(text)
    if not isinstance(body, dict) or not isinstance(body.get("manifest"), int) or not isinstance(body.get("digest"), str):
        raise ValueError("no manifest")
    digest = body.pop("digest")
    sealed = seal and tail == digest.encode() + b'"}' and sha256(head + b"}").hexdigest() == digest
    if not sealed and _digest_of_version_1(body) != digest:
        raise ValueError("another digest")
    return {**body, "digest": digest}


def _load(layout: Layout) -> State:
    deltas, snapshots = numbers(layout)
    newest = max([*deltas, *snapshots], default=0)
    state, broken = State(), None
    for number in reversed(snapshots):
        try:
            state = read_snapshot(layout, number)
            break
        except BrokenWarehouse as error:
            broken = broken or error
    if broken and state.number == 0 and not layout.manifest(1).exists():
        raise broken
    with _no_collection():
        return state.after(_following(layout, state, newest))


def _following(layout: Layout, state: State, newest: int) -> Iterator[tuple[Delta, int, str, int]]:
    digest = state.digest
    for number in range(state.number + 1, newest + 1):
        body = _read(layout.manifest(number), number)
        if body["previous"] != digest:
            raise _broken(layout.manifest(number), f"does not follow manifest {number - 1}: one of the two was exchanged")
        digest = body["digest"]
        yield Delta.from_json(body["delta"]), number, digest, body["schema_version"]


def _journal_beyond(layout: Layout, state: State) -> int:
    """The first commit of the journal that the folder lacks; 0 where it lacks none."""
    stands = journal.stands_at(layout)
    if stands in (None, state.digest):
        return 0
    return min((n for n in _numbers_in_journal(layout) if n > state.number), default=0)


def _numbers_in_journal(layout: Layout) -> Iterator[int]:
    for line in journal.lines(layout):
        try:
            yield opened(line)["manifest"]
        except ValueError:
            continue


def _sealed(body: Json) -> tuple[bytes, str]:
    """JSON that ends with the digest of everything else in it, which is the digest of the text without it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    digest = sha256(text).hexdigest()
    return text[:-1] + _SEAL + digest.encode() + b'"}', digest


def _digest_of_version_1(body: Json) -> str:
    """As manifests of schema version 1 are sealed: over sorted keys."""
    return sha256(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _read(path: Path, number: int) -> Json:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise _broken(path, "is missing", MEND) from None
    except OSError as error:
        raise _broken(path, f"cannot be read ({error.strerror or error})") from error
    try:
        body = opened(text)
        version = int(body["schema_version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _broken(path, "was changed after it was written", MEND) from None
    if body["manifest"] != number:
        raise _broken(path, f"says that it is number {body['manifest']}", MEND)
    if version > SCHEMA_VERSION:
        raise BrokenWarehouse(
            f"{path} was written by a newer taojin (schema version {version}, this one knows {SCHEMA_VERSION}).", "Update taojin."
        )
    return body


def _broken(path: Path, what: str, hint: str = "") -> BrokenWarehouse:
    return BrokenWarehouse(f"Manifest {path} {what}.", hint or "Restore the file, or the warehouse, from a backup.")


def _snapshot_due(layout: Layout, number: int) -> bool:
    """Asked only at every 50th commit, so that the folder is listed seldom."""
    if number % SNAPSHOT_EVERY:
        return False
    last = max(numbers(layout)[1], default=0)
    weight = sum(layout.manifest(n).stat().st_size for n in range(last + 1, number + 1))
    return last == 0 or weight * SNAPSHOT_SHARE >= layout.snapshot(last).stat().st_size


@contextmanager
def _no_collection() -> Iterator[None]:
    """A hundred thousand new records that all stay are no garbage: looking for it costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
