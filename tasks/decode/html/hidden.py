"""What a page hides from its reader: attributes and inline styles. Style sheets are not read, scripts are not run."""

from __future__ import annotations

import re
from collections.abc import Mapping

_GONE = re.compile(r"display\s*:\s*none|content-visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN = re.compile(
    r"visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0+(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)|opacity\s*:\s*0+(?:\.0+)?\s*(?:;|!|$)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top|margin-left)\s*:\s*-\d{4,}",
    re.IGNORECASE,
)
_SEEN = re.compile(r"visibility\s*:\s*visible|font-size\s*:\s*(?:0*[1-9]|0*\.0*[1-9]|[a-z])|opacity\s*:\s*(?:1|0?\.[1-9])", re.IGNORECASE)
_SMALL = frozenset("i b em span svg s u small sup sub a button".split())


def is_gone(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element and all in it is left out, whatever its children say."""
    if not attributes:
        return tag == "dialog"
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    if (attributes.get("aria-hidden") or "").strip().lower() == "true" and tag in _SMALL:
        return True  # on larger elements it says that a dialog stood above them when the page was saved
    if tag == "dialog" and "open" not in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _GONE.search(style) is not None


def is_unseen(attributes: Mapping[str, str], inherited: bool) -> bool:
    """Whether text directly in an element is invisible; a child may be made visible again."""
    style = attributes.get("style")
    if not style:
        return inherited
    if _UNSEEN.search(style):
        return True
    return inherited and not _SEEN.search(style)
