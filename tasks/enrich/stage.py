"""The enrich step: articles in, everything that can be read out of their text out."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import process_time

import numpy as np
import pyarrow as pa

from schemas.catalog import TABLES
from tasks.enrich.entities.resolution import resolve
from tasks.enrich.facts import Fact, find_facts, last_day
from tasks.enrich.facts.classes import word_classes
from tasks.enrich.facts.sums import Contradiction
from tasks.enrich.flags import FIRST_FLAG_NO, FOUND_FLAGS
from tasks.enrich.judgement import Around, Spans, count_dirt, judge
from tasks.enrich.keywords import Ranked, rank_by_textrank, rank_by_tfidf
from tasks.enrich.mentions import Mention, mentions_of
from tasks.enrich.outline import Fault, Section, find_sections
from tasks.enrich.phrases import find_phrases
from tasks.enrich.sentences import Sentences, find_sentences
from tasks.enrich.terms import count_terms
from tasks.enrich.times import find_times, widened
from tasks.enrich.words import Words, cut_words
from tasks.errors import TaojinError

TABLES_MADE = ("sections", "sentences", "terms", "keywords", "mentions", "facts", "phrases", "time_expressions")
RUN_OF_ARTICLES = 1_000_000  # code points handled together: some 500,000 words, whose columns take 50 MB
TOPICS = 5
Flag = tuple[int, str, Fault | Contradiction]  # row of the article, kind, what was found
TOPIC_TAGS = ("n", "j", "v", "l", "i")  # first letters: nouns and names, short forms, verbal nouns, set phrases


def enrich(
    articles: pa.Table, engine: str = "rjieba", seconds: dict[str, float] | None = None, left: Mapping[str, Spans] | None = None,
    around: Mapping[str, Around] | None = None,
) -> dict[str, pa.Table]:
    """
    Read what the articles say.

    Args:
        articles: n rows of ARTICLES; the columns that enrichment owns are ignored.
        engine: rjieba, or jieba (the same words but for ASCII runs with '-' and '.', 25 times as slow).
        seconds: where given, CPU time by part is added to it.
        left: article_id -> spans of text in which cleaning's detectors, run once more, found dirt; counted in residual_dirt.
        around: article_id -> damage in it and share of its page; counted in quality_score.

    Returns:
        articles (the same n rows in the same order, the enrichment columns set), sections, sentences, terms, keywords, mentions,
        facts, phrases, time_expressions, and flags as FOUND_FLAGS: `place_flags` gives them their place in the document.
        Rows are by article in the order of the input. Offsets hold in `text` and `text_hans`.

    Law: the words of a sentence, joined, are its span of text_hans.
    """
    clock = _Clock(seconds)
    rows = _Rows(articles)
    parts: dict[str, list[pa.Table]] = {name: [] for name in TABLES_MADE}
    judged: dict[str, list] = {name: [] for name in ("language", "genre", "topics", "term_count", "quality_score", "residual_dirt")}
    flags: list[Flag] = []
    remains = [(left or {}).get(article, ()) for article in rows.article_id]
    rows.around = [(around or {}).get(article, Around()) for article in rows.article_id]
    for first, last in rows.runs():
        with _uncollected():
            for name, table in _enrich_run(rows, first, last, engine, judged, flags, clock, remains).items():
                parts[name].append(table)
    made = {name: _joined(name, tables) for name, tables in parts.items()}
    made["articles"] = _with_columns(articles, judged)
    made["flags"] = _flags(flags, rows)
    clock.lap("joining")
    return made


def _enrich_run(
    rows: _Rows, first: int, last: int, engine: str, judged: dict[str, list], flags: list[Flag], clock: _Clock,
    remains: list[Spans],
) -> dict[str, pa.Table]:
    hans, ids = rows.text_hans[first:last], rows.article_id[first:last]
    words = cut_words(hans, engine)
    clock.lap("words")
    terms = count_terms(words)
    best = rank_by_tfidf(words, terms)
    made = {"terms": _terms(words, terms, ids)}
    clock.lap("terms, tfidf")
    made["keywords"] = _keywords(words, {"textrank": rank_by_textrank(words), "tfidf": best}, ids)
    clock.lap("textrank")
    outlines = [find_sections(text) for text in hans]
    made["sections"] = _sections([sections for sections, _ in outlines], ids)
    for k, (_, faults) in enumerate(outlines):
        flags += [(first + k, "numbering", fault) for fault in faults]
    clock.lap("sections")
    sentences = [find_sentences(text) for text in hans]
    made["sentences"] = _sentences(rows.text[first:last], words, sentences, [sections for sections, _ in outlines], ids)
    clock.lap("sentences")
    times = [find_times(text, rows.published_at[first + k], rows.published_precision[first + k]) for k, text in enumerate(hans)]
    opened = [widened(text, times[k], rows.published_at[first + k]) for k, text in enumerate(hans)]
    made["time_expressions"] = _table("time_expressions", _by_article(ids, opened) | {
        "start": [t.start for of in opened for t in of], "stop": [t.stop for of in opened for t in of],
        "surface": [rows.text[first + k][t.start:t.stop] for k, of in enumerate(opened) for t in of],
        "interval_start": [t.begin for of in opened for t in of], "interval_end": [t.end for of in opened for t in of],
        "precision": [t.precision for of in opened for t in of], "relative": [t.relative for of in opened for t in of],
    })
    clock.lap("time_expressions")
    mentions = mentions_of(words, hans)
    made["mentions"] = _mentions(mentions, hans, rows.text[first:last], rows.published_at[first:last], ids)
    clock.lap("mentions")
    classes = word_classes(words)
    facts = []
    for k, text in enumerate(hans):
        places = [(mention.start, mention.stop) for mention in mentions[k] if mention.kind == "place"]
        found, contradictions = find_facts(text, times[k], sentences[k].starts, classes[k], places)
        facts.append(found)
        flags += [(first + k, "arithmetic", fault) for fault in contradictions]
    made["facts"] = _facts(facts, sentences, rows.text[first:last], ids)
    clock.lap("facts")
    phrases = [find_phrases(text) for text in hans]
    made["phrases"] = _table("phrases", _by_article(ids, phrases) | {
        "start": [p.start for of in phrases for p in of], "stop": [p.stop for of in phrases for p in of],
        "kind": [p.kind for of in phrases for p in of], "expansion": [p.expansion for of in phrases for p in of],
        "surface": [rows.text[first + k][p.start:p.stop] for k, of in enumerate(phrases) for p in of],
    })
    clock.lap("phrases")
    _judge(rows, first, last, words, terms, best, judged, remains[first:last])
    clock.lap("judgement")
    return made


@contextmanager
def _uncollected() -> Iterator[None]:
    """
    Python's search for cycles rests while a run is read.

    A run makes hundreds of thousands of small objects and no cycle among them; looking for cycles costs 5 % of the stage. Counting
    references frees them as ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Clock:
    """Adds the CPU time since the last lap to a part's total; does nothing where nobody asked."""

    def __init__(self, seconds: dict[str, float] | None) -> None:
        self.seconds, self.last = seconds, process_time()

    def lap(self, part: str) -> None:
        if self.seconds is not None:
            now = process_time()
            self.seconds[part] = self.seconds.get(part, 0.0) + now - self.last
            self.last = now


