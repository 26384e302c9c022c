"""The stage itself: documents in; marks, links and flags out, as columns."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from schemas.catalog import TABLES
from tasks.clean.furniture import furnish
from tasks.clean.furniture.votes import Tags, furnish_by_tags, tags_of
from tasks.clean.mined import mark_mined
from tasks.clean.repair import repair
from tasks.clean.rules import VERSIONS
from tasks.text.ledger import Ledger

MARK_FIELDS = ("start", "stop", "action", "label", "rule_id", "after", "repaired_text", "confidence", "value")
LINK_FIELDS = ("title", "truncated", "url", "start", "stop")
FLAG_FIELDS = ("kind", "start", "stop", "detail", "severity")


def clean_text(
    text: str, doc_id: str = "", site: str | None = None, url: str | None = None, tags: Tags | None = None
) -> Ledger:
    """All that is known about one text: damage first, then what the page put around the author's words, then what its site repeats."""
    ledger = Ledger(text)
    repair(ledger)
    if tags is None:
        furnish(ledger)
    else:
        ledger = furnish_by_tags(ledger, tags)
    mark_mined(ledger, doc_id, site, url)
    return ledger


def clean(documents: pa.Table, blocks: pa.Table | None = None) -> dict[str, pa.Table]:
    """
    Judge each document.

    Args:
        documents: n rows of DOCUMENTS; only doc_id, text, site and url are read, the last two where they are there.
        blocks: BLOCKS of those documents that are renderings of markup; plain text has none.

    Returns:
        marks: disjoint within a document, by document and then start.
        links: numbered from 1 in each document.
        flags: by start, numbered from 1 in each document; their places in articles are not known yet.

    Raises nothing: text that no rule knows passes without a row. A clean document costs a few searches and no row.
    """
    marks, links, flags = _Columns("marks", MARK_FIELDS), _Columns("links", LINK_FIELDS), _Columns("flags", FLAG_FIELDS)
    unknown = [None] * documents.num_rows
    read = [documents[c].to_pylist() if c in documents.column_names else unknown for c in ("doc_id", "text", "site", "url")]
    tags = tags_of(blocks)
    for doc_id, text, site, url in zip(*read, strict=True):
        ledger = clean_text(text, doc_id, site, url, tags.get(doc_id))
        marks.extend(doc_id, ledger.marks)
        links.extend(doc_id, sorted(ledger.links, key=lambda link: link.start))
        flags.extend(doc_id, sorted(set(ledger.flags), key=lambda flag: (flag.start, flag.stop, flag.kind, flag.detail)))
    published = [date.fromisoformat(link.published_on) if link.published_on else None for link in links.items]
    return {
        "marks": marks.table(rule_version=[VERSIONS[mark.rule_id] for mark in marks.items]),
        "links": links.table(link_no=links.numbers, published_on=published),
        "flags": flags.table(flag_no=flags.numbers),
    }


class _Columns:
    """Rows of one table as they come in, turned into columns once."""

    def __init__(self, table: str, fields: tuple[str, ...]) -> None:
        self.schema, self.fields = TABLES[table].stage_arrow, fields
        self.doc_ids: list[str] = []
        self.items: list = []
        self.numbers: list[int] = []

    def extend(self, doc_id: str, items: list) -> None:
        self.items += items
        self.doc_ids += [doc_id] * len(items)
        self.numbers += range(1, len(items) + 1)

    def table(self, **columns: list) -> pa.Table:
        columns |= {name: [getattr(item, name) for item in self.items] for name in self.fields} | {"doc_id": self.doc_ids}
        empty = [None] * len(self.items)
        return pa.table([pa.array(columns.get(field.name, empty), field.type) for field in self.schema], schema=self.schema)
