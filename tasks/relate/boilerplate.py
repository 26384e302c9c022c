"""What the pages of one site repeat at one place, and no author wrote.

A line is proposed where it stands in kept text of at least `least` different articles, always near the same edge of the page, or
short and apart from its surroundings anywhere. It is not proposed where it could be an author's: a heading, a salutation, a
line in mid-body that reads as a sentence, running text that a second site has too, whatever makes up half of a page.
Copies of one article count once: a text that a site printed ten times has not been repeated by ten articles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tasks.relate.pages import Page
from tasks.relate.sites import Site, sites_of
from tasks.text.edges import BODY, FOOT, HEAD, REACH, is_authors, is_running
from tasks.text.lines import han_count

LONGEST = 300  # characters of a line that can be proposed
SHARE_EDGE = 0.05  # of a site's pages that must show a line at an edge: what five of thousands share is an author's formula
SHORTEST_HEADED = 7  # characters of a short line above running text whose place varies: below that it is a heading
LONGEST_BODY = 30  # in mid-body
SHORTEST_BODY = 5
SHARE_BODY = 0.3  # of a site's pages that must show a line of mid-body
APART = 0.8  # share of a mid-body line's places that must have different neighbours
BODY_SIGNS = frozenset("。；;，,！？!?：:、")
SAME_ARTICLE = 0.3  # share of the shorter page's running text by which two pages are one article
SAME_PAGE = 0.7  # the same, lines counted too that more than half of the site's pages have
SAME_TITLE = 0.2  # of a site's pages: a title that more of them share is the site's, not an article's
WINDOW = 8  # pages that share a line are compared with so many of their neighbours: a line of 10,000 pages costs no square
MOST_OF_PAGE = 0.5  # of a page's running text
MOST_IN_A_ROW = 2  # lines of running text that follow each other; a third is a body
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """Where a proposal was seen, with the lines around it."""

    doc_id: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One rule that a person may accept; fields as tasks/clean/mined says."""

    id: str
    site: str
    group: str
    context: tuple[str, ...]
    place: str
    reach: int
    lines: tuple[str, ...]
    label: str
    documents: int
    of: int
    stays_in: str
    examples: tuple[Example, ...]

    @property
    def why(self) -> str:
        where = {HEAD: "at the head", FOOT: "at the foot", BODY: "apart from its surroundings"}[self.place]
        what = f"Block of {len(self.lines)} lines" if len(self.lines) > 1 else "Line"
        return f"{what} {where} of {self.documents} different articles among {self.of} pages of {self.site or self.group}."


@dataclass(frozen=True, slots=True)
class _Place:
    page: Page
    at: int

    @property
    def foot(self) -> int:
        return len(self.page.lines) - 1 - self.at


def mine(pages: Sequence[Page], least: int = 5, only: str | None = None) -> list[Proposal]:
    """
    Proposals over all sites, or over the one named `only`; by site, place and first line.

    All pages are wanted, also when one site is asked for: what other sites print is what protects shared bodies.
    """
    sites, loose = sites_of(pages, max(2, least))
    homes: dict[str, set[str]] = defaultdict(set)  # running line -> sites whose kept text has it
    for name, members in [*((f"{n} {s.name}", s.pages) for n, s in enumerate(sites)), ("", loose)]:
        for page in members:
            for line, kept in zip(page.lines, page.kept, strict=True):
                if kept:
                    homes[line].add(name)
    found: list[Proposal] = []
    for site in sites:
        if only is None or only in (site.name, site.host):
            found += _of_site(site, least, {line for line, where in homes.items() if len(where) > 1})
    return found


def _of_site(site: Site, least: int, elsewhere: set[str]) -> list[Proposal]:
    articles = _articles(site.pages)
    places = _places(site.pages)
    chosen: dict[str, str] = {}
    for line, seen in places.items():
        different = len({articles[p.page.doc_id] for p in seen})
        if different >= least and (place := _place_of(line, seen, site, line in elsewhere)) is not None:
            chosen[line] = place
    chosen = _without_bodies(chosen, site.pages)
    return [p for block in _blocks(chosen, places) if (p := _proposal(block, chosen[block[0]], places, site, articles)) is not None]


def _places(pages: Iterable[Page]) -> dict[str, list[_Place]]:
    """Where each line stands in kept text, once a page; lines that stand twice on a page are the author's refrain."""
    found: dict[str, list[_Place]] = defaultdict(list)
    refrains: set[str] = set()
    for page in pages:
        counts = Counter(page.lines)
        for i, (line, kept) in enumerate(zip(page.lines, page.kept, strict=True)):
            if kept and len(line) <= LONGEST and han_count(line) + sum(c.isalnum() for c in line) >= 2:
                found[line].append(_Place(page, i))
                if counts[line] > 1 and is_running(line):
                    refrains.add(line)
    return {line: seen for line, seen in found.items() if len(seen) > 1 and line not in refrains}


