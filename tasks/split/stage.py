"""The stage itself: tables in, tables out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import article_id, text_sha256
from tasks.split.claims import NONE, Claims, Proof, claims_of, with_claims
from tasks.split.compose import Aside, Draft, compose
from tasks.split.evidence import Evidence, gather
from tasks.split.head import FOOT_LINES, Reading, read_foot, read_head
from tasks.split.layout import Layout, lay_out, raw_span
from tasks.split.parts import Part, find_parts, may_hold_parts
from tasks.split.rows import NOWHERE, Rows
from tasks.split.series import series_id
from tasks.split.stories import find_stories, may_hold_stories
from tasks.text.credits import SHAPED
from tasks.text.dates import find_moment
from tasks.text.heads import folded
from tasks.text.ledger import Ledger, Mark
from tasks.text.lines import Found, is_prose
from tasks.text.scripts import script_of, text_hans

HEAD_SPAN = 45  # non-blank lines that the reading of a head may look at
ONE = frozenset(("title", "subtitle", "abstract", "source", "site", "published_at", "url"))  # of several values the surest counts
STATED = 0.95  # an address that the page's markup or its record states
INTRO_LIMIT = 300  # characters before the first part beyond which they are an article of their own, not an introduction


def split(documents: pa.Table, marks: pa.Table, flags: pa.Table) -> dict[str, pa.Table]:
    """
    Cut documents into articles.

    Args:
        documents: n rows of DOCUMENTS; only doc_id, text, url and record_meta are read, the last two where they are there.
        marks: MARKS of these documents, disjoint within each.
        flags: FLAGS of cleaning; their places in articles are not yet known.

    Returns:
        articles (enrichment columns empty), article_metadata, kept, edits, flags; each in the order of documents.

    Law A holds for every text and every set of disjoint marks.
    """
    doc_ids, texts = documents["doc_id"].to_pylist(), documents["text"].to_pylist()
    marks_of, versions = _marks(marks)
    flags_of = _by_document(flags)
    out = _Output(versions)
    unknown = [None] * documents.num_rows
    claims, urls = (documents[c].to_pylist() if c in documents.column_names else unknown for c in ("record_meta", "url"))
    for doc_id, text, claimed, url in zip(doc_ids, texts, claims, urls, strict=True):
        out.document(doc_id, text, marks_of.get(doc_id, []), flags_of.get(doc_id, []), claims_of(claimed), url)
    return out.tables()


def _marks(marks: pa.Table) -> tuple[dict[str, list[Mark]], dict[str, int]]:
    found: dict[str, list[Mark]] = {}
    names = ("doc_id", "start", "stop", "action", "label", "rule_id", "after", "repaired_text", "confidence", "value")
    for doc_id, *values in zip(*(marks[n].to_pylist() for n in names), strict=True):
        found.setdefault(doc_id, []).append(Mark(*values))
    for doc_id, mine in found.items():
        found[doc_id] = Ledger.of("", mine).marks  # sorts them, and refuses an overlap
    return found, dict(zip(marks["rule_id"].to_pylist(), marks["rule_version"].to_pylist(), strict=True))


def _by_document(flags: pa.Table) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in flags.to_pylist():
        found.setdefault(row["doc_id"], []).append(row)
    return found


@dataclass(slots=True)
class _Output:
    versions: dict[str, int]
    rows: Rows = field(default_factory=Rows)
    doc_ids: list[str] = field(default_factory=list)
    article_ids: list[str] = field(default_factory=list)
    articles: list[dict] = field(default_factory=list)
    metadata: list[dict] = field(default_factory=list)
    flags: list[dict] = field(default_factory=list)

    def document(
        self, doc_id: str, text: str, marks: list[Mark], flags: list[dict], claims: Claims = NONE, url: str | None = None
    ) -> None:
        doc, first = len(self.doc_ids), len(self.article_ids)
        self.doc_ids.append(doc_id)
        if not text:
            return
        kept_from, edits_from = len(self.rows.kept_doc), len(self.rows.edit_doc)
        page = lay_out(text, marks)
        evidence = gather(text, marks)
        parts = _parts(text, page)
        openings, readings, asides = _read(page, parts, evidence, claims)
        drafts = compose(text, page, asides, openings, doc, first, self.rows, self.versions)
        for article_no, draft in enumerate(drafts, 1):
            self.article_ids.append(article_id(doc_id, article_no))
            part = next((p for p in parts if p.line == draft.first_line), None)
            proofs = _proofs(page, readings[draft.first_line], evidence, url)
            proofs = with_claims(proofs, claims, alone=len(drafts) == 1)
            self._article(doc_id, article_no, draft, proofs, part, evidence, article_no == len(drafts))
        self._flags(doc_id, flags, kept_from, edits_from)

    def _article(
        self, doc_id: str, no: int, draft: Draft, proofs: list[Proof], part: Part | None, evidence: Evidence, last: bool
    ) -> None:
        text = "\n".join(draft.paragraphs)
        values: dict[str, list[str]] = {}
        for name, value, start, stop, confidence in proofs:
            row_no = len(values.setdefault(name, [])) + 1
            values[name].append(value)
            self.metadata.append(
                {"article_id": self.article_ids[-1], "field": name, "value_no": row_no, "value": value, "doc_id": doc_id}
                | {"start": start, "stop": stop, "confidence": round(confidence, 3)}
            )
        first = {name: found[0] for name, found in values.items()}
        moment = first.get("published_at")
        page_no = evidence.page_no or (int(first["page_no"]) if "page_no" in first else None)
        series = first.get("collection_title") or first.get("title")
        self.articles.append(
            {
                "article_id": self.article_ids[-1],
                "doc_id": doc_id,
                "article_no": no,
                "series_id": series_id(first.get("url"), first.get("site"), series, page_no) if evidence.paged else None,
                "title": first.get("title"),
                "subtitle": first.get("subtitle"),
                "abstract": first.get("abstract"),
                "author": "、".join(dict.fromkeys(values["author"])) if "author" in values else None,
                "author_role": first.get("author_role"),
                "source": first.get("source"),
                "site": first.get("site"),
                "editors": list(dict.fromkeys(values["editor"])) if "editor" in values else None,
                "published_at": _moment(moment) if moment else None,
                "published_precision": _precision(moment) if moment else None,
                "url": first.get("url"),
                "page_no": page_no,
                "page_count": evidence.page_count,
                "part_no": part.number if part else None,
                "script": script_of(text),
                "truncated": evidence.truncated(page_no, first=no == 1, last=last),
                "text": text,
                "text_hans": text_hans(text),
                "char_count": len(text),
                "paragraph_count": len(draft.paragraphs),
                "term_count": 0,
                "quality_score": 0.0,
                "residual_dirt": 0,
                "text_sha256": text_sha256(text),
            }
        )

    def _flags(self, doc_id: str, flags: list[dict], kept_from: int, edits_from: int) -> None:
        if not flags:
            return
        places = _places(self.rows, kept_from, edits_from)
        starts = [p[0] for p in places]
        for flag_no, row in enumerate(sorted(flags, key=lambda r: (r["start"], r["stop"], r["kind"])), 1):
            place = _in_article(places, starts, row["start"], row["stop"])
            article, start, stop = (self.article_ids[place[0]], *place[1:]) if place else (None, None, None)
            self.flags.append(row | {"flag_no": flag_no, "article_id": article, "article_start": start, "article_stop": stop})

    def tables(self) -> dict[str, pa.Table]:
        return {
            "articles": pa.Table.from_pylist(self.articles, TABLES["articles"].stage_arrow),
            "article_metadata": pa.Table.from_pylist(self.metadata, TABLES["article_metadata"].stage_arrow),
            "kept": self.rows.kept(self.doc_ids, self.article_ids),
            "edits": self.rows.edits(self.doc_ids, self.article_ids),
            "flags": pa.Table.from_pylist(self.flags, TABLES["flags"].stage_arrow),
        }


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso + "-01-01"[len(iso) - 4 :] if len(iso) < 10 else iso)


def _proofs(page: Layout, reading: Reading, evidence: Evidence, url: str | None) -> list[Proof]:
    """What the text proves, surest first where only one value counts; the address last, which the markup states."""
    proofs: list[Proof] = [(f.field, f.value, *raw_span(page, line, f.start, f.stop), f.confidence) for line, f in reading.values]
    proofs += evidence.values
    if url is not None:
        proofs.append(("url", url, None, None, STATED))
    return sorted(proofs, key=lambda p: -p[4] if p[0] in ONE else 0)


def _precision(iso: str) -> str:
    return {4: "year", 7: "month", 10: "day", 16: "minute", 19: "second"}[len(iso)]


def _nonblank(page: Layout, first: int, last: int, step: int = 1) -> Iterator[tuple[int, str]]:
    """Lines of a range on which something can be read, stripped; backwards where step is -1."""
    for no in range(first, last) if step > 0 else range(last - 1, first - 1, -1):
        if line := page.shown[no].strip():
            yield no, line


def _parts(text: str, page: Layout) -> list[Part]:
    found: list[Part] = []
    if (numbered := may_hold_parts(text)) or may_hold_stories(text):
        lines = list(_nonblank(page, 0, len(page.shown)))
        found = find_parts(lines) if numbered else []
        found = found or find_stories(lines)
    return found


def _read(page: Layout, parts: list[Part], evidence: Evidence, claims: Claims) -> tuple[list[int], dict[int, Reading], dict[int, Aside]]:
    """Where articles begin, what their heads and feet say (by opening line), and the role of each line that is no paragraph."""
    openings = [p.line for p in parts]
    asides: dict[int, Aside] = {}
    if not parts:
        openings = [0]
    elif openings[0] > 0:
        intro = list(_nonblank(page, 0, openings[0]))
        if sum(len(line) for _, line in intro if is_prose(line)) > INTRO_LIMIT:
            openings = [0, *openings]
        else:
            asides |= {no: Aside("other", "split.collection-intro") for no, _ in intro}
    readings: dict[int, Reading] = {}
    title_of = {p.line: p for p in parts if p.kind != "story"}
    for first, last in zip(openings, [*openings[1:], len(page.shown)], strict=True):
        reading = _read_one(page, first, last, title_of.get(first), evidence, claims)
        readings[first] = reading
        asides |= reading.asides
    return openings, readings, asides


def _read_one(page: Layout, first: int, last: int, part: Part | None, evidence: Evidence, claims: Claims) -> Reading:
    top = list(islice(_nonblank(page, first, last), HEAD_SPAN))
    reading = read_head(top, evidence.furniture, part is not None, claims.titles)
    if evidence.paged:
        reading.split_page()
    if part is not None:
        no, line = top[0]
        reading.take(no, "title", "split.part-title", [Found(0, len(line), "title", line)])
        if part.stem:
            reading.values.append((no, Found(part.stem_start, part.stem_start + len(part.stem), "collection_title", part.stem)))
        if hit := find_moment(folded(line)) if part.kind == "entry" else None:
            reading.values.append((no, Found(hit[0], hit[1], "published_at", hit[2].iso, SHAPED)))
    foot = [at for at in islice(_nonblank(page, first, last, -1), FOOT_LINES) if at[0] not in reading.asides][::-1]
    below = read_foot(foot, reading.has("author"))
    left = sum(1 for no, _ in top if no not in reading.asides and no not in below.asides)
    if not left and len(top) < HEAD_SPAN:
        return Reading()  # nothing would remain: what looks like a head is all there is
    reading.asides |= below.asides
    reading.values += below.values
    return reading


def _places(rows: Rows, kept_from: int, edits_from: int) -> list[tuple[int, int, int, int, int]]:
    """What of a document stands in articles, by start: (start, stop, article, place there, length there)."""
    found = [
        (rows.kept_start[i], rows.kept_stop[i], rows.kept_article[i], rows.kept_at[i], rows.kept_stop[i] - rows.kept_start[i])
        for i in range(kept_from, len(rows.kept_doc))
    ]
    found += [
        (rows.edit_start[i], rows.edit_stop[i], rows.edit_article[i], rows.edit_at[i], len(rows.kinds[rows.edit_kind[i]][4]))
        for i in range(edits_from, len(rows.edit_doc))
        if rows.edit_article[i] != NOWHERE
    ]
    return sorted(found)


def _in_article(places: list[tuple[int, int, int, int, int]], starts: list[int], start: int, stop: int) -> tuple[int, int, int] | None:
    """Article and span there of a span of the document; None where no character of it stands in one."""
    i = max(0, bisect_right(starts, start) - 1)
    article = begin = end = None
    for a, b, mine, at, size in places[i:]:
        if a > stop or (a == stop and stop > start):
            break
        if b < start or (b == start and stop > start) or (article is not None and mine != article):
            continue
        whole = size != b - a  # a replacement: only as a whole
        if article is None:
            article, begin = mine, at if whole else at + max(0, start - a)
        end = at + size if whole and stop > start else at + min(size, max(0, stop - a))
    return None if article is None else (article, begin, max(begin, end))
