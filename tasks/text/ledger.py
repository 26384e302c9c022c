"""The ledger of one document: which of its characters leave, change or become metadata, and why.

The decoded text itself is never touched. Steps add marks; later steps read the text *as it stands after the marks
so far* through a view, whose offsets lead back to the decoded text. Marks never overlap, so every character has at
most one owner, and what no mark owns is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

CUT, REPLACE, META, NEWLINE = "cut", "replace", "meta", "newline"


@dataclass(frozen=True, slots=True)
class Mark:
    """One span [start, stop) of the decoded text, in code points, that does not stand in an article as it is."""

    start: int
    stop: int
    action: str  # cut | replace | meta | newline
    label: str  # the class of dirt; for meta the metadata field
    rule_id: str
    after: str = ""  # what enters the article instead (replace and newline only)
    repaired_text: str | None = None  # what a cut, damaged span said
    confidence: float = 1.0
    value: str | None = None  # meta: the value that the span proves, as it reads after repair


@dataclass(frozen=True, slots=True)
class Flag:
    """One oddity that stays in the text."""

    start: int
    stop: int
    kind: str
    detail: str = ""
    severity: str = "info"  # info | warning | critical


@dataclass(frozen=True, slots=True)
class Link:
    """One related link that a page listed and that is not part of its article."""

    start: int
    stop: int
    title: str
    published_on: str | None = None  # ISO date
    truncated: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a view: raw span without its newline, and how the line reads after the marks so far."""

    no: int  # 0-based
    start: int
    stop: int
    shown: str
    shown_start: int


class View:
    """The text after some marks. `shown` is the string; `raw(i)` leads from an offset in it to the decoded text."""

    __slots__ = ("_raw_at", "_raw_to", "_shown_at", "_size", "_text", "shown")

    def __init__(self, text: str, marks: list[Mark]) -> None:
        self._text = text
        if not marks:
            self.shown, self._shown_at, self._raw_at = text, [0], [0]
            self._raw_to, self._size = [len(text)], [len(text)]
            return
        pieces, shown_at, raw_at, raw_to, size = [], [], [], [], []
        at = n = 0
        for m in marks:
            if m.start > at:
                pieces.append(text[at : m.start])
                shown_at.append(n)
                raw_at.append(at)
                raw_to.append(m.start)
                size.append(m.start - at)
                n += m.start - at
            if m.after:
                pieces.append(m.after)
                shown_at.append(n)
                raw_at.append(m.start)
                raw_to.append(m.stop)
                size.append(0)  # a replacement is one place: all its characters lead to its start
                n += len(m.after)
            at = m.stop
        pieces.append(text[at:])
        shown_at.append(n)
        raw_at.append(at)
        raw_to.append(len(text))
        size.append(len(text) - at)
        self.shown = "".join(pieces)
        self._shown_at, self._raw_at, self._raw_to, self._size = shown_at, raw_at, raw_to, size

    def raw(self, i: int) -> int:
        """The offset in the decoded text of shown character i; len(shown) leads to the end of the text."""
        k = bisect_right(self._shown_at, i) - 1
        inside = i - self._shown_at[k]
        return self._raw_at[k] + (inside if inside <= self._size[k] else self._size[k])

    def raw_span(self, start: int, stop: int) -> tuple[int, int]:
        """
        The decoded span behind shown[start:stop), widened over what was cut inside it, not over what was cut beside it.
        A span that ends inside or at the end of a replacement reaches to the replacement's own end.
        """
        if stop <= start:
            at = self.raw(start)
            return at, at
        first = self.raw(start)
        k = bisect_right(self._shown_at, stop - 1) - 1
        if self._size[k]:
            return first, self._raw_at[k] + stop - self._shown_at[k]
        return first, self._raw_to[k]  # the last shown character is part of a replacement

    def lines(self) -> Iterator[Line]:
        """Lines of the shown text, cut at \\n; raw spans may hold marked characters at their edges."""
        shown_at, raw_to, size = self._shown_at, self._raw_to, self._size
        at = raw_at = k = 0
        last, whole = len(shown_at) - 1, len(self.shown)
        for no, shown in enumerate(self.shown.split("\n")):
            stop = at + len(shown)
            if stop >= whole:
                yield Line(no, raw_at, len(self._text), shown, at)
                return
            while k < last and shown_at[k + 1] <= stop:
                k += 1
            inside = stop - shown_at[k]
            # where the newline, or the mark that brings one, begins
            raw_stop = self._raw_at[k] + (inside if inside <= size[k] else size[k])
            yield Line(no, raw_at, raw_stop, shown, at)
            at = stop + 1
            raw_at = raw_stop + 1 if size[k] else raw_to[k]


