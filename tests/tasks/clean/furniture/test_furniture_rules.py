"""Each rule of furniture on its own specimens: it cuts exactly what is marked and leaves its look-alikes alone."""

from __future__ import annotations

import re

import pytest

from tasks.clean.furniture import RULES, furnish
from tasks.clean.furniture.specimens import ALL_KEEPS, DATED, FRAME_BOTTOM, FRAME_TOP, HEAD
from tasks.text.ledger import Ledger

MARKED = re.compile("⟦(.*?)⟧", re.DOTALL)
CUTS = [pytest.param(rule, text, id=f"{rule.id}-{no}") for rule in RULES for no, text in enumerate(rule.cuts)]
KEEPS = [pytest.param(text, id=f"{rule.id}-{no}") for rule in RULES for no, text in enumerate(rule.keeps)]


def furnished(text: str) -> Ledger:
    ledger = Ledger(text)
    furnish(ledger)
    return ledger


@pytest.mark.parametrize(("rule", "specimen"), CUTS)
def test_cuts_exactly_what_is_marked(rule, specimen):
    text = MARKED.sub(r"\1", specimen)
    marks = [m for m in furnished(text).marks if m.rule_id == rule.id]
    assert [text[m.start : m.stop] for m in marks] == MARKED.findall(specimen)


@pytest.mark.parametrize("specimen", KEEPS)
def test_leaves_look_alikes_alone(specimen):
    assert furnished(specimen).marks == []


@pytest.mark.parametrize("specimen", ALL_KEEPS)
def test_leaves_articles_without_furniture_whole(specimen):
    assert furnished(specimen).marks == []


@pytest.mark.parametrize("specimen", [text for text in ALL_KEEPS if not text.startswith(HEAD)])
def test_leaves_articles_inside_furniture_whole(specimen):
    text = f"{FRAME_TOP}\n{HEAD}\n{DATED}\n{specimen}\n{FRAME_BOTTOM}"
    first = text.index(DATED) + len(DATED)
    last = first + len(specimen)
    assert [text[m.start : m.stop] for m in furnished(text).marks if first <= m.start < last] == []


def test_every_rule_has_both_kinds_of_specimen():
    assert [rule.id for rule in RULES if not rule.cuts or not rule.keeps] == []


def test_every_mark_names_a_rule():
    known = {rule.id for rule in RULES}
    for rule in RULES:
        for specimen in rule.cuts:
            assert {m.rule_id for m in furnished(MARKED.sub(r"\1", specimen)).marks} <= known
