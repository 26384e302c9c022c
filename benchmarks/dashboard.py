"""Pages under load: how long each takes while clients read, beside the processor time that they cost, and what the server keeps.

    python -m benchmarks.dashboard --articles 100000 --clients 20 --seconds 60 --ingest
    python -m benchmarks.dashboard --warehouse DIR --requests 10000

Makes a warehouse of so many short pages (half of them soiled, see corpus.py) unless one is named, starts `taojin dashboard` over it, and
lets clients load pages with a second of thinking between two. Prints for each page the median and 95th percentile, all together, and
the server's memory at the beginning, after warming and at the end. `--ingest` runs an ingest of more pages at low priority meanwhile.
`--requests` then asks for that many pages without thinking and prints the curve of the memory; `--seconds 0` does only that.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks import corpus

TENTHS = 10  # parts of a long series of requests, after each of which memory is looked at
PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}
WORDS = (
    "安全检查", "水渠", "职工培训", "乡村道路", "法律责任", "村民委员会", "人民政府", "环境保护", "罚款", "行政处罚", "土地", "合同",
    "劳动者", "学校", "食品安全", "道路交通", "知识产权", "公共场所", "应急预案", "财政补贴",
)  # fmt: skip

# page -> share of the requests; {article}, {document}, {rule} … are drawn from the warehouse
MIX = {
    "/": 8, "/checks": 5, "/checks/articles/residual_dirt-none": 2, "/quarantine": 3, "/runs": 3, "/runs/1": 2, "/articles": 8,
    "/articles?script=Hans&year={year}": 5, "/articles?sort=-length&site={site}": 3, "/articles?q={word}": 5, "/articles/{article}": 20,
    "/articles/{article}?view=split": 8, "/articles/{article}?view=raw": 5, "/articles/{article}?view=hans": 3, "/documents/{document}": 3,
    "/facts": 3, "/facts?unit=CNY&min=1000": 3, "/duplicates": 2, "/dirt": 3, "/dirt?group=rule": 2, "/dirt/{rule}": 3, "/encodings": 3,
    "/sql": 2, "/sql?sql={sql}": 5, "/dictionary": 2, "/dictionary/{table}": 2, "/health": 1, "/about": 1,
}  # fmt: skip
QUERIES = (
    "select title, published_at from articles order by published_at desc nulls last limit 50",
    "select kind, count(*) from facts group by 1 order by 2 desc",
    "select label, sum(edits) from dirt_daily group by 1 order by 2 desc",
)


def pages(source: Path, folder: Path, count: int, seed: int) -> None:
    """So many short files, each distinct."""
    rng = random.Random(seed)
    pool = corpus.paragraphs(source)
    for k in range(count):
        below = folder / f"{k // 1000:03}"
        below.mkdir(parents=True, exist_ok=True)
        body = [rng.choice(pool) for _ in range(rng.randint(3, 6))]
        dirty = rng.random() < 0.5 and len({c for p in body for c in p}) > 80
        text = corpus.soil(body, rng) if dirty else f"{rng.choice(corpus.TOPICS)}{seed}-{k}\n" + "\n".join(body) + "\n"
        (below / f"{seed}-{k:06}.txt").write_bytes(text.encode("gb18030" if dirty and rng.random() < 0.3 else "utf-8"))


def ingest(folder: Path, warehouse: Path, nice: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flows", "ingest", str(folder), "--warehouse", str(warehouse), "--workers", "1", "--quiet"]
    return subprocess.Popen(command, cwd=PROJECT, env=ENVIRONMENT, preexec_fn=(lambda: os.nice(nice)) if nice else None)


class Server:
    """`taojin dashboard` as people start it."""

    def __init__(self, warehouse: Path) -> None:
        command = [sys.executable, "-m", "flows", "dashboard", "--port", "0", "--warehouse", str(warehouse)]
        self.process = subprocess.Popen(command, cwd=PROJECT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)/", self.process.stdout.readline())[1])

    @property
    def memory(self) -> int:
        """Resident bytes of the server alone: the children of the SQL page have limits of their own."""
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) * 1024

    @property
    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Client:
    """One reader with a connection that stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> tuple[int, bytes, float]:
        began = time.perf_counter()
        self.connection.request("GET", path, headers={"accept-encoding": "gzip"})
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status, body, time.perf_counter() - began


def drawn(port: int) -> dict[str, list[str]]:
    """What addresses of the mix are filled with."""
    client = Client(port)

    def rows(sql: str) -> list[str]:
        return [str(next(iter(r.values()))) for r in json.loads(client.get("/sql.json?" + urlencode({"sql": sql}))[1])]

    return {
        "article": rows("select article_id from articles using sample 3000 (reservoir, 7)"),
        "document": rows("select doc_id from documents using sample 1000 (reservoir, 7)"),
        "rule": rows("select distinct rule_id from dirt_daily"),
        "site": rows("select distinct site from articles where site is not null limit 20") or ["-"],
        "year": rows("select distinct year(published_at) from articles where published_at is not null limit 20") or ["-"],
        "table": rows("select distinct table_name from checks limit 20"),
        "word": [quote(w) for w in WORDS],
        "sql": [quote(q) for q in QUERIES],
    }


