"""Furniture inside lines: watermarks of text libraries, page markers, what a site left out."""

from __future__ import annotations

import re
from collections import Counter

from tasks.text.ledger import CUT, Ledger, Line, Mark
from tasks.text.lines import SENTENCE_END

_LIBRARY = r"(?:范文|文库|公文|文档|文秘|资料|论文|作文|写作|学习|模板|题库|文章|办公|材料)"
_HOUSE = r"(?:网|汇|库|之家|大全|平台|中心|文库|宝库|资源|频道|吧|站|坊)"
WATERMARK = re.compile(rf"[\u4e00-\u9fffA-Za-z0-9]{{2,8}}[,，·\-—| ][\u4e00-\u9fff]{{0,4}}{_LIBRARY}[\u4e00-\u9fff]{{0,4}}{_HOUSE}")
PAGE_MARKER = re.compile(r"(?<=\S)\s*【\s*\d{1,2}\s*】$")
ELISION = re.compile(r"\s{0,4}(?:…{1,2}|\.{3,6})\s{0,4}(?:此处)?略\s{0,4}(?:…{1,2}|\.{3,6})\s{0,4}")
LAST_ELLIPSIS = re.compile(r"(?<=\S)\s+(?=…{1,2}$)")
MIN_REPEATS = 3
WATERMARK_LENGTH = range(4, 25)
# A watermark names a site: what repeats without a name in it may be the author's refrain.
_NAMES_SITE = re.compile(r"[网網汇匯库庫坊吧站](?:[\s,，整理发布首出品]{0,10}[)）\]】]?)$|www\.|\.(?:com|cn|net|org)\b|[@＠]\S|公众号|首发|"
                         r"(?:来自|来源|版权属于|转自|出自|尽在)\S{2,}", re.IGNORECASE)


# What every alternative of _NAMES_SITE has: far cheaper to look for.
_MAY_NAME = re.compile("[网網汇匯库庫坊吧站.@＠]|公众号|首发|来自|来源|版权属于|转自|出自|尽在")


def mark_inline(ledger: Ledger, lines: list[Line], shown: list[str]) -> None:
    """Mark inline furniture. `lines` are those of the ledger's view, `shown` their folded text."""
    view = ledger.view()
    marks: list[Mark] = []
    learned = learn_watermarks(shown)
    inner = _inner_watermarks(shown, learned)

    def mark(line: Line, start: int, stop: int, label: str, rule: str, confidence: float = 1.0) -> None:
        a, b = view.raw_span(line.shown_start + start, line.shown_start + stop)
        marks.append(Mark(a, b, CUT, label, rule, confidence=confidence))

    for line, text in zip(lines, shown, strict=True):
        if span := _watermark(text, learned):
            mark(line, *span, "watermark", "page.watermark")
            continue
        if inner is not None and len(text) >= 20:
            for m in inner.finditer(text):
                mark(line, *m.span(), "watermark", "page.watermark", 0.95)
        end = len(text.rstrip())
        if end <= 60 and "】" in text and (m := PAGE_MARKER.search(text, 0, end)) and not SENTENCE_END.search(text[: m.start()]):
            mark(line, m.start(), end, "pagination", "page.marker")
        if "略" in text:
            for m in ELISION.finditer(text):
                a = text.index("略", m.start())
                dots = re.match(r"\s*(…{1,2}|\.{3,6})", text[m.start() :])
                first, last = m.start() + dots.start(1), m.start() + dots.end(1)
                for i, j in ((m.start(), first), (last, a), (a, m.end())):
                    if j > i:
                        mark(line, i, j, "elision", "page.elision")
        elif "…" in text and (m := LAST_ELLIPSIS.search(text, 0, end)):
            mark(line, m.start(), m.end(), "elision", "page.elision", 0.9)
    for m in marks:
        ledger.fill(m)


def learn_watermarks(lines: list[str]) -> set[str]:
    """Phrases that stand at the ends of at least three lines behind a blank, or alone on lines, and say nothing of their own."""
    ends: Counter[str] = Counter()
    for line in lines:
        text = line.strip()
        if len(text) in WATERMARK_LENGTH and _NAMES_SITE.search(text):
            ends[text] += 1
            continue
        if m := _BEHIND_CLAUSE.search(text, max(0, len(text) - WATERMARK_LENGTH.stop - 4)):
            ends[m["mark"]] += 1
    return {t for t, n in ends.items() if n >= MIN_REPEATS and not SENTENCE_END.search(t) and (t[0].isalpha() or t[0] in "@＠(（[【《")}


def _inner_watermarks(lines: list[str], learned: set[str]) -> re.Pattern[str] | None:
    """Watermarks behind a sentence's end inside paragraphs: known from line ends, or the same name of a site three times there."""
    found: Counter[str] = Counter()
    after: dict[str, set[str]] = {}  # a piece that always goes on in the same way is the beginning of a phrase
    for line in lines:
        if len(line) < 20 or (not _NAMES_SITE.search(line) and not any(c in line for c in "网網库庫@＠首")):
            continue
        for at in (m.end() for m in _SENTENCE.finditer(line)):
            if _MAY_NAME.search(line, at, at + WATERMARK_LENGTH.stop - 1) is None:
                continue
            for stop in range(at + WATERMARK_LENGTH.start, min(len(line), at + WATERMARK_LENGTH.stop)):
                piece = line[at:stop]
                if _SENTENCE.search(piece):
                    break
                if _NAMES_SITE.search(piece):
                    found[piece] += 1
                    after.setdefault(piece, set()).add(line[stop])
    known = set(learned)
    repeated = [p for p, n in found.items() if n >= MIN_REPEATS and len(after[p]) > 1]
    known.update(p for p in repeated if not any(q != p and q.startswith(p) and found[q] == found[p] for q in repeated))
    if not known:
        return None
    spelt = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return re.compile(rf"(?<=[。！？；])\s?(?:{spelt})(?=\S)")


_SENTENCE = re.compile("[。！？；]")
_BEHIND_CLAUSE = re.compile(r"(?<=[。！？；：!?;:…”」』）)])(?P<blank>[ \t\u3000\xa0]+)(?P<mark>[^\s。！？；][^。！？；]{3,23})$")


def _watermark(line: str, learned: set[str]) -> tuple[int, int] | None:
    """Where a line's watermark stands, the blank before it included."""
    text = line.rstrip()
    if len(text) < WATERMARK_LENGTH.start:
        return None
    if text.strip() in learned:
        return len(text) - len(text.lstrip()), len(text)
    if learned and (m := _BEHIND_CLAUSE.search(text, max(0, len(text) - WATERMARK_LENGTH.stop - 4))) and m["mark"] in learned:
        return m.start("blank"), len(text)
    at = _last_blank(text)
    tail = text[at + 1 :]
    if tail in learned or (len(tail) in WATERMARK_LENGTH and WATERMARK.fullmatch(tail)):
        return (max(0, len(text[: max(at, 0)].rstrip())) if at > 0 else at + 1), len(text)
    return None


def _last_blank(text: str) -> int:
    """Offset of the last blank within reach of a watermark's length, or -1."""
    low = max(0, len(text) - WATERMARK_LENGTH.stop)
    return max(text.rfind(" ", low), text.rfind("\u3000", low), text.rfind("\xa0", low))
