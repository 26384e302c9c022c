"""What a worker process does with one batch: bytes in, staged Parquet and a receipt out.

    read and verify -> decode -> clean -> split -> enrich -> staged files -> receipt

A worker is spawned, imports neither Prefect nor Great Expectations, and keeps nothing between batches but imports.
A document on which a stage raises is found by halving and refused; its neighbours go through. What kills the process is found
by the parent, who is told of each step before it begins (tasks/care.py). Tables stay in this process; paths and counts go back.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from schemas.catalog import TABLES
from schemas.ids import batch_id, doc_id, file_id
from tasks import poison
from tasks.care import READ_SLOWEST, SLOWEST, Care, cut, step
from tasks.clean.residue import residue
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.enrich.flags import place_flags
from tasks.enrich.judgement import Around
from tasks.enrich.private import find_private
from tasks.enrich.stage import enrich
from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.model import NESTED, Numbers
from tasks.ingest.records import TABLE_RECORDS, Left, records_in
from tasks.relate.signatures import find_signatures
from tasks.split.stage import split
from tasks.storage.contents import read_batch, write_contents
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table, staged
from tasks.storage.receipts import adopt, write_receipt
from tasks.storage.records import STAGES, FileRecord, Job, Receipt
from tasks.storage.rounds import Round, name_of, note, noted

Tables = dict[str, pa.Table]
Refusal = dict[str, str]

WARM = "國家統計局1月3日發布：全年增長5.2%。\n国家统计局(tǒng jì)发布数据，全年增长5.2%。\n"

# Which stage's files hold which table; `articles` is written by the last stage only, `flags` by both.
DAMAGE = ("unreadable", "guessed", "mask", "elision", "hole")  # kinds of flags that say that characters are lost or unsure
ROUND_CHARACTERS = 16 << 20  # of documents that go through later stages together
STEP_BYTES = 1 << 20  # of documents that go through one stage together: what its time limit is reckoned by
PACKED = "packed"  # the round that holds no documents, but the bytes of the batch
INPUTS = {"clean": ("documents", "blocks"), "enrich": ("documents", "articles", "kept", "flags")}  # what a stage takes from the truth
SPLIT_TABLES = ("articles", "article_metadata", "kept", "edits", "flags")


def warm_up() -> None:
    """Send one sentence through all stages, so that dictionaries and models are there before the first batch is."""
    data = WARM.encode()
    contents = pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow)
    documents = decode(contents)["documents"]
    cleaned = clean(documents)
    enrich(split(documents, cleaned["marks"], cleaned["flags"])["articles"])


def run_batch(job: Job, care: Care | None = None) -> Receipt:
    """
    One batch, finished: adopts what an earlier run left in staging, or does the work and leaves a receipt.

    Args:
        care: what workers before this one, of the same run, died over; the rounds that they finished are adopted.
    """
    layout, care = Layout.of(job.warehouse), care or Care()
    job, contents, refused = _with_bytes(layout, job, care)
    if not care.deaths and (receipt := adopt(layout, job)):
        return replace(receipt, refused_inputs=receipt.refused_inputs + tuple(refused))
    receipt = _work(layout, job, contents, refused, care)
    step("finish")
    write_receipt(layout, receipt)
    return receipt


@dataclass
class _Batch:
    """A batch on its way: tables so far, who was refused, what it cost."""

    job: Job
    bytes: int
    refused: list[Refusal]
    care: Care
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

    def through(self, stage: str, work: Callable[..., Tables], size: str, *inputs: pa.Table) -> Tables:
        """One stage over all rows, step by step; documents on which it raises are refused and leave. `size`: column of lengths."""
        if poison.ARMED:
            work = _poisoned(stage, work)
        with self.timed(stage):
            sizes: Counter[str] = Counter()
            column = inputs[0][size]
            lengths = column if pa.types.is_integer(column.type) else pc.binary_length(column)
            for doc, length in zip(inputs[0]["doc_id"].to_pylist(), lengths.to_pylist(), strict=True):
                sizes[doc] += length or 0
            docs = list(sizes)
            parts: list[Tables] = []
            for start, stop, held in cut(docs, list(sizes.values()), self.care.parts, STEP_BYTES) or [(0, 0, 0)]:
                step(stage, docs[start:stop], held)
                whole = stop - start == len(docs)
                some = inputs if whole else tuple(_rows_of(t, "doc_id", docs[start:stop]) for t in inputs)
                parts += _halved(stage, work, "doc_id", some, self.refused)
            names = parts[0] if parts else {}
            return {name: pa.concat_tables([p[name] for p in parts]) for name in names}


def _poisoned(stage: str, work: Callable[..., Tables]) -> Callable[..., Tables]:
    def worked(first: pa.Table, *others: pa.Table) -> Tables:
        poison.act(stage, first["data" if stage == "decode" else "text"].to_pylist())
        return work(first, *others)

    return worked


def _work(layout: Layout, job: Job, contents: Mapping[str, bytes], refused: list[Refusal], care: Care) -> Receipt:
    """
    The stages from `stage_from` on, round by round: most batches are one round, held in memory until it is written, once.

    What containers hold is cut into rounds, so that a file that unpacks to much needs no more memory than others.
    """
    size = sum(map(len, contents.values())) if contents else job.previous.bytes if job.previous else 0
    batch = _Batch(job, size, refused, care)
    files: list[FileRecord] = []
    counts: Counter[str] = Counter()
    left = Left()
    finished = noted(Path(job.staging)) if care.deaths else {}
    if job.stage_from == STAGES[0]:
        with batch.timed("ingest"):
            files += _packed(layout, job, contents, finished)
        fields = Fields.of(job.settings.get("fields", {}))
        limit = job.settings.get("record_limit_bytes", NESTED)
        ends = {file: blame.number for file, blame in care.files.items()}
        read = records_in(contents, fields, limit, left, _reading, ends, lambda f: Numbers(care.unread.get(f, ()), care.beyond.get(f, ())))
        rounds: Iterator[Tables] = ({"records": t} for t in read)
        refused += [_refusal(f, doc_id(f, b.number + 1), "crashed", "ingest", b.reason) for f, b in care.files.items() if f in contents]
        unread = [(f, b) for f, records in care.unread.items() if f in contents for b in records.values()]
        refused += [_refusal(f, doc_id(f, b.number), "crashed", "ingest", b.reason) for f, b in unread]
    else:
        rounds = _rounds({t: _committed(layout, job, t) for t in INPUTS[job.stage_from]})
    for given in _apart(rounds, care.rounds):
        rows = given["records"] if "records" in given else given["documents"]
        docs = rows["doc_id"].to_pylist()
        batch.file_of |= dict(zip(docs, rows["file_id"].to_pylist(), strict=True))
        guilty = {doc: care.refused[doc] for doc in docs if doc in care.refused}
        name = name_of(docs)
        done = finished.get(name)
        if done is None:
            before = len(batch.refused)
            batch.refused += [_refusal("", doc, "crashed", blame.stage, blame.reason) for doc, blame in guilty.items()]
            done = Round(*_round(layout, batch, _without(given, guilty)), tuple(batch.refused[before:]))
            note(Path(job.staging), name, done)
        else:
            batch.refused += [dict(r) for r in done.refused]
        files += done.files
        counts.update(done.counts)
    if left.passed_over:
        counts["entries_passed_over"] = left.passed_over
    refused += [_refusal(file, doc_id(file, r.number), r.kind, "ingest", r.reason) for file, r in left.refused]
    return _receipt(job, size, files, dict(counts), batch.timings, refused, batch.file_of)


def _reading(file: str, number: int, size: int, data: bytes) -> None:
    """Record `number` of a file of `size` bytes is there, and the next one is read."""
    if poison.ARMED:
        poison.act("ingest", [data])
    step("ingest", file=file, number=number, size=size * SLOWEST // READ_SLOWEST)


def _apart(rounds: Iterator[Tables], parts: Mapping[str, int]) -> Iterator[Tables]:
    """Rounds as they are, but for documents over whose writing a worker died: those go in parts."""
    for given in rounds:
        docs = (given["records"] if "records" in given else given["documents"])["doc_id"].to_pylist()
        if parts.keys().isdisjoint(docs):
            yield given
            continue
        for _, mine in groupby(docs, key=parts.get):
            yield _of_documents(given, list(mine))


def _without(given: Tables, docs: Collection[str]) -> Tables:
    if not docs:
        return given
    rows = given["records"] if "records" in given else given["documents"]
    return _of_documents(given, [d for d in rows["doc_id"].to_pylist() if d not in docs])


def _of_documents(tables: Tables, docs: list[str]) -> Tables:
    """The rows of some documents in tables of which each names its document or its article."""
    some = pa.array(docs, pa.string())
    articles = tables.get("articles")
    mine = articles.filter(pc.is_in(articles["doc_id"], some))["article_id"] if articles is not None else pa.array([], pa.string())
    return {
        name: t.filter(pc.is_in(t["doc_id"], some) if "doc_id" in t.column_names else pc.is_in(t["article_id"], mine))
        for name, t in tables.items()
    }


def _rounds(tables: Tables) -> Iterator[Tables]:
    """Committed tables, cut by documents where they hold more than one round's."""
    documents = tables["documents"]
    sizes = documents["char_count"].to_pylist()
    if sum(sizes) <= ROUND_CHARACTERS and len(sizes) <= TABLE_RECORDS:
        yield tables
        return
    taken, held = [], 0
    ids = documents["doc_id"].to_pylist()
    for n, (doc, characters) in enumerate(zip(ids, sizes, strict=True), 1):
        taken.append(doc)
        held += characters
        if held > ROUND_CHARACTERS or len(taken) >= TABLE_RECORDS or n == len(ids):
            yield _of_documents(tables, taken)
            taken, held = [], 0