class _Rows:
    """The columns of articles that enrichment reads, as Python lists."""

    def __init__(self, articles: pa.Table) -> None:
        for name in ("article_id", "doc_id", "text", "text_hans", "title", "published_at", "published_precision", "truncated"):
            setattr(self, name, articles[name].to_pylist())
        for k, (text, hans) in enumerate(zip(self.text, self.text_hans, strict=True)):
            if len(text) != len(hans):
                raise TaojinError(
                    f"Article {self.article_id[k]}: text has {len(text)} characters and text_hans {len(hans)}.",
                    "Converting scripts must keep every offset: report the article.",
                )

    def runs(self) -> Iterator[tuple[int, int]]:
        """Neighbouring articles to be cut together, as half-open ranges of rows."""
        first = size = 0
        for k, text in enumerate(self.text):
            if k > first and size + len(text) > RUN_OF_ARTICLES:
                yield first, k
                first, size = k, 0
            size += len(text)
        if self.text:
            yield first, len(self.text)


def _table(name: str, columns: dict) -> pa.Table:
    return _filled(TABLES[name].stage_arrow, columns, len(columns["article_id"]))


def _filled(schema: pa.Schema, columns: dict, size: int) -> pa.Table:
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            arrays.append(pa.nulls(size, field.type))
        else:
            arrays.append(values.cast(field.type) if isinstance(values, pa.Array) else pa.array(values, field.type))
    return pa.table(arrays, schema=schema)


