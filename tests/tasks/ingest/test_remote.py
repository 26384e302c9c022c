"""Remote inputs against a store that misbehaves: nothing is read twice, stored half, invented, or taken for gone; neighbours go through."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import fsspec
import httpx
import pytest

from tasks.errors import TaojinError, UsageError
from tasks.ingest.discover import Discovery
from tasks.ingest.fetch import PATIENCE, Fetching, clear
from tasks.ingest.hashing import Hashed, hash_contents
from tasks.ingest.remote import web
from tasks.ingest.remote.address import PROTOCOLS, parse
from tasks.ingest.remote.listing import Stores, list_addresses
from tasks.ingest.remote.patience import FIRST_PAUSE, Fault, Options, by_exception, by_status, pause
from tasks.storage.known import Known
from tasks.storage.layout import Layout
from tests.tasks.ingest.hostile_store import BUCKET, KEYS, LISTING, HostileStore, keys_for

LIMIT = 4 << 20
ODD = ["a b.txt", "网页/第 3 页.txt", "x/../y.txt", "line\nend.txt", "A.txt", "a.txt", "é.txt", "e\u0301.txt", "//led",
       "q?versionId=3#x%41.txt", "folder", "b\\c", "empty.txt", "*[x].txt", "long" * 200]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[HostileStore]:
    with pytest.MonkeyPatch.context() as patch, keys_for(HostileStore({}), patch) as store:
        yield store


@pytest.fixture(scope="module")
def opened() -> Iterator[dict[Options, Stores]]:
    """Connections that tests share: to make one of S3 takes longer than most tests."""
    opened: dict[Options, Stores] = {}
    yield opened
    for stores in opened.values():
        stores.close()


@pytest.fixture
def store(server: HostileStore) -> HostileStore:
    pytest.importorskip("s3fs")
    server.forget()
    return server


class Runs:
    """What discovery and fetching do for one warehouse, run after run."""

    def __init__(
        self, folder: Path, opened: dict[Options, Stores], tries: int = 3, threads: int = 4, protocols: tuple[str, ...] = PROTOCOLS,
        seconds: float = 60.0,
    ) -> None:  # fmt: skip
        self.layout = Layout.of(folder / "w")
        self.layout.make()
        self.options = Options(protocols, tries, seconds, threads)
        self.stores = opened.setdefault(self.options, Stores(self.options))
        self.committed: dict[str, bytes] = {}
        self.found = Discovery()
        self.failed = 0

    def look(self, *addresses: str, hidden: bool = False) -> Discovery:
        self.found = Discovery()
        self.failed = list_addresses(self.found, [parse(a, self.options.protocols) for a in addresses], self.stores, hidden)
        return self.found

    def run(
        self, *addresses: str, commit: bool = True, rehash: bool = False, dry: bool = False, limits: tuple[int, int] = (LIMIT, 0)
    ) -> Hashed:
        self.look(*addresses)
        known = Known.load(self.layout)
        done = hash_contents(
            self.found, known, limits[0], rehash, 1, container_limit=limits[1],
            fetching=Fetching(None if dry else self.layout.fetched, self.committed.__contains__, self.options),
        )  # fmt: skip
        for source in done.sources:
            if source.path:
                assert sha256(Path(source.path).read_bytes()).hexdigest()[:32] == source.file_id
        if commit and not dry:
            known.save()
            self.committed |= {s.file_id: Path(s.path).read_bytes() for s in done.sources if s.path}
            clear(self.layout.fetched)
        return done

    def left(self) -> list[str]:
        return sorted(p.name for p in self.layout.fetched.iterdir()) if self.layout.fetched.exists() else []


@pytest.fixture
def runs(tmp_path: Path, opened: dict[Options, Stores]) -> Runs:
    return Runs(tmp_path, opened)


def problems(done: Hashed) -> dict[str, str]:
    return {p.uri.removeprefix(f"s3://{BUCKET}/"): f"{p.kind}: {p.reason}" for p in done.problems}


def test_each_key_is_listed_page_by_page_and_read_as_it_is(store: HostileStore, runs: Runs):
    store.objects = {key: key.encode() * (key != "empty.txt") for key in ODD} | {"picture/": b"", "heavy/": b"a file all the same"}
    store.page = 4
    done = runs.run(f"s3://{BUCKET}")
    assert done.problems == []
    assert {runs.committed[s.file_id] for s in done.sources} == {v for k, v in store.objects.items() if k != "picture/"}
    assert len({s.uri for s in done.sources}) == len(ODD) + 1
    assert all(parse(s.uri).target.partition("/")[2] in store.objects for s in done.sources), "a uri leads back to its key"
    assert store.count("GET", LISTING) == 5 and store.count("HEAD") == 0
    for key in ODD[::3]:
        one = runs.run(f"s3://{BUCKET}/{key.replace('%', '%25')}")
        assert [runs.committed[s.file_id] for s in one.sources] == [store.objects[key]]


def test_what_is_known_is_not_asked_for_again(store: HostileStore, runs: Runs):
    store.objects = {f"{n}.txt": f"第{n}页".encode() for n in range(30)}
    first = runs.run(f"s3://{BUCKET}/")
    assert (store.count("GET"), store.count("HEAD"), len(first.sources)) == (30, 0, 30)
    store.asked.clear()
    again = runs.run(f"s3://{BUCKET}/")
    assert (store.count("GET"), store.count("HEAD"), again.bytes_read) == (0, 0, 0)
    assert [(s.uri, s.file_id) for s in again.sources] == [(s.uri, s.file_id) for s in first.sources]
    store.objects["3.txt"] = "另一页".encode()
    store.tags["4.txt"] = '"opaque-7"'  # uploaded again in parts: another tag, the same bytes
    third = runs.run(f"s3://{BUCKET}/")
    assert store.asked[1:] and {k for m, k in store.asked if k} == {"3.txt", "4.txt"}
    changed = {s.uri for s, old in zip(third.sources, first.sources, strict=True) if s.file_id != old.file_id}
    assert changed == {f"s3://{BUCKET}/3.txt"}, "the bytes decide whether it is new"
    assert runs.run(f"s3://{BUCKET}/", rehash=True).bytes_read > 0 and store.count("GET") == 32


def test_what_is_known_but_was_never_committed_is_fetched(store: HostileStore, runs: Runs):
    store.objects = {"a.txt": b"a"}
    runs.run(f"s3://{BUCKET}/")
    runs.committed.clear()
    assert runs.run(f"s3://{BUCKET}/").sources[0].path and store.count("GET") == 2


def test_a_dry_run_fetches_nothing(store: HostileStore, runs: Runs):
    store.objects = {"a.txt": b"a", "b.txt": b"bb", "big.txt": bytes(LIMIT + 1)}
    runs.run(f"s3://{BUCKET}/a.txt")
    store.asked.clear()
    done = runs.run(f"s3://{BUCKET}/", dry=True)
    assert ([s.uri[-5:] for s in done.sources], [s.uri[-5:] for s in done.unfetched], len(done.too_large)) == (["a.txt"], ["b.txt"], 1)
    assert store.count("GET") == 0 and runs.left() == []


@pytest.mark.parametrize("orders", [("503 SlowDown", "500"), ("reset", "reset"), ("short", "503"), ("429", "reset"), ("502", "504")])
def test_what_passes_is_tried_again(store: HostileStore, runs: Runs, orders: tuple[str, ...]):
    store.objects = {"a.txt": b"a" * 1000, "b.txt": b"b"}
    store.misbehave("a.txt", *orders)
    store.misbehave(LISTING, *orders[:1])
    done = runs.run(f"s3://{BUCKET}/")
    assert (done.problems, len(done.sources), store.count("GET", "a.txt")) == ([], 2, 3)
    assert runs.committed[done.sources[0].file_id] == b"a" * 1000


def test_a_silent_store_is_left_after_its_time(store: HostileStore, tmp_path: Path, opened: dict[Options, Stores]):
    store.objects = {"a.txt": b"a"}
    store.misbehave("a.txt", "silent")
    assert len(Runs(tmp_path, opened, seconds=1.0).run(f"s3://{BUCKET}/").sources) == 1 and store.count("GET") >= 2


def test_tries_are_bounded_and_neighbours_go_through(store: HostileStore, runs: Runs):
    store.objects = {"a.txt": b"a", "b.txt": b"b" * 500, "c.txt": b"c", "d.txt": b"d", "e.txt": b"e"}
    store.misbehave("a.txt", *["503 SlowDown"] * 9)
    store.misbehave("b.txt", *["short"] * 9)
    store.misbehave("c.txt", "403 AccessDenied")
    store.misbehave("d.txt", "404 NoSuchKey")
    done = runs.run(f"s3://{BUCKET}/")
    said = problems(done)
    assert [s.uri[-5:] for s in done.sources] == ["e.txt"]
    assert [store.count("GET", f"{n}.txt") for n in "abcd"] == [3, 3, 1, 1]
    assert "503" in said["a.txt"] and "3 times" in said["a.txt"] and "next run" in said["a.txt"]
    assert "unreadable" in said["b.txt"]
    assert "may not be read (403 AccessDenied)" in said["c.txt"] and "right to read" in said["c.txt"]
    assert said["d.txt"].startswith("vanished: it was listed, but it is not there")
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in str(done.problems)
    assert runs.run(f"s3://{BUCKET}/").problems[0].uri.endswith("a.txt"), "what failed is asked for again"


def test_a_store_that_is_down_is_left_alone(store: HostileStore, tmp_path: Path, opened: dict[Options, Stores]):
    store.objects = {f"{n:03}.txt": b"x" for n in range(100)}
    for key in store.objects:
        store.misbehave(key, *["503"] * 9)
    runs = Runs(tmp_path, opened, tries=2, threads=2)
    done = runs.run(f"s3://{BUCKET}/")
    assert len(done.problems) == 100 and 2 * PATIENCE <= store.count("GET") <= 2 * PATIENCE + 8
    assert "was not asked for" in done.problems[-1].reason


def test_wrong_keys_are_said_once_for_all(store: HostileStore, tmp_path: Path, opened: dict[Options, Stores]):
    store.objects = {f"{n}.txt": b"x" for n in range(50)}
    for key in store.objects:
        store.misbehave(key, *["403 ExpiredToken"] * 9)
    done = Runs(tmp_path, opened, threads=2).run(f"s3://{BUCKET}/")
    assert store.count("GET") <= 4 and "AWS_ACCESS_KEY_ID" in done.problems[-1].reason


def test_only_a_whole_listing_says_what_is_gone(store: HostileStore, runs: Runs):
    store.objects = {f"p/{n}.txt": b"x%d" % n for n in range(10)} | {"other/x.txt": b"x"}
    store.page = 4
    whole = runs.look(f"s3://{BUCKET}/p/")
    assert whole.was_scanned(f"s3://{BUCKET}/p/gone.txt") and not whole.was_scanned(f"s3://{BUCKET}/other/x.txt")
    assert not whole.was_scanned(f"s3://{BUCKET}/p2/x.txt")
    for times in (9, 1):  # in the middle: the first page is answered
        store.misbehave(LISTING, "ok", *["503"] * times)
        part = runs.look(f"s3://{BUCKET}/p/", f"s3://{BUCKET}/other")
        store._orders.clear()
        broken = times == 9
        assert part.was_scanned(f"s3://{BUCKET}/p/gone.txt") != broken
        assert len(part.sources) == (4 if broken else 11)
        if broken:
            assert "broke off after 4 names" in part.problems[0].reason and runs.failed == 1, "the other gave nothing at all"
    assert part.was_scanned(f"s3://{BUCKET}/other/gone.txt"), "a folder may be named without its slash"
    store.ignores_prefix = True
    assert len(runs.look(f"s3://{BUCKET}/p/").sources) == 10, "what was not asked for is not taken"
    store.ignores_prefix = False
    assert not runs.look(f"s3://{BUCKET}/p/1.txt").was_scanned(f"s3://{BUCKET}/p/1.txt/gone.txt")
    assert runs.look(f"s3://{BUCKET}/none").problems[0].kind == "vanished" and runs.failed == 1
    store.misbehave(LISTING, "404 NoSuchBucket")
    assert "no such bucket" in runs.look(f"s3://{BUCKET}/none/").problems[0].reason and runs.failed == 1


def test_hidden_names_are_left_out_and_not_gone(store: HostileStore, runs: Runs):
    store.objects = {".git/x": b"x", "a/.hidden": b"h", "a/../b": b"b", "a/..c": b"c", "a/d": b"d"}
    found = runs.look(f"s3://{BUCKET}/")
    assert [s.uri.removeprefix(f"s3://{BUCKET}/") for s in found.sources] == ["a/../b", "a/d"]
    assert not found.was_scanned(f"s3://{BUCKET}/.git/gone") and found.was_scanned(f"s3://{BUCKET}/a/gone")
    assert len(runs.look(f"s3://{BUCKET}/", hidden=True).sources) == 5


def test_sizes_are_judged_before_and_while_reading(store: HostileStore, runs: Runs):
    text, rows = b"x" * 3000, b'{"text": "\xe6\xbd\xae"}\n' * 150
    store.objects = {"big.txt": text, "many.jsonl": rows, "huge.bin": bytes(20_000), "liar.txt": bytes(30_000), "small.txt": b"s"}
    store.listed_sizes["liar.txt"] = 10
    store.misbehave("small.txt", "ok")
    done = runs.run(f"s3://{BUCKET}/", limits=(1000, 10_000))
    assert sorted(s.uri.rsplit("/")[-1] for s in done.sources) == ["many.jsonl", "small.txt"]
    reasons = {s.uri.rsplit("/")[-1]: why for s, why in done.too_large}
    assert "3,000 bytes in one record" in reasons["big.txt"] and "container_limit_bytes" in reasons["huge.bin"]
    assert "30,000 bytes" in reasons["liar.txt"]
    assert store.count("GET", "huge.bin") == 0 and runs.left() == []
    store.asked.clear()
    again = runs.run(f"s3://{BUCKET}/", limits=(1000, 10_000))
    assert sorted(r for _, r in again.too_large) == sorted(reasons.values())
    assert {k for _, k in store.asked} == {LISTING, "liar.txt"}, "a long text is not fetched again to find that it is one"
    assert len(runs.run(f"s3://{BUCKET}/", limits=(5000, 10_000)).sources) == 3, "a limit that was raised lets it in"


@pytest.mark.parametrize(("web", "data", "said"), [
    ({"Content-Length": str(1 << 40)}, bytes(100), "too large: 1,099,511,627,776 bytes"),
    ({"no-length": "1"}, bytes(8 << 20), "too large: more than 1,048,576 bytes in one record"),
    ({"no-length": "1"}, b'{"text": "\xe6\xbd\xae"}\n' * 400_000, "too large: more than 2,097,152 bytes (container_limit_bytes"),
])  # fmt: skip
def test_a_stream_without_end_is_cut_off(store: HostileStore, runs: Runs, web: dict[str, str], data: bytes, said: str):
    store.objects = {"endless": data}
    store.web = {"no-head": "1"} | web
    done = runs.run(f"{store.url}/endless", limits=(1 << 20, 2 << 20))
    assert done.too_large[0][1].startswith(said) and done.bytes_read == 0 and runs.left() == []


def test_what_changes_while_it_is_read_is_never_stored_half(store: HostileStore, runs: Runs):
    store.objects = {"a.txt": b"old" * 500}

    def change() -> None:
        store.objects["a.txt"] = b"brand new" * 200

    store.before["a.txt"] = change
    done = runs.run(f"s3://{BUCKET}/")
    assert runs.committed[done.sources[0].file_id] == b"brand new" * 200
    assert runs.run(f"s3://{BUCKET}/").bytes_read == 0, "it is known as what was read, not as what was listed"
    store.listed_sizes["a.txt"] = 7  # the listing says another size under the very same tag
    lied = runs.run(f"s3://{BUCKET}/")
    assert lied.sources == [] and "1,800 bytes came, and 7 were listed" in lied.problems[0].reason


def test_a_killed_run_leaves_copies_that_the_next_one_takes(store: HostileStore, runs: Runs):
    store.objects = {f"{n}.txt": b"%d" % n for n in range(6)}
    runs.run(f"s3://{BUCKET}/", commit=False)
    (runs.layout.fetched / "0123.part").write_bytes(b"half")
    whole = {p.name.partition("-")[2]: p for p in runs.layout.fetched.iterdir()}
    torn = whole[sha256(b"2").hexdigest()[:32]]
    torn.write_bytes(b"\0")  # as a power cut leaves it
    store.objects["4.txt"] = b"four"
    store.asked.clear()
    done = runs.run(f"s3://{BUCKET}/", commit=False)
    assert sorted(k for _, k in store.asked) == [LISTING, "2.txt", "4.txt"]
    assert len(done.sources) == 6 and len(runs.left()) == 6, "half copies and those of former states are gone"
    assert runs.run(f"s3://{BUCKET}/").problems == [] and runs.left() == []
    store.asked.clear()
    assert runs.run(f"s3://{BUCKET}/").bytes_read == 0 and store.count("GET") == 0, "what was taken over is known like the rest"


def test_ctrl_c_ends_it_at_once(store: HostileStore, runs: Runs):
    store.objects = {f"{n}.txt": b"x" for n in range(50)}

    def progress(done: int, total: int) -> None:
        raise KeyboardInterrupt

    found = runs.look(f"s3://{BUCKET}/")
    with pytest.raises(KeyboardInterrupt):
        hash_contents(found, Known.load(runs.layout), LIMIT, False, 1, progress,
                      fetching=Fetching(runs.layout.fetched, lambda f: False, runs.options))  # fmt: skip
    assert store.count("GET") < 50


def test_free_disk_is_asked_for_before(store: HostileStore, runs: Runs, monkeypatch: pytest.MonkeyPatch):
    store.objects = {"a.txt": b"a"}
    monkeypatch.setattr("tasks.ingest.fetch.shutil.disk_usage", lambda folder: SimpleNamespace(free=1 << 20))
    with pytest.raises(TaojinError, match="are free"):
        runs.run(f"s3://{BUCKET}/")
    assert store.count("GET") == 0


def test_a_file_of_the_web_is_known_by_its_etag(store: HostileStore, runs: Runs):
    store.objects = {"a/网页.txt": "网页".encode()}
    secret = f"{store.url.replace('http://', 'http://user:geheim@')}/a/网页.txt?id=3&X-Amz-Signature=geheim#top"
    store.web = {"ETag": '"v1"'}
    first = runs.run(secret)
    assert first.sources[0].uri == f"{store.url}/a/网页.txt?id=3" and first.problems == []
    assert "Basic" in store.headers[-1]["Authorization"] and store.headers[-1]["Accept-Encoding"] == "identity"
    assert (store.count("GET"), store.count("HEAD")) == (1, 1)
    runs.run(secret)
    assert (store.count("GET"), store.count("HEAD")) == (1, 2)
    store.web = {"ETag": '"v2"'}
    runs.run(secret)
    assert store.count("GET") == 2
    assert b"geheim" not in runs.layout.known.read_bytes()


@pytest.mark.parametrize("web", [{}, {"no-head": "1"}, {"ETag": 'W/"v1"'}])
def test_a_file_of_which_nothing_is_said_is_read_again(store: HostileStore, runs: Runs, web: dict[str, str], monkeypatch):
    store.objects = {"a.txt": b"a"}
    store.tags["a.txt"] = None  # also no Last-Modified
    store.web = web
    for n in (1, 2):
        assert runs.run(f"{store.url}/a.txt").bytes_read == 1
        assert store.count("GET") >= n
    assert len(runs.committed) == 1


def test_a_time_is_believed_when_it_is_old_enough(store: HostileStore, runs: Runs):
    from email.utils import formatdate

    store.objects = {"a.txt": b"a"}
    store.tags["a.txt"] = None
    store.web = {"Last-Modified": formatdate(usegmt=True)}
    assert [runs.run(f"{store.url}/a.txt").bytes_read for _ in range(2)] == [1, 1], "it may change again within its second"
    store.web = {"Last-Modified": "Sat, 21 Nov 2020 10:00:00 GMT"}
    assert [runs.run(f"{store.url}/a.txt").bytes_read for _ in range(2)] == [1, 0]


def test_what_the_web_answers_instead_is_said(store: HostileStore, runs: Runs):
    store.objects = {"away": b"x", "packed.txt": gzip.compress(b"text"), "wrong.txt": b"x"}
    packed = store.objects["packed.txt"]
    runs.look(f"{store.url}/missing.txt")
    assert runs.failed == 1 and "it is not there (404" in runs.found.problems[0].reason
    store.misbehave("away", *["301"] * 3)
    assert runs.run(f"{store.url}/away").sources == []
    store.web = {"Content-Encoding": "gzip"}
    done = runs.run(f"{store.url}/packed.txt")
    assert runs.committed[done.sources[0].file_id] == packed, "unpacked as a container, which sees where the end is missing"
    store.web = {"Content-Encoding": "br"}
    assert "packs it ('br')" in runs.look(f"{store.url}/wrong.txt").problems[0].reason


def test_a_folder_of_the_web_is_one_page(store: HostileStore, runs: Runs):
    store.objects = {"": b"<a href=other.html>", "news/": b"<a href=x.html>", "other.html": b"x"}
    assert [s.uri for s in runs.run(f"{store.url}/news/", store.url).sources] == [f"{store.url}/news/", f"{store.url}/"]
    assert not runs.found.scanned and store.count("GET", "other.html") == 0, "links are not followed"
    store.tags["news/"] = None
    store.web = {"no-length": "1"}
    assert len(runs.run(f"{store.url}/news/").sources) == 1, "nobody says how large it is"


def test_a_redirect_leads_on_but_never_out_of_https():
    def answer(url: str) -> httpx.Response:
        return httpx.Response(200, request=httpx.Request("GET", url))

    web._expect(answer("http://example.cn/b"), parse("http://example.cn/a"))
    web._expect(answer("https://example.org/b"), parse("https://example.cn/a"))
    with pytest.raises(Fault, match="leads from https to http"):
        web._expect(answer("http://example.cn/a"), parse("https://example.cn/a"))


def test_what_drips_is_left(store: HostileStore, runs: Runs, monkeypatch: pytest.MonkeyPatch):
    store.objects = {"drip.txt": b"x" * 3000}
    clock = itertools.count(0, 70)
    monkeypatch.setattr("tasks.ingest.fetch.time", SimpleNamespace(monotonic=lambda: next(clock), time_ns=time.time_ns))
    assert "too slowly (0 bytes in 70 s), 3 times" in runs.run(f"{store.url}/drip.txt").problems[0].reason and runs.left() == []


def test_two_addresses_of_one_name_are_refused_rather_than_lost(store: HostileStore, runs: Runs):
    store.objects = {"a": b"a"}
    with pytest.raises(UsageError, match="kept secret") as raised:
        runs.look(f"{store.url}/a?key=geheim1", f"{store.url}/a?key=geheim2")
    assert "geheim" not in str(raised.value)


def test_every_other_file_system_of_fsspec(tmp_path: Path, opened: dict[Options, Stores]):
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    runs = Runs(tmp_path, opened, protocols=("memory",))
    for name in ("p/a b.txt", "p/网页.txt", "p/deep/x y", "q/no.txt"):
        memory.pipe_file(name, name.encode())
    done = runs.run("memory://p/")
    assert [s.uri for s in done.sources] == ["memory://p/a b.txt", "memory://p/deep/x y", "memory://p/网页.txt"]
    assert sorted(runs.committed.values()) == sorted(s.uri.removeprefix("memory://").encode() for s in done.sources)
    assert runs.run("memory://p").bytes_read > 0, "it says no tag: read again, and known by its bytes"
    assert runs.found.was_scanned("memory://p/gone") and not runs.found.was_scanned("memory://q/gone")
    assert [s.uri for s in runs.look("memory://q/no.txt").sources] == ["memory://q/no.txt"]
    assert [s.uri for s in runs.look("memory://").sources][-1] == "memory://q/no.txt"
    assert runs.look("memory://none/").problems and runs.failed == 1
    with pytest.raises(UsageError):
        parse("memory://p/")


class Restless(fsspec.get_filesystem_class("memory")):
    """Says an etag, and changes what is read under the reader's hands as often as `changes` says."""

    protocol = "restless"
    store: ClassVar[dict] = {}
    changes = 0

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.removeprefix("restless://"))

    def info(self, path, **kwargs):
        found = super().info(path, **kwargs)
        return found | {"etag": str(len(self.store[found["name"]].getvalue()))} if found["type"] == "file" else found

    def find(self, path, **kwargs):
        return {name: self.info(name) for name in super().find(path)}

    def open(self, path, mode="rb", **kwargs):
        file = super().open(path, mode, **kwargs)
        if mode == "rb" and Restless.changes:
            Restless.changes -= 1
            copy = fsspec.implementations.memory.MemoryFile(None, path, file.getvalue())
            self.pipe_file(path, file.getvalue() + b"more")
            return copy
        return file


