"""What a worker process does with one batch: bytes in, staged Parquet and a receipt out.

    read and verify -> decode -> clean -> split -> enrich -> staged files -> receipt

A worker is spawned, imports neither Prefect nor Great Expectations, and keeps nothing between batches but imports.
A document on which a stage raises is found by halving and refused; its neighbours go through. What kills the process is
found by the parent in the same way (tasks/workers.py). Tables stay in this process; paths and counts go back.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from schemas.catalog import TABLES
from schemas.ids import batch_id, doc_id, file_id
from tasks.clean.residue import residue
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.enrich.flags import place_flags
from tasks.enrich.judgement import Around
from tasks.enrich.private import find_private
from tasks.enrich.stage import enrich
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.model import NESTED
from tasks.ingest.records import Left, records_in
from tasks.relate.signatures import find_signatures
from tasks.split.stage import split
from tasks.storage.contents import read_batch, write_contents
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table, staged
from tasks.storage.receipts import adopt, write_receipt
from tasks.storage.records import STAGES, FileRecord, Job, Receipt

Tables = dict[str, pa.Table]
Refusal = dict[str, str]

WARM = "國家統計局1月3日發布：全年增長5.2%。\n国家统计局(tǒng jì)发布数据，全年增长5.2%。\n"

# Which stage's files hold which table; `articles` is written by the last stage only, `flags` by both.
DAMAGE = ("unreadable", "guessed", "mask", "elision", "hole")  # kinds of flags that say that characters are lost or unsure
ROUND_CHARACTERS = 16 << 20  # of documents that go through later stages together
INPUTS = {"clean": ("documents", "blocks"), "enrich": ("documents", "articles", "kept", "flags")}  # what a stage takes from the truth
SPLIT_TABLES = ("articles", "article_metadata", "kept", "edits", "flags")


def warm_up() -> None:
    """Send one sentence through all stages, so that dictionaries and models are there before the first batch is."""
    data = WARM.encode()
    contents = pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow)
    documents = decode(contents)["documents"]
    cleaned = clean(documents)
    enrich(split(documents, cleaned["marks"], cleaned["flags"])["articles"])


def run_batch(job: Job) -> Receipt:
    """One batch, finished: adopts what an earlier run left in staging, or does the work and leaves a receipt."""
    layout = Layout.of(job.warehouse)
    job, contents, refused = _with_bytes(layout, job)
    if receipt := adopt(layout, job):
        return replace(receipt, refused_inputs=receipt.refused_inputs + tuple(refused))
    receipt = _work(layout, job, contents, refused)
    write_receipt(layout, receipt)
    return receipt


def run_piece(job: Job) -> Receipt:
    """A part of a batch whose whole killed a worker: the same work, and the receipt is the parent's to write."""
    layout = Layout.of(job.warehouse)
    job, contents, refused = _with_bytes(layout, job)
    return _work(layout, job, contents, refused)


def keep_bytes(job: Job, reason: str) -> Receipt:
    """The one content that kills its workers: its bytes are kept, its document is refused."""
    layout = Layout.of(job.warehouse)
    job, contents, refused = _with_bytes(layout, job)
    files = _packed(layout, job, contents)
    refused += [_refusal(f, doc_id(f, 1), "crashed", job.stage_from, reason) for f, _ in job.contents]
    return _receipt(job, sum(map(len, contents.values())), files, {}, {}, refused, {})


def write_merged(job: Job, pieces: list[Receipt]) -> Receipt:
    """The receipt of a batch that was worked on in pieces."""
    timings: dict[str, dict[str, float]] = {}
    for piece in pieces:
        for stage, figures in piece.timings.items():
            sums = timings.setdefault(stage, dict.fromkeys(figures, 0.0))
            for name, value in figures.items():
                sums[name] = max(sums[name], value) if name == "peak_bytes" else sums[name] + value
    names = {name for piece in pieces for name in piece.counts}
    file_ids = tuple(sorted(f for piece in pieces for f in piece.file_ids))
    receipt = Receipt(
        batch_id=job.batch_id if job.previous else batch_id(list(file_ids)),
        stage_from=job.stage_from,
        file_ids=file_ids,
        bytes=sum(p.bytes for p in pieces),
        fingerprints=job.fingerprints,
        run_id=job.run_id,
        files=tuple(f for p in pieces for f in p.files),
        counts={name: sum(p.counts.get(name, 0) for p in pieces) for name in sorted(names)},
        timings=timings,
        refused_inputs=tuple(r for p in pieces for r in p.refused_inputs),
    )
    write_receipt(Layout.of(job.warehouse), receipt)
    return receipt


