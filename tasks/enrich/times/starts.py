"""Where an expression of time may begin. Cheap, because every character of every text passes here: tables of characters tell, for all
places at once, where two that matter stand side by side (a numeral and its unit; the first two of a word).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from tasks.enrich.calendars import ERAS
from tasks.enrich.times.patterns import HAN, NARROW, PARTS, WIDE

NUMERALS = f"0123456789〇零○OＯxX{HAN}十两百千几数"
_UNIT = re.compile(f"[{NUMERALS}元][ \u00a0]?(?:[年月日号时点世季:：]|[多余]年|五[年”\"」规期计时])")
_BEFORE_UNIT, _AFTER_NUMERAL = f"{NUMERALS}元", "年月日号时点世季:：多余五 \u00a0"  # first and second character of _UNIT
_AGO = ("天", "周", "星期", "个月", "小时", "分钟")
_NUMERIC = re.compile(r"[12](?<![0-9].)[0-9]{3}([-/.])[0-9]{1,2}\1")
_YEAR_LAST = re.compile(r"[-/.](?=(?:19|20)[0-9]{2}(?![0-9]))")


_ERA_ENDS = frozenset(era[-1] for era in ERAS)
_STEMS = (
    "大前天 大前年 前年 前天 去年 上年 上一年 上上周 上上个 上上星 上上礼 上周 上个周 上个月 上个世 上午 上世 上半 上星 上礼 "
    "今年 今天 今日 今晨 今早 今晚 本年 本月 本周 本世 本季 当年 当天 当日 当月 当晚 当晨 当夜 同年 明年 明天 明日 明早 明晚 "
    "明晨 后年 后天 后半年 翌年 翌日 大后天 大年三十 大年夜 这年 那年 该年 下下周 下下个 下下星 下下礼 下周 下个周 下个月 "
    "下个星 下午 下半 下星 下礼 这个周 这个月 这周 这些年 这星 这礼 次日 昨天 昨日 昨晚 昨夜 昨晨 昨早 正月 腊月 腊八 周一 "
    "周二 周三 周四 周五 周六 周日 周末 星期 礼拜 最近 过去 以往 未来 今后 之后 此后 日前 长年 几十年 数十年 多年来 长期以来 "
    "凌晨 清晨 清早 清明 早上 早晨 早间 中午 中秋 中元节 正午 午后 午夜 傍晚 晚上 晚间 夜间 夜里 深夜 半夜 前半年 农历 阴历 "
    "旧历 公元 除夕 元旦 元宵 春节 新春佳节 端午 七夕 重阳 小年 国庆 国际劳动节 国家宪法日 国家公祭日 劳动节 妇女节 青年节 "
    "儿童节 教师节 建党 建军节 建国 植树节 情人节 愚人节 护士节 记者节 万圣 平安夜 圣诞 母亲节 父亲节 感恩节 双十一 消费者权 "
    "龙抬头 五一 五四 六一 七一 八一 三八 十一国庆 改革开放 新中国成立 中华人民共和国成立 中国共产党成立 年初 年底 年末 年中 "
    "民国"
).split()
_TENS = tuple(f"十{digit}" for digit in HAN)
_SHORT_DAYS = ("五一", "六一", "七一", "八一", "三八", "五四")
_COUNTED_STEMS = (
    *(f"前{count}" for count in ("二个季", "二季", "两个季", "三个季", "三季", "2季", "3季", "2个季", "3个季")),
    *(f"近{second}" for second in f"0123456789{HAN}十两百几些数年日期来"),
    *(f"第{number}季" for number in "一二三四1234"),
    *(f"第{number}个五年" for number in (*HAN, "十", *_TENS)),
    *(f"{party}十{number}" for party in ("党的", "党", "中共") for number in "一四五六七八九"),
    "党的二十大", "中共二十大", *(f"十{number}大" for number in "四五六七八九"), "二十大", "十一届三",
    *(f"{mark}{name}" for mark in "“\"「" for name in (*(f"{digit}五" for digit in (*HAN, *_TENS, "十")), *_SHORT_DAYS)),
)
# Stems by two of their characters, each with how far into the stem these stand: the last two where the first two stand everywhere
# (第一, 十二, 国家), and 个五 of 个五年.
_BY_PAIR: dict[str, tuple[tuple[str, int], ...]] = {}
for _stem in sorted({*_STEMS, *_COUNTED_STEMS}):
    _is_rare = _stem[0] not in "第十二国中劳消妇儿教改" or _stem.startswith("中共")
    _at = 0 if _is_rare else _stem.index("个五") if "个五" in _stem else len(_stem) - 2
    _BY_PAIR[_stem[_at:_at + 2]] = (*_BY_PAIR.get(_stem[_at:_at + 2], ()), (_stem, _at))

_LAST = 0xFFFF  # no character beyond the basic plane matters


def _numbers(characters: str) -> np.ndarray:
    """For every character of the basic plane its number among `characters`, from 1; else 0."""
    table = np.zeros(_LAST + 1, np.uint8)
    for number, character in enumerate(sorted(set(characters)), 1):
        table[ord(character)] = number
    return table


_FIRST, _SECOND = (_numbers("".join(pair[k] for pair in _BY_PAIR)) for k in (0, 1))
_SECONDS = int(_SECOND.max()) + 1
_IS_PAIR = np.zeros((int(_FIRST.max()) + 1) * _SECONDS, bool)
for _pair in _BY_PAIR:
    _IS_PAIR[int(_FIRST[ord(_pair[0])]) * _SECONDS + int(_SECOND[ord(_pair[1])])] = True
_HAS_NUMERAL, _HAS_UNIT, _IS_WIDE, _IS_SIGN = 1, 2, 4, 8
_KIND = (
    np.minimum(_numbers(_BEFORE_UNIT), 1) * np.uint8(_HAS_NUMERAL) | np.minimum(_numbers(_AFTER_NUMERAL), 1) * np.uint8(_HAS_UNIT)
    | np.minimum(_numbers("-/."), 1) * np.uint8(_IS_SIGN) | np.minimum(_numbers(WIDE), 1) * np.uint8(_IS_WIDE)
)


def narrowed(text: str) -> tuple[str, list[int]]:
    """The text with wide digits and Traditional units as plain ones, and where expressions of time may begin in it."""
    points = _points(text)
    kind = _KIND[points]
    if np.bitwise_or.reduce(kind, initial=0) & _IS_WIDE:
        text = text.translate(NARROW)
        points = _points(text)
        kind = _KIND[points]
    return text, _starts(text, points, kind)


def _points(text: str) -> np.ndarray:
    return np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), _LAST)


def _units(text: str, kind: np.ndarray) -> Iterator[tuple[int, int]]:
    """Start and stop of every numeral with its unit; they do not overlap."""
    end = 0
    for at in np.flatnonzero((kind[:-1] & _HAS_NUMERAL) & (kind[1:] >> 1)).tolist():
        if at >= end and (match := _UNIT.match(text, at)):
            end = match.end()
            yield at, end


def _words(text: str, points: np.ndarray) -> Iterator[int]:
    pair = _FIRST[points[:-1]].astype(np.uint16) * np.uint16(_SECONDS) + _SECOND[points[1:]]
    for at in np.flatnonzero(_IS_PAIR[pair]).tolist():
        for stem, into in _BY_PAIR[text[at:at + 2]]:
            if text.startswith(stem, at - into) and at >= into:
                yield at - into


def _starts(text: str, points: np.ndarray, kind: np.ndarray) -> list[int]:
    starts = set(_words(text, points))
    for at, stop in _units(text, kind):
        start = _run_start(text, at)
        if not _may_be(text, start, stop):
            continue
        if start:
            before = text[start - 1]
            if before in "早晚":
                start -= 1
            elif before in _ERA_ENDS:
                start -= next((len(era) for era in (text[max(0, start - 2):start], text[max(0, start - 4):start]) if era in ERAS), 0)
        starts.add(start)
        if (start > 1 and text[start - 1] in "-－–—~～至到") or text[start - 1:start] == " ":
            back = start - 1
            while back and text[back - 1] in "-－–—~～至到 年月日号":
                back -= 1
            if back and text[back - 1] in NUMERALS:
                starts.add(_run_start(text, back - 1))
    for at in np.flatnonzero(kind & _IS_SIGN).tolist():
        if at >= 4 and _NUMERIC.match(text, at - 4):
            starts.add(at - 4)
        if _YEAR_LAST.match(text, at):
            start = at
            while start and text[start - 1] in "0123456789-/." and at - start < 5:
                start -= 1
            starts.add(start)
    ago = text.find("前")
    while ago >= 0:
        stop = ago - text.startswith("之", ago - 1) if ago else 0
        unit = next((unit for unit in _AGO if text.endswith(unit, 0, stop)), None)
        if unit:
            starts.add(_run_start(text, stop - len(unit)))
        ago = text.find("前", ago + 1)
    return sorted(starts)


_PART_STARTS = frozenset(name[0] for name in PARTS)


def _may_be(text: str, start: int, stop: int) -> bool:
    """Whether a numeral with its unit may be more than a duration (三年以下, 十五日内): statutes hold thousands of those."""
    unit, after = text[stop - 1], text[stop:stop + 1]
    if unit == "年" and text[stop - 2] not in "多余":
        size = stop - 1 - start
        return size >= 4 or text[start] in "0〇零两二xX" or after in ("来", "前", "代", "以") or text[start - 1:start] in _ERA_ENDS or (
            size == 2 and after != "" and after in NUMERALS) or "x" in text[start:stop].lower()
    if unit in "日号" and not text[start].isdigit():
        return after in _PART_STARTS
    return unit != "号" or after in _PART_STARTS


def _run_start(text: str, start: int) -> int:
    least = max(0, start - 8)
    while start > least and text[start - 1] in NUMERALS:
        start -= 1
    return start