def _place_of(line: str, seen: list[_Place], site: Site, elsewhere: bool) -> str | None:
    """The place to which a line is bound, or None where it may be an author's."""
    running = is_running(line)
    if is_authors(line) or (running and elsewhere):
        return None
    edges = {HEAD: max(p.at for p in seen), FOOT: max(p.foot for p in seen)}
    near = [place for place in (FOOT, HEAD) if edges[place] < REACH]
    spread = {HEAD: len({p.at for p in seen}), FOOT: len({p.foot for p in seen})}
    if not running and len(line) < SHORTEST_HEADED and min(spread.values()) > 1 and _heads_text(seen):
        return None
    if near:
        return min(near, key=lambda e: (spread[e], edges[e])) if len(seen) >= SHARE_EDGE * len(site.pages) else None
    if running or elsewhere or not SHORTEST_BODY <= len(line) <= LONGEST_BODY or set(line) & BODY_SIGNS:
        return None
    around = {_neighbours(p) for p in seen}
    return BODY if len(seen) >= SHARE_BODY * len(site.pages) and len(around) >= APART * len(seen) else None


def _heads_text(seen: list[_Place]) -> bool:
    return sum(is_running(_neighbours(p)[1]) for p in seen) >= APART * len(seen)


def _neighbours(p: _Place) -> tuple[str, str]:
    lines = p.page.lines
    return lines[p.at - 1] if p.at else "", lines[p.at + 1] if p.foot else ""


def _around(p: _Place, size: int) -> tuple[str, str]:
    return _neighbours(p)[0], _neighbours(_Place(p.page, p.at + size - 1))[1]


def _articles(pages: Sequence[Page]) -> dict[str, str]:
    """doc_id -> doc_id of the first page with the same article: the same title and text, or shared running text."""
    lines: dict[str, list[int]] = defaultdict(list)
    own: list[set[str]] = []
    for i, page in enumerate(pages):
        own.append({line for line, kept in zip(page.lines, page.kept, strict=True) if kept and is_running(line)})
        for line in own[i]:
            lines[line].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    alike: Counter[tuple[int, int]] = Counter()
    for line, where in lines.items():
        for k, i in enumerate(where):
            for j in where[k + 1 : k + 1 + WINDOW]:
                alike[i, j] += len(line)
                if len(where) <= max(2, len(pages) // 2):  # what more than half of the pages have may be no article's
                    shared[i, j] += len(line)
    sizes = [sum(map(len, mine)) for mine in own]
    parent = list(range(len(pages)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    for (i, j), size in alike.items():
        if size >= SAME_PAGE * max(sizes[i], sizes[j]) or shared[i, j] >= SAME_ARTICLE * min(sizes[i], sizes[j]):
            a, b = sorted((root(i), root(j)))
            parent[b] = a
    named = Counter(page.title for page in pages)
    titles: dict[str, str] = {}
    most = max(3, SAME_TITLE * len(pages))
    found = {}
    for i, page in enumerate(pages):
        first = pages[root(i)].doc_id
        found[page.doc_id] = titles.setdefault(page.title, first) if page.title and named[page.title] <= most else first
    return found


def _without_bodies(chosen: dict[str, str], pages: Iterable[Page]) -> dict[str, str]:
    """Leave out what is a body, whatever repeats it: running text of three lines in a row, or half of a page's."""
    refused: set[str] = set()
    for page in pages:
        mine: list[str] = []
        row: list[str] = []
        for line, kept in zip(page.lines, page.kept, strict=True):
            if kept and line in chosen and is_running(line):
                mine.append(line)
                row.append(line)
                if len(row) > MOST_IN_A_ROW:
                    refused.update(row)
            elif is_running(line):
                row.clear()
        if sum(map(len, mine)) > MOST_OF_PAGE * page.running:
            refused.update(mine)
    return {line: place for line, place in chosen.items() if line not in refused}


def _blocks(chosen: dict[str, str], places: dict[str, list[_Place]]) -> list[tuple[str, ...]]:
    """Chosen lines, joined where one always follows the other at the same place."""
    after: dict[str, str] = {}
    for line, place in chosen.items():
        follows = {_neighbours(p)[1] for p in places[line]}
        if len(follows) == 1 and (other := follows.pop()) in chosen and chosen[other] == place and other != line:
            if len(places[other]) == len(places[line]) and other not in after.values():
                after[line] = other
    heads = [line for line in chosen if line not in after.values()]
    blocks = []
    for line in heads:
        block = [line]
        while block[-1] in after and after[block[-1]] not in block:
            block.append(after[block[-1]])
        blocks.append(tuple(block))
    return sorted(blocks, key=lambda block: (chosen[block[0]], block))


def _proposal(
    block: tuple[str, ...], place: str, places: dict[str, list[_Place]], site: Site, articles: dict[str, str]
) -> Proposal | None:
    seen = sorted(places[block[0]], key=lambda p: p.page.doc_id)
    context = tuple(line for line in site.context if line not in block)
    if not site.host and not context:
        return None  # nothing would tell the site's pages from others
    outer = {HEAD: [p.at for p in seen], FOOT: [p.foot - len(block) + 1 for p in seen], BODY: [-1]}[place]
    running = any(map(is_running, block))
    examples = tuple(Example(p.page.doc_id, p.page.name, *_around(p, len(block))) for p in seen[:EXAMPLES])
    name = sha256("\n".join((site.host or site.name, place, *block)).encode()).hexdigest()[:8]
    return Proposal(
        id=f"mined.{name}",
        site=site.host,
        group=site.name,
        context=context,
        place=place,
        reach=max(outer) + 1,
        lines=block,
        label="other" if running else "nav",
        documents=len({articles[p.page.doc_id] for p in seen}),
        of=len(site.pages),
        stays_in=seen[0].page.doc_id if running else "",
        examples=examples,
    )
