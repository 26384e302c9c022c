"""Every sentence of a contract has its Chinese, and no translation is left over."""

from __future__ import annotations

import pytest

from schemas.catalog import TABLES
from schemas.contract import TEXT, Between, Column, Matches, MaxLength, NotEmpty, OneOf, Promise, Table
from schemas.derive.chinese import chinese, sentences
from schemas.derive.ddl import column_comment, table_comment
from schemas.derive.dictionary import WAREHOUSE, descriptions
from schemas.derive.expectations import columns_check

# Sentences of the checks that validation makes beside the contracts (tasks/validate/runner.py).
BESIDE = {
    "No document of the run is published already, unless the run replaces it.",
    "Share of documents that critical checks refuse.",
    "Share of documents of a site that critical checks refuse.",
}

VIEWS = [described for folder in ("views", "macros") for described in descriptions(WAREHOUSE / folder)]


def said(table: Table) -> set[str]:
    checks = (columns_check(table), *table.all_row_checks, *table.all_table_checks, *table.history_checks)
    return {s for s in (table.grain, table.note, *(c.description for c in table.columns)) if s} | {
        s for c in checks for s in (c.description, c.next_step)}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_sentence_has_its_chinese(table: Table):
    assert sorted(s for s in said(table) if not chinese(s)) == []


def test_every_view_and_macro_has_its_chinese():
    assert [name for name, text in VIEWS if not chinese(text)] == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_comment_in_the_database_has_its_chinese(table: Table):
    comments = [table_comment(table), *(column_comment(c) for c in table.columns)]
    assert [c for c in comments if not chinese(c)] == []


def test_no_translation_is_left_over():
    known = {s for t in TABLES.values() for s in said(t)} | {text for _, text in VIEWS}
    assert set(sentences()) - BESIDE == known & set(sentences())


def test_names_and_commands_stay_as_they_are():
    """What a reader types or looks up is the same in both languages."""
    for english in sentences():
        told = chinese(english) or ""
        assert english.count("`") == told.count("`"), english
        assert all(word in told for word in english.split("`")[1::2]), english


PROMISES = [Matches("[a-z]+"), Between(1), Between(None, 9), Between(0, 1), OneOf(("a", "b")), NotEmpty(), MaxLength(3)]


@pytest.mark.parametrize("promise", PROMISES, ids=str)
def test_what_is_made_from_a_pattern_is_translated_by_pattern(promise: Promise):
    column = Column("c", TEXT, "", nullable=True, checks=(promise,))
    (check,) = Table("t", "", (), (column,), "s").all_row_checks
    assert (chinese(check.description) or "").startswith("c ")


def test_a_sentence_that_nobody_translated_is_none():
    assert chinese("The moon is full.") is None