def _round(layout: Layout, batch: _Batch, given: Tables) -> tuple[list[FileRecord], dict[str, int]]:
    """Some documents through the stages, and into staging."""
    job, tables = batch.job, {}
    first = STAGES.index(job.stage_from)
    if first == 0:
        found = batch.through("decode", decode, "data", given["records"])
        del given
        _put(tables, "decode", found, ("documents", "decodings", "blocks"))
        documents, blocks = tables["decode", "documents"], tables["decode", "blocks"]
    else:
        documents, blocks = given["documents"], given.get("blocks")
    if first <= 1:
        cleaned = batch.through("clean", clean, "char_count", documents, blocks)
        _put(tables, "clean", cleaned, ("links",))
        done = batch.through("split", split, "char_count", documents, _of(cleaned, "marks"), _of(cleaned, "flags"))
        _put(tables, "clean", done, SPLIT_TABLES)
        articles, kept, flags = tables.pop(("clean", "articles")), tables["clean", "kept"], tables["clean", "flags"]
    else:
        articles, kept, flags = given["articles"], given["kept"], given["flags"]

    around = surroundings(articles, documents, flags)
    found = batch.through("enrich", partial(enriched, engine=job.settings["cutter"], around=around), "char_count", articles)
    flagged = pc.is_in(kept["article_id"], pc.unique(found["flags"]["article_id"]))
    found["flags"] = place_flags(found["flags"], kept.filter(flagged))
    _put(tables, "enrich", found, tuple(found))

    step("write", documents["doc_id"].to_pylist(), sum(documents["char_count"].to_pylist()))
    with batch.timed("write"):
        tables = _without_refused(tables, {r["doc_id"] for r in batch.refused if r["doc_id"]}, articles)
        return _written(layout, job, tables), _counts(tables)


