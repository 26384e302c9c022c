"""Every repair rule is held to its own specimens: it marks exactly what ⟦ ⟧ encloses and leaves the look-alikes alone."""

from __future__ import annotations

import re

import pytest

from tasks.clean.repair import RULES, repair
from tasks.text.ledger import Ledger
from tasks.text.rule import Rule


def repaired(text: str) -> Ledger:
    ledger = Ledger(text)
    repair(ledger)
    return ledger


def cases(kind: str) -> list[tuple[Rule, str]]:
    return [(rule, specimen) for rule in RULES for specimen in getattr(rule, kind)]


@pytest.mark.parametrize(("rule", "specimen"), cases("cuts"), ids=lambda x: x.id if isinstance(x, Rule) else "")
def test_marks_exactly_what_the_specimen_encloses(rule: Rule, specimen: str) -> None:
    text, spans, at = "", [], 0
    for piece in re.split("([⟦⟧])", specimen):
        if piece == "⟦":
            at = len(text)
        elif piece == "⟧":
            spans.append((at, len(text)))
        else:
            text += piece
    marks = repaired(text).marks
    assert _joined([(m.start, m.stop) for m in marks if m.rule_id == rule.id]) == spans
    assert {m.rule_id for m in marks} <= {rule.id, "pinyin-gloss"}  # a shift of bytes never comes without glosses


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks that stand side by side as one: a guess has a mark of its own."""
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], stop
        else:
            joined.append((start, stop))
    return joined


@pytest.mark.parametrize(("rule", "specimen"), cases("keeps"), ids=lambda x: x.id if isinstance(x, Rule) else "")
def test_leaves_look_alikes_alone(rule: Rule, specimen: str) -> None:
    assert repaired(specimen).marks == []


def test_each_rule_is_named_once_and_has_both_kinds_of_specimen() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.why and rule.cuts and rule.keeps, rule.id
