"""Documents 《…》, events and offices: told by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator

DOCUMENT = re.compile(r"《[^《》\n]{1,80}》")
_N = "一二三四五六七八九十百零〇\\d"
_PLENUM = re.compile(rf"(?:党的|中共)?第?[{_N}]{{1,3}}届(?:[{_N}]中、)?[{_N}]中全会")
_CONGRESS = re.compile(rf"党的[{_N}]{{1,3}}大(?![型家量])")
_SESSION = re.compile(rf"(?:全国政协|全国人大|中国共产党|中共)(?:第?[{_N}]{{1,3}}[届次]){{1,2}}[\u4e00-\u9fff]{{0,8}}?(?:大会|会议)")
# 首届职工运动会, 第三届中国艺术节: an ordinal, a few characters without a verb or a pause, an ending of events.
_OF_EDITION = re.compile(
    "[\u4e00-\u9fffA-Za-z“”]{0,14}?"
    "(?:运动会|博览会|交易会|洽谈会|艺术节|电影节|文化节|旅游节|音乐节|科技节|奥运会|亚运会|冬奥会|世界杯|锦标赛|联赛|大奖赛|邀请赛|公开赛|比赛|论坛|峰会|"
    "代表大会|研讨会|年会|展览会|画展|书展|大赛)(?!的?组委会)"
)
_NUMERALS = frozenset("一二三四五六七八九十百零〇0123456789")
_DATED = re.compile(r"[“\"]\d{1,2}[.·]\d{1,2}[”\"](?:特大|重大)?(?:洪灾|水灾|地震|大地震|火灾|事故|事件|案|爆炸|空难|讲话|运动)")
_NO_EDITION = re.compile("的|了|在|和|举行|参加|届")
EVENTS = (
    ("中全会", _PLENUM), ("党的", _CONGRESS), ("全国政协", _SESSION), ("全国人大", _SESSION), ("中国共产党", _SESSION), ("中共", _SESSION),
    ("”", _DATED), ('"', _DATED),
)
KNOWN_EVENTS = frozenset("""
    奥运会 亚运会 冬奥会 世界杯 全运会 残奥会 春节 国庆节 中秋节 端午节 元宵节 清明节 重阳节 劳动节 抗日战争 解放战争 抗美援朝
    第一次世界大战 第二次世界大战 一战 二战 鸦片战争 甲午战争 辛亥革命 五四运动 文化大革命 长征 西安事变 南昌起义 秋收起义 淮海战役
    辽沈战役 平津战役 越南战争 朝鲜战争 海湾战争
    """.split())


def find_documents(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in DOCUMENT.finditer(text)] if "《" in text else []


def find_events(text: str) -> list[tuple[int, int]]:
    """Meetings, congresses and editions of games and fairs, by their ordinals; longest first where two begin together."""
    spans = set(_editions(text))
    for sign, pattern in EVENTS:
        if sign in text:
            spans.update(found.span() for found in pattern.finditer(text))
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def _editions(text: str) -> Iterator[tuple[int, int]]:
    at = text.find("届")
    while at >= 0:
        start = at - 1 if text[at - 1:at] == "首" else text.rfind("第", max(0, at - 4), at)
        if start >= 0 and (text[start] == "首" or _NUMERALS.issuperset(text[start + 1:at])):
            found = _OF_EDITION.match(text, at + 1)
            if found and not _NO_EDITION.search(found.group()):
                yield start, found.end()
        at = text.find("届", at + 1)
