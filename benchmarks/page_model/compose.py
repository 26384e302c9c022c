"""Pages with a truth for each line: composed ones, and real ones by their gold."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page_model import lines as more
from benchmarks.pages import NewsPage
from benchmarks.soil import wordings as W
from benchmarks.soil.frames import FRAMES
from benchmarks.soil.pages import Clean, _Soiler, specimens, statutes
from tasks.clean.furniture.specimens import ALL_KEEPS

BODY, FURNITURE, UNKNOWN = 0, 1, -1
HIDDEN = (0.0, 0.0, 0.15, 0.3, 0.5)  # share of furniture lines of a page that are shown without the words of lists
_HEAD = ("nav", "breadcrumb", "search", "link-farm", "hot-list", "tools", "app", "share", "related-list")
_TAIL = tuple(W.TAIL)
_TOLD = re.compile(r"\{(c?date|name2?|time)\}|来源|作者|編輯|编辑|记者")  # what may be said of an article below its title


@dataclass
class Labelled:
    """A page's lines, stripped, none of them empty, with a label each; `hidden` lines are seen without their words."""

    lines: list[str]
    labels: list[int]
    hidden: frozenset[int] = frozenset()
    publisher: str = ""
    weight: float = 1.0


def composed(count: int, source: Path, seed: int = 7) -> Iterator[Labelled]:
    """Pages in wordings of half A around statutes, specimens and bodies of short lines."""
    rng = random.Random(seed)
    own = [*specimens("*"), *(Clean(t.split("\n")[0], tuple(filter(None, t.split("\n")[1:])), "keep") for t in ALL_KEEPS if "\n" in t)]
    law = list(statutes(source, rng, count // 2))
    clauses = (re.split("[，。]", p)[0] for c in own for p in c.paragraphs)
    titles = [c.title for c in law] + [clause for clause in clauses if 8 <= len(clause) <= 30]
    for i in range(count):
        clean = law[i // 2] if i % 2 and i // 2 < len(law) else rng.choice(own)
        yield _Composer(random.Random(rng.random()), titles).page(clean)


def framed(count: int, source: Path, seed: int = 8) -> Iterator[Labelled]:
    """Pages of half C, each time with some of its lines: what pages of so many publishers have in common."""
    rng = random.Random(seed)
    own, law = specimens("*"), list(statutes(source, rng, count // 2))
    for i in range(count):
        name = list(FRAMES)[i % len(FRAMES)]
        clean = law[i // 2] if i % 2 and i // 2 < len(law) else rng.choice(own)
        composer = _Composer(random.Random(rng.random()), W.TITLES)
        yield composer.framed(clean, FRAMES[name], rng.choice((1.0, 0.8, 0.6)))


class _Composer(_Soiler):
    def __init__(self, rng: random.Random, titles: Sequence[str]) -> None:
        super().__init__(rng, 0)
        self.titles = rng.sample(titles, 25)

    def framed(self, clean: Clean, template: str, share: float) -> Labelled:
        """About `share` of a frame's lines around a clean document; what is told of it below its title is left open."""
        rng = self.rng
        lines: list[tuple[str, int]] = []
        between: list[list[tuple[str, int]]] = []
        seen_title = seen_body = False
        for said in template.strip().split("\n"):
            line = said.lstrip("?~+")
            signs = said[: len(said) - len(line)]
            if line == "@body":
                seen_body = True
                lines.append((line, BODY))
                continue
            if "@title" in line:
                seen_title = True
                lines.append((self._fill(line.replace("@title", "\0")).replace("\0", clean.title), BODY if line == "@title" else UNKNOWN))
                continue
            if rng.random() > share:
                continue
            told = seen_title and not seen_body and "~" not in signs and _TOLD.search(line)
            made = [(piece.strip(), UNKNOWN if told else FURNITURE) for piece in self._fill(line).split("\n") if piece.strip()]
            if "~" in signs:
                between.append(made)
            else:
                lines += made
        body = [[(p, BODY)] for p in self._body_lines(clean)]
        for made in between:
            body.insert(rng.randint(1, max(1, len(body) - 1)), made)
        at = lines.index(("@body", BODY))
        lines[at : at + 1] = [row for rows in body for row in rows]
        few = rng.choice(HIDDEN)
        hidden = frozenset(k for k, (_, label) in enumerate(lines) if label == FURNITURE and rng.random() < few)
        return Labelled([text for text, _ in lines], [label for _, label in lines], hidden)

    def page(self, clean: Clean) -> Labelled:
        rng = self.rng
        lines: list[tuple[str, int]] = []
        self._some(lines, _HEAD, rng.randint(0, 4), more.HEAD)
        if rng.random() < 0.9:
            lines.append((clean.title, BODY))
        if rng.random() < 0.85:
            lines += [(line, UNKNOWN) for line in self._lines(W.BELOW_TITLE["dateline"])]
        if rng.random() < 0.4:
            self._add(lines, W.BELOW_TITLE["share"])
        if rng.random() < 0.2:
            self._add(lines, W.INTRO)
        body = self._body_lines(clean)
        middle = {rng.randrange(1, len(body)): name for name in W.MIDDLE if rng.random() < 0.3 and len(body) > 2}
        for k, text in enumerate(body):
            if k in middle:
                self._add(lines, W.MIDDLE[middle[k]] if rng.random() < 0.5 else rng.sample(more.MIDDLE, 2))
            lines.append((text, BODY))
        if rng.random() < 0.3:
            lines += [(line, UNKNOWN) for line in self._lines(W.TAIL["editor"])]
        self._some(lines, [name for name in _TAIL if name != "editor"], rng.randint(0, 8), more.TAIL)
        lines = [(text.strip(), label) for text, label in lines if text.strip()]
        share = rng.choice(HIDDEN)
        hidden = frozenset(k for k, (_, label) in enumerate(lines) if label == FURNITURE and rng.random() < share)
        return Labelled([t for t, _ in lines], [y for _, y in lines], hidden)

    def _body_lines(self, clean: Clean) -> list[str]:
        """Paragraphs, at times with headings, captions, a signature: short lines that are an author's."""
        rng, body = self.rng, list(clean.paragraphs)
        if rng.random() < 0.25:
            for _ in range(rng.randint(1, 3)):
                text = re.split("[，。；：、]", rng.choice(body))[0][:18]
                if len(text) >= 4:
                    shape = rng.choice(("{}", "{}", "一、{}", "（二）{}", "【{}】", "“{}”", "{}？"))
                    body.insert(rng.randrange(len(body)), shape.format(text))
        if rng.random() < 0.2:
            body.insert(rng.randrange(len(body) + 1), rng.choice(("图为{}现场。{}摄", "{}供图", "图1 {}", "▲{}", "（{}）")).replace(
                "{}", rng.choice(W.NAMES + W.PLACES), 1).replace("{}", rng.choice(W.NAMES)))  # fmt: skip
        if rng.random() < 0.2:
            body += [rng.choice(W.PLACES) + rng.choice(("市人民政府", "县教育局", "镇村民委员会", "工会委员会", "分局"))]
            if rng.random() < 0.8:
                body += [self._slot(rng.choice(("date", "cdate")), None)]
        return body

    def _some(self, lines: list[tuple[str, int]], names: Sequence[str], count: int, single: Sequence[str]) -> None:
        """Blocks of half A in random order, and single lines between them."""
        pools = {**W.HEAD, **W.BELOW_TITLE, **W.TAIL}
        few = self.rng.random() < 0.3  # pages on which hardly a line is of a known kind
        for name in self.rng.sample(names, min(count, len(names))):
            if not few or self.rng.random() < 0.2:
                self._add(lines, pools[name])
            for template in self.rng.sample(single, self.rng.choice((0, 0, 1, 2, 3, 5) if not few else (2, 3, 5, 8))):
                lines += [(line, FURNITURE) for line in self._fill(template).split("\n")]

    def _add(self, lines: list[tuple[str, int]], templates: Sequence[str]) -> None:
        lines += [(line, FURNITURE) for line in self._lines(templates)]

    def _lines(self, templates: Sequence[str]) -> list[str]:
        return self._fill(self._pick(templates)).split("\n")


def real(pages: Sequence[NewsPage]) -> Iterator[Labelled]:
    """Real pages: a line is the body's where the gold has it, in order; credits, and titles where the gold has none, are unknown."""
    for page in pages:
        lines = [line.strip() for line in page.text.split("\n") if line.strip()]
        gold = [line.strip() for line in page.gold.split("\n") if line.strip()]
        unknown = {line.strip() for line in page.ambiguous}
        labels = _aligned(lines, gold)
        first = labels.index(BODY) if BODY in labels else 0
        named = {k for k in range(max(0, first - 15), first) if 8 <= len(lines[k]) <= 60}  # a title and its date line are among these
        labels = [UNKNOWN if lines[k] in unknown or k in named else y for k, y in enumerate(labels)]
        yield Labelled(lines, labels, publisher=page.publisher)


def _aligned(lines: Sequence[str], gold: Sequence[str]) -> list[int]:
    """The gold's lines, found in the page as one run that holds most of them."""
    wanted = set(gold)
    best, score = (0, 0), 0
    for start in range(len(lines)):
        if not gold or lines[start] != gold[0]:
            continue
        run = sum(a == b for a, b in zip(lines[start : start + len(gold)], gold, strict=False))
        if run > score:
            best, score = (start, start + len(gold)), run
    return [BODY if best[0] <= k < best[1] and line in wanted else FURNITURE for k, line in enumerate(lines)]
