"""The plan of a run: which contents are new, which batches are stale, what became of names. Pure: records in, records out.

Nothing in a plan means that there is nothing to do, and no server, no checks and no worker are started for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.ids import batch_id
from tasks.storage.records import STAGES, Job, Source, State


@dataclass(frozen=True, slots=True)
class Work:
    """One batch to be worked on, and from which stage."""

    batch_id: str
    stage_from: str
    contents: tuple[tuple[str, str | None], ...]  # (file_id, path); None: the warehouse has the bytes
    bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do."""

    new: tuple[Work, ...]
    stale: tuple[Work, ...]
    seen: tuple[Source, ...]  # names that hold a content which the warehouse has not yet recorded under them
    gone: tuple[tuple[str, str], ...]  # (uri, file_id)
    forgotten: tuple[Source, ...]  # contents that were forgotten on purpose: never taken in again
    duplicates: int  # names in `seen` beyond the first of each content

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.stale or self.seen or self.gone)

    @property
    def work(self) -> tuple[Work, ...]:
        return self.new + self.stale

    @property
    def new_file_ids(self) -> frozenset[str]:
        return frozenset(f for w in self.new for f, _ in w.contents)


def plan(
    sources: Sequence[Source],
    state: State,
    arrivals: Mapping[str, str],
    stale: Mapping[str, str],
    gone: Iterable[str] = (),
    waiting: Iterable[Collection[str]] = (),
    retry: Collection[str] = (),
    batch_bytes: int = 4 << 20,
    batch_files: int = 2_000,
    max_batches: int = 300,
) -> Plan:
    """
    Decide what is to be done.

    Args:
        sources: what was found, hashed.
        arrivals: uri -> file_id as the warehouse last recorded it; a gone uri is not in it.
        stale: batch_id -> the first stage whose fingerprint changed.
        gone: uris that a whole scan of their root no longer found.
        waiting: contents of batches that an earlier run finished and never committed; they are cut as they were.
        retry: contents that are worked on again whatever their fingerprint.
    """
    taken = [s for s in sources if s.file_id and s.file_id not in state.tombstones]
    fresh: dict[str, Source] = {}
    for source in taken:
        if source.file_id not in state.file_batch:
            fresh.setdefault(source.file_id, source)
    seen = tuple(s for s in taken if arrivals.get(s.uri) != s.file_id)
    return Plan(
        new=tuple(_cut(fresh, waiting, batch_bytes, batch_files, max_batches)),
        stale=tuple(_stale(state, stale, frozenset(retry))),
        seen=seen,
        gone=tuple((uri, arrivals[uri]) for uri in sorted(gone) if uri in arrivals),
        forgotten=tuple(s for s in sources if s.file_id and s.file_id in state.tombstones),
        duplicates=len(seen) - len({s.file_id for s in seen}),
    )


def job_of(work: Work, state: State, warehouse: str, staging: str, run_id: int, fingerprints: Mapping[str, str], settings: Mapping) -> Job:
    """A worker's order for one batch of a plan."""
    previous = state.batches.get(work.batch_id)
    return Job(work.batch_id, work.stage_from, work.contents, previous, warehouse, staging, run_id, fingerprints, settings)


def _cut(fresh: dict[str, Source], waiting: Iterable[Collection[str]], size: int, count: int, most: int) -> Iterable[Work]:
    """Batches of new contents in the order of their names, so that a second attempt cuts the same ones."""
    left = dict(fresh)
    for file_ids in waiting:
        if file_ids and left.keys() >= set(file_ids):
            yield _work([left.pop(f) for f in file_ids])
    size = max(size, -(-sum(s.size for s in left.values()) // most))
    count = max(count, -(-len(left) // most))
    batch: list[Source] = []
    held = 0
    for source in left.values():
        if batch and (held + source.size > size or len(batch) == count):
            yield _work(batch)
            batch, held = [], 0
        batch.append(source)
        held += source.size
    if batch:
        yield _work(batch)


def _work(sources: list[Source]) -> Work:
    contents = tuple(sorted((s.file_id, s.path) for s in sources))
    return Work(batch_id([f for f, _ in contents]), STAGES[0], contents, sum(s.size for s in sources))


def _stale(state: State, stale: Mapping[str, str], retry: frozenset[str]) -> Iterable[Work]:
    for batch in state.batches.values():
        first = STAGES[0] if retry.intersection(batch.file_ids) else stale.get(batch.batch_id)
        if first is not None:
            yield Work(batch.batch_id, first, tuple((f, None) for f in batch.file_ids), batch.bytes)
