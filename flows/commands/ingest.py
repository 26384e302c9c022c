"""taojin ingest, as people see it: bars while it runs, then what was kept, cut, refused, and the next command."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.commands.status import print_failed
from flows.ingest import IngestResult, Refused, divided, ingest
from flows.judgement import counted, is_too_bad
from flows.run import Report
from flows.settings import Settings
from flows.terminal import TALK, literal, print_json, say, talk
from tasks.errors import UnreadableInput, UsageError
from tasks.ingest.names import base_name, is_url, shown
from tasks.ingest.remote.address import canonical, parse
from tasks.storage.reader import open_published

STAGES = {
    "discover": "discover",
    "read": "read new files",
    "start": "start workers and server",
    "process": "decode, clean, enrich",
    "validate": "validate",
    "commit": "commit",
    "publish": "publish",
}
SHOWN = 5  # refused documents, unread files and rules that are named one by one


def run(
    settings: Settings, paths: Sequence[Path | str], *, since: str | None = None, rehash: bool, dry_run: bool, timings: bool, quiet: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Exit code 0 when all went well or nothing was new, 1 when publication is blocked or what `fail_on` names happened."""
    urls, here = divided(paths)
    for url in urls:
        parse(url, settings.remote_protocols)
    for path in here:
        _readable(path)
    begin = moment(since) if since else None
    return perform(settings, paths, since=begin, rehash=rehash, dry_run=dry_run, timings=timings, quiet=quiet, as_json=as_json)


def perform(
    settings: Settings,
    paths: Sequence[Path | str],
    *,
    retry: Sequence[tuple[int, int, str | None]] = (),
    since: datetime | None = None,
    rehash: bool = False,
    dry_run: bool = False,
    timings: bool = False,
    quiet: bool = False,
    as_json: bool = False,
) -> int:
    """Run, and tell. `retry` names quarantine cases."""
    return tell(
        lambda report: ingest(settings, paths, report, rehash=rehash, dry_run=dry_run, retry=retry, since=since),
        settings, paths, timings=timings, quiet=quiet, as_json=as_json,
    )  # fmt: skip


def moment(text: str) -> datetime:
    """2026-11-01, 2026-11-01T06:30 or 36h, 7d, 90m before now. Without a zone: of this machine's clock. Raises UsageError."""
    if found := re.fullmatch(r"([0-9]{1,6})([mhd])", text.strip()):
        unit = {"m": "minutes", "h": "hours", "d": "days"}[found[2]]
        return datetime.now(UTC) - timedelta(**{unit: int(found[1])})
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except ValueError:
        hint = "Give a date (2026-11-01), a time (2026-11-01T06:30) or a span (36h, 7d)."
        raise UsageError(f"--since {text!r} is no moment.", hint) from None


