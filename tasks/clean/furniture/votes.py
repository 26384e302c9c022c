"""What tags say about the lines of a rendered page, set beside what its words say; the surer of the two wins, line by line.

    marks by words (furnish)  +  blocks  ->  marks

Tags are sure of furniture where the page's author named it (nav, footer, a class called comment), where a line outside the
body is made of links, and where a line lies behind a body that holds nearly all prose of the page. They are sure of an
author's words where a sentence stands inside that body. Between the headline and the body stand names and dates, which split
reads: there only named furniture and lists of links leave. A body may lie in several elements side by side.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import pyarrow as pa

from tasks.clean.furniture.furnish import furnish
from tasks.clean.furniture.tagged import SPECIMENS
from tasks.text.credits import read_credits
from tasks.text.heads import folded
from tasks.text.ledger import CUT, REPLACE, Ledger, Link, Mark
from tasks.text.lines import SENTENCE_END, han_count
from tasks.text.rule import Rule

BODY_SHARE = 0.8  # of the page's prose, that one element must hold to be its body
NAMED_SHARE = 0.45  # where its author calls it the article
PART_SHARE, ALL_PARTS = 0.15, 0.9  # of a body's prose: what one of several parts holds at least, and all of them together
MIN_PROSE = 80  # characters
OTHER_SHARE = 0.3  # of all prose: where less stands outside comments and lists, their names mislead
NAMED_LIMIT = 0.3  # of the body's prose: an element called "comment" that holds more is something else
LOST_SHARE = 0.5  # of the body's prose, that words must have taken before tags give it back
LINKED = 0.6  # link density of a line made of links
CREDIT_LINES = 4  # below the body, in which editors are named
REGIONS = frozenset(("page.head-region", "page.tail-region"))

_LABELS = (
    ("breadcrumb", "breadcrumb", r"bread[-_]?crumbs?|crumbs?"),
    ("comment", "comment", r"comments?|gentie|pinglun|reply|replies|tie-\w+|post[-_]?comment"),
    ("share", "share_widget", r"share\w*|bdshare\w*|jiathis\w*|social\w*|font[-_]?size|qr[-_]?code"),
    (
        "related",
        "related_link",
        r"relate[ds]?|relevant|recommend\w*|tuijian|hot[-_]?\w*|rank\w*|top[-_]?list|read[-_]?more|more[-_]?news|guess\w*",
    ),
    ("pager", "pagination", r"pager|pagination|page[-_]?nav\w*|pages?[-_]?box"),
    ("copyright", "copyright", r"copy[-_]?right|disclaimer|statement|foot(?:er)?|icp|bottom[-_]?nav"),
    ("promo", "promo_contact", r"ads?|advert\w*|ad-\w+|promo\w*|banner|app[-_]?(?:down|open)\w*|subscribe\w*|sponsor\w*"),
    ("nav", "nav", r"nav\w*|menu|side[-_]?bar|aside|tool[-_]?bar|login|search\w*|top[-_]?bar|site[-_]?map|channel[-_]?list"),
)
_NAMES = tuple((rule, label, re.compile(rf"(?:^|[._-])(?:{words})(?:$|[._-])")) for rule, label, words in _LABELS)
_TAGS = {"nav": "nav", "footer": "copyright", "aside": "nav", "menu": "nav", "form": "nav", "button": "nav", "dialog": "nav"}
_ARTICLE = re.compile(
    r"(?:^|[._-])(?:(?:article|arti|art|content|main|news|post|detail|entry|story|text)[-_]?(?:body|content|text|con|txt|detail|article|main)"
    r"|article|content|trs[-_]?(?:editor|uews\w*)|zoom|zhengwen)(?:$|[._-])"
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_SMALL = frozenset("p h1 h2 h3 h4 h5 h6 li dt dd tr blockquote pre".split())

_WHYS = (
    *(
        (rule, label, f"The page's author called the element that holds the line {rule}, and it holds little prose.")
        for rule, label, _ in _NAMES
    ),
    ("links", "nav", "A line outside the body that is made of links."),
    ("after", "nav", "A line behind the element that holds nearly all prose of the page."),
    ("before", "nav", "A line above the headline, outside the element that holds nearly all prose of the page."),
)
RULES: tuple[Rule, ...] = tuple(
    Rule(f"page.html.{rule}", label, why, cuts=SPECIMENS[rule][0], keeps=SPECIMENS[rule][1]) for rule, label, why in _WHYS
)
_RULE_OF = {rule.removeprefix("page.html."): (rule, label) for rule, label in ((r.id, r.label) for r in RULES)}


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the rendering: its span, the elements around it from outside in (number, name), and its links."""

    start: int
    stop: int
    tag: str
    around: tuple[tuple[int, str], ...]
    link_density: float
    links: str


