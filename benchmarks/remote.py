"""Files of a folder and the same files behind s3://: requests, time, a kill in the middle of fetching, and whether the tables are equal.

    python -m benchmarks.remote OUT [--objects 1000]

Starts moto's S3 server in this process, puts texts of our own into it, and runs the real command. Requests are those that the server
answered. Time is CPU seconds of the command and its workers, since a machine may be busy. OUT is made anew.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer
from werkzeug.serving import WSGIRequestHandler

from benchmarks.kills import differences
from flows.settings import PROJECT
from tasks.storage.layout import Layout

BUCKET = "crawl"
ROOT = f"s3://{BUCKET}/pages/"
ASKED: list[tuple[str, str]] = []


def texts(count: int) -> dict[str, bytes]:
    """Short notices, each another one, some under odd names."""
    names = ("第 {n} 页.txt", "{n}.txt", "深/{n}/页.txt", "100%/{n}?.txt")
    notice = "第{n}号通知\n\n渡口今年共运{passengers}人，比去年增长{growth}%，风平浪静。\n"
    return {names[n % len(names)].format(n=n): notice.format(n=n, passengers=n * 91, growth=n % 90).encode() for n in range(count)}


def served(objects: dict[str, bytes]) -> ThreadedMotoServer:
    """A store that holds them; the environment then means it by s3://."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    WSGIRequestHandler.log_request = lambda self, *_: ASKED.append((self.command, self.path))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1",
                   "AWS_ENDPOINT_URL": f"http://{host}:{port}"}  # fmt: skip
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for name, data in objects.items():
        client.put_object(Bucket=BUCKET, Key=f"pages/{name}", Body=data)
    return server


def begin(warehouse: Path, *words: str, **environment: str) -> subprocess.Popen:
    env = os.environ | {"PYTHONPATH": str(PROJECT), "TAOJIN_PREFECT_HOME": str(warehouse.parent / "prefect")} | environment
    command = [sys.executable, "-m", "flows", "ingest", *words, "-w", str(warehouse), "--json"]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def run(title: str, warehouse: Path, *words: str) -> None:
    """One command to its end, in a line."""
    ASKED.clear()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = begin(warehouse, *words)
    out, _ = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = json.loads(out)
    count = told["unfetched"] or told["files_new"]
    print(f"{title:<34} {told['status']:<12} {count:>6,} new {_lists():>5} lists {_gets():>6,} GETs {_heads():>3} HEADs "
          f"{cpu:>7.1f} s CPU {time.perf_counter() - began:>7.1f} s", flush=True)  # fmt: skip


def kill(warehouse: Path, after: int) -> None:
    """Start, and SIGKILL when so many copies lie in staging."""
    ASKED.clear()
    fetched = Layout.of(warehouse).fetched
    process = begin(warehouse, ROOT, TAOJIN_REMOTE_THREADS="2")
    while process.poll() is None and (not fetched.exists() or len(os.listdir(fetched)) < after):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    whole = [n for n in os.listdir(fetched) if not n.endswith(".part")]
    print(f"{'killed while it fetched':<34} {_gets():>6,} GETs, {len(whole):,} whole copies left", flush=True)


def _lists() -> int:
    return sum("list-type" in path for _, path in ASKED)


def _gets() -> int:
    return sum(method == "GET" and "list-type" not in path for method, path in ASKED)


def _heads() -> int:
    return sum(method == "HEAD" for method, _ in ASKED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--objects", type=int, default=1000)
    given = parser.parse_args()
    shutil.rmtree(given.out, ignore_errors=True)
    objects = texts(given.objects)
    for name, data in objects.items():
        (given.out / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (given.out / "files" / name).write_bytes(data)
    server = served(objects)
    here, there, broken = (given.out / name for name in ("here", "there", "broken"))
    run("files", here, str(given.out / "files"))
    run("files, unchanged", here, str(given.out / "files"))
    run("s3, dry run", there, ROOT, "--dry-run")
    run("s3", there, ROOT)
    run("s3, unchanged", there, ROOT)
    kill(broken, given.objects // 2)
    run("s3, the run after the kill", broken, ROOT)
    run("s3, unchanged", broken, ROOT)
    for name, root in (("s3", there), ("s3 with the kill", broken)):
        found = [table for table in differences(here, root) if table != "arrivals"]  # uris are others
        print(f"tables of {name} that differ from those of files, arrivals aside: {', '.join(found) or 'none'}")
    server.stop()


if __name__ == "__main__":
    main()
