"""Articles for enrichment's tests, and what the corpus holds to measure it by."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.catalog import TABLES


def an_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@pytest.fixture(scope="session")
def articles_of() -> Callable[..., pa.Table]:
    """Builds rows of ARTICLES, as split would write them, from plain texts of one document."""

    def build(*texts: str, published_at: datetime | None = None, title: str | None = None, hans: tuple[str, ...] = ()) -> pa.Table:
        rows = [
            {
                "article_id": an_id(f"{no}:{text}"), "doc_id": an_id("doc"), "article_no": no, "text": text,
                "text_hans": hans[no - 1] if hans else text, "title": title, "truncated": False, "published_at": published_at,
                "char_count": len(text), "paragraph_count": text.count("\n") + 1 if text else 0, "text_sha256": "0" * 64,
            }
            for no, text in enumerate(texts, 1)
        ]
        return pa.Table.from_pylist(rows, schema=TABLES["articles"].stage_arrow)

    return build


@pytest.fixture(scope="session")
def gold(corpus: Path) -> dict[str, dict]:
    """The seeds' clean texts, each with its facts, phrases and outline."""
    texts: dict[str, dict] = {}
    for folder in sorted(path for path in (corpus / "gold").iterdir() if path.is_dir()):
        def rows(name: str, article: int, folder: Path = folder) -> list[dict]:
            lines = map(json.loads, (folder / name).read_text("utf-8").splitlines())
            return [row for row in lines if row["article"] == article and row.get("text") != "raw"]

        for outline in json.loads((folder / "outline.json").read_text("utf-8")):
            name, no = outline["text"], outline["article"]
            texts[f"{folder.name[:3]}/{name}"] = {
                "text": (folder / name).read_text("utf-8").rstrip("\n"), "outline": outline["tree"], "facts": rows("facts.jsonl", no),
                "phrases": rows("phrases.jsonl", no), "entities": rows("entities.jsonl", no),
            }
    return texts


@pytest.fixture(scope="session")
def laws(corpus: Path) -> list[str]:
    """Twenty statutes of the law corpus."""
    texts: list[str] = []
    with tarfile.open(corpus / "data" / "law.tar.gz") as members:
        for member in members:
            if len(texts) == 20:
                break
            if member.name.endswith("7.txt") and member.size < 60_000:
                text = members.extractfile(member).read().decode("utf-8")
                texts.append("\n".join(line for line in text.split("\n") if line.strip()))
    return texts
