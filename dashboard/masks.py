"""Private data hidden in what a generation answers, where `mask_private` is set.

A hidden text is as long as it was: every offset of edits, facts and sections holds, so pages draw marks over it as over any other.
What an article's own `private_data` does not list (a footer that was cut, a title, a refused row) is looked for by the same finder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from tasks.enrich.private import private_in

Span = tuple[int, int, str]  # start, stop, masked
Rows = list[dict[str, Any]]

_TOKEN = re.compile(r"[0-9A-Za-z]{4,}")
_ID = re.compile(r"[0-9a-f]{32}")
_WHOLE = ("text", "text_hans")  # columns whose offsets are those of `private_data`
_LISTED = """
    select p.article_id, a.doc_id, p.start, p.stop, p.masked, substr(a.text, p.start + 1, p.stop - p.start) as datum
    from private_data as p join articles as a using (article_id)
"""


def veiled(text: str, spans: Iterable[Span], at: int = 0) -> str:
    """
    The text with each span's masked form in its place, or stars where that has another length or only a part of the span stands here.

    `at` is where the text begins. Length and line ends stay; of overlapping spans nothing stays readable.
    """
    out = list(text)
    for start, stop, shown in spans:
        fits = len(shown) == stop - start and start >= at and stop <= at + len(text)
        for i in range(max(start - at, 0), min(stop - at, len(text))):
            if out[i] not in "*\n":
                out[i] = shown[i + at - start] if fits else "*"
    return "".join(out)


def found(text: str) -> list[Span]:
    """Private data that the text shows by itself."""
    return [(d.start, d.stop, _fitted(d.masked, d.stop - d.start)) for d in private_in(text)]


class Mask:
    """The private data of one generation, and its rows without them. `ask(sql, params)` reads the rows as they are."""

    def __init__(self, ask: Callable[..., Rows]) -> None:
        self._ask = ask
        self._spans: dict[str, list[Span]] = {}
        self._data: dict[str, list[str]] = {}
        self._articles: dict[str, set[str]] = {}
        for r in ask(_LISTED):
            self._spans.setdefault(r["article_id"], []).append((r["start"], r["stop"], _fitted(r["masked"], r["stop"] - r["start"])))
            self._data.setdefault(r["article_id"], []).append(r["datum"])
            self._articles.setdefault(r["doc_id"], set()).add(r["article_id"])

    def rows(self, rows: Rows) -> Rows:
        """Rows of any query, hidden as far as their columns tell whose they are."""
        return [self._row(r) for r in rows]

    def value(self, value: Any, article: str | None = None) -> Any:
        """One value, of an article where that is known."""
        match value:
            case str():
                named = [article] if article else _ID.findall(value)
                data = [d for a in named for d in self._data.get(a or "", ())]
                return _without(veiled(value, found(value)), data)
            case list():
                return [self.value(v, article) for v in value]
            case dict():
                return {k: self.value(v, article) for k, v in value.items()}
        return value

    def document(self, doc_id: str, text: str) -> list[Span]:
        """Spans of a document's characters: found in it, and those of its articles brought back through what was kept and edited."""
        spans = found(text)
        if articles := self._articles.get(doc_id):
            pieces = self._ask("select article_id, start, stop, article_start from kept where doc_id = ?", [doc_id])
            edits = self._ask("select article_id, start, stop, article_start from edits where doc_id = ? and action = 'replace'", [doc_id])
            for piece in pieces:
                for start, stop, shown in self._spans[piece["article_id"]] if piece["article_id"] in articles else ():
                    by, size = piece["start"] - piece["article_start"], piece["stop"] - piece["start"]
                    a, b = max(start, piece["article_start"]), min(stop, piece["article_start"] + size)
                    if a < b:
                        spans.append((a + by, b + by, shown if (a, b) == (start, stop) else ""))
            for edit in edits:
                at = edit["article_start"]
                if at is not None and any(a <= at < b for a, b, _ in self._spans.get(edit["article_id"], ())):
                    spans.append((edit["start"], edit["stop"], ""))
        return sorted(spans)

    def edits(self, rows: Rows, spans: list[Span]) -> Rows:
        """Edits of a document over whose hidden spans they lie."""
        for e in rows:
            hit = any(start < e["stop"] and e["start"] < stop for start, stop, _ in spans)
            if e.get("before"):
                e["before"] = veiled(e["before"], spans, e["start"])
            for name in ("after", "repaired_text"):
                if hit and e.get(name):
                    e[name] = re.sub(r"\S", "*", e[name])
        return rows

    def is_private(self, row: dict[str, Any]) -> bool:
        """Whether a row's span lies over a private datum of its article."""
        return any(start < row["stop"] and row["start"] < stop for start, stop, _ in self._spans.get(row["article_id"], ()))

    def _json(self, text: str) -> str:
        """A row written as JSON: escapes hide a datum from the finder, so it is read first."""
        try:
            row = json.loads(text)
        except ValueError:
            return self.value(text)
        row = self._row(row) if isinstance(row, dict) else self.value(row)
        return json.dumps(row, ensure_ascii=False)

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        article = row.get("article_id")
        spans = self._spans.get(article or "", ())
        placed = isinstance(row.get("start"), int) and isinstance(row.get("stop"), int)
        if spans and placed and ("value_text" in row or "surface" in row) and self.is_private(row):
            return {k: _starred(k, v) for k, v in row.items()}
        hidden = dict(row)
        for name, value in row.items():
            if name.endswith(("_id", "_sha256")) or name == "masked" or not isinstance(value, str | list | dict):
                continue
            if name == "row_json":
                hidden[name] = self._json(value)
            elif name in _WHOLE and isinstance(value, str) and spans:
                value = veiled(value, spans, row["start"] if isinstance(row.get("start"), int) else 0)
                hidden[name] = veiled(value, found(value))
            else:
                hidden[name] = self.value(value, article)
        return hidden


def _starred(name: str, value: Any) -> Any:
    if name.endswith("_id") or name == "kind":
        return value
    if isinstance(value, str):
        return "*" * len(value)
    return None if isinstance(value, float) else value


def _without(text: str, data: list[str]) -> str:
    """The text without these data, whole or cut off at its ends."""
    for datum in data:
        text = text.replace(datum, "*" * len(datum))
    return _TOKEN.sub(lambda m: "*" * len(m[0]) if any(m[0] in d for d in data) else m[0], text) if data else text


def _fitted(shown: str, size: int) -> str:
    """A masked form drawn out to the datum's length, where that is longer."""
    at = shown.find("*")
    return shown[:at] + "*" * (size - len(shown)) + shown[at:] if at >= 0 and len(shown) < size else shown
