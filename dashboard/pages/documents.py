"""One document: where it came from, its articles, how its bytes became text, every edit, what was refused."""

from __future__ import annotations

import itertools
import re
from typing import Any

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from dashboard.files import file_response
from dashboard.marks import edited, folded
from dashboard.view import Missing, Page, View
from tasks.errors import TaojinError
from tasks.storage.restore import restore_bytes

CHUNK = 40_000  # characters of one page
HEX_ROWS = 64  # rows of 16 bytes on one page of the byte view
STRETCHES = 200
_ID = re.compile(r"[0-9a-f]{8,32}")


def page(view: View) -> Page | Response:
    """The document with its edits, or its bytes."""
    d = _document(view)
    if isinstance(d, Response):
        return d
    g, doc = view.g, d["doc_id"]
    values: dict[str, Any] = {
        "title": d["name"] or doc,
        "d": d,
        "articles": g.rows(
            "select article_id, article_no, title, substr(text, 1, 40) as opening, char_count from articles where doc_id = ? "
            "order by article_no",
            [doc],
        ),
        "arrivals": g.rows("select uri, state, seen_at from arrivals where file_id = ? order by uri limit 20", [d["file_id"]]),
        "refused": g.rows("select run_id, quarantine_no, reason from quarantine where doc_id = ? order by run_id desc limit 20", [doc]),
        "stretches": sorted(
            g.of("decodings", doc, "* exclude (raw, run_id), raw is not null as inexact"), key=lambda c: (c["start"], c["byte_start"])
        )[:STRETCHES],
        "flags": g.rows("select * from flags where doc_id = ? order by start limit 200", [doc]),
        "shown": view.choice("view", ("edits", "bytes"), "edits"),
    }
    return Page("document.html", values | (_bytes(view, d) if values["shown"] == "bytes" else _edits(view, d)))


def file(view: View) -> Response:
    """The bytes of the seed file exactly as they came."""
    d = _document(view)
    if isinstance(d, Response):
        return d
    if view.masks:
        return PlainTextResponse(view.t("documents.masked") + "\n", 403)
    data = restore_bytes(view.state.generations.root, d["doc_id"] if d["container_path"] else d["file_id"])
    return file_response(data, d["name"] or d["file_id"], "application/octet-stream")


def _document(view: View) -> dict[str, Any] | Response:
    wanted = view.part("doc_id").lower()
    if not _ID.fullmatch(wanted):
        raise Missing(view.t("documents.unknown", id=wanted[:40]), view.t("articles.unknown_hint"))
    found = view.g.of("documents", wanted, "* exclude (text, run_id)")
    if found:
        seed = view.g.rows("select name, size_bytes, media_type from seed_files where file_id = ?", [found[0]["file_id"]])
        return found[0] | (seed[0] if seed else {"name": None, "size_bytes": None, "media_type": None})
    near = view.g.rows(
        "select doc_id, s.name from documents as d left join seed_files as s using (file_id) where starts_with(doc_id, ?) "
        "or starts_with(file_id, ?) order by 1 limit 4",
        [wanted[:8], wanted[:8]],
    )
    if len(near) == 1 and len(wanted) < 32 and near[0]["doc_id"].startswith(wanted):
        query = view.request.url.query
        return RedirectResponse(f"/documents/{near[0]['doc_id']}" + ("?" + query if query else ""), 307)
    raise Missing(
        view.t("documents.unknown", id=wanted),
        view.t("articles.unknown_hint"),
        [(n["name"] or n["doc_id"], view.url("/documents/" + n["doc_id"])) for n in near],
    )


def _edits(view: View, d: dict[str, Any]) -> dict[str, Any]:
    """One page of the document's characters, edits laid over them, and the span that the address points at."""
    g, doc = view.g, d["doc_id"]
    pages = max(1, -(-d["char_count"] // CHUNK))
    start, stop = view.number("from", -1, -1, d["char_count"]), view.number("to", -1, -1, d["char_count"])
    spot = (start, stop) if 0 <= start < stop else None
    number = view.number("page", start // CHUNK + 1 if spot else 1, 1, pages)
    begin = (number - 1) * CHUNK
    if view.masks:  # a datum may lie over the end of a page
        text = next((x["text"][begin : begin + CHUNK] for x in g.of("documents", doc, "text")), "")
    else:
        text = next((x["text"] for x in g.of("documents", doc, f"substr(text, {begin + 1}, {CHUNK}) as text")), "")
    columns = "start, stop, article_id, action, label, rule_id, rule_version, after, repaired_text, confidence"
    edits = sorted(g.of("edits", doc, columns), key=lambda e: (e["start"], e["stop"]))
    edits = [e for e in edits if e["stop"] > begin and e["start"] < begin + CHUNK]
    pieces = edited(text, edits, begin)
    if spot:
        pieces = _pointed(pieces, spot, begin)
    runs = folded(pieces)
    if spot:  # what is pointed at is not folded away
        for run in runs:
            run.kind = "edits" if run.kind == "fold" and any(e and e.get("spot") for _, e in run.pieces) else run.kind
    why = g.once("why", lambda: dict(g.rows_as_pairs("select rule_id, any_value(why) from rules group by 1")))
    return {
        "runs": runs,
        "page": number,
        "pages": pages,
        "begin": begin,
        "spot": spot,
        "why": why,
        "rules": sorted({e["rule_id"] for e in edits}),
    }


def _pointed(pieces: list[tuple[str, dict[str, Any] | None]], spot: tuple[int, int], begin: int):
    """Pieces cut at both ends of a span; those inside it carry `spot`."""
    found, at = [], begin
    for text, edit in pieces:
        cuts = sorted({0, len(text), *(c - at for c in spot if 0 < c - at < len(text))})
        for a, b in itertools.pairwise(cuts):
            inside = spot[0] <= at + a and at + b <= spot[1]
            part = dict(edit) if edit else None
            if inside:
                part = (part or {"action": "spot", "label": "", "rule_id": ""}) | {"spot": True, "first": at + a == spot[0]}
            found.append((text[a:b], part))
        at += len(text)
    return found


def _bytes(view: View, d: dict[str, Any]) -> dict[str, Any]:
    """The file's bytes in rows of sixteen, with the encoding that read them."""
    try:
        if view.masks:
            raise TaojinError(view.t("documents.masked"))
        data = restore_bytes(view.state.generations.root, d["doc_id"] if d["container_path"] else d["file_id"])
    except TaojinError as error:
        return {"hex": [], "fault": str(error), "page": 1, "pages": 1, "runs": [], "rules": [], "why": {}, "spot": None, "begin": 0}
    pages = max(1, -(-len(data) // (16 * HEX_ROWS)))
    number = view.number("page", 1, 1, pages)
    first = (number - 1) * 16 * HEX_ROWS
    rows = [
        (at, data[at : at + 16].hex(" "), "".join(chr(b) if 32 <= b < 127 else "·" for b in data[at : at + 16]))
        for at in range(first, min(first + 16 * HEX_ROWS, len(data)), 16)
    ]
    return {"hex": rows, "fault": "", "page": number, "pages": pages, "runs": [], "rules": [], "why": {}, "spot": None, "begin": 0}
