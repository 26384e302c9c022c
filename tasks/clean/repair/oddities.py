"""Holes and masks: what someone took out of the text before us. Flagged, never filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from tasks.clean.repair.suspects import lines_with
from tasks.text.ledger import Flag, Ledger

MOST = 100  # flags of one kind in a document
LONGEST_BRACKET = 30  # lines that a pair may span

_MASKED_NUMBER = r"(?:(?:19|20)[xX×＊*]{2}|[0-9]{1,2}[xX]{2}|[xX]{2,})[0-9]?"
_MASKS = (
    (re.compile(rf"(?<![A-Za-z0-9×＊*]){_MASKED_NUMBER}(?=[年届月日号元万亿个名人])"), "digits are masked"),
    (re.compile(r"×{2,}|＊{2,}|\*{2,6}|□+|X{3,}|x{3,}|[Xx]{2}(?=[省市县区乡镇村局厅部委同公某])"), "characters are masked"),
    (re.compile(r"(?<=[\u3400-\u9fff，。、；])_{1,3}(?=[\u3400-\u9fff，。、；])"), "a word is masked"),
)
_MASK = re.compile(r"[xX×＊*□_](?:(?<=[□_])|(?=[xX×＊*]))")
_EMPTY = ("“”", "《》", "「」", "『』", "“ ", "“\u3000")
_EMPTY_QUOTES = re.compile("[“《「『](?:(?<=“)[ \u3000]*”|(?<=《)》|(?<=「)」|(?<=『)』)")
_ELISION = re.compile(r"(?:…{1,4}|\.{3,6}) ?[（(]?(?:中间|以下|下)?略[)）]? ?(?:…{1,4}|\.{3,6})")
_SAYS = re.compile("(?:指出|强调|要求|强調|強調|號召|号召)(?=[,，:：])")
_STOPS = frozenset("。！？；!?\n”")
_PAIRS = (("“", "”"), ("‘", "’"), ("（(", "）)"), ("《", "》"), ("「", "」"), ("『", "』"), ("【", "】"))
_LIST_NUMBER = re.compile(r"(?:^|(?<=[\s,，;；。:：、]))[0-9a-zA-Z①-⑳一二三四五六七八九十]{1,3}[)）]")


def flag_oddities(ledger: Ledger, masked: bool) -> None:
    """Flags for masks, elisions, holes and unbalanced pairs, at most MOST of each kind."""
    view = ledger.view()
    for find in (_masks, _elisions, _holes, _unbalanced) if masked else (_elisions, _holes, _unbalanced):
        for flag in islice(find(view.shown), MOST):
            start, stop = view.raw_span(flag.start, flag.stop)
            ledger.flags.append(replace(flag, start=start, stop=stop))


def _masks(text: str) -> Iterator[Flag]:
    for at, line in lines_with(text, _MASK):
        if sum(map(line.count, "×＊*□_")) * 2 > len(line.strip()):
            continue  # a ruled line or a form's boxes, which mask nothing
        taken, first = -1, len(line) - len(line.lstrip())
        hits = sorted((found.span(), detail) for pattern, detail in _MASKS for found in pattern.finditer(line))
        for (start, stop), detail in hits:
            if start >= taken and not (start == first and line[start] in "□*＊"):  # that one is a bullet
                taken = stop
                yield Flag(at + start, at + stop, "mask", detail)


def _elisions(text: str) -> Iterator[Flag]:
    at = text.find("略")
    while at >= 0:
        found = _ELISION.search(text, max(0, at - 12), at + 12)
        if found:
            yield Flag(*found.span(), "elision", "the site left a passage out")
        at = text.find("略", found.end() if found else at + 1)


def _holes(text: str) -> Iterator[Flag]:
    for found in _EMPTY_QUOTES.finditer(text) if any(empty in text for empty in _EMPTY) else ():
        yield Flag(*found.span(), "hole", "empty quotes: what they held is gone")
    for found in _SAYS.finditer(text):
        if _opens_sentence(text, found.start()):
            yield Flag(*found.span(), "hole", "a sentence without the one who speaks")


def _opens_sentence(text: str, at: int) -> bool:
    """Whether nothing but blanks and one comma stands between a sentence's end and a place."""
    if at and text[at - 1] in ",，":
        at -= 1
    while at and text[at - 1] in " \u3000\xa0":
        at -= 1
    return at > 0 and text[at - 1] in _STOPS


def _count(text: str, signs: str) -> int:
    return sum(map(text.count, signs))


def _unbalanced(text: str) -> Iterator[Flag]:
    """Lines with an odd pair, where the document as a whole is odd: quotes may run over paragraphs."""
    odd = [pair for pair in _PAIRS if _count(text, pair[0]) != _count(text, pair[1])]
    if not odd:
        return
    at, lines = 0, text.split("\n")
    waiting: dict[str, tuple[int, int]] = {}  # by opening sign: line and place of one that no sign of its line closed
    for no, line in enumerate(lines):
        for opening, closing in odd:
            opened, closed = _count(line, opening), _count(line, closing)
            if opened < closed and ")" in closing:
                closed -= min(closed - opened, len(_LIST_NUMBER.findall(line)))  # 1) and 二） open nothing
            if opened > closed and not (opening == "“" and opened == closed + 1 and _runs_on(lines, no)):
                if opening in waiting:
                    yield _odd(waiting.pop(opening)[1], opening, closing)
                waiting[opening] = no, at + max(map(line.rfind, opening))
            elif opened < closed:
                if opening in waiting and no - waiting[opening][0] <= LONGEST_BRACKET:
                    del waiting[opening]
                else:
                    yield _odd(at + min(i for i in map(line.find, closing) if i >= 0), opening, closing)
        at += len(line) + 1
    for opening, closing in odd:
        if opening in waiting:
            yield _odd(waiting[opening][1], opening, closing)


def _odd(place: int, opening: str, closing: str) -> Flag:
    return Flag(place, place + 1, "unbalanced", f"{opening[0]} and {closing[0]} do not pair here")


def _runs_on(lines: list[str], no: int) -> bool:
    """Whether a quotation of several paragraphs opens each of them: only the last one is closed."""
    following = next((line for line in lines[no + 1 : no + 4] if line.strip()), "")
    return lines[no].lstrip().startswith("“") or following.lstrip().startswith("“")
