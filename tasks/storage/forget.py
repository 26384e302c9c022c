"""Forget: a seed file leaves for good: its bytes, its rows, and every kept generation that showed them.

What stays is a tombstone (file_id, time and the reason that was given), so that the file is not taken in again. Older manifests leave
with the file: they hold its hash, and the reason for which a document of it may have been refused. The run log is cleaned of its name
and ids.

Out of reach are copies: backups (the next `taojin backup` into the same folder takes it away there, too), exports, alerts that were
sent, and Prefect's reports of runs, which may quote the reason of a refusal.

    batches without the file  -> one commit with the tombstone -> a full publication -> older generations, replaced files,
    staging and orphans are removed

Killed in between, the next call for the same file goes on from there. DuckDB keeps deleted rows on disk until they are
written over, so no file that ever held the rows is built upon: a generation older than a tombstone is never kept.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from schemas.ids import article_id, batch_id, doc_id
from tasks.errors import UsageError
from tasks.ingest.names import shown
from tasks.storage import runlog
from tasks.storage.commit import RUN_STAGE, commit, without_documents
from tasks.storage.contents import fetch, write_contents
from tasks.storage.durable import fault, replace_durably
from tasks.storage.known import Known
from tasks.storage.layout import Layout
from tasks.storage.manifests import drop_history
from tasks.storage.parquet import read_table, staged
from tasks.storage.publish import needs_publication, publish, retire
from tasks.storage.records import BatchRecord, Delta, FileRecord, State
from tasks.storage.sweep import remove_orphans

_ID = re.compile(r"[0-9a-f]{32}")
FORGOTTEN = "(forgotten)"
MOST_ARTICLES = 1000  # of a refused document, whose articles are in no table: their ids are computed


def forget(layout: Layout, state: State, file_id: str, now: datetime, reason: str = "") -> State:
    """
    Take a file out of the warehouse. The caller holds the lock; `now` is UTC.

    Raises UsageError for a file that the warehouse neither has nor ever forgot.
    """
    if file_id in state.file_batch:
        state = _committed_without(layout, state, file_id, now, reason)
    elif file_id not in state.tombstones:
        hint = 'List the files it has: taojin sql "select file_id, name from seed_files".'
        raise UsageError(f"The warehouse has no file {file_id}.", hint)
    if needs_publication(layout, state):
        publish(layout, state, rebuild=True, keep=1)
    retire(layout, state.generation, 1)
    shutil.rmtree(layout.staging, ignore_errors=True)
    remove_orphans(layout, state, min_age_s=0)
    fault("forget.removed")
    drop_history(layout, state)  # older manifests name the file, and may quote a row of it where it was refused
    known = Known.load(layout)
    known.forget_content(file_id)
    known.save()
    layout.make()
    return state


def _committed_without(layout: Layout, state: State, file_id: str, now: datetime, reason: str) -> State:
    old = state.batches[state.file_batch[file_id]]
    docs, articles = _ids(layout, state, old, file_id)
    new = _batch_without(layout, state, old, file_id, docs)
    named = _Named(frozenset({file_id, *docs, *articles}), tuple(_uris(layout, state, file_id)))
    _clean_log(layout, named)
    runs = [(f, _without_mention(layout, f, named)) for f in state.run_files]
    delta = Delta(
        batches=(new,) if new else (),
        dropped=(old.batch_id,),
        run_files=tuple(after for before, after in runs if after and after != before),
        dropped_run_files=tuple(before.path for before, after in runs if after != before),
        tombstones={file_id: f"{now.isoformat(timespec='microseconds')} {reason}".strip()},
        generation=state.generation + 1,
    )
    return commit(layout, state, delta)


def _ids(layout: Layout, state: State, batch: BatchRecord, file_id: str) -> tuple[list[str], list[str]]:
    """Every document and article of the file, refused ones too."""
    docs: set[str] = set()
    for f in batch.of("documents"):
        rows = read_table([layout.path(f)], ["doc_id", "file_id"])
        docs.update(rows.filter(pc.equal(rows["file_id"], file_id))["doc_id"].to_pylist())
    hidden = _refused_of(file_id, batch, fetch(layout, state, file_id), len(docs)) - docs
    articles: set[str] = set()
    for f in batch.of("articles"):
        rows = read_table([layout.path(f)], ["doc_id", "article_id"])
        articles.update(rows.filter(pc.is_in(rows["doc_id"], pa.array(sorted(docs), pa.string())))["article_id"].to_pylist())
    articles |= {article_id(d, n) for d in hidden for n in range(1, MOST_ARTICLES + 1)}
    return sorted(docs | hidden), sorted(articles)


def _refused_of(file_id: str, batch: BatchRecord, data: bytes, documents: int) -> set[str]:
    """Documents of the file that are in no table: their names follow from numbers, which no table holds."""
    most = documents + len(batch.refused) + data.count(b"\n") + 1000  # entries that a container may have had, generously
    wanted = {name for name in batch.refused if name != file_id}
    return {doc_id(file_id, 1)} | {d for n in range(1, most + 1) if (d := doc_id(file_id, n)) in wanted}


def _batch_without(layout: Layout, state: State, old: BatchRecord, file_id: str, docs: list[str]) -> BatchRecord | None:
    left = tuple(f for f in old.file_ids if f != file_id)
    if not left:
        return None
    name = batch_id(list(left))
    data = {f: fetch(layout, state, f) for f in left}
    pack = write_contents(layout, layout.batch_staging(name), data)
    tables = without_documents(layout, name, [f for f in old.files if f.table != "contents"], docs)
    refused = {d: r for d, r in old.refused.items() if d not in docs and d != file_id}
    return BatchRecord(name, left, sum(map(len, data.values())), old.fingerprints, (pack, *tables), refused)


def _uris(layout: Layout, state: State, file_id: str) -> list[str]:
    """Names under which only this content was ever seen."""
    paths = [layout.path(f) for f in state.run_files if f.table == "arrival_events"]
    if not paths:
        return []
    rows = read_table(paths, ["uri", "file_id"]).to_pylist()
    return sorted({r["uri"] for r in rows if r["file_id"] == file_id} - {r["uri"] for r in rows if r["file_id"] != file_id})


@dataclass(frozen=True, slots=True)
class _Named:
    """What a row may not speak of any more."""

    ids: frozenset[str]
    uris: tuple[str, ...]

    def is_in(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        return any(i in self.ids for i in _ID.findall(value)) or any(u in value or shown(u) in value for u in self.uris)


def _clean_log(layout: Layout, named: _Named) -> None:
    """The run log goes on telling what ran, and no longer of the file: what says its name or an id of it is struck out."""
    with runlog.held(layout) if layout.run_log.exists() else nullcontext():
        for path in (layout.run_log, *runlog.aside(layout)):
            lines = path.read_bytes().splitlines() if path.exists() else []
            cleaned = [_struck_out(line, named) for line in lines]
            if cleaned != lines:
                replace_durably(path, b"".join(line + b"\n" for line in cleaned), "forget")


def _struck_out(line: bytes, named: _Named) -> bytes:
    if not named.is_in(line.decode("utf-8", "replace")):
        return line
    try:
        return json.dumps(_blank(json.loads(line), named), ensure_ascii=False).encode()
    except ValueError:
        return b"{}"  # torn: it said nothing to anybody


def _blank(value: object, named: _Named) -> object:
    if isinstance(value, dict):
        return {FORGOTTEN if named.is_in(k) else k: _blank(v, named) for k, v in value.items()}
    if isinstance(value, list):
        return [_blank(v, named) for v in value]
    return FORGOTTEN if named.is_in(value) else value


def _without_mention(layout: Layout, record: FileRecord, named: _Named) -> FileRecord | None:
    """A run's own file without the rows in which the file, its documents, articles or names stand anywhere."""
    table = read_table([layout.path(record)])
    stays = [not any(map(named.is_in, row.values())) for row in table.to_pylist()]
    if all(stays):
        return record
    return staged(layout, layout.run_staging(0), record.table, RUN_STAGE, table.filter(pa.array(stays)))
