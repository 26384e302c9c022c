"""Where the body of a page lies, and what above and below it may leave.

The body is the run of lines with the greatest sum of scores: sentence ends and commas count for it, anchors and bare
short lines against it. A region outside the body leaves only where anchors prove furniture, only on their far side, and
never with the title and the date line, which split reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise

from tasks.clean.furniture.anchors import HIJACK, THREAD, Kind, anchor
from tasks.clean.furniture.blocks import DatedLink, dated_link, is_link_farm, is_periodic, link_runs
from tasks.clean.furniture.hijack import hijacked
from tasks.clean.furniture.signs import JUDGED, Owned, has_page_words, owned_all
from tasks.clean.furniture.threads import find_threads
from tasks.text.credits import read_credits
from tasks.text.heads import SUBTITLE, date_line, is_name, title_like, title_line
from tasks.text.lines import NUMBERED, Found, bigrams, breadcrumb, ends_clause, ends_sentence, han_count, is_prose

CLOSING = frozenset(("page.related-header", "page.comment", "page.copyright", "page.legal", "page.disclaimer", "page.neighbour"))
CLOSED_AFTER = 150  # characters of running text above a closing line
FURNISHED_SHARE = 0.6  # share of lines below it that are no running text
LONG_PROSE = 60  # a paragraph of this length above the body stays unless it is proven
FEW_ANCHORS = 4  # anchors that a page without running text needs
HEAD_REACH = 40
REMEMBERED = 4096  # lines whose nature is remembered: every step over a page asks for it
ITEM_REACH = 12
MIN_RUNNING = 100  # characters of running text a body must have before a region may leave
OWN_LINES = 4  # in a row, without a sentence: verse above the date line of a comment
FEW_LINES = 8  # a region this small needs one anchor, a larger one two
BESIDE_DATES = frozenset(("page.bar", "page.share", "page.comment", "page.nav"))
PASSING = frozenset(("page.ad", "page.related-box", HIJACK.rule))  # kinds that stand between paragraphs as well
# None of these bounds verse or a table.
EVERYWHERE = PASSING | {"page.promo", "page.compiler-intro", "page.share", "page.pager", "page.comment"}
BETWEEN = EVERYWHERE - {"page.comment"}
MOST_BOX_LINES = 6  # a longer list inside a body is a list of the author
TITLE_WINDOW = 15
TOPIC_LINES = 40
TITLE_OVERLAP = 0.5

_LEAVE = re.compile(
    r"(?:再次|最后,?，?|衷心)?(?:谢谢|感谢)(?:大家|各位\S{0,6}|你们|您)?[!！。.]{0,3}|此致|敬礼[!！。]?|顺颂\S{2,4}|祝好[!！。]?"
)
_CALLS = "！？!?"
_PROSE_ENDS = frozenset("。；;，,、")
_PAUSES = ",，、；;"
_DATE_ENDS = frozenset("日前])）")
_DATE_TAIL = re.compile(r"(?:\d{1,2}[-/月]\d{1,2}日?|\d{1,2}:\d\d|(?<!\d)\d++\s*+(?:秒|分钟|小时|天)前)\s*[\])）]?$")


@dataclass(slots=True)
class Page:
    """What is known of each line that shows anything: `lines[i]` is stripped and folded."""

    lines: list[str]
    kinds: list[Kind | None] = field(default_factory=list)
    credits: list[list[Found] | None] = field(default_factory=list)
    crumbs: list[list[tuple[int, int]] | None] = field(default_factory=list)
    links: list[DatedLink | None] = field(default_factory=list)
    listed: set[int] = field(default_factory=set)
    farms: set[int] = field(default_factory=set)
    periodic: set[int] = field(default_factory=set)
    _owned: list[Owned] | None = None

    @classmethod
    def of(cls, lines: list[str]) -> Page:
        page = cls(lines, links=[dated_link(line) for line in lines])
        page.listed = link_runs(page.links)
        for i, line in enumerate(lines):
            kind = anchor(line)
            short = len(line) <= 120 and line[-1] not in _PROSE_ENDS
            credits = read_credits(line) if short and (kind is None or kind.rule in BESIDE_DATES) and i not in page.listed else None
            if kind is not None and credits is not None:
                if any(f.field == "published_at" for f in credits):
                    kind = None  # a date line with counters and buttons is a date line
                else:
                    credits = None
            page.kinds.append(kind)
            page.credits.append(credits)
            page.crumbs.append(breadcrumb(line) if short and credits is None else None)
            if is_link_farm(line):
                page.farms.add(i)
            elif short and len(line) >= 9 and is_periodic(line):
                page.periodic.add(i)
        for i in (i for thread in find_threads(lines) for i in range(*thread)):
            page.kinds[i], page.credits[i], page.crumbs[i] = THREAD, None, None
        for i in hijacked(lines):
            page.kinds[i], page.credits[i], page.crumbs[i] = HIJACK, None, None
        page._drop_weak_kinds()
        return page

    def _drop_weak_kinds(self) -> None:
        """Kinds that authors write as well prove nothing on a page that has no certain furniture."""
        if not any(self.is_editor(i) or (self.proves(i) and (self.kinds[i] is None or self.kinds[i].sure)) for i in range(len(self.lines))):
            self.kinds = [None] * len(self.lines)

    def owned(self) -> list[Owned]:
        """What words of pages own of each line's beginning; counted once, when first asked for."""
        if self._owned is None:
            self._owned = owned_all([line[:JUDGED] for line in self.lines])
        return self._owned

    def is_furnished(self) -> bool:
        """Whether any line is evidence of furniture."""
        return any(map(self.proves, range(len(self.lines)))) or any(map(self.is_editor, range(len(self.lines))))

    def is_editor(self, i: int) -> bool:
        """A line that credits editors and nothing else: the end of an article."""
        return bool(self.credits[i]) and all(f.field == "editor" for f in self.credits[i])

    def proves(self, i: int) -> bool:
        """Whether a line is evidence of furniture."""
        return self.kinds[i] is not None or self.crumbs[i] is not None or i in self.listed or i in self.farms or i in self.periodic

    def introduces(self, i: int) -> bool:
        """A compiler's sentence: it stands below the title of a collection, and bounds nothing above it."""
        kind = self.kinds[i]
        return kind is not None and kind.rule == "page.compiler-intro"

    def is_weak(self, i: int) -> bool:
        """A line whose kind authors write as well: a notice, too, asks in a whole sentence to scan a code."""
        kind = self.kinds[i]
        return kind is not None and (not kind.sure or (kind.rule == "page.promo" and self.lines[i].endswith("。")))

    def closes(self, i: int) -> bool:
        """A line that pages put below an article: editors, statements, headers of lists and of comments."""
        if self.is_weak(i) and not (i + 1 < len(self.lines) and self.proves(i + 1)):
            return False
        return self.is_editor(i) or (self.kinds[i] is not None and self.kinds[i].rule in CLOSING)

    def boxes(self, first: int, end: int) -> set[int]:
        """Headers of link lists inside the body with the bare titles below them, where running text follows."""
        found: set[int] = set()
        for i in range(first, end):
            kind = self.kinds[i]
            if kind is None or kind.rule != "page.related-header" or self.is_weak(i):
                continue
            stop = i + 1
            while stop < end and stop - i <= MOST_BOX_LINES and self.is_bare_title(stop):
                stop += 1
            if stop < end and stop - i <= MOST_BOX_LINES and (running_text(self.lines[stop]) or NUMBERED.match(self.lines[stop])):
                found.update(range(i, stop))
        return found

    def is_bare_title(self, i: int) -> bool:
        """A short line without a sentence's end, a number or a label: a headline of another article."""
        line = self.lines[i]
        return 4 <= len(line) <= 40 and not ends_clause(line) and not NUMBERED.match(line) and line[0] not in "【（("

    def passes(self, i: int, kinds: frozenset[str] = PASSING) -> bool:
        """A line of furniture that pages put between two paragraphs, too."""
        kind = self.kinds[i]
        return kind is not None and kind.rule in kinds

    def score(self, i: int) -> float:
        line = self.lines[i]
        if self.is_editor(i):
            return -20
        if self.proves(i):
            return -20 if self.closes(i) else -10
        if self.credits[i] is not None:
            return -4
        if (line[-1] in _DATE_ENDS or line[-1].isdigit() or line[-1].isspace()) and _DATE_TAIL.search(line):
            return -3
        stops, calls = line.count("。"), sum(map(line.count, _CALLS))
        if is_item(line):
            calls += 2  # an item of a list that ends a clause is the author's
        return 9 * min(stops, 6) + 4 * min(calls, 3) + min(sum(map(line.count, _PAUSES)), 12) + 4 * ends_sentence(line) - 2


