"""The section tree of an article and the faults in its numbering.

Styles, outermost first: 第一编, 第一分编, 第一章, 第一节, 第一条, Ⅰ., 一、, （一）, 1. or 1、, 1.1, (1) or 1), ①, A., (a), parallel topic
sentences, and run-in lists (第一，… 第二，…; 首先 … 其次 …; 其一 … 其二 …; 一是 … 二是 …; 一要 … 二要 …; ① … ② … within a paragraph). A
style already open continues at its level; a new one goes below the nearest open style that stands further out in this list. In statutes
parts, chapters and sections carry headings, and 第N条 is a node without one (unless it prints a caption: 第一条【目的】), whose
items （一） hang below it.

A run-in list counts where it begins with one and has two members, in one paragraph or each at the start of its own. A list that
starts again at one after a sentence ending in a colon is a second list: it hangs below a node without marker whose heading is
that sentence. Where nothing at all is numbered, lines that stand alone between paragraphs of prose are headings. Three or more
neighbouring paragraphs whose first sentences begin alike, or all say what must be done (坚持…。 加强…。 推进…。), are nodes too, without
marker; so are sentences that each name an aspect (在思路上，). Closing words (同志们，… 今后，…) stand in no section.

A faulty number stays as printed and is reported beside the tree: repeated, left out, out of order, or written in another way
than the one before it (1. and 2、).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from tasks.text.numerals import parse

_HAN_NUMBER = "[一二三四五六七八九十百零〇○两]{1,6}"
_NUMBER = rf"(?:{_HAN_NUMBER}|[0-9０-９]{{1,4}})"
_STYLES = (  # name, pattern of the marker at the start of a line; order is rank
    ("part", rf"第{_NUMBER}(?:编|篇|部分)(?=[ \u2002\u3000\n]|[^的、和至或规中])"),
    ("subpart", rf"第{_NUMBER}分编(?=[ \u2002\u3000\n]|[^的、和至或规中])"),
    ("chapter", rf"第{_NUMBER}章(?=[ \u2002\u3000\n]|[^的、和至或规中])"),
    ("division", rf"第{_NUMBER}节(?=[ \u2002\u3000\n]|[^的、和至或规中])"),
    ("article", rf"第{_NUMBER}条(?:之{_HAN_NUMBER})?(?=[ \u2002\u3000\n]|[^、和至或规第款的,，])"),
    ("roman", r"[Ⅰ-Ⅻ]{1,3}[、．.]"),
    ("han", rf"{_HAN_NUMBER}[、．.](?![0-9])"),
    ("bracketed_han", rf"[（(〔]?{_HAN_NUMBER}[）)〕]、?"),
    ("arabic", r"[0-9０-９]{1,3}(?:、|[.．](?![0-9０-９]))"),
    ("decimal", r"[0-9]{1,2}(?:(?:[.．][0-9]{1,2}){1,3}(?=[ \u3000、]+[\u4e00-\u9fff])|(?=[ \u3000]+[\u4e00-\u9fff]))"),
    ("bracketed_arabic", r"[（(][0-9０-９]{1,3}[）)]|[0-9０-９]{1,3}[）)]"),
    ("circled", r"[①-⑳]"),
    ("letter", r"[A-Za-zＡ-Ｚ][.．、](?=[ \u3000]?[\u4e00-\u9fff])"),
    ("bracketed_letter", r"[（(][A-Za-z][）)]"),
)
_IN_PROSE = ("topic", "aspect", "ordinal", "word", "those", "being", "having_to", "circled_in", "bracketed_in")
_RANK = {name: rank for rank, name in enumerate((*(name for name, _ in _STYLES), *_IN_PROSE))} | {"heading": -1}
_RANK |= {f"decimal{depth}": _RANK["decimal"] + depth / 10 for depth in range(1, 5)}  # 1.1.1 below 1.1, both above (1)
_MAY_BEGIN = "[第一二三四五六七八九十百零〇○两0-9０-９（(〔①-⑳Ⅰ-ⅫA-Za-zＡ-Ｚ]"
_LINE_MARK = re.compile(
    rf"\n[ \u2002\u3000\t]*(?={_MAY_BEGIN})(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _STYLES) + r")"
)
_STATUTE = ("part", "subpart", "chapter", "division")
_ONLY_IN_ROWS = ("roman", "decimal", "letter", "bracketed_letter")  # one by itself proves no list
_OPENS_LISTS = ("part", "subpart", "chapter", "article", "han")
_WRITTEN_ALIKE = ("han", "bracketed_han", "arabic", "bracketed_arabic")
_RUN_IN = re.compile(  # the first character before the look-behind, so that scanning is cheap
    r"[一二三四五六七八九十第其首再最①-⑩（(](?<![^\n。；;：:！!，,\u3000 ].)(?:"
    r"(?P<being>(?<=[一二三四五六七八九十])[一二三四五六七八九十]?是(?![以否为]))|(?P<having_to>(?<=[一二三四五六七八九十])[一二三四五六七八九十]?要(?![求点素件]))"
    r"|(?P<ordinal>(?<=第)[一二三四五六七八九十]{1,2}(?:点|方面)?[,，、：:])|(?P<those>(?<=其)[一二三四五六七八九十](?:[,，、：:]|是))"
    r"|(?P<word>(?<=首)先|(?<=其)次|(?<=再)[次者]|(?<=最)后)[,，]?|(?P<circled_in>(?<=[①-⑩]))|(?P<bracketed_in>(?<=[（(])[0-9]{1,2}[）)]))"
)
_SIGNS_OF_RUN_IN = ("二是", "二要", "第二", "其二", "其次", "②", "（2）", "(2)")
_WORD_NUMBER = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 99}
_CREDIT = re.compile(
    r"(?:供图|摄影?|资料图?片?|制图|[图文][:：/／].*)$|^(?:——|【|[^，。]{0,12}(?:记者|作者|通讯员|编辑)[\u3000 ])"
)
_ASPECT_IN = re.compile(r"[在](?<![^\n。；;！!].)[\u4e00-\u9fff]{2,8}(?:上|方面)[,，]")
_ASPECT = re.compile(r"(在)[\u4e00-\u9fff]{2,8}?(上|方面|中)[,，]")
_IMPERATIVE = "imperative"  # what paragraphs share that open by saying what must be done, whatever the words
_URGES = tuple((
    "坚持 坚决 坚定 加强 加快 加大 推进 推动 深化 落实 完善 健全 强化 优化 提升 提高 切实 不断 持续 牢牢 大力 积极 着力 全面 "
    "进一步 把 引导 打造 把握 做好 抓好 维护 构建 建立 努力 认真 深入 充分 紧紧 始终 严格 突出 聚焦 围绕 扎实 有效 广泛 大胆 "
    "注重 狠抓 巩固 拓展 创新 树立 增强 夯实 促进 鼓励 支持 统筹 规范 要"
).split())
_CLOSES = ("今后", "同志们", "各位", "总之", "综上", "最后，", "最后,", "让我们", "谢谢", "以上是", "以上就是", "以上发言")
_HEADING_END = re.compile(r"[。！？!?；;\n]")
_ASPECT_END = re.compile(r"[，,]")
_CAPTION = re.compile(r"[ \u2002\u3000]*(?:【([^】\n]{1,30})】|[（(]([^）)\n]{1,20})[）)](?=[ \u3000\n]|[^。；，、的]))")
_NUMERAL = re.compile(_NUMBER)
LONGEST_HEADING = 60  # code points; a longer first sentence is text, not a heading
LIKE_OPENING = 5  # code points that parallel topic sentences share at least
_PROSE_END = "。！？!?…；;：:”）)"
_BLANKS = " \u2002\u3000\t"
_BESIDE_HEADINGS = f"{_BLANKS}：:"
_BESIDE_IN_PROSE = f"{_BESIDE_HEADINGS}，,、"


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


class Fault(NamedTuple):
    """One marker whose number does not follow from the one before."""

    start: int
    stop: int
    detail: str


@dataclass(slots=True)
class _Mark:
    start: int
    stop: int
    style: str
    number: int | None
    limit: int | None = None  # a run-in item never reaches beyond its paragraph


def find_sections(text: str) -> tuple[list[Section], list[Fault]]:
    """The nodes of the tree in the order of the text, parents before children, and the faults in numbering."""
    marks = _in_rows(_line_marks(text))
    is_statute = any(mark.style in ("chapter", "article") for mark in marks)
    if not any(mark.style in _OPENS_LISTS for mark in marks):
        marks += _lone_headings(text)
    marks += _run_in_marks(text, sorted(mark.start for mark in marks))
    marks += _aspects(text)
    if not is_statute:
        marks += _parallel_topics(text, {mark.start for mark in marks})
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
        if style == "decimal":
            parts = re.split("[.．]", marker)
            found.append(_Mark(start, stop, f"decimal{len(parts)}", int(parts[-1])))
            continue
        found.append(_Mark(start, stop, style, _LETTERED[style](marker) if style in _LETTERED else _number_in(marker)))
    return found


_LETTERED = {
    "circled": lambda marker: ord(marker) - ord("①") + 1,
    "roman": lambda marker: sum(ord(c) - ord("Ⅰ") + 1 for c in marker if "Ⅰ" <= c <= "Ⅻ"),
    "letter": lambda marker: (ord(marker[0]) if marker[0] < "Ａ" else ord(marker[0]) - 0xFEE0) % 32,
    "bracketed_letter": lambda marker: ord(marker[1]) % 32,
}


def _in_rows(marks: list[_Mark]) -> list[_Mark]:
    """Without the marks of styles that need a row to be believed and have none that begins with one."""
    numbers: dict[str, set[int | None]] = {}
    for mark in marks:
        numbers.setdefault(mark.style, set()).add(mark.number)
    if "decimal2" not in numbers:  # "1 总则" is one only above 1.1
        numbers["decimal1"] = set()
    return [mark for mark in marks if not mark.style.startswith(_ONLY_IN_ROWS) or {1, 2} <= numbers[mark.style]]


@lru_cache(maxsize=4096)
def _number_in(marker: str) -> int | None:
    match = _NUMERAL.search(marker)
    worth = parse(match.group()) if match else None
    if worth is None and match and match.group() in ("二", "两"):
        return 2
    return int(worth.value) if worth and worth.value is not None else None


def _run_in_marks(text: str, line_marks: list[int]) -> list[_Mark]:
    """Items of lists inside prose; a list counts from its first member on where it has two."""
    if not any(sign in text for sign in _SIGNS_OF_RUN_IN):
        return []
    found: list[_Mark] = []
    lists: dict[str, list[_Mark]] = {}  # those still growing, by style

    def close(style: str) -> None:
        members = lists.pop(style, [])
        if len(members) > 1:
            for k, member in enumerate(members):
                is_last_of_its_line = k + 1 == len(members) or members[k + 1].start > member.limit
                found.append(replace(member, limit=None) if is_last_of_its_line and k + 1 < len(members) else member)

    for match in _RUN_IN.finditer(text):
        style, start = match.lastgroup, match.start()
        before = start
        while before and text[before - 1] in _BLANKS:
            before -= 1
        opens_line = before == 0 or text[before - 1] == "\n"
        if style == "word" and not opens_line and text[start - 1] in "，, \u3000":
            continue
        if style in ("circled_in", "bracketed_in") and opens_line:
            continue  # marks of lines
        number = _run_in_number(style, match.group())
        line_end = text.find("\n", start)
        mark = _Mark(start, match.end(), style, number, len(text) if line_end < 0 else line_end)
        if number == 1:
            close(style)
            lists[style] = [mark]
        elif style in lists and _continues(lists[style], mark, opens_line, line_marks):
            lists[style].append(mark)
    for style in list(lists):
        close(style)
    return found


def _run_in_number(style: str, marker: str) -> int | None:
    if style == "word":
        return _WORD_NUMBER[marker[:2]]
    return ord(marker) - ord("①") + 1 if style == "circled_in" else _number_in(marker)


def _continues(members: list[_Mark], mark: _Mark, opens_line: bool, line_marks: list[int]) -> bool:
    """The next number, or one left out or repeated; in the same line, or at the head of a later one with no other heading between."""
    last = members[-1]
    steps = (1,) if len(members) < 2 else (0, 1, 2)
    follows = mark.number == 99 or (mark.number or 0) - (last.number or 0) in (steps if mark.style != "word" else (1, 2))
    if not follows or last.number == 99:
        return False
    if mark.start <= last.limit:
        return True
    between = bisect_left(line_marks, mark.start) - bisect_left(line_marks, last.start)
    return opens_line and between == 0


def _parallel_topics(text: str, taken: set[int]) -> list[_Mark]:
    """
    Three or more neighbouring paragraphs that open alike: 办园是…的要求。 办园是…的需要。; 在思路上， 在队伍上，; 坚持…。 加强…。

    One paragraph between two of them continues the one before it.
    """
    found: list[_Mark] = []
    run: list[tuple[str, _Mark]] = []
    other: list[tuple[str, _Mark]] = []  # the paragraph that begins otherwise: it continues the one before, or opens the next run
    start = 0

    def close() -> None:
        if len(run) > 2:
            found.extend(mark for _, mark in run)
        run[:] = other
        other.clear()

    lines = text.split("\n")
    heads = [_IMPERATIVE if line.startswith(_URGES) else line[:LIKE_OPENING] if line[:1] != "在" else "在" for line in lines]
    alike = [one in heads[k + 1:k + 3] for k, one in enumerate(heads)]
    if sum(alike) < 2:
        return []
    for k, line in enumerate(lines):
        key, style = _opening(line) if alike[k] or heads[k] in heads[max(0, k - 2):k] else ("", "topic")
        if not (key or run or other):
            start += len(line) + 1
            continue
        mark = _Mark(start, start, style, None, start + len(line))
        if start in taken:
            other.clear()
            close()
        else:
            if run and (key != run[-1][0] or not key) and (other or len(run) < 2):
                close()
            if not run or (key and key == run[-1][0]):
                if run and other:
                    run[-1] = key, replace(run[-1][1], limit=start - 1)
                other.clear()
                run += [(key, mark)] if key else []
            elif len(run) < 2:
                run[:] = [(key, mark)] if key else []
            else:
                other.append((key, mark))
        start += len(line) + 1
    close()
    other.clear()
    close()
    return found


def _aspects(text: str) -> list[_Mark]:
    """在思路上，… 在队伍上，… 在管理上，…: three or more sentences of one paragraph."""
    found: list[_Mark] = []
    row: list[_Mark] = []
    for match in _ASPECT_IN.finditer(text) if "上，" in text or "上," in text or "方面，" in text or "方面," in text else ():
        start = match.start()
        if row and start > row[0].limit:
            found += row if len(row) > 2 else []
            row = []
        line_end = text.find("\n", start) if not row else row[0].limit
        row.append(_Mark(start, start, "aspect", None, len(text) if line_end < 0 else line_end))
    return found + row if len(row) > 2 else found


def _opening(line: str) -> tuple[str, str]:
    """What paragraphs must share to be parallel, and the style that this makes; '' where the paragraph opens with no topic."""
    aspect = _ASPECT.match(line)
    if aspect:
        return aspect[1] + aspect[2], "aspect"
    end = _HEADING_END.search(line)
    size = end.start() if end else 0
    is_topic = 2 * LIKE_OPENING - 2 <= size <= LONGEST_HEADING and len(line) > 2 * size
    return (_IMPERATIVE if line.startswith(_URGES) else line[:LIKE_OPENING], "topic") if is_topic else ("", "topic")


def _lone_headings(text: str) -> list[_Mark]:
    """Short lines without final punctuation, each before a longer paragraph of prose and after the end of one."""
    found, start = [], 0
    lines = text.split("\n")
    for k, line in enumerate(lines[:-1]):
        after = lines[k + 1]
        is_heading = (
            4 <= len(line) <= 50 and line[-1] not in _PROSE_END + ",，、." and len(after) > 1.5 * len(line) and after[-1:] in "。！？!?"
            and (k == 0 or lines[k - 1][-1:] in "。！？!?”") and not _LINE_MARK.match("\n" + line) and not any(c.isdigit() for c in line)
            and not _CREDIT.search(line) and not text.count(line, start + len(line))
        )
        if is_heading:
            found.append(_Mark(start, start, "heading", None))
        start += len(line) + 1
    return found if len(found) > 1 else []


def _conclusion(text: str, after: int) -> int:
    """Where the closing paragraphs of a speech begin (同志们，… 今后，…), which belong to no numbered section; else the end."""
    end = len(text)
    for _ in range(3):
        start = text.rfind("\n", 0, max(0, end)) + 1
        line_end = text.find("\n", after)
        if start <= line_end or line_end < 0 or not text.startswith(_CLOSES, start):
            break
        end = start - 1
    return end


def _bracket(marker: str) -> str:
    return marker[0] if marker[0] in "（(〔" else ""


class _Tree:
    """Grows the tree mark by mark; `open` holds the indices of the sections that have not ended."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.open: list[int] = []
        self.last: dict[tuple[int, str], int] = {}  # last number by (parent, style)
        self.last_anywhere: dict[str, int] = {}
        self.writing: dict[tuple[int, str], str] = {}  # last marker by (parent, style)

    def grow(self, marks: list[_Mark]) -> tuple[list[Section], list[Fault]]:
        for mark, after in zip(marks, (*marks[1:], None), strict=True):
            self._close_to(mark)
            self._add(mark, after.start if after else len(self.text))
        self._close(0, _conclusion(self.text, marks[-1].stop))
        return self.sections, self.faults

    def _close_to(self, mark: _Mark) -> None:
        """Close what cannot contain the mark: its own style if open, else all that ranks at or below it."""
        sections, start, style = self.sections, mark.start, mark.style
        at = -1
        for k, index in enumerate(self.open):
            section = sections[index]
            if 0 <= section.stop <= start:
                self._close(k, start)
                break
            if at < 0 and section.style == style:
                at = k
        if at < 0:
            rank = _RANK[style]
            at = len(self.open)
            while at and _RANK.get(sections[self.open[at - 1]].style, -2) >= rank:  # -2: groups
                at -= 1
        lead = self._lead_in(mark, at)
        self._close(at, start if lead is None else lead)
        if lead is not None:
            parent = self.open[-1] if self.open else -1
            heading = self.text[lead:mark.start].strip().rstrip("：:")
            self.open.append(len(self.sections))
            self.sections.append(Section(parent, len(self.open), "", heading, lead, -1, "group", None))
            if mark.style == "han":  # paragraphs of a statute each have their own （一）
                self.faults.append(Fault(mark.start, mark.stop, f"{self.text[mark.start:mark.stop]} starts a second list"))

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

    def _add(self, mark: _Mark, until: int) -> None:
        parent = self.open[-1] if self.open else -1
        marker = self.text[mark.start:mark.stop]
        if mark.number is not None and mark.style != "word":
            self._check_number(mark, marker, parent)
        if mark.style in _WRITTEN_ALIKE:
            self._check_writing(mark, marker, parent)
        self.open.append(len(self.sections))
        stop = -1 if mark.limit is None else mark.limit
        heading = self._heading(mark, until)
        self.sections.append(Section(parent, len(self.open), marker, heading, mark.start, stop, mark.style, mark.number))

    def _close(self, at: int, stop: int) -> None:
        for index in self.open[at:]:
            section = self.sections[index]
            section.stop = min(section.stop, stop) if section.stop >= 0 else stop
            while section.stop > section.start and self.text[section.stop - 1] in "\n \u3000":
                section.stop -= 1
        del self.open[at:]

    def _heading(self, mark: _Mark, until: int) -> str:
        if mark.style == "article":
            caption = _CAPTION.match(self.text, mark.stop)
            return (caption[1] or caption[2]) if caption else ""
        start = mark.stop
        if mark.style in _STATUTE:  # the heading may stand in the next line
            line_end = self.text.find("\n", start)
            if 0 <= line_end < until and not self.text[start:line_end].strip():
                after = self.text[line_end + 1:until].partition("\n")[0]
                start = line_end + 1 if after and len(after) <= LONGEST_HEADING // 2 and after[-1] not in _PROSE_END else start
        end = (_ASPECT_END if mark.style == "aspect" else _HEADING_END).search(self.text, start)
        stop = end.start() if end else len(self.text)
        if mark.style in _IN_PROSE:
            stop = min(stop, until)
        heading = self.text[start:stop].strip(_BESIDE_IN_PROSE if mark.style in _IN_PROSE else _BESIDE_HEADINGS)
        return heading if len(heading) <= LONGEST_HEADING else ""

    def _check_writing(self, mark: _Mark, marker: str, parent: int) -> None:
        before = self.writing.get((parent, mark.style))
        self.writing[parent, mark.style] = marker
        if before and mark.number != 1 and (marker[-1] != before[-1] or _bracket(marker) != _bracket(before)):
            self.faults.append(Fault(mark.start, mark.stop, f"{marker} is written otherwise than {before}"))

    def _check_number(self, mark: _Mark, marker: str, parent: int) -> None:
        # Articles run on through a whole statute and chapters may run on through its parts; all else counts anew per parent.
        runs_on = mark.style in ("article", "chapter")
        before = self.last_anywhere.get(mark.style) if runs_on else self.last.get((parent, mark.style))
        self.last[parent, mark.style] = self.last_anywhere[mark.style] = mark.number
        if before is None:
            detail = "" if mark.number == 1 else f"{marker} is the first of its list"
        elif mark.number == before + 1 or (mark.style == "chapter" and mark.number == 1) or "之" in marker:
            detail = ""
        elif mark.number == before:
            detail = f"{marker} stands twice"
        elif mark.number == 1:  # a run-in list may follow another
            detail = "" if mark.style in _IN_PROSE else f"{marker} starts again after {before}"
        else:
            detail = f"{marker} follows {before}"
        if detail:
            self.faults.append(Fault(mark.start, mark.stop, detail))
