"""What the validator is asked and what it answers. Plain data that crosses a process boundary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class CheckRequest:
    """The rows of one run, as Parquet files by table, and what they are to be judged against."""

    run_id: int
    files: Mapping[str, tuple[str, ...]]  # rows to check
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # rows of the same documents, committed by an earlier run
    packs: tuple[str, ...] = ()  # files with the bytes of these contents: seed_files has a row for each
    rows: Mapping[str, pa.Table] = field(default_factory=dict)  # what the run will add to small tables that others refer to: rules
    published: str | None = None  # the published DuckDB generation; opened read-only
    replaced_files: tuple[str, ...] = ()  # file_ids of which this run replaces the published rows
    scratch: str | None = None  # folder for the temporary database; the system's own where None
    max_refused_share: float = 0.05
    min_refused_documents: int = 20
    checked_at: dt.datetime | None = None  # UTC without zone; the clock where None
    replay: str = "taojin quarantine retry {case}"  # case is RUN-NO, as `quarantine list` prints it
    threads: int | None = None
    memory_limit: str | None = None  # as DuckDB reads it, such as '2GB'


@dataclass(frozen=True)
class ValidationResult:
    """What the checks found, who is refused, and whether the run may be published."""

    run_id: int
    checks: pa.Table
    check_examples: pa.Table
    quarantine: pa.Table
    refused: dict[str, str]  # doc_id -> the first reason, in one sentence
    refused_articles: dict[str, str]  # article_id -> doc_id
    refused_files: dict[str, str]  # doc_id -> file_id
    blocked: bool
    reason: str  # '' unless blocked
    timings: dict[str, float]  # seconds of each step
    cpu_seconds: float = 0.0  # of the validator's process, its imports too; 0 where the checks ran in the caller's
    peak_bytes: int | None = None  # most memory that this process held
