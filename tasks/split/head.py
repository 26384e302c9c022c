"""What the lines around an article say about it: title, subtitle, author, date, source, lead; editors at its foot.

Titles, dates and names are taken by position and shape; a value is only ever a span of a line that the page prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tasks.split.compose import Aside
from tasks.text.heads import LABELLED, NOT_A_NAME, SUBTITLE, date_line, folded, is_name, title_line
from tasks.text.lines import Found, bigrams, is_prose, read_credits

HEAD_LINES = 30  # non-blank lines in which the first paragraph of running text must come for a head to be told from a body
HEAD_WITHOUT_PROSE = 12
FOOT_LINES = 15
LEAD_LENGTH = range(30, 301)
LEAD_OVERLAP = 0.8  # share of a lead's bigrams that one of the next paragraphs repeats

_CREDITS = re.compile("[一二三初复終终]\\s?[审審]|校[对對]|[监監]制|排版|[审審][核校签]|统筹|策划|值班主任|[发發]布[人者]")
_BIO = re.compile(r"[（(]\s*(?:本文)?(?:作者|笔者)(?:单位|简介|系|为|是|现任)?\s*[:：]?\s*(?P<role>[^。]{2,80}?)[。.]?\s*[)）]")
_ORIGINAL = re.compile(r"[（(]?\s*原\s*标?\s*题\s*[:：]\s*(?P<title>.{2,80}?)\s*[)）]?")


@dataclass(slots=True)
class Reading:
    """Roles of lines and the values they prove, each with its line; places are offsets in the stripped line."""

    asides: dict[int, Aside] = field(default_factory=dict)
    values: list[tuple[int, Found]] = field(default_factory=list)

    def take(self, line: int, label: str, rule: str, found: list[Found], confidence: float = 1.0) -> None:
        """Give a line away: its values are metadata, its rest is a cut."""
        self.asides[line] = Aside(label, rule, tuple(found), confidence)
        self.values += [(line, f) for f in found]


def read_head(lines: list[tuple[int, str]], page_furniture: str, opened: bool) -> Reading:
    """
    Read the head of an article.

    Args:
        lines: the article's first non-blank lines (number, stripped text), some way into its body.
        page_furniture: what navigation and footers of the page said; a bare name that stands there is the site's.
        opened: whether the first line is known to open the article (a part's heading) and is no candidate.
    """
    reading = Reading()
    prose = _first_prose(lines)
    end = min(len(lines), HEAD_WITHOUT_PROSE) if prose is None else prose
    head = [folded(line) for _, line in lines[:end]]
    credits = {i: found for i, line in enumerate(head) if len(line) <= 120 and (found := read_credits(line))}
    dated = date_line(head, credits, bool(page_furniture))
    body = set().union(*(bigrams(line) for _, line in lines[end : end + 12] if is_prose(line))) if end < len(lines) else set()
    title = None if opened else title_line(head, credits, dated, prose is not None, body)
    if title is not None:
        no, line = lines[title]
        reading.take(
            no, "title", "split.title", [Found(0, len(line), "title", re.sub(r"\s+", " ", line))], 1.0 if dated is not None else 0.8
        )
    top = title if title is not None else 0 if opened else -1
    if 0 <= top < end - 1 and SUBTITLE.match(head[top + 1]) and len(head[top + 1]) <= 80 and "。" not in head[top + 1]:
        no, line = lines[top + 1]
        reading.take(no, "subtitle", "split.subtitle", [Found(0, len(line), "subtitle", line)])
    if dated is not None:
        _take_credits(reading, lines[dated], credits[dated], page_furniture)
    for i in range(top + 1, end):
        _byline(reading, lines[i], head[i], credits.get(i), i, dated, top)
    if dated is not None:
        _lead(reading, lines, dated)
    return reading


def _first_prose(lines: list[tuple[int, str]]) -> int | None:
    """Where running text begins; a title that reads like a sentence (it calls out, it has a comma) stands right above a date line."""
    found = [i for i, (_, line) in enumerate(lines[:HEAD_LINES]) if is_prose(line)]
    if len(found) > 1 and "。" not in lines[found[0]][1] and len(lines[found[0]][1]) <= 60:
        below = (read_credits(folded(line)) for _, line in lines[found[0] + 1 : found[0] + 3])
        if any(credits and any(f.field == "published_at" for f in credits) for credits in below):
            return found[1]
    return found[0] if found else None


def _take_credits(reading: Reading, at: tuple[int, str], found: list[Found], page_furniture: str) -> None:
    no, line = at
    values = []
    for f in found:
        kind, value = f.field, f.value if f.field == "published_at" else line[f.start : f.stop]
        labelled = re.search(r"[:：/／自于]\s*$", line[: f.start]) is not None
        if kind in ("source", "author", "unnamed") and not labelled and len(value) >= 3 and value in page_furniture:
            kind = "site"
        if kind == "author" and value in NOT_A_NAME:
            continue
        values.append(Found(f.start, f.stop, "source" if kind == "unnamed" else kind, value))
    reading.take(no, "date_source", "split.date-line", values)


def _byline(reading: Reading, at: tuple[int, str], line: str, found: list[Found] | None, i: int, dated: int | None, top: int) -> None:
    """A line between title and body that names author, source or editor, or the title that the page had before."""
    no, printed = at
    if no in reading.asides:
        return
    if original := _ORIGINAL.fullmatch(line):
        a, b = original.span("title")
        reading.take(no, "title", "split.original-title", [Found(a, b, "original_title", printed[a:b])])
        return
    if found and LABELLED.search(line) and not any(f.field in ("published_at", "unnamed") for f in found):
        named = [Found(f.start, f.stop, f.field, printed[f.start : f.stop]) for f in found]
        reading.take(no, "editor_credit" if all(f.field == "editor" for f in named) else "byline", "split.byline", named)
        return
    near_date = dated is not None and abs(i - dated) <= 1
    if near_date and top >= 0 and i > top and is_name(line):
        names = [Found(m.start(), m.end(), "author", printed[m.start() : m.end()]) for m in re.finditer(r"\S+", line)]
        reading.take(no, "byline", "split.byline", names, 0.9)


def _lead(reading: Reading, lines: list[tuple[int, str]], dated: int) -> None:
    """The first paragraph below the date line is the page's abstract where one of the next paragraphs says it again."""
    at = next((i for i in range(dated + 1, len(lines)) if lines[i][0] not in reading.asides), len(lines))
    if at > dated + 3 or at + 1 >= len(lines):
        return
    no, line = lines[at]
    grams = bigrams(line)
    if not LEAD_LENGTH.start <= len(line) < LEAD_LENGTH.stop or not grams:
        return
    for _, later in lines[at + 1 : at + 4]:
        if len(later) > len(line) and len(grams & bigrams(later)) >= LEAD_OVERLAP * len(grams):
            reading.take(no, "abstract", "split.lead", [Found(0, len(line), "abstract", line)], 0.9)
            return


def read_foot(lines: list[tuple[int, str]]) -> Reading:
    """Credits below an article: editors, the author's office, a source. `lines` are its last non-blank lines."""
    reading = Reading()
    for no, printed in lines:
        if len(printed) > 120 or not (
            _CREDITS.search(printed)
            or "编" in printed
            or "編" in printed or "作者" in printed or "笔者" in printed or "來源" in printed or "来源" in printed
        ):
            continue
        line = folded(printed)
        if bio := _BIO.fullmatch(line):
            a, b = bio.span("role")
            reading.take(no, "author_bio", "split.author-bio", [Found(a, b, "author_role", printed[a:b])])
            continue
        found = read_credits(line)
        if found and LABELLED.search(line) and all(f.field in ("editor", "source", "author") for f in found):
            named = [Found(f.start, f.stop, f.field, printed[f.start : f.stop]) for f in found]
            reading.take(no, "editor_credit" if any(f.field == "editor" for f in named) else "byline", "split.foot-credit", named)
    return reading
