"""taojin ingest s3://… end to end, against moto: what is stored, what is asked for again, what a kill leaves, what is never written."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.commands import explain
from flows.commands import ingest as command
from flows.commands.lookup import find
from flows.commands.quarantine import run_retry
from flows.commands.serve import run as serve
from flows.ingest import divided, ingest
from flows.settings import Settings, load
from flows.watch import RemoteWatch
from tasks.errors import UnreadableInput, UsageError
from tasks.ingest.names import is_local
from tasks.storage.layout import Layout
from tasks.storage.reader import open_published
from tests.conftest import PROJECT
from tests.laws.command import Command
from tests.tasks.ingest.hostile_store import KEYS

BUCKET = "crawl"
ROOT = f"s3://{BUCKET}/pages/"
SECRET = KEYS["AWS_SECRET_ACCESS_KEY"]


@dataclass
class Moto:
    """A store of moto's, and every request to it."""

    url: str
    client: Any
    asked: list[str] = field(default_factory=list)

    def put(self, **objects: str | bytes) -> None:
        for key, data in objects.items():
            self.client.put_object(Bucket=BUCKET, Key=f"pages/{key}", Body=data.encode() if isinstance(data, str) else data)

    def gets(self) -> int:
        """GETs of objects since the last question."""
        count = sum(a.startswith("GET /") and "list-type" not in a for a in self.asked)
        self.asked.clear()
        return count


@pytest.fixture(scope="module")
def running() -> Iterator[Moto]:
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    serving, boto3 = pytest.importorskip("werkzeug.serving"), pytest.importorskip("boto3")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        moto = Moto("", None)
        patch.setattr(serving.WSGIRequestHandler, "log_request", lambda self, *_: moto.asked.append(f"{self.command} {self.path}"))
        server.start()
        host, port = server.get_host_and_port()
        moto.url = f"http://{host}:{port}"
        patch.setenv("AWS_ENDPOINT_URL", moto.url)
        moto.client = boto3.client("s3")
        yield moto
        server.stop()


@pytest.fixture
def moto(running: Moto) -> Moto:
    """The store with a bucket of three pages and two that are no pages."""
    for bucket in running.client.list_buckets()["Buckets"]:
        for found in running.client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()):
            running.client.delete_object(Bucket=bucket["Name"], Key=found["Key"])
        running.client.delete_bucket(Bucket=bucket["Name"])
    running.client.create_bucket(Bucket=BUCKET)
    running.put(**{f"第 {n} 页.txt": page(n) for n in (1, 2, 3)}, **{"空.txt": b"", "folder/": b""})
    running.asked.clear()
    return running


def page(n: int, more: str = "") -> str:
    return f"第{n}号通知\n\n今年共有{n}00名职工参加培训，比去年增长{n}%。{more}\n"


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_published(settings.warehouse) as db:
        return db.execute(query).fetchall()


def states(settings: Settings) -> dict[str, str]:
    return dict(rows(settings, "select name, state from arrivals where state <> 'superseded'"))


