"""What one line of a page looks like: prose, heading, breadcrumb; and whether a short string is a name.

str in, facts out. Callers pass lines that are stripped and, for matching only, folded to Simplified characters of the
same length; every offset counts code points of the line that came in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import add

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
NUMERAL = r"(?:\d{1,3}|[一二三四五六七八九十百]{1,4})"

LONGEST_PARAGRAPH = 5000  # characters; files without line breaks have lines of megabytes

SENTENCE_END = re.compile(r"[。！？!?…][”’」』\"'）)】]*$")
CLAUSE_END = re.compile(r"[。！？!?；;…：:][”’」』\"'）)】]*$")
NUMBERED = re.compile(rf"(?:第\s*{NUMERAL}\s*[编章节条款项部分篇讲课回]|[（(]\s*{NUMERAL}\s*[)）]|{NUMERAL}\s*[、.．](?!\d)|[①-⑳])")
_HAN = re.compile(f"[{HAN}]")
_NOT_HAN = re.compile(f"[^{HAN}]+")
_PROSE_MARK = re.compile("[,，。；;]")

_FULL_STOPS = frozenset("。！？!?…")
_CLAUSE_STOPS = _FULL_STOPS | frozenset("；;：:")
_CLOSING_SIGNS = "”’」』\"'）)】]"
_CLOSING = frozenset(_CLOSING_SIGNS)

_NAME = re.compile(f"[{HAN}·•]{{2,4}}|[{HAN}]{{1,10}}·[{HAN}]{{1,10}}")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康"
    "毛邱秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路"
    "詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和闫肖"
)
_DOUBLE_SURNAMES = frozenset("欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫 宇文 长孙 独孤 澹台 闾丘 申屠".split())
_OUTLETS = tuple(
    "网 报 社 在线 频道 新闻 日报 晚报 时报 周刊 杂志 月刊 电视台 广播 客户端 公众号 论坛 博客 智库 文库 出版社 编辑部 财经".split()
)
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
    confidence: float = 1.0


def han_count(line: str) -> int:
    """How many Han characters a line holds."""
    return len(_NOT_HAN.sub("", line))


def ends_sentence(line: str) -> bool:
    """Whether SENTENCE_END matches a line without line breaks; most lines are told by their last characters."""
    last = line[-1:]
    return last in _FULL_STOPS or (last in _CLOSING and line.rstrip(_CLOSING_SIGNS)[-1:] in _FULL_STOPS)


def ends_clause(line: str) -> bool:
    """Whether CLAUSE_END matches a line without line breaks."""
    last = line[-1:]
    return last in _CLAUSE_STOPS or (last in _CLOSING and line.rstrip(_CLOSING_SIGNS)[-1:] in _CLAUSE_STOPS)


def is_prose(line: str) -> bool:
    """Running text: at least 30 characters with a comma and a sentence end, or with a full stop."""
    return len(line) >= 30 and ("。" in line or (ends_sentence(line) and _PROSE_MARK.search(line) is not None))


def bigrams(line: str) -> set[str]:
    """Pairs of neighbouring Han characters, punctuation ignored; of a line longer than any paragraph its beginning only."""
    han = _NOT_HAN.sub("", line[:LONGEST_PARAGRAPH])
    return set(map(add, han, han[1:]))


def is_outlet(name: str) -> bool:
    """Whether a short name ends as names of papers, sites and agencies do."""
    return name.strip("《》").endswith(_OUTLETS)


def is_person(name: str) -> bool:
    """Whether a short string has the shape of a Chinese or transliterated personal name; what a label calls a name may be one."""
    return _NAME.fullmatch(name) is not None


def is_known_name(name: str) -> bool:
    """Whether a short string without a label is a personal name: a common surname and one or two characters, or a transliteration."""
    if _NAME.fullmatch(name) is None:
        return False
    return "·" in name or "•" in name or (len(name) <= 3 and name[0] in _SURNAMES) or (2 < len(name) <= 4 and name[:2] in _DOUBLE_SURNAMES)


def _trim(line: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and line[start] in _SEPARATORS:
        start += 1
    while stop > start and line[stop - 1] in _SEPARATORS:
        stop -= 1
    return start, stop


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
