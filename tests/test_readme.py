"""Both READMEs tell the same story, and name only what is there."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from flows.__main__ import app
from tests.conftest import PROJECT

ENGLISH = (PROJECT / "README.md").read_text("utf-8")
CHINESE = (PROJECT / "README.zh-CN.md").read_text("utf-8")
BOTH = pytest.mark.parametrize("readme", [ENGLISH, CHINESE], ids=["English", "Chinese"])
COMMANDS = set(get_command(app).commands)  # type: ignore[attr-defined]
OF_THE_SCRIPT = {"test", "setup", "dask"}  # the shell script answers these itself


def blocks(readme: str) -> list[list[str]]:
    """The code blocks, comments and the words that a reader replaces taken out."""
    found = re.findall(r"^```\w*\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    return [[line.split("#")[0].rstrip() for line in block.splitlines() if line.split("#")[0].strip()] for block in found]


def test_both_have_the_same_sections_in_the_same_order():
    english, chinese = (len(re.findall(r"^## ", readme, re.MULTILINE)) for readme in (ENGLISH, CHINESE))
    assert english == chinese


def test_both_show_the_same_commands_and_settings():
    """But the block that shows dirt and the one that draws the stages: each says them in its own words."""
    english, chinese = ([b for b in blocks(readme) if b[0].startswith(("./", "import", "inputs", "["))] for readme in (ENGLISH, CHINESE))
    assert len(english) > 5
    assert [[line.replace("文件名", "FILE") for line in block] for block in chinese] == english


@BOTH
def test_every_command_is_there(readme: str):
    assert set(re.findall(r"\./taojin ([a-z]+)", readme)) - COMMANDS - OF_THE_SCRIPT == set()


@pytest.mark.parametrize(("readme", "head"), [(ENGLISH, "## Commands"), (CHINESE, "## 命令")], ids=["English", "Chinese"])
def test_the_table_names_every_command(readme: str, head: str):
    table = readme.split(head)[1].split("\n## ")[0]
    named = {word.split()[0] for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for word in re.findall(r"`([a-z]+[^`]*)`", row)}
    assert named == COMMANDS


@BOTH
def test_every_benchmark_and_path_is_there(readme: str):
    for name in set(re.findall(r"benchmarks\.([a-z_]+)", readme)):
        assert (PROJECT / "benchmarks" / f"{name}.py").exists() or (PROJECT / "benchmarks" / name / "__main__.py").exists(), name
    for path in re.findall(r"\]\(([^):]+)\)|`(tests/[\w./]+)`", readme):
        assert (PROJECT / "".join(path)).exists(), path


@BOTH
def test_every_setting_is_known(readme: str):
    source = (PROJECT / "flows" / "settings.py").read_text("utf-8")
    for name in set(re.findall(r"`([a-z]+_[a-z_]+)(?: = [^`]*)?`", readme)):
        columns = (PROJECT / "warehouse" / "DICTIONARY.md").read_text("utf-8")
        assert re.search(rf"\b{name}\b", source) or name in columns, name
