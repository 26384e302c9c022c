"""One article: its clean text with what was found in it, the document it came from with every edit, both scripts side by side."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.responses import RedirectResponse, Response

from dashboard.export import plain
from dashboard.files import file_response
from dashboard.literal import hidden_count
from dashboard.marks import Mark, aligned, differing, edited, folded, laid, paragraphs
from dashboard.view import Missing, Page, View

VIEWS = ("clean", "split", "raw", "hans")
MARKS = ("mentions", "facts", "time", "phrases", "flags")
CHUNK = 40_000  # characters of one page of a long text
LISTED = 300  # facts and mentions in the lists below the text
FILES = ("clean.txt", "hans.txt", "raw.txt", "article.json", "article.md")
_ID = re.compile(r"[0-9a-f]{8,32}")


def page(view: View) -> Page | Response:
    """One view of the article; a beginning of the id that only one article has leads to it."""
    a = _article(view)
    if isinstance(a, Response):
        return a
    shown = view.choice("view", VIEWS, "clean")
    values: dict[str, Any] = {
        "title": a["title"] or view.t("articles.untitled"),
        "a": a,
        "shown": shown,
        "views": VIEWS,
        "files": FILES,
        "hidden": hidden_count(a["text"]),
        "neighbours": _neighbours(view, a),
        "beside": _beside(view, a),
    }
    values |= {"clean": _clean, "hans": _hans, "split": _split, "raw": _raw}[shown](view, a)
    return Page("article.html", values)


def file(view: View) -> Response:
    """The article as a file: clean or Simplified text, the document's characters, JSON, Markdown."""
    what = view.part("what")
    a = _article(view)
    if isinstance(a, Response):
        return a
    if what not in FILES:
        raise Missing(view.t("error.no_page"), view.t("error.formats", formats=", ".join(FILES)))
    name = f"taojin-{a['article_id'][:12]}-{what}"
    if what == "clean.txt":
        return file_response((a["text"] + "\n").encode("utf-8", "replace"), name, "text/plain; charset=utf-8")
    if what == "hans.txt":
        return file_response((a["text_hans"] + "\n").encode("utf-8", "replace"), name, "text/plain; charset=utf-8")
    if what == "raw.txt":
        text = next((d["text"] for d in view.g.of("documents", a["doc_id"], "text")), "")
        return file_response(text.encode("utf-8", "replace"), name, "text/plain; charset=utf-8")
    if what == "article.json":
        whole = {k: v for k, v in a.items() if k not in ("file", "flag_count")} | {
            "metadata": _metadata(view, a),
            "facts": _facts(view, a),
            "mentions": _mentions(view, a),
        }
        return file_response(
            (json.dumps(whole, ensure_ascii=False, default=plain) + "\n").encode("utf-8", "replace"),
            name,
            "application/json; charset=utf-8",
        )
    return file_response(_markdown(a).encode("utf-8", "replace"), name, "text/markdown; charset=utf-8")


def _article(view: View) -> dict[str, Any] | Response:
    wanted = view.part("article_id").lower()
    if not _ID.fullmatch(wanted):
        raise Missing(view.t("articles.unknown", id=wanted[:40]), view.t("articles.unknown_hint"))
    if len(wanted) == 32:
        columns = "*" if view.get("view") == "hans" or "what" in view.request.path_params else "* exclude (text_hans)"
        found = view.g.of("articles", wanted, columns)
        if found:
            known = view.g.shelf("select file, file_id, flags as flag_count, cluster_id from articles where article_id = ?", [wanted])
            # An article whose file was superseded is not among the current ones; it is shown all the same.
            return found[0] | (known[0] if known else {"file": None, "file_id": None, "flag_count": 1, "cluster_id": "?"})
    near = view.g.shelf("select article_id, title from articles where starts_with(article_id, ?) order by 1 limit 4", [wanted[:8]])
    if len(near) == 1 and near[0]["article_id"].startswith(wanted):
        path = view.path.replace(view.part("article_id"), near[0]["article_id"], 1)
        query = view.request.url.query
        return RedirectResponse(path + ("?" + query if query else ""), 307)
    raise Missing(
        view.t("articles.unknown", id=wanted),
        view.t("articles.unknown_hint"),
        [(n["title"] or n["article_id"], view.url("/articles/" + n["article_id"])) for n in near],
    )


