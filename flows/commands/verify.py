"""taojin verify: every digest, every row count, every law."""

from __future__ import annotations

from flows.settings import Settings
from flows.terminal import print_json, say
from tasks.storage.verify import verify


def run(settings: Settings, quiet: bool, as_json: bool) -> int:
    """Exit code 1 when anything is at fault; each fault says what, where and what mends it."""
    findings = verify(settings.warehouse)
    if as_json:
        print_json({"faults": [{f: getattr(x, f) for f in x.__dataclass_fields__} for x in findings]})
        return 1 if findings else 0
    for finding in findings:
        where = " ".join(str(p) for p in (finding.path, finding.batch_id and f"batch {finding.batch_id}") if p)
        say(f"{finding.kind}: {finding.message}{f' ({where})' if where else ''}", "red")
        if finding.next_step:
            say(f"  {finding.next_step}")
    if findings:
        say(f"{len(findings)} fault{'' if len(findings) == 1 else 's'} found.")
        return 1
    if not quiet:
        say("No fault found: digests, row counts and laws A to C hold.")
    return 0
