"""Every rule says why it is there and shows itself: specimens with the cut marked, and look-alikes that it leaves alone."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.rules import RULES as CLEANING
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.rules import RULES as SPLITTING
from tasks.split.stage import split
from tasks.text.rule import Rule

RULES = (*CLEANING, *SPLITTING)
MARKED = re.compile("⟦(.*?)⟧", re.DOTALL)
# Rules that only the pipeline as a whole shows; those of repair and furniture are held to their specimens beside their stages.
WHOLE = [rule for rule in RULES if rule.id.startswith(("split.", "page.html."))]
CUTS = [pytest.param(rule, text, id=f"{rule.id}-{no}") for rule in WHOLE for no, text in enumerate(rule.cuts)]
KEEPS = [pytest.param(rule, text, id=f"{rule.id}-{no}") for rule in WHOLE for no, text in enumerate(rule.keeps)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_has_its_reason_its_specimens_and_its_look_alikes(rule: Rule):
    assert (len(rule.why) >= 20 and rule.why[0].isupper()) or rule.why.startswith(("原标题",)), rule.why
    assert rule.label and rule.version >= 1
    assert rule.cuts, "no specimen shows what it cuts"
    assert rule.keeps, "no look-alike shows what it leaves alone"
    for text in rule.cuts:
        assert "".join(re.findall("[⟦⟧]", text)) == "⟦⟧" * len(MARKED.findall(text)) != "", "the cut is not marked"
    assert not any("⟦" in text or "⟧" in text for text in rule.keeps)


def test_no_two_rules_share_a_name():
    names = [rule.id for rule in RULES]
    assert len(names) == len(set(names))


def taken(rule: Rule, given: str) -> list[str]:
    """What a rule takes of a text or page; spans that touch each other are one."""
    data = given.encode()
    decoded = decode(pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow))
    assert (decoded["documents"]["rendering"][0].as_py() is not None) == given.startswith("<html>")
    cleaned = clean(decoded["documents"], decoded["blocks"])
    found: list[tuple[int, int, str]] = []
    for edit in sorted(split(decoded["documents"], cleaned["marks"], cleaned["flags"])["edits"].to_pylist(), key=lambda e: e["start"]):
        if edit["rule_id"] == rule.id:
            joined = found and found[-1][1] == edit["start"]
            found.append((found.pop()[0], edit["stop"], "") if joined else (edit["start"], edit["stop"], ""))
    text = decoded["documents"]["text"][0].as_py()
    return [text[start:stop] for start, stop, _ in found]


@pytest.mark.parametrize(("rule", "specimen"), CUTS)
def test_takes_exactly_what_is_marked(rule: Rule, specimen: str):
    shown = [re.sub("<[^>]*>", "", marked) for marked in MARKED.findall(specimen)]
    assert taken(rule, MARKED.sub(r"\1", specimen)) == shown


@pytest.mark.parametrize(("rule", "specimen"), KEEPS)
def test_leaves_look_alikes_alone(rule: Rule, specimen: str):
    assert taken(rule, specimen) == []