def _neighbours(view: View, a: dict[str, Any]) -> list[dict[str, Any]]:
    """The other articles of the same document."""
    return view.g.shelf(
        "select article_id, title, opening from articles where doc_id = ? and article_id <> ? limit 20", [a["doc_id"], a["article_id"]]
    )


def _beside(view: View, a: dict[str, Any]) -> list[dict[str, Any]]:
    """The articles before and after this one in the list of all by date, newest first."""
    found = view.g.shelf(
        "select rowid - (select rowid from articles where article_id = ?) as way, article_id, title, opening from articles where rowid in "
        "(select rowid + step from articles, (values (-1), (1)) as s(step) where article_id = ?) order by 1",
        [a["article_id"], a["article_id"]],
    )
    return [r for r in found if r["way"] in (-1, 1)]


def _metadata(view: View, a: dict[str, Any]) -> list[dict[str, Any]]:
    found = view.g.of("article_metadata", a["article_id"], "field, value_no, value, doc_id, start, stop, confidence")
    return sorted(found, key=lambda m: (m["field"], m["value_no"]))


def _facts(view: View, a: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(_public(view, view.g.of("facts", a["article_id"], "* exclude (run_id)")), key=lambda f: f["fact_no"])[: LISTED * 4]


def _mentions(view: View, a: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(_public(view, view.g.of("mentions", a["article_id"], "* exclude (run_id)")), key=lambda m: m["start"])[: LISTED * 4]


def _public(view: View, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what lies over private data, where those are hidden: a number's value would say what its text does not."""
    return [r for r in rows if not view.g.mask.is_private(r)] if view.g.mask else rows


def _clean(view: View, a: dict[str, Any]) -> dict[str, Any]:
    """The text in paragraphs, found things underlined, the outline, metadata with the places that prove it."""
    g, i = view.g, a["article_id"]
    asked = [m for m in view.get("hl").split(",") if m in MARKS] if "hl" in view.request.query_params else ["mentions", "facts"]
    facts, mentions = _facts(view, a), _mentions(view, a)
    marks: list[Mark] = []
    if "facts" in asked:
        marks += [Mark(f["start"], f["stop"], "fact", f["kind"]) for f in facts]
    if "mentions" in asked:
        marks += [Mark(m["start"], m["stop"], "mention", m["kind"]) for m in mentions]
    if "time" in asked:
        times = g.rows("select start, stop, precision, interval_start from time_expressions where article_id = ?", [i])
        marks += [Mark(r["start"], r["stop"], "time", r["interval_start"].date().isoformat() if r["interval_start"] else "") for r in times]
    if "phrases" in asked:
        marks += [
            Mark(r["start"], r["stop"], "phrase", r["kind"])
            for r in g.rows("select start, stop, kind from phrases where article_id = ?", [i])
        ]
    flags = (
        g.rows(
            "select kind, article_start as start, article_stop as stop, detail, severity from flags where article_id = ? "
            "order by article_start",
            [i],
        )
        if a["flag_count"]
        else []
    )
    if "flags" in asked:
        marks += [Mark(f["start"], f["stop"], "flag", f["kind"]) for f in flags]
    spot = _spot(view, len(a["text"]))
    if spot:
        marks.append(Mark(*spot, "spot"))
    sections = sorted(g.of("sections", i), key=lambda s: s["section_no"])[:500]
    heads = {s["start"]: s for s in sections if s["heading"]}
    pages = _pages(a["text"])
    run_in = dict(filter(None, (_run_in(heads[at], text, at) for page in pages for at, text in page if at in heads)))
    marks += [Mark(start, stop, "head") for start, stop in run_in.values()]
    number = view.number("page", _page_with(pages, spot[0]) if spot else 1, 1, len(pages))
    body = [
        {"start": at, "pieces": laid(text, marks, at), "heading": heads.get(at), "run_in": at in run_in} for at, text in pages[number - 1]
    ]
    similar = (
        g.rows(
            "select case when p.article_id = ? then p.other_id else p.article_id end as other, similarity from duplicate_pairs as p "
            "where level = 'article' and (p.article_id = ? or p.other_id = ?) order by 2 desc limit 10",
            [i, i, i],
        )
        if a["cluster_id"]
        else []
    )
    for s in similar:
        s |= (g.shelf("select title, opening from articles where article_id = ?", [s["other"]]) or [{"title": s["other"][:12]}])[0]
    return {
        "body": body,
        "sections": sections,
        "metadata": _metadata(view, a),
        "facts": facts[:LISTED],
        "mentions": mentions[:LISTED],
        "flags": flags[:LISTED],
        "asked": asked,
        "marks": MARKS,
        "page": number,
        "pages": len(pages),
        "spot": spot,
        "similar": similar,
        "keywords": _keywords(g.of("keywords", i, "term, rank")),
        "page_of": {s["section_no"]: _page_with(pages, s["start"]) for s in sections},
        "private": g.rows("select kind, masked from private_data where article_id = ? order by start limit 50", [i])
        if g.once("any private", lambda: g.value("select count(*) from private_data"))
        else [],
    }


def _run_in(section: dict[str, Any], paragraph: str, at: int) -> tuple[int, tuple[int, int]] | None:
    """The paragraph's place and the span of a heading that text follows on the same line; None for a heading that has its own."""
    begin = paragraph.find(section["heading"])
    if begin < 0 or not paragraph[begin + len(section["heading"]) :].strip("。.:：；;，, \u3000"):
        return None
    return at, (at, at + begin + len(section["heading"]))


def _keywords(rows: list[dict[str, Any]]) -> list[str]:
    """The best words of all methods, each once."""
    return list(dict.fromkeys(r["term"] for r in sorted(rows, key=lambda r: r["rank"])))[:12]


def _hans(view: View, a: dict[str, Any]) -> dict[str, Any]:
    """As published and in Simplified, paragraph by paragraph, what differs marked; both have the same offsets."""
    pages = _pages(a["text"])
    number = view.number("page", 1, 1, len(pages))
    rows = [list(differing(text, a["text_hans"][at : at + len(text)])) for at, text in pages[number - 1]]
    changed = sum(one != other for one, other in zip(a["text"], a["text_hans"], strict=False))
    return {"rows": rows, "page": number, "pages": len(pages), "changed": changed}


def _document(view: View, a: dict[str, Any]) -> dict[str, Any]:
    g, doc = view.g, a["doc_id"]
    only, bare = view.get("rule"), view.get("w") == "1"
    text = next((d["text"] for d in g.of("documents", doc, "text")), "")
    columns = "start, stop, article_id, article_start, action, label, rule_id, rule_version, before, after, repaired_text, confidence"
    edits = sorted(g.of("edits", doc, columns), key=lambda e: (e["start"], e["stop"]))
    kept = sorted(g.of("kept", doc, "start, stop, article_id, article_start"), key=lambda k: k["start"])
    counts: dict[str, int] = {}
    for e in edits:
        if e["label"] != "newline":
            counts[e["rule_id"]] = counts.get(e["rule_id"], 0) + 1
    why = g.once("why", lambda: dict(g.rows_as_pairs("select rule_id, any_value(why) from rules group by 1")))
    sums = {action: sum(e["stop"] - e["start"] for e in edits if e["action"] == action) for action in ("cut", "replace", "meta", "newline")}
    marks = [
        e for e in edits if (not only or e["rule_id"] == only) and not (bare and e["label"] in ("newline", "indent", "trailing_space"))
    ]
    return {
        "text": text,
        "edits": edits,
        "drawn": marks,
        "kept": kept,
        "only": only,
        "bare": bare,
        "why": why,
        "sums": sums,
        "counts": sorted(counts.items(), key=lambda c: (-c[1], c[0])),
        "kept_sum": sum(k["stop"] - k["start"] for k in kept),
        "whole": _law_a(len(text), kept, edits),
        "rules": sorted({e["rule_id"] for e in marks}),
        "length": len(text),
    }


def _raw(view: View, a: dict[str, Any]) -> dict[str, Any]:
    """The document as it came, every edit with its rule."""
    d = _document(view, a)
    spot = _spot(view, d["length"])
    at = spot[0] if spot else 0
    pages = max(1, -(-d["length"] // CHUNK))
    number = view.number("page", at // CHUNK + 1, 1, pages)
    begin = (number - 1) * CHUNK
    runs = folded(edited(d["text"][begin : begin + CHUNK], d["drawn"], begin))
    return d | {"runs": runs, "page": number, "pages": pages, "begin": begin, "spot": spot}


def _split(view: View, a: dict[str, Any]) -> dict[str, Any]:
    """The document beside the clean text, a row for each paragraph."""
    d = _document(view, a)
    rows = aligned(d["length"], d["edits"], d["kept"], a["article_id"], a["text"])
    pages: list[list[Any]] = [[]]
    size = 0
    for row in rows:
        if pages[-1] and size + row.raw_stop - row.raw_start > CHUNK:
            pages.append([])
            size = 0
        pages[-1].append(row)
        size += row.raw_stop - row.raw_start
    number = view.number("page", 1, 1, len(pages))
    shown = [
        {
            "runs": folded(edited(d["text"][r.raw_start : r.raw_stop], d["drawn"], r.raw_start)),
            "clean": a["text"][r.start : r.stop] if r.start is not None else None,
            "start": r.start,
        }
        for r in pages[number - 1]
    ]
    return d | {"rows": shown, "page": number, "pages": len(pages)}


def _law_a(length: int, kept: list[dict[str, Any]], edits: list[dict[str, Any]]) -> bool:
    """Whether kept spans and edits cover every character once."""
    at = 0
    for start, stop in sorted([(k["start"], k["stop"]) for k in kept] + [(e["start"], e["stop"]) for e in edits]):
        if start != at:
            return False
        at = stop
    return at == length


def _spot(view: View, length: int) -> tuple[int, int] | None:
    """The span that the address points at."""
    start = view.number("from", -1, -1, length)
    stop = view.number("to", -1, -1, length)
    return (start, stop) if 0 <= start < stop else None


def _pages(text: str) -> list[list[tuple[int, str]]]:
    """Paragraphs in pages of about CHUNK characters; a paragraph that is longer than a page is cut into pieces."""
    pages: list[list[tuple[int, str]]] = [[]]
    size = 0
    for at, paragraph in paragraphs(text):
        for k in range(0, max(len(paragraph), 1), CHUNK):
            piece = paragraph[k : k + CHUNK]
            if pages[-1] and size + len(piece) > CHUNK:
                pages.append([])
                size = 0
            pages[-1].append((at + k, piece))
            size += len(piece)
    return pages


def _page_with(pages: list[list[tuple[int, str]]], offset: int) -> int:
    return next((n for n in range(len(pages), 0, -1) if pages[n - 1] and pages[n - 1][0][0] <= offset), 1)


def _markdown(a: dict[str, Any]) -> str:
    """The article as Markdown, its text as text: what Markdown would read as a sign is escaped."""

    def still(text: str) -> str:
        return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~&])", r"\\\1", text)

    lines = [f"# {still(a['title'] or a['article_id'])}", ""]
    for name in ("author", "source", "site", "published_at"):
        if a[name]:
            lines.append(f"- {name}: {still(plain(a[name]))}")
    return "\n".join([*lines, "", *(still(p) + "\n" for p in a["text"].split("\n"))]) + "\n"