@dataclass(frozen=True, slots=True)
class Regions:
    """Lines that leave: above the body, below it; and lines that an anchor inside the body takes alone."""

    head: list[int]
    tail: list[int]
    body: tuple[int, int]  # first line, one past the last
    running: int  # characters of running text in the body
    anchors: int


def find_regions(page: Page) -> Regions:
    """Decide which lines of a page leave as a region."""
    n = len(page.lines)
    first, end = _body(page)
    if end:
        end = _with_items(page, end)
    running = sum(map(running_text, page.lines[first:end]))
    anchors = sum(page.proves(i) for i in range(n))
    if running < MIN_RUNNING:
        return _without_running_text(page, anchors)
    head: list[int] = []
    above = [i for i in range(first) if page.proves(i)]
    if len(above) >= 2 or (above and (first <= FEW_LINES or page.crumbs[above[0]] is not None)):
        keep, _ = head_metadata(page, first, end)
        dated = any(page.credits[i] for i in keep)
        bounding = [i for i in above if not page.introduces(i)]
        last = bounding[-1] if bounding else -1
        if dated and bounding and min(keep) <= last + TITLE_WINDOW:
            last = max(last, min(keep) - 1)
        head = [i for i in range(first) if i not in keep and (i <= last or page.introduces(i) or not han_count(page.lines[i]))]
        head = [i for i in head if page.proves(i) or (running_text(page.lines[i]) < LONG_PROSE and not is_item(page.lines[i]))]
    tail: list[int] = []
    below = [i for i in range(end, n) if page.proves(i) or page.is_editor(i)]
    if below and (page.is_weak(below[0]) or page.passes(below[0], BETWEEN)):
        goes_on = _going_on(page)
        while below and _opens_nothing(page, below, goes_on):
            below.pop(0)
    if len(below) >= 2 or (below and n - end <= FEW_LINES and page.proves(below[0])):
        tail = [i for i in range(below[0], n) if not _is_foot_credit(page, i, below[0]) and not takes_leave(page, i)]
    return Regions(head, tail, (first, end), running, anchors)


