"""Escapes that were left as text: \\u4e2d, %E4%B8%AD, &nbsp; and &amp;ldquo;."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

from tasks.text.ledger import CUT, REPLACE, Ledger, Mark
from tasks.text.rule import Rule

_UNICODE = re.compile(r"(?:\\{1,2}u[0-9a-fA-F]{4}|\\{1,2}u\{[0-9a-fA-F]{2,6}\}|%u[0-9a-fA-F]{4})+")
_UNIT = re.compile(r"u\{?([0-9a-fA-F]+)")
_BYTES = re.compile(r"(?:\\{1,2}x[0-9a-fA-F]{2}){2,}")
_PERCENT = re.compile(r"(?:%(?:25){0,2}[0-9a-fA-F]{2}){2,}")
_CONTROL = re.compile(r"(?:\\{1,2}[rnt])+(?=[^\x00-\x7f]|[\d( ]|$)", re.MULTILINE)
_ENTITY = re.compile(r"&(?: ?amp;)*(?:[a-zA-Z][a-zA-Z0-9]{1,30};|#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|#[0-9]{4,6}(?![0-9;]))")
_BLANKS = re.compile(
    r"(?:& ?(?:amp; ?)*(?:nbsp|ensp|emsp|thinsp|#160|#12288|#32|#x0*a0|#x3000|#8194|#8195)(?:;|(?![a-zA-Z0-9=;]))[ \t\u3000\xa0]*)+",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_IN_URL = re.compile(r"(?:[/=&?.+_~:-]|[A-Za-z][A-Za-z0-9]*|[/=&?]\S*)\Z")
_LANGUAGE = re.compile("转义|換行符|换行符|回车符|制表符|正则|字符串|代码|编程")
_OPENING, _CLOSING = "“‘\"'「『（(`【〔", "”’\"'」』）)`】〕"


def repair_escapes(ledger: Ledger) -> None:
    """Mark escapes that no decoder undid."""
    text = ledger.text
    marks: list[Mark] = []
    for find in (_unicode, _bytes, _percent, _controls, _blanks, _entities):
        starts, stops = [m.start for m in marks], [m.stop for m in marks]
        marks += [m for m in find(text) if not _overlaps(m, starts, stops) and not ledger.within(m.start, m.stop)]
        marks.sort(key=lambda m: m.start)
    ledger.add_sorted(marks)


def _overlaps(mark: Mark, starts: Sequence[int], stops: Sequence[int]) -> bool:
    """Whether a mark shares a character with others, which share none with one another and stand in their order."""
    before = bisect_left(starts, mark.stop)
    return before > 0 and stops[before - 1] > mark.start


def _replace(rule: Rule, start: int, stop: int, after: str) -> Mark:
    return Mark(start, stop, REPLACE, rule.label, rule.id, after, after)


def _unicode(text: str) -> Iterator[Mark]:
    if "\\u" not in text and "%u" not in text:
        return
    for found in _UNICODE.finditer(text):
        units = [int(u, 16) for u in _UNIT.findall(found.group())]
        data = b"".join(u.to_bytes(2, "big") if u < 0x10000 else chr(min(u, 0x10FFFF)).encode("utf-16-be") for u in units)
        try:
            after = data.decode("utf-16-be")
        except UnicodeDecodeError:
            continue
        if _HAN.search(after) and not _named(text, *found.span()):
            yield _replace(UNICODE_ESCAPE, *found.span(), _printable(after))


def _printable(text: str) -> str:
    """The text without blanks at its edges and control characters, which escapes spell as well."""
    return "".join(c for c in text.strip() if c >= " ")


def _bytes(text: str) -> Iterator[Mark]:
    if "\\x" not in text:
        return
    for found in _BYTES.finditer(text):
        after = _said(bytes.fromhex(found.group().replace("\\", "").replace("x", "")))
        if after and not _named(text, *found.span()):
            yield _replace(UNICODE_ESCAPE, *found.span(), after)


def _said(data: bytes) -> str | None:
    """What bytes say in Chinese, if they say it in full."""
    for codec in ("utf-8", "gb18030"):
        try:
            after = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if _HAN.search(after) and "\ufffd" not in after and after.isprintable():
            return after
    return None


def _percent(text: str) -> Iterator[Mark]:
    if "%" not in text:
        return
    for found in _PERCENT.finditer(text):
        if _IN_URL.search(text[max(0, found.start() - 60) : found.start()]):
            continue  # a link keeps its escapes: without them it leads nowhere
        data = unquote_to_bytes(found.group())
        for _ in range(2):
            data = unquote_to_bytes(data) if b"%" in data else data
        after = _said(data)
        if after:
            yield _replace(PERCENT_ESCAPE, *found.span(), after)


def _controls(text: str) -> Iterator[Mark]:
    """Line breaks and tabs of a string literal, where a line begins or ends, or behind a sentence."""
    if "\\" not in text or _LANGUAGE.search(text):
        return
    for found in _CONTROL.finditer(text):
        start, stop = found.span()
        before = text[start - 1 : start]
        edge = before in ("", "\n") or stop == len(text) or text[stop] == "\n"
        if not edge and before not in "。！？；：…”）)】』」":
            continue
        if edge or "n" not in found.group():
            yield Mark(start, stop, CUT, CONTROL_ESCAPE.label, CONTROL_ESCAPE.id)
        else:
            yield _replace(CONTROL_ESCAPE, start, stop, "\n")


def _blanks(text: str) -> Iterator[Mark]:
    """Blank entities: nothing at the edge of a line and between Chinese characters, one space elsewhere."""
    if "&" not in text:
        return
    for found in _BLANKS.finditer(text):
        start, stop = found.span()
        if _named(text, start, stop):
            continue
        before, after = text[start - 1 : start], text[stop : stop + 1]
        edge = before in ("", "\n") or after in ("", "\n")
        if edge or (_HAN.match(before) and _HAN.match(after)):
            yield Mark(start, stop, CUT, ENTITY.label, ENTITY.id)
        else:
            yield Mark(start, stop, REPLACE, ENTITY.label, ENTITY.id, " ")


def _entities(text: str) -> Iterator[Mark]:
    if "&" not in text:
        return
    for found in _ENTITY.finditer(text):
        after = found.group()
        for _ in range(4):  # &amp;amp;nbsp; was escaped more than once
            said = html.unescape(after)
            if said == after:
                break
            after = said
        if after == found.group() or (after.startswith("&") and len(after) > 1) or _named(text, *found.span()):
            continue
        if after.isprintable() and "\ufffd" not in after:
            yield _replace(ENTITY, *found.span(), after)
        else:
            yield Mark(*found.span(), CUT, ENTITY.label, ENTITY.id)


def _named(text: str, start: int, stop: int) -> bool:
    """Whether the escape is what the sentence is about: it stands by itself in quotes or brackets."""
    before, after = text[max(0, start - 1) : start], text[stop : stop + 1]
    return bool(before and after) and before in _OPENING and after in _CLOSING


UNICODE_ESCAPE = Rule(
    id="unicode-escape",
    label="mojibake",
    why="A script printed its strings escaped.",
    cuts=("今天的⟦\\u65b0\\u95fb⟧很多", "今天的⟦%u65B0%u95FB⟧很多", "今天的⟦\\xe6\\x96\\xb0⟧书很多", "今天的⟦\\u{65b0}⟧书很多"),
    keeps=("正则 \\d+\\u0041 匹配字母", "转义写作“\\u4e2d”"),
)
CONTROL_ESCAPE = Rule(
    id="control-escape",
    label="newline",
    why="A string literal was stored with its line breaks spelt out.",
    cuts=("⟦\\r\\n⟧春天来了。⟦\\n⟧柳树绿了。", "⟦\\t⟧公园里人很多。"),
    keeps=("路径是 D:\\news\\temp 里的文件", "换行符写作\\n，制表符写作\\t", "他\\n走了"),
)
PERCENT_ESCAPE = Rule(
    id="percent-escape",
    label="mojibake",
    why="A link's text was its own escaped address.",
    cuts=("搜索 ⟦%E6%98%A5%E5%A4%A9⟧ 的结果", "搜索 ⟦%25E6%2598%25A5%25E5%25A4%25A9⟧ 的结果"),
    keeps=("见 http://www.example.com/s?q=%E6%98%A5%E5%A4%A9", "增长20%50个百分点", "折扣%20以上"),
)
ENTITY = Rule(
    id="html-entity",
    label="mojibake",
    why="Markup was escaped twice, or its entities were never read.",
    cuts=("⟦&nbsp;&nbsp;⟧春天来了", "他说⟦&ldquo;⟧走吧⟦&amp;rdquo;⟧。", "姓名⟦&#12288;⟧张三", "⟦&nbsp&nbsp⟧春天来了", "⟦& nbsp;⟧春天来了"),
    keeps=("AT&T;公司", "空格写作“&nbsp;”即可", "a=1&copy=2&reg=3"),
)
