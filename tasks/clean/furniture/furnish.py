"""The order of the steps over one document."""

from __future__ import annotations

import re

from tasks.clean.furniture import model, signs, vocabulary
from tasks.clean.furniture.absent import mark_absent
from tasks.clean.furniture.anchors import HIJACK, THREAD, Kind
from tasks.clean.furniture.blocks import date_first, link_runs
from tasks.clean.furniture.inline import learn_watermarks, mark_inline
from tasks.clean.furniture.leftovers import mark_leftovers
from tasks.clean.furniture.regions import (
    FEW_LINES,
    MIN_RUNNING,
    Page,
    Regions,
    find_regions,
    head_metadata,
    is_item,
    running_text,
    takes_leave,
)
from tasks.text.heads import folded_all
from tasks.text.ledger import CUT, META, Ledger, Line, Link, Mark
from tasks.text.lines import NUMBERED

# Kinds that leave inside the body too, where the page has other furniture: no author writes such a line.
INSIDE = frozenset(
    ("page.paywall", "page.promo", "page.share", "page.pager", "page.licence", "page.ad", "page.related-box", THREAD.rule, HIJACK.rule)
)
LONELY_ANCHORS = 3  # anchors a page needs before its certain lines leave although no body was found
LONGEST_UNNAMED = 150  # characters of running text that may be a page's own sentence
SURE_ALONE = 0.95  # probability from which a line leaves a page without any certain furniture: forms, too, ask for telephones
VERY_SURE, VERY_SURE_LINES, VERY_SURE_SHARE = 0.9, 3, 0.5  # of lines that open a tail in which no rule proves anything
BARE_ANCHORS = 2  # proven lines of a page without running text, on which the model has a say
SPEAKING_LINES = 2  # spelt in words of pages, that let the model judge a page without any certain furniture
_DATED_LINE = re.compile(r"\d[-/.]\d{1,2}[\])）]?\n")
_ATTACHED = re.compile(r"附(?:件|表|录|图|注)?\s?[\d一二三四五六七八九十]{0,3}\s?[.、]?\s?[:：]\s?\S")  # what an author adds
_UNENDED = frozenset("。！？!?…；;：:，,、）)”」』》")
_LAST_STEP = frozenset(("正文", "内容", "详情", "阅读", "文章", "正文页", "新闻正文", "详细内容", "内容详情"))
_LICENCE = re.compile(
    r"[\u4e00-\u9fff]{2,16}许可证(?:编?号)?+\s*+[:：(（]?+\s*+[\w\u4e00-\u9fff-]{0,6}\d{4,}号?\s*[)）]?"
    r"|[\u4e00-\u9fff]?ICP[备证]\s*\d{5,}号?(?:-\d{1,3})?|[\u4e00-\u9fff]公网安备\s*\d{8,}号?"
)
_CLAIM = re.compile(r"版\s*权\s*所\s*有|copyright\b|©|all rights reserved", re.IGNORECASE)
_KEYWORDS = re.compile(
    r"^\W*(?P<label>(?:相关热?词|关键词|标签|TAGS?)(?:搜索)?\s*[:：]\s*)(?P<words>.*?)\s*(?P<next>(?:热门|相关|推荐|最新)(?:文章|阅读|新闻)\s*[:：]?)?$",
    re.IGNORECASE,
)


def furnish(ledger: Ledger) -> None:
    """
    Mark the furniture of one page in its ledger, and list its related links.

    Expects the repairs to be marked: text is read as it stands after them.
    """
    mark_leftovers(ledger)
    text = ledger.view().shown
    if mark_absent(ledger, text) or not may_hold_furniture(text):
        return
    lines = list(ledger.view().lines())
    mark_inline(ledger, lines, folded_all([line.shown for line in lines]))
    lines = [line for line in ledger.view().lines() if line.shown.strip()]
    page = Page.of(folded_all([line.shown.strip() for line in lines]))
    if not page.is_furnished() and sum(map(signs.speaks_of_pages, page.lines)) < SPEAKING_LINES:
        return
    regions = find_regions(page)
    marks = _Marks(ledger, lines, page)
    _mark_regions(marks, page, regions)
    for mark in marks.made:
        ledger.fill(mark)
    _mark_unnamed(ledger, lines, page, regions)


