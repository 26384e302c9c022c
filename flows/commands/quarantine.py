"""taojin quarantine: what was refused, why, and how it passes.

A case is named RUN-NO, as `quarantine list` prints it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from flows.settings import Settings
from flows.terminal import as_json as to_json
from flows.terminal import cell, literal, print_json, print_table, say, talk
from tasks.errors import UsageError
from tasks.ingest.names import is_local, path_of
from tasks.storage.reader import open_published

_CASE = re.compile(r"([0-9]+)-([0-9]+)")
_LIST = """
    select q.run_id || '-' || q.quarantine_no as "case", q.stage, q.severity, coalesce(q.table_name, '') as table_name,
           coalesce(q.check_id, '') as check_id, coalesce(s.name, q.file_id, q.key) as file, q.reason
    from quarantine_open q left join seed_files s using (file_id)
    order by q.run_id desc, q.quarantine_no
"""


def run_list(warehouse: Path, as_json: bool) -> int:
    """Open cases, newest run first."""
    with open_published(warehouse) as db:
        cursor = db.execute(_LIST)
        names = [d[0] for d in cursor.description]
        rows = cursor.fetchall()
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif not rows:
        say("Nothing is in quarantine.")
    else:
        # Who reads a terminal gets one name for a check; what is empty in every row takes no room.
        shown = [(case, stage, severity, f"{table}.{check}" if table else check, file, reason)
                 for case, stage, severity, table, check, file, reason in rows]  # fmt: skip
        print_table(["case", "stage", "severity", "check", "file", "reason"], shown)
        say(f"{len(rows)} open.  taojin quarantine show {rows[0][0]}")
    return 0


def run_show(warehouse: Path, case: str, as_json: bool) -> int:
    """One case with its row, readable. Raises UsageError for a case that is not there."""
    run_id, number = _parse(case)
    with open_published(warehouse) as db:
        cursor = db.execute("select * from quarantine where run_id = ? and quarantine_no = ?", [run_id, number])
        names = [d[0] for d in cursor.description]
        row = cursor.fetchone()
        if row is None:
            raise UsageError(f"There is no case {case}.", "See taojin quarantine list.")
        found = dict(zip(names, row, strict=True))
        names_of = db.execute("select distinct name from arrivals where file_id = ?", [found["file_id"]]).fetchall()
        history = db.execute(
            "select action, outcome, reason, acted_by, acted_at from quarantine_actions where quarantine_run_id = ? and quarantine_no = ? "
            "order by run_id, action_no",
            [run_id, number],
        ).fetchall()
        is_open = db.execute("select count(*) from quarantine_open where run_id = ? and quarantine_no = ?", [run_id, number]).fetchone()[0]
    if as_json:
        names = ("action", "outcome", "reason", "acted_by", "acted_at")
        print_json(found | {"open": bool(is_open), "history": [dict(zip(names, act, strict=True)) for act in history]})
        return 0
    say(f"case      {case}   {found['severity']}, stage {found['stage']}")
    say(f"file      {', '.join(n for (n,) in names_of) or found['file_id'] or 'never read'}")
    for name in ("file_id", "doc_id", "table_name", "key", "check_id", "reason"):
        if found[name]:
            say(f"{name:<9} {cell(found[name])}")
    for name, value in _fields(found["row_json"]):
        shown = cell(value if not isinstance(value, dict | list) else to_json(value))
        say(f"  {name} = {shown if len(shown) <= 400 else shown[:400] + '…'}")
    for action, outcome, reason, by, at in history:
        say(f"{action:<9} {cell(at)} by {literal(by or 'somebody')}: {literal(outcome or '')}{f' ({literal(reason)})' if reason else ''}")
    if is_open:
        say(f"try again {found['replay']}")
    elif not history or history[-1][0] != "discard":
        say("closed    it passed since, or was refused again under a later number: taojin quarantine list shows what is open")
    return 0


def run_retry(settings: Settings, cases: list[str], run: int | None, quiet: bool, as_json: bool) -> int:
    """Take the documents of these cases (all open ones where none is named) through the pipeline again."""
    from flows.commands.ingest import perform  # slow imports, only where something is run

    wanted = [_parse(c) for c in cases]
    with open_published(settings.warehouse) as db:
        rows = db.execute("select run_id, quarantine_no, file_id, key from quarantine_open").fetchall()
    unknown = [f"{r}-{n}" for r, n in wanted if (r, n) not in {case[:2] for case in rows}]
    if unknown:
        raise UsageError(f"Not open in quarantine: {', '.join(unknown)}.", "See taojin quarantine list.")
    meant = [case for case in rows if (not wanted or case[:2] in wanted) and (run is None or case[0] == run)]
    chosen = [case[:3] for case in meant if case[2]]
    urls = []
    for r, n, _, key in (case for case in meant if not case[2]):
        if key and not is_local(key):
            urls.append(key)
        elif key and os.path.exists(path_of(key)):
            urls.append(path_of(key))
        else:
            talk(f"{r}-{n} was never read, and it is not there any more: put it back, or let the case go: "
                 f"taojin quarantine discard {r}-{n}", "yellow")
    if urls:
        talk(f"Asking again for {len(urls)} that {'was' if len(urls) == 1 else 'were'} never read: {', '.join(map(literal, urls[:3]))}")
        code = perform(settings, urls, quiet=quiet or (as_json and bool(chosen)), as_json=as_json and not chosen)
        if not chosen:
            return code
    if meant and not chosen:
        return 0
    if not chosen:
        say("Nothing is in quarantine." if run is None else f"Nothing of run {run} is in quarantine.")
        return 0
    return perform(settings, [], retry=chosen, quiet=quiet, as_json=as_json)


def run_discard(settings: Settings, cases: list[str], reason: str, quiet: bool, run: int | None = None) -> int:
    """Let cases go, these or all open ones of a run, with the reason on record."""
    from flows.discard import discard  # publishes: slow imports, only where something is changed

    wanted = list(dict.fromkeys(map(_parse, cases)))
    if bool(wanted) == (run is not None):
        raise UsageError("Name the cases to let go, or a run with --run.", "See taojin quarantine list.")
    if run is not None:
        with open_published(settings.warehouse) as db:
            wanted = db.execute("select run_id, quarantine_no from quarantine_open where run_id = ? order by 2", [run]).fetchall()
        if not wanted:
            say(f"Nothing of run {run} is in quarantine.")
            return 0
    generation = discard(settings, wanted, reason)
    if not quiet:
        named = ", ".join(f"{r}-{n}" for r, n in wanted[:8]) + (f" and {len(wanted) - 8:,} more" if len(wanted) > 8 else "")
        say(f"Discarded {len(wanted)}: {named}. Generation {generation} says so; the bytes are kept.")
        talk("taojin restore FILE_ID writes them; taojin forget FILE_ID removes them for good.")
    return 0


def _parse(case: str) -> tuple[int, int]:
    found = _CASE.fullmatch(case)
    if not found:
        raise UsageError(f"{case} names no case.", "A case reads like 2-1: run 2, number 1.")
    return int(found[1]), int(found[2])


def _fields(row_json: str | None) -> list[tuple[str, object]]:
    try:
        row = json.loads(row_json or "{}")
    except ValueError:
        return [("row", row_json)]
    return list(row.items()) if isinstance(row, dict) else [("row", row)]
