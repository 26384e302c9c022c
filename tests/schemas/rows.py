"""One good row of each table, invented; tests change what they are about. Rows fit together: one file, one document, one article."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import article_id, doc_id, file_id, text_sha256

FILE = file_id(b"specimen")
DOC = doc_id(FILE, 1)
ARTICLE = article_id(DOC, 1)
OTHER = max(ARTICLE, "f" * 32)
TEXT = "河湾村修好了水渠。\n今年增收３万元。"
WHEN = datetime(2024, 5, 6, 7, 8)

GOOD: dict[str, dict[str, Any]] = {
    "runs": dict(flow="ingest", started_at=WHEN, finished_at=WHEN, status="done", generation=1, pipeline_version="0.1.0", files_seen=1,
                 files_new=1, files_skipped=0, bytes_new=9, articles_new=1, documents_quarantined=0, rows_quarantined=0, error=None),
    "rules": dict(rule_id="pinyin-gloss", rule_version=1, label="pinyin_annotation", why="Seen.", stage="clean"),
    "seed_files": dict(file_id=FILE, name="a.txt", size_bytes=9, media_type="text/plain", document_count=1, first_seen_at=WHEN),
    "contents": dict(file_id=FILE, data=b"specimen"),
    "records": dict(doc_id=DOC, file_id=FILE, record_no=1, record_meta="{}", data=b"specimen"),
    "arrivals": dict(uri="file:///a.txt", name="a.txt", file_id=FILE, size_bytes=9, modified_at=WHEN, seen_at=WHEN, state="current"),
    "arrival_events": dict(uri="file:///a.txt", name="a.txt", file_id=FILE, size_bytes=9, modified_at=WHEN, seen_at=WHEN, event="seen"),
    "documents": dict(doc_id=DOC, file_id=FILE, record_no=1, text=TEXT, char_count=len(TEXT), line_count=2, text_sha256=text_sha256(TEXT)),
    "decodings": dict(doc_id=DOC, start=0, stop=5, byte_start=0, byte_stop=15, encoding="utf-8", newline="lf", method="strict",
                      confidence=1.0, alternatives="{}", raw=b"123456789012345"),
    "blocks": dict(doc_id=DOC, start=0, stop=9, tag="p", path="body/div.content/p", trail="1.2.3", link_density=0.0, links="[]"),
    "marks": dict(doc_id=DOC, start=0, stop=1, action="cut", label="nav", rule_id="nav-line", rule_version=1, after="", confidence=1.0),
    "links": dict(doc_id=DOC, link_no=1, title="别的村", published_on=date(2024, 5, 6), truncated=False, start=0, stop=3),
    "articles": dict(article_id=ARTICLE, doc_id=DOC, article_no=1, title="水渠", author="甲", editors=["乙"], published_at=WHEN,
                     published_precision="minute", page_no=1, page_count=2, part_no=1, script="Hans", language="zh-Hans", genre="news",
                     topics=["水利"], truncated=False, text=TEXT * 3, text_hans=TEXT * 3, char_count=len(TEXT) * 3, paragraph_count=4,
                     term_count=9, quality_score=0.9, residual_dirt=0, text_sha256=text_sha256(TEXT * 3)),
    "article_metadata": dict(article_id=ARTICLE, field="title", value_no=1, value="水渠", doc_id=DOC, start=0, stop=2, confidence=1.0),
    "kept": dict(doc_id=DOC, start=0, stop=5, article_id=ARTICLE, article_start=0),
    "edits": dict(doc_id=DOC, start=5, stop=6, action="newline", article_id=ARTICLE, article_start=5, label="newline", rule_id="paragraph",
                  rule_version=1, before="\n", after="\n", confidence=1.0),
    "flags": dict(doc_id=DOC, flag_no=1, kind="mask", start=0, stop=2, article_id=ARTICLE, article_start=0, article_stop=2, detail="",
                  severity="info"),
    "sections": dict(article_id=ARTICLE, section_no=2, parent_no=1, level=2, marker="一、", heading="水渠", start=0, stop=9),
    "sentences": dict(article_id=ARTICLE, sentence_no=1, paragraph_no=1, start=0, stop=3, text="河湾村", words=["河湾", "村"],
                      tags=["ns", "n"]),
    "terms": dict(article_id=ARTICLE, term="水渠", tag="n", tf=1, positions=[6]),
    "keywords": dict(article_id=ARTICLE, rank=1, term="水渠", weight=1.5, method="tfidf"),
    "mentions": dict(article_id=ARTICLE, start=0, stop=3, kind="place", surface="河湾村", code="110101"),
    "facts": dict(article_id=ARTICLE, fact_no=1, sentence_no=1, kind="money", subject="收入", measure="增收", value_text="３万元",
                  value=3.0, value_low=1.0, value_high=4.0, unit="万元", normalized_value=30000.0, normalized_unit="CNY", op="=",
                  period_start=date(2024, 1, 1), period_end=date(2024, 12, 31), start=14, stop=17),
    "phrases": dict(article_id=ARTICLE, start=0, stop=3, kind="quoted", surface="河湾村"),
    "time_expressions": dict(article_id=ARTICLE, start=10, stop=12, surface="今年", interval_start=WHEN, interval_end=WHEN,
                             precision="year", relative=True),
    "private_data": dict(article_id=ARTICLE, start=0, stop=3, kind="phone", masked="1****8"),
    "signatures": dict(article_id=ARTICLE, paragraph_no=1, start=0, stop=1, content=-1, bands=[1, -2], sketch=[0, 1, 2, 3]),
    "duplicate_pairs": dict(level="article", article_id="0" * 32, paragraph_no=0, other_id=OTHER, other_paragraph_no=0, similarity=0.9,
                            method="minhash"),
    "checks": dict(table_name="articles", check_id="key-unique", dimension="", expectation="x", severity="critical", scope="table",
                   status="passed", success=True, evaluated=1, unexpected=0, unexpected_percent=0.0, checked_at=WHEN),
    "check_examples": dict(table_name="articles", check_id="key-unique", example_no=1),
    "stage_timings": dict(stage="clean", batches=1, seconds=0.1, cpu_seconds=0.1, bytes=9, peak_bytes=9),
    "quarantine": dict(quarantine_no=1, doc_id=DOC, file_id=FILE, table_name="articles", key=ARTICLE, check_id="text-paragraphs",
                       severity="critical", stage="split", reason="It does.", row_json="{}", replay="taojin quarantine retry"),
    "quarantine_actions": dict(action_no=1, quarantine_run_id=1, quarantine_no=1, action="retry", outcome="refused", acted_at=WHEN),
    "vocabulary": dict(term="水渠", df=1, cf=1),
    "corpus_stats": dict(name="articles", value=1.0),
    "traditional_map": dict(hant="國", hans="国"),
}


def row(table: str, **changes: Any) -> dict[str, Any]:
    """The good row of a table with changes; columns that it does not name are NULL."""
    given = {"run_id": 1} | GOOD[table] | changes
    unknown = set(given) - set(TABLES[table].names) - {"run_id"}
    assert not unknown, f"{table} has no {unknown}"
    return {name: given.get(name) for name in TABLES[table].names}


def arrow(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[table].arrow)


def insert(con: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, Any]) -> None:
    """Add rows to a table of the same name."""
    con.register("fresh", arrow(table, list(rows)))
    con.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM fresh')
    con.unregister("fresh")
