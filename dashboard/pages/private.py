"""Private data found in articles: kind, masked value, where. The datum itself is never shown here."""

from __future__ import annotations

from starlette.responses import Response

from dashboard.lists import download
from dashboard.view import Page, View

LISTED = 200
KINDS = ("phone", "id_card", "bank_card", "email", "contact")


def page(view: View) -> Page:
    """Sums by kind and site, and the masked values."""
    kind = view.choice("kind", KINDS)
    g = view.g
    kinds = g.once(
        "private kinds",
        lambda: g.rows("select kind, count(*) as n, count(distinct article_id) as articles from private_data group by 1 order by 2 desc"),
    )
    rows = (
        g.once(
            ("private", kind),
            lambda: g.rows(
                "select p.kind, p.masked, p.article_id, p.start, a.title, substr(a.text, 1, 40) as opening, a.site "
                "from private_data as p join articles as a "
                "using (article_id) "
                f"where ? in ('', p.kind) order by p.kind, p.article_id, p.start limit {LISTED}",
                [kind],
            ),
        )
        if kinds
        else []
    )
    return Page("private.html", {"title": view.t("nav.private"), "kinds": kinds, "rows": rows, "kind": kind, "limit": LISTED})


def file(view: View) -> Response:
    """Kinds, masked values and places of all."""
    kind = view.choice("kind", KINDS)
    return download(
        view, "private", "select article_id, start, stop, kind, masked from private_data where ? in ('', kind) order by all", [kind]
    )