def _joined(name: str, tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables) if tables else TABLES[name].stage_arrow.empty_table()


def _repeated(ids: list[str], counts: list[int] | np.ndarray) -> pa.Array:
    return pa.array(ids, pa.string()).take(pa.array(np.repeat(np.arange(len(ids)), counts)))


def _by_article(ids: list[str], found: list[list]) -> dict[str, pa.Array]:
    return {"article_id": _repeated(ids, [len(of) for of in found])}


def _terms(words: Words, terms: dict, ids: list[str]) -> pa.Table:
    return _table("terms", {
        "article_id": pa.array(ids, pa.string()).take(pa.array(terms["article"])), "term": words.vocabulary.take(pa.array(terms["code"])),
        "tag": words.tags.take(pa.array(terms["tag_code"])), "tf": terms["tf"], "positions": terms["positions"],
    })


def _keywords(words: Words, methods: dict[str, Ranked], ids: list[str]) -> pa.Table:
    """By article, then method, then rank."""
    method = np.repeat(np.arange(len(methods)), [len(ranked["rank"]) for ranked in methods.values()])
    column = {name: np.concatenate([ranked[name] for ranked in methods.values()]) for name in ("article", "rank", "code", "weight")}
    order = np.argsort(column["article"], kind="stable")
    return _table("keywords", {
        "article_id": pa.array(ids, pa.string()).take(pa.array(column["article"][order])), "rank": column["rank"][order],
        "term": words.vocabulary.take(pa.array(column["code"][order])), "weight": column["weight"][order],
        "method": pa.array(list(methods)).take(pa.array(method[order])),
    })


def _sections(found: list[list[Section]], ids: list[str]) -> pa.Table:
    flat = [section for of in found for section in of]
    return _table("sections", _by_article(ids, found) | {
        "section_no": [no for of in found for no in range(1, len(of) + 1)],
        "parent_no": [section.parent + 1 if section.parent >= 0 else None for section in flat],
        "level": [section.level for section in flat], "marker": [section.marker or None for section in flat],
        "heading": [section.heading or None for section in flat],
        "start": [section.start for section in flat], "stop": [section.stop for section in flat],
    })


def _section_of(outlines: list[list[Section]], places: np.ndarray, bases: np.ndarray) -> pa.Array:
    """
    Number of the innermost section around each place, null where there is none.

    `places` are code points from the first character of the run, where article k begins at `bases[k]`.
    """
    counts = [len(of) for of in outlines]
    size = sum(counts)
    if not size:
        return pa.nulls(len(places), pa.int64())
    base, first = np.repeat(bases[:-1], counts), np.repeat(np.cumsum(counts) - counts, counts)
    starts = np.maximum.accumulate(np.fromiter((section.start for of in outlines for section in of), np.int64, size) + base)
    stops = np.fromiter((section.stop for of in outlines for section in of), np.int64, size) + base
    parents = np.fromiter((section.parent for of in outlines for section in of), np.int64, size)
    parents = np.where(parents < 0, -1, parents + first)
    around = np.searchsorted(starts, places, side="right") - 1
    inside = around >= 0
    while True:
        outside = np.flatnonzero(inside & (stops[around] <= places))
        if not len(outside):
            break
        around[outside] = parents[around[outside]]
        inside[outside] = around[outside] >= 0
    return pa.array(np.where(inside, around - first[around] + 1, 0), mask=~inside)


