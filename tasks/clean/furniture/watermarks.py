"""Watermarks inside paragraphs: the name or address of a site, put where sentences end or anywhere, so that copies can be told.

One look proves nothing: an author may name a site. A watermark repeats itself in different lines, at places where the text
around it is whole without it, and either names a site by a sign that sites use (an address, an account, 首发, 编号 and a number)
or is no word of the language. What a statute repeats after each full stop is words; what an author repeats goes on differently.

Two searches: addresses, wherever they stand; and phrases behind the ends of sentences, compared without blanks and digits, so
that spaced letters and serial numbers are one phrase. Names that they prove are then found in their other wordings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from tasks.text.charmodel import char_model
from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.lines import HAN

LEAST = 3  # places in different lines
LONGEST, SHORTEST = 30, 3  # characters of a phrase, blanks left out
MOST_PLACES = 20_000  # ends of sentences that are looked at in one document
STRANGE = -8.2  # nats a character below which a run of characters is no words

_TOP = r"(?:com|cn|net|org|cc|info|edu|gov|tv|me|top|vip|xyz|asia|biz)"
_DOT = r" ?[.。．] ?"
_HOST = re.compile(
    rf"(?:(?<![a-z0-9])|(?=www))(?:https?://)?(?:www{_DOT})?(?:(?=[0-9-]*[a-z])[a-z0-9-]{{2,30}}{_DOT}){{1,3}}{_TOP}(?![a-z-])(?:\.cn(?![a-z-]))?(?:/[a-z0-9_./?=&%-]{{0,60}})?"
    r"|(?:[a-z0-9] ){2,12}\. (?:[a-z0-9] ){2,30}\. (?:[a-z] ){1,3}[a-z](?![a-z0-9])",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:网址|網址|网站|網站|官网|网页|平台|登录|登陆|访问|浏览|打开|链接|地址|邮箱|信箱|域名|主页|参见|详见|请见|@)[:：是为“（(《<\s]{0,3}$"
)
_LED = re.compile(r"[为是至到在从上用和与及或见、/：:]$")  # words that may lead to an address
_PLACE = re.compile("[。！？；!?;…](?:[”’」』）)]*)|[：:](?=[^：:“]{0,12}[：:]?[^：:“]{3,12}$)")
_WORDS = ("首发", "编号", "为您提供", "整理", "公众号")  # what stands behind a name
_WIDE = re.compile("[ａ-ｚＡ-Ｚ．]")
_DOTTED = re.compile(r"[.．。] ?[cnoCNOｃｎｏ]")
_SLOT = re.compile(
    "[。！？；.．](?:”|）)?(?:[（(【\\[@＠#—–［]| ?[\u4e00-\u9fff] [\u4e00-\u9fff] [\u4e00-\u9fff]| [（(【\\[@＠#—–［]"
    "| ?[cnoCNOｃｎｏ]|关注|微信|更多|欢迎访|此文|本文由|本文来|本资料|资料由)"
)
_ENDED = frozenset("。！？!?…；;：:，,、）)”」』》.")
_SIGN = re.compile(
    r"www|\.com|\.cn|\.net|@\S|公众号|微信[号搜公:：]|首发|文库|范文|书屋|论坛|资料[网站库]|文档$|[整搜]理(?:提供|发布)?$|版权[属归]|"
    r"(?:本|此)文(?:由|来|转|摘|自|选)|本资料|文章(?:摘|来|转)自|更多\S{0,4}(?:内容|资料|精彩|文章)|欢迎(?:访问|关注|来到)|为您(?:提供|整理)|"
    r"(?:编号|id|no\.?)[:：]?0|[:：]0+$|新闻网|在线$|资讯网|[\u4e00-\u9fff]{2,6}(?:网|吧|论坛)$"
)
_CERTAIN = re.compile(
    r"www|\.com|\.cn|^@|关注公众号|公众号[:：“]|微信(?:号[:：]|搜)|首发$|(?:编号|id|no\.?)[:：]?0|更多\S{0,4}(?:内容|资料|精彩)"
    r"|欢迎(?:访问|关注|来到)|为您(?:提供|整理)|(?:本|此)文(?:由|来自|转|摘|选自)|本资料由|文章(?:摘|来|转)自"
    r"|(?:范文|公文|作文|文秘|论文|课件|试题|教案|资料|资源)\S{0,3}(?:网|库|站|吧)$|文库$"
)
_AUTHORS = re.compile("[，；：、。](?=.)|《|供图|供圖|图片|记者|通讯员")
_OPENING, _CLOSING = "（(【[［〔—–-@#“「", "）)】]］〕#”」"
# A bracket that proves itself: no author tells between two sentences where to read more of the like.
_ALONE = re.compile(
    r"(?<=[。！？；”…])[（(【\[](?:更多\S{0,6}(?:访问|关注|浏览|搜索|[见在])|[此本](?:文章?|资料)(?:转于|转自|摘自|来自|由|选自)|(?:文章|内容)(?:摘自|转自|来自))"
    r"[^\s，。（）()【】\[\]]{2,14}[)）】\]]"
)
_RUN = re.compile(f"[{HAN}]{{3,8}}")
_LEFT, _RIGHT = r"[（(【\[［〔—–@# ]", r"[）)】\]］〕#]"
_FRAME = (
    r"(?P<frame>更多\S{0,6}[见在访问请]{1,3}|[本此]?(?:文|资料|文章)?(?:来自|转自|转于|摘自|由)"
    r"|欢迎(?:访问|关注)|关注|微信搜索?|公众号[:：]?)?"
)
_REST = r"(?P<rest>(?:[,， ]{0,2}(?:整理|首发|收集|提供|发布|原创|出品|编辑|分享|网|www[.a-z0-9-]+|[a-z0-9-]+\.(?:com|cn|net|org)))*)"
_CORE = f"(?P<core>[{HAN}]{{3,8}}?)"
_UNIT = re.compile(rf"[（(【\[［〔]{_FRAME}{_CORE}{_REST}[）)】\]］〕]")
_TAIL = re.compile(rf"{_LEFT}{{0,3}}{_FRAME}{_CORE}{_REST}{_RIGHT}?")


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands behind one end of a sentence: `spelt` is compared, `at[i]` is where its character i stands."""

    line: int
    start: int
    spelt: str
    at: tuple[int, ...]
    ends_line: bool  # whether it reaches the end of the line


