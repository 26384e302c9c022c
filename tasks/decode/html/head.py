"""What a page says about itself outside its text: title, meta, canonical address. Claims, kept as evidence; never text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MOST_ENTRIES, LONGEST = 200, 4000  # meta entries, and characters of one value
LONGEST_DATA = 40_000  # characters of one block of linked data
_SECOND_LEVEL = frozenset("ac co com edu gob gov idv mil ne net or org".split())
_PROVINCES = frozenset(
    "ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj tw xj xz yn zj".split()
)


@dataclass(slots=True)
class Head:
    """Collected while the page is read."""

    title: list[str] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    language: str = ""

    def take_meta(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or attributes.get("http-equiv")
        value = attributes.get("content") or ""
        if name and value.strip() and len(self.meta) < MOST_ENTRIES:
            known = self.meta.setdefault(name.strip().lower()[:100], [])
            if value not in known and len(known) < 20:
                known.append(value[:LONGEST])

    def take_link(self, attributes: Mapping[str, str]) -> None:
        for relation in (attributes.get("rel") or "").lower().split():
            if relation in ("canonical", "amphtml", "shortlink", "alternate", "next", "prev") and attributes.get("href"):
                self.links.setdefault(relation, attributes["href"].strip()[:LONGEST])

    def take_data(self, text: str) -> None:
        """Linked data counts where it is JSON; otherwise it is a script like others."""
        if len(text) > LONGEST_DATA or len(self.data) >= 10:
            return
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return
        self.data.append(text.strip())

    @property
    def url(self) -> str | None:
        """The page's own address, where it states one in full."""
        claims = (self.links.get("canonical"), *(self.meta.get("og:url", ())), *(self.meta.get("twitter:url", ())))
        return next((c for c in claims if c and host_of(c)), None)

    def as_json(self) -> str:
        """What was found, as `documents.record_meta` holds it; "{}" for nothing."""
        found: dict[str, object] = {}
        if title := " ".join("".join(self.title).split()):
            found["title"] = title[:LONGEST]
        if self.language:
            found["lang"] = self.language[:100]
        if self.meta:
            found["meta"] = {name: values[0] if len(values) == 1 else values for name, values in sorted(self.meta.items())}
        if self.links:
            found["links"] = dict(sorted(self.links.items()))
        if self.data:
            found["json_ld"] = self.data
        return json.dumps(found, ensure_ascii=False)


def host_of(url: str) -> str | None:
    """The host of an absolute web address; None for anything else."""
    if len(url) > 2000 or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return host if parts.scheme in ("http", "https") and host and "." in host else None


def site_of(url: str | None) -> str | None:
    """The registered domain of an address: two labels, or three below a country's second level."""
    host = host_of(url) if url else None
    if host is None:
        return None
    labels = host.rstrip(".").split(".")
    if all(label.isdigit() for label in labels):
        return host
    below = len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in _SECOND_LEVEL or (labels[-1] == "cn" and labels[-2] in _PROVINCES))
    return ".".join(labels[-3 if below else -2 :])
