"""Lines broken at a fixed width, by an editor, an e-mail or a page of print: joined again.

What proves a fixed width: lines of the same length whose ends are no ends of sentences, and breaks that fall inside words. Verse,
lists and tables break where something ends, so their breaks divide words as rarely as chance does.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from tasks.text.charmodel import char_model
from tasks.text.ledger import CUT, REPLACE, Ledger, Line, Mark
from tasks.text.lines import NUMBERED

NARROWEST, WIDEST = 18, 62  # characters of a full line; verse is narrower, paragraphs are wider
LEAST = 3  # full lines that end openly
DIVIDED = 0.22  # share of breaks inside words that proves a width: in running text more than a third
SLACK = 3  # columns by which a line may fall short: a sign that must not begin a line, half a Han character
_ENDED = frozenset("。！？!?…；;：:”’」』）)》】")
_CLOSING = frozenset("，。、；：！？”’）》】」』,.;:!?)%％")
_PAUSES = re.compile("[，。、；,]")
_SENTENCE_END = re.compile(r"[。！？!?…；;：:][”’」』\"'）)】]*$")
_BLANKS = " \t\u3000\xa0"


@dataclass(frozen=True, slots=True)
class Width:
    """A width at which a text was broken: in characters, or in columns, of which a Han character takes two."""

    size: int
    columns: bool
    marked: bool  # whether blank lines or indents tell where paragraphs begin

    def fills(self, line: str) -> bool:
        """Whether a line is as long as the width lets it be."""
        if self.columns:
            return self.size - SLACK <= columns(line) <= self.size
        return len(line) == self.size


def columns(line: str) -> int:
    """Printed width of a line: two columns for whatever is not ASCII."""
    return len(line) if line.isascii() else 2 * len(line) - sum(map(str.isascii, line))


def wrap_width(lines: list[str]) -> Width | None:
    """The width at which lines (blank ones among them, blanks at their ends stripped) were broken by force; None for paragraphs."""
    places = [i for i in open_lines(lines) if i + 1 < len(lines) and lines[i + 1] and _PAUSES.search(lines[i])]
    if len(places) < LEAST:
        return None
    best: Width | None = None
    most = 0
    breaks: list[tuple[str, str]] = []
    for by_columns in (False, True):
        measure, slack, scale = (columns, SLACK, 2) if by_columns else (len, 0, 1)
        widths = Counter(measure(lines[i]) for i in places)
        for size, _ in widths.most_common(4):
            alike = sum(widths[w] for w in range(size - slack, size + 1))
            if alike < LEAST or not NARROWEST * scale <= size <= WIDEST * scale:
                continue
            breaks = breaks or [(a, b) for a, b in pairwise(lines) if a and b and _PAUSES.search(a)]
            full = [(a, b) for a, b in breaks if size - slack <= measure(a) <= size]
            alone = not by_columns and alike >= max(LEAST + 1, 0.8 * len(places))
            if len(full) <= most or not _is_forced(full, len(breaks), True, alone):
                continue
            marked = _paragraphs_show(lines, Width(size, by_columns, False))
            if marked or _is_forced(full, len(breaks), marked, alone):
                best, most = Width(size, by_columns, marked), len(full)
    return best


def open_lines(lines: list[str]) -> list[int]:
    """Lines as long as a full one may be that end in the middle of a sentence."""
    return [i for i, a in enumerate(lines) if NARROWEST <= len(a) <= WIDEST + 20 and a[-1] not in _ENDED]


def _is_forced(full: list[tuple[str, str]], breaks: int, marked: bool, alone: bool) -> bool:
    """
    Whether the breaks behind full lines fall where no author breaks a line.

    `marked`: blank lines or indents tell paragraphs apart; `alone`: next to no line ends openly at any other width.
    """
    open_ends = [(a, b) for a, b in full if a[-1] not in _ENDED]
    if len(open_ends) < LEAST or len(open_ends) * 2 < len(full):
        return False
    divided = sum(_divides(a, b.lstrip(_BLANKS)) for a, b in open_ends)
    if len(full) < 0.3 * breaks and not alone:  # a part of the page at most: more must be divided
        return divided >= 3 and divided >= 2 * DIVIDED * len(open_ends)
    return divided >= 2 and divided >= (DIVIDED / 2 if marked else DIVIDED) * len(open_ends)


def _divides(a: str, b: str) -> bool:
    """Whether a break stands inside a word or before a sign that begins no line."""
    words = char_model().words
    if b[0] in _CLOSING or (a[-1].isdigit() and (b[0].isdigit() or b[0] in ".%％")):
        return True
    return a[-1] + b[0] in words or a[-2:] + b[0] in words or a[-1] + b[:2] in words


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(_BLANKS))


def _paragraphs_show(lines: list[str], width: Width) -> bool:
    """Whether what follows a short line is a blank line or a deeper indent, nearly always."""
    base = Counter(_indent(line) for line in lines if line).most_common(1)[0][0]
    shown = told = 0
    for a, b in pairwise(lines):
        if a and not width.fills(a) and _PAUSES.search(a):
            told += 1
            shown += not b or _indent(b) > base
    return told >= 2 and shown >= 0.8 * told


def mark_wraps(ledger: Ledger) -> None:
    """Mark the breaks inside sentences of a text that was broken at a fixed width."""
    view = ledger.view()
    shown = view.shown.split("\n")
    if len(open_lines(shown)) < LEAST:
        return
    shown = [line.rstrip() for line in shown]
    width = wrap_width(shown)
    if width is None:
        return
    base = Counter(_indent(line) for line in shown if line).most_common(1)[0][0]
    lines = list(view.lines())
    for no, (a, b) in enumerate(pairwise(lines)):
        if shown[no] and shown[no + 1] and _continues(shown[no], shown[no + 1], width, base):
            _join(ledger, a, b, width)


def _continues(text: str, below: str, width: Width, base: int) -> bool:
    if not width.fills(text) or _indent(below) > base:
        return False
    if below.lstrip(_BLANKS)[0] in _CLOSING or not _SENTENCE_END.search(text[-3:]):
        return True
    if width.marked:
        return True
    return not width.columns and text[-1] not in "：:" and not NUMBERED.match(below.lstrip(_BLANKS))


def _join(ledger: Ledger, a: Line, b: Line, width: Width) -> None:
    """Own the break with the blanks beside it; a word of letters keeps a blank where the break stood for one."""
    start = a.stop - (len(a.shown) - len(a.shown.rstrip()))
    stop = b.start + _indent(b.shown)
    if stop <= start or "\n" not in ledger.text[start:stop]:
        return
    before, after = a.shown.rstrip()[-2:], b.shown.lstrip(_BLANKS)[:1]
    if before[-1:].isascii() and after.isascii() and before[-1:].isalpha() and after.isalpha() and width.columns:
        ledger.fill(Mark(start, stop, REPLACE, "newline", "text.wrap", " ", None, 0.9))
    elif before[-1:] == "-" and before[:1].isalpha() and after.isalpha() and after.isascii():
        ledger.fill(Mark(start - 1, stop, CUT, "newline", "text.wrap", confidence=0.9))
    else:
        ledger.fill(Mark(start, stop, CUT, "newline", "text.wrap", confidence=0.95))