def mark_watermarks(ledger: Ledger) -> None:
    """Mark watermarks that the text repeats inside and at the ends of its paragraphs."""
    view = ledger.view()
    text = view.shown
    if not _may_hold(text):
        return
    places = list(islice(_places(text), MOST_PLACES))
    spans = _addresses(text) + _phrases(text, places) + [m.span() for m in _ALONE.finditer(text)]
    names = _names(text, spans, places)
    if names:
        spans += _wordings(text, list(islice(_places(text, every=True), MOST_PLACES)), names)
    spans += _at_line_ends(text, spans)
    for start, stop in _joined(spans):
        ledger.fill(Mark(*view.raw_span(start, stop), CUT, "watermark", "page.watermark", confidence=0.95))


def _may_hold(text: str) -> bool:
    """Cheap tests: signs of sites, or places where watermarks stand, at least twice."""
    signs = sum(1 for _ in islice(_SLOT.finditer(text), 2))
    if signs < 2:
        signs += sum(map(text.count, _WORDS))
    if signs >= 2 or (signs and _ALONE.search(text)):
        return True
    tails = (line for line in text.split("\n") if line and line[-1] not in _ENDED and len(line) > 12 and _tail(line))
    return sum(1 for _ in islice(tails, 2 - signs)) == 2 - signs


def _tail(line: str) -> bool:
    """Whether a few characters without a sign stand behind the last sentence of a line."""
    at = max(map(line.rfind, "。！？；"))
    return 0 < len(line) - 1 - at <= 24 and at > 8