@pytest.mark.parametrize("changes", [0, 1, 9])
def test_a_change_under_the_readers_hands_is_read_again(tmp_path: Path, opened: dict[Options, Stores], changes: int):
    fsspec.register_implementation("restless", Restless, clobber=True)
    Restless().pipe_file("/p/a.txt", b"a")
    Restless.changes = changes
    runs = Runs(tmp_path, opened, protocols=("restless",))
    done = runs.run("restless://p/")
    Restless.changes = 0
    if changes == 9:
        assert done.sources == [] and done.problems[0].kind == "changed"
    else:
        assert list(runs.committed.values()) == [b"a" + b"more" * changes]
        assert runs.run("restless://p/").bytes_read == 0


def test_fewer_bytes_than_were_said_are_no_file(tmp_path: Path, opened: dict[Options, Stores], monkeypatch: pytest.MonkeyPatch):
    fsspec.register_implementation("restless", Restless, clobber=True)
    Restless().pipe_file("/p/a.txt", b"a whole text")
    monkeypatch.setattr(Restless, "open", lambda self, path, mode="rb", **_: io.BytesIO(b"a whole"))
    done = Runs(tmp_path, opened, protocols=("restless",)).run("restless://p/")
    assert done.sources == [] and "7 bytes came of 12, 3 times" in done.problems[0].reason


