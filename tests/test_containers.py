"""Containers through the whole pipeline: laws A to D, the same articles as from plain files, restored, verified, forgotten."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from flows.server import PrefectServer
from schemas.catalog import TABLES
from schemas.ids import batch_id, doc_id, file_id
from tasks import work
from tasks.ingest.containers.fields import Fields
from tasks.ingest.records import Left, records_in
from tasks.load.rows import arrival_events
from tasks.storage import laws
from tasks.storage.commit import assemble, commit, run_table
from tasks.storage.forget import forget
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table
from tasks.storage.records import Delta, Job, Receipt, Source, State
from tasks.storage.restore import restore_bytes
from tests.conftest import PROJECT
from tests.laws.command import Command, differences, rows_in_all
from tests.tasks.ingest import packed

PRINTS = {"decode": "d", "clean": "c", "enrich": "e", "validate": "v"}
BOMB = gzip.compress(bytes(20 << 20), mtime=0)
DAMAGED = {"damaged.tar": packed.KINDS["tar"][:5000], "damaged.zip": packed.KINDS["zip"][:-200], "bomb.gz": BOMB}
ITS_OWN = {"documents": {"doc_id", "file_id", "record_no", "container_path"}, "articles": {"doc_id", "article_id", "series_id"}}


def made(folder: Path, contents: dict[str, bytes], **settings: object) -> tuple[Layout, Job]:
    layout = Layout.of(folder / "w")
    layout.make()
    taken = []
    for name, data in contents.items():
        (folder / name).write_bytes(data)
        taken.append((file_id(data), str(folder / name)))
    name = batch_id([f for f, _ in taken])
    staging = str(layout.batch_staging(name))
    return layout, Job(name, "decode", tuple(sorted(taken)), None, str(layout.root), staging, 1, PRINTS, {"cutter": "rjieba"} | settings)


def rows(layout: Layout, receipt: Receipt, table: str) -> list[dict]:
    paths = [layout.path(f) for f in receipt.files if f.table == table]
    return read_table(paths, schema=TABLES[table].arrow).to_pylist()


def _without_names(layout: Layout, receipt: Receipt, table: str) -> list[str]:
    found = ({k: v for k, v in r.items() if k not in ITS_OWN[table]} for r in rows(layout, receipt, table))
    return sorted(json.dumps(r, default=str, sort_keys=True) for r in found)


def specimens() -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((PROJECT / "seeds" / "specimens").iterdir()) if p.name != "README.md"}


@pytest.mark.parametrize("pack", [packed.zipped, packed.tarred, lambda files: gzip.compress(packed.tarred(files), mtime=0)],
                         ids=["zip", "tar", "tar.gz"])  # fmt: skip
def test_packed_files_give_the_same_texts_and_articles_as_plain_ones(tmp_path: Path, pack):
    files = {n: d for i, (n, d) in enumerate(specimens().items()) if i % 5 == 0}
    (tmp_path / "plain").mkdir()
    (tmp_path / "packed").mkdir()
    plain, job = made(tmp_path / "plain", files)
    first = work.run_batch(job)
    there, job = made(tmp_path / "packed", {"all": pack(files)})
    second = work.run_batch(job)
    assert first.refused_inputs == second.refused_inputs == ()
    for table in ITS_OWN:
        assert _without_names(plain, first, table) == _without_names(there, second, table)
    assert {r["container_path"] for r in rows(there, second, "documents")} == set(files)


def test_rounds_change_no_row_and_each_record_keeps_the_laws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    contents = {name: packed.KINDS[name] for name in ("zip", "jsonl.gz", "parquet", "warc.gz", "zip in tar")}
    contents |= DAMAGED | {"plain.txt": packed.RAW[0]}
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    layout, job = made(tmp_path / "one", contents)
    receipt = work.run_batch(job)
    monkeypatch.setattr("tasks.ingest.records.TABLE_BYTES", 300)
    other, job_too = made(tmp_path / "many", contents)
    pieces = work.run_batch(job_too)
    assert sum(f.table == "documents" for f in receipt.files) == 1 < 10 < sum(f.table == "documents" for f in pieces.files)
    assert receipt.refused_inputs == pieces.refused_inputs
    assert {(r["kind"], r["file_id"]) for r in receipt.refused_inputs} == {
        ("too_large" if name == "bomb.gz" else "damaged", file_id(data)) for name, data in DAMAGED.items()}
    for table in ("documents", "articles", "kept", "edits", "terms", "article_metadata"):
        key = TABLES[table].key
        both = [sorted(rows(w, r, table), key=lambda row: [str(row[k]) for k in key]) for w, r in ((layout, receipt), (other, pieces))]
        assert both[0] == both[1]
    tables = {t: read_table([layout.path(f) for f in receipt.files if f.table == t], schema=TABLES[t].arrow)
              for t in ("documents", "decodings", "articles", "kept", "edits")}
    data = {file_id(d): (lambda d=d: d) for d in contents.values()}
    assert list(laws.law_a(tables["documents"], tables["articles"], tables["kept"], tables["edits"])) == []
    assert list(laws.law_b(tables["documents"], tables["decodings"], data)) == []
    numbers, paths = (tables["documents"][c].to_pylist() for c in ("record_no", "container_path"))
    shifted = [n + (p is not None) for n, p in zip(numbers, paths, strict=True)]
    wrong = tables["documents"].set_column(tables["documents"].schema.get_field_index("record_no"), "record_no", [shifted])
    assert len(list(laws.law_b(wrong, tables["decodings"], data))) >= 30, "a record that is another one is found"


def test_short_records_go_in_rounds_by_their_number(monkeypatch: pytest.MonkeyPatch):
    """Each costs memory on its way, however short it is; plain files are never parted."""
    monkeypatch.setattr("tasks.ingest.records.TABLE_RECORDS", 3)
    contents = {file_id(d): d for d in (packed.KINDS["jsonl"], *packed.RAW[:2], packed.KINDS["warc"])}
    tables = list(records_in(contents, Fields(), 1 << 20, Left()))
    assert sum(t.num_rows for t in tables) == 2 * len(packed.RAW) + 2
    assert len(tables) >= 5 and max(t.num_rows for t in tables) <= 3 + 2


@pytest.mark.parametrize("limit", [("ROUND_CHARACTERS", 100), ("TABLE_RECORDS", 3)], ids=str)
def test_a_later_stage_goes_in_rounds_too(limit: tuple[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    layout, job = made(tmp_path, {"a.jsonl": packed.KINDS["jsonl"], "b.txt": packed.RAW[0]})
    receipt = work.run_batch(job)
    batch = commit(layout, State(), Delta(1, (assemble(layout, receipt, None),))).batches[job.batch_id]
    monkeypatch.setattr(work, *limit)
    for stage in ("clean", "enrich"):
        kept = tuple((f, None) for f, _ in job.contents)
        again = replace(job, stage_from=stage, contents=kept, previous=batch, fingerprints=PRINTS | {stage: "n"})
        done = work.run_batch(again)
        assert sum(f.table == "articles" for f in done.files) > 2
        after = assemble(layout, done, batch)
        for table in ("articles", "kept", "terms"):
            found = [sorted(rows(layout, x, table), key=str) for x in (after, batch)]
            assert found[0] == found[1]


def test_a_record_is_restored_by_its_id_and_a_container_is_forgotten_whole(tmp_path: Path):
    contents = {"a.jsonl": packed.KINDS["jsonl"] + b'{"broken\n', "b.txt": packed.RAW[0]}
    layout, job = made(tmp_path, contents)
    day = dt.datetime(2022, 1, 1)
    seen = [Source(f"file:///{name}", name, file_id(data), len(data), 0) for name, data in contents.items()]
    events = run_table(layout, 1, "arrival_events", arrival_events(1, seen, [], day))
    state = commit(layout, State(), Delta(1, (assemble(layout, work.run_batch(job), None),), (), (events,), (), {}, 1))
    name = file_id(contents["a.jsonl"])
    for n, data in enumerate(packed.RAW, 1):
        assert restore_bytes(layout.root, doc_id(name, n)) == data
    assert restore_bytes(layout.root, name) == contents["a.jsonl"]
    assert restore_bytes(layout.root, doc_id(file_id(packed.RAW[0]), 1)) == packed.RAW[0]
    assert doc_id(name, 9) in state.batches[job.batch_id].refused
    after = forget(layout, state, name, day)
    [batch] = after.batches.values()
    assert batch.file_ids == (file_id(packed.RAW[0]),) and not batch.refused
    assert {r["file_id"] for r in rows(layout, batch, "documents")} == {file_id(packed.RAW[0])}


def test_a_records_fields_are_evidence_for_its_article(tmp_path: Path):
    text = "潮水在夜里退得很远，守塔人把灯点得更亮。\n渔船回来时，码头上已有十人在等。\n"
    row = {"text": text, "title": "守塔人与潮水", "published_at": "2020-05-06 07:08", "site": "海港新闻网"}
    row |= {"url": "https://news.example.cn/1", "tags": ["潮"]}
    layout, job = made(tmp_path, {"a.jsonl": packed.jsonl([row])})
    receipt = work.run_batch(job)
    [article], [document] = rows(layout, receipt, "articles"), rows(layout, receipt, "documents")
    assert (article["title"], str(article["published_at"]), article["url"]) == (row["title"], "2020-05-06 07:08:00", row["url"])
    assert document["site"] == "example.cn" and json.loads(document["record_meta"])["record"]["tags"] == ["潮"]
    said = {m["field"]: (m["value"], m["start"]) for m in rows(layout, receipt, "article_metadata")}
    assert said["title"] == (row["title"], None), "its record states it; no line of the text does"


@pytest.mark.slow
def test_a_folder_with_containers_keeps_the_laws_in_any_order(tmp_path: Path, prefect_server: PrefectServer):
    folder = tmp_path / "来的"
    folder.mkdir()
    contents = {n.replace(" ", "-") + ".bin": d for n, d in packed.KINDS.items()} | DAMAGED | {"plain.txt": packed.RAW[0]}
    contents["specimens.zip"] = packed.zipped(specimens())
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    commands = []
    for name in ("together", "apart"):
        (tmp_path / name).mkdir()
        commands.append(Command(tmp_path / name / "warehouse", prefect_server.settings.prefect_home, prefect_server.url))
    together, apart = commands
    answer = together("ingest", folder, "--json", "--workers", "1")
    assert answer.code == 0, answer.err
    assert {case["name"] for case in answer.json["refused"]} == set(DAMAGED)
    assert together("verify").code == 0
    assert apart("ingest", *sorted(folder.iterdir())[::2], "--quiet", "--workers", "2", "--batch-size", "1").code == 0
    assert apart("ingest", folder, "--quiet", "--workers", "2", "--batch-size", "20KiB").code == 0
    assert differences(together.warehouse, apart.warehouse) == {}
    assert rows_in_all(together.warehouse)["documents"] > 150
    assert apart("rebuild", "--quiet").code == 0 and differences(together.warehouse, apart.warehouse) == {}
    assert apart("verify").code == 0
    [(doc, path)] = together.ask("select doc_id, container_path from documents where container_path = 'keep-verse.txt'")
    assert together("restore", doc, "-o", tmp_path / "back").code == 0
    assert (tmp_path / "back").read_bytes() == specimens()[path]
    zipped = file_id(contents["specimens.zip"])
    assert together("forget", zipped, "--yes").code == 0 and together("verify").code == 0
    assert together.ask(f"select count(*) from documents where file_id = '{zipped}'") == [(0,)]
    toml = tmp_path / "taojin.toml"
    toml.write_text('[fields]\ntext = "n"\n', "utf-8")
    answer = apart("ingest", folder, "--json", TAOJIN_CONFIG=str(toml))
    assert answer.code == 0 and answer.json["recomputed"], "another mapping is another reading"
