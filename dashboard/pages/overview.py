"""Overview: one sentence that judges, the figures behind it, the sites, what is new. `report` is the same as one file."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dashboard.files import file_response
from dashboard.report import html_report
from dashboard.summary import DAYS, gather, newest, next_place, unpublished, verdict
from dashboard.view import Page, View


def page(view: View) -> Page:
    """The first page."""
    last = last_run(view)
    if not view.has_data:
        return Page("overview.html", {"title": view.t("nav.overview"), "o": None, "verdict": None, "last": last}, keep=False)
    days = int(view.choice("days", tuple(map(str, DAYS))) or 0)
    o = gather(view.g, days)
    return Page(
        "overview.html",
        {
            "title": view.t("nav.overview"),
            "o": o,
            "verdict": verdict(o, view.t, last),
            "go": next_place(o, last),
            "last": last,
            "days": days,
            "spans": DAYS,
        },
    )


def report(view: View) -> Response | Page:
    """The file that `taojin report` writes, of now: to be saved, since it carries a style sheet and a policy of its own."""
    if not view.has_data:
        return page(view)
    html = html_report(view.state.templates, view.g, view.t, last_run(view))
    return file_response(html.encode("utf-8"), f"taojin-gen{view.g.number}.html", "text/html; charset=utf-8", {"x-keep": "no"})


def last_run(view: View) -> dict[str, Any] | None:
    """The last run that only the log knows, where it is later than the published ones."""
    return unpublished(view.state.generations.root, newest(view.g))
