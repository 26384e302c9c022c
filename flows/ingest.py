"""ingest: new and changed files -> cleaned, enriched, checked -> a new generation. Safe to repeat.

    result = ingest(settings, paths=[...], report=callback)        # the whole order; what the command line calls
    result = ingest(settings, rehash=True)                         # read every file again, though it looks known
    result = ingest(settings, dry_run=True)                        # say what would be done (result.planned), change nothing
    result = ingest(settings, since=a_day)                     # only files changed since then
    result = ingest(settings, retry=[(run_id, no, file_id), ...])  # quarantine cases again, and nothing else

    report(stage, done, total, detail)   stage: discover, read, start, process, validate, commit, publish (in this order; total 0: unknown).
                                         May be called from other threads, one call at a time is not promised.

Order: lock -> discover -> plan -> nothing to do? then note it and return: no Prefect, no Great Expectations, no worker.
Else Prefect's server, the validator and the workers are started at once and boot side by side; then the flow runs.
The first Ctrl-C ends the run after the batches in hand (tasks.workers.Stopped, exit code 130), the second at once.
A blocked run is a result (status "blocked", exit code 1 is the command line's), not an exception. Errors are TaojinErrors.
"""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from flows.alerts import Alert, failed, judged, killed, sent_after, stale
from flows.judgement import FailedCheck, failed_checks
from flows.run import Report, Run, note, now, pipeline_version, silent
from flows.runner import runner_for
from flows.server import PrefectServer
from flows.settings import Settings
from tasks.errors import DiskFault, TaojinError, UnreadableInput
from tasks.ingest import fetch
from tasks.ingest.containers.fields import Fields
from tasks.ingest.discover import Discovery, Problem, discover, discover_seeds
from tasks.ingest.hashing import hash_contents
from tasks.ingest.names import SCHEME, base_name, is_url, path_of
from tasks.ingest.plan import Plan, plan
from tasks.ingest.remote.address import parse
from tasks.ingest.remote.listing import Stores, list_addresses
from tasks.storage import runlog
from tasks.storage.arrivals import current_arrivals
from tasks.storage.damage import earlier
from tasks.storage.doubt import forget_doubts
from tasks.storage.fingerprints import fingerprints, stale_from
from tasks.storage.known import Known
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.mend import examined, mend, opened
from tasks.storage.progress import clear_progress, read_progress
from tasks.storage.reader import open_published
from tasks.storage.receipts import waiting
from tasks.storage.records import Source, State
from tasks.storage.room import room_for
from tasks.storage.sweep import sweep_when_due
from tasks.validate.process import Validator
from tasks.workers import Stopped

MB = 1e6


@dataclass(frozen=True, slots=True)
class Refused:
    """A document or input that this run holds back."""

    name: str  # of its file
    file_id: str | None
    doc_id: str | None
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What a run did. Figures are this run's; `generation` and `path` are what is published now (None: nothing yet)."""

    status: str  # done | blocked | nothing-new | dry-run
    run_id: int
    seconds: float
    generation: int | None = None
    path: Path | None = None
    files_seen: int = 0
    files_new: int = 0
    files_known: int = 0
    bytes_new: int = 0
    duplicates: int = 0  # new names of contents that another new name brought in
    gone: int = 0  # names that are no longer there
    articles_new: int = 0
    batches: int = 0
    rows_of: tuple[int, ...] = ()  # the runs that its rows name: itself, and a killed one whose finished batches it took up
    recomputed: Mapping[str, int] = field(default_factory=dict)  # stage -> batches done again from there
    counts: Mapping[str, int] = field(default_factory=dict)  # rows by table, and characters, words
    checks: Mapping[str, int] = field(default_factory=dict)  # status -> checks
    failed_checks: tuple[FailedCheck, ...] = ()
    refused: tuple[Refused, ...] = ()
    documents_quarantined: int = 0
    rows_quarantined: int = 0
    problems: tuple[Problem, ...] = ()  # files that were reported and passed over
    specimens_only: bool = False
    reason: str = ""  # why blocked
    warning: str = ""  # what else went wrong, though the data are as they should be
    planned: tuple[tuple[str, int, int], ...] = ()  # dry run: (stage from, files, bytes) of each batch
    unfetched: int = 0  # dry run: remote objects whose content is not known before they are fetched
    bytes_unfetched: int = 0
    laps: Mapping[str, float] = field(default_factory=dict)  # step -> seconds on the clock
    stages: Mapping[str, float] = field(default_factory=dict)  # stage -> seconds summed over workers


