"""A tiny pipeline and flow for the storage tests: lawful tables for texts of our own, through the real contracts.

Lines that begin with ※ are dirt; every other non-empty line is a paragraph; every character is a word. What storage
promises does not depend on how good a stage is, so these tests need no real one.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.catalog import PUBLISHED, TABLES
from schemas.ids import article_id, batch_id, doc_id, file_id, text_sha256
from tasks.relate.signatures import find_signatures
from tasks.storage.arrivals import current_arrivals
from tasks.storage.commit import assemble, commit, run_table
from tasks.storage.contents import read_batch, write_contents
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.mend import opened
from tasks.storage.parquet import staged
from tasks.storage.publish import needs_publication, publish
from tasks.storage.reader import open_published
from tasks.storage.receipts import adopt, write_receipt
from tasks.storage.records import Delta, Job, Receipt, State

CODE = {"decode": "d1", "clean": "c1", "enrich": "e1", "validate": "v1"}
MIDNIGHT = datetime(2026, 1, 2)

TEXTS = {
    "甲.txt": "※首页 > 新闻\n开渠引水要趁早\n今年春天雨水少，各村先修渠。\n※分享到朋友圈\n渠成之后，再议种田。\n",
    "乙.txt": "灯塔\n守塔人每夜点灯三次。",
    "丙.txt": "※导航\n\n集市\n逢五逢十开市，卖布的人最多。\n※版权所有",
    "丁.txt": "",
    "戊.txt": "山路\n山路十八弯，走的人少。\n下雨便不走。",
}


def seeds(names: Iterable[str] = TEXTS) -> dict[str, bytes]:
    return {n: TEXTS[n].encode() for n in names}


def work(layout: Layout, job: Job, contents: Mapping[str, bytes]) -> Receipt:
    """What a worker does: tables of the stages asked for, then the receipt."""
    folder = layout.batch_staging(job.batch_id)
    rows: dict[tuple[str, str], list[dict]] = {}
    for f, data in sorted(contents.items()):
        _document(f, data, job, rows)
    stages = ("decode", "clean", "enrich")
    wanted = stages[stages.index(job.stage_from) :]
    files = [write_contents(layout, folder, contents)] if job.previous is None else []
    for (table, stage), found in rows.items():
        if stage in wanted:
            columns = [{**dict.fromkeys(TABLES[table].names), **r, "run_id": job.run_id} for r in found]
            record = staged(layout, folder, table, stage, pa.Table.from_pylist(columns, TABLES[table].arrow))
            files += [record] if record else []
    size = sum(map(len, contents.values()))
    receipt = Receipt(job.batch_id, job.stage_from, tuple(contents), size, job.fingerprints, job.run_id, tuple(files))
    write_receipt(layout, receipt)
    return receipt


def ingest(root: Path, files: Mapping[str, bytes], *, batch_size: int = 2, refused: Iterable[str] = (), code: Mapping[str, str] = CODE,
           gone: Iterable[str] = (), rebuild: bool = False) -> State:
    """A flow: what is new becomes batches, stale batches are done again, all is committed at once and published."""
    layout = Layout.of(root)
    with writer_lock(layout):
        state, _ = opened(layout)
        run_id = state.next_run_id
        jobs = [*_new_jobs(layout, state, files, batch_size, code, run_id), *_stale_jobs(layout, state, code, run_id)]
        batches = []
        for job, contents in jobs:
            receipt = adopt(layout, job) or work(layout, job, contents)
            bad = {doc_id(f, 1): "test" for f in contents if f in set(refused)}
            batches.append(assemble(layout, receipt, job.previous, bad))
        events = _events(current_arrivals(layout, state), state, files, gone, run_id)
        if batches or events or rebuild:
            run_files = [run_table(layout, run_id, "runs", _run(run_id, state.generation + 1))]
            if events:
                run_files.append(run_table(layout, run_id, "arrival_events", pa.Table.from_pylist(events, TABLES["arrival_events"].arrow)))
            state = commit(layout, state, Delta(run_id, tuple(batches), run_files=tuple(run_files), generation=state.generation + 1))
        if needs_publication(layout, state):
            publish(layout, state, rebuild=rebuild, threads=1)
    return state


def tables(root: Path, volatile: bool = True) -> dict[str, list[tuple]]:
    """Every published table, ordered; without volatile columns where asked."""
    with open_published(root) as con:
        return {name: _rows(con, name, volatile) for name in (*PUBLISHED, "duplicates", "dirt_daily")}


def _rows(con: duckdb.DuckDBPyConnection, name: str, volatile: bool) -> list[tuple]:
    table = PUBLISHED.get(name)
    names = [c for c in table.names if volatile or c not in table.volatile] if table else ["*"]
    if name == "runs" and not volatile:
        return []
    if not table and not volatile:
        names = ["label, rule_id, site, sum(edits), sum(characters)"] if name == "dirt_daily" else ["*"]
    by = " GROUP BY ALL" if "sum(" in names[0] else ""
    quoted = ", ".join(n if "*" in n or "(" in n else f'"{n}"' for n in names)
    return con.execute(f"SELECT {quoted} FROM {name}{by} ORDER BY ALL").fetchall()


def _new_jobs(layout, state, files, batch_size, code, run_id):
    new = {file_id(d): d for d in files.values() if file_id(d) not in state.file_batch and file_id(d) not in state.tombstones}
    ids = sorted(new)
    for i in range(0, len(ids), batch_size):
        part = {f: new[f] for f in ids[i : i + batch_size]}
        yield _job(layout, batch_id(list(part)), "decode", part, None, run_id, code), part


def _stale_jobs(layout, state, code, run_id):
    for b in state.batches.values():
        stage = next((s for s in ("decode", "clean", "enrich") if b.fingerprints.get(s) != code[s]), None)
        if b.refused and b.fingerprints != code:
            stage = "decode"
        if stage:
            part = {r["file_id"]: r["data"] for r in read_batch(layout, b).to_pylist()}
            yield _job(layout, b.batch_id, stage, part, b, run_id, code), part


def _job(layout, name, stage, part, previous, run_id, code):
    contents = tuple((f, None) for f in part)
    return Job(name, stage, contents, previous, str(layout.root), str(layout.batch_staging(name)), run_id, code)


def _events(arrivals: Mapping[str, str], state: State, files: Mapping[str, bytes], gone: Iterable[str], run_id: int) -> list[dict]:
    def event(name: str, data: bytes, what: str) -> dict:
        return {"uri": f"file:///seeds/{name}", "name": name, "file_id": file_id(data), "size_bytes": len(data), "modified_at": None,
                "seen_at": MIDNIGHT.replace(hour=min(run_id, 23)), "run_id": run_id, "event": what}

    taken = {n: d for n, d in files.items() if file_id(d) not in state.tombstones}
    seen = [event(n, d, "seen") for n, d in taken.items() if arrivals.get(f"file:///seeds/{n}") != file_id(d)]
    return seen + [event(n, TEXTS[n].encode(), "gone") for n in gone if f"file:///seeds/{n}" in arrivals]


def _run(run_id: int, generation: int) -> pa.Table:
    row = {c.name: 0 for c in TABLES["runs"].columns} | {
        "run_id": run_id, "flow": "ingest", "started_at": MIDNIGHT, "finished_at": MIDNIGHT, "status": "done", "generation": generation,
        "pipeline_version": "0", "error": None}
    return pa.Table.from_pylist([row], TABLES["runs"].arrow)


def _document(f: str, data: bytes, job: Job, rows: dict) -> None:
    text, d = data.decode(), doc_id(f, 1)
    a = article_id(d, 1)

    def put(table: str, stage: str, **values) -> None:
        rows.setdefault((table, stage), []).append(values)

    put("documents", "decode", doc_id=d, file_id=f, record_no=1, text=text, char_count=len(text), site="example.cn",
        line_count=text.count("\n") + 1 if text else 0, text_sha256=text_sha256(text))
    put("decodings", "decode", doc_id=d, start=0, stop=len(text), byte_start=0, byte_stop=len(data), encoding="utf-8", method="strict",
        newline="lf" if "\n" in text else None, confidence=1.0)
    out, at = "", 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\n")
        if body.startswith("※"):
            put("edits", "clean", doc_id=d, start=at, stop=at + len(body), action="cut", label="nav",
                rule_id=f"test-{job.fingerprints['clean']}", rule_version=1, before=body, after="", confidence=1.0)
        elif body:
            if out:
                last = next(e for e in reversed(rows[("edits", "clean")]) if e["label"] == "newline")
                last |= {"action": "newline", "after": "\n", "article_id": a, "article_start": len(out)}
                out += "\n"
            put("kept", "clean", doc_id=d, start=at, stop=at + len(body), article_id=a, article_start=len(out))
            out += body
        if line.endswith("\n"):
            put("edits", "clean", doc_id=d, start=at + len(body), stop=at + len(line), action="cut", label="newline", rule_id="newline",
                rule_version=1, before="\n", after="", confidence=1.0)
        at += len(line)
    if not out:
        return
    put("articles", "enrich", article_id=a, doc_id=d, article_no=1, truncated=False, text=out, text_hans=out, char_count=len(out),
        paragraph_count=out.count("\n") + 1, term_count=len(out.replace("\n", "")), quality_score=1.0, residual_dirt=0,
        text_sha256=text_sha256(out), title=out.split("\n")[0])
    for signature in find_signatures(pa.table({"article_id": [a], "text_hans": [out]})).to_pylist():
        put("signatures", "enrich", **signature)
    for no, sentence in enumerate(out.split("\n"), 1):
        start = sum(len(s) + 1 for s in out.split("\n")[: no - 1])
        put("sentences", "enrich", article_id=a, sentence_no=no, paragraph_no=no, start=start, stop=start + len(sentence), text=sentence,
            words=list(sentence), tags=["x"] * len(sentence))
    for term, tf in Counter(out.replace("\n", "")).items():
        put("terms", "enrich", article_id=a, term=term, tag=job.fingerprints["enrich"], tf=tf,
            positions=[i for i, c in enumerate(out) if c == term])


STEPS = {
    "first": {"files": seeds(["甲.txt", "乙.txt", "丁.txt"])},
    "second": {"files": seeds(["甲.txt", "丙.txt", "丁.txt", "戊.txt"]), "gone": ["乙.txt"], "code": CODE | {"enrich": "e2"}},
    "more": {"files": seeds(["戊.txt"])},  # little enough for an increment
}

if __name__ == "__main__":  # a run of its own, for tests that kill it: small.py ROOT STEP
    ingest(Path(sys.argv[1]), **STEPS[sys.argv[2]])
