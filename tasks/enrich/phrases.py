"""phrases: what stands in quotation marks, and numeric abbreviations with what the text says they stand for.

Kind `quoted` is every “…” or 「…」 within a paragraph; kind `numeric` is one of them that counts its parts (三个代表, 六有六好,
五小). A quoted numeric phrase gives both rows. Pure numbers (“五一”, “7.18”) are only quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.text.numerals import parse

_QUOTED = re.compile(r"“([^“”\n]+)”|「([^「」\n]+)」")
_N = "一二两三四五六七八九十百"
_NUMERIC = re.compile(
    rf"[{_N}]{{1,2}}(?:个|大|项|种|条|支|类)[\u4e00-\u9fff]{{1,6}}|[{_N}][\u4e00-\u9fff]|(?:[{_N}][\u4e00-\u9fff]{{1,3}}){{2,3}}"
)
_PURE = re.compile(rf"[{_N}\d.·]+")
_COUNT = re.compile(rf"[{_N}]{{1,2}}")
_AFTER = re.compile(r"[”」][（(](?:即|指|就是)?[：:]?[“「]?([^）)”」\n]{2,120})[”」]?[)）]")
_AFTER_THAT = re.compile(r"[”」](?:,|，)?即[：:]?[“「]?([^。；;”」\n]{2,120})")
_ITEM = r"[\u4e00-\u9fff]{2,14}"
_LEAD = re.compile(r"^.*(?:了|的|是|为|对|把|将|以|和|有|在|抓好|建立|实现|健全|完善|落实|推进|坚持|做到|开展)(?=[\u4e00-\u9fff]{2})")
LONGEST_NUMERIC = 8  # code points
LONGEST_QUOTE = 400  # beyond, the marks are not a pair


@dataclass(frozen=True, slots=True)
class Phrase:
    start: int
    stop: int
    kind: str  # quoted | numeric
    expansion: str | None


def find_phrases(text: str) -> list[Phrase]:
    """Phrases in the order of the text."""
    if "“" not in text and "「" not in text:
        return []
    found = []
    for match in _QUOTED.finditer(text):
        group = 1 if match.group(1) is not None else 2
        start, stop = match.span(group)
        if stop - start > LONGEST_QUOTE:
            continue
        surface = match.group(group)
        is_numeric = len(surface) <= LONGEST_NUMERIC and _NUMERIC.fullmatch(surface) is not None and not _PURE.fullmatch(surface)
        expansion = _expansion(text, start, stop, surface) if is_numeric else None
        found.append(Phrase(start, stop, "quoted", expansion))
        if is_numeric:
            found.append(Phrase(start, stop, "numeric", expansion))
    return found


def _expansion(text: str, start: int, stop: int, surface: str) -> str | None:
    """The parts, joined by 、, where the text lists exactly as many as the phrase counts: behind it in brackets or right before it."""
    counted = _COUNT.match(surface)
    number = parse(counted.group()) if counted else None
    count = 2 if counted and counted.group() == "两" else int(number.value) if number and number.value is not None else 0
    if not 2 <= count <= 12:
        return None
    for pattern in (_AFTER, _AFTER_THAT):
        after = pattern.match(text, stop)
        if after:
            parts = [part.strip() for part in re.split("[、，,；;]", after[1]) if part.strip()]
            if len(parts) == count:
                return "、".join(parts)
    before = re.search(rf"((?:{_ITEM}、){{{count - 1}}}{_ITEM})[等这]?[“「]$", text[max(0, start - 200):start])
    if before:
        parts = before[1].split("、")
        parts[0] = _LEAD.sub("", parts[0]) or parts[0]
        return "、".join(parts)
    return None
