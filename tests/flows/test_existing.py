"""Commands that must not take a missing folder for a sound, empty warehouse; forget twice, by name, with its reason on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.__main__ import main
from schemas.ids import file_id
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tests.tasks.storage.small import TEXTS, ingest

DATA = TEXTS["甲.txt"].encode()


@pytest.mark.parametrize(
    "command", [["verify"], ["verify", "--mend"], ["compact"], ["rebuild"], ["backup", "COPY"], ["forget", "a" * 32, "--yes"]]
)
def test_a_mistyped_folder_is_told_and_not_made(command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    missing = tmp_path / "tpyo"
    arguments = [str(tmp_path / "copy") if a == "COPY" else a for a in command]
    assert main([*arguments, "-w", str(missing)]) == 2
    assert f"There is no warehouse in {missing}." in capfd.readouterr().err
    assert not any(tmp_path.iterdir())


def test_forgetting_by_name_gives_the_id_and_twice_is_no_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    ingest(tmp_path, {"甲.txt": DATA, "乙.txt": "另一篇\n正文在这里。".encode()})
    gone = file_id(DATA)
    assert main(["forget", "甲.txt", "--yes", "-w", str(tmp_path)]) == 2
    assert f"taojin forget {gone}" in capfd.readouterr().err
    assert main(["forget", gone, "--yes", "--reason", "asked by its author", "-w", str(tmp_path)]) == 0
    assert load_state(Layout.of(tmp_path)).tombstones[gone].endswith(" asked by its author")
    capfd.readouterr()
    assert main(["forget", gone, "-w", str(tmp_path)]) == 0
    said = capfd.readouterr().out
    assert "was forgotten before" in said and said.count("asked by its author") == 1


@pytest.mark.parametrize(
    "arguments",
    [["ingest", ""], ["status", "-w", ""], ["status", "--warehouse="], ["sql", "select 1", "-w", ""], ["backup", ""],
     ["export", "--hf", ""]],
)  # fmt: skip
def test_an_empty_argument_is_not_the_current_folder(arguments: list[str], tmp_path: Path, capfd, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2 and "is empty." in capfd.readouterr().err and not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [["export", "--parquet", "FILE/x"], ["backup", "FILE/x"], ["backup", "FILE"], ["status", "-w", "FILE"], ["compact", "-w", "FILE"]],
)
def test_a_file_where_a_folder_should_be_is_a_sentence(arguments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    root = tmp_path / "warehouse"
    ingest(root, {"甲.txt": DATA})
    file = tmp_path / "file"
    file.write_text("x")
    given = [a.replace("FILE", str(file)) for a in arguments]
    assert main([*given, *(() if "-w" in given else ("-w", str(root)))]) == 2
    said = capfd.readouterr().err
    assert str(file) in said and "Internal" not in said and len(said.strip().splitlines()) == 2


def test_an_option_is_named_as_it_was_typed(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    assert main(["ingest", "--batch-size", "viel", "-w", str(tmp_path)]) == 2
    assert "--batch-size is 'viel'" in capfd.readouterr().err
