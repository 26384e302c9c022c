"""Fingerprints: comments cost nothing, a rule costs its stage and what follows, nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.storage import fingerprints as fp
from tasks.storage.records import BatchRecord
from tests.conftest import PROJECT

DISTRIBUTION = {"chardetng_py": "chardetng-py", "charset_normalizer": "charset-normalizer", "opencc": "opencc", "pypinyin": "pypinyin",
                "rjieba": "rjieba", "jieba": "jieba", "lxml": "lxml", "cn2an": "cn2an", "numpy": "numpy", "pyarrow": "pyarrow"}


@pytest.fixture
def tree(tmp_path) -> Path:
    for folder in ("schemas", "tasks"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def changed(tree: Path, before: dict[str, str], settings: dict | None = None) -> set[str]:
    after = fp.fingerprints(settings, tree)
    return {s for s in before if before[s] != after[s]}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_comments_docstrings_and_blank_lines_change_nothing(tree):
    before = fp.fingerprints(None, tree)
    for path in tree.rglob("*.py"):
        text = path.read_text("utf-8")
        path.write_text(text.replace('"""', '"""Said in other words. ', 1) + "\n\n\n# a remark\n", "utf-8")
    assert changed(tree, before) == set()


@pytest.mark.parametrize(("module", "stages"), [
    ("tasks/decode/stage.py", {"decode", "clean", "enrich"}),
    ("tasks/clean/stage.py", {"clean", "enrich"}),
    ("tasks/split/stage.py", {"clean", "enrich"}),
    ("tasks/enrich/stage.py", {"enrich"}),
    ("tasks/text/ledger.py", {"clean", "enrich"}),
    ("tasks/storage/publish.py", set()),
    ("tasks/work.py", set()),
    ("schemas/articles.py", {"validate"}),
])
def test_code_counts_for_its_stage_and_those_after(module, stages, tree):
    before = fp.fingerprints(None, tree)
    with (tree / module).open("a") as f:
        f.write("\nADDED = 1\n")
    assert changed(tree, before) == stages


def test_every_rule_module_of_clean_counts_as_cleaning(tree):
    before = fp.fingerprints(None, tree)
    rules = [p for p in fp.modules_of(fp.DECLARED["clean"].entries, tree) if p.startswith(("tasks.clean.", "tasks.split."))]
    assert len(rules) > 5
    for name in rules:
        path = fp.modules_of(fp.DECLARED["clean"].entries, tree)[name]
        kept = path.read_text("utf-8")
        path.write_text(kept + "\nADDED = 1\n", "utf-8")
        assert changed(tree, before) == {"clean", "enrich"}, name
        path.write_text(kept, "utf-8")


def test_a_string_in_a_rule_counts(tree):
    (tree / "tasks/clean/odd.py").write_text('PATTERN = "版权"\n', "utf-8")
    edit(tree / "tasks/clean/stage.py", "import pyarrow as pa", "import pyarrow as pa\nfrom tasks.clean import odd")
    before = fp.fingerprints(None, tree)
    edit(tree / "tasks/clean/odd.py", "版权", "版權")
    assert changed(tree, before) == {"clean", "enrich"}


def test_rule_data_counts(tree):
    before = fp.fingerprints(None, tree)
    (tree / "tasks/enrich/places.tsv").write_text("北京\t110000\n", "utf-8")
    assert changed(tree, before) == {"enrich"}


def test_settings_and_libraries_count_where_they_are_declared(tree, monkeypatch):
    before = fp.fingerprints({"cutter": "rjieba"}, tree)
    assert changed(tree, before, {"cutter": "jieba"}) == {"enrich"}
    assert changed(tree, before, {"cutter": "rjieba", "workers": 7}) == set()
    monkeypatch.setattr(fp, "_version", lambda name: "9" if name == "pypinyin" else fp.version(name))
    assert changed(tree, before, {"cutter": "rjieba"}) == {"clean", "enrich"}


@pytest.mark.parametrize("stage", ["decode", "clean", "enrich"])
def test_what_a_stage_imports_is_declared(stage):
    declared = fp.DECLARED[stage]
    others = {n for n in fp.imported_by(fp.modules_of(declared.entries)) if n not in sys.stdlib_module_names}
    assert others <= set(DISTRIBUTION), "a new library: name its distribution here and in DECLARED"
    assert {DISTRIBUTION[n] for n in others} - set(fp.PLAIN) <= set(declared.libraries)


def test_stages_are_parsed_not_imported():
    code = "import sys; from tasks.storage.fingerprints import fingerprints; fingerprints(); " \
        "assert 'tasks.clean.stage' not in sys.modules and 'tasks.enrich.stage' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, env={"PYTHONPATH": str(PROJECT)})


def test_a_batch_is_stale_from_its_first_changed_stage():
    now = {"decode": "1", "clean": "1", "enrich": "1", "validate": "1"}

    def batch(refused=None, **then):
        return BatchRecord("b", ("f",), 1, now | then, (), refused or {})

    assert fp.stale_from(batch(), now) is None
    assert fp.stale_from(batch(clean="0", enrich="0"), now) == "clean"
    assert fp.stale_from(batch(enrich="0"), now) == "enrich"
    assert fp.stale_from(batch(validate="0"), now) is None
    assert fp.stale_from(batch(refused={"d": "why"}, validate="0"), now) == "decode"
    assert fp.stale_from(batch(refused={"d": "why"}), now) is None
