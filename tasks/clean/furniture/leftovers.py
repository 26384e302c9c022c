"""What programs left in running text: tags, blanks between all characters, line breaks at a fixed width."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from tasks.text.ledger import CUT, Ledger, Line, Mark
from tasks.text.lines import HAN, NUMBERED, SENTENCE_END

_NAMES = r"(?:p|br|div|span|strong|b|em|i|u|font|a|img|h[1-6]|t[rdh]|table|tbody|ul|ol|li|center|section|blockquote|o:p|hr)"
_TAG = re.compile(rf"</?{_NAMES}(?P<with>\s[^<>\n]{{0,400}})?\s*/?>|<!--[^\n]{{0,200}}?-->", re.IGNORECASE)
_TOPIC = re.compile(r"HTML|CSS|网页|網頁|XML|编程|程序代码|标签语言", re.IGNORECASE)
_PAUSE = re.compile("[，。；、,]")
_SPACED_HINT = re.compile(f" [{HAN}] [{HAN}] [{HAN}] [{HAN}] ")
_PIECE = f"[{HAN}，。、；：！？“”《》（）,.;:!?()0-9]"
_SPACED = re.compile(f"(?:{_PIECE} ){{7,}}{_PIECE}(?! ?{_PIECE} )")
_INDENT = (" ", "\t", "\u3000", "\xa0")
WRAP_WIDTH = range(40, 121)  # columns; a Han character takes two. Verse is narrower
MIN_WRAPPED = 4  # open lines of the same width that prove a fixed width
WRAP_SHARE = 0.7
WRAP_SLACK = 3  # columns by which a line may fall short: a sign that must not begin a line, half a Han character


def mark_leftovers(ledger: Ledger) -> None:
    """Mark tags, blanks between characters and hard line breaks. Each has a cheap test of its own."""
    shown = ledger.view().shown
    if "<" in shown and ("</" in shown or "<!--" in shown or _TAG.search(shown)):
        _mark_tags(ledger, shown)
    if _SPACED_HINT.search(shown):
        _mark_spaced(ledger)
    if wrap_width([line for line in ledger.view().shown.split("\n") if line]) is not None:
        _mark_wraps(ledger)


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


def columns(line: str) -> int:
    """Printed width of a line: two columns for whatever is not ASCII."""
    return 2 * len(line) - sum(map(str.isascii, line)) if not line.isascii() else len(line)


def wrap_width(lines: list[str]) -> int | None:
    """The width at which a text was broken by force, in columns; None where its lines are paragraphs."""
    if len(lines) < MIN_WRAPPED:
        return None
    widths: Counter[int] = Counter()
    for line in lines:
        if not 20 <= len(line) <= WRAP_WIDTH.stop or not _PAUSE.search(line, 1, len(line) - 1):
            continue
        if not SENTENCE_END.search(line[-3:]) and line[-1] not in "：:；;":
            widths[columns(line.rstrip())] += 1
    wide = Counter({w: n for w, n in widths.items() if w in WRAP_WIDTH})
    if not wide:
        return None
    best = max(wide, key=lambda w: (sum(wide[v] for v in range(w - WRAP_SLACK, w + 1)), w))
    support = sum(wide[v] for v in range(best - WRAP_SLACK, best + 1))
    return best if support >= MIN_WRAPPED and support >= WRAP_SHARE * widths.total() else None


def _mark_wraps(ledger: Ledger) -> None:
    view = ledger.view()
    lines = list(view.lines())
    width = wrap_width([line.shown for line in lines if line.shown])
    if width is None:
        return
    marks = [mark for a, b in pairwise(lines) if _continues(a, b, width) and (mark := _join(ledger, a, b)) is not None]
    for mark in marks:
        ledger.fill(mark)


def _continues(a: Line, b: Line, width: int) -> bool:
    text, below = a.shown.rstrip(), b.shown
    if not below.strip() or below.startswith(_INDENT) or NUMBERED.match(below) or (not below[0].isalnum() and below[0] not in "“《（("):
        return False
    return width - WRAP_SLACK <= columns(text) <= width and not SENTENCE_END.search(text[-3:]) and text[-1] not in "：:"


def _join(ledger: Ledger, a: Line, b: Line) -> Mark | None:
    start, stop = a.stop, b.start
    return Mark(start, stop, CUT, "newline", "text.wrap", confidence=0.95) if stop > start and "\n" in ledger.text[start:stop] else None
