"""Duplicates: clusters of articles that repeat each other, and two of them side by side."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from dashboard.lists import download
from dashboard.marks import paragraphs
from dashboard.view import Missing, Page, View

LISTED = 100
PARAGRAPHS = 40
SHOWN = 20_000  # characters of each text, side by side
_ID = re.compile(r"[0-9a-f]{32}")
_FILE = "select * from duplicates order by cluster_id, article_id"


def page(view: View) -> Page:
    """The largest clusters first, and single paragraphs that repeat."""
    return Page("duplicates.html", {"title": view.t("nav.duplicates"), "limit": LISTED} | view.g.once("duplicates", lambda: _sums(view)))


def file(view: View) -> Response:
    return download(view, "duplicates", _FILE)


def one(view: View) -> Page:
    """One cluster; `a` and `b` choose the two that stand side by side."""
    cluster = view.part("cluster")
    members = view.g.shelf(
        "select article_id, title, opening, source, site, published_at, published_precision, char_count, repeats from articles "
        "where cluster_id = ? order by repeats, published_at nulls last, article_id limit 200",
        [cluster],
    )
    if not _ID.fullmatch(cluster) or not members:
        raise Missing(view.t("duplicates.unknown"), "", [(view.t("nav.duplicates"), view.url("/duplicates"))])
    ids = [m["article_id"] for m in members]
    a = view.get("a") if view.get("a") in ids else ids[0]
    b = view.get("b") if view.get("b") in ids else next((i for i in ids if i != a), a)
    texts = {r["article_id"]: r["text"] for r in view.g.rows("select article_id, text from articles where article_id in (?, ?)", [a, b])}
    pairs = view.g.rows(
        "select article_id, other_id, similarity, method from duplicate_pairs where level = 'article' and article_id in "
        "(select unnest(?::varchar[])) and other_id in (select unnest(?::varchar[])) order by similarity desc limit 100",
        [ids, ids],
    )
    for m in members:
        m["similarity"] = next((p["similarity"] for p in pairs if {p["article_id"], p["other_id"]} == {m["article_id"], a}), None)
    return Page(
        "duplicate.html",
        {
            "title": view.t("duplicates.one", n=len(members)),
            "members": members,
            "a": a,
            "b": b,
            "pairs": pairs,
            "rows": _beside(texts.get(a, "")[:SHOWN], texts.get(b, "")[:SHOWN]) if a != b else [],
        },
    )


def _sums(view: View) -> dict[str, Any]:
    g = view.g
    clusters = g.shelf(
        "select cluster_id, count(*) as n, arg_min(title, repeats::int) as title, arg_min(opening, repeats::int) as opening, "
        "min(published_at) as first_at, "
        "max(published_at) as last_at, "
        "count(distinct coalesce(source, site)) as sources from articles where cluster_id is not null group by 1 having count(*) > 1 "
        f"order by 2 desc, 1 limit {LISTED}"
    )
    return {
        "clusters": clusters,
        "sizes": [
            (str(r["size"]), r["n"])
            for r in g.shelf(
                "select least(n, 12) as size, count(*) as n from (select cluster_id, count(*) as n from articles where "
                "cluster_id is not null "
                "group by 1) where n > 1 group by 1 order by 1"
            )
        ],
        "repeats": g.shelf("select count(*) as n from articles where repeats")[0]["n"],
        "paragraphs": _paragraphs(view),
        "pairs": g.value("select count(*) from duplicate_pairs"),
    }


def _paragraphs(view: View) -> list[dict[str, Any]]:
    """The paragraphs that most other articles repeat, each with its words: pairs name them by number, from 1."""
    g = view.g
    found = g.rows(
        "select article_id, paragraph_no, count(*) as others, min(similarity) as least, arg_min(other_id, other_id) as other_id from ("
        "select article_id, paragraph_no, other_id, similarity from duplicate_pairs where level = 'paragraph' union all "
        "select other_id, other_paragraph_no, article_id, similarity from duplicate_pairs where level = 'paragraph') "
        f"group by 1, 2 order by others desc, article_id, paragraph_no limit {LISTED * 4}"
    )
    ids = sorted({r["article_id"] for r in found})
    texts = {r["article_id"]: r for r in g.rows(
        "select article_id, title, text from articles where article_id in (select unnest(?::varchar[]))", [ids])}  # fmt: skip
    kept: dict[str, dict[str, Any]] = {}
    for r in found:
        whole = texts.get(r["article_id"], {"title": None, "text": ""})
        lines = [p for _, p in paragraphs(whole["text"])]
        words = lines[r["paragraph_no"] - 1] if 0 < r["paragraph_no"] <= len(lines) else ""
        if words and words not in kept:  # the same paragraph of another article is no news
            kept[words] = r | {"words": words, "title": whole["title"], "opening": whole["text"][:40]}
    return list(kept.values())[:PARAGRAPHS]


def _beside(one: str, other: str) -> list[tuple[str, str, bool]]:
    """Paragraphs of two texts: the same ones stand beside each other, in the order of the first."""
    ours = [p for _, p in paragraphs(one)]
    theirs = [p for _, p in paragraphs(other)]
    places: dict[str, list[int]] = {}
    for i, p in enumerate(theirs):
        places.setdefault(p, []).append(i)
    rows, at = [], 0
    for p in ours:
        found = next((i for i in places.get(p, ()) if i >= at), None)
        if found is None:
            rows.append((p, "", False))
        else:
            rows += [("", q, False) for q in theirs[at:found]]
            rows.append((p, theirs[found], True))
            at = found + 1
    return rows + [("", q, False) for q in theirs[at:]]