def _sentences(texts: list[str], words: Words, found: list[Sentences], outlines: list[list[Section]], ids: list[str]) -> pa.Table:
    counts = [len(of.starts) for of in found]
    starts = np.fromiter((start for of in found for start in of.starts), np.int64, sum(counts))
    stops = np.fromiter((stop for of in found for stop in of.stops), np.int64, sum(counts))
    base = np.repeat(words.bases[:-1], counts)
    first = np.searchsorted(words.starts, starts + base)
    last = np.searchsorted(words.stops, stops + base) + 1
    if len(first) and not (np.array_equal(words.starts[first], starts + base) and np.array_equal(words.stops[last - 1], stops + base)):
        raise TaojinError("A word runs across the end of a sentence.", "Report the text: the engine joined what punctuation parts.")
    # Words between two sentences are blanks and line feeds; the lists leave them out.
    depth = np.zeros(len(words.codes) + 1, np.int8)
    np.add.at(depth, first, 1)
    np.add.at(depth, last, -1)
    inside = np.flatnonzero(np.cumsum(depth[:-1], dtype=np.int8))
    offsets = pa.array(np.append(0, np.cumsum(last - first)).astype(np.int32))
    return _table("sentences", {
        "article_id": _repeated(ids, counts), "sentence_no": np.arange(1, len(starts) + 1) - np.repeat(np.cumsum(counts) - counts, counts),
        "paragraph_no": np.fromiter((no for of in found for no in of.paragraphs), np.int64, len(starts)),
        "section_no": _section_of(outlines, starts + base, words.bases),
        "start": starts, "stop": stops,
        "text": [texts[k][start:stop] for k, of in enumerate(found) for start, stop in zip(of.starts, of.stops, strict=True)],
        "words": pa.ListArray.from_arrays(offsets, words.vocabulary.take(pa.array(words.codes[inside]))),
        "tags": pa.ListArray.from_arrays(offsets, words.tags.take(pa.array(words.tag_codes[inside]))),
    })


def _facts(found: list[list[Fact]], sentences: list[Sentences], texts: list[str], ids: list[str]) -> pa.Table:
    flat = [fact for of in found for fact in of]
    numbers: list[int] = []
    for k, of in enumerate(found):
        starts = np.array(sentences[k].starts, np.int64)
        numbers += np.searchsorted(starts, [fact.start for fact in of], side="right").tolist()
    periods = [fact.period for fact in flat]
    return _table("facts", _by_article(ids, found) | {
        "fact_no": [no for of in found for no in range(1, len(of) + 1)], "sentence_no": numbers,
        "kind": [f.kind for f in flat], "subject": _slices([[f.subject for f in of] for of in found], texts),
        "measure": _slices([[f.measure for f in of] for of in found], texts),
        "place": _slices([[f.place for f in of] for of in found], texts),
        "value_text": [texts[k][f.start:f.stop] for k, of in enumerate(found) for f in of],
        "value": [f.value for f in flat], "value_low": [f.low for f in flat], "value_high": [f.high for f in flat],
        "unit": [f.unit for f in flat], "normalized_value": [f.normalized_value for f in flat],
        "normalized_unit": [f.normalized_unit for f in flat], "op": [f.op for f in flat], "qualifier": [f.qualifier for f in flat],
        "period_text": [p.surface if p else None for p in periods],
        "period_start": [p.begin.date() if p and p.begin else None for p in periods],
        "period_end": [last_day(p) if p else None for p in periods],
        "start": [f.start for f in flat], "stop": [f.stop for f in flat],
    })


