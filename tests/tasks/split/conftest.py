"""Tables around texts, and the law that every split must keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pyarrow as pa
import pytest

from schemas.catalog import TABLES
from schemas.ids import doc_id, text_sha256
from tasks.split.stage import split
from tasks.text.ledger import Mark


def documents_of(texts: list[str]) -> pa.Table:
    rows = [
        {"doc_id": doc_id(f"{i:032x}", 1), "file_id": f"{i:032x}", "record_no": 1, "text": text, "text_sha256": text_sha256(text)}
        for i, text in enumerate(texts)
    ]
    return pa.Table.from_pylist(rows, TABLES["documents"].stage_arrow)


def marks_of(doc: str, marks: list[Mark]) -> list[dict]:
    fields = ("start", "stop", "action", "label", "rule_id", "after", "repaired_text", "confidence", "value")
    return [{"doc_id": doc, "rule_version": 1} | {f: getattr(m, f) for f in fields} for m in marks]


def split_texts(texts: list[str], marks: list[list[Mark]] | None = None, flags: list[dict] | None = None) -> dict[str, pa.Table]:
    documents = documents_of(texts)
    ids = documents["doc_id"].to_pylist()
    rows = [row for doc, mine in zip(ids, marks or [[] for _ in ids], strict=True) for row in marks_of(doc, mine)]
    tables = split(
        documents,
        pa.Table.from_pylist(rows, TABLES["marks"].stage_arrow),
        pa.Table.from_pylist([{"doc_id": ids[0]} | f for f in flags or []], TABLES["flags"].stage_arrow),
    )
    check_law_a(documents, tables)
    return tables


def check_law_a(documents: pa.Table, tables: dict[str, pa.Table]) -> None:
    """Every character once; kept spans and what edits put in make up the articles; one newline between two paragraphs."""
    spans, pieces, newlines = defaultdict(list), defaultdict(list), defaultdict(int)
    texts = dict(zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True))
    for name in ("articles", "article_metadata", "kept", "edits", "flags"):
        assert tables[name].schema.equals(TABLES[name].stage_arrow)
    for row in tables["kept"].to_pylist():
        spans[row["doc_id"]].append((row["start"], row["stop"]))
        pieces[row["article_id"]].append((row["article_start"], texts[row["doc_id"]][row["start"] : row["stop"]]))
    for row in tables["edits"].to_pylist():
        spans[row["doc_id"]].append((row["start"], row["stop"]))
        assert row["before"] == texts[row["doc_id"]][row["start"] : row["stop"]]
        assert (row["after"] == "") == (row["article_id"] is None) == (row["article_start"] is None)
        assert row["action"] != "newline" or row["after"] == "\n"
        assert row["action"] != "replace" or row["after"] not in ("", row["before"])
        assert row["action"] not in ("cut", "meta") or row["after"] == ""
        if row["after"]:
            pieces[row["article_id"]].append((row["article_start"], row["after"]))
            newlines[row["article_id"]] += row["action"] == "newline"
    for doc, text in texts.items():
        at = 0
        for start, stop in sorted(spans[doc]):
            assert start == at < stop
            at = stop
        assert at == len(text)
    known = set()
    for row in tables["articles"].to_pylist():
        known.add(row["article_id"])
        at = 0
        for start, piece in sorted(pieces[row["article_id"]]):
            assert start == at
            at += len(piece)
        assert "".join(piece for _, piece in sorted(pieces[row["article_id"]])) == row["text"]
        assert row["text"] and all(p and p == p.strip() for p in row["text"].split("\n"))
        assert row["paragraph_count"] == row["text"].count("\n") + 1 == newlines[row["article_id"]] + 1
        assert row["char_count"] == len(row["text"]) == len(row["text_hans"])
        assert row["text_sha256"] == text_sha256(row["text"])
    assert set(pieces) <= known
    for row in tables["article_metadata"].to_pylist():
        assert row["article_id"] in known and row["value"].strip() and 0 < row["confidence"] <= 1
        assert (row["start"] is None) == (row["stop"] is None)
        assert row["start"] is None or 0 <= row["start"] < row["stop"] <= len(texts[row["doc_id"]])


@pytest.fixture(scope="session")
def split_up() -> Callable[..., dict[str, pa.Table]]:
    """Split texts and hold the result to law A."""
    return split_texts