@dataclass
class _Batch:
    """A batch on its way: tables so far, who was refused, what it cost."""

    job: Job
    bytes: int
    refused: list[Refusal]
    timings: dict[str, dict[str, float]] = field(default_factory=dict)
    file_of: dict[str, str] = field(default_factory=dict)  # doc_id -> file_id

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        so_far = self.timings.get(stage, {"seconds": 0.0, "cpu_seconds": 0.0})
        self.timings[stage] = {
            "seconds": so_far["seconds"] + time.perf_counter() - clock,
            "cpu_seconds": so_far["cpu_seconds"] + time.process_time() - cpu,
            "bytes": self.bytes,
            "peak_bytes": _peak_bytes(),
        }

    def through(self, stage: str, work: Callable[..., Tables], key: str, *inputs: pa.Table) -> Tables:
        """One stage over all rows; documents on which it raises are refused and leave."""
        with self.timed(stage):
            parts = list(_halved(stage, work, key, inputs, self.refused))
            names = parts[0] if parts else {}
            return {name: pa.concat_tables([p[name] for p in parts]) for name in names}


def _work(layout: Layout, job: Job, contents: Mapping[str, bytes], refused: list[Refusal]) -> Receipt:
    """
    The stages from `stage_from` on, round by round: most batches are one round, held in memory until it is written, once.

    What containers hold is cut into rounds, so that a file that unpacks to much needs no more memory than others.
    """
    size = sum(map(len, contents.values())) if contents else job.previous.bytes if job.previous else 0
    batch = _Batch(job, size, refused)
    files: list[FileRecord] = []
    counts: Counter[str] = Counter()
    left = Left()
    if job.stage_from == STAGES[0]:
        with batch.timed("ingest"):
            files += _packed(layout, job, contents)
        fields = Fields.of(job.settings.get("fields", {}))
        limit = job.settings.get("record_limit_bytes", NESTED)
        rounds: Iterator[Tables] = ({"records": t} for t in records_in(contents, fields, limit, left))
    else:
        rounds = _rounds({t: _committed(layout, job, t) for t in INPUTS[job.stage_from]})
    for given in rounds:
        written, counted = _round(layout, batch, given)
        files += written
        counts.update(counted)
    if left.passed_over:
        counts["entries_passed_over"] = left.passed_over
    refused += [_refusal(file, doc_id(file, r.number), r.kind, "ingest", r.reason) for file, r in left.refused]
    return _receipt(job, size, files, dict(counts), batch.timings, refused, batch.file_of)


def _rounds(tables: Tables) -> Iterator[Tables]:
    """Committed tables, cut by documents where they hold more than one round's."""
    documents = tables["documents"]
    sizes = documents["char_count"].to_pylist()
    if sum(sizes) <= ROUND_CHARACTERS:
        yield tables
        return
    articles = tables.get("articles")
    taken, held = [], 0
    ids = documents["doc_id"].to_pylist()
    for n, (doc, characters) in enumerate(zip(ids, sizes, strict=True), 1):
        taken.append(doc)
        held += characters
        if held > ROUND_CHARACTERS or n == len(ids):
            some = pa.array(taken, pa.string())
            mine = articles.filter(pc.is_in(articles["doc_id"], some))["article_id"] if articles is not None else pa.array([], pa.string())
            yield {
                name: t.filter(pc.is_in(t["doc_id"], some) if "doc_id" in t.column_names else pc.is_in(t["article_id"], mine))
                for name, t in tables.items()
            }
            taken, held = [], 0


