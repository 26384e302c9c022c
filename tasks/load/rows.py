"""A run's own rows, as tables of their contracts. Pure: records in, Arrow out."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from schemas.catalog import TABLES
from tasks.ingest.names import base_name, escaped, shown
from tasks.storage.records import Receipt, Source
from tasks.text.rule import Rule

NO_ROW = ("changed", "vanished", "unreadable")  # refusals that a later run meets again by itself: reported, not kept
REASONS = {"crashed": "critical", "raised": "critical", "too_large": "critical"}


def runs(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of runs; keys that are no column are left out, columns that are missing are NULL or 0."""
    schema = TABLES["runs"].arrow
    tallies = {f.name: 0 for f in schema if pa.types.is_integer(f.type) and f.name not in ("run_id", "generation")}
    return pa.Table.from_pylist([{f.name: (tallies | dict(row)).get(f.name) for f in schema} for row in rows], schema=schema)


def rules(found: Iterable[Rule]) -> pa.Table:
    """What the rules of this code mean, one row for each version that edits may name."""
    rows = [{"rule_id": r.id, "rule_version": r.version, "label": r.label, "why": r.why, "stage": r.stage} for r in found]
    return pa.Table.from_pylist(rows, schema=TABLES["rules"].arrow)


def stage_timings(
    run_id: int,
    receipts: Sequence[Receipt],
    steps: Mapping[str, float],
    processes: Mapping[str, tuple[float, int | None]] = MappingProxyType({}),
) -> pa.Table:
    """
    What each stage cost over all batches, and what the steps of the run cost.

    Args:
        steps: name -> seconds on the clock.
        processes: name of a step that has a process of its own -> seconds of CPU and most memory.
    """
    sums: dict[str, dict[str, Any]] = {}
    for receipt in receipts:
        for stage, figures in receipt.timings.items():
            row = sums.setdefault(stage, {"batches": 0, "seconds": 0.0, "cpu_seconds": 0.0, "bytes": 0, "peak_bytes": 0})
            row["batches"] += 1
            row["seconds"] += figures["seconds"]
            row["cpu_seconds"] += figures["cpu_seconds"]
            row["bytes"] += int(figures["bytes"])
            row["peak_bytes"] = max(row["peak_bytes"], int(figures["peak_bytes"]))
    for step, seconds in steps.items():
        cpu, peak = processes.get(step, (0.0, None))
        sums[step] = {"batches": len(receipts), "seconds": seconds, "cpu_seconds": cpu, "bytes": 0, "peak_bytes": peak}
    rows = [{"run_id": run_id, "stage": stage} | row for stage, row in sums.items()]
    return pa.Table.from_pylist(rows, schema=TABLES["stage_timings"].arrow)


def input_quarantine(
    run_id: int, first_no: int, receipts: Sequence[Receipt], too_large: Iterable[tuple[Source, str]], uris: Mapping[str, str]
) -> pa.Table:
    """
    Inputs and documents that were refused before any check saw them.

    Args:
        too_large: (input, reason) of inputs that were not read; they have no content id.
        uris: file_id -> a uri under which the content lies.
    """
    rows = []
    for refused in (r for receipt in receipts for r in receipt.refused_inputs):
        if refused["kind"] not in NO_ROW:
            where = uris.get(refused["file_id"])
            rows.append(_refused(refused["doc_id"], refused["file_id"], where, refused["kind"], refused["stage"], refused["reason"]))
    rows += [_refused(None, None, source.uri, "too_large", "ingest", reason) for source, reason in too_large]
    numbered = []
    for no, row in enumerate(rows, first_no):
        numbered.append({"run_id": run_id, "quarantine_no": no, "replay": f"taojin quarantine retry {run_id}-{no}"} | row)
    return pa.Table.from_pylist(numbered, schema=TABLES["quarantine"].arrow)


def arrival_events(run_id: int, seen: Iterable[Source], gone: Iterable[tuple[str, str]], at: dt.datetime) -> pa.Table:
    """What became of names: `seen` hold a content, `gone` are (uri, file_id) that a whole scan no longer found."""
    rows = [
        {
            "uri": s.uri, "name": _name(s.uri), "file_id": s.file_id, "size_bytes": s.size, "modified_at": _utc(s.mtime_ns),
            "seen_at": at, "run_id": run_id, "event": "seen",
        }
        for s in seen
    ]  # fmt: skip
    rows += [
        {
            "uri": uri, "name": _name(uri), "file_id": file, "size_bytes": 0, "modified_at": None,
            "seen_at": at, "run_id": run_id, "event": "gone",
        }
        for uri, file in gone
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=TABLES["arrival_events"].arrow)


def retries(run_id: int, cases: Sequence[tuple[int, int, str | None]], refused_files: Iterable[str], at: dt.datetime, by: str) -> pa.Table:
    """One row for each quarantine case (run, number, file_id) that this run tried again."""
    still = set(refused_files)
    rows = [
        {
            "run_id": run_id, "action_no": no, "quarantine_run_id": run, "quarantine_no": number, "action": "retry",
            "outcome": "refused again" if file in still else "released", "reason": None, "acted_by": by, "acted_at": at,
        }
        for no, (run, number, file) in enumerate(cases, 1)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=TABLES["quarantine_actions"].arrow)


def discards(run_id: int, cases: Sequence[tuple[int, int]], reason: str, at: dt.datetime, by: str) -> pa.Table:
    """One row for each quarantine case (run, number) that somebody lets go."""
    rows = [
        {
            "run_id": run_id, "action_no": no, "quarantine_run_id": run, "quarantine_no": number, "action": "discard",
            "outcome": "discarded", "reason": reason or None, "acted_by": by, "acted_at": at,
        }
        for no, (run, number) in enumerate(cases, 1)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=TABLES["quarantine_actions"].arrow)


def _refused(doc: str | None, file: str | None, uri: str | None, check: str, stage: str, reason: str) -> dict[str, Any]:
    """A row without its number; the case replays itself, but for an input whose bytes were never read."""
    unread = {} if doc else {"replay": f"taojin ingest {_quoted(uri or '')}"}
    return {
        "doc_id": doc, "file_id": file, "table_name": None, "key": uri, "check_id": check, "severity": REASONS.get(check, "critical"),
        "stage": stage, "reason": reason, "row_json": None,
    } | unread  # fmt: skip


def _quoted(uri: str) -> str:
    """A path or URL as bash and zsh read it, also where it holds what no text may hold."""
    path = shown(uri)
    if path.isprintable():
        return "'" + path.replace("'", "'\\''") + "'"
    bytewise = ("".join(f"\\x{byte:02X}" for byte in os.fsencode(c)) if not c.isprintable() or c in "\\'" else c for c in path)
    return f"$'{''.join(bytewise)}'"


def _name(uri: str) -> str:
    name = base_name(uri)
    return escaped(name) if "%" not in uri else name


def _utc(nanoseconds: int | None) -> dt.datetime | None:
    if nanoseconds is None:
        return None
    try:
        return dt.datetime.fromtimestamp(nanoseconds // 1000 / 1e6, dt.UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return None
