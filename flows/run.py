"""One run: what it was told, what it has so far, what it leaves. Its steps are called by the flow (flows/pipeline.py), in order.

Knows no Prefect, so that a run over unchanged input never imports it.
"""

from __future__ import annotations

import datetime as dt
import getpass
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pyarrow as pa

from flows.artifact import markdown
from flows.on_record import write_settings
from flows.settings import Settings
from tasks.ingest.discover import Problem
from tasks.ingest.plan import Plan, job_of
from tasks.load import rows
from tasks.load.decide import files_beside, files_to_check, packs, refused_by_batch, refused_files
from tasks.runner import Runner
from tasks.storage import runlog
from tasks.storage.commit import assemble, run_table
from tasks.storage.doubt import blamed, doubt
from tasks.storage.layout import Layout
from tasks.storage.progress import write_progress
from tasks.storage.publish import Publication
from tasks.storage.reader import current_path
from tasks.storage.receipts import discard
from tasks.storage.records import Delta, Job, Receipt, Source, State
from tasks.text.rule import Rule
from tasks.validate.process import Validator
from tasks.validate.request import CheckRequest, ValidationResult
from tasks.workers import Stopped

Report = Callable[[str, int, int, str], None]  # stage, done, total, detail

UNPUBLISHED = ("nothing-new", "failed")  # runs that only the log knows until the next publication
PROGRESS_SECONDS = 0.5


def silent(stage: str, done: int, total: int, detail: str) -> None:
    """A report that nobody reads."""