def ingest(
    settings: Settings,
    paths: Sequence[Path | str] = (),
    report: Report = silent,
    *,
    rehash: bool = False,
    dry_run: bool = False,
    retry: Sequence[tuple[int, int, str | None]] = (),
    since: datetime | None = None,
) -> IngestResult:
    """
    Take what is new under `paths` (texts may be URLs; default: what the settings name, else the seeds folder) into a new
    generation. See the module's page.

    With `since` (a moment with its zone), only files that were changed then or later are looked at. What is older counts as
    present: nothing becomes `gone` by it.
    """
    began = time.perf_counter()
    layout = Layout.of(settings.warehouse)
    laps: dict[str, float] = {}
    with sent_after(settings, lambda fault: report("alert", 0, 0, fault)) as alerts, ExitStack() as held:
        if not dry_run:
            held.enter_context(writer_lock(layout))
        state, said = (load_state(layout), []) if dry_run else opened(layout)
        if not dry_run and (dead := bury(layout, state)):
            alerts.append(killed(dead))
        run_id = runlog.next_run_id(layout, state)
        started_at = now()
        with _noted_if_failed(layout, run_id, started_at, dry_run, alerts=alerts):
            with _timed(laps, "discover"):
                stores = held.enter_context(closing(Stores(settings.remote)))
                found = Discovery() if retry else seen_now(settings, paths, stores)
                present = {s.uri for s in found.sources}
                if since:
                    found.sources = [s for s in found.sources if s.mtime_ns is None or s.mtime_ns >= since.timestamp() * 1e9]
                report("discover", len(found.sources), len(found.sources), "")
                known = Known.load(layout)
                before = cache(partial(current_arrivals, layout, state))
                hashed = hash_contents(
                    found, known, settings.record_limit_bytes, rehash, settings.workers,
                    lambda done, total: report("read", done, total, ""), settings.container_limit_bytes, Fields.of(settings.fields),
                    fetch.Fetching(
                        None if dry_run else layout.fetched, lambda file: file in state.file_batch or file in state.tombstones,
                        settings.remote, stores.stop, lambda uri: uri in before(),
                    ),
                )
                if not dry_run:
                    known.save()
            with _timed(laps, "plan"):
                now_made = fingerprints(settings.for_workers)
                outdated = {b.batch_id: first for b in state.batches.values() if (first := stale_from(b, now_made))}
                if not dry_run:
                    if rehash or retry:
                        forget_doubts(layout)
                    state, outdated = mended(layout, state, outdated, hashed.sources, run_id, said, report)
                arrivals = current_arrivals(layout, state)
                todo = plan(
                    hashed.sources,
                    state,
                    arrivals,
                    outdated,
                    gone=[uri for uri in arrivals if uri not in present and found.was_scanned(uri)],
                    waiting=[r.file_ids for r in waiting(layout) if r.stage_from == "decode"],
                    retry={file for _, _, file in retry if file},
                    batch_bytes=settings.batch_bytes,
                    batch_files=settings.batch_files,
                    max_batches=settings.max_batches,
                )
                too_large = _not_yet_refused(layout, state, hashed.too_large)
            base = {
                "files_seen": len(found.sources),
                "files_known": len(hashed.sources) - len(todo.new_file_ids) - todo.duplicates,
                "problems": (*hashed.problems, *_forgotten(todo), *(_unread(s, why) for s, why in hashed.too_large)),
                "specimens_only": found.specimens_only,
            }
            if dry_run:
                planned = tuple((w.stage_from, len(w.contents), w.bytes) for w in todo.work)
                files_new, bytes_new = len(todo.new_file_ids), sum(w.bytes for w in todo.new)
                base |= {"unfetched": len(hashed.unfetched), "bytes_unfetched": sum(s.size for s in hashed.unfetched)}
                return _unchanged("dry-run", layout, state, run_id, began, laps, base, files_new, bytes_new, planned, todo)
            stores.close()
            sweep_when_due(layout, state)
            _heal(settings, layout, state)
            if todo.is_empty and not too_large:
                fetch.clear(layout.fetched)
                skipped = len(base["problems"])
                note(layout, _row(run_id, started_at, "nothing-new") | {"files_seen": len(found.sources), "files_skipped": skipped})
                alerts += filter(None, [stale(settings)])
                return _unchanged("nothing-new", layout, state, run_id, began, laps, base)
            run = Run(
                settings, layout, state, run_id, todo, now_made,
                runner_for(settings, todo.work, now_made, report), Validator(), report,
                started_at=started_at, files_seen=len(found.sources), problems=base["problems"], too_large=too_large, retry=retry,
            )  # fmt: skip
            carry_out(run)
            if not run.is_blocked:  # the files of a blocked run are tried again
                fetch.clear(layout.fetched)
            alerts += what_to_tell(run)
            return result_of(run, began, laps, base)


