"""Where things lie in a warehouse's folder. Nobody else builds such a path.

    truth/<table>/<batch>-<stage>-<unique>.parquet   immutable data
    manifests/000000000042.json                      one per commit; with .snapshot.json now and then
    staging/<batch_id>/receipt.json                  finished batches that wait for their commit
    staging/fetched/                                 bytes of remote objects, until their batches are committed
    warehouse-000007.duckdb                          published generations
    current                                          link to the newest
    lock, progress.json, log/runs.jsonl, cache/      who writes, how far it is, what ran, what may be lost
    log/manifests.jsonl                              a second copy of what the manifests say
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from tasks.storage.durable import make_folder
from tasks.storage.records import FileRecord

PROJECT = Path(__file__).resolve().parents[2]
VIEWS = PROJECT / "warehouse" / "views"
MACROS = PROJECT / "warehouse" / "macros"

OWNER = 12  # characters of its batch's id that a file's name begins with


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one warehouse; `root` should be absolute, because workers may stand elsewhere."""

    root: Path

    @classmethod
    def of(cls, root: str | Path) -> Layout:
        """The layout of a folder, made absolute; creates nothing."""
        return cls(Path(root).absolute())

    @property
    def truth(self) -> Path:
        return self.root / "truth"

    @property
    def manifests(self) -> Path:
        return self.root / "manifests"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def fetched(self) -> Path:
        return self.staging / "fetched"

    @property
    def current(self) -> Path:
        return self.root / "current"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def run_log(self) -> Path:
        return self.root / "log" / "runs.jsonl"

    @property
    def journal(self) -> Path:
        return self.root / "log" / "manifests.jsonl"

    @property
    def swept(self) -> Path:
        """Touched when leavings were last looked for."""
        return self.root / "cache" / "swept"

    @property
    def unfinished(self) -> Path:
        """Stands in a folder while its first backup is being written."""
        return self.root / "backup-unfinished"

    @property
    def published_looks(self) -> Path:
        return self.root / "cache" / "published.json"

    @property
    def progress(self) -> Path:
        return self.root / "progress.json"

    @property
    def serve_lock(self) -> Path:
        return self.root / "serve.lock"

    @property
    def serving(self) -> Path:
        return self.root / "serving.json"

    @property
    def known(self) -> Path:
        return self.root / "cache" / "known.tsv"

    def manifest(self, number: int) -> Path:
        return self.manifests / f"{number:012d}.json"

    def snapshot(self, number: int) -> Path:
        return self.manifests / f"{number:012d}.snapshot.json"

    def generation(self, number: int) -> Path:
        return self.root / f"warehouse-{number:06d}.duckdb"

    def batch_staging(self, batch_id: str) -> Path:
        """The folder in which one batch is worked on: its tables and, last, its receipt."""
        return self.staging / batch_id

    def run_staging(self, run_id: int) -> Path:
        """The folder in which a run's own tables wait for their commit."""
        return self.staging / f"run-{run_id:08d}"

    def receipt(self, batch_id: str) -> Path:
        return self.batch_staging(batch_id) / "receipt.json"

    def truth_name(self, table: str, owner: str, stage: str) -> str:
        """A relative path in the truth that no file has borne before. `owner` is a batch id or run-<id>."""
        return f"truth/{table}/{owner[:OWNER]}-{stage}-{secrets.token_hex(8)}.parquet"

    def path(self, record: FileRecord) -> Path:
        """Where a recorded file lies."""
        return self.root / record.path

    def relative(self, path: Path) -> str:
        """A path as records keep it."""
        return path.relative_to(self.root).as_posix()

    def make(self) -> None:
        """Create the folders that every writer needs, so that they outlive a power cut. Raises DiskFault, OSError."""
        for folder in (self.truth, self.manifests, self.staging, self.run_log.parent, self.known.parent):
            make_folder(folder)
