"""The section tree of an article and the faults in its numbering.

Styles, outermost first: 第一编, 第一章, 第一节, 第一条, 一、, （一）, 1. or 1、, (1) or 1), ①, and run-in lists (一是 … 二是 …,
首先 … 其次 …, 第一， … 第二，). A style already open continues at its level; a new one goes below the nearest open style
that stands further out in this list. In statutes parts, chapters and sections carry headings, and 第N条 is a node without
one (unless it prints a caption: 第一条【目的】), whose items （一） hang below it.

A list that starts again at one after a sentence ending in a colon is a second list: it hangs below a node without marker
whose heading is that sentence. Where nothing at all is numbered, lines that stand alone between paragraphs of prose are
headings. A faulty number stays as printed and is reported beside the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.text.numerals import parse

_HAN_NUMBER = "[一二三四五六七八九十百零〇○两]{1,6}"
_NUMBER = rf"(?:{_HAN_NUMBER}|[0-9０-９]{{1,4}})"
_STYLES = (  # name, pattern of the marker at the start of a line; order is rank
    ("part", rf"第{_NUMBER}编(?=[ \u3000\n]|[^的、和至或规中])"),
    ("chapter", rf"第{_NUMBER}章(?=[ \u3000\n]|[^的、和至或规中])"),
    ("division", rf"第{_NUMBER}节(?=[ \u3000\n]|[^的、和至或规中])"),
    ("article", rf"第{_NUMBER}条(?:之{_HAN_NUMBER})?(?=[ \u3000\n]|[^、和至或规第款的,，])"),
    ("han", rf"{_HAN_NUMBER}[、．.](?![0-9])"),
    ("bracketed_han", rf"[（(〔]{_HAN_NUMBER}[）)〕]、?"),
    ("arabic", r"[0-9０-９]{1,3}(?:、|[.．](?![0-9０-９]))"),
    ("bracketed_arabic", r"[（(][0-9０-９]{1,3}[）)]|[0-9０-９]{1,3}[）)]"),
    ("circled", r"[①-⑳]"),
)
_RANK = {name: rank for rank, (name, _) in enumerate(_STYLES)} | {"heading": -1, "run_in": len(_STYLES)}
_LINE_MARK = re.compile(r"\n[ \u3000\t]*(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _STYLES) + r")")
_STATUTE = ("part", "chapter", "division")
_RUN_IN = re.compile(
    r"(?:^|(?<=[\n。；;：:！!]))(?:(?P<number>[一二三四五六七八九十]{1,2})是|(?P<ordinal>第[一二三四五六七八九十]{1,2})[,，、]"
    r"|(?P<word>首先|其次|再次|最后)[,，]?)"
)
_WORD_NUMBER = {"首先": 1, "其次": 2, "再次": 3, "最后": 4}
_HEADING_END = re.compile(r"[。！？!?；;\n]")
_CAPTION = re.compile(r"[ \u3000]*(?:【([^】\n]{1,30})】|[（(]([^）)\n]{1,20})[）)](?=[ \u3000\n]|[^。；，、的]))")
_NUMERAL = re.compile(_NUMBER)
LONGEST_HEADING = 60  # code points; a longer first sentence is text, not a heading
_PROSE_END = "。！？!?…；;：:”）)"


@dataclass(slots=True)
class Section:
    """One node; `parent` is an index into the article's list of sections, -1 for the outermost."""

    parent: int
    level: int
    marker: str
    heading: str
    start: int
    stop: int
    style: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One marker whose number does not follow from the one before."""

    start: int
    stop: int
    detail: str


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    stop: int
    style: str
    number: int | None
    limit: int | None = None  # a run-in item never reaches beyond its paragraph


def find_sections(text: str) -> tuple[list[Section], list[Fault]]:
    """The nodes of the tree in the order of the text, parents before children, and the faults in numbering."""
    marks = _line_marks(text)
    if not any(mark.style in ("part", "chapter", "article", "han") for mark in marks):
        marks += _lone_headings(text)
    marks += _run_in_marks(text)
    if not marks:
        return [], []
    marks.sort(key=lambda mark: mark.start)
    return _Tree(text).grow(marks)


def _line_marks(text: str) -> list[_Mark]:
    found = []
    for match in _LINE_MARK.finditer("\n" + text):  # the text as if each line began with a feed: offsets move by one
        style = match.lastgroup
        start, stop = match.start(style) - 1, match.end(style) - 1
        if style in _STATUTE:
            line_end = text.find("\n", stop)
            line_end = len(text) if line_end < 0 else line_end
            if line_end - start > LONGEST_HEADING or text[line_end - 1] in "。；;":
                continue
        marker = match.group(style)
        if style == "circled":
            number = ord(marker) - ord("①") + 1
        else:
            number = _number_in(marker)
        found.append(_Mark(start, stop, style, number))
    return found


@lru_cache(maxsize=4096)
def _number_in(marker: str) -> int | None:
    match = _NUMERAL.search(marker)
    worth = parse(match.group()) if match else None
    if worth is None and match and match.group() in ("二", "两"):
        return 2
    return int(worth.value) if worth and worth.value is not None else None


def _run_in_marks(text: str) -> list[_Mark]:
    """Items inside paragraphs; a list counts only where at least its first two members stand in one paragraph."""
    if "二是" not in text and "其次" not in text and "第二，" not in text and "第二," not in text and "第二、" not in text:
        return []
    found: list[_Mark] = []
    run: list[_Mark] = []
    kind, limit = "", -1

    def close() -> None:
        if len(run) > 1 and run[0].number == 1:
            found.extend(run)
        run.clear()

    for match in _RUN_IN.finditer(text):
        number = _WORD_NUMBER[match["word"]] if match["word"] else _number_in(match["number"] or match["ordinal"])
        if match.lastgroup != kind or match.start() >= limit or number == 1:
            close()
            kind = match.lastgroup
            if match.start() >= limit:
                limit = text.find("\n", match.start())
                limit = len(text) if limit < 0 else limit
        if number == 1 or (run and number in (run[-1].number + 1, 4 if kind == "word" else -1)):
            run.append(_Mark(match.start(), match.end(), "run_in", number, limit))
    close()
    return found


def _lone_headings(text: str) -> list[_Mark]:
    """Short lines without final punctuation, each before a longer paragraph of prose and after the end of one."""
    found, start = [], 0
    lines = text.split("\n")
    for k, line in enumerate(lines[:-1]):
        after = lines[k + 1]
        is_heading = (
            4 <= len(line) <= 50 and line[-1] not in _PROSE_END + ",，、." and len(after) > 1.5 * len(line) and after[-1:] in "。！？!?"
            and (k == 0 or lines[k - 1][-1:] in "。！？!?”") and not _LINE_MARK.match("\n" + line) and not any(c.isdigit() for c in line)
        )
        if is_heading:
            found.append(_Mark(start, start, "heading", None))
        start += len(line) + 1
    return found if len(found) > 1 else []


class _Tree:
    """Grows the tree mark by mark; `open` holds the indices of the sections that have not ended."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.open: list[int] = []
        self.last: dict[tuple[int, str], int] = {}  # last number by (parent, style)
        self.last_anywhere: dict[str, int] = {}

    def grow(self, marks: list[_Mark]) -> tuple[list[Section], list[Fault]]:
        for mark in marks:
            self._close_to(mark)
            self._add(mark)
        self._close(0, len(self.text))
        return self.sections, self.faults

    def _close_to(self, mark: _Mark) -> None:
        """Close what cannot contain the mark: its own style if open, else all that ranks at or below it."""
        styles = [self.sections[index].style for index in self.open]
        if mark.style in styles:
            at = styles.index(mark.style)
        else:
            rank = _RANK[mark.style]
            at = len(self.open)
            while at and _RANK.get(self.sections[self.open[at - 1]].style, -2) >= rank:
                at -= 1
        lead = self._lead_in(mark, at)
        self._close(at, lead if lead is not None else mark.start)
        if lead is not None:
            parent = self.open[-1] if self.open else -1
            heading = self.text[lead:mark.start].strip().rstrip("：:")
            self.open.append(len(self.sections))
            self.sections.append(Section(parent, len(self.open), "", heading, lead, -1, "group", None))
            marker = self.text[mark.start:mark.stop]
            self.faults.append(Fault(mark.start, mark.stop, f"{marker} starts a second list"))

    def _lead_in(self, mark: _Mark, at: int) -> int | None:
        """Start of the sentence with a colon that opens a second list, if the mark restarts one there."""
        if mark.number != 1 or mark.style not in ("han", "bracketed_han", "arabic") or at >= len(self.open):
            return None
        before = self.sections[self.open[at]]
        if before.style != mark.style or (before.number or 0) < 2:
            return None
        reach = max(before.start, mark.start - 2 * LONGEST_HEADING)
        line = self.text[reach:mark.start].rstrip("\n \u3000")
        if not line.endswith(("：", ":")):
            return None
        start = max(line.rfind(c) for c in "。！？!?\n") + 1
        return reach + start if start and len(line) - start <= LONGEST_HEADING else None

    def _add(self, mark: _Mark) -> None:
        parent = self.open[-1] if self.open else -1
        if mark.number is not None and mark.style != "run_in":
            self._check_number(mark, parent)
        self.open.append(len(self.sections))
        stop = -1 if mark.limit is None else mark.limit
        self.sections.append(
            Section(parent, len(self.open), self.text[mark.start:mark.stop], self._heading(mark), mark.start, stop, mark.style, mark.number)
        )

    def _close(self, at: int, stop: int) -> None:
        for index in self.open[at:]:
            section = self.sections[index]
            section.stop = min(section.stop, stop) if section.stop >= 0 else stop
            while section.stop > section.start and self.text[section.stop - 1] in "\n \u3000":
                section.stop -= 1
        del self.open[at:]

    def _heading(self, mark: _Mark) -> str:
        if mark.style == "article":
            caption = _CAPTION.match(self.text, mark.stop)
            return (caption[1] or caption[2]) if caption else ""
        end = _HEADING_END.search(self.text, mark.stop)
        heading = self.text[mark.stop:end.start() if end else len(self.text)].strip(" \u3000\t：:")
        return heading if len(heading) <= LONGEST_HEADING else ""

    def _check_number(self, mark: _Mark, parent: int) -> None:
        # Articles run on through a whole statute and chapters may run on through its parts; all else counts anew per parent.
        runs_on = mark.style in ("article", "chapter")
        before = self.last_anywhere.get(mark.style) if runs_on else self.last.get((parent, mark.style))
        self.last[parent, mark.style] = self.last_anywhere[mark.style] = mark.number
        marker = self.text[mark.start:mark.stop]
        if before is None:
            detail = "" if mark.number == 1 else f"{marker} is the first of its list"
        elif mark.number == before + 1 or (mark.style == "chapter" and mark.number == 1) or "之" in marker:
            detail = ""
        elif mark.number == before:
            detail = f"{marker} stands twice"
        elif mark.number == 1:
            detail = f"{marker} starts again after {before}"
        else:
            detail = f"{marker} follows {before}"
        if detail:
            self.faults.append(Fault(mark.start, mark.stop, detail))
