"""Writings that begin with a word and are looked for only where it stands: sessions, ordinals, halves, doublings, sums with a sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tasks.enrich.facts.quantity import HAN, Quantity, made, ordinal, printed_of, small_number
from tasks.enrich.units import SIGNS, WORD_INSTEAD, unit_at
from tasks.text.numerals import Number, parse

_CHEQUE = "壹贰叁肆伍陆柒捌玖拾佰仟"
_SESSION = re.compile(rf"(?:首届|第(?:[0-9]{{1,3}}|[{HAN}]{{1,4}})届(?:[{HAN}]{{1,3}}(?:次|中))?)(?P<session>)")
_ORDINAL = re.compile(rf"第([0-9{HAN}]{{1,6}})(?:([次名位批轮家个代场期])|(?=[，,。；;、\n]|$))")
_RANKED = re.compile(r"(?:位列|位居|名列|排名|排在|居于?|列)[^，,。；;\n第]{0,10}$")
_DOUBLED = re.compile(r"翻(?:了)?(?P<doubled>[一两二三四五1-9]番)")
_HALF = re.compile(
    r"半(?:(?<![上下大小前后多过每东西南北两一]半)(?=年(?![会级])|个(?:多)?月|个?小时|天|个?世纪|个学期)"
    r"|(?<=一半)(?=[，,。、；的以是左多]))"
)
_ABBREVIATED = re.compile(
    r"“(?P<count>[二三四五六七八九十])(?P<of>[\u4e00-\u9fff])”"
    r"[（(](?:即|指|包括)?[:：]?“?(?P<items>[^（）()\n]{4,120}?)[”“]*[）)]"
)
_IDIOM = re.compile(r"[千百数](?:(?<=成千)上万|(?<=成百)上千|(?<=千)千万万|(?<=数)以[十百千万亿]{1,2}计)")
_SIGNS_OF_IDIOMS = ("成千上", "成百上", "千千万", "数以")
_CHEQUES = re.compile(rf"[{_CHEQUE}][{_CHEQUE}零万亿]+(?=[元圆美])")
_AMOUNT = re.compile(
    r"(?:US\$|HK\$|[￥¥＄$€£]|RMB|USD|CNY|EUR|HKD) ?"
    r"(?P<amount>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?[万亿]{0,2})(?![0-9%])"
)


def rare(text: str) -> Iterator[Quantity]:
    """Writings that begin with a word and are looked for only where it stands."""
    at = text.find("届")
    while at >= 0:
        first = max(text.rfind("第", max(0, at - 5), at), text.rfind("首", max(0, at - 1), at))
        match = _SESSION.match(text, first) if first >= 0 else None
        session = session_of(match) if match else None
        if session:
            yield session
        at = text.find("届", at + 1)
    if "第" in text:
        for match in _ORDINAL.finditer(text):
            unit = match[2]
            if unit and unit != "次" and text[match.end():match.end() + 1] in tuple(WORD_INSTEAD.get(unit, "")):
                continue
            if not unit and not _RANKED.search(text, max(0, match.start() - 14), match.start()):
                continue
            number = parse(match[1])
            if number and number.value is not None:
                yield ordinal(match.start(), match.end(), number.value, unit)
    if "番" in text:
        for match in _DOUBLED.finditer(text):
            times = small_number(match["doubled"][0])
            first, last = match.span("doubled")
            yield Quantity(first, last, "ratio", times, None, None, "番", 2 ** times, "multiple", is_han=True)
    if "”" in text:
        for match in _ABBREVIATED.finditer(text):  # “五小”（即“小修、小种 …”）
            count = parse(match["count"])
            if count and count.value is not None and len(re.split("、|”“", match["items"])) == count.value:
                first, last, value = match.start("count"), match.end("of"), count.value
                yield Quantity(first, last, "phrase_count", value, None, None, match["of"], value, "item", is_han=True)
    if "半" in text:
        for match in _HALF.finditer(text):
            yield from _half(match, text)
    if any(sign in text for sign in _SIGNS_OF_IDIOMS):
        for match in _IDIOM.finditer(text):
            first = match.start() - (text[match.start() + 1] == "上")
            yield Quantity(first, match.end(), "idiom", None, None, None, None, None, "item", op="~")
    if _has_sign(text):
        for match in _AMOUNT.finditer(text):
            yield from _signed(match, text)
    if "佰" in text or "仟" in text or ("拾" in text and ("拾万" in text or "拾元" in text)):
        for match in _CHEQUES.finditer(text):
            number = parse(match.group())
            word, unit = unit_at(text, match.end())
            if number and number.value is not None and unit and unit.kind == "money":
                yield made(match.start(), match.end() + len(word), number, None, word, unit, is_han=True)


def _has_sign(text: str) -> bool:
    if any(sign in text for sign in "￥¥$＄€£"):
        return True
    if "D" in text and ("USD" in text or "HKD" in text):
        return True
    return ("R" in text and ("RMB" in text or "EUR" in text)) or ("Y" in text and "CNY" in text)


def session_of(match: re.Match[str]) -> Quantity | None:
    """十八届五中, 第四届, 首届: ordinals, never counts. 三届以上 counts, and has no 第, 中 or 次."""
    written = match.group()
    number = parse(written.removeprefix("第").partition("届")[0]) if written != "首届" else Number(Decimal(1))
    unit = "届/次" if written[-1] in "次中" else "届"
    if number is not None and number.masked:
        return Quantity(match.start(), match.end(), "masked", None, None, None, unit, None, "ordinal", "masked")
    if number is None or number.value is None:
        return None
    before = match.string[match.start() - 1:match.start()]
    if written[0] not in "第首" and unit == "届" and before in tuple("前近共续满了过经这开办"):  # 办了12届
        return Quantity(match.start(), match.end(), "count", number.value, None, None, unit, number.value, "item", number.approximate)
    return ordinal(match.start(), match.end(), number.value, unit)


def _half(match: re.Match[str], text: str) -> Iterator[Quantity]:
    start, stop = match.span()
    if text[start - 1:start] == "一":
        yield Quantity(start - 1, stop, "ratio", Decimal("0.5"), None, None, None, Decimal("0.5"), "ratio", is_han=True)
        return
    word, unit = unit_at(text, stop)
    if unit:
        half = Decimal("0.5")
        yield Quantity(start, stop + len(word), unit.kind, half, None, None, word, half * unit.factor, unit.normalized, is_han=True)


def _signed(match: re.Match[str], text: str) -> Iterator[Quantity]:
    number = parse(match["amount"])
    before = text[match.start() - 1:match.start()]
    if number is None or number.value is None or (before.isascii() and before.isalnum()):
        return
    sign = match.group()[:match.start("amount") - match.start()].strip()
    printed, scale = printed_of(match["amount"], number)
    yield Quantity(match.start(), match.end(), "money", printed, None, None, scale + sign, number.value, SIGNS[sign])
