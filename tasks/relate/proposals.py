"""Proposals as a TOML file that a person reads, corrects and commits."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable

from tasks.relate.boilerplate import Proposal

_TOP = """\
# Lines that pages of one site repeat, proposed by `taojin rules mine`. Nothing here acts yet.
# Read each rule and its examples, set `accepted = true` where no author wrote the lines, correct the label, and commit the
# file to tasks/clean/mined/. Rules that stay at false there are not proposed again.
"""


def to_toml(proposals: Iterable[Proposal]) -> str:
    """A file of rules, none of them accepted, each with its evidence."""
    return "\n".join([_TOP, *map(_table, proposals)])


def _table(p: Proposal) -> str:
    rows = [
        "[[rule]]", f"id = {_quoted(p.id)}", "accepted = false", f"label = {_quoted(p.label)}", f"site = {_quoted(p.site)}",
        f"context = {_listed(p.context)}", f"place = {_quoted(p.place)}", f"reach = {p.reach}", f"lines = {_listed(p.lines)}",
        f"stays_in = {_quoted(p.stays_in)}", f"documents = {p.documents}", f"of = {p.of}", f"why = {_quoted(p.why)}",
    ]  # fmt: skip
    for e in p.examples:
        rows += ["", "[[rule.example]]", f"doc_id = {_quoted(e.doc_id)}", f"name = {_quoted(e.name)}"]
        rows += [f"before = {_quoted(e.before[-60:])}", f"after = {_quoted(e.after[:60])}"]
    return "\n".join(rows) + "\n"


def _listed(lines: Iterable[str]) -> str:
    return "[" + "".join(f"\n    {_quoted(line)}," for line in lines) + ("\n]" if lines else "]")


def _quoted(text: str) -> str:
    """A TOML string in which nothing is invisible: control and format characters stand as codes."""
    spelt = json.dumps(text, ensure_ascii=False)
    return "".join(_code(c) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in spelt)


def _code(c: str) -> str:
    return f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}"
