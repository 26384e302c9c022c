"""The overview as one self-contained file: the style sheet inside, no script, nothing that asks for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from dashboard.generations import Generation
from dashboard.summary import gather, verdict
from dashboard.view import View, now
from dashboard.words import Words

_LINK = re.compile(r"</?a\b[^>]*>")  # only ours: crawled text is escaped and holds no tag


class _Reader:
    """What the overview's template asks of a view, where there is no server: links are taken out afterwards."""

    def __init__(self, g: Generation, t: Words) -> None:
        self.g, self.t = g, t

    def url(self, path: str = "", **changes: Any) -> str:
        return "#"

    ago = View.ago
    lasting = View.lasting


def html_report(templates: Environment, g: Generation, t: Words, last: dict[str, Any] | None = None) -> str:
    """The file. Its policy admits the one style sheet by its hash and nothing else."""
    css = (Path(__file__).parent / "static" / "app.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    o = gather(g)
    values = {"v": _Reader(g, t), "t": t, "g": g, "o": o, "verdict": verdict(o, t, last), "go": None, "days": 0}
    body = _LINK.sub("", templates.get_template("overview_body.html").render(values))
    return templates.get_template("report.html").render(values, css=Markup(css), digest=digest, made=now(), body=Markup(body))
