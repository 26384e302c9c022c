"""Verify finds what was planted, names the batch, and finds nothing in a whole warehouse."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.catalog import TABLES
from tasks.storage import laws
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.parquet import read_table
from tasks.storage.reader import current_path
from tasks.storage.verify import verify
from tests.tasks.storage.small import ingest, seeds


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("whole")
    ingest(root, seeds())
    return root


@pytest.fixture
def root(whole, tmp_path) -> Path:
    shutil.copytree(whole, tmp_path / "w", symlinks=True)
    return tmp_path / "w"


def test_a_whole_warehouse_has_no_findings(whole):
    assert verify(whole) == []


def files(root: Path, table: str) -> list[tuple[str, Path]]:
    layout = Layout.of(root)
    return [(b.batch_id, layout.path(f)) for b in load_state(layout).batches.values() for f in b.of(table)]


@pytest.mark.parametrize("table", ["documents", "terms", "contents"])
def test_a_flipped_bit_names_its_batch(table, root):
    batch, path = files(root, table)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (found,) = [f for f in verify(root) if f.kind == "file"]
    assert found.batch_id == batch and str(path).endswith(found.path) and found.next_step
    assert [f.kind for f in verify(root, deep=False)] == ["file"]


def test_a_lost_file_and_a_lost_generation_are_found(root):
    batch, path = files(root, "edits")[0]
    path.unlink()
    assert [(f.kind, f.batch_id) for f in verify(root) if f.kind == "file"] == [("file", batch)]
    current_path(root).unlink()
    assert any(f.kind == "publication" and "--mend" in f.next_step for f in verify(root))


def test_a_publication_that_shows_other_rows_is_found(root):
    path = current_path(root)
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE articles SET title = 'other' WHERE char_count = (SELECT max(char_count) FROM articles)")
    assert [f.message for f in verify(root)] == ["Articles shows other rows than the truth has."] or \
        [f.message for f in verify(root)] == ["articles shows other rows than the truth has."]
    with duckdb.connect(str(path)) as con:
        con.execute("DELETE FROM sentences")
    assert any("sentences shows 0 rows" in f.message for f in verify(root))


def read(root: Path, table: str) -> pa.Table:
    return read_table([p for _, p in files(root, table)], schema=TABLES[table].arrow)


def with_value(table: pa.Table, row: int, **values) -> pa.Table:
    rows = table.to_pylist()
    rows[row] |= values
    return pa.Table.from_pylist(rows, table.schema)


def test_law_a_finds_every_kind_of_lie(whole):
    tables = {t: read(whole, t) for t in ("documents", "articles", "kept", "edits")}

    def faults(**changed) -> list[str]:
        return [s for _, s in laws.law_a(*{**tables, **changed}.values())]

    edits, kept = tables["edits"], tables["kept"]
    assert faults() == []
    nav = next(i for i, r in enumerate(edits.to_pylist()) if r["label"] == "nav")
    newline = next(i for i, r in enumerate(edits.to_pylist()) if r["action"] == "newline")
    assert "not covered" in faults(edits=edits.slice(0, 0))[0]
    assert "covered twice" in faults(edits=pa.concat_tables([edits, edits.slice(nav, 1)]))[0]
    assert "other characters" in faults(edits=with_value(edits, nav, before="x"))[0]
    assert any("reads otherwise" in f for f in faults(edits=with_value(edits, newline, after=" ")))
    assert any("line breaks" in f for f in faults(edits=with_value(edits, newline, action="replace")))
    assert any("filled" in f for f in faults(kept=with_value(kept, 0, article_start=5)))
    assert any("not there" in f for f in faults(articles=tables["articles"].slice(1)))
    assert any("reads otherwise" in f for f in faults(articles=with_value(tables["articles"], 0, text="另一篇")))


def test_law_b_finds_bytes_that_do_not_come_back(whole):
    documents, decodings = read(whole, "documents"), read(whole, "decodings")
    assert list(laws.law_b(documents, decodings, {})) == []
    row = next(i for i, r in enumerate(decodings.to_pylist()) if r["newline"] == "lf")
    (fault,) = laws.law_b(documents, with_value(decodings, row, newline="crlf"), {})
    assert "does not give back" in fault[1]
    long = next(i for i, r in enumerate(documents.to_pylist()) if r["char_count"])
    (fault,) = laws.law_b(with_value(documents, long, text="別"), decodings, {})
    assert fault[0] == "law B"


def test_places_that_do_not_fit_are_found(whole):
    articles, sentences, terms = read(whole, "articles"), read(whole, "sentences"), read(whole, "terms")

    def faults(**children) -> list[str]:
        return [s for _, s in laws.places_in_articles(articles, {"sentences": sentences, "terms": terms} | children)]

    assert faults() == []
    assert "characters" in faults(sentences=with_value(sentences, 0, stop=10_000))[0]
    assert "otherwise" in faults(sentences=with_value(sentences, 0, text="別的句子"))[0]
    assert "not there" in faults(sentences=with_value(sentences, 0, article_id="0" * 32))[0]
    assert "does not stand" in faults(terms=with_value(terms, 0, positions=[0, 1, 2]))[0]


def test_bytes_under_a_wrong_name_are_found(root):
    layout = Layout.of(root)
    from tasks.storage.verify import _batch

    batch = next(iter(load_state(layout).batches.values()))
    path = layout.path(batch.of("contents")[0])
    pack = pq.read_table(path)
    pq.write_table(with_value(pack, 0, data=b"other"), path)
    assert "another hash" in next(_batch(layout, batch)).message
