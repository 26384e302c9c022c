"""What the warehouse remembers about its files: small frozen records that go into JSON and come back equal.

    Source          one input as discovered
    Job             one batch to be worked on, as a worker receives it
    FileRecord      one Parquet file, with rows and digest
    BatchRecord     one batch as it stands in the truth
    Receipt         what a worker leaves in staging when a batch is finished
    Delta           what one commit changes
    State           the truth after all commits so far

Law: X.from_json(json.loads(json.dumps(x.to_json()))) == x for each of them.
Paths in records are relative to the warehouse's folder and use "/", so that a warehouse can be moved as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.catalog import SCHEMA_VERSION  # of manifests and public tables together
from schemas.ids import batch_id as batch_id_of

__all__ = [
    "SCHEMA_VERSION", "STAGES", "BatchRecord", "Delta", "FileRecord", "Job", "Json", "Receipt", "Source", "State", "batch_id_of",
]

STAGES = ("decode", "clean", "enrich")  # stages whose files can be computed again, in order; "clean" holds split too

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One input as discovered; file_id is None until its bytes were hashed."""

    uri: str
    path: str
    file_id: str | None
    size: int  # bytes
    mtime_ns: int | None  # None: nobody says

    def to_json(self) -> Json:
        return {"uri": self.uri, "path": self.path, "file_id": self.file_id, "size": self.size, "mtime_ns": self.mtime_ns}

    @classmethod
    def from_json(cls, data: Json) -> Source:
        return cls(data["uri"], data["path"], data["file_id"], data["size"], data["mtime_ns"])


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One immutable Parquet file. A table without rows has no file."""

    table: str
    stage: str  # ingest | decode | clean | enrich | relate | run
    path: str  # relative to the warehouse
    rows: int
    bytes: int
    sha256: str

    def to_json(self) -> Json:
        return {
            "table": self.table,
            "stage": self.stage,
            "path": self.path,
            "rows": self.rows,
            "bytes": self.bytes,
            "sha256": self.sha256,
        }

    def to_row(self) -> list[Any]:
        """As a snapshot holds it: ten thousand commits have some seventy thousand files."""
        return [self.table, self.stage, self.path, self.rows, self.bytes, self.sha256]

    @classmethod
    def from_json(cls, data: Json | list[Any]) -> FileRecord:
        """From either form."""
        if type(data) is list:
            return cls(*data)
        return cls(data["table"], data["stage"], data["path"], data["rows"], data["bytes"], data["sha256"])


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch as it stands in the truth: which contents, computed by which code, in which files."""

    batch_id: str
    file_ids: tuple[str, ...]
    bytes: int  # of its seed files
    fingerprints: Mapping[str, str]
    files: tuple[FileRecord, ...]
    refused: Mapping[str, str] = field(default_factory=dict)  # doc_id or file_id -> reason

    def of(self, table: str) -> tuple[FileRecord, ...]:
        """The batch's files of one table."""
        return tuple(f for f in self.files if f.table == table)

    def to_json(self) -> Json:
        return {
            "batch_id": self.batch_id,
            "file_ids": list(self.file_ids),
            "bytes": self.bytes,
            "fingerprints": dict(self.fingerprints),
            "files": [f.to_json() for f in self.files],
            "refused": dict(self.refused),
        }

    @classmethod
    def from_json(cls, data: Json) -> BatchRecord:
        return cls(
            data["batch_id"],
            tuple(data["file_ids"]),
            data["bytes"],
            dict(data["fingerprints"]),
            tuple(FileRecord.from_json(f) for f in data["files"]),
            dict(data["refused"]),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """
    One batch for one worker. A path of None means: take the bytes from the warehouse.
    `staging` is the batch's own folder, see Layout.batch_staging.
    """

    batch_id: str
    stage_from: str  # decode | clean | enrich
    contents: tuple[tuple[str, str | None], ...]  # (file_id, path)
    previous: BatchRecord | None
    warehouse: str
    staging: str
    run_id: int
    fingerprints: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> Json:
        return {
            "batch_id": self.batch_id,
            "stage_from": self.stage_from,
            "contents": [list(c) for c in self.contents],
            "previous": self.previous.to_json() if self.previous else None,
            "warehouse": self.warehouse,
            "staging": self.staging,
            "run_id": self.run_id,
            "fingerprints": dict(self.fingerprints),
            "settings": dict(self.settings),
        }

    @classmethod
    def from_json(cls, data: Json) -> Job:
        return cls(
            data["batch_id"],
            data["stage_from"],
            tuple((f, p) for f, p in data["contents"]),
            BatchRecord.from_json(data["previous"]) if data["previous"] else None,
            data["warehouse"],
            data["staging"],
            data["run_id"],
            dict(data["fingerprints"]),
            dict(data["settings"]),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a finished batch leaves in staging. `files` hold only what this job computed."""

    batch_id: str
    stage_from: str
    file_ids: tuple[str, ...]
    bytes: int  # of its seed files
    fingerprints: Mapping[str, str]
    run_id: int
    files: tuple[FileRecord, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    timings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # stage -> seconds, cpu_seconds, bytes, peak_bytes
    refused_inputs: tuple[Mapping[str, Any], ...] = ()  # dicts with file_id, doc_id, stage, reason

    def to_json(self) -> Json:
        return {
            "batch_id": self.batch_id,
            "stage_from": self.stage_from,
            "file_ids": list(self.file_ids),
            "bytes": self.bytes,
            "fingerprints": dict(self.fingerprints),
            "run_id": self.run_id,
            "files": [f.to_json() for f in self.files],
            "counts": dict(self.counts),
            "timings": {stage: dict(t) for stage, t in self.timings.items()},
            "refused_inputs": [dict(r) for r in self.refused_inputs],
        }

    @classmethod
    def from_json(cls, data: Json) -> Receipt:
        return cls(
            data["batch_id"],
            data["stage_from"],
            tuple(data["file_ids"]),
            data["bytes"],
            dict(data["fingerprints"]),
            data["run_id"],
            tuple(FileRecord.from_json(f) for f in data["files"]),
            dict(data["counts"]),
            {stage: dict(t) for stage, t in data["timings"].items()},
            tuple(dict(r) for r in data["refused_inputs"]),
        )


@dataclass(frozen=True, slots=True)
class Delta:
    """
    What one commit changes. Files still in staging are linked into the truth by `commit`.
    `generation` is the number under which the state after this commit is to be published; None leaves it.
    """

    run_id: int | None = None
    batches: tuple[BatchRecord, ...] = ()  # added, or replacing the batch of the same id
    dropped: tuple[str, ...] = ()  # batch ids that leave
    run_files: tuple[FileRecord, ...] = ()
    dropped_run_files: tuple[str, ...] = ()  # paths that leave
    tombstones: Mapping[str, str] = field(default_factory=dict)  # file_id -> when it was forgotten (ISO, UTC), a blank, why
    generation: int | None = None

    def to_json(self) -> Json:
        return {
            "run_id": self.run_id,
            "batches": [b.to_json() for b in self.batches],
            "dropped": list(self.dropped),
            "run_files": [f.to_json() for f in self.run_files],
            "dropped_run_files": list(self.dropped_run_files),
            "tombstones": dict(self.tombstones),
            "generation": self.generation,
        }

    @classmethod
    def from_json(cls, data: Json) -> Delta:
        return cls(
            data["run_id"],
            tuple(BatchRecord.from_json(b) for b in data["batches"]),
            tuple(data["dropped"]),
            tuple(FileRecord.from_json(f) for f in data["run_files"]),
            tuple(data["dropped_run_files"]),
            dict(data["tombstones"]),
            data["generation"],
        )


@dataclass(frozen=True, slots=True)
class State:
    """
    The truth after commit `number` (0: an empty warehouse). Treat as read-only; `apply` gives the next one.
    `file_batch` follows from `batches` and is not stored.
    """

    number: int = 0
    digest: str = ""  # of manifest `number`
    schema_version: int = SCHEMA_VERSION
    generation: int = 0  # the newest number that a publication may bear
    next_run_id: int = 1
    batches: Mapping[str, BatchRecord] = field(default_factory=dict)
    run_files: tuple[FileRecord, ...] = ()
    tombstones: Mapping[str, str] = field(default_factory=dict)
    file_batch: Mapping[str, str] = field(default_factory=dict)

    def apply(self, delta: Delta, number: int, digest: str, version: int = SCHEMA_VERSION) -> State:
        """The state after one more commit."""
        return self.after([(delta, number, digest, version)])

    def after(self, commits: Iterable[tuple[Delta, int, str, int]]) -> State:
        """The state after some more commits (delta, number, digest, schema version), in their order."""
        batches, file_batch = dict(self.batches), dict(self.file_batch)
        run_files = {f.path: f for f in self.run_files}
        tombstones = dict(self.tombstones)
        number, digest, version = self.number, self.digest, self.schema_version
        generation, next_run_id = self.generation, self.next_run_id
        for delta, number, digest, version in commits:  # noqa: B007 (all are used after the loop)
            for batch_id in delta.dropped:
                for file_id in batches.pop(batch_id).file_ids:
                    file_batch.pop(file_id, None)
            for batch in delta.batches:
                batches[batch.batch_id] = batch
                file_batch.update(dict.fromkeys(batch.file_ids, batch.batch_id))
            for path in delta.dropped_run_files:
                run_files.pop(path, None)
            run_files.update((f.path, f) for f in delta.run_files)
            tombstones.update(delta.tombstones)
            generation = generation if delta.generation is None else delta.generation
            next_run_id = max(next_run_id, (delta.run_id or 0) + 1)
        return replace(
            self, number=number, digest=digest, schema_version=version, generation=generation, next_run_id=next_run_id,
            batches=batches, run_files=tuple(run_files.values()), tombstones=tombstones, file_batch=file_batch,
        )  # fmt: skip

    def files(self) -> list[FileRecord]:
        """Every file of the truth, batches first."""
        return [f for b in self.batches.values() for f in b.files] + list(self.run_files)

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "digest": self.digest,
            "schema_version": self.schema_version,
            "generation": self.generation,
            "next_run_id": self.next_run_id,
            "batches": [b.to_json() | {"files": [f.to_row() for f in b.files]} for b in self.batches.values()],
            "run_files": [f.to_row() for f in self.run_files],
            "tombstones": dict(self.tombstones),
        }

    @classmethod
    def from_json(cls, data: Json) -> State:
        batches = {b["batch_id"]: BatchRecord.from_json(b) for b in data["batches"]}
        return cls(
            data["number"],
            data["digest"],
            data["schema_version"],
            data["generation"],
            data["next_run_id"],
            batches,
            tuple(FileRecord.from_json(f) for f in data["run_files"]),
            dict(data["tombstones"]),
            {file_id: b.batch_id for b in batches.values() for file_id in b.file_ids},
        )
