"""What programs left in running text: tags, blanks between all characters, line breaks at a fixed width."""

from __future__ import annotations

import re

from tasks.clean.furniture.watermarks import mark_watermarks
from tasks.clean.furniture.wraps import mark_wraps
from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.lines import HAN

_NAMES = r"(?:p|br|div|span|strong|b|em|i|u|font|a|img|h[1-6]|t[rdh]|table|tbody|ul|ol|li|center|section|blockquote|o:p|hr)"
_TAG = re.compile(rf"</?{_NAMES}(?P<with>\s[^<>\n]{{0,400}})?\s*/?>|<!--[^\n]{{0,200}}?-->", re.IGNORECASE)
_TOPIC = re.compile(r"HTML|CSS|网页|網頁|XML|编程|程序代码|标签语言", re.IGNORECASE)
_SPACED_HINT = re.compile(f" [{HAN}] [{HAN}] [{HAN}] [{HAN}] ")
_PIECE = f"[{HAN}，。、；：！？“”《》（）,.;:!?()0-9]"
_SPACED = re.compile(f"(?:{_PIECE} ){{7,}}{_PIECE}(?! ?{_PIECE} )")


def mark_leftovers(ledger: Ledger) -> None:
    """Mark tags, blanks between characters and hard line breaks. Each has a cheap test of its own."""
    shown = ledger.view().shown
    if "<" in shown and ("</" in shown or "<!--" in shown or _TAG.search(shown)):
        _mark_tags(ledger, shown)
    mark_watermarks(ledger)
    if _SPACED_HINT.search(shown):
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


def _at_edge(shown: str, start: int, stop: int) -> bool:
    return start == 0 or shown[start - 1] in "\n>\u3000" or stop == len(shown) or shown[stop] in "\n<"


def _mark_spaced(ledger: Ledger) -> None:
    view = ledger.view()
    marks = []
    for line in view.lines():
        for m in _SPACED.finditer(line.shown):
            if sum("\u4e00" <= c <= "\u9fff" for c in m[0]) < 7:
                continue  # numbers in a row are a table
            for k in range(m.start(), m.end()):
                if line.shown[k] == " ":
                    a, b = view.raw_span(line.shown_start + k, line.shown_start + k + 1)
                    marks.append(Mark(a, b, CUT, "other", "text.spaced"))
    for mark in marks:
        ledger.fill(mark)
