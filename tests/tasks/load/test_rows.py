"""A run's own rows: what a reader is told to type must work, and what edits name must be explained."""

from __future__ import annotations

import pyarrow as pa

from flows.commands.quarantine import _parse
from schemas.catalog import TABLES
from schemas.ids import doc_id, file_id
from tasks.clean.furniture.specimens import ALL_KEEPS, BODY, FRAME_BOTTOM, FRAME_TOP, page
from tasks.clean.rules import RULES as CLEANING
from tasks.clean.stage import clean
from tasks.load import rows
from tasks.split.rules import RULES as SPLITTING
from tasks.split.stage import split
from tasks.storage.records import Receipt, Source


def test_a_refused_document_is_replayed_by_its_case_and_an_unread_input_by_its_path():
    file = file_id("甲".encode())
    refused = {"file_id": file, "doc_id": doc_id(file, 1), "kind": "raised", "stage": "clean", "reason": "it raised"}
    receipt = Receipt("b" * 32, "decode", (), 0, {}, 7, (), refused_inputs=(refused,))
    giant = Source("file:///seeds/%E7%94%B2.txt", "/seeds/甲.txt", None, 9, 0)
    table = rows.input_quarantine(7, 3, [receipt], [(giant, "too large")], {file: "file:///seeds/a.txt"})
    assert table.schema == TABLES["quarantine"].arrow
    first, second = table.to_pylist()
    assert first["replay"] == "taojin quarantine retry 7-3" and _parse(first["replay"].split()[-1]) == (7, 3)
    assert second["replay"].startswith("taojin ingest '") and second["quarantine_no"] == 4


def test_every_rule_that_edits_name_has_a_row_with_its_reason():
    texts = [*ALL_KEEPS, page(FRAME_TOP, FRAME_BOTTOM), f"  {BODY}\n\n  \n稻谷(dào gǔ)熟了(shú le)。", "中国\u200b"]
    texts += [s.replace("⟦", "").replace("⟧", "") for rule in CLEANING for s in rule.cuts]
    documents = pa.table({"doc_id": [f"{n:032x}" for n in range(len(texts))], "text": texts})
    cleaned = clean(documents)
    edits = split(documents, cleaned["marks"], cleaned["flags"])["edits"]
    named = set(zip(edits["rule_id"].to_pylist(), edits["rule_version"].to_pylist(), strict=True))
    known = rows.rules((*CLEANING, *SPLITTING))
    assert len(named) > 30
    assert named <= set(zip(known["rule_id"].to_pylist(), known["rule_version"].to_pylist(), strict=True))
    assert all(known["why"].to_pylist()) and set(known["stage"].to_pylist()) == {"clean", "split"}
    assert len({r.id for r in (*CLEANING, *SPLITTING)}) == known.num_rows, "a rule_id has one meaning"