def _at_line_ends(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places of phrases found in several lines that stand behind a blank at other lines' ends, or alone on lines."""
    often = Counter(text[a:b].strip() for a, b in spans)
    known = [phrase for phrase, n in often.items() if n >= 2 and len(phrase) >= 4]
    if not known:
        return []
    spelt = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return [m.span() for m in re.finditer(rf"(?:^|(?<=\S)[ \t\u3000\xa0]+)(?:{spelt})(?=[ \t\u3000\xa0]*$)", text, re.MULTILINE)]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans by start, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined


_NARROW = {o: o - 0xFEE0 for o in range(0xFF01, 0xFF5F)}


def _folded(text: str) -> str:
    """Full-width letters and signs as ASCII, in lower case; the same length."""
    return text.lower() if text.isascii() else text.translate(_NARROW).lower()


def _addresses(text: str) -> list[tuple[int, int]]:
    """Spans of addresses that stand in several lines without being told of."""
    if not _DOTTED.search(text) and ". c" not in text and ". n" not in text:
        return []
    folded = _folded(text) if _WIDE.search(text) else text.lower()
    if len(folded) != len(text):
        return []
    by_host: defaultdict[str, list[re.Match[str]]] = defaultdict(list)
    for found in _HOST.finditer(folded):
        if "/" in found[0].rstrip("/").removeprefix("http://").removeprefix("https://"):
            continue  # a page of a site is what is spoken of
        host = re.sub(r"^https?://|/.*$", "", found[0].replace(" ", "").replace("。", "."))
        by_host[re.sub(r"^.*\bwww\.|^\d*www\.", "", host)].append(found)
    spans = []
    for host, found in by_host.items():
        lines = {folded.count("\n", 0, m.start()) for m in found}
        untold = [m for m in found if not _TOLD.search(text[max(0, m.start() - 8) : m.start()]) and _in_prose(text, *m.span())]
        free = [m for m in untold if not _LED.search(text[m.start() - 1 : m.start()]) or _breaks_word(text, *m.span())]
        if len(free) >= 2 and len(lines) >= 2 and len(free) * 2 >= len(found):
            spans += _widened(text, _everywhere(text, folded, host))
    return spans


def _everywhere(text: str, folded: str, host: str) -> list[re.Match[str]]:
    """All places of a known address, however it is glued, that are not told of."""
    spelt = " ?".join(_DOT if c == "." else re.escape(c) for c in host)
    pattern = re.compile(rf"(?:https?://)?(?:w ?w ?w{_DOT})?{spelt}(?:{_DOT}cn(?![a-z]))?(?!/[a-z0-9_])/?")
    return [m for m in pattern.finditer(folded) if not _TOLD.search(text[max(0, m.start() - 8) : m.start()]) and _in_prose(text, *m.span())]


def _breaks_word(text: str, start: int, stop: int) -> bool:
    """Whether what stands before and behind a span is one word."""
    return text[start - 1 : start] + text[stop : stop + 1] in char_model().words


def _in_prose(text: str, start: int, stop: int) -> bool:
    """Whether the line goes on around the address: an address on its own, or at the end of a short line, is information."""
    a, b = text.rfind("\n", 0, start) + 1, text.find("\n", stop)
    b = len(text) if b < 0 else b
    return b - a - (stop - start) >= 16 and text[a:b].count("：") + text[a:b].count(":") <= 2


def _widened(text: str, found: list[re.Match[str]]) -> list[tuple[int, int]]:
    """The addresses with the brackets around them and the name that stands before them more than once."""
    before = []
    for m in found:
        at = max((p.end() for p in re.finditer("[。！？；，、\n]", text[max(0, m.start() - 16) : m.start()])), default=None)
        before.append("" if at is None else text[max(0, m.start() - 16) + at : m.start()].lstrip("”’」』）)》"))
    often = Counter(before)
    spans = []
    for m, lead in zip(found, before, strict=True):
        start, stop = m.span()
        if lead and (often[lead] >= 2 or all(c in _OPENING + " " for c in lead)):
            start -= len(lead)
        elif text[start - 1 : start] and text[start - 1] in _OPENING and text[stop : stop + 1] and text[stop] in _CLOSING:
            start -= 1
        if text[stop : stop + 1] in _CLOSING and text[stop : stop + 1] and any(c in _OPENING for c in text[start : start + 1]):
            stop += 1
        spans.append(_with_blanks(text, start, stop))
    return spans


def _with_blanks(text: str, start: int, stop: int) -> tuple[int, int]:
    """The span with the blanks beside it that came with it: those on both sides, or behind a sign of pause."""
    left, right = start, stop
    while left and text[left - 1] in " \u3000\xa0":
        left -= 1
    while right < len(text) and text[right] in " \u3000\xa0":
        right += 1
    if (left < start and right > stop) or (left and text[left - 1] in "。！？；，：、…”"):
        return left, right
    return start, stop


def _places(text: str, every: bool = False) -> Iterator[_Place]:
    """Ends of sentences with what follows them on their line; those alone with what they begin with only where all are wanted."""
    found: list[tuple[int, int, str, bool]] = []
    line = at = 0
    for row in text.split("\n"):
        if len(row) >= 12:
            for end in _PLACE.finditer(row, 5):
                piece = row[end.end() : end.end() + 2 * LONGEST]
                if len(piece) >= SHORTEST:
                    found.append((line, at + end.end(), piece, end.end() + len(piece) == len(row)))
        line += 1
        at += len(row) + 1
    begun = Counter(piece.lstrip()[:2] for _, _, piece, _ in found)
    for line, start, piece, ends in found:
        if every or begun[piece.lstrip()[:2]] > 1 or piece.lstrip()[:1] in _OPENING or (ends and len(piece) <= LONGEST):
            yield _place(line, start, piece, ends)


def _place(line: int, start: int, piece: str, ends: bool) -> _Place:
    spelt, where = [], []
    for i, c in enumerate(_folded(piece)):
        if c in " \u3000\xa0":
            continue
        if c.isdigit():
            if spelt and spelt[-1] == "0":
                continue
            c = "0"
        spelt.append(c)
        where.append(start + i)
        if len(spelt) == LONGEST:
            ends = False
            break
    return _Place(line, start, "".join(spelt), (*where, start + len(piece)), ends)


def _phrases(text: str, places: list[_Place]) -> list[tuple[int, int]]:
    """Spans of phrases that stand behind the ends of sentences in several lines."""
    ordered = sorted(places, key=lambda p: p.spelt)
    keys = [p.spelt for p in ordered]
    shared = {common for a, b in pairwise(keys) if len(common := _common(a, b)) >= SHORTEST}
    taken: dict[int, tuple[int, int]] = {}
    for phrase in sorted(shared, key=len, reverse=True):
        first, last = bisect_left(keys, phrase), bisect_left(keys, phrase + "\U0010ffff")
        group = ordered[first:last]
        if len({p.line for p in group}) < 2:
            continue
        size = _size(phrase, group, text)
        if not size:
            continue
        for place in group:
            if place.start not in taken:
                taken[place.start] = _span(text, place, size)
    return list(taken.values())


def _common(a: str, b: str) -> str:
    n = min(len(a), len(b))
    for i in range(n):
        if a[i] != b[i]:
            return a[:i]
    return a[:n]


def _size(phrase: str, group: list[_Place], text: str) -> int:
    """How many characters of a shared beginning are a watermark, 0 for none."""
    following = Counter(p.spelt[len(phrase) : len(phrase) + 1] if len(p.spelt) > len(phrase) else "\n" for p in group)
    whole = following["\n"] == len(group) or (len(following) >= 2 and max(following.values()) <= 0.7 * len(group))
    sizes = [len(phrase)] if whole else []
    sizes += [m.end() for m in re.finditer(r"[）)】\]］〕]|\.(?:com|cn|net|org)|整理|首发|提供|0", phrase)]
    for size in sorted(set(sizes), reverse=True):
        while size and (phrase[size - 1] in "“《（(「【[" or (phrase[size - 1] in "”’」』" and phrase[0] not in "“‘「『")):
            size -= 1  # what opens belongs to what follows, what closes to what stood before
        if size >= SHORTEST and _is_mark(phrase[:size], group, text, size == len(phrase) and following["\n"] == len(group)):
            return size
    return 0


def _is_mark(phrase: str, group: list[_Place], text: str, at_ends: bool) -> bool:
    body = phrase.strip(_OPENING + _CLOSING)
    enclosed = phrase[0] in "（(【[［〔#" and phrase[-1] in _CLOSING
    if len(body) < 2 or _AUTHORS.search(body) or (not enclosed and re.search("[,;](?=.)", body)):
        return False
    signed = _SIGN.search(phrase.rstrip(_CLOSING)) is not None
    spaced = len(phrase) >= 3 and all(_is_spaced(p, len(phrase), text) for p in group)
    if len({p.line for p in group}) < LEAST:
        return spaced or (enclosed and signed) or (phrase[0] == "@" and len(body) >= 4)
    if signed:
        certain = _CERTAIN.search(phrase)
        named = certain is not None and (certain[0] in ("www", ".com", ".cn") or len(phrase) - len(certain[0]) >= 2 or certain.end() > 5)
        return spaced or enclosed or at_ends or named or _is_strange(body)
    return spaced or ((enclosed or at_ends) and not phrase.startswith(("—", "–")) and _is_strange(body))


def _is_spaced(place: _Place, size: int, text: str) -> bool:
    """Whether blanks stand between the first characters of what stands at a place."""
    last = min(len(place.at) - 1, size - 1)
    blanks = sum(c in " \u3000\xa0" for c in text[place.at[0] : place.at[last]])
    return blanks >= last - 1 and blanks >= 2


def _is_strange(body: str) -> bool:
    """Whether a phrase holds a run of characters that are no words of the language."""
    model = char_model()
    for found in _RUN.finditer(body):
        run = found[0]
        if model.text(run) / len(run) <= STRANGE:
            return True
    return False


def _span(text: str, place: _Place, size: int) -> tuple[int, int]:
    """The span of the first characters of what stands at a place; digits and blanks that belong to the last one included."""
    stop = place.at[size - 1] + 1
    if place.spelt[size - 1] == "0":
        while stop < len(text) and text[stop].isdigit():
            stop += 1
    while stop < len(text) and text[stop] in " \u3000\xa0":
        stop += 1
    return place.start, stop


def _names(text: str, spans: list[tuple[int, int]], places: list[_Place]) -> list[str]:
    """Names of sites: no words, and found before in several places; or dressed in several ways, one of which only sites use."""
    found: Counter[str] = Counter()
    for start, stop in spans:
        for run in set(_RUN.findall(re.sub(r"\s|首发|整理|编号|公众号|微信搜?索?|更多\S{0,4}[见请]", "", text[start:stop]))):
            found[run] += _is_strange(run)
    names = {run for run, n in found.items() if n >= LEAST}
    worn: defaultdict[str, Counter[str]] = defaultdict(Counter)
    signed: set[str] = set()
    for place in places:
        unit = _UNIT.match(place.spelt) or (_TAIL.fullmatch(place.spelt) if place.ends_line else None)
        if unit:
            worn[unit["core"]][unit[0].replace(unit["core"], "")] += 1
            if unit["rest"] or unit["frame"]:
                signed.add(unit["core"])
    return [*names, *(core for core, dress in worn.items() if core in signed and dress.total() >= LEAST and len(dress) > 1)]


def _wordings(text: str, places: list[_Place], names: list[str]) -> list[tuple[int, int]]:
    """Spans of the wordings of known names behind the ends of sentences; a name without any dress may be the author's."""
    spelt = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"{_LEFT}{{0,3}}{_FRAME}(?:“(?:{spelt})”|(?:{spelt})){_REST}{_RIGHT}?")
    spans = []
    for place in places:
        found = pattern.match(place.spelt)
        if found and (found[0] not in names or (place.ends_line and found.end() == len(place.spelt))):
            spans.append(_span(text, place, found.end()))
    return spans
