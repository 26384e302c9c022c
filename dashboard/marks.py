"""Text with marks laid over it: edits over a document, mentions and facts over an article. Offsets are code points, cut here, on the
server; a browser never counts characters.

Law: the pieces of `laid` and of `edited`, joined, are the text that came in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

FOLD = 400  # characters of one run of cuts that is folded away
TIDY = ("newline", "indent", "trailing_space", "space")  # labels of edits that only tidy blanks


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a text and what it is."""

    start: int
    stop: int
    kind: str
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with all marks that cover it, widest first."""

    start: int
    text: str
    marks: tuple[Mark, ...] = ()


def laid(text: str, marks: Iterable[Mark], start: int = 0) -> list[Piece]:
    """
    The text in pieces at whose ends marks begin or end. `start` is the offset of the text's first character; marks may reach over its
    ends and may overlap.
    """
    stop = start + len(text)
    inside = [m for m in marks if m.start < stop and m.stop > start and m.stop > m.start]
    cuts = sorted({start, stop, *(max(m.start, start) for m in inside), *(min(m.stop, stop) for m in inside)})
    inside.sort(key=lambda m: (m.start, -m.stop))
    pieces = []
    for a, b in itertools.pairwise(cuts):
        over = tuple(m for m in inside if m.start <= a and m.stop >= b)
        pieces.append(Piece(a, text[a - start : b - start], over))
    return pieces


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Offset and text of each paragraph."""
    at = 0
    for paragraph in text.split("\n"):
        yield at, paragraph
        at += len(paragraph) + 1


@dataclass(slots=True)
class Run:
    """Consecutive pieces of a document: what is kept, or edits that belong together."""

    kind: str  # kept | edits | fold
    pieces: list[tuple[str, dict[str, Any] | None]]

    @property
    def characters(self) -> int:
        return sum(len(text) for text, _ in self.pieces)


def edited(text: str, edits: Sequence[dict[str, Any]], start: int = 0) -> list[tuple[str, dict[str, Any] | None]]:
    """A stretch of a document in pieces: kept text, and edits in their order. Edits do not overlap (law A)."""
    stop, at = start + len(text), start
    pieces: list[tuple[str, dict[str, Any] | None]] = []
    for e in edits:
        if e["stop"] <= start or e["start"] >= stop:
            continue
        a, b = max(e["start"], start), min(e["stop"], stop)
        if a > at:
            pieces.append((text[at - start : a - start], None))
        if b > max(a, at):
            pieces.append((text[max(a, at) - start : b - start], e))
        at = max(at, b)
    if at < stop:
        pieces.append((text[at - start :], None))
    return pieces


def folded(pieces: Sequence[tuple[str, dict[str, Any] | None]], fold: int = FOLD) -> list[Run]:
    """Pieces in runs; a run of cuts longer than `fold` characters is marked to be folded away."""
    runs: list[Run] = []
    for text, edit in pieces:
        kind = "edits" if edit is not None and edit["action"] == "cut" else "kept"
        if runs and runs[-1].kind == kind:
            runs[-1].pieces.append((text, edit))
        else:
            runs.append(Run(kind, [(text, edit)]))
    for run in runs:
        if run.kind == "edits" and run.characters > fold:
            run.kind = "fold"
    return runs


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of the document beside the paragraph that came of it."""

    raw_start: int
    raw_stop: int
    start: int | None  # of the paragraph in the article; None where nothing came of the stretch
    stop: int | None


def aligned(length: int, edits: Sequence[dict[str, Any]], kept: Sequence[dict[str, Any]], article_id: str, text: str) -> list[Row]:
    """
    An article's paragraphs beside the document: a row for each paragraph, and rows without one before the first and after the last.

    Between two paragraphs stands exactly one edit with action newline (law A): there a row ends.
    """
    spans = [(k["start"], k["stop"]) for k in kept if k["article_id"] == article_id]
    spans += [(e["start"], e["stop"]) for e in edits if e["article_id"] == article_id and e["after"] and e["action"] != "newline"]
    if not spans:
        return [Row(0, length, None, None)]
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    breaks = {e["article_start"]: e["stop"] for e in edits if e["action"] == "newline" and e["article_id"] == article_id}
    rows = [Row(0, first, None, None)] if first else []
    at = first
    for start, paragraph in paragraphs(text):
        stop = start + len(paragraph)
        ends = breaks.get(stop, last)
        ends = last if stop == len(text) else ends
        rows.append(Row(at, max(ends, at), start, stop))
        at = max(ends, at)
    if at < length:
        rows.append(Row(at, length, None, None))
    return rows


def differing(one: str, other: str) -> Iterator[tuple[str, str, bool]]:
    """Two texts of equal length in stretches that agree or differ, for showing them side by side."""
    at = 0
    for i in range(1, min(len(one), len(other)) + 1):
        if i == len(one) or (one[i] == other[i]) != (one[at] == other[at]):
            yield one[at:i], other[at:i], one[at] != other[at]
            at = i
