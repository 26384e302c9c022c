"""Columns and promises that several tables have in common, worded once."""

from __future__ import annotations

import pyarrow as pa

from schemas.contract import COUNT, OFFSET, READ_IT, REAL, TEXT, Between, Column, Matches, Reach, Reference, RowCheck, TableCheck
from schemas.ids import ID_LENGTH, ID_PATTERN

HEX_ID = Matches(ID_PATTERN)
SHA256 = Matches("[0-9a-f]{64}")
WORD = Matches("[a-z][a-z0-9]*([_-][a-z0-9]+)*", severity="warning")  # an open vocabulary still has a spelling
UNIT_INTERVAL = Between(0, 1)

RUN_ID = Column("run_id", pa.int64(), "Run that wrote the row.", volatile=True)
RUN_KEY = Column("run_id", pa.int64(), "Run.", checks=(Between(1),))
FILE_ID = Column("file_id", TEXT, "First 32 hex digits of the SHA-256 of the bytes.", checks=(HEX_ID,))
DOC_ID = Column("doc_id", TEXT, "Record: hash of file_id and record_no.", checks=(HEX_ID,))
ARTICLE_ID = Column("article_id", TEXT, "Article: hash of doc_id and article_no.", checks=(HEX_ID,))

# In a child the format follows from the reference to its parent; a second check would only cost time.
OF_FILE = Column("file_id", TEXT, "Content: first 32 hex digits of the SHA-256 of its bytes.")
OF_DOC = Column("doc_id", TEXT, "Document.")
OF_ARTICLE = Column("article_id", TEXT, "Article.")


# An article of the same document: the article stands in its table, and that row names the document that this row names.
OF_ITS_DOCUMENT = Reference(("doc_id", "article_id"), "articles")


def start(text: str = "articles.text", what: str = "First character") -> Column:
    return Column("start", OFFSET, f"{what}, from 0 in {text}.", unit="code points", checks=(Between(0),))


def stop(text: str = "articles.text") -> Column:
    return Column("stop", OFFSET, f"One past the last character in {text}.", unit="code points")


def confidence(of: str, nullable: bool = False) -> Column:
    return Column("confidence", REAL, f"How sure {of} is, 0 to 1.", nullable=nullable, checks=(UNIT_INTERVAL,))


def number(name: str, description: str, at_least: int = 1, nullable: bool = False, unit: str = "") -> Column:
    return Column(name, COUNT, description, unit=unit, nullable=nullable, checks=(Between(at_least),))


SPAN = RowCheck("span-order", "start < stop", "A span has at least one character.", column="start")
SPAN_OR_PLACE = RowCheck("span-order", "start <= stop", "A span does not end before it starts.", column="start")


def within(
    id: str, value: str, limit: str, description: str, column: str = "", parent: str = "articles", key: str = "article_id"
) -> RowCheck:
    """What a row names lies inside its parent."""
    reach = Reach(value, parent, key, limit)
    return RowCheck(id, reach.holds, description, column=column or value, needs=(parent,), reach=reach)


def within_article(column: str = "stop") -> RowCheck:
    return within("span-in-article", column, "char_count", "The span ends inside its article.")


LONGEST_COMPARED = 200_000  # characters


def stands_there(column: str) -> TableCheck:
    """
    A string with a place is what stands at that place: offsets that slipped would show something else.

    Not asked of sentences: it would cost as much as all that is asked of them (1 s of CPU for 800,000 of them). Nor of articles above
    LONGEST_COMPARED: each string is found by counting from the text's beginning, so a text of 50 MB would take minutes.
    """
    return TableCheck(
        f"{column}-stands-there",
        f"SELECT t.article_id, t.start, t.stop, t.{column} "
        f"FROM t JOIN (SELECT article_id, text FROM articles WHERE char_count <= {LONGEST_COMPARED}) AS a USING (article_id) "
        f"WHERE t.{column} <> substr(a.text, t.start + 1, t.stop - t.start)",
        f"{column} is what articles.text has from start to stop.",
        columns=("article_id", "start", "stop"),
        needs=("articles",),
    )


def numbered(parent: str, number: str) -> TableCheck:
    """Rows that are numbered from 1: a gap means that one was lost on the way."""
    return TableCheck(
        f"{number}-without-gap",
        f"SELECT {parent}, count(*) AS rows, max({number}) AS last FROM t GROUP BY {parent} HAVING count(*) <> max({number})",
        f"{number} counts from 1 without a gap for each {parent}.",
        severity="warning",
        columns=tuple(parent.split(", ")),
        next_step=READ_IT,
    )


# Generous on purpose: histories name dynasties, plans name the next century. What lies outside was misread.
EARLIEST_YEAR, LATEST_YEAR = -3000, 2300


def plausible(*columns: str, since: int = EARLIEST_YEAR, until: int = LATEST_YEAR) -> RowCheck:
    """The years of dates lie between bounds."""
    holds = " AND ".join(f"coalesce(year({c}) BETWEEN {since} AND {until}, TRUE)" for c in columns)
    return RowCheck(f"{columns[0]}-plausible", holds, f"{' and '.join(columns)} lie between the years {since} and {until}.",
                    severity="warning", column=columns[0], next_step=READ_IT)


def one_line(column: str) -> RowCheck:
    """A value that a page prints on one line."""
    return RowCheck(f"{column}-one-line", f"NOT contains({column}, chr(10))", f"{column} stands on one line.", severity="warning",
                    column=column, next_step=READ_IT)


def no_empty_item(column: str) -> RowCheck:
    """A list whose items all say something."""
    return RowCheck(f"{column}-items", f"NOT list_contains({column}, '') AND len({column}) = list_count({column})",
                    f"{column} holds no empty item.", severity="warning", column=column)


def hashed(column: str, parent: str, number: str) -> RowCheck:
    """A key that anyone can compute again: see schemas/ids.py."""
    return RowCheck(f"{column}-is-hash", f"{column} = left(sha256({parent} || ':' || {number}), {ID_LENGTH})",
                    f"{column} is the hash of {parent} and {number}.", column=column)


def within_document(column: str = "stop") -> RowCheck:
    return within("span-in-document", column, "char_count", "The span ends inside its document.", parent="documents", key="doc_id")
