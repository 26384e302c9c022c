"""taojin rules: every rule with what it did, and a file tried without a warehouse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.clean.mined import read_rules
from tasks.clean.rules import RULES as CLEANING
from tasks.split.rules import RULES as SPLITTING
from tests.tasks.relate.sites import FOOT, MIDDLE, SHARED, two_sites
from tests.tasks.storage.small import ingest, seeds

PAGE = "网站首页\n河口镇的水渠修好了，今年不怕旱。\x1b[31m红\u202e字。\n村民都来看。\n版权所有 河口在线\n甲ICP备12345678号\n"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    ingest(root, seeds())
    return root


@pytest.fixture
def taojin(capfd: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["rules", *arguments])
        return code, *capfd.readouterr()

    return run


def test_list_names_every_rule_of_the_code_and_older_ones_with_their_edits(taojin, warehouse: Path):
    code, out, _ = taojin("list", "--json", "-w", str(warehouse))
    rows = {r["rule_id"]: r for r in json.loads(out)}
    assert code == 0 and {r.id for r in (*CLEANING, *SPLITTING)} <= set(rows)
    assert rows["page.legal"]["edits"] == 0
    others = [r for i, r in rows.items() if i not in {r.id for r in (*CLEANING, *SPLITTING)}]
    assert sum(r["edits"] for r in others) > 5, "the small pipeline's own rules are in its edits"
    code, out, _ = taojin("list", "-w", str(warehouse))
    assert code == 0 and out.split()[:3] == ["rule_id", "rule_version", "label"]


def test_list_needs_no_warehouse(taojin, tmp_path: Path):
    code, out, _ = taojin("list", "-w", str(tmp_path / "none"))
    assert code == 0 and "page.legal" in out and "Nothing is published yet" in out
    assert not (tmp_path / "none").exists()


def test_show_marks_the_cut_and_names_look_alikes(taojin, tmp_path: Path):
    code, out, _ = taojin("show", "page.legal", "-w", str(tmp_path / "none"))
    assert code == 0 and "⟦凡本网注明" in out and "leaves alone:" in out and "why    " in out
    _, out, _ = taojin("show", "page.legal", "--json", "-w", str(tmp_path / "none"))
    assert set(json.loads(out)) == {"rule", "cuts", "keeps"}


def test_show_of_an_unknown_rule_offers_the_nearest(taojin, tmp_path: Path):
    code, _, err = taojin("show", "page.lega", "-w", str(tmp_path / "none"))
    assert code == 2 and "Did you mean page.legal?" in err


def test_a_file_is_tried_in_this_process_and_printed_literally(taojin, tmp_path: Path):
    file = tmp_path / "页.txt"
    file.write_bytes(PAGE.encode("gb18030"))
    code, out, _ = taojin("test", str(file))
    assert code == 0 and "\x1b" not in out and "\u202e" not in out and "\\x1b" in out and "\\u202e" in out
    assert "A ok" in out and "B ok" in out and "gb" in out.splitlines()[0]
    code, out, _ = taojin("test", str(file), "--json")
    [document] = json.loads(out)
    assert code == 0 and {e["rule_id"] for e in document["edits"]} >= {"split.newline"}
    assert list(tmp_path.iterdir()) == [file], "nothing is stored"


def test_a_file_that_cannot_be_read_and_an_unknown_rule_are_wrong_use(taojin, tmp_path: Path):
    code, _, err = taojin("test", str(tmp_path / "nothing.txt"))
    assert code == 2 and "cannot be read" in err
    (tmp_path / "a.txt").write_text("甲")
    assert taojin("test", str(tmp_path / "a.txt"), "--rule", "page.nothing")[0] == 2


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two")
    ingest(root, {f"{n}.txt": text.encode() for n, text in enumerate(two_sites(8, 3))}, batch_size=50)
    return root


def test_mine_writes_proposals_that_read_back_and_none_is_accepted(taojin, two: Path, tmp_path: Path):
    file = tmp_path / "proposals.toml"
    code, out, _ = taojin("mine", "-w", str(two), "-o", str(file))
    assert code == 0 and "commit the file to tasks/clean/mined/" in out
    rules = read_rules(file.read_bytes(), file.name)
    lines = {line for rule in rules for line in rule.lines}
    assert lines >= {*FOOT, MIDDLE} and lines.isdisjoint(SHARED) and not any(r.accepted for r in rules)
    assert taojin("mine", "-w", str(two), "-o", str(file))[0] == 2, "nothing is overwritten"


def test_mine_answers_as_json_and_writes_nothing(taojin, two: Path):
    code, out, _ = taojin("mine", "-w", str(two), "--json")
    found = json.loads(out)
    assert code == 0 and {"id", "lines", "place", "documents", "examples", "why"} <= set(found[0])
    _, out, _ = taojin("mine", "-w", str(two))
    assert "Nothing was written" in out


def test_mine_of_too_little_says_so(taojin, two: Path, warehouse: Path):
    assert "Nothing is repeated" in taojin("mine", "-w", str(warehouse))[1]
    assert taojin("mine", "-w", str(two), "--min-documents", "1")[0] == 2
    code, _, err = taojin("mine", "-w", str(two), "--site", "nowhere.example")
    assert code == 2 and "nowhere.example" in err