def mended(
    layout: Layout, state: State, outdated: Mapping[str, str], sources: Sequence[Source], run_id: int, said: Sequence[str],
    report: Report,
) -> tuple[State, dict[str, str]]:  # fmt: skip
    """
    Make again, or tell, what a damaged disk took away. The caller holds the lock.

    Returns the state, and the batches that are to be computed again with the stage from which: for their code, or for their files.
    """
    if not state.number:
        return state, dict(outdated)
    found = examined(layout, state, outdated)
    done = mend(layout, state, found, {s.file_id: s.path for s in sources if s.file_id and s.path})
    for sentence in (*said, *done.said):
        report("mend", 0, 0, sentence)
    if said or done.said:
        note(layout, {"run_id": run_id, "mended": [*said, *done.said], "at": now()})
    return done.state, {b: s for b, s in earlier(outdated, done.stale).items() if b not in done.untouched}


def what_to_tell(run: Run) -> list[Alert]:
    """Alerts that a run gives reason for which came to its end."""
    alert = judged(run.run_id, run.status, run.flow, run.row.get("error") or "", run.verdict, run.counts())
    return [alert] if alert else []


def bury(layout: Layout, state: State) -> dict[str, Any] | None:
    """
    Put a run on record that ended without a word: it was killed, or the machine went down. The caller holds the lock.

    Such a run leaves its last progress. Where its commit is true already it is in `runs`, and nothing is missing. Returns what was
    put on record, for an alert.
    """
    last = read_progress(layout)
    if last is None:
        return None
    row = None
    told = {e.get("run_id") for e in runlog.entries(layout) if "status" in e}
    if isinstance(last.get("run_id"), int) and last["run_id"] >= state.next_run_id and last["run_id"] not in told:
        row = _row(last["run_id"], datetime.fromisoformat(last["started_at"]), "failed", last.get("flow") or "ingest")
        told_at = f", last heard of at {last['told_at'][:19].replace('T', ' ')} UTC" if last.get("told_at") else ""
        row |= {"error": f"It was killed in stage {last.get('stage')}{told_at}. What was finished is kept."}
        note(layout, row)
    clear_progress(layout)
    return row


def carry_out(run: Run) -> None:
    """Start what the run needs, side by side, and run the flow. The caller holds the lock."""
    with room_for(run.layout, sum(w.bytes for w in run.plan.work)), ExitStack() as held:
        held.callback(clear_progress, run.layout)
        with run.lap("start"):
            server = held.enter_context(PrefectServer(run.settings)).start()
            held.callback(run.workers.close)
            held.callback(run.validator.close)
            if run.plan.work:
                run.validator.start()
                run.workers.start(most=len(run.plan.work))
            pipeline = import_module("flows.pipeline")  # Prefect is imported here, while the others boot
            server.wait()
            if run.plan.work:
                run.workers.wait()
        held.enter_context(_stopping_at_ctrl_c(run))
        run.let_server_go = server.kill
        pipeline.carry_out(run, server.url)
        if run.unheard:
            warn_unheard(run)


