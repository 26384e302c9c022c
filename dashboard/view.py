"""What a page is given, and what it may answer.

A page is a function `page(view) -> Page | Response`: it reads `view.g` (the generation), parameters and the path, and returns the
name of a template with its values. Addresses are built by `view.url`, which keeps a pinned generation, so that every link of a
pinned page leads to the same generation.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from dashboard.generations import Generation
from dashboard.words import Words
from tasks.errors import TaojinError

LONGEST = 400  # characters of a parameter; a query of the SQL page has its own limit
_WHOLE = re.compile(r"-?[0-9]{1,15}")


class Missing(TaojinError):
    """What the address names is not there. `near` are (text, address) of what may be meant."""

    def __init__(self, message: str, hint: str = "", near: list[tuple[str, str]] | None = None) -> None:
        super().__init__(message, hint)
        self.near = near or []


class Unfit(TaojinError):
    """The address asks for something that does not make sense."""


@dataclass(frozen=True)
class Page:
    """A template and its values."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    keep: bool = True  # whether the same address over the same generation gives the same page


class View:
    """One request over one generation, in one language."""

    def __init__(self, request: Request, g: Generation | None, t: Words, theme: str, pinned: bool, live: dict | None) -> None:
        self.request = request
        self.g: Generation = g  # type: ignore[assignment]  # pages that run without one ask `has_data` first
        self.t = t
        self.theme = theme
        self.pinned = pinned
        self.live = live
        self.path = "/" + request.url.path.lstrip("/")  # "//host" would be another host's address in a link

    @property
    def has_data(self) -> bool:
        return self.g is not None

    @property
    def state(self) -> Any:
        """What the whole application shares (settings, generations, workbench)."""
        return self.request.app.state

    @property
    def masks(self) -> bool:
        """Whether private data are hidden."""
        return self.state.generations.masks

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def get(self, name: str, default: str = "") -> str:
        """A parameter of the address, trimmed. Raises Unfit where it is longer than any meaning."""
        value = self.request.query_params.get(name, default).strip()
        if len(value) > LONGEST:
            raise Unfit(self.t("error.too_long", name=name, limit=LONGEST))
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the address, held between two."""
        value = self.request.query_params.get(name, "").strip()
        return min(max(int(value), low), high) if _WHOLE.fullmatch(value) else default

    def amount(self, name: str) -> float | None:
        """A number of the address; None where there is none."""
        try:
            value = float(self.request.query_params.get(name, "").replace(",", ""))
        except ValueError:
            return None
        return value if abs(value) < 1e18 else None

    def choice(self, name: str, known: tuple[str, ...], default: str = "") -> str:
        """A value of a closed list; anything else counts as the default."""
        value = self.request.query_params.get(name, "").strip()
        return value if value in known else default

    def url(self, path: str | None = None, **changes: Any) -> str:
        """
        An address. Without a path: this page's, its parameters changed (None takes one out, and `after` always leaves).

        With a path: that page with these parameters alone. A pinned generation stays pinned.
        """
        if path is None:
            path = self.path
            params = {k: v for k, v in self.request.query_params.items() if k not in ("after", "lang", "theme")} | changes
        else:
            params = {"gen": str(self.g.number)} | changes if self.pinned and self.g else changes
        given = [(k, str(v)) for k, v in params.items() if v not in (None, "")]
        return quote(path, safe="/.~-_") + ("?" + urlencode(given) if given else "")

    @property
    def permalink(self) -> str:
        """This page with its generation in the address."""
        return self.url(gen=self.g.number) if self.g else self.url()

    def ago(self, then: dt.datetime | str | None) -> str:
        """How long ago, in words; '' for never."""
        if then is None:
            return ""
        then = dt.datetime.fromisoformat(then) if isinstance(then, str) else then
        return self.lasting((now() - then.replace(tzinfo=None)).total_seconds(), "time.ago_")

    def lasting(self, seconds: float | None, prefix: str = "time.for_") -> str:
        """A stretch of time in its largest unit."""
        if seconds is None:
            return ""
        for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
            if seconds >= size:
                return self.t(prefix + word, n=int(seconds // size))
        return self.t(prefix + "seconds", n=max(int(seconds), 0))


def now() -> dt.datetime:
    """The clock in UTC, as tables hold it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
