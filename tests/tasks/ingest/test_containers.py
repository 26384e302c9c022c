"""Containers: what each kind gives, what damage costs, what a bomb may not cost."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import time
import tracemalloc
import zipfile
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.model import Numbers, Passed, Record, Refused, Unread
from tasks.ingest.containers.walk import is_container, records_of
from tasks.ingest.records import read_again
from tests.tasks.ingest import packed
from tests.tasks.ingest.packed import FILES, KINDS, RAW, ROWS, TEXTS, answer, jsonl, parquet, tarred, warc, zipped, zstd

MUTANTS = 200
SECONDS_EACH = 2.0  # of processor time; whole files take milliseconds
BOMB_MEMORY = 96 << 20  # bytes; the bombs unpack to 100 MB and more, most of them without end
MARKS = [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PAR1", b"WARC/1.0\r\n", b'{"text": "', FILES["页1.txt"]]
MAPPED = {"text": ["正文内容"], "title": ["a.b"]}


def read(data: bytes, fields: Fields | None = None, limit: int = 64 << 20) -> tuple[list[Record], list[Refused]]:
    found = list(records_of(data, fields, limit))
    return [f for f in found if isinstance(f, Record)], [f for f in found if isinstance(f, Refused)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_its_records_in_order(kind: str):
    records, refused = read(KINDS[kind])
    assert [r.data for r in records] == RAW and refused == []
    assert [r.number for r in records] == list(range(1, len(RAW) + 1))
    assert all(r.path for r in records) and len({r.path for r in records}) == len(RAW)


@pytest.mark.parametrize("kind", KINDS)
def test_entries_that_stay_unread_renumber_nobody(kind: str):
    whole, unread = read(KINDS[kind])[0], {1, 2, 5, len(RAW)}
    found = list(records_of(KINDS[kind], numbers=Numbers(unread)))
    assert [f for f in found if isinstance(f, Record)] == [r for r in whole if r.number not in unread]
    assert [f.number for f in found if isinstance(f, Unread)] == sorted(unread) and len(found) == len(RAW)
    again = dict(read_again(KINDS[kind], {r.number: json.dumps(r.meta) for r in whole if r.number not in unread}))
    assert again == {r.number: r.data for r in whole if r.number not in unread}


def test_a_text_that_stays_unread():
    assert list(records_of(RAW[0], numbers=Numbers({1}))) == [Unread(1)]


def test_nobody_interprets_what_stays_unread(monkeypatch: pytest.MonkeyPatch):
    killer, data = TEXTS[2], KINDS["jsonl"]
    loads = json.loads

    def interpret(line: str, **named: object) -> object:
        assert killer not in loads(line).values(), "the worker is dead"
        return loads(line, **named)

    monkeypatch.setattr("tasks.ingest.containers.tables.json", SimpleNamespace(loads=interpret))
    with pytest.raises(AssertionError):
        list(records_of(data))
    left = [n for n in range(1, len(RAW) + 1) if n != 3]
    assert [r.number for r in records_of(data, numbers=Numbers({3})) if isinstance(r, Record)] == left
    assert [n for n, _ in read_again(data, dict.fromkeys(left, '{"text_field": "text"}'))] == left, "nor later, for a restored document"


def test_a_row_group_is_not_unpacked_where_it_kills():
    """Rows 4 to 6 are one group, and its bytes are damaged: whoever unpacks them sees that."""
    data = KINDS["parquet"]
    column = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(0)
    at = column.dictionary_page_offset or column.data_page_offset
    damaged = data[: at + 40] + bytes(40) + data[at + 80 :]
    assert ["damaged pages" in r.reason for r in read(damaged)[1]] == [True]
    found = list(records_of(damaged, numbers=Numbers({4}, {4})))
    assert [f.number for f in found if isinstance(f, Record)] == [1, 2, 3, 7, 8] and Unread(4) in found
    [said] = [f for f in found if isinstance(f, Refused)]
    assert said.number == 5 and said.reason.startswith("2 of 8 rows lie in a row group behind a row that ends its reader (the first: #5)")
    wanted = dict.fromkeys((1, 7), '{"text_field": "text"}')
    assert dict(read_again(damaged, wanted)) == {1: RAW[0], 7: RAW[6]}


@pytest.mark.parametrize("data", [
    b"", b"\n", RAW[0], "{这不是一行记录}\n".encode(), b"{" * 5000, b'{"a": 1}\n{"a": 2}\n', b'{\n  "text": "x"\n}\n', b"[1, 2]\n",
    "一篇文章。\n".encode("utf-16"),
    '一篇讲数据的文章。\n{"text": "例子"}\n上面一行是例子。\n再往下就没有了。\n'.encode(), b"PK", b"\x1f\x8b", b"WARC is a format",
    bytes(2000),
], ids=range(14))  # fmt: skip
def test_what_is_no_container_is_one_text(data: bytes):
    assert not is_container(data) and list(records_of(data)) == [Record(1, None, data)]


def test_a_packed_text_is_one_record():
    for data in (gzip.compress(RAW[0]), zstd(RAW[0]), gzip.compress(gzip.compress(RAW[0])), gzip.compress(RAW[0]) + bytes(500)):
        assert [(r.number, r.path, r.data) for r in read(data)[0]] == [(1, "#1", RAW[0])]


def test_names_are_only_names_and_hidden_ones_stay_out():
    members = {"../../etc/x.txt": RAW[0], "/abs.txt": RAW[1], "C:\\d.txt": RAW[2], "./e.txt": RAW[3]}
    members |= {".git/config": b"x", "__MACOSX/._a.txt": b"x"}
    for data in (zipped(members), tarred(members)):
        assert [r.data for r in read(data)[0]] == RAW[:4] and read(data)[1] == []


def test_a_name_packed_on_a_chinese_system_is_read():
    data = zipped({"ABCD.txt": RAW[0]}).replace(b"ABCD", "新闻".encode("gbk"))
    assert [r.path for r in read(data)[0]] == ["新闻.txt"]


def test_encrypted_and_office_zips_say_what_to_do():
    data = bytearray(zipped({"a.txt": RAW[0]}, zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    [locked] = read(bytes(data))[1]
    [office] = read(zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"}))[1]
    assert (locked.kind, office.kind) == ("unsupported", "unsupported") and "password" in locked.reason and "save it as" in office.reason


def test_fields_are_mapped_and_nothing_vanishes():
    row = {"Title": "潮水的记录", "published_at": "2020-05-06 07:08", "content": TEXTS[0], "link": "https://news.example.cn/a",
           "site": "海港新闻", "crawled_at": "2021-01-01T08:00:00+08:00", "tags": ["潮", None], "score": float("nan"), "deep": {"x": 1}}
    [record] = read(jsonl([row]))[0]
    assert (record.data, record.url, record.fetched_at) == (RAW[0], row["link"], dt.datetime(2021, 1, 1))
    assert record.meta["meta"] == {"articletitle": row["Title"], "pubdate": row["published_at"], "sitename": row["site"]}
    rest = {k: v for k, v in row.items() if k not in ("content", "link", "score")} | {"score": "nan"}
    assert record.meta["record"] == rest and record.meta["text_field"] == "content"
    json.dumps(record.meta, allow_nan=False)


def test_a_mapping_names_fields_also_inside_others():
    data = jsonl([{"正文内容": TEXTS[0], "text": "别的", "a": {"b": "标题在里面", "c": 1}}])
    [record] = read(data, Fields.of(MAPPED))[0]
    assert record.data == RAW[0] and record.meta["meta"] == {"articletitle": "标题在里面"}
    assert record.meta["record"] == {"text": "别的", "a": {"b": "标题在里面", "c": 1}}
    again = dict(read_again(data, {1: json.dumps(record.meta)}))
    assert again == {1: RAW[0]}, "whatever the mapping says today"


@pytest.mark.parametrize(("value", "wanted"), [
    ("2021-03-04T05:06:07Z", dt.datetime(2021, 3, 4, 5, 6, 7)), (1614834367, dt.datetime(2021, 3, 4, 5, 6, 7)),
    (1614834367000, dt.datetime(2021, 3, 4, 5, 6, 7)), ("2021-03-04 05:06:07", None), ("gestern", None), (True, None), (1e300, None),
])  # fmt: skip
def test_a_moment_without_a_zone_is_no_moment(value: object, wanted: dt.datetime | None):
    [record] = read(jsonl([{"text": "x", "fetched_at": value}]))[0]
    assert record.fetched_at == wanted and record.meta["record"]["fetched_at"] == value


def test_strange_rows_are_told_once_and_cost_no_neighbour():
    lines = jsonl(ROWS).splitlines()
    lines += [b'{"text": ', b"[]", b'{"other": 1}', b"[" * 100_000, b'{"text": "\\ud800", "x": "\\ud800", "x": 2}', b""]
    records, refused = read(b"\n".join(lines))
    assert [r.data for r in records[:-1]] == RAW and records[-1].data == b"\xed\xa0\x80"
    assert records[-1].meta["record"] == {"x": {"base64": "7aCA"}, "x#2": 2}
    assert [(r.kind, r.number) for r in refused] == [("damaged", 9), ("unsupported", 11)]
    assert "3 of 13 lines" in refused[0].reason and "#9" in refused[0].reason and "taojin.toml" in refused[1].reason


def test_a_parquet_file_of_bytes_and_times_is_mapped():
    data = parquet({"html": pa.array([b"\xd6\xd0\xce\xc4", None], pa.binary()), "url": ["http://a.example.cn/1", "x"],
                    "published_at": [dt.datetime(2020, 1, 2, 3, 4), None], "n": [2**63 - 1, None]})
    [record], [refused] = read(data)
    assert record.data == b"\xd6\xd0\xce\xc4" and record.meta["meta"] == {"pubdate": "2020-01-02T03:04:00"}
    assert record.meta["record"] == {"published_at": "2020-01-02T03:04:00", "n": 2**63 - 1}
    assert "1 of 2 rows" in refused.reason


def test_a_damaged_row_group_costs_its_own_rows():
    data = bytearray(KINDS["parquet"])
    data[60] ^= 0xFF  # in the first group's page of texts
    records, [refused] = read(bytes(data))
    assert [r.data for r in records] == RAW[3:] and [r.number for r in records] == [4, 5, 6, 7, 8]
    assert refused.kind == "damaged" and "3 of 8 rows" in refused.reason


def test_a_warc_gives_its_pages_and_counts_the_rest():
    body = "<html><body><p>灯塔</p></body></html>".encode("gbk")
    chunked = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    data = b"".join((
        warc("warcinfo", b"software: x\r\n", "application/warc-fields"),
        warc("request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
        warc("response", answer(body, "text/html; charset=GBK")),
        warc("response", answer(b"\x89PNG\r\n", "image/png")),
        warc("response", answer(b"nichts", status=404)),
        warc("response", answer(chunked, "text/html", more="Transfer-Encoding: chunked\r\n")),
        warc("response", answer(gzip.compress(body), "text/html", more="Content-Encoding: gzip\r\n")),
        warc("response", answer(body, "text/html", more="Content-Encoding: gzip\r\n")),
        warc("conversion", RAW[0], "text/plain"),
    ))
    found = list(records_of(data))
    pages = [f for f in found if isinstance(f, Record)]
    assert [p.data for p in pages] == [body] * 4 + [RAW[0]] and [f.count for f in found if isinstance(f, Passed)] == [4]
    [first, *_] = pages
    assert (first.url, first.fetched_at, first.charset) == ("http://news.example.cn/1.html", dt.datetime(2021, 3, 4, 5, 6, 7), "gbk")
    assert pages[0].meta["record"]["http"]["status"] == 200 and pages[0].meta["record"]["warc"]["warc-type"] == "response"


@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_before_a_cut_is_read(kind: str):
    whole = KINDS[kind]
    for share in (0.5, 0.9):
        records, refused = read(whole[: int(len(whole) * share)])
        if kind == "jsonl.gz" and share == 0.5:  # not one line of it is whole
            assert records[0].meta == {"record": {"cut_off": True}}
            continue
        assert [r.data for r in records] == RAW[: len(records)]
        assert refused or len(records) == len(RAW), "nothing is lost without a word"
    last = read(whole[: int(len(whole) * 0.9)])[0]
    if kind not in ("tar.zst", "jsonl.zst", "parquet", "parquet in zip", "zip bzip2"):  # without their end these give nothing
        assert len(last) >= len(RAW) // 2


def test_a_text_whose_pack_is_cut_comes_as_far_as_it_goes_and_says_so():
    long = "".join(f"第{n}句话说的是第{n * 7 % 1000}天的潮水。\n" for n in range(5000)).encode()
    [record], [refused] = read(gzip.compress(long)[:-50])
    assert long.startswith(record.data) and len(record.data) > len(long) // 2 and record.meta == {"record": {"cut_off": True}}
    assert refused.kind == "damaged" and "Fetch the file again" in refused.reason


def test_a_damaged_member_costs_itself_alone():
    data = bytearray(KINDS["zip stored"])
    data[data.find(RAW[2]) + 5] ^= 1
    records, [refused] = read(bytes(data))
    assert [r.data for r in records] == RAW[:2] + RAW[3:] and [r.number for r in records] == [1, 2, 4, 5, 6, 7, 8]
    assert (refused.number, refused.kind) == (3, "damaged") and refused.reason.startswith("页3.txt: ")


def test_a_directory_that_hides_members_is_not_believed():
    data = bytearray(KINDS["zip"])
    entry = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    rest = data.find(b"PK\x05\x06") - data.find(b"PK\x01\x02", entry + 4)
    data[entry + 32 : entry + 34] = rest.to_bytes(2, "little")  # the second entry's comment swallows all that follow
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 2, "a reader that believes it sees two members"
    records, [refused] = read(bytes(data))
    assert [r.data for r in records] == RAW and refused.kind == "damaged"


def test_a_limit_renumbers_nobody():
    big = "长文。".encode() * 1000
    for data in (zipped({"a": RAW[0], "b": big, "c": RAW[1]}), jsonl([{"text": t} for t in (TEXTS[0], big.decode(), TEXTS[1])]),
                 b"".join(warc("response", answer(b)) for b in (RAW[0], big, RAW[1]))):
        records, [refused] = read(data, limit=2000)
        assert [(r.number, r.data) for r in records] == [(1, RAW[0]), (3, RAW[1])] and (refused.number, refused.kind) == (2, "too_large")


@pytest.mark.parametrize("seed", range(4))
def test_mutants_are_read_or_refused(seed: int):
    """Nothing raises, nothing lasts, nothing is lost without a word."""
    for kind, damage, data in packed.mutants(seed, MUTANTS // 4):
        began = time.process_time()
        found = list(records_of(data))
        assert time.process_time() - began < SECONDS_EACH, (seed, kind, damage)
        records = [f for f in found if isinstance(f, Record)]
        told = [f for f in found if not isinstance(f, Record)]
        # zstd as it is mostly written has no checksum, and a hole may be as long as a line: what is there is read as what it is
        unseen = kind.endswith("zst") or (kind, damage) == ("jsonl", "hole")
        assert len(records) >= len(RAW) or told or not is_container(data) or unseen, (seed, kind, damage)
        assert len({r.number for r in records}) == len(records)
        assert not {r.number for r in records} & {t.number for t in told if isinstance(t, Refused)}, (seed, kind, damage)
        if is_container(data) and kind in ("zip", "zip bzip2", "gz in zip"):  # each member has its checksum
            assert {r.data for r in records} <= set(RAW), (seed, kind, damage)
        json.dumps([r.meta for r in records], allow_nan=False).encode()
        again = dict(read_again(data, {r.number: json.dumps(r.meta) for r in records if r.path is not None}))
        assert again == {r.number: r.data for r in records if r.path is not None}, (seed, kind, damage)


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return packed.bombs()


@pytest.mark.parametrize("name", [
    "gzip", "gzip twice", "zip", "zip of many", "zstd", "tar of zeros", "deep gzip", "deep zip", "jsonl", "parquet",
])  # fmt: skip
def test_a_bomb_is_too_large_and_costs_next_to_nothing(bombs: dict[str, bytes], name: str):
    data = zipped({"before.txt": RAW[0]} | {"bomb": bombs[name]} | {"after.txt": RAW[1]}) if name in ("gzip", "zstd") else bombs[name]
    began, arrow = time.process_time(), pa.total_allocated_bytes()
    tracemalloc.start()
    refused, texts = [], []
    for entry in records_of(data):
        if isinstance(entry, Refused):
            refused.append(entry)
        elif isinstance(entry, Record):
            texts.append(len(entry.data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert any(r.kind == "too_large" for r in refused)
    assert time.process_time() - began < 5 and peak < BOMB_MEMORY and pa.total_allocated_bytes() - arrow < BOMB_MEMORY
    if name in ("gzip", "zstd"):
        assert texts == [len(RAW[0]), len(RAW[1])], "its neighbours come in"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MARKS), st.binary(max_size=300))
def test_any_bytes_behind_any_mark_are_read_or_refused(mark: bytes, rest: bytes):
    assert list(records_of(mark + rest)) or len(mark + rest) > 0
