"""Private data found in articles: kind, masked value, where. The datum itself is never shown here."""

from __future__ import annotations

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
                "select p.kind, p.masked, p.article_id, p.start, a.title, a.site from private_data as p join articles as a "
                "using (article_id) "
                f"where ? in ('', p.kind) order by p.kind, p.article_id, p.start limit {LISTED}",
                [kind],
            ),
        )
        if kinds
        else []
    )
    return Page("private.html", {"title": view.t("nav.private"), "kinds": kinds, "rows": rows, "kind": kind, "limit": LISTED})