def load(
    port: int, clients: int, seconds: float, values: dict[str, list[str]], think: float = 1.0, most: int = 1 << 60
) -> dict[str, list[float]]:
    """Seconds of each request by page of the mix, from so many clients."""
    took: dict[str, list[float]] = defaultdict(list)
    lock = threading.Lock()
    end = time.monotonic() + seconds
    left = [most]

    def read(number: int) -> None:
        rng = random.Random(number)
        client = Client(port)
        time.sleep(rng.random() * think)
        while time.monotonic() < end:
            with lock:
                left[0] -= 1
                if left[0] < 0:
                    return
            (page,) = rng.choices(list(MIX), list(MIX.values()))
            path = re.sub(r"\{(\w+)\}", lambda m: quote(rng.choice(values[m[1]]), safe="%"), page)
            status, _, lasted = client.get(path)
            if status not in (200, 404):
                sys.exit(f"{path} answered {status}")
            with lock:
                took[page].append(lasted)
            time.sleep(think * rng.uniform(0.5, 1.5))

    threads = [threading.Thread(target=read, args=(n,)) for n in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return took


def told(took: dict[str, list[float]]) -> None:
    print(f"{'page':<48}{'requests':>9}{'median ms':>11}{'p95 ms':>9}{'worst ms':>10}")
    for page, times in sorted(took.items(), key=lambda x: -_p95(x[1])):
        print(f"{page:<48}{len(times):>9}{1000 * statistics.median(times):>11.0f}{1000 * _p95(times):>9.0f}{1000 * max(times):>10.0f}")
    every = [t for times in took.values() for t in times]
    print(f"{'all':<48}{len(every):>9}{1000 * statistics.median(every):>11.0f}{1000 * _p95(every):>9.0f}{1000 * max(every):>10.0f}")


def _p95(times: list[float]) -> float:
    return sorted(times)[min(int(0.95 * len(times)), len(times) - 1)]


def memory_over(server: Server, values: dict[str, list[str]], requests: int) -> None:
    """So many requests without thinking; the server's memory after each tenth, and what the second half added to the first."""
    marks = [server.memory / 1e6]
    for _ in range(TENTHS):
        load(server.port, 4, 3600, values, think=0, most=requests // TENTHS)
        marks.append(server.memory / 1e6)
    top = max(marks)
    print(f"memory over {requests:,} requests:")
    for i, m in enumerate(marks):
        print(f"{requests // TENTHS * i:>10,}{m:>8.0f} MB  {'#' * round(50 * m / top)}")
    half = TENTHS // 2
    print(f"the second half added {statistics.mean(marks[half + 1:]) - marks[half]:+.0f} MB in the mean to {marks[half]:.0f} MB")


def costs(server: Server, values: dict[str, list[str]], tries: int) -> None:
    """
    Processor time of each page, one request after the other, each with values that nobody asked for before: the cost of a page that
    is not known yet. It hardly depends on what else the machine does, as a time does.
    """
    rng = random.Random(11)
    client = Client(server.port)
    found = {}
    for page in MIX:
        before = server.cpu
        for _ in range(tries):
            client.get(re.sub(r"\{(\w+)\}", lambda m: quote(rng.choice(values[m[1]]), safe="%"), page))
        found[page] = 1000 * (server.cpu - before) / tries
    print(f"{'page':<48}{'processor ms of a request':>26}")
    for page, cost in sorted(found.items(), key=lambda x: -x[1]):
        print(f"{page:<48}{cost:>26.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--requests", type=int, default=0, help="then so many without thinking, for memory")
    parser.add_argument("--costs", type=int, default=0, metavar="N", help="first the processor time of each page over N requests")
    parser.add_argument("--ingest", action="store_true", help="ingest 5,000 more pages at low priority meanwhile")
    parser.add_argument("--warehouse", type=Path, help="a warehouse that is there already")
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = args.warehouse or Path(folder) / "warehouse"
        if args.warehouse is None:
            pages(args.source, Path(folder) / "pages", args.articles, 1)
            if ingest(Path(folder) / "pages", warehouse).wait():
                sys.exit("the ingest failed")
        server = Server(warehouse)
        try:
            _measure(server, args, Path(folder), warehouse)
        finally:
            server.stop()


def _measure(server: Server, args: argparse.Namespace, folder: Path, warehouse: Path) -> None:
    values = drawn(server.port)
    client = Client(server.port)
    for page in MIX:  # as a reader of the day before has left it: what is computed once is computed
        client.get(re.sub(r"\{(\w+)\}", lambda m: quote(values[m[1]][0], safe="%"), page))
    warm = server.memory
    if args.costs:
        costs(server, values, args.costs)
    writer = None
    if args.ingest:
        pages(args.source, folder / "more", 5_000, int(time.time()))
        writer = ingest(folder / "more", warehouse, nice=19)
    began, cpu = time.monotonic(), server.cpu
    took = load(server.port, args.clients, args.seconds, values)
    lasted = time.monotonic() - began
    going = writer is not None and writer.poll() is None
    n = sum(map(len, took.values()))
    if n:
        told(took)
        print(
            f"{n / lasted:.1f} requests a second, {1000 * (server.cpu - cpu) / n:.0f} ms of the server's processor time each; "
            f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
            + (", an ingest " + ("going on" if going else "ended meanwhile"))
            * bool(writer)
        )
        print(f"memory {warm / 1e6:.0f} MB warm, {server.memory / 1e6:.0f} MB after {n:,} requests")
    if writer is not None:
        writer.wait()
    if args.requests:
        memory_over(server, values, args.requests)


if __name__ == "__main__":
    main()