def _without_running_text(page: Page, anchors: int) -> Regions:
    """
    Regions of a page whose body has no sentences: verse, a list, a table.

    Only what the date line and the anchors themselves bound leaves: above the title, and below a line from which on most lines
    are proven.
    """
    n = len(page.lines)
    proofs = [page.proves(i) or page.is_editor(i) for i in range(n)]
    nothing = Regions([], [], (0, 0), 0, anchors)
    if anchors < FEW_ANCHORS:
        return nothing
    credits = {i: c for i in range(min(n, HEAD_REACH)) if (c := page.credits[i]) is not None and not proofs[i]}
    dated = date_line(page.lines[:HEAD_REACH], credits, True)
    if dated is None:
        return nothing
    keep, _ = head_metadata(page, dated + 1, dated + 1)
    head = [i for i in range(min(keep, default=0)) if i not in keep] if any(proofs[: min(keep, default=0)]) else []
    if _may_be_authors(page, head):
        return nothing  # the date line is that of a comment or of another article, below the words of this one
    tail: list[int] = []
    proven = list(accumulate(proofs, initial=0))
    for i in range(dated + 1, n):
        if proofs[i] and not page.is_weak(i) and not page.passes(i, EVERYWHERE) and proven[n] - proven[i] >= max(3, 0.6 * (n - i)):
            tail = [k for k in range(i, n) if not _is_foot_credit(page, k, i)]
            break
    return Regions(head, tail, (dated + 1, tail[0] if tail else n), 0, anchors)


def _may_be_authors(page: Page, head: list[int]) -> bool:
    """Whether lines above a date line hold a sentence, or several lines in a row that neither prove anything nor speak of pages."""
    row = 0
    for i in head:
        row = 0 if page.proves(i) or has_page_words(page.lines[i], page.owned()[i]) else row + 1
        if row >= OWN_LINES or (row and running_text(page.lines[i])):
            return True
    return False


@lru_cache(maxsize=REMEMBERED)
def running_text(line: str) -> int:
    """Length of a line where it is running text, else 0."""
    return len(line) if (len(line) >= 20 and ("。" in line or ends_sentence(line))) or is_item(line) else 0


@lru_cache(maxsize=REMEMBERED)
def is_item(line: str) -> bool:
    """A numbered item or provision that ends a clause: hit lists number headlines, which end none."""
    return len(line) >= 8 and line[-1] in "。；;：:" and NUMBERED.match(line) is not None


def is_provision(line: str) -> bool:
    """An item numbered as only authors number: sites, too, number their statements 1、 and 2、."""
    return is_item(line) and not line[0].isdigit()


def _body(page: Page) -> tuple[int, int]:
    """The run of lines with the greatest sum of scores, above the line that closes the article; (0, 0) for none."""
    best, span, total, start = 0.0, (0, 0), 0.0, 0
    for i in range(_closing_line(page)):
        if total <= 0:
            total, start = 0.0, i
        total += page.score(i)
        if total > best:
            best, span = total, (start, i + 1)
    return span


def _opens_nothing(page: Page, below: list[int], goes_on: list[bool]) -> bool:
    """What stands between paragraphs as well opens no region by itself, nor where the article goes on behind it."""
    first = below[0]
    if not (page.is_weak(first) or page.passes(first, BETWEEN)):
        return False
    alone = len(below) < 2 or below[1] > first + 1
    return goes_on[first + 1] or (alone and (page.is_weak(first) or (page.passes(first) and first + 1 < len(page.lines))))


