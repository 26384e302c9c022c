"""Clean text keeps every character: the law corpus gets no mark but on the zero-width spaces that its sites left in it."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.clean.repair import repair
from tasks.text.ledger import Ledger
from tasks.text.scripts import text_hans

SAMPLE = 3_000_000  # bytes


def laws(corpus: Path, limit: int | None) -> Iterator[tuple[str, str]]:
    archive = corpus / "data" / "law.tar.gz"
    if not archive.is_file():
        pytest.skip(f"no law corpus at {archive}")
    size = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.name.endswith(".txt"):
                continue
            data = tar.extractfile(member).read()
            size += len(data)
            yield member.name, data.decode("utf-8")
            if limit and size > limit:
                return


def check(corpus: Path, limit: int | None) -> None:
    documents = flags = 0
    for name, text in laws(corpus, limit):
        ledger = Ledger(text)
        repair(ledger)
        wrong = [(m.rule_id, text[m.start : m.stop]) for m in ledger.marks if text[m.start : m.stop].strip("\u200b")]
        assert not wrong, f"{name}: {wrong[:5]}"
        assert text_hans(text) == text, name
        documents += 1
        flags += len(ledger.flags)
    print(f"{documents} documents, {flags} flags")
    assert documents and flags / documents < 0.5


def test_a_sample_of_statutes_is_left_alone(corpus: Path) -> None:
    check(corpus, SAMPLE)


@pytest.mark.slow
def test_all_statutes_are_left_alone(corpus: Path) -> None:
    check(corpus, None)
