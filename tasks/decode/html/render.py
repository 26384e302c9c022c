"""Events to lines: one block a line, inline tags join, <br> breaks, rows of a table in one line with tabs between cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.decode.html.head import Head, site_of
from tasks.decode.html.hidden import is_gone, is_unseen
from tasks.decode.html.parse import DEEPEST, TooDeep, feed, flattened, literal
from tasks.decode.html.tags import BLOCKS, CELLS, PRESERVED, UNSHOWN

NAME = "taojin-html 1"  # stored in documents.rendering; raise the number with every change of what is rendered

TRAIL = 12  # ancestors of a line that are named, the innermost ones
PATH_LENGTH = 300
ROW_LENGTH, CELL_LINES = 400, 3  # a row with more is a layout, not a table
PROSE_CELL = 80  # characters of a line from which a cell with several lines is a layout
_GAP = re.compile(r"([ \t\n\r\f]+)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff]")


class Block(NamedTuple):
    """One line of the rendering and what its tags say: a row of `blocks`, but for its document."""

    start: int
    stop: int
    tag: str
    path: str
    trail: str
    link_density: float
    links: tuple[tuple[int, int, str], ...]


class Rendered(NamedTuple):
    """A page as text, with what its tags and its head say."""

    text: str
    blocks: list[Block]
    record_meta: str
    url: str | None
    site: str | None


def render(markup: str) -> Rendered:
    """
    Render one page. Pure: the same characters give the same rendering. Raises nothing.

    Law: each line of the text that shows anything is exactly one block; no \\r, no line end at the end.
    """
    reader = _Reader()
    try:
        feed(markup, reader)
    except TooDeep:
        head, flat = reader.head, flattened(markup)
        try:
            reader = _Reader()
            reader.head = head
            feed(flat, reader)
        except TooDeep:  # elements of unknown names, which stayed; to the reader they are text
            reader = _Reader()
            reader.head = head
            feed(literal(flat), reader)
    text, blocks = _laid_out(reader.finish())
    url = reader.head.url
    return Rendered(text, blocks, reader.head.as_json(), url, site_of(url))


@dataclass(slots=True, eq=False)
class _Element:
    """An open element."""

    tag: str
    block: _Element | None  # innermost element that breaks lines, itself included
    unseen: bool
    preserved: bool
    number: int = 0
    hint: str = ""
    parent: _Element | None = None  # the next block outside
    row: _Row | None = None
    _place: tuple[str, str, str] | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Tag, path and trail; kept, since an element may hold many lines."""
        if self._place is None:
            self._place = self.tag, self._path(), self._trail()
        return self._place

    def _path(self) -> str:
        names, size, at = [], 0, self
        while at is not None and size < PATH_LENGTH:
            names.append(at.hint)
            size += len(at.hint) + 1
            at = at.parent
        return "/".join(reversed(names))[-PATH_LENGTH:]

    def _trail(self) -> str:
        numbers, at = [], self
        while at is not None and len(numbers) < TRAIL:
            numbers.append(str(at.number))
            at = at.parent
        return ".".join(reversed(numbers))


@dataclass(slots=True)
class _Line:
    text: str
    block: _Element | None
    linked: int = 0
    links: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    cells: list[list[_Line]] = field(default_factory=list)
    nested: bool = False

    def take(self, line: _Line) -> None:
        if not self.cells:
            self.cells.append([])
        self.cells[-1].append(line)


