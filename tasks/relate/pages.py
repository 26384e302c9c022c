"""A page as mining sees it: lines after cleaning, counted exactly as the clean stage will count them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tasks.text.edges import edge_lines, is_running
from tasks.text.ledger import CUT, REPLACE, Ledger, Mark


@dataclass(frozen=True, slots=True)
class Page:
    """One document. `lines` are stripped and show something; `kept[i]` tells whether line i stands in an article."""

    doc_id: str
    name: str
    site: str  # site or host of the document; '' where unknown
    told: str  # site that the page itself names; '' where it names none
    title: str
    lines: tuple[str, ...]
    kept: tuple[bool, ...]
    edges: frozenset[str]  # first and last lines as the text came

    @property
    def running(self) -> int:
        """Characters of running text that are kept."""
        return sum(len(line) for line, kept in zip(self.lines, self.kept, strict=True) if kept and is_running(line))


def page_of(
    doc_id: str, name: str, site: str, title: str, text: str, edits: Iterable[tuple[int, int, str]], kept: Sequence[tuple[int, int]],
    told: str = "",
) -> Page:
    """
    A page from what is published about it.

    Args:
        edits: (start, stop, after) of cleaning, without those of mined rules and without those of split.
        kept: (start, stop) of kept spans, sorted.
    """
    ledger = Ledger.of(text, (Mark(a, b, REPLACE if after else CUT, "", "", after) for a, b, after in edits))
    shown, stands = [], []
    stops = [b for _, b in kept]
    for line in ledger.view().lines():
        if stripped := line.shown.strip():
            i = bisect_left(stops, line.start + 1)
            shown.append(stripped)
            stands.append(i < len(kept) and kept[i][0] < line.stop)
    return Page(doc_id, name, site, told, title, tuple(shown), tuple(stands), frozenset(edge_lines(text)))
