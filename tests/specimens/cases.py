"""Specimens against their truths, one aspect at a time: a case is `specimen:aspect` or `specimen:aspect:item`, so that a
failure says what is wrong, and a known one hides nothing else.

A truth holds only what is certain (gold/CONVENTIONS decides): a field that is absent is not judged; null means that the value
must be absent. `text` is the list of paragraphs as the page stores them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.residue import residue
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.decode.stretches import Stretch, encode_back
from tasks.enrich.flags import place_flags
from tasks.enrich.stage import enrich
from tasks.split.stage import split
from tests.tasks.split.conftest import check_law_a

PROJECT = Path(__file__).resolve().parents[2]
TRUTHS = {p.stem: p for p in sorted((PROJECT / "tests" / "specimens").glob("*-*.json")) if not p.stem.startswith("enc-")}
CLASSES = [f"D{n:02d}" for n in range(1, 33)] + [f"X{n:02d}" for n in range(1, 16)]
FIELDS = (
    "title", "subtitle", "abstract", "author", "author_role", "source", "site", "editors", "published_at",
    "page_no", "page_count", "part_no", "script", "truncated", "residual_dirt",
)  # fmt: skip
_WHOLE, _BY_ITEM = ("links", "metadata", "flags_never", "flags_at"), ("flags", "must_cut", "must_keep")
LENGTH_OF = {"day": 10, "minute": 16, "second": 19}


@dataclass(frozen=True)
class Result:
    """What the stages make of one specimen."""

    data: bytes
    text: str
    given_back: bytes
    documents: pa.Table
    tables: dict[str, pa.Table]
    articles: list[dict]
    flags: list[dict]
    links: int


@cache
def truth(name: str) -> dict:
    return json.loads(TRUTHS[name].read_text("utf-8"))


@cache
def results() -> dict[str, Result | Exception]:
    """
    All specimens through all stages: the pure ones one by one, enrichment, which costs more, in one batch.

    Where a stage raises, the specimen's result is the exception, so that each case of it fails at once.
    """
    made: dict[str, tuple] = {}
    failed: dict[str, Result | Exception] = {}
    for name in TRUTHS:
        try:
            made[name] = _split_up((PROJECT / truth(name)["file"]).read_bytes())
        except Exception as error:
            failed[name] = error
    articles = pa.concat_tables([tables["articles"] for *_, tables in made.values()])
    kept = pa.concat_tables([tables["kept"] for *_, tables in made.values()])
    try:
        enriched = enrich(articles, left=residue(articles))
        found, rows = place_flags(enriched["flags"], kept).to_pylist(), enriched["articles"].to_pylist()
    except Exception as error:
        return dict.fromkeys(TRUTHS, error)
    return failed | {name: _result(*of, found, rows) for name, of in made.items()}


def result(name: str) -> Result:
    """What became of one specimen; RuntimeError where a stage raised."""
    got = results()[name]
    if isinstance(got, Exception):
        raise RuntimeError(f"a stage raised {got!r}")
    return got


def _split_up(data: bytes) -> tuple[bytes, dict, dict, dict]:
    contents = pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow)
    decoded = decode(contents)
    cleaned = clean(decoded["documents"], decoded["blocks"])
    return data, decoded, cleaned, split(decoded["documents"], cleaned["marks"], cleaned["flags"])


def _result(data: bytes, decoded: dict, cleaned: dict, tables: dict, found: list[dict], rows: list[dict]) -> Result:
    document = decoded["documents"].to_pylist()[0]
    doc, text = document["doc_id"], document["text"]
    flags = tables["flags"].to_pylist() + [flag for flag in found if flag["doc_id"] == doc]
    articles = [row for row in rows if row["doc_id"] == doc]
    given_back = _given_back(document, decoded["decodings"].to_pylist(), data)
    return Result(data, text, given_back, decoded["documents"], tables, articles, flags, cleaned["links"].num_rows)


def _given_back(document: dict, rows: list[dict], data: bytes) -> bytes:
    """The bytes that text and decodings give; where the text is a rendering of markup, the bytes that the decodings cover."""
    if document["rendering"] is None:
        return encode_back(document["text"], [Stretch(**{name: row[name] for name in Stretch._fields}) for row in rows])
    return b"".join(data[row["byte_start"] : row["byte_stop"]] for row in rows)


def aspects(said: dict) -> list[str]:
    """What a truth says, law first."""
    articles = said.get("articles")
    named = ["laws"] + ([] if articles is None else ["articles"])
    named += [field for field in FIELDS if any(field in article for article in articles or ())]
    named += ["text"] if any(article.get("text") for article in articles or ()) else []
    named += [key for key in _WHOLE if said.get(key) not in (None, [])]
    return named + [f"{key}:{item}" for key in _BY_ITEM for item in said[key]]


def cases() -> list[str]:
    return [f"{name}:{aspect}" for name in TRUTHS for aspect in aspects(truth(name))]


def check(case: str, got: Result | None = None) -> None:
    """Raises AssertionError with a sentence that shows the difference; `got` stands in for what the stages made."""
    name, aspect, item = (*case.split(":", 2), "")[:3]
    _CHECKS.get(aspect, _field)(truth(name), got or result(name), item or aspect)


def _laws(said: dict, got: Result, _: str) -> None:
    assert got.given_back == got.data, "law B: the decoded text does not give its bytes back"
    check_law_a(got.documents, got.tables)


def _articles(said: dict, got: Result, _: str) -> None:
    found = [article["text"][:60] for article in got.articles]
    assert len(found) == len(said["articles"]), f"{len(said['articles'])} articles wanted, got {len(found)}: {found}"


def _field(said: dict, got: Result, field: str) -> None:
    for want, article in zip_longest(said["articles"], got.articles, fillvalue={}):
        if field in want:
            value = _moment(article) if field == "published_at" else article.get(field)
            assert value == want[field], f"{field}: wanted {want[field]!r}, got {value!r}"


def _moment(article: dict) -> str | None:
    when = article.get("published_at")
    return when.isoformat()[: LENGTH_OF[article["published_precision"]]] if when else None


def _text(said: dict, got: Result, _: str) -> None:
    for want, article in zip_longest(said["articles"], got.articles, fillvalue={}):
        if want.get("text"):
            report = difference(want["text"], article.get("text", "").split("\n"))
            assert not report, "\n" + report


def difference(want: list[str], got: list[str]) -> str:
    """Paragraphs that differ, one line each: - is wanted and missing, + is there and unwanted, ~ marks the place inside one."""
    out = []
    for kind, a, b, c, d in SequenceMatcher(None, want, got, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for left, right in zip_longest(want[a:b], got[c:d]):
            if left is not None and right is not None:
                at = next((i for i, (x, y) in enumerate(zip(left, right, strict=False)) if x != y), min(len(left), len(right)))
                out.append(f"~ at {at}: wanted {left[max(0, at - 12) : at + 24]!r}, got {right[max(0, at - 12) : at + 24]!r}")
            else:
                out.append(f"- {left!r}" if right is None else f"+ {right!r}")
    return "\n".join(out)


def _links(said: dict, got: Result, _: str) -> None:
    assert got.links == said["links"], f"{said['links']} links wanted, got {got.links}"


def _metadata(said: dict, got: Result, _: str) -> None:
    for field, wanted in said["metadata"].items():
        found = {row["value"] for row in got.tables["article_metadata"].to_pylist() if row["field"] == field}
        assert found == set(wanted), f"{field}: wanted {wanted}, got {sorted(found)}"


def _flags(said: dict, got: Result, kind: str) -> None:
    found = {flag["kind"] for flag in got.flags}
    assert kind in found, f"no flag {kind}, only {sorted(found)}"


def _flags_never(said: dict, got: Result, _: str) -> None:
    found = [(flag["kind"], flag["detail"]) for flag in got.flags if flag["kind"] in said["flags_never"]]
    assert not found, f"flags on sound text: {found}"


def _flags_at(said: dict, got: Result, _: str) -> None:
    for kind, wanted in said["flags_at"].items():
        found = [got.text[flag["start"] : flag["stop"]] for flag in got.flags if flag["kind"] == kind]
        assert found == wanted, f"{kind}: wanted {wanted}, got {found}"


def _must_cut(said: dict, got: Result, item: str) -> None:
    left = [shown for a in got.articles for shown in (a["text"], a["title"], a["abstract"]) if shown and item in shown]
    assert not left, f"left in an article: {[line for line in left[0].split(chr(10)) if item in line]}"


def _must_keep(said: dict, got: Result, item: str) -> None:
    assert any(item in article["text"] for article in got.articles), f"lost from the articles: {item}"


_CHECKS = {
    "laws": _laws, "articles": _articles, "text": _text, "links": _links, "metadata": _metadata, "flags": _flags,
    "flags_never": _flags_never, "flags_at": _flags_at, "must_cut": _must_cut, "must_keep": _must_keep,
}  # fmt: skip