class _Reader:
    """Listens to the parser and writes lines."""

    def __init__(self) -> None:
        self.head = Head()
        self._root = _Element("", None, False, False)
        self._open: list[_Element] = [self._root]
        self._skipped: list[str] = []  # open elements from the outermost one that is left out
        self._kept_data: list[str] | None = None  # text of an element that is left out but read: title, linked data
        self._blocks = 0
        self._rows: list[_Row] = []
        self._lines: list[_Line] = []
        self._start_line()
        self._link: str | None = None

    # What the parser says

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        attributes = dict(attributes) if attributes else {}  # the parser's own mapping is slow to ask
        if self._skipped:
            self._skipped.append(tag)
            if len(self._skipped) > DEEPEST:
                raise TooDeep
            if tag == "meta":
                self.head.take_meta(attributes)
            elif tag == "link":
                self.head.take_link(attributes)
            elif self._skipped[0] == "head":
                self._open_data(tag, attributes)
            return
        if len(self._open) > DEEPEST:
            raise TooDeep
        if tag in UNSHOWN or is_gone(tag, attributes):
            if tag == "meta":
                self.head.take_meta(attributes)
            elif tag == "link":
                self.head.take_link(attributes)
            self._open_data(tag, attributes)
            if tag in BLOCKS:
                self._flush()
            self._skipped.append(tag)
            return
        above = self._open[-1]
        element = _Element(tag, above.block, is_unseen(attributes, above.unseen), above.preserved or tag in PRESERVED)
        if tag in BLOCKS:
            self._flush()
            self._blocks += 1
            element.block, element.parent, element.number = element, above.block, self._blocks
            element.hint = _hint(tag, attributes)
            if tag == "html":
                self.head.language = attributes.get("lang") or ""
            elif tag == "tr":
                if self._rows:
                    self._rows[-1].nested = True
                element.row = _Row()
                self._rows.append(element.row)
            elif tag in CELLS and above.row is not None:
                above.row.cells.append([])
        elif tag == "a":
            self._link = attributes.get("href") or ""
            self._link_from = self._size
        elif tag == "br":
            self._flush()
        elif tag == "rt":
            self._write("(")
        self._open.append(element)

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped.pop()
            self._close_data(tag)
            return
        if len(self._open) < 2:
            return
        element = self._open.pop()
        if tag in BLOCKS:
            self._flush()
            if element.row is not None:
                self._rows.pop()
                self._close_row(element.row)
        elif tag == "a":
            self._close_link()
            self._link = None
        elif tag == "rt":
            self._write(")")

    def data(self, data: str) -> None:
        if self._kept_data is not None:
            self._kept_data.append(data)
        element = self._open[-1]
        if self._skipped or element.unseen or element.tag == "rp":
            return
        data = _CONTROLS.sub("", data)
        if element.preserved:
            self._write_preserved(data)
        else:
            self._write(data)

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Neither are instructions."""

    def close(self) -> None:
        """The parser's end is not ours: `finish` is."""

    def finish(self) -> list[_Line]:
        """All lines, after the last event."""
        self._flush()
        while self._rows:
            self._close_row(self._rows.pop())
        return self._lines

    # Titles and linked data

    def _open_data(self, tag: str, attributes: Mapping[str, str]) -> None:
        wanted = tag == "title" and not self.head.title
        if wanted or (tag == "script" and "ld+json" in (attributes.get("type") or "").lower()):
            self._kept_data = []

    def _close_data(self, tag: str) -> None:
        if self._kept_data is None or tag not in ("title", "script"):
            return
        if tag == "title":
            self.head.title = self._kept_data
        else:
            self.head.take_data("".join(self._kept_data))
        self._kept_data = None

    # Lines

    def _start_line(self) -> None:
        self._pieces: list[str] = []
        self._size = self._linked = self._link_from = 0
        self._links: list[tuple[int, int, str]] = []
        self._gap = ""
        self._owner: _Element | None = None

    def _write(self, data: str) -> None:
        """Text in which blanks collapse; a line break of the source between two wide characters is no blank."""
        for i, part in enumerate(_GAP.split(data)):
            if not part:
                continue
            if i % 2:
                self._gap = "\n" if "\n" in part and self._gap != " " else " "
                continue
            if self._gap and self._pieces and not (self._gap == "\n" and _WIDE.match(self._pieces[-1][-1]) and _WIDE.match(part)):
                self._append(" ")
                if self._link_from == self._size - 1:
                    self._link_from += 1  # a blank before a link is not linked
            self._gap = ""
            self._append(part)

    def _write_preserved(self, data: str) -> None:
        for i, line in enumerate(data.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
            if i:
                self._flush(keep_blank=True)
            if line:
                self._append(line)

    def _append(self, text: str) -> None:
        if self._owner is None:
            self._owner = self._open[-1].block
        if self._link is not None and not self._pieces:
            self._link_from = 0
        self._pieces.append(text)
        self._size += len(text)

    def _close_link(self) -> None:
        if self._link is not None and self._size > self._link_from:
            self._linked += self._size - self._link_from
            if self._link:
                self._links.append((self._link_from, self._size, self._link[:2000]))
        self._link_from = self._size

    def _flush(self, keep_blank: bool = False) -> None:
        """End the line; an open link goes on in the next one."""
        if not self._pieces:
            if keep_blank and self._lines and not self._rows:
                self._lines.append(_Line("", None))
            self._gap = ""
            return
        self._close_link()
        text = "".join(self._pieces).replace("\r", " ").replace("\n", " ")
        if text.strip():
            line = _Line(text, self._owner, self._linked, self._links)
            self._emit(line)
        self._start_line()

    def _emit(self, line: _Line) -> None:
        if self._rows:
            self._rows[-1].take(line)
        else:
            self._lines.append(line)

    def _close_row(self, row: _Row) -> None:
        filled = [cell for cell in row.cells if cell]
        lines = [line for cell in filled for line in cell]
        several = any(len(cell) > 1 for cell in filled)
        layout = (
            row.nested
            or len(filled) < 2
            or any(len(cell) > CELL_LINES for cell in filled)
            or sum(len(line.text) for line in lines) > ROW_LENGTH
            or (several and any(len(line.text) > PROSE_CELL for line in lines))
        )
        for line in lines if layout else [_joined(row.cells)]:
            self._emit(line)


def _joined(cells: list[list[_Line]]) -> _Line:
    """A row as one line: cells joined by tabs, lines of a cell by blanks."""
    whole = _Line("", next(line.block for cell in cells for line in cell))
    for no, cell in enumerate(cells):
        for i, line in enumerate(cell or [_Line("", None)]):
            whole.text += ("\t" if no and not i else " " if i else "")
            at = len(whole.text)
            whole.text += line.text
            whole.linked += line.linked
            whole.links += [(at + a, at + b, url) for a, b, url in line.links]
    return whole


def _hint(tag: str, attributes: Mapping[str, str]) -> str:
    """A block's tag with the words of its class, id and role: what its author called it."""
    said = [attributes.get(name) for name in ("id", "class", "role", "itemprop")]
    if not any(said):
        return tag
    words = [w for value in said if value for w in _WORD.findall(value[:200])]
    return ".".join([tag, *words[:8]]).lower()


def _laid_out(lines: list[_Line]) -> tuple[str, list[Block]]:
    out: list[str] = []
    blocks: list[Block] = []
    at = 0
    while lines and not lines[-1].text.strip():
        lines.pop()
    for line in lines:
        text = line.text.rstrip(" \t")
        if text.strip():
            tag, path, trail = line.block.place if line.block else ("", "", "")
            links = tuple((at + a, at + min(b, len(text)), url) for a, b, url in line.links if a < len(text))
            blocks.append(
                Block(at, at + len(text), tag, path, trail, round(min(1.0, line.linked / max(1, len(text))), 3), links)
            )
        else:
            text = ""
        out.append(text)
        at += len(text) + 1
    return "\n".join(out), blocks
