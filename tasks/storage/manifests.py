"""Manifests: what the truth consists of, one numbered file per commit. A commit is its manifest.

Manifest n holds what commit n changed, its own digest and that of manifest n-1, so that a lost, torn or exchanged
manifest shows at once. A snapshot holds the whole state after a manifest. It is written when at least 50 manifests
came since the last one and weigh at least as much as it: so a commit costs the same however long the history is, and
reading costs at most about twice the state (a full list in each manifest grew to 20 MB over 200 commits).

The folder is listed for the highest number only; a gap below it is a fault that names itself.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

from tasks.errors import BrokenWarehouse
from tasks.storage.durable import write_durably
from tasks.storage.layout import Layout
from tasks.storage.records import SCHEMA_VERSION, Delta, Json, State

SNAPSHOT_EVERY = 50  # commits, at least

_DELTA = re.compile(r"\d{12}\.json")
_SNAPSHOT = re.compile(r"\d{12}\.snapshot\.json")


def load_state(layout: Layout) -> State:
    """
    The truth after the newest commit; an empty State for a folder without manifests.

    Raises BrokenWarehouse where a manifest is damaged or missing. A damaged snapshot is passed over while the manifests
    that it stands for are there.
    """
    names = [p.name for p in layout.manifests.iterdir()] if layout.manifests.is_dir() else []
    newest = max((int(n[:12]) for n in names if _DELTA.fullmatch(n)), default=0)
    snapshots = sorted((int(n[:12]) for n in names if _SNAPSHOT.fullmatch(n)), reverse=True)
    if snapshots and snapshots[0] > newest:
        raise _broken(layout.manifest(snapshots[0]), "is missing, though its snapshot is there")
    state, fault = State(), None
    for number in snapshots:
        try:
            state = read_snapshot(layout, number)
            break
        except BrokenWarehouse as error:
            fault = fault or error
    if fault and state.number == 0 and not layout.manifest(1).exists():
        raise fault
    for number in range(state.number + 1, newest + 1):
        state = _next(layout, state, number)
    return state


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
    return after


def write_snapshot(layout: Layout, state: State) -> None:
    """Write the whole state beside its manifest."""
    text, _ = _sealed({"manifest": state.number, "schema_version": state.schema_version, "state": state.to_json()})
    write_durably(layout.snapshot(state.number), lambda p: p.write_bytes(text), "snapshot")


def read_snapshot(layout: Layout, number: int) -> State:
    """One snapshot. Raises BrokenWarehouse."""
    return State.from_json(_read(layout.snapshot(number), number)["state"])


def read_delta(layout: Layout, number: int) -> tuple[Delta, str, str]:
    """One manifest: what it changes, the digest of the one before it, its own. Raises BrokenWarehouse."""
    body = _read(layout.manifest(number), number)
    return Delta.from_json(body["delta"]), body["previous"], body["digest"]


def numbers(layout: Layout) -> tuple[list[int], list[int]]:
    """Numbers of all manifests and of all snapshots, ascending."""
    names = sorted(p.name for p in layout.manifests.iterdir()) if layout.manifests.is_dir() else []
    return [int(n[:12]) for n in names if _DELTA.fullmatch(n)], [int(n[:12]) for n in names if _SNAPSHOT.fullmatch(n)]


def _next(layout: Layout, state: State, number: int) -> State:
    delta, previous, digest = read_delta(layout, number)
    if previous != state.digest:
        raise _broken(layout.manifest(number), f"does not follow manifest {number - 1}: one of the two was exchanged")
    return state.apply(delta, number, digest)


def _sealed(body: Json) -> tuple[bytes, str]:
    """JSON with the digest of everything else in it."""
    digest = _digest(body)
    return json.dumps({**body, "digest": digest}, ensure_ascii=False, separators=(",", ":")).encode(), digest


def _digest(body: Json) -> str:
    return sha256(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _read(path: Path, number: int) -> Json:
    try:
        body = json.loads(path.read_bytes())
        digest = body.pop("digest")
    except FileNotFoundError:
        raise _broken(path, "is missing") from None
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise _broken(path, f"cannot be read ({type(error).__name__})") from error
    if body.get("manifest") != number or digest != _digest(body):
        raise _broken(path, "was changed after it was written")
    if body["schema_version"] > SCHEMA_VERSION:
        raise BrokenWarehouse(
            f"{path} was written by a newer taojin (schema version {body['schema_version']}, this one knows {SCHEMA_VERSION}).",
            "Update taojin.",
        )
    return {**body, "digest": digest}


def _broken(path: Path, what: str) -> BrokenWarehouse:
    return BrokenWarehouse(
        f"Manifest {path} {what}.",
        "Restore the file from a backup; without one, run `taojin rebuild` into a new folder from the seeds.",
    )


def _snapshot_due(layout: Layout, number: int) -> bool:
    """Asked only at every 50th commit, so that the folder is listed seldom."""
    if number % SNAPSHOT_EVERY:
        return False
    last = max(numbers(layout)[1], default=0)
    weight = sum(layout.manifest(n).stat().st_size for n in range(last + 1, number + 1))
    return last == 0 or weight >= layout.snapshot(last).stat().st_size
