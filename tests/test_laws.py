"""Laws A to D through the real command, on everything that may lie in a folder.

    law A   kept spans and edits are the document, and are the articles      `taojin verify`
    law B   text and decodings give the bytes back                           `taojin verify`
    law C   `taojin restore` gives every file's bytes as they came
    law D   order, batches and workers change no row of data

A run over such a folder ends with exit code 0, and says of each thing that is no file of ours, in one sentence, why.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from flows.server import PrefectServer
from schemas.ids import file_id
from tasks.ingest.names import path_of
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.restore import restore_bytes
from tests.conftest import PROJECT
from tests.laws import hostile
from tests.laws.command import Command, differences, rows_in_all

LAW_FILES = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, hostile.Left]:
    """All that is hostile and small."""
    folder = tmp_path_factory.mktemp("hostile") / "来的 files"
    folder.mkdir()
    return folder, hostile.write(folder)


@pytest.fixture(scope="module")
def taken(folder: tuple[Path, hostile.Left], tmp_path_factory: pytest.TempPathFactory, prefect_server: PrefectServer) -> Command:
    """A warehouse that took the folder in at once."""
    command = _command(tmp_path_factory.mktemp("taken"), prefect_server)
    answer = command("ingest", folder[0], "--json", "--workers", "1")
    assert answer.code == 0, answer.err
    reported = {os.fsencode(path_of(p["uri"])): p["reason"] for p in answer.json["problems"]}
    assert {os.path.basename(path) for path in reported} == folder[1].passed_over
    assert all(reason and "\n" not in reason for reason in reported.values())
    assert answer.json["refused"] == []
    return command


def test_a_folder_of_everything_hostile_keeps_the_laws(folder: tuple[Path, hostile.Left], taken: Command):
    _expect_lawful(taken, folder[1].files.values())
    said = taken("ingest", folder[0])
    assert said.code == 0 and "Nothing new" in said.out and "Traceback" not in said.err
    assert said.err.count("passed over") == len(folder[1].passed_over) or "1 more" in said.err


def test_every_name_is_an_arrival_and_leads_back(folder: tuple[Path, hostile.Left], taken: Command):
    root = os.fsencode(folder[0])
    arrivals = {os.fsencode(path_of(uri)): content for uri, content in taken.ask("select uri, file_id from arrivals")}
    assert arrivals == {os.path.join(root, name): file_id(data) for name, data in folder[1].files.items()}


@pytest.mark.parametrize("name", ["random-4097.bin", "utf-16-le-bom.txt", "empty.txt"])
def test_the_command_restores_bytes_into_a_file_and_a_pipe(folder: tuple[Path, hostile.Left], taken: Command, name: str, tmp_path: Path):
    data = folder[1].files[name.encode()]
    assert taken("restore", name, "-o", tmp_path / "back").code == 0
    assert (tmp_path / "back").read_bytes() == data
    with taken.start("restore", file_id(data)) as process:
        assert process.stdout.buffer.read() == data


@pytest.mark.slow
def test_other_order_batches_and_workers_make_equal_tables(
    folder: tuple[Path, hostile.Left], taken: Command, tmp_path: Path, prefect_server: PrefectServer
):
    """Law D, and an increment against a full publication, and `rebuild` against both."""
    other = _command(tmp_path, prefect_server)
    some = [name for name in sorted(folder[1].files) if name[:1] > b"h" and b"/" not in name][::2]
    first = other("ingest", *(os.fsdecode(os.path.join(os.fsencode(folder[0]), n)) for n in some), "--json", "--workers", "2",
                  "--batch-size", "4KiB")
    assert first.code == 0 and first.json["batches"] > 2, first.err
    second = other("ingest", folder[0], "--json", "--workers", "2", "--batch-size", "64KiB")
    assert second.code == 0 and second.json["batches"] > 3 and second.json["files_known"] > 20, second.err
    [(mode,)] = other.ask("select mode from _publication")
    assert mode == "increment"
    assert differences(taken.warehouse, other.warehouse) == {}
    rows = rows_in_all(taken.warehouse)
    assert min(rows[t] for t in ("documents", "articles", "kept", "edits", "terms", "sentences", "vocabulary", "arrivals", "rules")) > 20
    assert other("rebuild", "--quiet").code == 0
    [(mode,)] = other.ask("select mode from _publication")
    assert mode == "full"
    assert differences(taken.warehouse, other.warehouse) == {}
    assert other("verify").code == 0


@pytest.mark.slow
def test_the_specimens_keep_the_laws(tmp_path: Path, prefect_server: PrefectServer):
    command = _command(tmp_path, prefect_server)
    specimens = [p for p in sorted((PROJECT / "seeds" / "specimens").iterdir()) if p.name != "README.md"]
    assert command("ingest", *specimens, "--quiet").code == 0
    _expect_lawful(command, [p.read_bytes() for p in specimens])


@pytest.mark.slow
def test_the_real_seeds_keep_the_laws_in_any_order(real_seeds: list[Path], tmp_path: Path, prefect_server: PrefectServer):
    together, apart = _command(tmp_path / "together", prefect_server), _command(tmp_path / "apart", prefect_server)
    assert together("ingest", real_seeds[0].parent, "--quiet").code == 0
    _expect_lawful(together, [p.read_bytes() for p in real_seeds])
    for seeds in (real_seeds[3:], real_seeds[:1], [real_seeds[0].parent]):
        assert apart("ingest", *seeds, "--quiet", "--workers", "1", "--batch-size", "1").code == 0
    assert differences(together.warehouse, apart.warehouse) == {}
    assert rows_in_all(together.warehouse)["links"] > 10


@pytest.mark.slow
def test_statutes_keep_the_laws_and_stay_whole(corpus: Path, tmp_path: Path, prefect_server: PrefectServer):
    """Clean official texts: layout and zero-width characters may leave them, and the title may be told apart; nothing else."""
    source = corpus / "data" / "law.tar.gz"
    if not source.is_file():
        pytest.skip(f"no statutes at {source}")
    folder = tmp_path / "statutes"
    folder.mkdir()
    with tarfile.open(source) as tar:
        texts = [m for m in tar if m.isfile() and m.name.endswith(".txt")]
        for n, member in enumerate(random.Random(3).sample(texts, LAW_FILES)):
            (folder / f"{n}.txt").write_bytes(tar.extractfile(member).read())
    whole, pieces = _command(tmp_path / "whole", prefect_server), _command(tmp_path / "pieces", prefect_server)
    assert whole("ingest", folder, "--quiet", "--workers", "1").code == 0
    _expect_lawful(whole, [p.read_bytes() for p in folder.iterdir()])
    changed = whole.ask(
        "select label, before, count(*) from edits "
        "where action <> 'newline' and label not in ('newline', 'indent', 'trailing_space', 'title') "
        "and not (label = 'invisible' and regexp_full_match(before, '[\\x{200b}-\\x{200d}\\x{2060}\\x{feff}]+')) group by all"
    )
    assert all(label == "other" and not before.strip() for label, before, _ in changed), changed
    assert pieces("ingest", *sorted(folder.iterdir())[::3], "--quiet", "--workers", "2", "--batch-size", "64KiB").code == 0
    assert pieces("ingest", folder, "--quiet", "--workers", "2", "--batch-size", "256KiB").code == 0
    assert differences(whole.warehouse, pieces.warehouse) == {}


@pytest.mark.slow
def test_one_line_of_50_MB_and_half_a_million_lines_keep_the_laws(tmp_path: Path, prefect_server: PrefectServer):
    folder = tmp_path / "big"
    folder.mkdir()
    big = hostile.sizes()
    for name, data in big.items():
        (folder / name).write_bytes(data)
    command = _command(tmp_path, prefect_server)
    assert command("ingest", folder, "--quiet", "--workers", "1").code == 0
    _expect_lawful(command, big.values())
    assert sorted(n for (n,) in command.ask("select char_count from documents")) == [1_000_000, len(big["one-line-50MB.txt"].decode())]


@pytest.mark.slow
def test_a_file_over_the_limit_is_held_back_with_a_sentence_and_costs_no_neighbour(tmp_path: Path, prefect_server: PrefectServer):
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "large's file.txt").write_text(hostile.prose(1, 5000))
    (folder / os.fsdecode(b"large-\xff.txt")).write_text(hostile.prose(2, 5000))
    (folder / "small.txt").write_text(hostile.PAGE)
    command = _command(tmp_path, prefect_server)
    answer = command("ingest", folder, "--json", TAOJIN_RECORD_LIMIT_BYTES="2000")
    assert answer.code == 0 and answer.json["files_new"] == 1
    assert {case["name"] for case in answer.json["refused"]} == {"large's file.txt", "large-%FF.txt"}
    assert all("bytes in one record (record_limit_bytes is 2,000)" in case["reason"] for case in answer.json["refused"])
    cases = command.ask("select check_id, replay from quarantine order by key")
    assert [check for check, _ in cases] == ["too_large"] * 2
    for check, replay in cases:  # the command that is offered names the file, however it is written
        path = subprocess.run(["bash", "-c", f"taojin() {{ printf %s \"$2\"; }}; {replay}"], capture_output=True, check=True).stdout
        assert os.path.isfile(path), (check, replay)
    assert command("ingest", folder, "--json").json["files_new"] == 2, "under a higher limit they come in"
    _expect_lawful(command, [p.read_bytes() for p in folder.iterdir()], "that no manifest names")  # the limit is part of what decoding is


@pytest.mark.parametrize("planted", ["kept", "documents", "bytes"])
def test_a_planted_fault_is_found(taken: Command, tmp_path: Path, prefect_server: PrefectServer, planted: str):
    """The proofs above rest on `verify`: here it must fail."""
    shutil.copytree(taken.warehouse, tmp_path / "warehouse", symlinks=True)
    command = _command(tmp_path, prefect_server)
    layout = Layout.of(command.warehouse)
    [record, *_] = [f for f in load_state(layout).files() if f.table == {"bytes": "contents"}.get(planted, planted)]
    data = bytearray(layout.path(record).read_bytes())
    data[len(data) // 2] ^= 1
    layout.path(record).chmod(0o644)
    layout.path(record).write_bytes(data)
    answer = command("verify")
    assert answer.code == 1 and "was changed after it was written" in answer.out


def _command(folder: Path, server: PrefectServer) -> Command:
    folder.mkdir(parents=True, exist_ok=True)
    return Command(folder / "warehouse", server.settings.prefect_home, server.url)


def _expect_lawful(command: Command, contents, beside: str = "") -> None:
    """Verify finds nothing, says nothing but `beside`, every content is a document, and every content comes back."""
    answer = command("verify")
    assert answer.code == 0 and (beside in answer.err if beside else not answer.err), answer.out + answer.err
    wanted = {file_id(data): data for data in contents}
    assert {f for (f,) in command.ask("select file_id from documents")} == wanted.keys(), "a content is no document, or none of ours is one"
    for content, data in wanted.items():
        assert restore_bytes(command.warehouse, content) == data