def written(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def test_a_bucket_is_taken_in_once_and_followed(moto: Moto, settings: Settings, quick, capsys: pytest.CaptureFixture[str]):
    dry = ingest(settings, [ROOT], dry_run=True)
    assert (dry.unfetched, moto.gets(), settings.warehouse.exists()) == (4, 0, False)
    first = ingest(settings, [ROOT])
    assert (first.status, first.files_new, first.problems, moto.gets()) == ("done", 4, (), 4)
    told = rows(settings, "select uri, name, size_bytes, modified_at from arrivals order by uri")
    assert told[-1][:3] == (f"{ROOT}第 3 页.txt", "第 3 页.txt", len(page(3).encode()))
    assert all(abs(m - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=10) for *_, m in told)
    layout = Layout.of(settings.warehouse)
    assert not layout.fetched.exists(), "copies go when their batches are committed"

    assert (ingest(settings, [ROOT]).status, moto.gets()) == ("nothing-new", 0)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert (ingest(settings, [ROOT], since=later).files_seen, moto.gets()) == (0, 0)

    moto.put(**{"第 1 页.txt": page(1, "另有规定的除外。"), "第 2 页.txt": page(2), "新.txt": page(9)})
    moto.client.delete_object(Bucket=BUCKET, Key="pages/第 3 页.txt")
    moto.asked.clear()
    second = ingest(settings, [ROOT])
    assert (second.files_new, second.gone, moto.gets()) == (2, 1, 2), "the same bytes again have the same tag"
    present = dict.fromkeys(("第 1 页.txt", "第 2 页.txt", "空.txt", "新.txt"), "current")
    assert states(settings) == present | {"第 3 页.txt": "gone"}
    assert rows(settings, "select state from arrivals where name = '第 1 页.txt' order by 1") == [("current",), ("superseded",)]

    with open_published(settings.warehouse) as db:
        assert find(db, f"{ROOT}第 1 页.txt").name == find(db, f"S3A://{BUCKET}/pages/第 1 页.txt").name == "第 1 页.txt"
    assert explain.run(settings.warehouse, f"{ROOT}新.txt", None, True, False) == 0
    assert command.run(settings, [ROOT], rehash=False, dry_run=False, timings=False, quiet=False, as_json=False) == 0
    assert f"4 files in {ROOT} are in generation 2" in capsys.readouterr().out
    assert not any(SECRET.encode() in written(f) for f in (settings.warehouse, settings.prefect_home))


@pytest.mark.slow
def test_neighbours_go_through_and_a_failed_listing_is_no_empty_one(moto: Moto, settings: Settings, quick, tmp_path: Path):
    (tmp_path / "here.txt").write_text(page(7))
    both = ingest(settings, [ROOT, tmp_path / "here.txt", "s3://no-such-bucket/x/"])
    assert both.files_new == 5 and [p.uri for p in both.problems] == ["s3://no-such-bucket/x/"]
    assert "no such bucket" in both.problems[0].reason
    with pytest.raises(UnreadableInput, match="s3://no-such-bucket/x/ cannot be read: there is no such bucket"):
        ingest(settings, ["s3://no-such-bucket/x/"])
    with pytest.raises(UnreadableInput, match="nothing of this name"):
        ingest(settings, [f"s3://{BUCKET}/missing.txt"])
    moto.client.delete_object(Bucket=BUCKET, Key="pages/第 3 页.txt")
    assert ingest(settings, [f"{ROOT}第 1 页.txt"]).gone == 0, "one object says nothing of its neighbours"
    os.environ["AWS_ENDPOINT_URL"], before = "http://127.0.0.1:9", os.environ["AWS_ENDPOINT_URL"]
    try:
        with pytest.raises(UnreadableInput, match="connection failed"):
            ingest(load(environ={}, **{f: getattr(settings, f) for f in ("warehouse", "prefect_home")}, remote_tries=1), [ROOT])
    finally:
        os.environ["AWS_ENDPOINT_URL"] = before
    assert "gone" not in states(settings).values()
    assert ingest(settings, [f"s3://{BUCKET}"]).gone == 1, "the whole bucket holds the prefix"


@pytest.mark.slow
def test_what_is_too_large_waits_in_quarantine_and_is_not_fetched(moto: Moto, settings: Settings, quick):
    moto.put(**{"大.txt": b"x" * 5000})
    small = load(environ={}, **{f: getattr(settings, f) for f in ("warehouse", "workers", "prefect_home", "prefect_api_url")},
                 record_limit_bytes=1000, container_limit_bytes=2000)  # fmt: skip
    moto.asked.clear()
    result = ingest(small, [ROOT])
    assert ([r.name for r in result.refused], moto.gets()) == (["大.txt"], 4)
    [(key, replay)] = rows(small, "select key, replay from quarantine")
    assert (key, replay) == (f"{ROOT}大.txt", f"taojin ingest '{ROOT}大.txt'")
    assert (ingest(small, [ROOT]).status, moto.gets()) == ("nothing-new", 0)
    assert (run_retry(settings, [], None, True, False), moto.gets()) == (0, 1), "it was never read, so it is asked for again"
    assert rows(settings, "select state from arrivals where name = '大.txt'") == [("current",)], "the limit was raised"


@pytest.mark.slow
def test_the_settings_name_inputs(moto: Moto, settings: Settings, quick, tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "here.txt").write_text(page(7))
    config = tmp_path / "taojin.toml"
    config.write_text(f'inputs = ["{ROOT}", "in", "file://{tmp_path}/in"]\nremote_threads = 2\nremote_protocols = ["s3"]\n')
    given = load(config, {}, **{f: getattr(settings, f) for f in ("warehouse", "workers", "prefect_home", "prefect_api_url")})
    assert given.inputs == (ROOT, str(tmp_path / "in"), f"file://{tmp_path}/in") and ROOT not in repr(given)
    assert (given.remote.protocols, given.remote.threads) == (("s3",), 2)
    assert load(environ={"TAOJIN_INPUTS": f" {ROOT}\n\nin "}).inputs == (ROOT, os.path.abspath("in"))
    assert ingest(given).files_new == 5
    assert sum(map(is_local, (u for (u,) in rows(given, "select uri from arrivals")))) == 1
    for wrong in ('inputs = 3', 'remote_protocols = ["s3", "zip"]', 'remote_protocols = ["S3://"]', "remote_tries = 0"):
        config.write_text(wrong)
        with pytest.raises(UsageError):
            load(config, {})


def test_a_secret_in_a_url_is_written_nowhere(moto: Moto, settings: Settings, quick, capsys: pytest.CaptureFixture[str]):
    url = moto.client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "pages/第 1 页.txt"})
    signature = url.partition("Signature=")[2].partition("&")[0]
    assert len(signature) > 20
    assert command.run(settings, [url], rehash=False, dry_run=False, timings=False, quiet=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["files_new"] == 1
    broken = url.replace("pages/", "geheim@x/pages/").replace(moto.url, "http://127.0.0.1:9")
    tired = load(environ={}, warehouse=settings.warehouse, prefect_home=settings.prefect_home, remote_tries=1)
    with pytest.raises(UnreadableInput) as raised:
        ingest(tired, [broken])
    assert command.run(settings, [url], rehash=False, dry_run=False, timings=False, quiet=False, as_json=False) == 0
    said = str(raised.value) + "".join(capsys.readouterr())
    everything = written(settings.warehouse) + written(settings.prefect_home) + said.encode()
    assert signature.encode() not in everything and b"AKIDTEST" not in everything
    with pytest.raises(UsageError, match="Prefect keeps"):
        serve(settings, [url], None, None, True, 0)
    assert divided([url, "a/b", Path("c"), "file:///d%20e"]) == ([url], [Path("a/b"), Path("c"), Path("/d e")])


def test_a_run_over_files_loads_nothing_of_all_this():
    heavy = "'fsspec', 'httpx', 's3fs', 'botocore', 'aiohttp'"
    code = f"import sys, flows.commands.ingest; print([m for m in ({heavy}) if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_watch_sees_what_changes_behind_a_url(moto: Moto, settings: Settings):
    import threading

    said: list[str] = []
    stopping = threading.Event()
    stopping.set()  # no thread: we look ourselves
    watch = RemoteWatch(settings, [ROOT], said.append, stopping)
    assert watch.seen is None
    watch.stopping = threading.Event()
    seen = []
    for change in (lambda: None, lambda: None, lambda: moto.put(**{"新.txt": page(4)}), lambda: moto.put(**{"新.txt": page(5)})):
        change()
        watch._once()
        seen.append(watch.seen)
    assert seen[0] == seen[1] and len(set(seen)) == 3 and moto.gets() == 0
    moto.client.delete_object(Bucket=BUCKET, Key="pages/第 3 页.txt")
    os.environ["AWS_ENDPOINT_URL"], before = "http://127.0.0.1:9", os.environ["AWS_ENDPOINT_URL"]
    try:
        watch.settings = load(environ={}, remote_tries=1)
        watch._once()
        watch._once()
    finally:
        os.environ["AWS_ENDPOINT_URL"] = before
    assert watch.seen == seen[-1] and len(said) == 1, "a store that is down changes nothing and is told of once"
    assert RemoteWatch(settings, [], said.append, stopping).seen == 0


@pytest.mark.slow
@pytest.mark.parametrize("point", ["fetch.before-name@3", "fetch.named@3", "publish.start"])
def test_a_run_killed_while_it_fetches_is_gone_on_with(moto: Moto, tmp_path: Path, prefect_server, point: str):
    taojin = Command(tmp_path / "w", prefect_server.settings.prefect_home, prefect_server.url, PROJECT)
    moto.asked.clear()
    killed = taojin("ingest", ROOT, TAOJIN_FAULT=point, TAOJIN_REMOTE_THREADS="1")
    assert killed.code == -9, killed.err
    before = moto.gets()
    done = taojin("ingest", ROOT, "--json")
    assert (done.code, done.json["status"] in ("done", "nothing-new")) == (0, True), done.err
    assert before + moto.gets() == {"fetch.before-name@3": 5, "fetch.named@3": 4, "publish.start": 4}[point]
    assert taojin.ask("select count(*) from arrivals where state = 'current'") == [(4,)]
    assert not Layout.of(tmp_path / "w").fetched.exists()
    assert taojin("verify").code == 0
