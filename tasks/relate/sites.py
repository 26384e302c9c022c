"""Which pages belong to one site."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.relate.pages import Page
from tasks.text.edges import is_authors, is_running
from tasks.text.lines import han_count

CONTEXT_SHARE = 0.6  # share of a site's pages on which a line stands by which the site is known again
CONTEXT_LINES = 8
LONGEST_CONTEXT = 120  # characters


@dataclass(frozen=True, slots=True)
class Site:
    """Pages of one site. `host` is what a rule may name; '' where only shared lines tell the site."""

    name: str
    host: str
    pages: tuple[Page, ...]
    context: tuple[str, ...]


def sites_of(pages: Sequence[Page], least: int) -> tuple[list[Site], list[Page]]:
    """
    Sites with at least `least` pages, by name, and the pages that belong to none.

    Pages go by the site or host of their document, else by the site that they name themselves (a rule cannot ask for that, so
    it has no host), else by lines that stand at the edges of `least` pages or more: pages that share two of them, directly or
    through others, are one site.
    """
    named: dict[tuple[str, str], list[Page]] = defaultdict(list)
    nameless: list[Page] = []
    for page in sorted(pages, key=lambda p: p.doc_id):
        (named[page.site or page.told, page.site] if page.site or page.told else nameless).append(page)
    sites = []
    for (name, host), found in named.items():
        if len(found) >= least:
            sites.append(Site(name, host, tuple(found), _context(found)))
        else:
            nameless += found if not host else []
    loose = [p for (_, host), found in named.items() if len(found) < least and host for p in found]
    for found in _clusters(sorted(nameless, key=lambda p: p.doc_id), least):
        if len(found) < least:
            loose += found
            continue
        context = _context(found)
        sites.append(Site(f"pages with {context[0]}" if context else "pages of a kind", "", tuple(found), context))
    return sorted(sites, key=lambda s: (s.name, s.pages[0].doc_id)), loose


def _context(pages: Sequence[Page]) -> tuple[str, ...]:
    """Lines by which these pages are known, the most frequent first."""
    counts = Counter(line for page in pages for line in page.edges if _tells(line))
    often = [(-n, line) for line, n in counts.items() if n >= CONTEXT_SHARE * len(pages)]
    return tuple(line for _, line in sorted(often)[:CONTEXT_LINES])


def _tells(line: str) -> bool:
    """Whether a line can tell a site: authors' lines stand on pages of every site."""
    return len(line) <= LONGEST_CONTEXT and han_count(line) >= 2 and not is_running(line) and not is_authors(line)


def _clusters(pages: list[Page], least: int) -> list[list[Page]]:
    """Pages joined by pairs of frequent lines at their edges; running text joins none, since sites share articles."""
    counts = Counter(line for page in pages for line in page.edges if _tells(line))
    often = {line for line, n in counts.items() if n >= least}
    parent = list(range(len(pages)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    first: dict[tuple[str, str], int] = {}
    for i, page in enumerate(pages):
        mine = sorted(page.edges & often, key=lambda line: (-counts[line], line))[:CONTEXT_LINES]
        for k, a in enumerate(mine):
            for b in mine[k + 1 :]:
                j = first.setdefault((a, b), i)
                parent[root(i)] = root(j)
    found: dict[int, list[Page]] = defaultdict(list)
    for i, page in enumerate(pages):
        found[root(i)].append(page)
    return list(found.values())
