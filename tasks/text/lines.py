"""What one line of a page looks like: prose, heading, date line, credit, breadcrumb.

str in, facts out. Callers pass lines that are stripped and, for matching only, folded to Simplified characters of the
same length; every offset counts code points of the line that came in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
NUMERAL = r"(?:\d{1,3}|[一二三四五六七八九十百]{1,4})"

LONGEST_PARAGRAPH = 5000  # characters; files without line breaks have lines of megabytes

SENTENCE_END = re.compile(r"[。！？!?…][”’」』\"'）)】]*$")
CLAUSE_END = re.compile(r"[。！？!?；;…：:][”’」』\"'）)】]*$")
NUMBERED = re.compile(rf"(?:第\s*{NUMERAL}\s*[编章节条款项部分篇讲课回]|[（(]\s*{NUMERAL}\s*[)）]|{NUMERAL}\s*[、.．](?!\d)|[①-⑳])")
_HAN = re.compile(f"[{HAN}]")
_PROSE_MARK = re.compile("[,，。；;]")

# Date and clock as pages print them. Months and days may lack a leading zero; the clock may be glued to 日.
DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:年|[-/.])\s?(?P<m>1[0-2]|0?[1-9])\s?(?:月|[-/.])\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)\s?[日号]?"
    r"(?:[\sT]{0,4}(?P<H>2[0-3]|[01]?\d)[:：时点](?P<M>[0-5]\d)(?:[:：分](?P<S>[0-5]\d)秒?)?分?)?"
)
_HAN_DIGIT = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
HAN_DATE = re.compile(
    r"(?P<y>[一二][九〇零○][〇零○一二三四五六七八九]{2})年(?P<m>十?[一二]|[一二三四五六七八九十])月(?P<d>[一二三]?十?[一二三四五六七八九十])日"
)

_LABELS = {
    "source": r"(?:信息|文章|新闻|本文|稿件)?来\s{0,2}源(?:于|自)?|来自|稿\s?源|出处|转自|转载自",
    "author": r"作\s{0,2}者|撰\s?文|文|本报记者|记者|特约记者|通讯员|撰稿|供稿",
    "editor": r"(?:责任|值班|网络|见习|本文|本站|执行|主)?编\s{0,2}辑|责\s?编|主编|"
    r"编审|审核|审校|审签|责任校对|校对|[一二三初复终]审|监制|排版|统筹|策划|值班主任|发布[人者]|录入",
    "published_at": r"(?:发布|发表|更新|发稿|刊发|添加|创建|上传)?(?:日\s?期|时\s?间)|发布于|发表于|更新于",
}
_LABEL = re.compile("|".join(f"(?P<{k}>{v})" for k, v in _LABELS.items()))
_COUNTER = re.compile(
    r"(?:浏览|阅读|点击|访问|查看|人气|评论|跟贴|参与|分享|收藏|点赞|举报|打印|字号|字体)[^\s:：]{0,4}[:：]?\s{0,2}\d*\s?[次人条]?|\d+\s?(?:人参与|次阅读|人阅读|条评论|评论)|我有话说.{0,14}|[大中小]"
)
_CREDIT_SIGN = re.compile(r"(?:19|20)\d\d|[一二][九〇零○]|[:：/／|｜]|来自|记者|于")
_EDITOR_NAME = re.compile(rf"[{HAN}·]{{2,5}}(?:[_\-(（]?\w{{1,10}}[)）]?)?|\w{{2,16}}")
_NAME = re.compile(f"[{HAN}·•]{{2,4}}|[{HAN}]{{1,10}}·[{HAN}]{{1,10}}")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康"
    "毛邱秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路"
    "詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和闫肖"
)
_DOUBLE_SURNAMES = frozenset("欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫 宇文 长孙 独孤 澹台 闾丘 申屠".split())
_OUTLET = re.compile(
    r"(?:网|报|社|在线|频道|新闻|日报|晚报|时报|周刊|杂志|月刊|电视台|广播|客户端|公众号|论坛|博客|智库|文库|出版社|编辑部|财经)$"
)
_ITEM_BREAK = re.compile(r"\s+|[|｜丨]+")
_SEPARATORS = " \t\u3000\xa0|｜丨/／-—·[]【】()（）<>〈〉:：,，;；"

BREADCRUMB_SIGN = re.compile(r"\s*(?:>>|>|＞+|›|»|→|-&gt;|&gt;)\s*")
_OTHER_SIGN = re.compile(r"\s*[/／、|｜]\s*|\s*[-—–]\s*")  # signs of much else: they need a label, or an end that only paths have
_CRUMB_SIGN = re.compile("[>＞›»→]|[&]gt;|位置|(?:正文|内容|详情)$|在这里")
_PATH_END = re.compile("(?:正文|正文页|文章详情|详细内容|详情|查看内容|阅读文章|文章内容|内容)$")
BREADCRUMB_LABEL = re.compile(
    r"^\W{0,3}(?:(?:返回首页\s*[|｜]\s*)?(?:"
    r"(?:您|你|我)?(?:现在|目前|当前)?(?:所在|的)?的?位置(?:是|为)?|[您你]在这里))\s*[:：]?\s*"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One metadata value inside a line: half-open span of the line, field and the value as it reads."""

    start: int
    stop: int
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A publication time as printed: ISO text without zone, and how precise it is."""

    iso: str
    precision: str  # day | minute | second


def han_count(line: str) -> int:
    """How many Han characters a line holds."""
    return len(_HAN.findall(line))


def is_prose(line: str) -> bool:
    """Running text: at least 30 characters with a comma and a sentence end, or with a full stop."""
    return len(line) >= 30 and ("。" in line or (_PROSE_MARK.search(line) is not None and SENTENCE_END.search(line) is not None))


def bigrams(line: str) -> set[str]:
    """Pairs of neighbouring Han characters, punctuation ignored; of a line longer than any paragraph its beginning only."""
    han = _HAN.findall(line[:LONGEST_PARAGRAPH])
    return {a + b for a, b in pairwise(han)}


def moment(m: re.Match[str]) -> Moment:
    """What a match of DATE says."""
    day = f"{int(m['y']):04d}-{int(m['m']):02d}-{int(m['d']):02d}"
    if m["H"] is None:
        return Moment(day, "day")
    clock = f"{day}T{int(m['H']):02d}:{m['M']}"
    return Moment(f"{clock}:{m['S']}", "second") if m["S"] else Moment(clock, "minute")


def _han_number(s: str) -> int:
    if "十" in s:
        tens, ones = s.split("十")
        return (int(_HAN_DIGIT[tens]) if tens else 1) * 10 + (int(_HAN_DIGIT[ones]) if ones else 0)
    return int("".join(_HAN_DIGIT[c] for c in s))


def find_moment(line: str) -> tuple[int, int, Moment] | None:
    """The first calendar date of a line with its span; impossible dates (31 February) are none."""
    if m := DATE.search(line):
        if int(m["d"]) > (29 if int(m["m"]) == 2 else 30 if int(m["m"]) in (4, 6, 9, 11) else 31):
            return None
        return m.start(), m.end(), moment(m)
    if m := HAN_DATE.search(line):
        month, day = _han_number(m["m"]), _han_number(m["d"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return m.start(), m.end(), Moment(f"{_han_number(m['y']):04d}-{month:02d}-{day:02d}", "day")
    return None


def is_outlet(name: str) -> bool:
    """Whether a short name ends as names of papers, sites and agencies do."""
    return _OUTLET.search(name.strip("《》")) is not None


def is_person(name: str) -> bool:
    """Whether a short string has the shape of a Chinese or transliterated personal name; what a label calls a name may be one."""
    return _NAME.fullmatch(name) is not None


def is_known_name(name: str) -> bool:
    """Whether a short string without a label is a personal name: a common surname and one or two characters, or a transliteration."""
    if _NAME.fullmatch(name) is None:
        return False
    return "·" in name or "•" in name or (len(name) <= 3 and name[0] in _SURNAMES) or (2 < len(name) <= 4 and name[:2] in _DOUBLE_SURNAMES)


def _items(line: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for m in _ITEM_BREAK.finditer(line):
        if m.start() > at:
            spans.append((at, m.start()))
        at = m.end()
    if at < len(line):
        spans.append((at, len(line)))
    return spans


def _trim(line: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and line[start] in _SEPARATORS:
        start += 1
    while stop > start and line[stop - 1] in _SEPARATORS:
        stop -= 1
    return start, stop


def read_credits(line: str) -> list[Found] | None:
    """
    The values of a line that is nothing but a date, a source, an author, editors and counters, in any order.

    None where any part of the line is something else: a sentence that opens with a date is no date line. Values with a
    label come first in trust; a bare name after a date is a person by shape, an outlet by ending, else "unnamed".
    """
    if len(line) > 120 or "。" in line or not _CREDIT_SIGN.search(line):
        return None
    found: list[Found] = []
    rest = line
    if hit := find_moment(line):
        start, stop, when = hit
        glued = start and (_HAN.match(line[start - 1]) or line[start - 1] in ".…")
        if glued and not _LABEL.match(line[:start].lstrip(_SEPARATORS)) and (start > 12 or "T" not in when.iso or ".." in line):
            return None
        found.append(Found(start, stop, "published_at", when.iso))
        rest = line[:start] + " " * (stop - start) + line[stop:]
    labels = [m for m in _LABEL.finditer(rest) if _labels_here(rest, m)]
    ends = [*(m.start() for m in labels[1:]), len(rest)] if labels else []
    if not found and not labels:
        return None
    head = labels[0].start() if labels else len(rest)
    for start, stop in _items(rest[:head]):
        if not _bare(rest, start, stop, found):
            return None
    for m, end in zip(labels, ends, strict=True):
        if m.lastgroup is None or not _labelled(rest, m.lastgroup, m.end(), end, found):
            return None
    return sorted(found, key=lambda f: f.start) if found else None


def _labels_here(line: str, m: re.Match[str]) -> bool:
    """A label stands at the start of the line, of an item or after a bracket, and a colon or slash follows it."""
    before, after = line[: m.start()].rstrip(), line[m.end() :].lstrip()
    if m[0] == "文":
        return after[:1] in ":：/／" and (not before or before[-1] in _SEPARATORS or m.start() > len(before))
    if m.lastgroup == "editor" and line[m.end() : m.end() + 1].isspace() and after[:1] not in ":：/／|｜":
        return bool(after) and is_known_name(after.split()[0]) and (not before or line[m.start() - 1].isspace())
    if after[:1] in (":", "：") or (after[:1] in ("|", "｜") and m.lastgroup in ("editor", "author")):
        return not before or m.start() > len(before) or before[-1] in _SEPARATORS or not _HAN.match(before[-1])
    if m.lastgroup == "published_at":
        return m[0].endswith("于") and not before
    return m[0] in ("来自", "本报记者", "记者") and (not before or m.start() > len(before)) and len(after) <= 16


def _bare(line: str, start: int, stop: int, found: list[Found]) -> bool:
    start, stop = _trim(line, start, stop)
    word = line[start:stop]
    if not word or _COUNTER.fullmatch(word) or word.isdigit():
        return True
    if len(word) > 20 or re.search("[,，、;；!！?？“”…]|\\.\\.", word) or len(found) > 4:
        return False
    kind = "source" if word.startswith("《") or is_outlet(word) else "author" if is_known_name(word) else "unnamed"
    found.append(Found(start, stop, kind, word))
    return True


def _labelled(line: str, field: str, start: int, stop: int, found: list[Found]) -> bool:
    start, stop = _trim(line, start, stop)
    value = line[start:stop]
    if not value:
        return True
    if len(value) > 60:
        return False
    if field == "published_at":
        return all(_bare(line, a, b, found) for a, b in ((a + start, b + start) for a, b in _items(value)))
    if field in ("editor", "author"):
        names = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\s、,，;；/／|｜]+", value)]
        for a, b in names:
            if _COUNTER.fullmatch(line[a:b]):
                continue
            if not (_EDITOR_NAME.fullmatch(line[a:b]) if field == "editor" else is_person(line[a:b]) or is_outlet(line[a:b])):
                return False
            found.append(Found(a, b, field, line[a:b]))
        return True
    first, *others = _items(value)
    if first[1] - first[0] > 30 or "，" in value or "," in value:
        return False
    found.append(Found(start + first[0], start + first[1], field, value[first[0] : first[1]]))
    return all(_bare(line, start + a, start + b, found) for a, b in others)


def breadcrumb(line: str) -> list[tuple[int, int]] | None:
    """Spans of the steps of a breadcrumb (A > B > 正文), without its label; None where the line is no breadcrumb."""
    if len(line) > 120 or "。" in line or not _CRUMB_SIGN.search(line):
        return None
    label = BREADCRUMB_LABEL.match(line)
    at = label.end() if label else 0
    steps = []
    sign = BREADCRUMB_SIGN
    if not sign.search(line, at) and (label or (_PATH_END.search(line) and len(line) <= 40 and len(_OTHER_SIGN.findall(line)) >= 2)):
        sign = _OTHER_SIGN
    for m in sign.finditer(line, at):
        steps.append((at, m.start()))
        at = m.end()
    steps.append((at, len(line)))
    steps = [_trim(line, a, b) for a, b in steps]
    if not label and (len(steps) < 2 or any(not 1 < b - a <= 12 or re.search("[,，；;：:]|[0-9]{3}", line[a:b]) for a, b in steps[:-1])):
        return None
    if label and not any(b > a for a, b in steps):
        return []
    steps = [(a, b) for a, b in steps if b > a]
    return steps if label or len(steps) >= 2 else None
