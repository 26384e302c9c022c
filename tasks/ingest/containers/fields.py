"""Which field of a record means what: the mapping of taojin.toml, its defaults, and what becomes of all other fields.

    [fields]
    text = "content"            # one name, or several in the order in which they are tried; a.b is field b inside of a
    published_at = ["pub_time", "meta.date"]

Only what is named unmistakably has a default: "date" or "time" may be that of a crawl, "source" that of a data set.
A value that does not fit is not forced: it stays among the other fields (documents.record_meta, key "record").
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from tasks.ingest.containers.model import Record

CLAIMS = {"title": "articletitle", "published_at": "pubdate", "site": "sitename"}  # as a page's head would claim them
_EPOCH = (631_152_000, 4_102_444_800)  # seconds from 1990 to 2100
_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,}", re.IGNORECASE)
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Fields:
    """Names by meaning, in the order in which they are tried; compared without regard to case."""

    text: tuple[str, ...] = ("text", "content", "body", "raw_content", "html", "raw_html", "正文", "内容")
    url: tuple[str, ...] = ("url", "link", "page_url", "source_url", "链接", "网址")
    title: tuple[str, ...] = ("title", "headline", "标题")
    published_at: tuple[str, ...] = (
        "published_at", "publish_time", "published_time", "publish_date", "published_date", "pub_date", "pub_time", "pubdate", "发布时间",
        "发布日期",
    )  # fmt: skip
    fetched_at: tuple[str, ...] = ("fetched_at", "crawled_at", "crawl_time", "fetch_time", "scraped_at", "抓取时间", "采集时间")
    site: tuple[str, ...] = ("site", "site_name", "sitename", "domain", "网站", "站点")
    # Records that were read before: number -> the field that was its text, whatever the mapping says today.
    known: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The meanings that a mapping may give."""
        return tuple(f.name for f in fields(cls) if f.name != "known")

    @classmethod
    def of(cls, mapping: Mapping[str, Iterable[str]]) -> Fields:
        """The defaults, with the given meanings in their place."""
        return cls(**{name: tuple(names) for name, names in mapping.items()})

    @classmethod
    def as_read(cls, known: Mapping[int, str]) -> Fields:
        """What reads again the records that have been read with these text fields."""
        return cls(text=tuple(sorted(set(known.values()))), known=dict(known))

    def text_of(self, row: Mapping[str, Any], number: int = 0) -> tuple[str | None, Any]:
        """The first text field that holds text or bytes, and its value."""
        names = (self.known[number],) if number in self.known else self.text
        return _first(row, names, (str, bytes))

    def record(self, row: Mapping[str, Any], number: int, path: str) -> Record | None:
        """One row as a record; None where no field holds its text. Every other field stands in its `meta`."""
        text_field, text = self.text_of(row, number)
        if text_field is None:
            return None
        url_field, url = _first(row, self.url, str)
        url = url.strip() if url and url.strip().startswith(("http://", "https://")) and encodable(url) else None
        _, site = _first(row, self.site, str)
        printed = _printed(_first(row, self.published_at, (str, dt.datetime, dt.date))[1])
        claims = {"title": _first(row, self.title, str)[1], "published_at": printed, "site": site}
        rest = _without(row, text_field, url_field if url else None)
        meta: dict[str, Any] = {"text_field": text_field}
        if claimed := {CLAIMS[name]: value for name, value in claims.items() if value and encodable(value)}:
            meta["meta"] = claimed
        if rest:
            meta["record"] = plain(rest)
        return Record(
            number, path, as_bytes(text), url,
            _moment(_first(row, self.fetched_at, (str, int, float, dt.datetime))[1]), None,
            site if site and _DOMAIN.fullmatch(site) else None, meta,
        )  # fmt: skip


def as_bytes(text: str | bytes) -> bytes:
    """A field's bytes: UTF-8; what was no UTF-8 in the file comes through as it was."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode()
    except UnicodeEncodeError:
        return b"".join(c.encode("utf-8", "surrogateescape" if "\udc80" <= c <= "\udcff" else "surrogatepass") for c in text)


def encodable(text: str) -> bool:
    """Whether a text can be stored as characters."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON can hold it and any reader can read it; bytes, and strings that are none, as {"base64": ...}."""
    if depth > _DEEPEST:
        return str(value)[:1000]
    match value:
        case None | bool():
            return value
        case int():
            return value if abs(value) < 1 << 63 else str(value)
        case float():
            return value if value - value == 0 else str(value)
        case str():
            return value if encodable(value) else {"base64": base64.b64encode(as_bytes(value)).decode()}
        case bytes():
            return {"base64": base64.b64encode(value).decode()}
        case Mapping():
            return {_key(name): plain(inner, depth + 1) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner, depth + 1) for inner in value]
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def _key(name: Any) -> str:
    return str(name) if encodable(str(name)) else repr(str(name))[1:-1]


def _first(row: Mapping[str, Any], names: Iterable[str], kinds: Any) -> tuple[str | None, Any]:
    folded = {key.casefold(): key for key in reversed(row)} if not any(n in row for n in names) else {}
    for name in names:
        key = name if name in row else folded.get(name.casefold())
        if key is not None:
            value = row[key]
        else:
            value, key = _inside(row, name), name
        if isinstance(value, kinds) and not isinstance(value, bool) and (not isinstance(value, str | bytes) or value.strip()):
            return key, value
    return None, None


def _inside(row: Mapping[str, Any], name: str) -> Any:
    value: Any = row if "." in name else None
    for part in name.split(".") if value is not None else ():
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _without(row: Mapping[str, Any], *gone: str | None) -> dict[str, Any]:
    """A row less some of its fields, also such as lie inside of others."""
    left = dict(row)
    for name in gone:
        if name is None:
            continue
        if name in left:
            del left[name]
            continue
        *outer, last = name.split(".")
        inside = left
        for part in outer:
            inside[part] = dict(inside[part])
            inside = inside[part]
        del inside[last]
    return left


def _printed(value: Any) -> str | None:
    """A time as a claim: a clock of another zone than China's is refused where claims are read."""
    return value.isoformat() if isinstance(value, dt.date) else value


def _moment(value: Any) -> dt.datetime | None:
    """A moment in UTC; None for what names no zone, since that would be a guess."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        try:
            return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else None
        except (OverflowError, ValueError):
            return None
    if isinstance(value, int | float) and value == value:
        seconds = value / 1000 if value >= _EPOCH[1] else value
        if _EPOCH[0] <= seconds < _EPOCH[1]:
            return dt.datetime.fromtimestamp(seconds, dt.UTC).replace(tzinfo=None)
    return None
