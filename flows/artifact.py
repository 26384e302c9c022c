"""A run as Markdown, for the artifact that Prefect shows: what came of it, what to look at, how long it took.

Names and reasons may hold crawled text, which Markdown would obey: links, pictures, tables. Every value is escaped, and characters that
hide or turn text are shown as codes, as in a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flows.terminal import literal

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:@/$])")
_SHOWN = ("files_seen", "files_new", "files_skipped", "bytes_new", "articles_new", "documents_quarantined", "rows_quarantined",
          "generation")  # fmt: skip
MOST = 30  # rows of a list
LONGEST = 200  # characters of a value


def still(value: object) -> str:
    """A value that Markdown shows as it is."""
    text = "" if value is None else f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    text = literal(text if len(text) <= LONGEST else text[:LONGEST] + "…")
    return _SIGNS.sub(r"\\\1", text)


def markdown(
    row: Mapping[str, Any], counts: Mapping[str, int], laps: Mapping[str, float], checks: Iterable[Mapping[str, Any]] = (),
    quarantine: Iterable[Mapping[str, Any]] = (),
) -> str:
    """
    `row` is the run's row of `runs`, `counts` rows by table, `laps` seconds by step; `checks` and `quarantine` are rows of those tables.
    """  # fmt: skip
    checks, quarantine = list(checks), list(quarantine)
    failing = [c for c in checks if c["status"] in ("failed", "errored")]
    failing.sort(key=lambda c: (c["severity"] != "critical", c["status"] != "errored", c["severity"] != "warning", -(c["unexpected"] or 0)))
    lines = [f"# Run {still(row['run_id'])}: {still(row['status'])}", "", _sentence(row, checks, failing, quarantine), ""]
    lines += _table(("", ""), ((name, row.get(name)) for name in _SHOWN))
    if failing:
        lines += ["## Checks that did not pass", ""]
        named = ((f"{c['table_name']}.{c['check_id']} {c['dimension']}".rstrip(), c) for c in failing[:MOST])
        rows = ((name, c["severity"], c["status"], c["unexpected"], c["evaluated"]) for name, c in named)
        lines += _table(("check", "severity", "status", "failing rows", "of"), rows)
    if quarantine:
        lines += ["## Held back", ""]
        cases = ((f"{q['run_id']}-{q['quarantine_no']}", q["stage"], q["check_id"], q["reason"]) for q in quarantine[:MOST])
        lines += _table(("case", "stage", "check", "reason"), cases)
        lines += [f"{len(quarantine):,} in all. Next: `taojin quarantine list`", ""]
    lines += ["## Rows", "", *_table(("table", "rows"), counts.items())]
    lines += ["## Seconds", "", *_table(("step", "seconds"), ((name, f"{seconds:.2f}") for name, seconds in laps.items()))]
    return "\n".join(lines)


def _sentence(row: Mapping[str, Any], checks: list, failing: list, quarantine: list) -> str:
    if row["status"] == "blocked":
        return f"Nothing new was published: {still(row.get('error'))}"
    passed = sum(c["status"] == "passed" for c in checks)
    said = [f"{row.get('articles_new') or 0:,} new articles", f"{passed:,} checks passed"] + [f"{len(failing):,} did not"] * bool(failing)
    held = len({q["doc_id"] or q["key"] or q["quarantine_no"] for q in quarantine})
    return ", ".join(said) + (f"; {held:,} documents or inputs are held back." if held else ".")


def _table(names: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return [*lines, *("| " + " | ".join(map(still, r)) + " |" for r in rows), ""]
