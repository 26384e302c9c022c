"""Where sentences begin and end.

A sentence ends at 。！？ or ｡ (or !? where they stand for those), with the closing quotes and brackets that follow, or at the end of
its paragraph; …… ends one with a closing quote, not as a pause. A semicolon ends none. A full stop in ASCII (or ．) ends one behind
a Chinese character at the end of a line or before a blank, in texts without any 。 before another character too, and behind an
English word before a blank and a capital; never in decimals, times, addresses, abbreviations (No.3, U.S., Mr.), list marks (1.
一.) and foreign names (约翰.史密斯).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOSING = "[”’」』〉》）)】〕\\]\"]"
# An ASCII mark between letters or digits belongs to an address or a formula (index.php?id=3).
# All kinds begin with one set of characters, so that the scan stops at these only.
_END = re.compile(
    rf"[。！？｡!?\n…](?:(?<=\n)|(?:(?<=[。！？｡])|(?<=[!?])(?![A-Za-z0-9=&/%]))[。！？｡!?]*{_CLOSING}*"
    rf"|(?<=……)(?=[”’」』])[”’」』]+(?![，,、。；;的等和与！？!?\n]))"
)
# A dot is looked for only in texts that have one behind a Chinese character or an English word.
_HAN_STOP = re.compile(rf"[\u4e00-\u9fff”」』）)][.．](?![.．]){_CLOSING}*(?=[ \u3000]|\n|$)")
_HAN_STOP_ALONE = re.compile(rf"[\u4e00-\u9fff”」』）)][.．](?![.．]){_CLOSING}*(?=[ \u3000\u4e00-\u9fff“「『（(《]|\n|$)")
_ENGLISH_STOP = re.compile(rf"[a-z]{{2,}}[”\")]?\.{_CLOSING}*(?= [\"“(]?[A-Z])")
_NUMERALS = "一二三四五六七八九十百零〇○"
_ABBREVIATED = frozenset(
    "mr mrs ms dr prof st no vol vols fig figs pp ed eds co ltd inc corp jr sr gen col sen rep gov vs etc al approx dept univ".split()
)
_BLANK = " \t\u00a0\u3000\r"
SHORTEST_BEFORE_DOT = 5  # code points of a sentence that ends with a dot; less is a list mark or a part of a name


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
    for first, end in _ends(text):
        stop = end
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
        start = end
        paragraph += is_line_end
    begin, end = _trimmed(text, start, len(text))
    if begin < end:
        add_start(begin)
        add_stop(end)
        add_paragraph(paragraph)
    return found


def _ends(text: str) -> list[tuple[int, int]]:
    """Where sentences end: the first character of the mark and the place behind it, in order."""
    ends = [match.span() for match in _END.finditer(text)]
    if "." not in text and "．" not in text:
        return ends
    stops = [match for match in (_HAN_STOP if "。" in text else _HAN_STOP_ALONE).finditer(text) if _ends_sentence(text, match)]
    if ". " in text:
        stops += [match for match in _ENGLISH_STOP.finditer(text) if match.group().rstrip("”\").").lower() not in _ABBREVIATED]
    if not stops:
        return ends
    return sorted({*ends, *((match.start() + 1, match.end()) for match in stops)})


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    at = match.start()
    line = max(text.rfind(mark, 0, at) for mark in "\n。！？!?.．") + 1
    words = text[line:at + 1].strip()
    return len(words) >= SHORTEST_BEFORE_DOT and not words.strip("（(）)第" + _NUMERALS) == ""


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start] in _BLANK:
        start += 1
    while start < stop and text[stop - 1] in _BLANK:
        stop -= 1
    return start, stop
