"""Holes and masks: what someone took out of the text before us. Flagged, never filled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.text.ledger import Flag, Ledger

MOST = 100  # flags of one kind in a document

# One pattern a sort of mask; each begins with what is rare in clean text, so that the search is one pass.
_MASKS = (
    ("20xx", re.compile(r"(?<![A-Za-z0-9])(?:19|20)?[0-9]{0,2}[xX×＊*]{2}[0-9]?(?=[年届月日号元万亿个名人])"), "digits are masked"),
    ("name", re.compile(r"(?<![×*□xX])(?:×{2,}|＊{2,}|\*{2,6}|□{1,}|X{3,}|x{3,}|[Xx]{2}(?=[省市县区乡镇村局厅部委同公某]))(?![×*□])"), "characters are masked"),
    ("word", re.compile(r"(?<=[\u3400-\u9fff，。、；])_{1,3}(?=[\u3400-\u9fff，。、；])"), "a word is masked"),
)
_MASK_CHARS = re.compile(r"[xX×＊*□_]")
_EMPTY_QUOTES = re.compile("“[ \u3000]*”|「」|《》|『』")
_ELISION = re.compile(r"(?:…{1,4}|\.{3,6}) ?[（(]?(?:中间|以下|下)?略[)）]? ?(?:…{1,4}|\.{3,6})")
_SUBJECTLESS = re.compile(r"(?:(?<=[。！？；!?\n”])|^)[ \u3000\xa0]*[,，]?[ \u3000]*((?:指出|强调|要求|强調|號召|号召)(?=[,，:：]))")
_PAIRS = ("“”", "‘’", "（）", "《》", "「」", "『』", "【】", "()")
_LIST_NUMBER = re.compile(r"(?:^|(?<=[\s,，;；。:：、（(]))[0-9a-zA-Z①-⑳一二三四五六七八九十]{1,3}[)）]")


def flag_oddities(ledger: Ledger) -> None:
    """Flags for masks, elisions, holes and unbalanced pairs, at most MOST of each kind."""
    view = ledger.view()
    text = view.shown
    for find in (_masks, _elisions, _holes, _unbalanced):
        for n, flag in enumerate(find(text)):
            if n == MOST:
                break
            start, stop = view.raw_span(flag.start, flag.stop)
            ledger.flags.append(Flag(start, stop, flag.kind, flag.detail, flag.severity))


def _masks(text: str) -> Iterator[Flag]:
    if not _MASK_CHARS.search(text):
        return
    for _, pattern, detail in _MASKS:
        for found in pattern.finditer(text):
            if not _is_rule(text, found):
                yield Flag(found.start(), found.end(), "mask", detail)


def _is_rule(text: str, found: re.Match[str]) -> bool:
    """Whether the signs are a ruled line, a bullet or a form's box and mask nothing."""
    line_start = text.rfind("\n", 0, found.start()) + 1
    line_stop = text.find("\n", found.end())
    line = text[line_start : line_stop if line_stop >= 0 else len(text)]
    signs = sum(c in "×＊*□_" for c in line)
    return signs * 2 > len(line.strip()) or (found.group()[0] in "□*＊" and not line[: found.start() - line_start].strip())


def _elisions(text: str) -> Iterator[Flag]:
    if "略" in text:
        for found in _ELISION.finditer(text):
            yield Flag(found.start(), found.end(), "elision", "the site left a passage out")


def _holes(text: str) -> Iterator[Flag]:
    for quotes in ("“”", "“ ”", "「」", "《》", "『』"):
        if quotes in text:
            for found in _EMPTY_QUOTES.finditer(text):
                yield Flag(found.start(), found.end(), "hole", "empty quotes: what they held is gone")
            break
    if any(verb + sign in text for verb in ("指出", "强调", "要求", "強調", "号召", "號召") for sign in ",，:："):
        for found in _SUBJECTLESS.finditer(text):
            yield Flag(*found.span(1), "hole", "a sentence without the one who speaks")


def _unbalanced(text: str) -> Iterator[Flag]:
    """Lines with an odd pair, where the document as a whole is odd: quotes may run over paragraphs."""
    for opening, closing in _PAIRS:
        if text.count(opening) == text.count(closing):
            continue
        if closing in ")）" and len(_LIST_NUMBER.findall(text)) >= text.count(closing) - text.count(opening) > 0:
            continue
        at = 0
        for line in text.split("\n"):
            if line.count(opening) != line.count(closing):
                bare = _LIST_NUMBER.sub("", line) if closing in ")）" else line
                if bare.count(opening) != bare.count(closing):
                    sign = opening if bare.count(opening) > bare.count(closing) else closing
                    place = at + (line.rfind(sign) if sign == opening else line.find(sign))
                    yield Flag(place, place + 1, "unbalanced", f"{opening} and {closing} do not pair in this line")
            at += len(line) + 1