def test_a_folder_that_cannot_be_listed_hides_nothing(tmp_path: Path, opened: dict[Options, Stores], monkeypatch: pytest.MonkeyPatch):
    fsspec.register_implementation("restless", Restless, clobber=True)
    Restless().pipe_file("/p/a.txt", b"a")
    Restless().pipe_file("/p/closed/b.txt", b"b")
    monkeypatch.setattr(Restless, "find", fsspec.AbstractFileSystem.find)
    real = Restless.ls
    runs = Runs(tmp_path, opened, protocols=("restless",))
    assert len(runs.look("restless://p/").sources) == 2 and runs.found.scanned

    def ls(self, path, **kwargs):
        if path.endswith("closed"):
            raise PermissionError("geheim")
        return real(self, path, **kwargs)

    monkeypatch.setattr(Restless, "ls", ls)
    assert "may not be read" in runs.look("restless://p/").problems[0].reason and not runs.found.scanned
    assert len(Restless().find("/p")) == 1, "what fsspec itself would have said"


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def without(name: str):
        raise ImportError("No module named 's3fs'")

    monkeypatch.setattr("tasks.ingest.remote.listing.import_module", without)
    with pytest.raises(UsageError, match="taojin setup s3"):
        Runs(tmp_path, {}).look("s3://crawl/")