def _slices(spans: list[list[tuple[int, int] | None]], texts: list[str]) -> list[str | None]:
    return [texts[k][span[0]:span[1]] if span else None for k, of in enumerate(spans) for span in of]


def _mentions(
    found: list[list[Mention]], hans: list[str], texts: list[str], published: list[datetime | None], ids: list[str]
) -> pa.Table:
    resolved = [resolve(text, found[k], published[k].year if published[k] else None) for k, text in enumerate(hans)]
    return _table("mentions", _by_article(ids, found) | {
        "start": [m.start for of in found for m in of], "stop": [m.stop for of in found for m in of],
        "kind": [m.kind for of in found for m in of],
        "surface": [texts[k][m.start:m.stop] for k, of in enumerate(found) for m in of],
        "norm": [one.norm for of in resolved for one in of], "code": [one.code for of in resolved for one in of],
    })


def _judge(
    rows: _Rows, first: int, last: int, words: Words, terms: dict, best: dict, judged: dict[str, list], remains: list[Spans]
) -> None:
    size = last - first
    count = np.bincount(terms["article"], terms["tf"], size).astype(np.int64)
    tag_of = np.zeros(len(words.vocabulary), np.int64)
    tag_of[terms["code"]] = terms["tag_code"]
    is_topic = np.fromiter((tag.startswith(TOPIC_TAGS) for tag in words.tags.to_pylist()), bool, len(words.tags))
    codes = best["code"].tolist()
    topic = np.unique(best["code"][is_topic[tag_of[best["code"]]]])
    names = dict(zip(topic.tolist(), words.vocabulary.take(pa.array(topic)).to_pylist(), strict=True))
    edges = np.searchsorted(best["article"], np.arange(size + 1)).tolist()
    dirt = count_dirt(rows.text[first:last], remains)
    for k in range(size):
        judgement = judge(rows.text[first + k], rows.title[first + k], bool(rows.truncated[first + k]), dirt[k], rows.around[first + k])
        judged["language"].append(judgement.language)
        judged["genre"].append(judgement.genre)
        judged["residual_dirt"].append(judgement.residual_dirt)
        judged["quality_score"].append(judgement.quality_score)
        judged["term_count"].append(int(count[k]))
        judged["topics"].append([names[code] for code in codes[edges[k]:edges[k + 1]] if code in names][:TOPICS])


def _with_columns(articles: pa.Table, judged: dict[str, list]) -> pa.Table:
    schema = TABLES["articles"].stage_arrow
    made = {name: pa.chunked_array([pa.array(values, schema.field(name).type)]) for name, values in judged.items()}
    return pa.table([made[name] if name in made else articles[name] for name in schema.names], schema=schema)


def _flags(flags: list[Flag], rows: _Rows) -> pa.Table:
    """Numbered in each document in the order in which they were found."""
    last: dict[str, int] = {}
    numbers = []
    for row, _, _ in flags:
        doc = rows.doc_id[row]
        number = last[doc] = last.get(doc, FIRST_FLAG_NO - 1) + 1
        numbers.append(number)
    at = pa.array([row for row, _, _ in flags], pa.int64())
    columns = {
        "doc_id": pa.array(rows.doc_id, pa.string()).take(at), "flag_no": numbers, "kind": [kind for _, kind, _ in flags],
        "article_id": pa.array(rows.article_id, pa.string()).take(at), "article_start": [fault.start for _, _, fault in flags],
        "article_stop": [fault.stop for _, _, fault in flags], "detail": [fault.detail for _, _, fault in flags],
        "severity": ["info"] * len(flags),
    }
    return _filled(FOUND_FLAGS, columns, len(flags))