def warn_unheard(run: Run) -> None:
    """Say that the data are as they should be, though Prefect's pages do not show it."""
    run.warning = (
        f"Generation {run.publication.generation if run.publication else '?'} is published and complete, but Prefect's server did not "
        f"record the end of run {run.run_id}: {run.unheard}. Look at the disk of {run.settings.prefect_home} and at its server.log; "
        "`taojin status` and the table `runs` know the run."
    )
    run.report("alert", 0, 0, run.warning)
    with suppress(DiskFault):
        note(run.layout, {"run_id": run.run_id, "warning": run.warning, "at": now()})


def result_of(run: Run, began: float, laps: Mapping[str, float], base: Mapping[str, Any]) -> IngestResult:
    """What the command line tells about a run that published."""
    assert run.publication is not None
    early = [r for receipt in run.receipts for r in receipt.refused_inputs]
    names = _names(run, {r["file_id"] for r in early} | set(run.verdict.refused_files.values() if run.verdict else ()))
    refused = [Refused(names.get(r["file_id"], r["file_id"]), r["file_id"], r["doc_id"], r["stage"], r["reason"]) for r in early]
    refused += [Refused(_name(s), None, None, "ingest", reason) for s, reason in run.too_large]
    statuses: list[str] = []
    bad: list[FailedCheck] = []
    if run.verdict:
        files = run.verdict.refused_files
        refused += [Refused(names.get(files[d], files[d]), files[d], d, "validate", why) for d, why in run.verdict.refused.items()]
        statuses = run.verdict.checks["status"].to_pylist()
        bad = failed_checks(run.verdict.checks.to_pylist())
    recomputed = [w.stage_from for w in run.plan.stale]
    stages: dict[str, float] = {}
    for receipt in run.receipts:
        for stage, figures in receipt.timings.items():
            stages[stage] = stages.get(stage, 0.0) + figures["seconds"]
    return IngestResult(
        status=run.status,
        run_id=run.run_id,
        seconds=time.perf_counter() - began,
        generation=run.publication.generation,
        path=run.publication.path,
        files_new=run.row["files_new"],
        bytes_new=run.row["bytes_new"],
        duplicates=run.plan.duplicates,
        gone=len(run.plan.gone),
        articles_new=run.row["articles_new"],
        batches=len(run.receipts),
        rows_of=tuple(sorted({r.run_id for r in run.receipts} | {run.run_id})),
        recomputed={stage: recomputed.count(stage) for stage in dict.fromkeys(recomputed)},
        counts=run.counts(),
        checks={status: statuses.count(status) for status in sorted(set(statuses))},
        failed_checks=tuple(bad),
        refused=tuple(refused),
        documents_quarantined=run.row["documents_quarantined"],
        rows_quarantined=run.row["rows_quarantined"],
        reason=run.row["error"] or "",
        warning=run.warning,
        laps={**laps, **run.laps},
        stages=stages,
        **base,
    )


def _names(run: Run, wanted: set[str]) -> dict[str, str]:
    """The names of files: as this run met them, and of those that it worked on again as the warehouse knows them."""
    names = {s.file_id: _name(s) for s in reversed(run.plan.seen)}
    if unmet := sorted(wanted - names.keys()):
        with open_published(run.layout.root) as db:
            query = "SELECT file_id, min(name) FROM arrivals WHERE list_contains(?, file_id) GROUP BY 1"
            names |= dict(db.execute(query, [unmet]).fetchall())
    return names


def _name(source: Source) -> str:
    """As `arrivals` has it: valid Unicode, also where a file's name is not."""
    return base_name(source.uri)


def seen_now(settings: Settings, paths: Sequence[Path | str], stores: Stores | None = None) -> Discovery:
    """
    What lies under `paths` at this moment (default: the inputs of the settings, else the seeds folder).

    Raises UnreadableInput for a path that cannot be read, and where nothing but URLs were given and none can be read. Without
    `stores` only this machine is looked at.
    """
    given = [*paths] or [*settings.inputs]
    seeds = settings.seeds.resolve()
    urls, here = divided(given)
    if not given or (len(given) == 1 and here and here[0].resolve() == seeds):
        settings.seeds.mkdir(parents=True, exist_ok=True)
        return discover_seeds(seeds, settings.hidden_files)
    found = discover(here, settings.hidden_files)
    if urls and stores:
        failed = list_addresses(found, [parse(u, settings.remote_protocols) for u in urls], stores, settings.hidden_files)
        if failed == len(given):
            first = found.problems[0]
            reason, _, advice = first.reason.partition(". ")
            raise UnreadableInput(f"{first.uri} cannot be read: {reason}.", advice)
    return found


