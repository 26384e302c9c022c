"""What cleaning would still take out of its own result: the detectors run once more, over the texts of articles.

A text that was cleaned well says nothing to them. What they find was hidden by its page the first time, or by damage that is
repaired now; it is counted in `articles.residual_dirt` and left alone. What stays on purpose (masks, holes, teaching texts'
readings, single notes) does not count: what is decided by a document as a whole (is this a lesson? does a line end repeat?)
must be dirt in the whole again, its articles together with their titles, not only in the piece that an article is.
"""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from tasks.clean.stage import clean_text
from tasks.text.ledger import Mark

Spans = list[tuple[int, int]]
BY_DOCUMENT = frozenset(("pinyin_annotation", "watermark"))  # labels of dirt that the document decides, not the line
_CONTEXT = ("title", "subtitle", "abstract")


def residue(articles: pa.Table) -> dict[str, Spans]:
    """article_id -> spans of `text` that the detectors mark, sorted; articles in which they find nothing are left out."""
    found: dict[str, list[Mark]] = {}
    ids, texts = articles["article_id"].to_pylist(), articles["text"].to_pylist()
    for article, text in zip(ids, texts, strict=True):
        if marks := clean_text(text).marks:
            found[article] = marks
    doubtful = {article for article, marks in found.items() if any(m.label in BY_DOCUMENT for m in marks)}
    agreed = _in_whole(articles, doubtful) if doubtful else {}
    kept = {a: [m for m in marks if m.label not in BY_DOCUMENT or m.start in agreed.get(a, ())] for a, marks in found.items()}
    return {article: _pieces(marks) for article, marks in kept.items() if marks}


def _pieces(marks: list[Mark]) -> Spans:
    """What one rule marks without a gap is one piece of dirt."""
    spans: Spans = []
    last = ""
    for mark in marks:
        if spans and last == mark.rule_id and spans[-1][1] == mark.start:
            spans[-1] = (spans[-1][0], mark.stop)
        else:
            spans.append((mark.start, mark.stop))
        last = mark.rule_id
    return spans


def _in_whole(articles: pa.Table, wanted: set[str]) -> dict[str, set[int]]:
    """Where the detectors mark, with its document around it, an article of those that are wanted."""
    names = articles.column_names
    ids, texts = articles["article_id"].to_pylist(), articles["text"].to_pylist()
    documents = articles["doc_id"].to_pylist() if "doc_id" in names else ids
    context = list(zip(*(articles[c].to_pylist() for c in _CONTEXT if c in names), strict=True)) or [()] * len(ids)
    pieces: dict[str, list[tuple[str, str]]] = defaultdict(list)
    asked = {doc for article, doc in zip(ids, documents, strict=True) if article in wanted}
    for article, doc, text, lines in zip(ids, documents, texts, context, strict=True):
        if doc in asked:
            pieces[doc] += [("", line) for line in lines if line] + [(article, text)]
    found: dict[str, set[int]] = {}
    for parts in pieces.values():
        starts = {m.start for m in clean_text("\n".join(text for _, text in parts)).marks if m.label in BY_DOCUMENT}
        at = 0
        for article, text in parts:
            if article:
                found[article] = {start - at for start in starts if at <= start < at + len(text)}
            at += len(text) + 1
    return found