def may_hold_furniture(text: str) -> bool:
    """Cheap test: no anchor's word, no dated lines and no repeated line ends mean that no rule can apply."""
    if vocabulary.PAGE.search(text) or _DATED_LINE.search(text):
        return True
    open_ends = [line for line in text.split("\n") if line and line[-1] not in _UNENDED]
    return len(open_ends) >= 3 and bool(learn_watermarks(open_ends))


def _mark_regions(marks: _Marks, page: Page, regions: Regions) -> None:
    first, end = regions.body
    last_crumb = max((i for i in regions.head if page.crumbs[i]), default=None)
    for where, region in (("head", regions.head), ("tail", regions.tail)):
        for i in region:
            if page.crumbs[i] is not None:
                marks.breadcrumb(i, as_site=i == last_crumb)
            elif i in page.listed:
                marks.link(i)
            else:
                marks.region_line(i, where)
    if regions.running == 0 or not (regions.head or regions.tail or regions.anchors >= 2):
        if regions.anchors < LONELY_ANCHORS:
            return
    left = set(regions.head) | set(regions.tail)
    for i in page.boxes(first, end) - left:
        left.add(i)
        if page.kinds[i] is not None:
            marks.anchored(i, page.kinds[i])
        else:
            marks.line(i, "related_link", "page.related-box", 0.9)
    for i in range(len(page.lines)):
        if i in left:
            continue
        if i in page.listed:
            marks.link(i)
        elif i in page.farms:
            marks.line(i, "link_farm", "page.link-farm")
        elif (kind := page.kinds[i]) is not None and not page.is_weak(i) and (kind.rule in INSIDE or not first <= i < end):
            marks.anchored(i, kind)


def _mark_unnamed(ledger: Ledger, lines: list[Line], page: Page, regions: Regions) -> None:
    """Lines that the model is sure of, less those that split reads and what rules have cut."""
    bare = regions.running < MIN_RUNNING  # verse, a list, a few words: only what speaks of pages may leave
    if bare and regions.anchors < BARE_ANCHORS:
        return
    first, end = regions.body
    open_zones = set() if bare else _open_zones(page, first, end)
    zones = [model.ZONES[z] for z in model.zones_of(page, regions.body).tolist()]
    dated = link_runs([page.lines[i] if zone == "tail" and date_first(page.lines[i]) else None for i, zone in enumerate(zones)])
    may_be = {
        i for i, line in enumerate(lines)
        if _may_be_unnamed(page, i, i in dated) and not (bare and page.crumbs[i]) and ledger.shown(line.start, line.stop).strip()
    }  # fmt: skip
    if not may_be:
        return
    found = model.judged(page, regions)
    if not bare:
        open_zones |= {"tail"} if _opens_tail(found, may_be, zones) else set()
    least = SURE_ALONE if bare or not page.is_furnished() else 0.0
    found = [
        (i, zone, p) for i, zone, p in found
        if i in may_be and p >= least and (zone in open_zones or signs.has_page_words(page.lines[i], page.owned()[i]))
    ]  # fmt: skip
    if not found:
        return
    kept, below = head_metadata(page, first, end) if any(zone == "head" for _, zone, _ in found) else ((), ())
    for i, zone, p in found:
        span = lines[i].start, lines[i].stop
        if i in kept and not (i in below and p >= SURE_ALONE and signs.has_page_words(page.lines[i], page.owned()[i])):
            continue
        if ledger.shown(*span).strip():
            ledger.fill(Mark(*span, CUT, "other", f"page.{zone}.model", confidence=round(p, 3)))


def _may_be_unnamed(page: Page, i: int, is_listed: bool) -> bool:
    """Whether the model has a say: no credits, nothing that authors number, and running text only where it speaks of pages."""
    line = page.lines[i]
    if (page.credits[i] is not None and not is_listed) or takes_leave(page, i):
        return False
    if _is_numbered(line) or _ATTACHED.match(line):
        return False
    return not running_text(line) or (len(line) <= LONGEST_UNNAMED and signs.has_page_words(line, page.owned()[i]))


def _open_zones(page: Page, first: int, end: int) -> set[str]:
    """Zones with evidence enough: two lines that are proven or speak of pages, or one in a few lines; inside, two anywhere."""
    n = len(page.lines)
    spoken = [page.proves(i) or page.is_editor(i) or signs.speaks_of_pages(page.lines[i]) for i in range(n)]
    found = {"inside"} if sum(spoken) >= 2 else set()
    for zone, of in (("head", spoken[:first]), ("tail", spoken[end:])):
        if sum(of) >= 2 or (sum(of) == 1 and len(of) <= FEW_LINES):
            found.add(zone)
    return found