def enriched(articles: pa.Table, engine: str, around: Mapping[str, Around]) -> Tables:
    """Enrichment, told what cleaning's detectors still find in its texts: stages meet here only."""
    made = enrich(articles, engine=engine, left=residue(articles), around=around)
    return made | {"signatures": find_signatures(articles), "private_data": find_private(articles)}


def surroundings(articles: pa.Table, documents: pa.Table, flags: pa.Table) -> dict[str, Around]:
    """What enrichment is told of each article beside its text: flags of damage, and how much of its page is body."""
    sizes = dict(zip(documents["doc_id"].to_pylist(), documents["char_count"].to_pylist(), strict=True))
    kept: Counter[str] = Counter()
    for doc, size in zip(articles["doc_id"].to_pylist(), articles["char_count"].to_pylist(), strict=True):
        kept[doc] += size
    damage = Counter(flags.filter(pc.is_in(flags["kind"], pa.array(DAMAGE)))["article_id"].to_pylist())
    pairs = zip(articles["article_id"].to_pylist(), articles["doc_id"].to_pylist(), strict=True)
    return {article: Around(damage[article], min(1.0, kept[doc] / max(1, sizes.get(doc, 1)))) for article, doc in pairs}


def _with_bytes(layout: Layout, job: Job, care: Care) -> tuple[Job, dict[str, bytes], list[Refusal]]:
    """
    The bytes of a job that begins with them, each checked against its name.

    A file that changed or vanished since it was hashed leaves the batch, which is named anew; a later run finds it again.
    """
    if job.stage_from != STAGES[0]:
        return job, {}, []
    contents: dict[str, bytes] = {}
    refused: list[Refusal] = []
    wanted = {f for f, path in job.contents if path is None}
    step("open", size=job.previous.bytes if job.previous else 0)
    if wanted:
        rows = read_batch(layout, job.previous) if job.previous else TABLES["contents"].stage_arrow.empty_table()
        contents |= {f: d for f, d in zip(rows["file_id"].to_pylist(), rows["data"].to_pylist(), strict=True) if f in wanted}
    for name, path in job.contents:
        if path is None:
            continue
        blame = care.files.get(name)
        if blame and blame.stage == "open":
            refused.append(_refusal(name, None, "unreadable", "ingest", blame.reason))
            continue
        try:
            step("open", file=name, size=os.path.getsize(path) * SLOWEST // READ_SLOWEST)
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


def _packed(layout: Layout, job: Job, contents: Mapping[str, bytes], finished: Mapping[str, Round]) -> list[FileRecord]:
    fresh = {f: contents[f] for f, path in job.contents if path is not None and f in contents}
    if not fresh:
        return []
    name = name_of([PACKED, *sorted(fresh)])
    if name not in finished:
        step("pack", size=sum(map(len, fresh.values())))
        note(Path(job.staging), name, Round((write_contents(layout, Path(job.staging), fresh),), {}, ()))
        finished = noted(Path(job.staging))
    return list(finished[name].files)


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
    ids = pc.unique(inputs[0][key]).to_pylist()
    try:
        yield work(*inputs)
        return
    except Exception as error:
        if not ids:
            raise  # not a document's fault: the stage fails on nothing at all
        reason = _sentence(stage, error)  # the error itself is let go: it holds all that the stage had in memory
    gc.collect()
    if len(ids) > 1:
        middle = len(ids) // 2
        for part in (ids[:middle], ids[middle:]):
            yield from _halved(stage, work, key, tuple(_rows_of(t, key, part) for t in inputs), refused)
        return
    refused.append(_refusal("", ids[0], "raised", stage, reason))
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
    if isinstance(error, MemoryError):
        most, _ = resource.getrlimit(resource.RLIMIT_DATA)
        allowed = f"more memory than a worker may have ({most >> 20:,} MiB, worker_memory)" if most > 0 else "more memory than there is"
        return f"{stage} needs {allowed}{place}"
    return f"{stage} raised {type(error).__name__}{place}: {str(error)[:300]}"


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
