"""What programs left in running text: tags, blanks between all characters, line breaks at a fixed width."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from tasks.clean.furniture.watermarks import mark_watermarks
from tasks.clean.furniture.wraps import mark_wraps
from tasks.text.charmodel import char_model
from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.lines import HAN

_NAMES = r"(?:p|br|div|span|strong|b|em|i|u|font|a|img|h[1-6]|t[rdh]|table|tbody|ul|ol|li|center|section|blockquote|o:p|hr)"
_TAG = re.compile(rf"</?{_NAMES}(?P<with>\s[^<>\n]{{0,400}})?\s*/?>|<!--[^\n]{{0,200}}?-->", re.IGNORECASE)
_TOPIC = re.compile(r"HTML|CSS|网页|網頁|XML|编程|程序代码|标签语言", re.IGNORECASE)
_BLANK = "[ \u3000\xa0\u2002-\u200a]"
_BLANKS = (" ", "\u3000", "\xa0", *map(chr, range(0x2002, 0x200B)))
_SPACED_HINT = {b: re.compile(f"{b}[{HAN}]{b}[{HAN}]{b}[{HAN}]{b}[{HAN}]{b}") for b in _BLANKS}
_SPACED = re.compile(rf"[^\sA-Za-z](?P<b>{_BLANK})(?:[^\sA-Za-z](?P=b)){{6,}}[^\sA-Za-z](?!(?P=b)?[^\sA-Za-z](?P=b))")
IN_WORDS = 0.15  # share of neighbours that make a word; names and signs in a list make few
# Marks of forums, and the ends of tags whose beginning was cut off.
_FORUM = re.compile(
    r"\[(?P<name>b|i|u|s|p|img|url|color|size|font|align|quote|center|left|right|list|table|tr|td|attach|backcolor|indent|hr|media|email|code)"
    r"(?:=[^\[\]\n]{1,100})?\]|\[/(?P<end>b|i|u|s|p|img|url|color|size|font|align|quote|center|left|right|list|table|tr|td|attach|backcolor"
    r"|indent|media|email|code)\]",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\[img(?:=[^\[\]\n]{1,40})?\][^\[\]\s]{4,300}\[/img\]|!\[[^\[\]\n]{0,60}\]\([^()\s]{4,300}\)", re.IGNORECASE)
_HALF_TAG = re.compile(
    r"^(?:/?(?:p|div|span|td|font|strong)|br ?/?)>(?=[\u3000-\u9fff\uff00-\uffef“])"
    r"|(?<=[\u3000-\u9fff\uff00-\uffef”])</?(?:p|div|span|td|br)$",
    re.MULTILINE,
)


def mark_leftovers(ledger: Ledger) -> None:
    """Mark tags, blanks between characters and hard line breaks. Each has a cheap test of its own."""
    shown = ledger.view().shown
    if "<" in shown and ("</" in shown or "<!--" in shown or _TAG.search(shown)):
        _mark_tags(ledger, shown)
    if "[/" in shown or "](" in shown or "[img" in shown:
        _mark_forum(ledger)
    if ">" in shown and _HALF_TAG.search(shown):
        _mark_all(ledger, _HALF_TAG)
    mark_watermarks(ledger)
    shown = ledger.view().shown
    if any(shown.count(b) >= 7 and hint.search(shown) for b, hint in _SPACED_HINT.items()):
        _mark_spaced(ledger)
    mark_wraps(ledger)


def _mark_tags(ledger: Ledger, shown: str) -> None:
    """Tags at the edges of lines or with attributes; all of them where the text does not speak about tags."""
    found = list(_TAG.finditer(shown))
    edges = {m.start() for m in found if _at_edge(shown, *m.span())}
    topic = len(edges) < len(found) and _TOPIC.search(_TAG.sub("", shown)) is not None
    view = ledger.view()
    for m in found:
        at_edge = m.start() in edges
        dressed = m["with"] is not None and "=" in m["with"]
        if topic and not (dressed and at_edge):
            continue
        ledger.fill(Mark(*view.raw_span(*m.span()), CUT, "code", "text.tag", confidence=1.0 if at_edge or dressed else 0.9))


def _mark_forum(ledger: Ledger) -> None:
    """Marks of forums that open and close, and pictures with them, where the text does not speak about such marks."""
    shown = ledger.view().shown
    if _TOPIC.search(shown) or "UBB" in shown or "Markdown" in shown:
        return
    _mark_all(ledger, _PICTURE)
    shown = ledger.view().shown
    opened = {m["name"].lower() for m in _FORUM.finditer(shown) if m["name"]}
    closed = {m["end"].lower() for m in _FORUM.finditer(shown) if m["end"]}
    _mark_all(ledger, _FORUM, lambda m: (m["name"] or m["end"]).lower() in opened & closed or m["name"] == "hr")


def _mark_all(ledger: Ledger, pattern: re.Pattern[str], wanted: Callable[[re.Match[str]], bool] = lambda _: True) -> None:
    view = ledger.view()
    spans = [view.raw_span(*m.span()) for m in pattern.finditer(view.shown) if wanted(m)]
    for start, stop in spans:
        ledger.fill(Mark(start, stop, CUT, "code", "text.tag", confidence=0.9))


def _at_edge(shown: str, start: int, stop: int) -> bool:
    return start == 0 or shown[start - 1] in "\n>\u3000" or stop == len(shown) or shown[stop] in "\n<"


def _are_words(han: list[str]) -> bool:
    """Whether characters in a row make words of two with their neighbours, as running text does."""
    words = char_model().words
    return sum(a + b in words for a, b in pairwise(han)) >= IN_WORDS * len(han)


def _mark_spaced(ledger: Ledger) -> None:
    view = ledger.view()
    marks = []
    for line in view.lines():
        for m in _SPACED.finditer(line.shown):
            han = [c for c in m[0] if "\u4e00" <= c <= "\u9fff"]
            if len(han) < 7 or not (any(c in "，。；" for c in m[0]) or _are_words(han)):
                continue  # numbers, names and signs in a row are a table
            for k in range(m.start(), m.end()):
                if line.shown[k] == m["b"]:
                    a, b = view.raw_span(line.shown_start + k, line.shown_start + k + 1)
                    marks.append(Mark(a, b, CUT, "other", "text.spaced"))
    for mark in marks:
        ledger.fill(mark)