def divided(given: Sequence[Path | str]) -> tuple[list[str], list[Path]]:
    """URLs, and paths of this machine; a file:// URL is a path."""
    texts = [str(g) for g in given]
    urls = [t for t in texts if is_url(t) and not t.lower().startswith(SCHEME)]
    here = [Path(path_of(SCHEME + t[len(SCHEME) :]) if is_url(t) else t) for t in texts if t not in urls]
    return urls, here


def _not_yet_refused(layout: Layout, state: State, too_large: list[tuple[Source, str]]) -> list[tuple[Source, str]]:
    """Inputs that quarantine does not know as they are now: a file that stays too large is refused once."""
    if not too_large or not state.generation:
        return too_large
    with open_published(layout.root) as db:
        told = set(db.execute("SELECT key, reason FROM quarantine WHERE check_id = 'too_large'").fetchall())
    return [(source, reason) for source, reason in too_large if (source.uri, reason) not in told]


def _heal(settings: Settings, layout: Layout, state: State) -> None:
    """Publish what an earlier run committed and could not publish any more."""
    storage = import_module("tasks.storage.publish")  # late: DuckDB is not needed to see that nothing is new
    if storage.needs_publication(layout, state):
        storage.publish(layout, state, keep=settings.keep_generations, threads=settings.threads)


def _unchanged(
    status: str, layout: Layout, state: State, run_id: int, began: float, laps: Mapping[str, float], base: Mapping[str, Any],
    files_new: int = 0, bytes_new: int = 0, planned: tuple[tuple[str, int, int], ...] = (), todo: Plan | None = None,
) -> IngestResult:  # fmt: skip
    return IngestResult(
        status=status,
        run_id=run_id,
        seconds=time.perf_counter() - began,
        generation=state.generation or None,
        path=layout.generation(state.generation) if state.generation else None,
        files_new=files_new,
        bytes_new=bytes_new,
        duplicates=todo.duplicates if todo else 0,
        gone=len(todo.gone) if todo else 0,
        planned=planned,
        laps=laps,
        **base,
    )


def _forgotten(todo: Plan) -> Iterator[Problem]:
    for source in todo.forgotten:
        yield Problem(source.uri, "forgotten", "its content was forgotten on purpose and is not taken in again")


def _unread(source: Source, reason: str) -> Problem:
    return Problem(source.uri, "too_large", reason)


def _row(run_id: int, started_at: Any, status: str, flow: str = "ingest") -> dict[str, Any]:
    return {
        "run_id": run_id, "flow": flow, "started_at": started_at, "finished_at": now(), "status": status,
        "generation": None, "pipeline_version": pipeline_version(), "error": None,
    }  # fmt: skip


@contextmanager
def _noted_if_failed(
    layout: Layout, run_id: int, started_at: Any, dry_run: bool = False, flow: str = "ingest", alerts: list[Alert] | None = None
) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if not dry_run:
            text = error.message if isinstance(error, TaojinError) else f"{type(error).__name__}: {error}"
            if isinstance(error, KeyboardInterrupt):
                text = "It was stopped at once by a signal; finished batches are kept."
            if alerts is not None and not isinstance(error, Stopped | KeyboardInterrupt):  # whoever stopped it knows
                alerts.append(failed(run_id, flow, text))
            with suppress(DiskFault):  # the error itself is the news
                note(layout, _row(run_id, started_at, "failed", flow) | {"error": text[:500]})
        raise


@contextmanager
def _timed(laps: dict[str, float], name: str) -> Iterator[None]:
    """Time a step; without garbage collection, which would look at a hundred thousand records again and again."""
    began = time.perf_counter()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        laps[name] = time.perf_counter() - began


@contextmanager
def _stopping_at_ctrl_c(run: Run) -> Iterator[None]:
    """The first Ctrl-C lets the batches in hand end, the second ends their workers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        if run.stopping.is_set():
            run.workers.close()
            raise KeyboardInterrupt
        run.stopping.set()
        run.workers.stop()
        run.report("stopping", 0, 0, "Stopping after this batch. Press again to stop now; finished batches are kept.")

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
