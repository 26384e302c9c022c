"""Is a text markup? Judged by its structure: text that mentions tags, or keeps a few of them, is none."""

from __future__ import annotations

import re

from tasks.decode.html.parse import without_unshown
from tasks.decode.html.tags import BLOCKS, KNOWN, UNSHOWN, VOID

_HEAD = 1 << 18  # characters that are judged
_TOKEN = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,14})(?P<rest>(?:\s[^<>]{0,3000})?/?)>")
_DOCTYPE = re.compile(r"\s*<!doctype\s+html\b", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][A-Za-z][^<>]{0,300}>|\ufeff")
_ENDS = frozenset("\n>。！？…；”")
_BLANK = re.compile(r"\s+")
_PAGE = frozenset(("html", "body", "head"))
MIN_TAGS = 4  # tags in their places that a fragment needs; a whole page needs half of them
MIN_INSIDE = 0.8  # share of characters that must stand inside such tags
KEPT_BREAKS = 3  # closed blocks for each line break between two sentences, from which a fragment is markup all the same
_PARAGRAPH_BREAK = re.compile(r"[。！？…；：][”’」』）)]?[ \t\u3000\xa0]*\n[ \t\u3000\xa0]*(?=[^\s<>])")
_PRESERVED = re.compile(r"<(?:pre|xmp|listing|plaintext)\b", re.IGNORECASE)
MIN_BROKEN = 5  # lines that end in <br>, where nothing else is there


def is_html(text: str) -> bool:
    """
    Whether a text is to be read as markup.

    Tags count where they stand as markup has them: at the beginning or end of a line or beside another tag. An author who
    writes about tags puts words on both sides, and most of his words outside any of them.
    """
    if "<" not in text or text.lstrip("\ufeff \t\n")[:2] in ('{"', '["', "[{"):
        return False
    whole = without_unshown(text[:_HEAD], cut_short=len(text) > _HEAD)
    head = _DECLARATION.sub("", whole)
    tokens = [t for t in _TOKEN.finditer(head) if t["name"].lower() in KNOWN]
    if len(tokens) < 2:
        return False
    placed = [t for t in tokens if _in_place(head, t)]
    names = {t["name"].lower() for t in placed}
    page = bool(_PAGE & names) or _DOCTYPE.search(whole[:1000]) is not None
    blocks = sum(t["name"].lower() in BLOCKS for t in placed)
    if not page and (blocks < MIN_TAGS or _keeps_lines(head, tokens)):
        return _is_broken(head, tokens)
    if page and len(placed) < MIN_TAGS // 2:
        return False
    inside, total = _inside(head, placed, tokens)
    return inside >= MIN_INSIDE * total


def _in_place(text: str, token: re.Match[str]) -> bool:
    before = text[max(0, token.start() - 40) : token.start()].rstrip(" \t\u3000")
    after = text[token.end() : token.end() + 40].lstrip(" \t\u3000")
    return not before or before[-1] in _ENDS or not after or after[0] in "\n<"


def _inside(text: str, placed: list[re.Match[str]], tokens: list[re.Match[str]]) -> tuple[int, int]:
    """Characters inside blocks, and all; tags and blanks do not count. A block that is never closed reaches to the next."""
    closes: dict[str, int] = {}
    for t in placed:
        if t["close"]:
            closes[t["name"].lower()] = closes.get(t["name"].lower(), 0) + 1
    places = {t.start() for t in placed}
    inside = total = at = 0
    depth: dict[str, int] = {}
    open_until_next = False
    for t in tokens:
        size = len(_BLANK.sub("", text[at : t.start()]))
        total += size
        at = t.end()
        if open_until_next or depth:
            inside += size
        name = t["name"].lower()
        if t.start() not in places or name in VOID:
            open_until_next = open_until_next or (name in ("br", "hr") and t.start() in places)
            continue
        if name not in BLOCKS and name not in UNSHOWN:
            continue
        if t["close"]:
            if depth.get(name, 0) > 1:
                depth[name] -= 1
            else:
                depth.pop(name, None)
            open_until_next = False
        elif closes.get(name, 0) > 0:
            closes[name] -= 1
            depth[name] = depth.get(name, 0) + 1
        else:
            open_until_next = True
    total += (rest := len(_BLANK.sub("", text[at:])))
    return inside + (rest if open_until_next or depth else 0), total


def _keeps_lines(text: str, tokens: list[re.Match[str]]) -> bool:
    """
    Whether line breaks without any tag divide the paragraphs of a fragment: text that kept a few tags of its page. Rendered as
    markup, its paragraphs would run together.
    """
    if _PRESERVED.search(text):
        return False
    breaks = len(_PARAGRAPH_BREAK.findall(text))
    return breaks >= 2 and breaks * KEPT_BREAKS >= sum(t["name"].lower() in BLOCKS and t["close"] == "/" for t in tokens)


def _is_broken(text: str, tokens: list[re.Match[str]]) -> bool:
    """Lines that nearly all end in <br>: text that lost its page."""
    breaks = sum(t["name"].lower() in ("br", "p") and text[t.end() : t.end() + 1] in ("\n", "") for t in tokens)
    return breaks >= MIN_BROKEN and breaks >= MIN_INSIDE * sum(1 for line in text.split("\n") if line.strip())
