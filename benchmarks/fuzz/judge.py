"""One input through all stages, and everything that may be wrong with what comes out."""

from __future__ import annotations

import os
import re
import signal
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import FrameType

import duckdb
import pyarrow as pa

from schemas.catalog import TABLES
from schemas.contract import CRITICAL
from schemas.derive.row_checks import failing_rows, faults
from schemas.ids import file_id
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.enrich.flags import place_flags
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.model import NESTED
from tasks.ingest.records import Left, records_in
from tasks.split.stage import split
from tasks.storage import laws
from tasks.work import enriched, surroundings

PROJECT = Path(__file__).resolve().parents[2]
SECONDS, SMALL = 2.0, 20_000  # CPU seconds that an input of so many bytes may take; a larger one in proportion
_TELLING = ("rule_id", "label", "kind", "encoding", "newline", "genre", "script", "unit", "rendering", "language", "field", "action")

Tables = dict[str, pa.Table]


@dataclass(frozen=True)
class Fault:
    """What is wrong; `signature` is equal for what is probably the same mistake."""

    kind: str  # raised | law A | law B | places | contract | slow | killed
    signature: str
    sentence: str


@dataclass
class Seen:
    """What one input did."""

    faults: list[Fault] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # CPU, by stage
    places: dict[str, str] = field(default_factory=dict)  # by stage that took long: where
    characters: int = 0
    tables: Tables = field(default_factory=dict)

    def features(self) -> set[str]:
        """What the rows say: an input that shows something new is worth keeping."""
        found = set()
        for name, table in self.tables.items():
            found.add(f"{name}~{table.num_rows.bit_length()}")
            for column in _TELLING:
                if column in table.column_names and pa.types.is_string(table.schema.field(column).type):
                    found |= {f"{name}.{column}={v}" for v in table[column].unique().to_pylist()}
        rules = sorted({r for name in ("edits",) if name in self.tables for r in self.tables[name]["rule_id"].unique().to_pylist()})
        found |= {f"{a}+{b}" for a, b in pairwise(rules)}
        return found


def examine(data: bytes, patience: float = 1.0) -> Seen:
    """
    All checks but those of the contracts.

    Args:
        patience: multiplies the time that an input may take. What is slow is run again: the first of a kind builds tables.
    """
    seen = _timed_run(data, patience)
    if any(f.kind == "slow" for f in seen.faults):
        seen = _timed_run(data, patience)
    if seen.tables:
        seen.faults += _laws(data, seen.tables)
    return seen


def _timed_run(data: bytes, patience: float) -> Seen:
    seen = Seen()
    try:
        seen.tables = _through(data, seen)
    except Exception as error:
        seen.faults.append(_raised(error))
    for stage, seconds in seen.seconds.items():
        bound = SECONDS * max(1.0, max(len(data), seen.characters) / SMALL) * patience
        if seconds > bound:
            place = seen.places.get(stage, "")
            seen.faults.append(Fault("slow", f"slow {stage} {place}", f"{stage} took {seconds:.1f} s for {len(data):,} bytes, {place}"))
    return seen


def contracts(many: Iterable[Tables]) -> list[tuple[str, str]]:
    """
    Critical promises that are broken in the tables of some inputs, together.

    Returns:
        (document or article, check and row) of each; "" where a check of a table names neither.
    """
    together: dict[str, list[pa.Table]] = {}
    for tables in many:
        for name, table in tables.items():
            together.setdefault(name, []).append(table)
    found = []
    with duckdb.connect() as db:
        db.execute("SET threads = 1")
        for name, parts in together.items():
            table = pa.concat_tables(parts)
            if "run_id" not in table.column_names:
                table = table.append_column("run_id", pa.repeat(pa.scalar(1, pa.int64()), table.num_rows))
            db.register(name, table)
        for name in together:
            for check in TABLES[name].all_row_checks:
                if check.severity == CRITICAL and set(check.needs) <= set(together):
                    found += list(_broken(db, name, check.id, failing_rows(check, name)))
            for check in TABLES[name].all_table_checks:
                if check.severity == CRITICAL and set(check.needs) <= set(together):
                    found += list(_broken(db, name, check.id, faults(check, name)))
    return found


