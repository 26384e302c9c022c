"""Cut what accepted rules name, on pages of their site, at their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.clean.mined.rules import MINED, MinedRule
from tasks.text.edges import FOOT, HEAD, edge_lines, host_of, is_running
from tasks.text.ledger import CUT, Ledger, Line, Mark

MOST_RUNNING = 0.5  # share of a page's running text that mined rules may take together
WITNESSES = 2  # context lines that a page must show, where a rule has as many


def mark_mined(
    ledger: Ledger, doc_id: str = "", site: str | None = None, url: str | None = None, rules: Sequence[MinedRule] = MINED
) -> None:
    """
    Mark the boilerplate of one page. Expects furniture to be marked: places are counted in the lines that are left.

    Args:
        site, url: of the document, where known; a rule of another site never acts.
    """
    if not rules:
        return
    wanted = {line for rule in rules for line in rule.lines[:1]}
    lines = [line for line in ledger.view().lines() if line.shown.strip()]
    shown = [line.shown.strip() for line in lines]
    if wanted.isdisjoint(shown):
        return
    found = [(rule, at) for rule in _of_this_page(rules, ledger.text, doc_id, site, url) for at in _places(rule, shown)]
    running = sum(len(s) for s in shown if is_running(s))
    if sum(rule.running for rule, _ in found) > MOST_RUNNING * running:
        found = [(rule, at) for rule, at in found if not rule.running]
    owned: set[int] = set()
    for rule, at in found:
        block = range(at, at + len(rule.lines))
        if owned.isdisjoint(block):
            owned.update(block)
            for i in block:
                ledger.fill(_mark(lines[i], rule))


def _of_this_page(rules: Iterable[MinedRule], text: str, doc_id: str, site: str | None, url: str | None) -> list[MinedRule]:
    names = {name for name in (site, host_of(url)) if name}
    edges: set[str] | None = None
    mine = []
    for rule in rules:
        if rule.stays_in and rule.stays_in == doc_id:
            continue
        if names and rule.site:
            if rule.site in names:
                mine.append(rule)
            continue
        edges = edge_lines(text) if edges is None else edges
        if rule.context and sum(line in edges for line in rule.context) >= min(WITNESSES, len(rule.context)):
            mine.append(rule)
    return mine


def _places(rule: MinedRule, shown: list[str]) -> list[int]:
    """Where the rule's block stands, line for line, within its reach."""
    size = len(rule.lines)
    low, high = 0, len(shown) - size + 1
    if rule.place == HEAD:
        high = min(high, rule.reach)
    elif rule.place == FOOT:
        low = max(low, len(shown) - size - rule.reach + 1)
    return [i for i in range(low, high) if tuple(shown[i : i + size]) == rule.lines]


def _mark(line: Line, rule: MinedRule) -> Mark:
    return Mark(line.start, line.stop, CUT, rule.label, rule.id, confidence=0.95)
