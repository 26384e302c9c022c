"""Every word of ours that people read, in two languages, from one catalogue (words.toml).

    [runs]
    lead = ["{n} run|{n} runs", "{n} 次运行"]

    t = Words("en");  t("runs.lead", n=2)

A bar parts singular and plural, chosen by `n`. Contracts, rules' reasons and data are not translated: pages mark them with their
language. A name that the catalogue lacks raises KeyError, so a page with a missing word fails its test.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

LANGUAGES = ("en", "zh")
TAGS = {"en": "en", "zh": "zh-Hans"}


def _catalogue() -> dict[str, tuple[str, str]]:
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return {f"{part}.{name}": tuple(pair) for part, names in table.items() for name, pair in names.items()}


CATALOGUE = _catalogue()


def grouped(number: float | int) -> str:
    """1234567 as 1,234,567."""
    return f"{number:,}"


class Words:
    """The catalogue in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.tag = TAGS[language]
        self._at = LANGUAGES.index(language)

    def __call__(self, name: str, /, **values: Any) -> str:
        """The sentence with its values; whole numbers are grouped. Values are text, not markup: the template escapes the whole."""
        text = CATALOGUE[name][self._at]
        if "|" in text:
            one, many = text.split("|")
            text = one if values.get("n") == 1 else many
        return text.format(**{k: grouped(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in values.items()})

    def marked(self, name: str, /, **values: Any) -> Markup:
        """The sentence with values that may be markup of ours; the sentence's own text is escaped."""
        shown = {k: v if isinstance(v, Markup) else escape(grouped(v) if isinstance(v, int) else v) for k, v in values.items()}
        return Markup(str(escape(CATALOGUE[name][self._at].split("|")[-1])).format(**shown))

    def known(self, part: str, name: str | None) -> str:
        """The word for a value of a closed list (a status, a class of dirt), or the value itself where the catalogue has none."""
        pair = CATALOGUE.get(f"{part}.{name}")
        return pair[self._at] if pair else (name or "")


def choose(asked: str | None, kept: str | None, accepted: str) -> str:
    """The language of an answer: the address says, else the cookie, else the browser's own order."""
    for wish in (asked, kept):
        if wish in LANGUAGES:
            return wish
    best, weight = "en", 0.0
    for part in accepted.split(",")[:20]:
        tag, _, quality = part.strip().lower().partition(";q=")
        try:
            q = float(quality or 1)
        except ValueError:
            continue
        if tag.partition("-")[0] in LANGUAGES and q > weight:
            best, weight = tag.partition("-")[0], q
    return best
