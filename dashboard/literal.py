"""Crawled text made harmless: what a browser or a spreadsheet would obey is shown instead.

Escaping keeps markup from being markup. That is not enough: a bidirectional override turns the line around, a zero-width or
private-use character hides, a NUL ends a text for some readers. Each is shown as its code, ⟨U+202E⟩, in pages as in files.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

# Controls but line feed and tab; soft hyphen, Arabic letter mark, Mongolian vowel separator, zero width and bidirectional marks,
# separators, invisible operators, fillers that print nothing, variation selectors (but those of emoji), byte order mark,
# interlinear marks, surrogates, private use, noncharacters, tags.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def code(character: str) -> str:
    """A character that cannot be seen, as a reader sees it."""
    return f"⟨U+{ord(character):04X}⟩"


def visible(text: str) -> str:
    """The text with every hidden character as its code. Most texts have none and come back as they are."""
    return HIDDEN.sub(lambda found: code(found[0]), text) if HIDDEN.search(text) else text


def hidden_count(text: str) -> int:
    """How many characters `visible` replaces."""
    return len(HIDDEN.findall(text))


def shown(value: Any) -> Any:
    """
    What a template prints for a value: the last step before every output, set as the environment's `finalize`.

    Markup is ours and passes; None prints nothing; all else is text and is escaped, hidden characters as codes.
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return escape(visible(value if isinstance(value, str) else str(value)))


def chips(text: str) -> Markup:
    """As `shown`, each code set apart by a class, for places where long text is read."""
    if not HIDDEN.search(text):
        return escape(text)
    parts, at = [], 0
    for found in HIDDEN.finditer(text):
        parts += [escape(text[at : found.start()]), Markup('<span class="code">%s</span>') % code(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def ticks(text: str | None) -> Markup:
    """A sentence of ours in which `code` stands between back ticks; an odd tick stays as it is."""
    parts = (text or "").split("`")
    whole = len(parts) % 2 == 1
    return Markup("").join(
        Markup("<code>{}</code>").format(visible(p)) if i % 2 and whole else shown(p) if whole or not i else shown("`" + p)
        for i, p in enumerate(parts)
    )


def field(value: Any) -> Markup:
    """
    The value of a form's field: it goes back as it came, hidden characters as references, so that none stands in the page's source.

    Control characters leave: HTML cannot hold them.
    """
    text = "" if value is None else _CONTROLS.sub("", str(value))
    return Markup(HIDDEN.sub(lambda found: f"&#x{ord(found[0]):x};", str(escape(text))))


def cell(value: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula: an apostrophe goes before what would be one."""
    text = visible(value)
    return "'" + text if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