@dataclass(frozen=True, slots=True)
class Tags:
    """The blocks of one document, by start."""

    blocks: list[Block]


def tags_of(blocks: pa.Table | None) -> dict[str, Tags]:
    """Blocks by document; a document that is no rendering has none."""
    found: dict[str, list[Block]] = defaultdict(list)
    if blocks is None or not blocks.num_rows:
        return {}
    names = ("doc_id", "start", "stop", "tag", "path", "trail", "link_density", "links")
    for doc, start, stop, tag, path, trail, density, links in zip(*(blocks[n].to_pylist() for n in names), strict=True):
        numbers, around = trail.split(".") if trail else [], path.split("/")
        pairs = tuple((int(n), name) for n, name in zip(reversed(numbers), reversed(around), strict=False))[::-1]
        found[doc].append(Block(start, stop, tag, pairs, density, links))
    return {doc: Tags(sorted(mine, key=lambda b: b.start)) for doc, mine in found.items()}


def furnish_by_tags(ledger: Ledger, tags: Tags) -> Ledger:
    """Mark furniture by words, then by tags; returns the ledger that holds both."""
    furnish(ledger)
    page = _Page.of(ledger.text, tags.blocks)
    if page is not None:
        ledger = _restored(ledger, page)
        _fill(ledger, page.furniture(ledger))
        ledger.links += page.links(ledger)
    starts = [b.start for b in tags.blocks]
    ledger.links = [_addressed(link, tags.blocks, starts) for link in ledger.links]
    return ledger


@dataclass(slots=True)
class _Page:
    """The page's blocks and its body: the number of the element that holds the article, and its first and last block."""

    text: str
    blocks: list[Block]
    weight: dict[int, int]
    body: int
    bodies: frozenset[int]  # the parts of the body that hold its prose, or itself
    first: int
    last: int
    sure: bool  # it holds nearly all prose of the page
    named: bool  # its author calls it the article
    headline: int  # last block above the body that is a first heading; -1 for none

    @classmethod
    def of(cls, text: str, blocks: list[Block]) -> _Page | None:
        weight: dict[int, int] = defaultdict(int)
        depth: dict[int, int] = {}
        named: set[int] = set()
        total = 0
        for b in blocks:
            prose = _prose(text[b.start : b.stop]) if b.link_density < 0.5 else 0
            if not prose:
                continue
            if not any(map(_is_other, (name for _, name in b.around))):
                total += prose
            for level, (number, name) in enumerate(b.around):
                weight[number] += prose
                if name.partition(".")[0] in _SMALL:
                    continue
                depth[number] = max(level, depth.get(number, 0))
                if name.partition(".")[0] in ("article", "main") or _ARTICLE.search(name):
                    named.add(number)
        total = max(total, OTHER_SHARE * max(weight.values(), default=0))
        if total < MIN_PROSE:
            return None
        called = [n for n in depth if n in named and weight[n] >= NAMED_SHARE * total]
        holders = called or [n for n in depth if weight[n] >= BODY_SHARE * total]
        if not holders:
            return None
        body = max(holders)  # elements are numbered as they open: of those that hold each other the innermost is last
        bodies = _parts_of(text, blocks, weight, body) or frozenset((body,))
        within = [i for i, b in enumerate(blocks) if any(n in bodies for n, _ in b.around)]
        headline = next((k for k in range(within[0] - 1, -1, -1) if blocks[k].tag == "h1"), -1)
        return cls(text, blocks, weight, body, bodies, within[0], within[-1], weight[body] >= BODY_SHARE * total, bool(called), headline)

    def inside(self, i: int) -> bool:
        return any(n in self.bodies for n, _ in self.blocks[i].around)

    def role(self, i: int) -> str | None:
        """What an element around a line is called, where that is a name of furniture and the element holds little prose."""
        for number, name in reversed(self.blocks[i].around):
            if number == self.body or number in self.bodies:
                return None
            if name.partition(".")[0] in _HEADINGS and self.inside(i):
                continue  # a heading of the article, whatever it is called
            if self.weight.get(number, 0) > NAMED_LIMIT * self.weight[self.body]:
                continue
            if found := _role_of(name):
                return found
        return None

    def verdict(self, i: int) -> tuple[str, float] | None:
        """The rule by which tags take a line, and how sure they are."""
        b = self.blocks[i]
        role = self.role(i)
        if self.inside(i):
            linked = b.link_density >= LINKED or not _prose(self.text[b.start : b.stop])
            return (role, 0.8) if role and linked else None
        said = self.text[b.start : b.stop]
        if b.tag == "h1":
            return None
        if role:
            return role, 0.9
        if b.link_density >= LINKED and len(said) > 1 and not any(c.isdigit() for c in said):
            return "links", 0.85
        if self.sure and i > self.last:
            credited = i <= self.last + CREDIT_LINES and read_credits(folded(said.strip()))
            return None if credited else ("after", 0.8)
        if self.sure and i < self.headline and not any(c.isdigit() for c in said):
            return "before", 0.8
        return None

    def furniture(self, ledger: Ledger) -> Iterator[Mark]:
        for i, b in enumerate(self.blocks):
            found = self.verdict(i)
            if found is None or not ledger.shown(b.start, b.stop).strip():
                continue
            rule, label = _RULE_OF[found[0]]
            yield Mark(b.start, b.stop, CUT, label, rule, confidence=found[1])

    def links(self, ledger: Ledger) -> Iterator[Link]:
        """Related links that the page lists under that name; those that words found are listed already."""
        known = {link.start for link in ledger.links}
        for i, b in enumerate(self.blocks):
            if b.link_density < LINKED or self.role(i) != "related":
                continue
            for start, stop, url in json.loads(b.links):
                title = self.text[start:stop].strip()
                if start not in known and han_count(title) >= 4:
                    yield Link(start, stop, title, url=url)


