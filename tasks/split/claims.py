"""What a page's markup claims about its article outside the text: <title>, meta, linked data (documents.record_meta).

A claim is a statement of the page, not of its text. Where a line of the text says the same, the line proves it and the claim
makes it surer; where no line does, the value is taken with no place (start and stop NULL: a field of the record proves it).
Not taken: authors and titles that templates fill in (admin, the site's own name), times in another zone, times of changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.text.dates import moment_of
from tasks.text.lines import HAN, is_outlet

META_CLAIM, DATA_CLAIM, TITLE_CLAIM = 0.85, 0.9, 0.7

_META = (
    ("title", ("articletitle", "og:title", "twitter:title", "title", "dc.title", "citation_title", "headline")),
    (
        "published_at",
        (
            "article:published_time",
            "pubdate",
            "publishdate",
            "publish_date",
            "publishtime",
            "og:release_date",
            "datepublished",
            "bytedance:published_time",
            "weibo:article:create_at",
            "dc.date.issued",
            "citation_date",
            "og:article:published_time",
            "pubtime",
            "publish-date",
            "parsely-pub-date",
            "firstpublishedtime",
        ),
    ),
    (
        "author",
        ("article:author", "author", "og:article:author", "dc.creator", "citation_author", "byl", "weibo:article:author", "mediaid-author"),
    ),
    ("source", ("contentsource", "source", "og:article:source", "mediaid", "copyright-source")),
    ("site", ("sitename", "og:site_name", "application-name")),
    ("keywords", ("keywords", "keyword", "news_keywords", "article:tag")),
    ("description", ("og:description", "description", "twitter:description", "dc.description")),
    ("column", ("columnname", "article:section")),
)
_TYPES = re.compile(r"Article|BlogPosting|Report|Posting$")
_SEPARATOR = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s+|\s*--+\s*|(?<=[\u4e00-\u9fff])[-–—](?=[\u4e00-\u9fff]{2,12}$)")
_NOBODY = re.compile(
    r"admin\w*|root|editor|user\w*|test|guest|null|undefined|unknown|佚名|管理员|编辑|小编|网站"
    r"|本站|匿名|.*@.*|https?:.*|www\..*",
    re.IGNORECASE,
)
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Claims:
    """Values by field, in order of trust: (value, confidence). `titles` are forms that a line may repeat, without blanks."""

    values: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()

    def said(self, name: str) -> set[str]:
        """What is claimed for a field, without blanks."""
        return {"".join(value.split()) for value, _ in self.values.get(name, ())}


NONE = Claims()
Proof = tuple[str, str, int | None, int | None, float]  # field, value, start, stop, confidence
_ARTICLES_OWN = ("title", "published_at", "author", "source")


def with_claims(proofs: list[Proof], claims: Claims, alone: bool) -> list[Proof]:
    """
    Proofs of one article and what the page claims beside them.

    A value of the text that a claim repeats becomes surer. A field of which the text says nothing is taken from the claim;
    what belongs to one article, only where the page has one (`alone`). Whoever edits, or carries the page, is not its author.
    """
    if claims is NONE:
        return proofs
    out = [(*p[:4], _both(p[4], c)) if (c := _agreed(p, claims)) else p for p in proofs]
    known = {p[0] for p in proofs}
    others = {"".join(p[1].split()) for p in proofs if p[0] in ("editor", "source", "site")} | claims.said("site") | claims.said("source")
    for name, values in claims.values.items():
        if name in known or (name in _ARTICLES_OWN and not alone):
            continue
        if name == "author":
            values = [v for v in values if "".join(v[0].split()) not in others]
        several = name in ("keywords", "author")
        out += [(name, value, None, None, confidence) for value, confidence in (values[:20] if several else values[:1])]
    return out


def _agreed(proof: Proof, claims: Claims) -> float | None:
    said = "".join(proof[1].split())
    for value, confidence in claims.values.get(proof[0], ()):
        claim = "".join(value.split())
        if claim == said or (proof[0] == "published_at" and (claim.startswith(said) or said.startswith(claim))):
            return confidence
    return None


def _both(a: float, b: float) -> float:
    """Two independent readings that agree are wrong together only where each is."""
    return min(0.999, 1 - (1 - a) * (1 - b))


def claims_of(record_meta: str | None) -> Claims:
    """Read the claims of one document; anything that is no page's head claims nothing."""
    if not record_meta or record_meta == "{}":
        return NONE
    try:
        head = json.loads(record_meta)
    except ValueError:
        return NONE
    if not isinstance(head, dict):
        return NONE
    values: dict[str, list[tuple[str, float]]] = {}

    def add(name: str, value: object, confidence: float) -> None:
        if isinstance(value, str) and (clean := " ".join(value.split())) and _fits(name, clean):
            if name == "published_at":
                when = moment_of(clean)
                if when is None or when.precision in ("year", "month"):
                    return
                clean = when.iso
            known = values.setdefault(name, [])
            if clean not in (v for v, _ in known):
                known.append((clean, confidence))

    for item in _linked(head.get("json_ld")):
        add("title", item.get("headline"), DATA_CLAIM)
        add("published_at", item.get("datePublished"), DATA_CLAIM)
        for name in _names(item.get("author")):
            add("author", name, DATA_CLAIM)
        for name in _names(item.get("publisher")):
            add("site", name, DATA_CLAIM)
    meta = head.get("meta") if isinstance(head.get("meta"), dict) else {}
    for name, keys in _META:
        for key in keys:
            said = meta.get(key)
            for value in said if isinstance(said, list) else [said]:
                for part in re.split(r"[,，;；、\s]+", value) if name == "keywords" and isinstance(value, str) else [value]:
                    add(name, part, META_CLAIM)
    site = {v for v, _ in values.get("site", ())}
    _titles(values, head.get("title"), site)
    values["author"] = [(v, c) for v, c in values.get("author", ()) if v not in site and not (is_outlet(v) and len(v) > 4)]
    forms = {"".join(v.split()) for v, _ in values.get("title", ())}
    whole = head.get("title")
    if isinstance(whole, str) and forms:
        forms |= {"".join(part.split()) for part in _heads(whole)}
    return Claims({k: v for k, v in values.items() if v}, frozenset(f for f in forms if len(f) >= 4))


