"""Readers during publications: a loop of readers while one commit after the other is published; nothing torn, nothing refused.

    python -m benchmarks.readers OUT [--publications 20]

OUT is made anew. Every publication adds one file, so a generation is whole when its files, documents, articles and names all count to its
number. Four readers in processes of their own look, each in its way, until the last one is out:

    current   opens what `current` points to, as `taojin sql` does, asks and closes
    plain     opens the path with plain DuckDB, without our retry
    held      opens once, before the first publication, and keeps asking
    kept      opens each path that `taojin path` ever printed again and again: those that are kept still show what they showed
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb

from benchmarks.commits import arrival_of, batch_of
from flows.settings import PROJECT
from tasks.errors import TaojinError, UsageError
from tasks.storage.commit import commit
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.publish import publish
from tasks.storage.reader import current_path, open_published
from tasks.storage.records import Delta

WAYS = ("current", "plain", "held", "kept")
ASK = """SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM articles),
                (SELECT count(DISTINCT doc_id) FROM kept),
                (SELECT sum(char_count) FROM documents), (SELECT sum(len(text)) FROM documents),
                (SELECT max(generation) FROM _publication)"""


def seen(db: duckdb.DuckDBPyConnection) -> tuple[int, bool]:
    """The generation, and whether it is whole."""
    documents, articles, kept, counted, characters, generation = db.execute(ASK).fetchone()
    return generation, documents == articles == kept == generation and counted == characters


def read(root: Path, way: str, stop: Path) -> dict[str, int]:
    """Look until `stop` is there."""
    tally: Counter[str] = Counter()
    generations: set[int] = set()
    printed: dict[Path, int] = {}
    held = open_published(root) if way == "held" else None
    first = seen(held)[0] if held else 0
    while not stop.exists():
        try:
            if held:
                generation, whole = seen(held)
                whole &= generation == first
            elif way == "current":
                with open_published(root) as db:
                    generation, whole = seen(db)
            else:
                path = current_path(root)
                with duckdb.connect(str(path), read_only=True) as db:
                    generation, whole = seen(db)
                printed[path] = generation
            generations.add(generation)
            tally["reads"] += 1
            tally["torn"] += not whole
        except (duckdb.Error, TaojinError) as error:
            tally["errors"] += 1
            print(f"{way}: {str(error).splitlines()[0]}", file=sys.stderr)
        for path, generation in list(printed.items()) if way == "kept" else ():
            try:
                with duckdb.connect(str(path), read_only=True) as db:
                    tally["reads"] += 1
                    tally["torn"] += seen(db) != (generation, True)
            except duckdb.IOException as error:
                tally["expired"] += "does not exist" in str(error)
                tally["errors"] += "does not exist" not in str(error)
                del printed[path]
    return {"reads": tally["reads"], "generations": len(generations), "errors": tally["errors"], "torn": tally["torn"],
            "expired": tally["expired"]}  # fmt: skip


def publications(layout: Layout, first: int, last: int) -> None:
    for number in range(first, last + 1):
        with writer_lock(layout):
            state = load_state(layout)
            batch = batch_of(layout, number)
            state = commit(layout, state, Delta(number, (batch,), run_files=arrival_of(layout, batch, number), generation=number))
            publish(layout, state, threads=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--publications", type=int, default=20)
    parser.add_argument("--read", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    layout, stop = Layout.of(asked.out), Path(asked.out) / "stop"
    if asked.read:
        print(json.dumps(read(layout.root, asked.read, stop)))
        return
    if layout.root.exists() and any(layout.root.iterdir()):
        raise UsageError(f"{layout.root} is not empty.", "Name a folder that is not there.")
    publications(layout, 1, 1)
    command = [sys.executable, "-m", "benchmarks.readers", str(layout.root), "--read"]
    readers = {way: subprocess.Popen([*command, way], stdout=subprocess.PIPE, text=True, cwd=PROJECT) for way in WAYS}
    time.sleep(2.0)  # they have begun
    publications(layout, 2, asked.publications + 1)
    stop.touch()
    print(f"{asked.publications} publications")
    print(f"{'reader':8} {'reads':>7} {'generations':>12} {'errors':>7} {'torn':>5} {'expired paths':>14}")
    for way, reader in readers.items():
        told = json.loads(reader.communicate()[0])
        print(f"{way:8} {told['reads']:7} {told['generations']:12} {told['errors']:7} {told['torn']:5} {told['expired']:14}")
    path = layout.generation(1)
    try:
        duckdb.connect(str(path), read_only=True)
    except duckdb.IOException as error:
        print(f"A path that expired: {str(error).splitlines()[0].replace(str(layout.root), 'OUT')}")


if __name__ == "__main__":
    main()