def _round(layout: Layout, batch: _Batch, given: Tables) -> tuple[list[FileRecord], dict[str, int]]:
    """Some documents through the stages, and into staging."""
    job, tables = batch.job, {}
    first = STAGES.index(job.stage_from)
    if first == 0:
        rows = given["records"]
        batch.file_of |= dict(zip(rows["doc_id"].to_pylist(), rows["file_id"].to_pylist(), strict=True))
        found = batch.through("decode", decode, "doc_id", rows)
        del rows, given
        _put(tables, "decode", found, ("documents", "decodings", "blocks"))
        documents, blocks = tables["decode", "documents"], tables["decode", "blocks"]
    else:
        documents, blocks = given["documents"], given.get("blocks")
        batch.file_of |= dict(zip(documents["doc_id"].to_pylist(), documents["file_id"].to_pylist(), strict=True))
    if first <= 1:
        cleaned = batch.through("clean", clean, "doc_id", documents, blocks)
        _put(tables, "clean", cleaned, ("links",))
        done = batch.through("split", split, "doc_id", documents, _of(cleaned, "marks"), _of(cleaned, "flags"))
        _put(tables, "clean", done, SPLIT_TABLES)
        articles, kept, flags = tables.pop(("clean", "articles")), tables["clean", "kept"], tables["clean", "flags"]
    else:
        articles, kept, flags = given["articles"], given["kept"], given["flags"]

    around = _around(articles, documents, flags)
    found = batch.through("enrich", partial(_enrich, engine=job.settings["cutter"], around=around), "doc_id", articles)
    flagged = pc.is_in(kept["article_id"], pc.unique(found["flags"]["article_id"]))
    found["flags"] = place_flags(found["flags"], kept.filter(flagged))
    _put(tables, "enrich", found, tuple(found))

    with batch.timed("write"):
        tables = _without_refused(tables, {r["doc_id"] for r in batch.refused if r["doc_id"]}, articles)
        return _written(layout, job, tables), _counts(tables)


def _enrich(articles: pa.Table, engine: str, around: Mapping[str, Around]) -> Tables:
    """Enrichment, told what cleaning's detectors still find in its texts: stages meet here only."""
    made = enrich(articles, engine=engine, left=residue(articles), around=around)
    return made | {"signatures": find_signatures(articles), "private_data": find_private(articles)}


def _around(articles: pa.Table, documents: pa.Table, flags: pa.Table) -> dict[str, Around]:
    """What enrichment is told of each article beside its text: flags of damage, and how much of its page is body."""
    sizes = dict(zip(documents["doc_id"].to_pylist(), documents["char_count"].to_pylist(), strict=True))
    kept: Counter[str] = Counter()
    for doc, size in zip(articles["doc_id"].to_pylist(), articles["char_count"].to_pylist(), strict=True):
        kept[doc] += size
    damage = Counter(flags.filter(pc.is_in(flags["kind"], pa.array(DAMAGE)))["article_id"].to_pylist())
    pairs = zip(articles["article_id"].to_pylist(), articles["doc_id"].to_pylist(), strict=True)
    return {article: Around(damage[article], min(1.0, kept[doc] / max(1, sizes.get(doc, 1)))) for article, doc in pairs}


def _with_bytes(layout: Layout, job: Job) -> tuple[Job, dict[str, bytes], list[Refusal]]:
    """
    The bytes of a job that begins with them, each checked against its name.

    A file that changed or vanished since it was hashed leaves the batch, which is named anew; a later run finds it again.
    """
    if job.stage_from != STAGES[0]:
        return job, {}, []
    contents: dict[str, bytes] = {}
    refused: list[Refusal] = []
    wanted = {f for f, path in job.contents if path is None}
    if wanted:
        rows = read_batch(layout, job.previous) if job.previous else TABLES["contents"].stage_arrow.empty_table()
        contents |= {f: d for f, d in zip(rows["file_id"].to_pylist(), rows["data"].to_pylist(), strict=True) if f in wanted}
    for name, path in job.contents:
        if path is None:
            continue
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            kind = "vanished" if isinstance(error, FileNotFoundError) else "unreadable"
            refused.append(_refusal(name, None, kind, "ingest", f"it was there and cannot be read any more: {error.strerror}"))
            continue
        if file_id(data) == name:
            contents[name] = data
        else:
            refused.append(_refusal(name, None, "changed", "ingest", "it changed while the run went on"))
    if len(contents) < len(job.contents):
        left = tuple(c for c in job.contents if c[0] in contents)
        name = job.batch_id if job.previous else batch_id([f for f, _ in left])
        job = replace(job, contents=left, batch_id=name, staging=str(layout.batch_staging(name)))
    return job, dict(sorted(contents.items())), refused


def _packed(layout: Layout, job: Job, contents: Mapping[str, bytes]) -> list[FileRecord]:
    fresh = {f: contents[f] for f, path in job.contents if path is not None and f in contents}
    return [write_contents(layout, Path(job.staging), fresh)] if fresh else []


def _committed(layout: Layout, job: Job, table: str) -> pa.Table:
    """The rows that the batch already has of one table, without the run that wrote them."""
    assert job.previous is not None
    wanted = TABLES[table].stage_arrow
    rows = read_table([layout.path(f) for f in job.previous.of(table)], wanted.names, TABLES[table].arrow)
    rows = rows.cast(wanted)
    files = {f for f, _ in job.contents}
    if len(files) == len(job.previous.file_ids):
        return rows
    known = read_table([layout.path(f) for f in job.previous.of("documents")], ["doc_id", "file_id"])
    docs = known.filter(pc.is_in(known["file_id"], pa.array(sorted(files), pa.string())))["doc_id"]  # a piece of the batch
    return rows.filter(pc.is_in(rows["doc_id"], docs.combine_chunks()))


