"""What cleaning would still take out of its own result: the detectors run once more, over the texts of articles.

A text that was cleaned well says nothing to them. What they find was hidden by its page the first time, or by damage that is
repaired now; it is counted in `articles.residual_dirt` and left alone. What stays on purpose (masks, holes, teaching texts'
readings, single notes) is decided as it was the first time, so it does not count.
"""

from __future__ import annotations

import pyarrow as pa

from tasks.clean.stage import clean_text

Spans = list[tuple[int, int]]


def residue(articles: pa.Table) -> dict[str, Spans]:
    """article_id -> spans of `text` that the detectors mark, sorted; articles in which they find nothing are left out."""
    found: dict[str, Spans] = {}
    for article, text in zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True):
        marks = clean_text(text).marks
        if not marks:
            continue
        spans: Spans = []
        last = ""
        for mark in marks:  # what one rule marks without a gap is one piece of dirt
            if spans and last == mark.rule_id and spans[-1][1] == mark.start:
                spans[-1] = (spans[-1][0], mark.stop)
            else:
                spans.append((mark.start, mark.stop))
            last = mark.rule_id
        found[article] = spans
    return found
