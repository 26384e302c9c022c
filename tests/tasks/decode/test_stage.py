"""The stage: rows as the contracts want them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.catalog import TABLES
from schemas.ids import doc_id, file_id, text_sha256
from tasks.decode.media import media_type
from tasks.decode.stage import decode, encode_back

CONTENTS = [
    "港口的灯塔亮了。\r\n".encode("gbk"),
    b"",
    b"\xef\xbb\xbf" + "雨停了".encode(),
    b"\xff\xfe\x00",
    bytes(range(256)),
    "<meta charset=gbk>夜里".encode(),
]


def contents(data: list[bytes]) -> pa.Table:
    return pa.Table.from_pylist([{"file_id": file_id(d), "data": d} for d in data], schema=TABLES["contents"].stage_arrow)


def test_rows_follow_the_contracts():
    tables = decode(contents(CONTENTS))
    assert list(tables) == ["documents", "decodings", "blocks"]
    assert all(t.schema == TABLES[name].stage_arrow for name, t in tables.items())
    documents = tables["documents"].to_pylist()
    assert [d["doc_id"] for d in documents] == [doc_id(file_id(c), 1) for c in CONTENTS]
    first = documents[0]
    assert (first["text"], first["char_count"], first["line_count"], first["record_no"]) == ("港口的灯塔亮了。\n", 9, 2, 1)
    assert first["text_sha256"] == text_sha256("港口的灯塔亮了。\n")
    assert (documents[1]["text"], documents[1]["line_count"]) == ("", 0)
    assert documents[2]["text"] == "雨停了"
    assert documents[5]["declared_charset"] == "gbk"
    for name, table in tables.items():
        for field in TABLES[name].stage_arrow:
            assert field.nullable or table[field.name].null_count == 0, (name, field.name)


def test_each_document_comes_back_from_its_rows():
    tables = decode(contents(CONTENTS))
    decodings = tables["decodings"].to_pylist()
    assert len({(d["doc_id"], d["start"]) for d in decodings}) == len(decodings)
    for row, data in zip(tables["documents"].to_pylist(), CONTENTS, strict=True):
        assert encode_back(row["text"], [d for d in decodings if d["doc_id"] == row["doc_id"]]) == data


def test_order_and_batches_do_not_matter():
    whole, turned = decode(contents(CONTENTS)), decode(contents(CONTENTS[::-1]))
    for name in whole:
        key = [(k, "ascending") for k in TABLES[name].key]
        assert whole[name].sort_by(key).equals(turned[name].sort_by(key))


def test_no_contents_no_rows():
    assert {t.num_rows for t in decode(contents([])).values()} == {0}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("普通的一句话。".encode("gbk"), "text/plain"),
        ("普通的一句话。".encode("utf-16"), "text/plain"),
        (b"", "text/plain"),
        ("比较 a<b 与 p>q 的大小".encode(), "text/plain"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "text/html"),
        ("<html><head><title>页</title>".encode("utf-16"), "text/html"),
        ("正文<p>一段</p>".encode(), "text/html"),
        (b'<?xml version="1.0"?><a/>', "application/xml"),
        ('{"title": "早市"}'.encode(), "application/json"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        (b"PK\x03\x04abc", "application/zip"),
        (b"\0\1\2\3" * 50, "application/octet-stream"),
    ],
)
def test_media_type(data: bytes, kind: str):
    assert media_type(data) == kind
