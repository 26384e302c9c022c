"""What a unit word says where it stands, and whether a Chinese numeral before it counts."""

from __future__ import annotations

import re

from tasks.enrich.facts.quantity import HAN
from tasks.enrich.units import DEGREES, UNITS, Unit, unit_at
from tasks.text.numerals import RANGE_SIGN

RANGE_FIRST = tuple(" -－—–−~～至到")
LOOSE_SMALL = re.compile(r"[一二三四五六七八九](?=[，,。；;、！!？?\n]|$)")
_RANGE = re.compile(rf" ?{RANGE_SIGN} ?[0-9{HAN}]")
_MONEY_BEFORE = re.compile(r"(?:花|价|卖|付|收|费|赔|赚|省|掏|给)[^，,。；;\n]{0,3}$")
_CITED = re.compile(r"第[0-9一二三四五六七八九十百零]{1,7}[条款项章节](?:和|、|或者|或|及|至|到)$")
_FEW = "(?:[一二两三四五六七八九十]{1,3}|[0-9]+)"
_NO_THINGS = (3, 5, 6, 7)  # classes of about: a verb, numeral, time or adjective names nothing that is counted
# The cutter's dictionary calls these nouns; in “四个全面” and “三个着力” they are none.
_NO_NOUNS = frozenset(("全面", "着力", "到位", "结合", "同步", "坚持", "确保", "统一", "严格", "到底"))
RATE = re.compile(r"每(?:半年|年|个?月|日|天|周|季度|人|户|次|届|学期)[^，,。；;]{0,8}$")
_SIGNS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def unit_here(text: str, at: int, start: int) -> tuple[str, Unit | None]:
    """The unit at a place; 度 and 块 as the words around say."""
    here = text[at:at + 1]
    if here == "度" and text[at + 1:at + 2] != "电":
        before = text[max(0, start - 8):start]
        for word, unit in DEGREES.items():
            if word in before:
                return "度", unit
        return "", None
    word, unit = unit_at(text, at)
    if unit is None:
        return word, unit
    if word == "级":
        return (word, UNITS["级地震"]) if text.startswith(("地震", "以上地震"), at + 1) else (word, unit)
    if word in ("块", "毛") and (_MONEY_BEFORE.search(text, max(0, start - 6), start) or LOOSE_SMALL.match(text, at + 1)):
        return word, UNITS["元"] if word == "块" else UNITS["角"]
    if word == "个" and text.startswith(("半小时", "半月", "半世纪", "半钟头"), at + 1):
        more, unit = unit_at(text, at + 2) if not text.startswith("月", at + 2) else ("月", UNITS["个月"])
        return (word + "半" + more, unit) if unit else ("", None)
    return word, unit


def counts(written: str, word: str, unit: Unit, text: str, start: int, is_word_start: bytes) -> bool:
    """Whether a Chinese numeral before a unit states a quantity, and not a word, an indefinite 一 or a list mark."""
    before, after = text[start - 1:start], text[start + len(written) + len(word):start + len(written) + len(word) + 2]
    may_be_part = (len(written) == 1 or unit.is_loose) and not _RANGE.match(text, start + 1)
    if may_be_part and not is_word_start[start] and before not in ("近", "“", "「", "《", "（", "(", "各", "共", "有", "约", "达"):
        return False
    if unit.kind == "duration" and before == "个":  # “两个一百年”
        return False
    if written[0] == "十" and before in ("几", "数", "上", "好") and text[start - 2:start] != "以上":
        return False
    if before == "《":  # 《一分钱》
        return False
    end = start + len(written) + len(word)
    if before in ("“", "「") and _is_slogan(text, end, is_word_start):
        return False
    if before == "第" or (before == "半" and unit.kind == "duration"):
        return False
    if word in ("级", "层", "股") and written != "两":
        return word == "级" and _lists(text, start, written)  # 三级响应; but 市、县、乡、村四级
    if word in ("款", "条", "项", "章", "节") and (before in ("前", "本", "上") or _CITED.search(text, max(0, start - 14), start)):
        return False  # 前两款, 第九十八条和九十九条
    if written == "二" and word == "次" and after[:1] not in tuple("，,。；;、的以，"):  # 二次供水; what is counted is 两次
        return False
    if written == "零" and unit.kind not in ("ratio", "money"):  # 零部件
        return False
    if word == "两" and len(written) < 2 and after[:1] not in tuple("白黄银肉油酒重左"):
        return False
    if written == "一" and not _RANGE.match(text, start + 1):
        return _one_counts(word, unit, text, start, after)
    if written in ("十", "百", "千") and word in ("分", "方"):
        return False
    return not (word == "方" and written not in ("三", "四", "五", "六", "两"))


def _is_slogan(text: str, end: int, classes: bytes) -> bool:
    """“三个代表”, “两个确保”, “四个第一人”: no things that are counted; but “四个机制”."""
    if end >= len(text) or text[end] in "”」" or not classes[end]:  # not 0: a word begins behind the unit
        return end < len(text) and text[end] not in "”」"
    stop = end + 1
    while stop < len(text) and not classes[stop]:
        stop += 1
    return classes[end] in _NO_THINGS or text[end:stop] in _NO_NOUNS


def _one_counts(word: str, unit: Unit, text: str, start: int, after: str) -> bool:
    """一 before a unit is mostly an article. It counts in ratios and spans of time, under a bound, and beside another count."""
    if unit.kind == "ratio" or after in ("以上", "以下"):
        return True
    if text[start - 2:start] == "最后":  # 最后一公里
        return False
    if unit.kind in ("duration", "money"):
        is_bounded = text[start - 2:start] in ("少于", "超过", "不足", "低于", "至少")
        return word not in ("天", "日", "周") or after[:1] in tuple("内以之后前，。") or is_bounded
    if word == "次" and RATE.search(text, max(0, start - 12), start):
        return True
    if unit.kind == "measure":
        return not unit.is_loose
    if unit.normalized in ("person", "household", "org"):
        unit_word = re.escape(word)
        sibling = rf"{unit_word}(?:[、，,]|和|或者|或)[^，,。；;\n]{{1,12}}?{_FEW}(?:[至到]{_FEW})?{unit_word}"
        if re.compile(sibling).match(text, start + 1):  # 主任一人、副主任三人
            return True
    return text.startswith(("至", "到"), start + 1 + len(word)) and after[1:2] in tuple("二两三四五六七八九十")


def _lists(text: str, start: int, written: str) -> bool:
    """市、县、乡镇、村四级: as many things as the numeral says stand before it."""
    count = _SIGNS.get(written, 0)
    listed = re.compile(r"(?:^|[^、\w])?((?:[\u4e00-\u9fff]{1,6}、)+[\u4e00-\u9fff]{1,6})$").search(text, max(0, start - 40), start)
    return bool(count and listed and listed.group(1).count("、") + 1 == count)