@pytest.mark.parametrize(("error", "kind"), [
    (TimeoutError(), "transient"), (ConnectionResetError(), "transient"), (OSError(5, "x"), "transient"), (OSError(13, "x"), "denied"),
    (FileNotFoundError("geheim"), "vanished"), (PermissionError("geheim"), "denied"), (ValueError("geheim"), "refused"),
    (type("HttpError", (Exception,), {"code": 503})("geheim"), "transient"),
    (type("HttpResponseError", (Exception,), {"status_code": 403})("geheim"), "denied"),
    (type("HfHubHTTPError", (OSError,), {"response": SimpleNamespace(status_code=429)})("geheim"), "transient"),
    (type("ServiceRequestTimeoutError", (Exception,), {})("geheim"), "transient"),
])  # fmt: skip
def test_foreign_errors_are_kinds_without_their_text(error: Exception, kind: str):
    fault = by_exception(error)
    assert fault.kind == kind and "geheim" not in fault.sentence() and fault.advice


def test_pauses_grow_are_spread_and_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tasks.ingest.remote.patience.FIRST_PAUSE", FIRST_PAUSE)
    assert [by_status(s).kind for s in (404, 410, 403, 500, 503, 429, 400, 302)] == [
        "vanished", "vanished", "denied", "transient", "transient", "transient", "refused", "refused"]
    assert all(FIRST_PAUSE / 2 * 2**n <= pause(n) <= FIRST_PAUSE * 2**n for n in range(6)) and pause(50) <= 20 and pause(0, 1e9) == 60
    assert len({pause(3) for _ in range(20)}) > 1


def test_threads_share_one_store(store: HostileStore, tmp_path: Path, opened: dict[Options, Stores]):
    store.objects = {f"{n}.txt": os.urandom(100_000) for n in range(64)}
    runs = Runs(tmp_path, opened, threads=16)
    done = runs.run(f"s3://{BUCKET}/")
    assert [runs.committed[s.file_id] for s in done.sources] == [store.objects[k] for k in sorted(store.objects)]
    assert threading.active_count() < 60 and json.dumps(done.problems) == "[]"
