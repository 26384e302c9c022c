"""Lines of a document as they read after the marks of cleaning."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.text.ledger import NEWLINE, REPLACE, Mark

# An atom is a piece of a line: (start, stop, mark), mark None where the characters have no owner yet.
Atom = tuple[int, int, Mark | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The lines of one document.

    `starts[i]`, `stops[i]` bound line i in the decoded text, its break left out; `shown[i]` is how it reads; `atoms[i]`
    are its pieces, None where no mark touches the line. `breaks[i]` is the mark that brings the break behind line i, None
    for a plain newline character.
    """

    starts: list[int]
    stops: list[int]
    shown: list[str]
    atoms: list[list[Atom] | None]
    breaks: list[Mark | None]


def brings_newline(mark: Mark) -> bool:
    """Whether a mark stands for a line break and nothing else."""
    return mark.action == NEWLINE or (mark.action == REPLACE and "\n" in mark.after and not mark.after.strip())


def entering(mark: Mark) -> str:
    """What a mark puts into a line. A break inside a longer replacement has no character of its own and becomes a space."""
    return mark.after.replace("\n", " ") if mark.action == REPLACE else ""


def lay_out(text: str, marks: list[Mark]) -> Layout:
    """
    Cut a text into lines at newline characters and at marks that bring one.

    `marks` are sorted and disjoint. A mark that owns a newline joins what stands before and after it into one line.
    """
    if not marks:
        return _plain(text)
    page = Layout([], [], [], [], [])
    pieces: list[Atom] = []
    line_start = at = 0
    for mark in marks:
        line_start = _add_text(page, text, at, mark.start, line_start, pieces)
        at = mark.stop
        if brings_newline(mark):
            _close(page, text, line_start, mark.start, pieces)
            page.breaks.append(mark)
            line_start = at
        else:
            pieces.append((mark.start, mark.stop, mark))
    line_start = _add_text(page, text, at, len(text), line_start, pieces)
    _close(page, text, line_start, len(text), pieces)
    return page


def _plain(text: str) -> Layout:
    shown = text.split("\n")
    starts, stops, at = [], [], 0
    for line in shown:
        starts.append(at)
        at += len(line)
        stops.append(at)
        at += 1
    return Layout(starts, stops, shown, [None] * len(shown), [None] * (len(shown) - 1))


def _add_text(page: Layout, text: str, start: int, stop: int, line_start: int, pieces: list[Atom]) -> int:
    """Append unowned text [start, stop); closes a line at each newline character and returns where the open line begins."""
    while (cut := text.find("\n", start, stop)) >= 0:
        if cut > start:
            pieces.append((start, cut, None))
        _close(page, text, line_start, cut, pieces)
        page.breaks.append(None)
        line_start = start = cut + 1
    if stop > start:
        pieces.append((start, stop, None))
    return line_start


def _close(page: Layout, text: str, start: int, stop: int, pieces: list[Atom]) -> None:
    page.starts.append(start)
    page.stops.append(stop)
    if all(mark is None for _, _, mark in pieces):
        page.shown.append(text[start:stop])
        page.atoms.append(None)
    else:
        page.shown.append("".join(text[a:b] if mark is None else entering(mark) for a, b, mark in pieces))
        page.atoms.append(list(pieces))
    pieces.clear()


def raw_span(page: Layout, line: int, start: int, stop: int) -> tuple[int, int]:
    """The decoded span behind [start, stop) of a line as it reads when stripped; widened over what was cut inside it."""
    shown = page.shown[line]
    lead = len(shown) - len(shown.lstrip())
    atoms = page.atoms[line]
    if atoms is None:
        return page.starts[line] + lead + start, page.starts[line] + lead + stop
    first, last = lead + start, lead + stop - 1
    place, begin, end = 0, page.starts[line], page.stops[line]
    for a, b, mark in atoms:
        size = b - a if mark is None else len(entering(mark))
        if place <= first < place + size:
            begin = a if mark else a + first - place
        if place <= last < place + size:
            end = b if mark else a + last - place + 1
        place += size
    return begin, end