def _halved(stage: str, work: Callable[..., Tables], key: str, inputs: tuple[pa.Table, ...], refused: list[Refusal]) -> Iterator[Tables]:
    """Results of the stage over as few parts as possible; a single document on which it raises is refused."""
    try:
        yield work(*inputs)
        return
    except Exception as error:
        raised = error
    ids = pc.unique(inputs[0][key]).to_pylist()
    if len(ids) > 1:
        middle = len(ids) // 2
        for part in (ids[:middle], ids[middle:]):
            yield from _halved(stage, work, key, tuple(_rows_of(t, key, part) for t in inputs), refused)
        return
    if not ids:
        raise raised  # not a document's fault: the stage fails on nothing at all
    refused.append(_refusal("", ids[0], "raised", stage, _sentence(stage, raised)))
    yield work(*(t.slice(0, 0) for t in inputs))  # its columns, without a row


def _rows_of(table: pa.Table, key: str, ids: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table[key], pa.array(ids, pa.string())))


def _put(tables: dict[tuple[str, str], pa.Table], stage: str, found: Tables, names: tuple[str, ...]) -> None:
    for name in names:
        tables[stage, name] = _of(found, name)


def _of(found: Tables, name: str) -> pa.Table:
    return found[name] if name in found else TABLES[name].stage_arrow.empty_table()


def _without_refused(tables: dict[tuple[str, str], pa.Table], docs: set[str], articles: pa.Table) -> dict[tuple[str, str], pa.Table]:
    """Rows of refused documents leave every table together."""
    if not docs:
        return tables
    gone = pa.array(sorted(docs), pa.string())
    gone_articles = pc.unique(articles.filter(pc.is_in(articles["doc_id"], gone))["article_id"])
    left = {}
    for name, table in tables.items():
        key, ids = ("doc_id", gone) if "doc_id" in table.column_names else ("article_id", gone_articles)
        left[name] = table.filter(pc.invert(pc.is_in(table[key], ids)))
    return left


def _written(layout: Layout, job: Job, tables: Mapping[tuple[str, str], pa.Table]) -> list[FileRecord]:
    records = []
    for (stage, name), table in tables.items():
        schema = TABLES[name].arrow
        if "run_id" in schema.names and "run_id" not in table.column_names:
            table = table.append_column("run_id", pa.repeat(pa.scalar(job.run_id, pa.int64()), table.num_rows))
        table = table.select(schema.names).cast(schema) if set(schema.names) == set(table.column_names) else table
        if record := staged(layout, Path(job.staging), name, stage, table):
            records.append(record)
    return records


def _counts(tables: Mapping[tuple[str, str], pa.Table]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (_, name), table in tables.items():
        counts[name] = counts.get(name, 0) + table.num_rows
    for stage, name, column, shown in (("decode", "documents", "char_count", "characters"), ("enrich", "articles", "term_count", "words")):
        if (stage, name) in tables:
            counts[shown] = pc.sum(tables[stage, name][column]).as_py() or 0
    return counts


def _receipt(
    job: Job, size: int, files: list[FileRecord], counts: dict, timings: dict, refused: list[Refusal], file_of: Mapping[str, str]
) -> Receipt:
    refused = [r | {"file_id": r["file_id"] or file_of.get(r["doc_id"] or "", "")} for r in refused]
    ids = tuple(sorted(f for f, _ in job.contents))
    return Receipt(job.batch_id, job.stage_from, ids, size, job.fingerprints, job.run_id, tuple(files), counts, timings, tuple(refused))


def _refusal(file: str, doc: str | None, kind: str, stage: str, reason: str) -> Refusal:
    return {"file_id": file, "doc_id": doc, "kind": kind, "stage": stage, "reason": reason}


def _sentence(stage: str, error: Exception) -> str:
    """What a stage raised, and where: the innermost line of our own code."""
    place, trace = "", error.__traceback__
    root = str(Path(__file__).resolve().parent.parent)
    while trace:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(root) and os.path.basename(code.co_filename) != "work.py":
            place = f" at {os.path.relpath(code.co_filename, root)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{stage} raised {type(error).__name__}{place}: {str(error)[:300]}"


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