def _going_on(page: Page) -> list[bool]:
    """For each line, and the end: whether from there on a paragraph comes before anything that no article has between paragraphs."""
    found = [False]
    for i in reversed(range(len(page.lines))):
        if page.proves(i) or page.is_editor(i):
            found.append(found[-1] and (page.is_weak(i) or page.passes(i, BETWEEN)))
        else:
            found.append(found[-1] or (running_text(page.lines[i]) > 0 and not has_page_words(page.lines[i])))
    return found[::-1]


def _with_items(page: Page, end: int) -> int:
    """The end of the body moved below the last numbered item: no page numbers sentences below its article."""
    for i in range(len(page.lines) - 1, end - 1, -1):
        if is_provision(page.lines[i]) and not page.proves(i):
            return i + 1
    return end


def _closing_line(page: Page) -> int:
    """
    The first line that closes an article, with running text above it and a page's furniture below; else the line count.

    Comments and recommended articles below are running text too; what tells them from a second article of the file is
    that most lines among them are not.
    """
    n = len(page.lines)
    running = [running_text(line) for line in page.lines]
    proofs = [page.proves(i) for i in range(n)]
    items = [is_provision(line) for line in page.lines]
    proven = list(accumulate(proofs, initial=0))
    bare = list(accumulate((p or not r for p, r in zip(proofs, running, strict=True)), initial=0))
    above = 0
    for i in range(n):
        if page.closes(i) and above >= CLOSED_AFTER and not _goes_on(running, proofs, items, i + 1):
            below = n - i
            if bare[n] - bare[i] >= FURNISHED_SHARE * below and (proven[n] - proven[i] >= 3 or below <= FEW_LINES):
                return i
        if not proofs[i]:
            above += running[i]
    return n


def _goes_on(running: list[int], proofs: list[bool], items: list[bool], at: int) -> bool:
    """Two paragraphs of running text in a row right below a line, or a numbered item soon: the article goes on."""
    if any(running[k] and not proofs[k] and items[k] for k in range(at, min(at + ITEM_REACH, len(running)))):
        return True
    text = [bool(running[k]) and not proofs[k] for k in range(at, min(at + 4, len(running)))]
    return any(a and b for a, b in pairwise(text))


def takes_leave(page: Page, i: int) -> bool:
    """The last words of a speech or a letter, which pages do not write."""
    return len(page.lines[i]) <= 16 and page.kinds[i] is None and _LEAVE.fullmatch(page.lines[i]) is not None


def _is_foot_credit(page: Page, i: int, first: int) -> bool:
    """Credits right below the article are read by split; further down they are those of other articles."""
    credits = page.credits[i]
    return credits is not None and i <= first + 3 and all(f.field in ("editor", "author", "source") for f in credits)


def head_metadata(page: Page, first: int, end: int) -> tuple[set[int], set[int]]:
    """Lines above the body that split reads: title, subtitle, names, date line; and which of them only stand below the date line."""
    lines = [line if not page.proves(i) else "" for i, line in enumerate(page.lines[:first])]
    topic: set[str] = set()
    for line in page.lines[first : min(end, first + TOPIC_LINES)]:
        if is_prose(line):
            topic |= bigrams(line)
    credits = {i: c for i in range(first) if (c := page.credits[i]) is not None}
    dated = date_line(lines, credits, True)
    keep, loose = set() if dated is None else {dated}, set()
    if dated is not None:
        low = max(0, dated - TITLE_WINDOW)
        title = title_line([*lines[low:dated], ""], {i - low: c for i, c in credits.items() if i >= low}, dated - low, True, topic)
        title = None if title is None else title + low
    else:
        title = _title_by_topic(lines, topic)
    if title is None:
        return keep, loose
    keep.add(title)
    if title + 1 < first and SUBTITLE.match(lines[title + 1]):
        keep.add(title + 1)
    for i in range(title + 1, first):
        near = dated is not None and abs(i - dated) <= 1
        below = dated is not None and i > dated and not page.proves(i) and han_count(lines[i]) > 0
        if i in credits or below or (near and is_name(lines[i])):
            keep.add(i)  # below the date line a body without sentences may begin: a list, verse
            if i not in credits and not (near and is_name(lines[i])):
                loose.add(i)
    return keep, loose


def _title_by_topic(lines: list[str], topic: set[str]) -> int | None:
    """Without a date line only a line whose words the body uses can be told from headlines of other articles."""
    best, best_share = None, TITLE_OVERLAP
    for i in range(max(0, len(lines) - TOPIC_LINES), len(lines)):
        grams = bigrams(lines[i])
        if len(lines[i]) < 8 or not title_like(lines[i]) or not grams:
            continue
        share = len(grams & topic) / len(grams)
        if share >= best_share:
            best, best_share = i, share
    return best
