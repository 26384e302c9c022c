"""Statutes have no furniture: nothing but titles, blanks and line breaks may leave them."""

from __future__ import annotations

import tarfile
from collections import Counter
from pathlib import Path

import pytest

from tasks.clean.stage import clean
from tasks.split.stage import split

EVERY = 12
LEAVES = {"newline", "title", "indent", "trailing_space", "other", "invisible"}


def statutes(corpus: Path, every: int) -> list[str]:
    archive = corpus / "data" / "law.tar.gz"
    if not archive.is_file():
        pytest.skip("no law.tar.gz in the corpus")
    with tarfile.open(archive) as tar:
        members = [m for m in tar if m.name.endswith(".txt")]
        return [tar.extractfile(m).read().decode("utf-8") for m in members[::every]]


@pytest.mark.parametrize("every", [EVERY, pytest.param(1, marks=pytest.mark.slow)])
def test_statutes_stay_whole(corpus, every):
    from tests.tasks.split.conftest import check_law_a, documents_of

    texts = statutes(corpus, every)
    left: Counter[str] = Counter()
    for at in range(0, len(texts), 300):
        documents = documents_of(texts[at : at + 300])
        cleaned = clean(documents)
        tables = split(documents, cleaned["marks"], cleaned["flags"])
        check_law_a(documents, tables)
        assert tables["articles"].num_rows == documents.num_rows
        for row in tables["edits"].to_pylist():
            left[row["label"]] += len(row["before"])
            assert row["label"] in LEAVES, row
            assert row["label"] in ("title", "newline", "invisible") or not row["before"].strip(), row
            assert row["action"] != "replace", row
    print(dict(left))
    titles = left["title"] / sum(map(len, texts))
    assert titles < 0.004
