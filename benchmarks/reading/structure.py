"""Outline, sentences and phrases against the gold set of the seeds, and the order of articles in statutes.

Outline: a node is right where level, marker, start and heading are the gold's; `ends` counts those whose stop is right as well.
`printed` leaves out what only a reader sees: introductions, conclusions, salutations and topic sentences.
Phrases: exact spans of what is quoted; numeric abbreviations; expansions that the gold says the text gives, part for part.
"""

from __future__ import annotations

import json
import random
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.reading.score import Score
from tasks.enrich.outline import find_sections
from tasks.enrich.phrases import find_phrases
from tasks.enrich.sentences import find_sentences

LAWS = Path("data/law.tar.gz")
LAWS_READ = 300
UNMARKED = ("introduction", "conclusion", "salutation", "implicit_topic_sentence")  # kinds of node that no mark shows


class _Count:
    """Hits of a set of rows against the gold's, over all articles."""

    def __init__(self) -> None:
        self.hit = self.found = self.wanted = 0
        self.failed: list[str] = []

    def add(self, ours: set, theirs: set, missed: Iterable[str] = ()) -> None:
        self.hit += len(ours & theirs)
        self.found += len(ours)
        self.wanted += len(theirs)
        self.failed += missed

    def scores(self, name: str) -> Iterator[tuple[Score, list[str]]]:
        yield Score(f"{name}/precision", self.hit, self.found), []
        yield Score(f"{name}/recall", self.hit, self.wanted), self.failed


def score_structure(corpus: Path) -> Iterator[tuple[Score, list[str]]]:
    """Every figure with what was missed."""
    counts = {name: _Count() for name in ("outline", "sentences", "phrases/quoted", "phrases/numeric", "phrases/expansion")}
    printed, ends = _Count(), _Count()
    for text, tree, facts, phrases in _articles(corpus):
        nodes = list(_nodes(tree))
        ours = {(section.level, section.marker, section.start, section.heading) for section in find_sections(text)[0]}
        theirs = {_key(node) for node in nodes}
        counts["outline"].add(ours, theirs, (f"{node['kind']}: {node['heading']}" for node in nodes if _key(node) not in ours))
        marked = {_key(node) for node in nodes if node["kind"] not in UNMARKED}
        printed.add(ours & marked, marked)
        stops = {(section.level, section.marker, section.start, section.heading, section.stop) for section in find_sections(text)[0]}
        right = {(*_key(node), node["section_end"]) for node in nodes if _key(node) in ours}
        ends.add(stops & right, right, (f"{node[3]}" for node in sorted(right - stops, key=lambda node: node[2])))
        if facts:
            found = find_sentences(text)
            spans = set(zip(found.starts, found.stops, strict=True))
            wanted = {(row["sentence_start"], row["sentence_end"]) for row in facts}
            counts["sentences"].add(spans & wanted, wanted)
        if phrases:
            _add_phrases(counts, text, phrases)
    yield from counts["outline"].scores("outline")
    yield from list(printed.scores("outline/printed"))[1:]
    yield from list(ends.scores("outline/ends"))[1:]
    yield from list(counts["sentences"].scores("sentences"))[1:]
    for name in ("phrases/quoted", "phrases/numeric", "phrases/expansion"):
        yield from counts[name].scores(name)
    yield from _laws(corpus)


def _add_phrases(counts: dict[str, _Count], text: str, phrases: list[dict]) -> None:
    found = find_phrases(text)

    def rows(name: str, ours: set, theirs: set) -> None:
        counts[name].add(ours, theirs, (f"{text[span[0]:span[1]]}" for span in sorted(theirs - ours)))

    rows("phrases/quoted", {(p.start, p.stop) for p in found if p.kind == "quoted"},
         {(row["start"], row["end"]) for row in phrases if row["quoted"] and row["start"] < row["end"]})
    numeric = {(row["start"], row["end"]) for row in phrases if row["category"] in ("numeric_abbrev", "numeric_name")}
    other = {(row["start"], row["end"]) for row in phrases} - numeric  # 一带一路 counts too, and the gold files it elsewhere
    rows("phrases/numeric", {(p.start, p.stop) for p in found if p.kind == "numeric"} - other, numeric)
    rows("phrases/expansion", {(p.start, p.stop, p.expansion) for p in found if p.expansion},
         {(row["start"], row["end"], "、".join(row["expansion"])) for row in phrases
          if row.get("expansion") and row["expansion_source"].startswith("text")})


def _articles(corpus: Path) -> Iterator[tuple[str, list[dict], list[dict], list[dict]]]:
    for folder in sorted(path for path in (corpus / "gold").iterdir() if path.is_dir()):
        for outline in json.loads((folder / "outline.json").read_text("utf-8")):
            def rows(name: str, folder: Path = folder, no: int = outline["article"]) -> list[dict]:
                lines = map(json.loads, (folder / name).read_text("utf-8").splitlines())
                return [row for row in lines if row["article"] == no and row.get("text") != "raw"]

            text = (folder / outline["text"]).read_text("utf-8").rstrip("\n")
            yield text, outline["tree"], rows("facts.jsonl"), rows("phrases.jsonl")


def _nodes(tree: list[dict]) -> Iterator[dict]:
    for node in tree:
        yield node
        yield from _nodes(node["children"])


def _key(node: dict) -> tuple[int, str, int, str]:
    return node["level"], node["marker"], node["section_start"], node["heading"]


def _laws(corpus: Path) -> Iterator[tuple[Score, list[str]]]:
    """Statutes whose 第N条 are all found and stand in order, each number once. The others leave numbers out as printed."""
    texts = []
    with tarfile.open(corpus / LAWS) as members:
        for member in members:
            if member.isfile() and member.name.endswith(".txt") and member.size < 200_000:
                texts.append((member.name, members.extractfile(member).read().decode("utf-8")))
    whole, failed = 0, []
    for name, text in random.Random(7).sample(texts, LAWS_READ):
        numbers = [section.number for section in find_sections(text)[0] if section.style == "article" and "之" not in section.marker]
        if numbers == list(range(1, len(numbers) + 1)):
            whole += 1
        else:
            failed.append(name)
    yield Score("outline/statutes with all articles in order", whole, LAWS_READ), failed