def _opens_tail(found: list[tuple[int, str, float]], may_be: set[int], zones: list[str]) -> bool:
    """Whether the model takes most of what stands below the body, and is very sure of several lines."""
    sure = sum(zone == "tail" and i in may_be and p >= VERY_SURE for i, zone, p in found)
    return sure >= VERY_SURE_LINES and sure >= VERY_SURE_SHARE * zones.count("tail")


def _is_numbered(line: str) -> bool:
    """Numbered as authors number: headings, provisions, items that end a clause. Pages number headlines 1 and 2."""
    return is_item(line) or (NUMBERED.match(line) is not None and not line[0].isdigit())


class _Marks:
    """Marks of whole lines and their parts, made from one view and added later."""

    def __init__(self, ledger: Ledger, lines: list[Line], page: Page) -> None:
        self._ledger, self._view, self._lines, self._page = ledger, ledger.view(), lines, page
        self.made: list[Mark] = []

    def _span(self, i: int, start: int, stop: int) -> tuple[int, int]:
        line = self._lines[i]
        lead = line.shown_start + len(line.shown) - len(line.shown.lstrip())
        return self._view.raw_span(lead + start, lead + stop)

    def _printed(self, i: int) -> str:
        return self._lines[i].shown.strip()

    def part(self, i: int, start: int, stop: int, label: str, rule: str, value: str | None = None, confidence: float = 1.0) -> None:
        if stop > start:
            a, b = self._span(i, start, stop)
            self.made.append(Mark(a, b, CUT if value is None else META, label, rule, confidence=confidence, value=value))

    def line(self, i: int, label: str, rule: str, confidence: float = 1.0) -> None:
        self.part(i, 0, len(self._page.lines[i]), label, rule, None, confidence)

    def region_line(self, i: int, where: str) -> None:
        page = self._page
        if i in page.farms:
            self.line(i, "link_farm", "page.link-farm")
        elif i in page.periodic:
            self.line(i, "nav", "page.periodic")
        elif (kind := page.kinds[i]) is not None:
            self.anchored(i, kind)
        else:
            self.line(i, "nav", f"page.{where}-region", 0.9)

    def anchored(self, i: int, kind: Kind) -> None:
        if kind.rule == "page.licence":
            self._values(i, kind, "licence", _LICENCE)
        elif kind.rule == "page.related-header" and (m := _KEYWORDS.match(self._page.lines[i])) and m["words"]:
            a, b = m.span("words")
            self.part(i, 0, a, kind.label, kind.rule)
            self.part(i, a, b, "site_keywords", kind.rule, self._printed(i)[a:b])
            self.part(i, b, len(self._page.lines[i]), kind.label, kind.rule)
        else:
            self.line(i, kind.label, kind.rule)

    def _values(self, i: int, kind: Kind, field: str, pattern: re.Pattern[str]) -> None:
        line, printed, at = self._page.lines[i], self._printed(i), 0
        for m in pattern.finditer(line):
            claim = _CLAIM.search(line, at, m.start())
            middle = at if claim is None else claim.end()
            self.part(i, at, middle, "copyright", "page.copyright")
            self.part(i, middle, m.start(), kind.label, kind.rule)
            self.part(i, m.start(), m.end(), field, kind.rule, printed[m.start() : m.end()])
            at = m.end()
        self.part(i, at, len(line), kind.label, kind.rule)

    def breadcrumb(self, i: int, as_site: bool) -> None:
        steps = self._page.crumbs[i] or []
        printed = self._printed(i)
        names = [printed[a:b] for a, b in steps if self._page.lines[i][a:b] not in _LAST_STEP]
        if not as_site or not names:
            self.line(i, "breadcrumb", "page.breadcrumb")
            return
        self.part(i, 0, steps[0][0], "breadcrumb", "page.breadcrumb")
        self.part(i, steps[0][0], steps[-1][1], "site", "page.breadcrumb", " > ".join(names))
        self.part(i, steps[-1][1], len(printed), "breadcrumb", "page.breadcrumb")

    def link(self, i: int) -> None:
        link = self._page.links[i]
        a, b = self._span(i, *link.title)
        self._ledger.links.append(Link(a, b, self._printed(i)[slice(*link.title)], link.date, link.truncated))
        self.line(i, "related_link", "page.dated-link")
