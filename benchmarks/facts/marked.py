"""Facts against two hand-made truths: the seeds' gold, and facts that we marked in statutes and news pages.

Counted: a fact is right when its span, value (or both ends of a range), unit, normalised value and normalised unit are. Kind,
operator and what it is about are counted over the facts whose span was found.

Not counted: dates (time_expressions are measured apart; gold lists few), the gold's enumerations and slogans, which have no numeral,
and the second component of a session's number (十届五次), for which a row has no room. The gold writes a unit that the text does
not print in brackets, as (项): there any unit of ours is right.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.facts.shares import Share
from tasks.enrich.facts import GOLD_KINDS, NO_FACTS_OF_OURS, Fact, find_facts
from tasks.enrich.facts.classes import word_classes
from tasks.enrich.mentions import mentions_of
from tasks.enrich.sentences import find_sentences
from tasks.enrich.times import find_times
from tasks.enrich.words import cut_words

MARKS = Path(__file__).resolve().parents[2] / "tests" / "tasks" / "enrich" / "marked_facts.jsonl"
LEFT_OUT = frozenset(("date", *NO_FACTS_OF_OURS))


@dataclass(frozen=True)
class Truth:
    """One fact as a person reads it; `about` is a span, or the gold's own words for subject and measure."""

    start: int
    stop: int
    kind: str
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    normal: float | None
    common: str
    op: str
    about: tuple[int, int] | None = None
    subject: str = ""
    measure: str = ""


@dataclass
class Document:
    """A text, the part of it that was read by hand, and what was found there."""

    name: str
    text: str
    window: tuple[int, int]
    half: str
    truths: list[Truth] = field(default_factory=list)


@dataclass
class Tally:
    """Counts over documents, and the faults as lines to read."""

    found: int = 0
    wanted: int = 0
    spans: int = 0
    exact: int = 0
    kinds: int = 0
    ops: int = 0
    about: int = 0
    asked: int = 0
    faults: list[str] = field(default_factory=list)

    def shares(self) -> dict[str, Share]:
        return {
            "precision": Share(self.exact, self.found), "recall": Share(self.exact, self.wanted),
            "span precision": Share(self.spans, self.found), "span recall": Share(self.spans, self.wanted),
            "kind": Share(self.kinds, self.spans), "operator": Share(self.ops, self.spans),
            "subject or measure": Share(self.about, self.asked),
        }


def facts_of(text: str, published_at: datetime | None = None) -> list[Fact]:
    """The facts of one text, as the enrich stage finds them."""
    words = cut_words([text])
    places = [(mention.start, mention.stop) for mention in mentions_of(words, [text])[0] if mention.kind == "place"]
    return find_facts(text, find_times(text, published_at), find_sentences(text).starts, word_classes(words)[0], places)[0]


def marked_documents(corpus: Path, half: str) -> Iterator[Document]:
    """The documents of one half (open or sealed) of the marked set, with their truths."""
    documents: dict[str, Document] = {}
    for row in map(json.loads, MARKS.read_text("utf-8").splitlines()):
        if "window" in row:
            documents[row["document"]] = Document(row["document"], "", tuple(row["window"]), row["half"])
            continue
        documents[row["document"]].truths.append(Truth(
            row["start"], row["stop"], row["kind"], row["value"], row.get("low"), row.get("high"), row["unit"], row.get("normalized"),
            row["normalized_unit"], row["op"], tuple(row["about"]) if row["about"] else None,
        ))
    chosen = {name: document for name, document in documents.items() if document.half == half}
    pages = (corpus / "data" / "pages" / "pages.jsonl").read_text("utf-8").splitlines()
    texts = {f"pages/{row['id']}": row["gold"] for row in map(json.loads, pages)}
    with tarfile.open(corpus / "data" / "law.tar.gz") as members:
        for member in members:
            if member.name in chosen:
                texts[member.name] = members.extractfile(member).read().decode("utf-8")
    for name, document in chosen.items():
        document.text = texts[name]
        yield document


def gold_documents(corpus: Path) -> Iterator[Document]:
    """The seeds' clean texts for which the gold lists facts."""
    for folder in sorted(path for path in (corpus / "gold").iterdir() if path.is_dir()):
        by_text: dict[str, list[dict]] = {}
        for row in map(json.loads, (folder / "facts.jsonl").read_text("utf-8").splitlines()):
            by_text.setdefault(row["text"], []).append(row)
        for name, rows in by_text.items():
            text = (folder / name).read_text("utf-8").rstrip("\n")
            truths = [_gold(row) for row in rows if row["kind"] not in LEFT_OUT]
            yield Document(f"{folder.name[:3]}/{name}", text, (0, len(text)), "gold", truths)