@dataclass(slots=True)
class Ledger:
    """Marks, flags and links over one decoded text."""

    text: str
    flags: list[Flag] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    _marks: list[Mark] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _view: View | None = None

    @classmethod
    def of(cls, text: str, marks: Iterable[Mark]) -> Ledger:
        """A ledger that already holds marks; they must not overlap."""
        ledger = cls(text)
        ledger._marks = sorted(marks, key=lambda m: m.start)
        ledger._starts = [m.start for m in ledger._marks]
        for a, b in zip(ledger._marks, ledger._marks[1:], strict=False):
            if a.stop > b.start:
                raise ValueError(f"marks overlap at {b.start}: {a.rule_id} and {b.rule_id}")
        return ledger

    @property
    def marks(self) -> list[Mark]:
        """All marks, by start. Do not change the list."""
        return self._marks

    def view(self) -> View:
        """The text after the marks so far; kept until the next mark."""
        if self._view is None:
            self._view = View(self.text, self._marks)
        return self._view

    def within(self, start: int, stop: int) -> list[Mark]:
        """Marks that touch [start, stop)."""
        i = bisect_left(self._starts, start)
        if i and self._marks[i - 1].stop > start:
            i -= 1
        j = bisect_left(self._starts, stop)
        return self._marks[i:j]

    def shown(self, start: int, stop: int) -> str:
        """How a span of the decoded text reads after the marks so far."""
        out, at = [], start
        for m in self.within(start, stop):
            out.append(self.text[at : max(at, m.start)])
            out.append(m.after)
            at = m.stop
        out.append(self.text[at:stop])
        return "".join(out)

    def add(self, mark: Mark) -> None:
        """Own one span. Raises ValueError where another mark already owns a part of it, or it is empty."""
        if not 0 <= mark.start < mark.stop <= len(self.text):
            raise ValueError(f"{mark.rule_id} marks an impossible span {mark.start}-{mark.stop}")
        if self.within(mark.start, mark.stop):
            raise ValueError(f"{mark.rule_id} marks {mark.start}-{mark.stop}, of which a part is owned already")
        i = bisect_left(self._starts, mark.start)
        self._marks.insert(i, mark)
        self._starts.insert(i, mark.start)
        self._view = None

    def add_sorted(self, marks: list[Mark]) -> None:
        """Own many spans at once (sorted, disjoint, touching no mark of the ledger): one merge, not n insertions."""
        if marks:
            merged = Ledger.of(self.text, [*self._marks, *marks])
            self._marks, self._starts, self._view = merged._marks, merged._starts, None

    def fill(self, mark: Mark) -> None:
        """
        Own whatever of the mark's span has no owner yet, in as many pieces as that takes.

        A cut that swallows a replacement turns it into a cut of its own label and keeps what it said in
        `repaired_text`; cuts, metadata and newlines inside keep their owners.
        """
        inner = self.within(mark.start, mark.stop)
        if not inner:
            self.add(mark)
            return
        pieces, at = [], mark.start
        for m in inner:
            if m.start > at:
                pieces.append(replace(mark, start=at, stop=m.start))
            if mark.action in (CUT, META) and m.action == REPLACE:
                m = replace(m, action=CUT, after="", repaired_text=m.after)
            pieces.append(m)
            at = m.stop
        if at < mark.stop:
            pieces.append(replace(mark, start=at))
        i = bisect_left(self._starts, inner[0].start)
        self._marks[i : i + len(inner)] = pieces
        self._starts[i : i + len(inner)] = [p.start for p in pieces]
        self._view = None
