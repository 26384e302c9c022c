"""Laws A, B and C, and the places of children, checked on one batch's tables. Pure: tables in, faults out.

Everything is compared character for character; nothing is sampled. A document is at fault once per law, with the first
place where it breaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from schemas.ids import file_id
from tasks.decode.stage import decode, encode_back
from tasks.ingest.records import read_again

Rows = dict[str, list[dict[str, Any]]]
Fault = tuple[str, str]  # (law, sentence)

# Children that repeat what stands in the text: table, column with the characters.
REPEATED = {"sentences": "text", "mentions": "surface", "phrases": "surface", "time_expressions": "surface", "facts": "value_text"}
SPANS = ("sections", "sentences", "mentions", "facts", "phrases", "time_expressions", "private_data")


def law_a(documents: pa.Table, articles: pa.Table, kept: pa.Table, edits: pa.Table) -> Iterator[Fault]:
    """Kept spans and edits cover each document once, and put together they are the articles."""
    texts = dict(zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True))
    pieces: dict[str, list[tuple[int, int, str | None, int | None, str]]] = {d: [] for d in texts}
    newlines: dict[str, int] = defaultdict(int)
    for doc, start, stop, article, at in _zip(kept, "doc_id", "start", "stop", "article_id", "article_start"):
        if doc not in texts:
            yield "law A", f"kept speaks of document {doc}, which is not there"
            continue
        pieces[doc].append((start, stop, article, at, texts[doc][start:stop]))
    for doc, start, stop, article, at, action, before, after in _zip(
        edits, "doc_id", "start", "stop", "article_id", "article_start", "action", "before", "after"
    ):
        if doc not in texts:
            yield "law A", f"edits speaks of document {doc}, which is not there"
            continue
        if texts[doc][start:stop] != before:
            yield "law A", f"edit {start}-{stop} of document {doc} says that other characters stood there"
        pieces[doc].append((start, stop, article, at, after))
        newlines[article] += action == "newline"
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for doc, spans in pieces.items():
        at = 0
        for start, stop, article, place, text in sorted(spans, key=lambda s: (s[0], s[1])):
            if start != at:
                yield "law A", f"document {doc} is {'covered twice' if start < at else 'not covered'} at {min(start, at)}"
                break
            at = stop
            if article is not None:
                places[article].append((place, text))
        else:
            if at != len(texts[doc]):
                yield "law A", f"document {doc} is not covered from {at} on"
    for article, text, paragraphs in _zip(articles, "article_id", "text", "paragraph_count"):
        yield from _article(article, text, paragraphs, places.pop(article, []), newlines[article])
    for article in sorted(places):
        yield "law A", f"kept and edits fill article {article}, which is not there"


def law_b(documents: pa.Table, decodings: pa.Table, contents: Mapping[str, Callable[[], bytes]]) -> Iterator[Fault]:
    """
    Text and decodings give the bytes back, whose hash is a plain file's name; a rendered document is rendered again.

    A record of a container is compared with the container, which is read once more.
    """
    stretches: dict[str, list[dict]] = defaultdict(list)
    for row in decodings.to_pylist():
        stretches[row["doc_id"]].append(row)
    inside: dict[str, list[dict]] = defaultdict(list)
    columns = ["doc_id", "file_id", "record_no", "container_path", "declared_charset", "record_meta", "text", "rendering"]
    for doc in documents.select(columns).to_pylist():
        if doc["container_path"] is not None:
            inside[doc["file_id"]].append(doc)
        elif doc["rendering"] is None:
            yield from _told(doc, lambda d: file_id(encode_back(d["text"], stretches[d["doc_id"]])) == d["file_id"])
        else:
            yield from _told(doc, lambda d: _gives(d, stretches[d["doc_id"]], contents[d["file_id"]]()))
    for file, records in inside.items():
        if file not in contents:
            continue  # told as law C
        by_number = {d["record_no"]: d for d in records}
        for number, data in read_again(contents[file](), {n: d["record_meta"] for n, d in by_number.items()}):
            doc = by_number.pop(number)
            yield from _told(doc, lambda d, data=data: _gives(d, stretches[d["doc_id"]], data))
        for doc in by_number.values():
            yield "law B", f"document {doc['doc_id']} is no record of file {file}"


def _told(doc: dict, holds: Callable[[dict], bool]) -> Iterator[Fault]:
    try:
        if not holds(doc):
            yield "law B", f"document {doc['doc_id']} does not give back the bytes of file {doc['file_id']}"
    except (ValueError, LookupError) as error:
        yield "law B", f"document {doc['doc_id']} cannot be turned into bytes ({error})"


def _gives(doc: dict, stretches: list[dict], data: bytes) -> bool:
    """Whether a document is what its record's bytes are."""
    if doc["rendering"] is None:
        return encode_back(doc["text"], stretches) == data
    rows = [(r["start"], r["stop"], r["byte_start"], r["byte_stop"]) for r in stretches]
    return rows == [(0, len(doc["text"]), 0, len(data))] and doc["text"] in _decoded(doc["file_id"], data, doc["declared_charset"])


def places_in_articles(articles: pa.Table, children: Mapping[str, pa.Table]) -> Iterator[Fault]:
    """Every span of a child lies in its article, and what it repeats stands there."""
    texts = dict(zip(articles["article_id"].to_pylist(), zip(articles["text"].to_pylist(), articles["text_hans"].to_pylist(), strict=True),
                     strict=True))
    for table in SPANS:
        if table not in children:
            continue
        shown = REPEATED.get(table, "article_id")
        for article, start, stop, said in _zip(children[table], "article_id", "start", "stop", shown):
            if article not in texts:
                yield "places", f"{table} speaks of article {article}, which is not there"
            elif not 0 <= start <= stop <= len(texts[article][0]):
                yield "places", f"{table} names {start}-{stop} of article {article}, which has {len(texts[article][0])} characters"
            elif table in REPEATED and said not in (texts[article][0][start:stop], texts[article][1][start:stop]):
                yield "places", f"{table} says that {start}-{stop} of article {article} reads otherwise than it does"
    if "terms" in children:
        for article, term, positions in _zip(children["terms"], "article_id", "term", "positions"):
            if article not in texts:
                yield "places", f"terms speaks of article {article}, which is not there"
            elif any(not texts[article][1].startswith(term, p) for p in positions):
                yield "places", f"terms places a word of article {article} where it does not stand"


def _article(article: str, text: str, paragraphs: int, places: list[tuple[int, str]], newlines: int) -> Iterator[Fault]:
    places.sort(key=lambda p: p[0])
    at = 0
    for place, piece in places:
        if place != at:
            yield "law A", f"article {article} is {'filled twice' if place < at else 'not filled'} at {min(place, at)}"
            return
        at += len(piece)
    if "".join(p for _, p in places) != text:
        yield "law A", f"article {article} reads otherwise than what its document gives"
    elif newlines != text.count("\n") or paragraphs != (newlines + 1 if text else 0):
        yield "law A", f"article {article} has {text.count(chr(10))} line breaks, {newlines} edits for them and {paragraphs} paragraphs"


def _decoded(name: str, data: bytes, charset: str | None) -> list[str]:
    rows = pa.table({"file_id": [name], "charset": pa.array([charset], pa.string()), "data": pa.array([data], pa.large_binary())})
    return decode(rows)["documents"]["text"].to_pylist()


def _zip(table: pa.Table, *columns: str) -> Iterator[tuple]:
    return zip(*(table[c].to_pylist() for c in columns), strict=True)
