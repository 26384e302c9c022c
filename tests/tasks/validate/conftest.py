"""A small run: documents whose tables keep every promise, to be broken one promise at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.catalog import TABLES
from schemas.ids import article_id, doc_id, file_id, text_sha256
from tasks.validate.request import CheckRequest

Rows = dict[str, list[dict[str, object]]]

PARAGRAPHS = "河水在村口拐了一个弯。\n晒谷场上铺满了新收的稻子。"


def rows_of(n: int) -> Rows:
    """Document n: a menu line that is cut, then an article of two paragraphs with a sentence each."""
    file = file_id(f"seed {n}".encode())
    doc = doc_id(file, 1)
    article = article_id(doc, 1)
    menu = f"首页 {n}\n"
    text, at, clean = menu + PARAGRAPHS, len(menu), PARAGRAPHS
    first = clean.index("\n")
    span = {"doc_id": doc, "run_id": 1}
    edit = span | {"rule_id": "nav-line", "rule_version": 1, "confidence": 1.0, "article_id": None, "article_start": None, "after": "",
                   "repaired_text": None}
    sentence = {"article_id": article, "section_no": None, "tags": ["n"], "run_id": 1}
    return {
        "documents": [{"doc_id": doc, "file_id": file, "record_no": 1, "text": text, "char_count": len(text), "line_count": 3,
                       "text_sha256": text_sha256(text), "run_id": 1}],
        "decodings": [span | {"start": 0, "stop": len(text), "byte_start": 0, "byte_stop": len(text.encode()), "encoding": "utf-8",
                              "newline": "lf", "method": "strict", "confidence": 1.0}],
        "articles": [span | {"article_id": article, "article_no": 1, "title": "村口", "script": "Hans",
                             "language": "zh", "truncated": False, "text": clean,
                             "text_hans": clean, "char_count": len(clean), "paragraph_count": 2, "term_count": 2,
                             "quality_score": 0.9, "residual_dirt": 0, "text_sha256": text_sha256(clean)}],
        "kept": [
            span | {"start": at, "stop": at + first, "article_id": article, "article_start": 0},
            span | {"start": at + first + 1, "stop": len(text), "article_id": article, "article_start": first + 1},
        ],
        "edits": [
            edit | {"start": 0, "stop": at, "action": "cut", "label": "nav", "before": menu},
            edit | {"start": at + first, "stop": at + first + 1, "action": "newline", "label": "newline", "before": "\n", "after": "\n",
                    "article_id": article, "article_start": first},
        ],
        "sentences": [
            sentence | {"sentence_no": 1, "paragraph_no": 1, "start": 0, "stop": first, "text": clean[:first], "words": ["河水"]},
            sentence | {"sentence_no": 2, "paragraph_no": 2, "start": first + 1, "stop": len(clean), "text": clean[first + 1 :],
                        "words": ["稻子"]},
        ],
    }


def sound_rows(documents: int) -> Rows:
    all_rows: Rows = {}
    for n in range(documents):
        for name, rows in rows_of(n).items():
            all_rows.setdefault(name, []).extend(rows)
    return all_rows


def write(folder: Path, rows: Rows) -> dict[str, tuple[str, ...]]:
    """One Parquet file per table, with exactly the contract's schema."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, table_rows in rows.items():
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(table_rows, schema=TABLES[name].arrow), path)
        files[name] = (str(path),)
    return files


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[..., CheckRequest]:
    def make(rows: Rows, **settings: object) -> CheckRequest:
        return CheckRequest(run_id=1, files=write(tmp_path / "staging", rows), scratch=str(tmp_path), **settings)  # type: ignore[arg-type]

    return make