def _gold(row: dict) -> Truth:
    def first(value: float | list | None) -> float | None:
        return value[0] if isinstance(value, list) else value

    value, low, high = first(row["value"]), row.get("value_low"), row.get("value_high")
    return Truth(row["value_start"], row["value_end"], row["kind"], value, low, high, row["unit"], first(row["normalized_value"]),
                 row["normalized_unit"], row["op"], None, row["subject"] or "", row["measure"] or "")


def score(documents: Iterator[Document]) -> Tally:
    tally = Tally()
    for document in documents:
        _score(document, tally)
    return tally


def _score(document: Document, tally: Tally) -> None:
    text, (low, high) = document.text, document.window
    found = [fact for fact in facts_of(text) if low <= fact.start and fact.stop <= high and fact.kind not in LEFT_OUT]
    truths = list(document.truths)
    tally.found += len(found)
    tally.wanted += len(truths)

    def shown(start: int, stop: int) -> str:
        return f"{document.name}: {text[max(0, start - 14):start]}[{text[start:stop]}]{text[stop:stop + 10]}".replace("\n", "/")

    for fact in found:
        truth = next((t for t in truths if (t.start, t.stop) == (fact.start, fact.stop)), None)
        if truth is None:
            tally.faults.append(f"not marked  {fact.kind:9} {shown(fact.start, fact.stop)}")
            continue
        truths.remove(truth)
        tally.spans += 1
        if is_exact(fact, truth):
            tally.exact += 1
        else:
            tally.faults.append(f"value       {_values(fact)} for {_values(truth)}  {shown(fact.start, fact.stop)}")
        same_kind = truth.kind in (fact.kind, *GOLD_KINDS.get(fact.kind, ()))
        tally.kinds += same_kind
        tally.ops += fact.op == truth.op
        if not same_kind or fact.op != truth.op:
            tally.faults.append(f"kind, op    {fact.kind} {fact.op} for {truth.kind} {truth.op}  {shown(fact.start, fact.stop)}")
        if truth.about or truth.subject or truth.measure:
            tally.asked += 1
            right = is_about(text, fact, truth)
            tally.about += right
            if not right:
                wanted = text[slice(*truth.about)] if truth.about else f"{truth.subject} | {truth.measure}"
                ours = f"{_words(text, fact.subject)} | {_words(text, fact.measure)}"
                tally.faults.append(f"about       {ours} for {wanted}  {shown(fact.start, fact.stop)}")
    tally.faults += [f"missed      {truth.kind:9} {shown(truth.start, truth.stop)}" for truth in truths]


def _words(text: str, span: tuple[int, int] | None) -> str:
    return text[span[0]:span[1]] if span else "-"


def _values(of: Fact | Truth) -> str:
    if isinstance(of, Fact):
        return f"{of.value} {of.low} {of.high} {of.unit} = {of.normalized_value} {of.normalized_unit}"
    return f"{of.value} {of.low} {of.high} {of.unit} = {of.normal} {of.common}"


def is_exact(fact: Fact, truth: Truth) -> bool:
    def near(a: float | None, b: float | None) -> bool:
        return a is b or (a is not None and b is not None and abs(a - b) <= 1e-6 * max(1.0, abs(a)))

    unit = (truth.unit is None and fact.unit is None) or fact.unit == truth.unit or (truth.unit or "").startswith("(")
    has_ends = truth.low is None or (near(fact.low, truth.low) and near(fact.high, truth.high))
    normal = near(fact.normalized_value, truth.normal)
    return near(fact.value, truth.value) and has_ends and unit and normal and fact.normalized_unit == truth.common


def is_about(text: str, fact: Fact, truth: Truth) -> bool:
    """Whether subject or measure overlaps the marked span, or shares two neighbouring characters with the gold's subject or measure."""
    spans = [span for span in (fact.subject, fact.measure) if span]
    if truth.about:
        return any(span[0] < truth.about[1] and truth.about[0] < span[1] for span in spans)
    return any(_alike(_words(text, span), theirs) for span in spans for theirs in (truth.subject, truth.measure))


def _alike(ours: str, theirs: str) -> bool:
    return any(ours[k:k + 2] in theirs for k in range(len(ours) - 1))
