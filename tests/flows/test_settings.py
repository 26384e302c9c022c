"""Settings: defaults < taojin.toml < environment < command line; what is wrong is said in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.settings import MIB, PROJECT, Settings, load
from tasks.errors import UsageError


def test_defaults_stand_where_nothing_is_said(tmp_path: Path):
    settings = load(environ={})
    assert settings == Settings()
    assert (settings.warehouse, settings.batch_bytes) == (PROJECT / "warehouse" / "data", 4 * MIB)


def test_the_nearer_source_wins(tmp_path: Path):
    config = tmp_path / "taojin.toml"
    config.write_text('workers = 2\nbatch_bytes = "8MiB"\nwarehouse = "w"\nmax_refused_share = 0.1\n')
    settings = load(config, {"TAOJIN_WORKERS": "3", "TAOJIN_BATCH_BYTES": "2MB"}, workers=4, batch_bytes=None)
    assert (settings.workers, settings.batch_bytes, settings.max_refused_share) == (4, 2_000_000, 0.1)
    assert settings.warehouse == tmp_path / "w", "relative to the file that says it"
    assert load(environ={"TAOJIN_CONFIG": str(config)}).workers == 2


def test_a_path_of_the_command_line_is_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert load(environ={}, warehouse="w x").warehouse == tmp_path / "w x"


@pytest.mark.parametrize(
    ("size", "count"), [("4194304", 4194304), ("4MiB", 4 * MIB), ("4 mb", 4_000_000), ("1.5k", 1500), ("64M", 64_000_000), (7, 7)]
)
def test_sizes_read_as_people_write_them(size: str | int, count: int):
    assert load(environ={}, batch_bytes=size).batch_bytes == count


@pytest.mark.parametrize(
    ("environ", "given", "says"),
    [
        ({"TAOJIN_WORKRES": "1"}, {}, "TAOJIN_WORKRES, which is no setting. Did you mean workers?"),
        ({"TAOJIN_WORKERS": "two"}, {}, "TAOJIN_WORKERS is 'two' and must be a whole number"),
        ({}, {"workers": 0}, "--workers is '0' and must be from 1 to 256"),
        ({}, {"batch_bytes": "big"}, "--batch-size is 'big' and must be a size"),
        ({}, {"batch_bytes": True}, "must be a size"),
        ({}, {"max_refused_share": "nan"}, "must be a number"),
        ({}, {"cutter": "knife"}, "must be rjieba or jieba"),
        ({"TAOJIN_HIDDEN_FILES": "perhaps"}, {}, "must be true or false"),
    ],
)
def test_what_is_wrong_is_said_with_its_source(environ: dict, given: dict, says: str):
    with pytest.raises(UsageError) as raised:
        load(environ=environ, **given)
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["workers = ", "wrokers = 1", "workers = 1.5", "workers = true", "[section]\nworkers = 1"])
def test_a_wrong_file_is_named(tmp_path: Path, text: str):
    config = tmp_path / "taojin.toml"
    config.write_text(text)
    with pytest.raises(UsageError) as raised:
        load(config, {})
    assert str(config) in str(raised.value)


def test_a_file_that_was_named_must_be_there(tmp_path: Path):
    with pytest.raises(UsageError):
        load(environ={"TAOJIN_CONFIG": str(tmp_path / "no.toml")})


def test_variables_of_the_launcher_and_the_tests_are_no_settings():
    assert load(environ={"TAOJIN_PYTHON": "x", "TAOJIN_CORPUS": "y", "TAOJIN_FAULT": "z", "OTHER": "1"}) == Settings()


def test_prefects_own_variable_counts():
    assert load(environ={"PREFECT_API_URL": "http://x/api"}).prefect_api_url == "http://x/api"
    assert load(environ={"PREFECT_API_URL": "http://x/api", "TAOJIN_PREFECT_API_URL": "http://y/api"}).prefect_api_url == "http://y/api"


def test_a_field_mapping_is_a_table_of_names(tmp_path: Path):
    path = tmp_path / "taojin.toml"
    path.write_text('[fields]\ntext = "正文内容"\ntitle = ["a.b", "headline"]\n', "utf-8")
    made = load(config=path, environ={})
    assert made.fields == {"text": ["正文内容"], "title": ["a.b", "headline"]} == made.for_workers["fields"]
    for wrong, sentence in (("txt = 'a'", "Did you mean text?"), ("text = 3", "a field's name"), ("text = []", "a field's name")):
        path.write_text(f"[fields]\n{wrong}\n", "utf-8")
        with pytest.raises(UsageError) as raised:
            load(config=path, environ={})
        assert sentence in f"{raised.value.message} {raised.value.hint}"
    with pytest.raises(UsageError):
        load(environ={"TAOJIN_FIELDS": "text"})