def tell(
    work: Callable[[Report], IngestResult], settings: Settings, paths: Sequence[Path | str] = (), *, timings: bool, quiet: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Do the work under bars (a terminal) or a line a stage (a pipe), then print its result."""
    with progress(quiet or as_json) as report:
        result = work(report)
    if as_json:
        print_json(_plain(result))
    elif not quiet or result.status == "blocked":
        _summary(settings, paths, result)
        if timings:
            _timings(result)
    too_bad = is_too_bad(result.status, result.failed_checks, settings.fail_on)
    if too_bad and result.status != "blocked":
        asked = f"Published, but exit code 1 as asked (fail_on {settings.fail_on})"
        talk(f"{asked}: {_n(len(result.failed_checks), 'check')} did not pass.", "red")
    return 1 if too_bad else 0


def _plain(result: IngestResult) -> dict[str, Any]:
    return asdict(result)


def _readable(path: Path) -> None:
    """A path that was named must be there and open, or nothing is run."""
    try:
        if path.is_dir():
            next(path.iterdir(), None)
        else:
            with path.open("rb"):
                pass
    except OSError as error:
        why = {"FileNotFoundError": "no such file or folder", "PermissionError": "permission denied"}.get(type(error).__name__)
        raise UnreadableInput(
            f"Cannot read {literal(str(path))}: {why or error.strerror or error}.",
            "Give a file or folder, or put files into seeds/ and run taojin ingest.",
        ) from error


@contextmanager
def progress(silent: bool) -> Iterator[Report]:
    """A report that draws: bars in a terminal, one plain line a finished stage elsewhere; when silent, only alerts that reached nobody."""
    if silent:
        yield lambda stage, done, total, detail: talk(detail, "red") if stage == "alert" else None
    elif sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bars() -> Iterator[Report]:
    columns = (
        TextColumn("  {task.description:<24}"),
        BarColumn(20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=TALK, transient=True) as bars:
        tasks: dict[str, Any] = {}
        lock = threading.Lock()

        def report(stage: str, done: int, total: int, detail: str) -> None:
            if stage not in STAGES:
                bars.console.print(literal(detail or stage))
                return
            with lock:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(STAGES[stage], total=total or None, detail="")
                bars.update(tasks[stage], completed=done, total=total or None, detail=literal(detail))

        yield report


def _lines() -> Report:
    began = time.perf_counter()
    told: set[str] = set()

    def report(stage: str, done: int, total: int, detail: str) -> None:
        if stage not in STAGES:
            talk(detail or stage)
        elif stage not in told and total and done >= total:
            told.add(stage)
            talk(f"{stage:<9} {done:,}{f'  {detail}' if detail else ''}  {time.perf_counter() - began:.1f} s")

    return report


def _summary(settings: Settings, paths: Sequence[Path | str], r: IngestResult) -> None:
    where = " ".join(_named(str(p)) for p in paths or settings.inputs) or "seeds/"
    if r.specimens_only:
        talk("seeds/ holds no files of yours: the specimens in seeds/specimens/ stand in for them.")
    if r.status == "dry-run":
        _dry_run(r)
    elif r.status == "nothing-new":
        if r.files_seen:
            stand = "is" if r.files_known == 1 else "are"
            say(f"Nothing new: {_n(r.files_known, 'file')} in {where} {stand} in generation {r.generation}. {r.seconds:.1f} s")
        else:
            say(f"Nothing to do: there are no files in {where}. Put some there and run the same command again.")
    elif r.status == "blocked":
        say(f"BLOCKED: {r.reason} Nothing new was published; the data stay as they were.", "red")
        _refused(r.refused)
        say()
        say("  taojin quarantine list                        each case, with its reason")
        say(f"  taojin quarantine retry --run {r.run_id:<15} takes them up again")
    else:
        _done(settings, r)
    if r.status != "done":  # there the next command comes last
        _passed_over(r)


def _passed_over(r: IngestResult) -> None:
    """Inputs that were not taken; not those that were just told as held back."""
    told = {(c.name, c.reason) for c in r.refused}
    problems = [p for p in r.problems if (base_name(p.uri), p.reason) not in told]
    for problem in problems[:SHOWN]:
        talk(f"  passed over  {literal(shown(problem.uri))}: {problem.reason}", "yellow")
    if len(problems) > SHOWN:
        talk(f"  passed over  {len(problems) - SHOWN:,} more", "yellow")


def _named(given: str) -> str:
    """A path or URL without what is secret in it."""
    return literal(canonical(given)) if is_url(given) else given


def _done(settings: Settings, r: IngestResult) -> None:
    held = f" {_n(len(r.refused), 'document')} held back." if r.refused else ""
    what = [f"{_n(r.files_new, 'new file')}, {_n(r.articles_new, 'article')}"] if r.files_new else []
    what += [f"{_n(n, 'batch', 'batches')} done again from {stage}" for stage, n in r.recomputed.items()]
    what += [f"{_n(r.gone, 'file')} gone from the folder"] if r.gone else []
    said = "; ".join(what) or "names only"
    runs = list(r.rows_of)
    say(f"Done in {r.seconds:.1f} s: {said}. Published generation {r.generation}.{held}")
    say()
    with open_published(settings.warehouse) as db:
        kept, cut, repaired = db.execute(
            "select (select coalesce(sum(stop - start), 0) from kept where list_contains($1, run_id)), "
            "coalesce(sum(stop - start) filter (where action in ('cut', 'meta')), 0), "
            "coalesce(sum(stop - start) filter (where action = 'replace'), 0) from edits where list_contains($1, run_id)",
            [runs],
        ).fetchone()
        rules = db.execute(
            "select rule_id, count(*) as n, count(distinct doc_id) as docs from edits "
            "where list_contains($1, run_id) and label not in ('newline', 'indent', 'trailing_space') and action <> 'meta' "
            "group by 1 order by 2 desc, 1 limit 4",
            [runs],
        ).fetchall()
        flags = db.execute(
            "select kind, count(*), any_value(name order by name) from flags join documents using (doc_id) join seed_files using (file_id) "
            "where list_contains($1, flags.run_id) and severity <> 'info' group by 1 order by 2 desc, 1 limit 3",
            [runs],
        ).fetchall()
        first = db.execute(
            "select any_value(s.name order by s.name) from edits e join documents d using (doc_id) join seed_files s using (file_id) "
            "where list_contains($1, e.run_id) and e.action = 'cut' and e.label not in ('newline', 'indent', 'trailing_space')",
            [runs],
        ).fetchone()
    say(f"  kept       {kept:,} characters    cut {cut:,}    repaired {repaired:,}")
    if rules:
        say(f"  mostly     {', '.join(f'{n:,} {rule}' for rule, n, _ in rules)}")
    if r.checks:
        say(f"  checks     {counted(r.checks, r.failed_checks)}")
        print_failed(r.failed_checks)
    for i, (kind, n, name) in enumerate(flags):
        say(f"  {'look at' if not i else '':<10} {n:>3} {kind}   {name}", "yellow" if not i else None)
    _refused(r.refused)
    _passed_over(r)
    say()
    if first and first[0]:
        say(f"  taojin explain {literal(first[0])}     what was cut there, and why")
    say('  taojin sql "select title, author, published_at from articles"')


def _refused(refused: Sequence[Refused]) -> None:
    by_reason: dict[str, list[Refused]] = {}
    for case in refused:
        by_reason.setdefault(case.reason, []).append(case)
    for reason, cases in sorted(by_reason.items(), key=lambda x: -len(x[1]))[:SHOWN]:
        names = ", ".join(literal(c.name) for c in cases[:3]) + ("…" if len(cases) > 3 else "")
        say(f"  held back  {len(cases):>3}  {reason}   {names}", "yellow")
    if refused:
        say("             taojin quarantine list")


def _dry_run(r: IngestResult) -> None:
    new = sum(1 for stage, _, _ in r.planned if stage == "decode")
    known = f"{r.files_known:,} known, {r.gone:,} gone"
    say(f"Would take in {_n(r.files_new, 'new file')}, {r.bytes_new:,} bytes; {known}.")
    if r.unfetched:
        say(f"Would fetch {_n(r.unfetched, 'object')}, {r.bytes_unfetched:,} bytes as listed; what is in them is known only then.")
    say("Nothing was changed.")
    for stage, files, size in r.planned:
        say(f"  batch of {_n(files, 'file')}, {size:,} bytes, from {stage}")
    if not r.planned and not r.unfetched:
        say("  no batch to work on")
    elif new or r.unfetched:
        say("  taojin ingest    does it")


def _timings(r: IngestResult) -> None:
    say()
    say("  step                         seconds")
    for name, seconds in r.laps.items():
        say(f"  {name:<28} {seconds:7.2f}")
    for name, seconds in r.stages.items():
        say(f"  {'workers: ' + name:<28} {seconds:7.2f}")
    say(f"  {'whole command':<28} {r.seconds:7.2f}")


def _n(count: int, word: str, many: str = "") -> str:
    return f"{count:,} {word if count == 1 else many or word + 's'}"