def _parts_of(text: str, blocks: list[Block], weight: dict[int, int], body: int) -> frozenset[int]:
    """
    Where a body's prose lies in two or more elements side by side and nowhere else in it, those elements: what stands between
    them (an advertisement, a list) is no part of the article because its page is. Empty where the body itself holds prose.
    """
    shares: dict[int, int] = defaultdict(int)
    for b in blocks:
        prose = _prose(text[b.start : b.stop]) if b.link_density < 0.5 else 0
        at = next((k for k, (n, _) in enumerate(b.around) if n == body), None)
        if not prose or at is None:
            continue
        if at + 1 >= len(b.around) or b.around[at + 1][1].partition(".")[0] in _SMALL:
            return frozenset()
        if not _is_other(b.around[at + 1][1]):
            shares[b.around[at + 1][0]] += prose
    parts = frozenset(n for n, prose in shares.items() if prose >= PART_SHARE * weight[body])
    return parts if len(parts) >= 2 and sum(shares[n] for n in parts) >= ALL_PARTS * weight[body] else frozenset()


@lru_cache(maxsize=4096)
def _is_other(name: str) -> bool:
    """Whether an element holds other people's words: comments, summaries of other articles."""
    return _role_of(name) in ("comment", "related", "promo", "nav")


@lru_cache(maxsize=4096)
def _role_of(name: str) -> str | None:
    tag, _, words = name.partition(".")
    if words:
        for rule, _, pattern in _NAMES:
            if pattern.search(words):
                return rule
    return _TAGS.get(tag)


def _prose(line: str) -> int:
    """Length of a line where it is running text, else 0."""
    line = line.strip()
    return len(line) if len(line) >= 20 and ("。" in line or SENTENCE_END.search(line) or line.count("，") >= 2) else 0


def _restored(ledger: Ledger, page: _Page) -> Ledger:
    """
    Where words took most of what the author calls the article, only because of its place, its sentences come back,
    with the repairs inside them. A small part may well be a summary of something else in the same element.
    """
    if not page.named:
        return ledger
    back = [
        (b.start, b.stop)
        for i, b in enumerate(page.blocks)
        if page.inside(i)
        and page.role(i) is None
        and b.link_density < 0.3
        and _prose(page.text[b.start : b.stop])
        and any(m.rule_id in REGIONS for m in ledger.within(b.start, b.stop))
    ]
    if sum(stop - start for start, stop in back) < LOST_SHARE * page.weight[page.body]:
        return ledger
    marks = []
    spans = iter(back)
    span = next(spans)
    for m in ledger.marks:
        while span and span[1] <= m.start:
            span = next(spans, None)
        if span and span[0] <= m.start:
            if m.rule_id in REGIONS:
                continue
            if m.action == CUT and m.repaired_text and not m.rule_id.startswith("page."):
                m = replace(m, action=REPLACE, after=m.repaired_text, repaired_text=None)
        marks.append(m)
    restored = Ledger.of(ledger.text, marks)
    restored.flags, restored.links = ledger.flags, ledger.links
    return restored


def _addressed(link: Link, blocks: list[Block], starts: list[int]) -> Link:
    """A link that words found, with the address that its tag has."""
    at = bisect_right(starts, link.start) - 1
    if link.url is not None or at < 0:
        return link
    urls = (u for start, stop, u in json.loads(blocks[at].links) if start < link.stop and link.start < stop)
    return replace(link, url=next(urls, None))


def _fill(ledger: Ledger, marks: Iterator[Mark]) -> None:
    """Own the spans of many marks, most of which touch no other: those in one merge."""
    free, touching = [], []
    for mark in marks:
        (touching if ledger.within(mark.start, mark.stop) else free).append(mark)
    ledger.add_sorted(free)
    for mark in touching:
        ledger.fill(mark)
