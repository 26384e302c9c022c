"""taojin verify: every digest, every row count, every law; with --mend, what is at fault is made again."""

from __future__ import annotations

from collections.abc import Sequence

from flows.commands.existing import existing
from flows.commands.ingest import progress
from flows.mend import mend_all
from flows.settings import Settings
from flows.terminal import print_json, say, talk
from tasks.errors import UsageError
from tasks.storage.verify import Finding, strays, verify


def run(settings: Settings, quiet: bool, as_json: bool, mend: bool = False, drop_lost: bool = False) -> int:
    """Exit code 1 when anything is at fault; each fault says what, where and what mends it. After mending, what is still at fault."""
    if drop_lost and not mend:
        raise UsageError("--drop-lost says what to do about lost bytes while mending.", "Give it together with --mend.")
    layout = existing(settings.warehouse)
    findings = verify(settings.warehouse)
    said: tuple[str, ...] = ()
    if findings and mend:
        if not as_json:
            _told(findings)
        with progress(quiet or as_json) as report:
            done = mend_all(settings, findings, report, drop_lost=drop_lost)
        said = done.said
        for sentence in () if as_json or done.result else said:
            talk(sentence)
        findings = verify(settings.warehouse)
        if not as_json:
            say("Mended." if not findings else "After mending:")
    if as_json:
        print_json({"faults": [{f: getattr(x, f) for f in x.__dataclass_fields__} for x in findings], "mended": list(said)})
        return 1 if findings else 0
    _told(findings)
    if findings:
        say(f"{len(findings)} fault{'' if len(findings) == 1 else 's'} found.")
        return 1
    if not quiet:
        say("No fault found: digests, row counts and laws A to C hold.")
        count, size = strays(layout)
        if count:
            talk(f"{count:,} files that no manifest names take {size / 1e6:,.1f} MB: the next run that finds them a day old removes them.")
    return 0


def _told(findings: Sequence[Finding]) -> None:
    for finding in findings:
        where = " ".join(str(p) for p in (finding.path, finding.batch_id and f"batch {finding.batch_id}") if p)
        say(f"{finding.kind}: {finding.message}{f' ({where})' if where else ''}", "red")
        if finding.next_step:
            say(f"  {finding.next_step}")
