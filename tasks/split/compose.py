"""Lines and their roles into kept spans and edits: the place where law A is made.

Every character is written exactly once, in the order of the text: by the line it stands in (as part of a paragraph, or
aside), or by the break behind that line. The first break after a paragraph is remembered: when another paragraph of the
same article follows, it turns into that article's newline.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from tasks.split.layout import Atom, Layout, entering
from tasks.split.rows import BREAK_NO, END_NO, INDENT_NO, NOWHERE, STRAY_NO, TRAILING_NO, Rows, cut_kind, meta_kind
from tasks.text.charmodel import char_model
from tasks.text.ledger import CUT, META, NEWLINE, REPLACE, Mark
from tasks.text.lines import HAN, NUMBERED, SENTENCE_END, Found

_BLANK = "[ \u3000\xa0\u2002-\u200a]"
_STRAY = re.compile(rf"{_BLANK}(?=[{HAN}“《（\d])(?<=[{HAN}”》）]{_BLANK})")
# The same without those behind signs that always keep theirs (_SPACE_BELONGS): statutes have one in each article.
_MAYBE_STRAY = re.compile(rf"{_BLANK}(?=[{HAN}“《（\d])(?<=[{HAN}”》）]{_BLANK})(?<![条章节款编日年月电讯]{_BLANK})")
_HAN_PAIR = re.compile(f"[{HAN}]{{2}}")
_RUNNING = re.compile("[，。；]")
_PUNCTUATION = re.compile(r"[,，。；;：:！!？?、]")
_SPACE_BELONGS = re.compile(r"(?:[日年月电讯]|报道|记者|作者|编辑|通讯员|[条章节款编](?:之[一二三四五六七八九十]{1,3})?)$")


_ROLE = re.compile("(?:见习|实习|特约)?(?:记者|通讯员|实习生|摄影|编辑|翻译)")  # behind a name and a blank: another name follows


@dataclass(frozen=True, slots=True)
class Aside:
    """
    The role of a line that is no paragraph.

    `label` and `rule` are those of the cut that owns what `values` leave; `values` are metadata, placed in the line as it
    reads when stripped, sorted and disjoint.
    """

    label: str
    rule: str
    values: tuple[Found, ...] = ()
    confidence: float = 1.0


@dataclass(slots=True)
class Draft:
    """One article while it is written."""

    no: int  # its number among all articles of the batch
    first_line: int
    paragraphs: list[str] = field(default_factory=list)
    size: int = 0


def compose(
    text: str,
    page: Layout,
    asides: dict[int, Aside],
    openings: list[int],
    doc: int,
    first_article: int,
    rows: Rows,
    versions: dict[str, int],
) -> list[Draft]:
    """
    Write one document's rows.

    `openings` are the lines at which an article begins, sorted, the first of them 0; an article without a paragraph is
    dropped and its number given to the next one. `versions` are those of the marks' rules. Returns the articles.
    """
    drafts: list[Draft] = []
    opens = set(openings)
    last = len(page.shown) - 1
    writer = _Writer(text, doc, rows, versions)
    plain = _plain_lines(text, page, asides)
    no = 0
    while no <= last:
        if no in opens:
            if writer.draft is not None and writer.draft.paragraphs:
                drafts.append(writer.draft)
            writer.begin(Draft(first_article + len(drafts), no))
        if plain[no]:
            end = plain.index(False, no)
            end = min((o for o in openings if no < o < end), default=end)
            writer.plain_run(page, no, end)
            no = end - 1
        else:
            aside, atoms, shown = asides.get(no), page.atoms[no], page.shown[no]
            if aside is not None:
                writer.aside(page.starts[no], page.stops[no], atoms, shown, aside)
            elif not shown or shown.isspace():
                writer.blank(page.starts[no], page.stops[no], atoms)
            elif atoms is None:
                writer.plain_paragraph(page.starts[no], page.stops[no], shown)
            else:
                writer.marked_paragraph(atoms, shown)
        if no < last:
            writer.line_break(page.stops[no], page.breaks[no])
        no += 1
    if writer.draft is not None and writer.draft.paragraphs:
        drafts.append(writer.draft)
    written = len(rows.edit_before)
    rows.edit_before += [text[a:b] for a, b in zip(rows.edit_start[written:], rows.edit_stop[written:], strict=True)]
    return drafts


def _plain_lines(text: str, page: Layout, asides: dict[int, Aside]) -> list[bool]:
    """
    Which lines are paragraphs just as they stand, followed by a plain newline: no mark, no blank at an edge, none to be judged.
    One more item, False, ends the last run.
    """
    plain = [mark is None and shown.strip() is shown and shown != "" for shown, mark in zip(page.shown, page.atoms, strict=True)]
    for no in asides:
        plain[no] = False
    for found in _MAYBE_STRAY.finditer(text):
        plain[bisect_right(page.starts, found.start()) - 1] = False
    for no, mark in enumerate(page.breaks):
        if mark is not None:
            plain[no] = False
    plain.append(False)
    return plain


def stray_spaces(line: str) -> list[int]:
    """
    Offsets of single blanks that stand inside a clause of running text and separate nothing.

    A blank inside a word is one. So is one in a clause that is long enough, unless it stands behind a number of an
    article, a date or a dateline; where blanks are many, all of them separate.
    """
    if len(line) < 20 or line.isalnum():
        return []
    hits = [m.start() for m in _STRAY.finditer(line)]
    if not hits or not _RUNNING.search(line):
        return []
    doubtful = []
    for at in hits:
        clause = _PUNCTUATION.split(line[max(0, at - 24) : at])[-1]
        opening = at < 24 and len(clause) == at
        if not _SPACE_BELONGS.search(clause) and not _ROLE.match(line, at + 1) and not (opening and NUMBERED.match(line)):
            doubtful.append((at, clause, 8 if opening else 3))
    if len(doubtful) > 1 + len(line) // 100:
        return []
    few = len(doubtful) <= 1 + len(line) // 200 and len(line) >= 30 and SENTENCE_END.search(line) is not None
    return [
        at
        for at, clause, least in doubtful
        if ((few and len(clause) >= least) or _divides_word(line, at, clause))
        and line.rfind("《", max(0, at - 60), at) <= line.rfind("》", max(0, at - 60), at)  # names keep their own spelling
    ]


def _divides_word(line: str, at: int, clause: str) -> bool:
    """Whether a blank stands inside a word, between stretches that are not themselves set apart by blanks."""
    if len(clause) < 3 or not _HAN_PAIR.fullmatch(line[at - 2 : at]) or not _HAN_PAIR.fullmatch(line[at + 1 : at + 3]):
        return False
    words = char_model().words
    before, after = line[at - 2 : at], line[at + 1 : at + 3]
    return before[-1] + after[0] in words or before + after[0] in words or before[-1] + after in words


class _Writer:
    __slots__ = ("_doc", "_pending", "_pending_kind", "_rows", "_text", "_versions", "draft")

    def __init__(self, text: str, doc: int, rows: Rows, versions: dict[str, int]) -> None:
        self._text, self._doc, self._rows, self._versions = text, doc, rows, versions
        self.draft: Draft | None = None
        self._pending = NOWHERE  # the edit that becomes a newline if a paragraph follows
        self._pending_kind = BREAK_NO

    def begin(self, draft: Draft) -> None:
        self.draft = draft
        self._pending = NOWHERE

    def edit(self, start: int, stop: int, kind: int, at: int = NOWHERE) -> None:
        rows = self._rows
        rows.edit_doc.append(self._doc)
        rows.edit_start.append(start)
        rows.edit_stop.append(stop)
        rows.edit_article.append(NOWHERE if at == NOWHERE or self.draft is None else self.draft.no)
        rows.edit_at.append(at)
        rows.edit_kind.append(kind)

    def keep(self, start: int, stop: int, at: int) -> None:
        rows = self._rows
        rows.kept_doc.append(self._doc)
        rows.kept_start.append(start)
        rows.kept_stop.append(stop)
        rows.kept_article.append(self.draft.no)
        rows.kept_at.append(at)

    def line_break(self, at: int, mark: Mark | None) -> None:
        rows = self._rows
        wanted = self._pending == NOWHERE and self.draft is not None and bool(self.draft.paragraphs)
        if mark is not None:
            self.edit(mark.start, mark.stop, self._left_out(mark))
            if wanted:
                self._pending = len(rows.edit_kind) - 1
                self._pending_kind = self._kind(mark, NEWLINE, "\n", mark.repaired_text)
        elif wanted:
            self.edit(at, at + 1, END_NO)
            self._pending, self._pending_kind = len(rows.edit_kind) - 1, BREAK_NO
        elif rows.edit_kind and rows.edit_kind[-1] == END_NO and self._extends(at):
            rows.edit_stop[-1] = at + 1
        else:
            self.edit(at, at + 1, END_NO)

    def _extends(self, at: int) -> bool:
        rows = self._rows
        return rows.edit_stop[-1] == at and rows.edit_doc[-1] == self._doc and len(rows.edit_kind) - 1 != self._pending

    def _open_paragraph(self) -> int:
        """Where the next paragraph begins in the article; turns the break before it into the article's newline."""
        draft = self.draft
        if not draft.paragraphs:
            return 0
        rows, at = self._rows, self._pending
        rows.edit_kind[at] = self._pending_kind
        rows.edit_article[at] = draft.no
        rows.edit_at[at] = draft.size
        draft.size += 1
        self._pending = NOWHERE
        return draft.size

    def plain_run(self, page: Layout, first: int, last: int) -> None:
        """Lines first to last - 1, each a paragraph as it stands: the same rows as one by one, written as columns."""
        shift = self._open_paragraph() - page.starts[first]
        rows, no, n = self._rows, self.draft.no, last - first
        starts, stops, inner = page.starts[first:last], page.stops[first:last], page.stops[first : last - 1]
        rows.kept_doc += [self._doc] * n
        rows.kept_start += starts
        rows.kept_stop += stops
        rows.kept_article += [no] * n
        rows.kept_at += [start + shift for start in starts]
        rows.edit_doc += [self._doc] * (n - 1)
        rows.edit_start += inner
        rows.edit_stop += starts[1:]
        rows.edit_article += [no] * (n - 1)
        rows.edit_at += [stop + shift for stop in inner]
        rows.edit_kind += [BREAK_NO] * (n - 1)
        self.draft.paragraphs += page.shown[first:last]
        self.draft.size = stops[-1] + shift

    def plain_paragraph(self, start: int, stop: int, shown: str) -> None:
        """A line that no mark touches."""
        at = self._open_paragraph()
        body = shown.strip()
        left, right = start, stop
        if len(body) != len(shown):
            left += len(shown) - len(shown.lstrip())
            right = left + len(body)
            if left > start:
                self.edit(start, left, INDENT_NO)
        strays = stray_spaces(body)
        for stray in strays:
            space = right - len(body) + stray
            self.keep(left, space, at)
            self.edit(space, space + 1, STRAY_NO)
            at += space - left
            left = space + 1
        self.keep(left, right, at)
        if right < stop:
            self.edit(right, stop, TRAILING_NO)
        self.draft.paragraphs.append(_without(body, strays) if strays else body)
        self.draft.size = at + right - left

    def marked_paragraph(self, atoms: list[Atom], shown: str) -> None:
        """A line with marks: what it reads is trimmed as a plain line is, whoever owns the blanks."""
        at = self._open_paragraph()
        body = shown.strip()
        lead = len(shown) - len(shown.lstrip())
        end = lead + len(body)
        strays = {lead + i for i in stray_spaces(body)}
        pieces: list[str] = []
        place = 0  # where in `shown` the atom begins
        for start, stop, mark in atoms:
            if mark is None:
                at = self._own_text(start, stop, place, lead, end, strays, at, pieces)
                place += stop - start
            else:
                after = entering(mark)
                at = self._owned(mark, after[max(0, lead - place) : max(0, end - place)], at, pieces)
                place += len(after)
        self.draft.paragraphs.append("".join(pieces))
        self.draft.size = at

    def _own_text(self, start: int, stop: int, place: int, lead: int, end: int, strays: set[int], at: int, pieces: list[str]) -> int:
        """A piece without an owner, of which only what lies in [lead, end) of the line stays."""
        left = min(stop, max(start, start + lead - place))
        right = max(left, min(stop, start + end - place))
        if left > start:
            self.edit(start, left, INDENT_NO)
        for stray in sorted(s for s in strays if place <= s < place + stop - start):
            space = start + stray - place
            if space > left:
                self.keep(left, space, at)
                pieces.append(self._text[left:space])
                at += space - left
            self.edit(space, space + 1, STRAY_NO)
            left = space + 1
        if right > left:
            self.keep(left, right, at)
            pieces.append(self._text[left:right])
            at += right - left
        if stop > right:
            self.edit(right, stop, TRAILING_NO)
        return at

    def _owned(self, mark: Mark, after: str, at: int, pieces: list[str]) -> int:
        """A mark inside a paragraph, and what of it enters."""
        if not after:
            self.edit(mark.start, mark.stop, self._left_out(mark))
            return at
        if after == self._text[mark.start : mark.stop]:
            self.keep(mark.start, mark.stop, at)
        else:
            self.edit(mark.start, mark.stop, self._kind(mark, REPLACE, after, mark.repaired_text), at)
        pieces.append(after)
        return at + len(after)

    def blank(self, start: int, stop: int, atoms: list[Atom] | None) -> None:
        """A line on which nothing can be read."""
        for a, b, mark in atoms or ([(start, stop, None)] if stop > start else []):
            self.edit(a, b, TRAILING_NO if mark is None else self._left_out(mark))

    def aside(self, start: int, stop: int, atoms: list[Atom] | None, shown: str, aside: Aside) -> None:
        """A line that is metadata or belongs to no article."""
        lead = len(shown) - len(shown.lstrip())
        end = lead + len(shown.strip())
        borders = [(lead + v.start, lead + v.stop, self._rows.kind(meta_kind(v.field, aside.rule, aside.confidence))) for v in aside.values]
        rest = self._rows.kind(cut_kind(aside.label, aside.rule, aside.confidence))
        place = 0
        for a, b, mark in atoms or [(start, stop, None)]:
            if mark is not None:
                self.edit(a, b, self._left_out(mark))
                place += len(entering(mark))
                continue
            for i, j, kind in _slices(place, place + b - a, lead, end, borders, rest):
                self.edit(a + i - place, a + j - place, kind)
            place += b - a

    def _left_out(self, mark: Mark) -> int:
        """The kind of a mark of which nothing enters an article: a replacement becomes a cut that keeps what it said."""
        if mark.action == META:
            return self._kind(mark, META, "", mark.repaired_text)
        return self._kind(mark, CUT, "", mark.after if mark.after.strip() else mark.repaired_text)

    def _kind(self, mark: Mark, action: str, after: str, repaired: str | None) -> int:
        version = self._versions.get(mark.rule_id, 1)
        return self._rows.kind((action, mark.label, mark.rule_id, version, after, repaired, mark.confidence))


def _without(line: str, offsets: list[int]) -> str:
    return "".join(line[a:b] for a, b in zip([0, *(i + 1 for i in offsets)], [*offsets, len(line)], strict=True))


def _slices(start: int, stop: int, lead: int, end: int, borders: list[tuple[int, int, int]], rest: int) -> list[tuple[int, int, int]]:
    """Cut [start, stop) of a line at its edges and at the borders of its values."""
    spans = [(0, lead, INDENT_NO)]
    at = lead
    for a, b, kind in borders:
        spans += [(at, a, rest), (a, b, kind)]
        at = b
    spans += [(at, end, rest), (end, max(stop, end), TRAILING_NO)]
    return [(max(a, start), min(b, stop), kind) for a, b, kind in spans if max(a, start) < min(b, stop)]
