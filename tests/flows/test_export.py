"""taojin export: what leaves is what is published, whole or not at all, with its card; private data leaves only where it may."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import flows.export.write as write
from flows.__main__ import main
from flows.export.masked import mask_batch
from flows.export.write import export
from tasks.errors import UsageError
from tasks.storage.reader import open_published
from tests.tasks.storage.small import ingest, seeds

PHONE = "13912345678"
HOSTILE = f"../../标题|<script>alert(1)</script>\n=SUM(A1)\x1b[31m正文\u202e。\n\n# 联系电话 {PHONE} 转告。\n"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    ingest(root, {**seeds(), "../恶|意.txt".replace("/", "_"): HOSTILE.encode()})
    return root


@pytest.fixture(scope="module")
def published(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(warehouse) as db:
        yield db


def expect_listed(folder: Path) -> dict:
    """Every file is in export.json with its digest, and no other is there."""
    mark = json.loads((folder / "export.json").read_text())
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"export.json"}
    assert there == {f["path"] for f in mark["files"]}
    for file in mark["files"]:
        assert sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    return mark


def test_parquet_holds_every_table_row_for_row(warehouse: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path):
    done = export(warehouse, tmp_path / "out", "parquet")
    expect_listed(tmp_path / "out")
    names = {n for (n,) in published.execute("SELECT table_name FROM duckdb_tables() WHERE table_name[1] <> '_'").fetchall()}
    assert {p.name for p in done.parts} == names and len(names) > 20
    with duckdb.connect() as db:
        for name in sorted(names):
            columns = ", ".join(f'"{c}"' for c, *_ in next(p.columns for p in done.parts if p.name == name))
            files = f"read_parquet('{tmp_path}/out/{name}/**/*.parquet', hive_partitioning = true)"
            theirs = db.execute(f"SELECT {columns} FROM {files}").fetchall()
            ours = published.execute(f'SELECT {columns} FROM "{name}"').fetchall()
            assert sorted(map(repr, theirs)) == sorted(map(repr, ours)), name
        assert db.execute(f"SELECT DISTINCT typeof(published_year) FROM read_parquet('{tmp_path}/out/articles/**/*.parquet')").fetchall()


def test_articles_are_split_by_year(tmp_path: Path):
    rows = pa.record_batch({"published_year": pa.array([2010, 2010, 2012, None], pa.int32()), "x": [1, 2, 3, 4]})
    assert [(year, piece["x"].to_pylist()) for year, piece in write._by_year(rows)] == [(2010, [1, 2]), (2012, [3]), (None, [4])]
    pieces = write._rechunked(iter([rows, rows, rows]), 5)
    assert [sum(b.num_rows for b in chunk) for chunk in pieces] == [5, 5, 2]


def test_a_delta_table_is_a_log_that_tells_its_files(warehouse: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path):
    export(warehouse, tmp_path / "out", "delta", ["articles", "runs", "private_data"])
    expect_listed(tmp_path / "out")
    for name in ("articles", "runs", "private_data"):
        root = tmp_path / "out" / name
        actions = [json.loads(line) for line in (root / "_delta_log" / "00000000000000000000.json").read_text().splitlines()]
        (protocol,) = [a["protocol"] for a in actions if "protocol" in a]
        (meta,) = [a["metaData"] for a in actions if "metaData" in a]
        added = [a["add"] for a in actions if "add" in a]
        assert protocol == {"minReaderVersion": 1, "minWriterVersion": 2}
        fields = {f["name"]: f["type"] for f in json.loads(meta["schemaString"])["fields"]}
        count = published.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        assert sum(json.loads(a["stats"])["numRecords"] for a in added) == count
        for file in added:
            schema = pq.read_schema(root / file["path"])
            assert set(schema.names) == set(fields) - set(meta["partitionColumns"])
            assert set(file["partitionValues"]) == set(meta["partitionColumns"])
            assert (root / file["path"]).stat().st_size == file["size"]
            assert all(f.type.tz == "UTC" for f in schema if pa.types.is_timestamp(f.type))


def test_deltalake_and_polars_read_a_delta_table(warehouse: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path):
    deltalake = pytest.importorskip("deltalake", reason="deltalake is no dependency; install it to try its reader")
    export(warehouse, tmp_path / "out", "delta", ["articles"])
    table = deltalake.DeltaTable(str(tmp_path / "out" / "articles")).to_pyarrow_table()
    assert sorted(table["article_id"].to_pylist()) == sorted(r[0] for r in published.execute("SELECT article_id FROM articles").fetchall())


def test_jsonl_is_an_article_a_line_with_its_metadata(warehouse: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch):
    monkeypatch.setitem(write.ROWS_OF_FILE, "jsonl", 2)
    export(warehouse, tmp_path / "out", "jsonl")
    lines = [line for p in sorted((tmp_path / "out" / "data").iterdir()) for line in p.read_bytes().split(b"\n") if line]
    told = [json.loads(line) for line in lines]
    assert {a["article_id"]: a["text"] for a in told} == dict(published.execute("SELECT article_id, text FROM articles").fetchall())
    assert all(isinstance(a["metadata"], dict) and isinstance(a["keywords"], list) for a in told)
    assert len(list((tmp_path / "out" / "data").iterdir())) == -(-len(told) // 2)


def test_the_dataset_folder_has_its_card(warehouse: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path):
    export(warehouse, tmp_path / "out", "hf")
    expect_listed(tmp_path / "out")
    [file] = (tmp_path / "out" / "data").iterdir()
    assert file.name == "train-00000-of-00001.parquet"
    count = published.execute("SELECT count(*) FROM articles").fetchone()[0]
    assert pq.read_table(file).num_rows == count
    card = (tmp_path / "out" / "README.md").read_text()
    assert card.startswith("---\nlanguage:\n- zh\n") and f"| articles | {count:,} |" in card and "Generation 1" in card
    assert "data/train-*.parquet" in card and "belong to their authors" in card
    for name, _, meaning in published.execute(
        "SELECT column_name, 1, comment FROM duckdb_columns() WHERE table_name = 'articles'"
    ).fetchall():
        assert f"| `{name}` |" in card and meaning.split(".")[0].replace("|", "\\|") in card
    assert "script" not in card.replace("`script`", "").split("## Columns")[0] and "SUM(" not in card


@pytest.mark.parametrize("fmt", ["parquet", "delta", "jsonl", "hf"])
def test_private_data_is_masked_everywhere(warehouse: Path, tmp_path: Path, fmt: str):
    def holds(folder: Path) -> bool:
        for path in folder.rglob("*"):
            if path.is_file():
                text = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text()
                if PHONE in text:
                    return True
        return False

    export(warehouse, tmp_path / "plain", fmt)
    done = export(warehouse, tmp_path / "masked", fmt, masked=True)
    assert holds(tmp_path / "plain") and not holds(tmp_path / "masked")
    mark = expect_listed(tmp_path / "masked")
    assert mark["masked"] is True and (fmt in ("jsonl", "hf") or {"documents", "edits", "sentences"} <= set(done.left_out))


def test_spans_of_the_warehouse_are_masked_too():
    batch = pa.record_batch({"article_id": ["a" * 32], "text": ["找周先生，房号七。"], "title": ["找周先生"]})
    [row] = mask_batch(batch, {"a" * 32: [(1, 4, "周**")]}).to_pylist()
    assert row == {"article_id": "a" * 32, "text": "找周**，房号七。", "title": "找周先生"}


def test_a_table_that_cannot_be_masked_is_refused_by_name(warehouse: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="documents cannot be masked"):
        export(warehouse, tmp_path / "out", "parquet", ["documents"], masked=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("strange", ["mine.txt", "articles/mine.parquet", "data/x"])
def test_only_an_export_is_replaced_and_only_if_nobody_added_to_it(warehouse: Path, tmp_path: Path, strange: str):
    out = tmp_path / "out"
    export(warehouse, out, "parquet", ["articles"])
    export(warehouse, out, "jsonl")  # another format takes its place
    assert not (out / "articles").exists() and (out / "data").exists()
    (out / strange).parent.mkdir(exist_ok=True)
    (out / strange).write_text("mine")
    with pytest.raises(UsageError, match="that no export wrote"):
        export(warehouse, out, "jsonl")
    assert (out / strange).read_text() == "mine" and [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_left_alone(warehouse: Path, tmp_path: Path):
    for text in ("", "[]", '{"files": [{"path": "mine"}]}', '{"taojin_export": 1, "files": [1]}'):
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        (out / "mine").write_text("x")
        (out / "export.json").write_text(text)
        with pytest.raises(UsageError, match=r"no earlier export|no export wrote"):
            export(warehouse, out, "hf")
        assert (out / "mine").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        export(warehouse, tmp_path / "file", "hf")


def test_an_export_that_breaks_leaves_what_was_there(warehouse: Path, tmp_path: Path, monkeypatch):
    export(warehouse, tmp_path / "out", "jsonl")
    before = expect_listed(tmp_path / "out")
    monkeypatch.setattr(write, "card", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(warehouse, tmp_path / "out", "jsonl")
    assert expect_listed(tmp_path / "out") == before and [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_export_that_cannot_take_its_place_leaves_what_was_there(warehouse: Path, tmp_path: Path, monkeypatch):
    export(warehouse, tmp_path / "out", "jsonl")
    before = expect_listed(tmp_path / "out")
    rename = os.rename

    def failing(source: Path, target: Path) -> None:
        if str(source).endswith(".tmp"):
            raise OSError("no")
        rename(source, target)

    monkeypatch.setattr(write.os, "rename", failing)
    with pytest.raises(OSError, match="no"):
        export(warehouse, tmp_path / "out", "hf")
    assert expect_listed(tmp_path / "out") == before and [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_command_says_what_it_wrote(warehouse: Path, tmp_path: Path, capfd):
    assert main(["export", "--hf", str(tmp_path / "a"), "-w", str(warehouse)]) == 0
    assert "of generation 1 to" in capfd.readouterr().out
    assert main(["export", "-w", str(warehouse)]) == 2
    assert main(["export", "--hf", "x", "--jsonl", "y", "-w", str(warehouse)]) == 2
    assert main(["export", "--parquet", str(tmp_path / "b"), "--table", "artcles", "-w", str(warehouse)]) == 2
    assert not (tmp_path / "b").exists()


def test_a_dataset_holds_each_page_as_it_was_last_seen(tmp_path: Path):
    root = tmp_path / "warehouse"
    ingest(root, {"甲.txt": "旧题\n旧的正文。".encode(), "乙.txt": "另一篇\n正文在这里。".encode()})
    ingest(root, {"甲.txt": "新题\n新的正文。".encode(), "乙.txt": "另一篇\n正文在这里。".encode()})
    export(root, tmp_path / "out", "jsonl")
    [file] = (tmp_path / "out" / "data").iterdir()
    said = file.read_text("utf-8")
    assert "新的正文" in said and "另一篇" in said and "旧的正文" not in said
    assert "as it was last seen" in (tmp_path / "out" / "README.md").read_text()
    export(root, tmp_path / "all", "parquet", ["articles"])
    assert sum(pq.read_table(p).num_rows for p in (tmp_path / "all").rglob("*.parquet")) == 3
