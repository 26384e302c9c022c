"""Where sentences begin and end.

A sentence ends at 。！？ (or their ASCII twins) with the closing quotes and brackets that follow, or at the end of its
paragraph. A semicolon ends none, and neither does a full stop in ASCII: in Chinese text it stands in decimals, times,
abbreviations and list marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# An ASCII mark between letters or digits belongs to an address or a formula (index.php?id=3).
_END = re.compile(r"[。！？!?\n](?:(?<=\n)|(?:(?<=[。！？])|(?![A-Za-z0-9=&/%]))[。！？!?]*[”’」』〉》）)】〕\]\"]*)")
_BLANK = " \t\u00a0\u3000\r"


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences of one article in order: start, stop and 1-based paragraph number of each."""

    starts: list[int]
    stops: list[int]
    paragraphs: list[int]


def find_sentences(text: str) -> Sentences:
    """
    Every sentence of a text.

    Law: sentences do not overlap, and between two of them stand only blanks and line feeds.
    """
    found = Sentences([], [], [])
    add_start, add_stop, add_paragraph = found.starts.append, found.stops.append, found.paragraphs.append
    start, paragraph = 0, 1
    for match in _END.finditer(text):
        first, stop = match.span()
        is_line_end = text[first] == "\n"
        if is_line_end:
            stop = first
        if start < stop:
            if text[start] in _BLANK or text[stop - 1] in _BLANK:
                start, stop = _trimmed(text, start, stop)
            if start < stop:
                add_start(start)
                add_stop(stop)
                add_paragraph(paragraph)
        start = match.end()
        paragraph += is_line_end
    begin, end = _trimmed(text, start, len(text))
    if begin < end:
        add_start(begin)
        add_stop(end)
        add_paragraph(paragraph)
    return found


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start] in _BLANK:
        start += 1
    while start < stop and text[stop - 1] in _BLANK:
        stop -= 1
    return start, stop
