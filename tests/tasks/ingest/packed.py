"""Containers of every kind around the same invented texts, and what damage makes of them."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

TEXTS = [f"港口第{n}号灯塔在夜里亮了{n + 3}次，守塔人记下了每一次。\n渔船回来时，码头上已有{n}0人在等。\n" for n in range(1, 9)]
RAW = [t.encode() for t in TEXTS]


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return sink.getvalue().to_pybytes()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return sink.getvalue()


def tarred(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def jsonl(rows: list[dict]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def parquet(columns: dict, group: int = 3) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, row_group_size=group, write_page_checksum=True)
    return sink.getvalue()


def warc(kind: str, block: bytes, content: str = "application/http; msgtype=response", url: str = "http://news.example.cn/1.html") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-03-04T05:06:07Z\r\nContent-Type: {content}\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"


def answer(body: bytes, kind: str = "text/plain; charset=utf-8", status: int = 200, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


FILES = {f"页{n}.txt": data for n, data in enumerate(RAW, 1)}
ROWS = [{"text": t, "url": f"http://news.example.cn/{n}", "n": n} for n, t in enumerate(TEXTS)]
WARCS = [warc("response", answer(data), url=f"http://news.example.cn/{n}") for n, data in enumerate(RAW)]

KINDS = {
    "zip": zipped(FILES),
    "zip stored": zipped(FILES, zipfile.ZIP_STORED),
    "zip bzip2": zipped(FILES, zipfile.ZIP_BZIP2),
    "tar": tarred(FILES),
    "tar gnu": tarred({"长" * 60 + name: data for name, data in FILES.items()}, tarfile.GNU_FORMAT),
    "tar.gz": gzip.compress(tarred(FILES), mtime=0),
    "tar.zst": zstd(tarred(FILES)),
    "jsonl": jsonl(ROWS),
    "jsonl.gz": gzip.compress(jsonl(ROWS), mtime=0),
    "jsonl.zst": zstd(jsonl(ROWS)),
    "parquet": parquet({"text": TEXTS, "n": list(range(len(TEXTS)))}),
    "warc": b"".join(WARCS),
    "warc.gz": b"".join(gzip.compress(w, mtime=0) for w in WARCS),
    "zip in tar": tarred({"a.zip": zipped(dict(list(FILES.items())[:4])), **dict(list(FILES.items())[4:])}),
    "gz in zip": zipped({name + ".gz": gzip.compress(data, mtime=0) for name, data in FILES.items()}),
    "parquet in zip": zipped({"t.parquet": parquet({"content": TEXTS})}),
}


def bombs() -> dict[str, bytes]:
    """Small files that would unpack to gigabytes, or for ever."""
    zeros = gzip.compress(bytes(200 << 20), 9, mtime=0)
    deep = RAW[0]
    for _ in range(40):
        deep = gzip.compress(deep, mtime=0)
    nest = zipped({"a.txt": RAW[0]})
    for _ in range(5):
        nest = zipped({"in.zip": nest})
    many = zipped({f"{n}.txt": bytes(3 << 20) for n in range(30)})
    return {
        "gzip": zeros,
        "gzip twice": gzip.compress(zeros, mtime=0),
        "zip": zipped({"zeros.txt": bytes(100 << 20)}),
        "zip of many": many,
        "zstd": zstd(bytes(200 << 20)),
        "tar of zeros": gzip.compress(tarred({"zeros.txt": bytes(100 << 20)}), mtime=0),
        "deep gzip": deep,
        "deep zip": nest,
        "jsonl": gzip.compress(b'{"text": "' + b"a" * (100 << 20) + b'"}\n', mtime=0),
        "parquet": parquet({"text": ["a" * (1 << 20)] * 300}, 300),
    }


def mutants(seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """(kind, damage, bytes), the same for the same seed."""
    chance = random.Random(seed)
    for n in range(count):
        kind = list(KINDS)[n % len(KINDS)]
        data = bytearray(KINDS[kind])
        damage = chance.choice(("flip", "flips", "cut", "length", "hole", "extra", "zeros"))
        at = chance.randrange(len(data))
        match damage:
            case "flip":
                data[at] ^= 1 << chance.randrange(8)
            case "flips":
                for place in chance.sample(range(len(data)), 5):
                    data[place] ^= 1 << chance.randrange(8)
            case "cut":
                del data[at:]
            case "length":
                data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))[: len(data) - at]
            case "hole":
                del data[at : at + chance.randrange(1, 200)]
            case "extra":
                data[at:at] = chance.randbytes(chance.randrange(1, 200))
            case "zeros":
                data[at : at + 64] = bytes(min(64, len(data) - at))
        yield kind, damage, bytes(data)