def now() -> dt.datetime:
    """The clock in UTC, as tables hold it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def pipeline_version() -> str:
    try:
        return version("taojin")
    except PackageNotFoundError:  # not installed, only on the path
        return "0.1.0"


@dataclass
class Run:
    """The state of one run in this process."""

    settings: Settings
    layout: Layout
    state: State
    run_id: int
    plan: Plan
    fingerprints: Mapping[str, str]
    workers: Runner
    validator: Validator
    report: Report = silent
    flow: str = "ingest"
    started_at: dt.datetime = field(default_factory=now)
    files_seen: int = 0
    problems: Sequence[Problem] = ()
    too_large: Sequence[tuple[Source, str]] = ()  # not yet in quarantine
    retry: Sequence[tuple[int, int, str | None]] = ()  # quarantine cases: run, number, file_id
    rebuild: bool = False
    rules: Sequence[Rule] = ()  # what edits of this run may name

    receipts: list[Receipt] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    verdict: ValidationResult | None = None
    publication: Publication | None = None
    fault: BaseException | None = None  # that a step raised
    flow_run_id: str = ""  # in Prefect
    let_server_go: Callable[[], None] = lambda: None  # called where Prefect's server does not answer
    unheard: str = ""  # why Prefect does not know how the run ended
    warning: str = ""
    row: dict[str, Any] = field(default_factory=dict)  # of `runs`
    laps: dict[str, float] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    _told: float = 0.0

    @property
    def jobs(self) -> list[Job]:
        """The batches to be worked on."""
        return [
            job_of(
                work, self.state, str(self.layout.root), str(self.layout.batch_staging(work.batch_id)), self.run_id,
                self.fingerprints, self.settings.for_workers,
            )
            for work in self.plan.work
        ]  # fmt: skip

    @property
    def is_blocked(self) -> bool:
        return self.verdict is not None and self.verdict.blocked

    @property
    def status(self) -> str:
        return "blocked" if self.is_blocked else "done"

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Time one step on the clock."""
        self.tell(name, 0, len(self.plan.work) if name == "process" else 0)
        began = time.perf_counter()
        try:
            yield
        finally:
            self.laps[name] = time.perf_counter() - began

    def tell(self, stage: str, done: int, total: int, detail: str = "") -> None:
        """Say how far the run is, to the caller at once and to other processes now and then."""
        self.report(stage, done, total, detail)
        if done in (0, total) or time.monotonic() - self._told > PROGRESS_SECONDS:
            self._told = time.monotonic()
            told = {"run_id": self.run_id, "flow": self.flow, "stage": stage, "done": done, "total": total, "detail": detail}
            write_progress(self.layout, told | {"started_at": self.started_at.isoformat(), "told_at": now().isoformat()})

    def finished(self, outcome: Receipt | BaseException) -> None:
        """One batch came back."""
        if isinstance(outcome, Receipt):
            self.receipts.append(outcome)
        else:
            self.failures.append(outcome)
        characters = sum(r.counts.get("characters", 0) for r in self.receipts)
        self.tell("process", len(self.receipts), len(self.plan.work), f"{characters:,} characters" if characters else "")

    def expect_going_on(self) -> None:
        """Raises what ended a batch, or Stopped; finished batches keep their receipts in staging."""
        for failure in self.failures:
            if not isinstance(failure, Stopped):
                raise failure
        if self.stopping.is_set() or self.failures:
            sentence = f"Stopped after {len(self.receipts)} of {len(self.plan.work)} batches."
            raise Stopped(sentence, "Finished batches are kept; run the same command to go on.")
        self.receipts = sorted((r for r in self.receipts if r.file_ids), key=lambda r: r.batch_id)

    def question(self) -> CheckRequest:
        """What the validator is asked: the rows of this run, beside what their batches keep and what is published."""
        replaced = [f for r in self.receipts if r.batch_id in self.state.batches for f in r.file_ids]
        return CheckRequest(
            run_id=self.run_id,
            files=files_to_check(self.layout, self.receipts),
            context=files_beside(self.layout, self.receipts, self.state.batches),
            packs=packs(self.layout, self.receipts, self.state.batches),
            rows={"rules": rows.rules(self.rules)} if self.rules else {},
            published=str(current_path(self.layout.root)) if self.state.generation else None,
            replaced_files=tuple(replaced),
            scratch=str(self.layout.staging),
            max_refused_share=self.settings.max_refused_share,
            min_refused_documents=self.settings.min_refused_documents,
            threads=self.settings.threads,
        )

    def judged(self, verdict: ValidationResult) -> None:
        """The checks answered. Batches whose rows are why nothing may be published are computed again by the next run, once."""
        if verdict.blocked:
            failing = blamed(self.layout, self.receipts, verdict.quarantine.to_pylist())
            verdict = replace(verdict, reason=f"{verdict.reason} {_next_time(len(failing), len(doubt(self.layout, failing)))}".strip())
        self.verdict = verdict
        self.laps |= {f"validate: {step}": seconds for step, seconds in verdict.timings.items()}
        statuses = verdict.checks["status"].to_pylist()
        self.tell("validate", len(statuses), len(statuses), f"{statuses.count('passed')} passed, {statuses.count('failed')} failed")

    def delta(self) -> Delta:
        """What will be true after the run: its batches, unless it is blocked, and always its own rows."""
        refused = refused_by_batch(self.verdict, self.receipts) if self.verdict else {}
        batches = []
        if not self.is_blocked:
            for r in self.receipts:
                batches.append(assemble(self.layout, r, self.state.batches.get(r.batch_id), refused.get(r.batch_id)))
        generation = self.state.generation + 1
        quarantine = self._quarantine()
        new = self.plan.new_file_ids
        fresh = [b for b in batches if not new.isdisjoint(b.file_ids)]
        files_new = {f for r in self.receipts for f in r.file_ids} & new
        self.row = {
            "run_id": self.run_id,
            "flow": self.flow,
            "started_at": self.started_at,
            "finished_at": now(),
            "status": self.status,
            "generation": generation,
            "pipeline_version": pipeline_version(),
            "files_seen": self.files_seen,
            "files_new": len(files_new),
            "files_skipped": len(self.problems) + sum(len(r.refused_inputs) for r in self.receipts if not r.file_ids),
            "bytes_new": sum(r.bytes for r in self.receipts if not new.isdisjoint(r.file_ids)),
            "articles_new": sum(f.rows for b in fresh for f in b.of("articles")),
            "documents_quarantined": len({d for d in quarantine["doc_id"].to_pylist() if d}),
            "rows_quarantined": quarantine.num_rows,
            "error": self.verdict.reason if self.verdict and self.is_blocked else None,
        }
        tables = {
            "runs": rows.runs([*self._from_log(), self.row]),
            "stage_timings": rows.stage_timings(self.run_id, self.receipts, self.laps, self._processes()),
            "quarantine": quarantine,
        }
        if self.verdict:
            tables |= {"checks": self.verdict.checks, "check_examples": self.verdict.check_examples}
        if not self.is_blocked:
            true = set(self.state.file_batch) | {f for b in batches for f in b.file_ids}
            seen = [s for s in self.plan.seen if s.file_id in true]
            tables["arrival_events"] = rows.arrival_events(self.run_id, seen, self.plan.gone, self.started_at)
        if batches:
            tables["rules"] = rows.rules(self.rules)
        if self.retry:
            still = refused_files(self.receipts, self.verdict)
            tables["quarantine_actions"] = rows.retries(self.run_id, self.retry, still, self.row["finished_at"], login())
        records = (run_table(self.layout, self.run_id, name, table) for name, table in tables.items())
        return Delta(run_id=self.run_id, batches=tuple(batches), run_files=tuple(r for r in records if r), generation=generation)

    def _processes(self) -> dict[str, tuple[float, int | None]]:
        return {"validate": (self.verdict.cpu_seconds, self.verdict.peak_bytes)} if self.verdict else {}

    def committed(self, state: State) -> None:
        """The run is true."""
        if not self.is_blocked:
            for job in self.plan.work:  # a batch that lost a file on the way was committed under another name
                discard(self.layout, job.batch_id)
        self.state = state

    def published(self, publication: Publication) -> None:
        """The run can be read."""
        self.publication = publication
        self.laps |= {f"publish: {step}": seconds for step, seconds in publication.steps.items()}
        self.tell("publish", 1, 1, f"generation {publication.generation}")

    def counts(self) -> dict[str, int]:
        """Rows by table and a few sums, over all batches of the run."""
        names = {name for r in self.receipts for name in r.counts}
        return {name: sum(r.counts.get(name, 0) for r in self.receipts) for name in sorted(names)}

    def summary(self) -> str:
        """The run and its figures in Markdown, for Prefect's artifact."""
        checks = self.verdict.checks.to_pylist() if self.verdict else ()
        return markdown(self.row, self.counts(), self.laps, checks, self._quarantine().to_pylist())

    def seen_by_prefect(self, flow_run_id: str, standing: bool) -> None:
        """Put on record where Prefect shows the run; `standing` says that its server outlives the run."""
        self.flow_run_id = flow_run_id
        note(self.layout, {"run_id": self.run_id, "prefect": {"flow_run_id": flow_run_id, "standing": standing}})
        write_settings(self.layout, self.run_id, self.settings)

    def _quarantine(self) -> pa.Table:
        checked = self.verdict.quarantine if self.verdict else None
        uris = {s.file_id: s.uri for s in reversed(self.plan.seen)}
        first = checked.num_rows + 1 if checked is not None else 1
        inputs = rows.input_quarantine(self.run_id, first, self.receipts, self.too_large, uris)
        return inputs if checked is None else pa.concat_tables([checked, inputs])

    def _from_log(self) -> list[dict[str, Any]]:
        """Runs that published nothing since the last commit."""
        since = range(self.state.next_run_id, self.run_id)
        told = [e for e in runlog.entries(self.layout, since=since.start) if e.get("status") in UNPUBLISHED and e["run_id"] in since]
        return [e | {k: dt.datetime.fromisoformat(e[k]) for k in ("started_at", "finished_at") if e.get(k)} for e in told]


def _next_time(failing: int, hopeless: int) -> str:
    """What becomes of the batches that keep a run from being published."""
    said = []
    if first := failing - hopeless:
        said.append(f"The next run computes {_batches(first)} again from the bytes.")
    if hopeless:
        said.append(
            f"{_batches(hopeless).capitalize()} failed the same checks after being computed again from the bytes, so no disk is to blame: "
            "take the files that `taojin quarantine list` names out of the input, or change the code or the settings that they fail by. "
            "`taojin ingest --rehash` computes once more."
        )
    return " ".join(said)


def _batches(count: int) -> str:
    return "one batch" if count == 1 else f"{count:,} batches"


def note(layout: Layout, row: Mapping[str, Any]) -> None:
    """Put something about a run on record: that it publishes nothing, or where Prefect shows it."""
    runlog.append(layout, {k: v.isoformat() if isinstance(v, dt.datetime) else v for k, v in row.items()})


def login() -> str:
    """Who is at work, as the system names them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