def _titles(values: dict[str, list[tuple[str, float]]], whole: object, site: set[str]) -> None:
    """The <title>, less what it says about the site, comes last; titles that only name the site are none."""
    titles = []
    for value, confidence in values.get("title", ()):
        short = _without_site(value, site)
        if short and short not in site:
            titles.append((short, confidence))
    if isinstance(whole, str) and not titles:
        short = _without_site(" ".join(whole.split()), site)
        if short and short not in site and not re.search(r"欢迎|首页|网站$|官网", short) and len(_HAN.findall(short)) >= 6:
            titles.append((short, TITLE_CLAIM))
    values["title"] = list(dict(reversed(titles)).items())[::-1]


def _heads(title: str) -> list[str]:
    """What of a <title> may be the article's: its beginnings up to each separator."""
    return [title, *(title[: m.start()] for m in _SEPARATOR.finditer(title))]


def _without_site(title: str, site: set[str]) -> str:
    """A title up to the part that names the site or its section: the rest behind a separator is the site's."""
    for m in _SEPARATOR.finditer(title):
        rest = title[m.end() :]
        parts = _SEPARATOR.split(rest)
        if any(
            p in site
            or any(p.startswith(s) for s in site if len(s) >= 2)
            or is_outlet(p)
            or p.endswith(("频道", "订阅", "首页", "政府", "网站", "公司", "大学", "中心", "站"))
            for p in parts
            if p
        ):
            return title[: m.start()].strip()
    return title.strip()


def _fits(name: str, value: str) -> bool:
    """Whether a claim can be meant: templates fill in much that is none."""
    if name == "author":
        return len(value) <= 20 and not _NOBODY.fullmatch(value) and not re.search(r"\d{3}|[<>{}]", value)
    if name in ("source", "site", "column"):
        return len(value) <= 40 and not re.search(r"https?:|[<>{}]", value) and _NOBODY.fullmatch(value) is None
    if name == "keywords":
        return len(value) <= 30
    return len(value) <= (120 if name == "title" else 1000)


def _linked(data: object) -> Iterator[dict]:
    """Articles among blocks of linked data."""
    stack = []
    for text in data if isinstance(data, list) else ():
        try:
            stack.append(json.loads(text))
        except (TypeError, ValueError):
            continue
    for _ in range(200):
        if not stack:
            return
        item = stack.pop(0)
        if isinstance(item, list):
            stack = item + stack
        elif isinstance(item, dict):
            kinds = item.get("@type")
            if any(isinstance(k, str) and _TYPES.search(k) for k in (kinds if isinstance(kinds, list) else [kinds])):
                yield item
            if isinstance(item.get("@graph"), list):
                stack += item["@graph"]


def _names(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name
