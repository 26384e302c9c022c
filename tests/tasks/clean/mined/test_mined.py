"""Rules of single sites: read strictly, applied at their place on pages of their site, and never to a body."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tasks.clean.mined import MinedRule, mark_mined, read_rules
from tasks.clean.mined.rules import catalogued
from tasks.clean.rules import VERSIONS
from tasks.clean.stage import clean
from tasks.errors import UsageError
from tasks.storage.fingerprints import fingerprints
from tasks.text.ledger import Ledger
from tests.conftest import PROJECT

BODY = [f"第{n}天，磨坊里的人都在说新来的石匠，说他一个上午就把旧磨盘重新凿了一遍，连账房先生也出来看。" for n in "一二三四五六七八九十"]
LINE = "磨坊夜话每晚更新"
NOTE = "本文由磨坊夜话编辑部整理，图片从略。"
SITE = "mofang.example"


def rule(**changes: object) -> MinedRule:
    given = {"id": "mined.0a1b2c3d", "lines": (LINE,), "place": "foot", "reach": 2, "site": SITE, "accepted": True}
    return MinedRule(**(given | changes))


def left(lines: list[str], *rules: MinedRule, doc_id: str = "", site: str | None = SITE, url: str | None = None) -> list[str]:
    ledger = Ledger("\n".join(lines))
    mark_mined(ledger, doc_id, site, url, rules)
    return [x for x in ledger.view().shown.split("\n") if x]


def test_a_line_leaves_at_its_place_only():
    assert left([*BODY, LINE, "完"], rule()) == [*BODY, "完"]
    assert left([*BODY, LINE, "再说", "完"], rule()) == [*BODY, LINE, "再说", "完"], "out of reach"
    assert left([LINE, *BODY], rule()) == [LINE, *BODY], "the head is not the foot"
    assert left([*BODY, f"{LINE}！"], rule()) == [*BODY, f"{LINE}！"], "a line that is not equal"
    assert left([*BODY[:5], LINE, *BODY[5:]], rule(place="body", reach=0)) == BODY
    assert left(["", f"\u3000{LINE} ", *BODY], rule(place="head")) == BODY, "blanks around a line are no difference"


def test_a_block_leaves_whole_or_not_at_all():
    block = rule(lines=(LINE, "磨坊夜话 编读往来"))
    assert left([*BODY, *block.lines], block) == BODY
    assert left([*BODY, LINE], block) == [*BODY, LINE]


@pytest.mark.parametrize(
    ("site", "url", "leaves"),
    [(SITE, None, True), (None, f"https://user@{SITE}:8080/a?b", True), ("else.example", None, False), (None, None, False)],
)
def test_other_sites_are_left_alone(site: str | None, url: str | None, leaves: bool):
    assert (left([*BODY, LINE], rule(), site=site, url=url) == BODY) is leaves


def test_a_site_without_a_name_is_known_by_two_of_its_lines():
    known = rule(site="", context=("磨坊夜话 首页", "磨坊夜话 版权", "磨坊夜话 来信"))
    for n, expected in ((1, [*BODY, LINE]), (2, BODY), (3, BODY)):
        assert left([*known.context[:n], *BODY, LINE], known, site=None)[n:] == expected
    assert left([*known.context[:2], *BODY, LINE], known, site="else.example")[2:] == BODY, "the rule names no site"


def test_running_text_stays_in_one_document_and_never_takes_half_of_a_page():
    note = rule(lines=(NOTE,), stays_in="d" * 32)
    assert left([*BODY, NOTE], note, doc_id="e" * 32) == BODY
    assert left([*BODY, NOTE], note, doc_id="d" * 32) == [*BODY, NOTE]
    assert left(["短文", NOTE, LINE], note, rule(), doc_id="e" * 32) == ["短文", NOTE], "what is not running text still leaves"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"lines": []}, "has no lines"),
        ({"lines": [" x"]}, "has no lines"),
        ({"place": "middle"}, "has no place"),
        ({"reach": 0}, "has no place"),
        ({"site": ""}, "neither a site"),
        ({"lines": [NOTE]}, "running text"),
        ({"lines": [NOTE], "place": "body", "stays_in": "d"}, "running text"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(changes: dict, fault: str):
    given = {"id": "mined.ffffffff", "lines": [LINE], "place": "foot", "reach": 2, "site": SITE} | changes
    rows = [f"{k} = {str(v).replace(chr(39), chr(34)) if isinstance(v, list | int) else chr(34) + v + chr(34)}" for k, v in given.items()]
    with pytest.raises(UsageError, match="rule mined") as error:
        read_rules("\n".join(["[[rule]]", *rows]).encode(), "site.toml")
    assert fault in str(error.value)


@pytest.mark.parametrize("data", [b"\xff", b"[[rule", b'[[rule]]\nid = "x"'])
def test_a_broken_file_is_refused_by_name(data: bytes):
    with pytest.raises(UsageError, match=r"site\.toml"):
        read_rules(data, "site.toml")


def test_the_stage_applies_accepted_rules_and_names_their_version(monkeypatch: pytest.MonkeyPatch):
    mined = rule(version=3)
    monkeypatch.setattr("tasks.clean.stage.mark_mined", lambda *given: mark_mined(*given, rules=[mined]))
    monkeypatch.setitem(VERSIONS, mined.id, mined.version)
    text = "\n".join([*BODY, LINE])
    documents = pa.table({"doc_id": ["a" * 32, "b" * 32], "text": [text] * 2, "site": [SITE, "else.example"], "url": [None] * 2})
    [mark] = [m for m in clean(documents)["marks"].to_pylist() if m["rule_id"] == mined.id]
    assert (mark["doc_id"], mark["rule_version"], mark["label"], mark["action"]) == ("a" * 32, 3, "nav", "cut")
    assert catalogued([mined])[0].version == 3 and LINE in catalogued([mined])[0].cuts[0]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_committed_file_makes_cleaning_stale_and_acts_where_it_is_accepted(tmp_path: Path, accepted: bool):
    for folder in ("schemas", "tasks"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = fingerprints(None, tmp_path)
    state = f"accepted = {str(accepted).lower()}"
    table = f'[[rule]]\nid = "mined.0a1b2c3d"\n{state}\nlines = ["{LINE}"]\nplace = "foot"\nreach = 1\nsite = "{SITE}"\n'
    (tmp_path / "tasks/clean/mined/mofang.toml").write_text(table, "utf-8")
    after = fingerprints(None, tmp_path)
    assert {s for s in before if before[s] != after[s]} == {"clean", "enrich"}
    code = "from tasks.clean.stage import clean_text; from tasks.clean.rules import VERSIONS; import sys; "\
        "print([(m.rule_id, m.start) for m in clean_text(sys.argv[1], site=sys.argv[2]).marks], VERSIONS.get('mined.0a1b2c3d'))"
    done = subprocess.run(
        [sys.executable, "-c", code, "\n".join([*BODY, LINE]), SITE], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    at = len("\n".join(BODY)) + 1
    assert done.stdout.strip() == (f"[('mined.0a1b2c3d', {at})] 1" if accepted else "[] None")
