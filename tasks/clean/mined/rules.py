"""The files of mined rules, read once and held to their form: a wrong file stops the program, before it cuts anything."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from tasks.errors import UsageError
from tasks.text.edges import BODY, PLACES, REACH, is_running
from tasks.text.rule import Rule


@dataclass(frozen=True, slots=True)
class MinedRule:
    """One line or block that a site repeats; see the package's page for the meaning of each field."""

    id: str
    lines: tuple[str, ...]
    place: str
    label: str = "nav"
    reach: int = 0
    site: str = ""
    context: tuple[str, ...] = ()
    stays_in: str = ""
    accepted: bool = False
    version: int = 1
    documents: int = 0
    of: int = 0
    why: str = ""

    @property
    def running(self) -> int:
        """Characters of running text among the lines."""
        return sum(len(line) for line in self.lines if is_running(line))

    def fault(self) -> str | None:
        """What is wrong with the rule, as the end of a sentence."""
        if not self.lines or any(not line or line != line.strip() or "\n" in line for line in self.lines):
            return "has no lines, or lines that are blank or not stripped"
        if self.place not in PLACES or not (self.place == BODY or 0 < self.reach <= REACH + 1):
            return f"has no place: one of {', '.join(PLACES)}, with a reach from 1 to {REACH + 1} at the edges"
        if not self.site and not self.context:
            return "names neither a site nor lines by which its pages are known"
        if self.running and (self.place == BODY or not self.stays_in):
            return "is running text, which may only be cut at the edges and must name the document in which it stays"
        return None


def read_rules(data: bytes, name: str) -> list[MinedRule]:
    """The rules of one file, accepted or not. Raises UsageError that names the file, the rule and the fault."""
    try:
        tables = tomllib.loads(data.decode("utf-8")).get("rule", [])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{name} is no TOML file of rules: {error}.", "Write it anew with `taojin rules mine`.") from error
    wanted = {f.name for f in fields(MinedRule)}
    rules = []
    for table in tables:
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items() if k in wanted}
        try:
            rule = MinedRule(**given)
            fault = rule.fault()
        except (TypeError, AttributeError) as error:
            raise UsageError(f"{name}: rule {table.get('id')} is not whole: {error}.", "Write it anew with `taojin rules mine`.") from error
        if fault:
            raise UsageError(f"{name}: rule {rule.id} {fault}.", "Correct the file, or set accepted = false and remove the rule.")
        rules.append(rule)
    return rules


def _read_folder(folder: Path) -> list[MinedRule]:
    return [rule for path in sorted(folder.glob("*.toml")) for rule in read_rules(path.read_bytes(), path.name)]


def catalogued(rules: Iterable[MinedRule]) -> tuple[Rule, ...]:
    """Mined rules as `rules` and `taojin rules` show them; their lines are the specimen."""
    return tuple(
        Rule(r.id, r.label, r.why or f"Pages of {r.site or 'one site'} repeat it.", "clean", r.version, tuple(f"⟦{x}⟧" for x in r.lines))
        for r in rules
    )


KNOWN: tuple[MinedRule, ...] = tuple(_read_folder(Path(__file__).parent))
MINED: tuple[MinedRule, ...] = tuple(r for r in KNOWN if r.accepted)
RULES: tuple[Rule, ...] = catalogued(MINED)