def judged(data: bytes, patience: float = 1.0) -> list[Fault]:
    """Everything that is wrong with one input, contracts included."""
    seen = examine(data, patience)
    broken = [Fault("contract", f"contract {c.split(':')[0]}", c) for _, c in contracts([seen.tables])] if seen.tables else []
    return seen.faults + broken


def _through(data: bytes, seen: Seen) -> Tables:
    """The stages as the worker runs them, one input at a time; nothing is caught and nothing refused."""
    left = Left()
    rounds = []
    with _timed(seen, "ingest"):
        records = list(records_in({file_id(data): data}, Fields(), NESTED, left))
    for rows in records:
        with _timed(seen, "decode"):
            decoded = decode(rows)
        documents = decoded["documents"]
        seen.characters += sum(documents["char_count"].to_pylist())
        with _timed(seen, "clean"):
            cleaned = clean(documents, decoded["blocks"])
        with _timed(seen, "split"):
            done = split(documents, cleaned["marks"], cleaned["flags"])
        articles = done.pop("articles")
        with _timed(seen, "enrich"):
            made = enriched(articles, engine="rjieba", around=surroundings(articles, documents, done["flags"]))
            made["flags"] = pa.concat_tables([done["flags"], place_flags(made["flags"], done["kept"])])
        rounds.append(decoded | {"links": cleaned["links"]} | done | made)
    return {name: pa.concat_tables([r[name] for r in rounds]) for name in rounds[0]} if rounds else {}


class _timed:
    """Seconds of a stage, and the line of ours that was at work when it had taken SECONDS: a pattern's search ends before it is told."""

    def __init__(self, seen: Seen, stage: str) -> None:
        self.seen, self.stage = seen, stage

    def __enter__(self) -> None:
        self.begun = time.process_time()
        signal.signal(signal.SIGVTALRM, self._late)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, SECONDS)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        self.seen.seconds[self.stage] = self.seen.seconds.get(self.stage, 0.0) + time.process_time() - self.begun

    def _late(self, _: int, frame: FrameType | None) -> None:
        while frame and not frame.f_code.co_filename.startswith(str(PROJECT / "tasks")):
            frame = frame.f_back
        if frame and self.stage not in self.seen.places:
            self.seen.places[self.stage] = f"{os.path.relpath(frame.f_code.co_filename, PROJECT)}:{frame.f_code.co_name}"


def _laws(data: bytes, tables: Tables) -> Iterator[Fault]:
    try:
        found = list(laws.law_a(tables["documents"], tables["articles"], tables["kept"], tables["edits"]))
        found += laws.law_b(tables["documents"], tables["decodings"], {file_id(data): lambda: data})
        found += laws.places_in_articles(tables["articles"], tables)
        for a, b in zip(tables["articles"]["text"].to_pylist(), tables["articles"]["text_hans"].to_pylist(), strict=True):
            if len(a) != len(b):
                found.append(("places", f"text has {len(a)} characters and text_hans {len(b)}"))
    except Exception as error:
        yield _raised(error)
        return
    for law, sentence in found:
        yield Fault(law, f"{law} {re.sub('[0-9a-f]{32}|[0-9]+', '#', sentence)}", sentence)


def _raised(error: Exception) -> Fault:
    place = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(str(PROJECT / "tasks")):
            place = f"{os.path.relpath(frame.filename, PROJECT)}:{frame.lineno}"
    return Fault("raised", f"{type(error).__name__} at {place}", f"{type(error).__name__} at {place}: {str(error)[:300]}")


def _broken(db: duckdb.DuckDBPyConnection, name: str, check: str, sql: str) -> Iterator[tuple[str, str]]:
    cursor = db.execute(f"{sql} LIMIT 20")
    columns = [c[0] for c in cursor.description]
    for row in cursor.fetchall():
        said = dict(zip(columns, row, strict=True))
        yield said.get("doc_id") or said.get("article_id") or "", f"{name}.{check}: {str(said)[:400]}"
