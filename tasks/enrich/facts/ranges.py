"""What goes on behind a number with a unit: the other end of a range, small change, half a unit, a denominator."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from tasks.enrich.facts.counting import LOOSE_SMALL, RANGE_FIRST, counts, unit_here
from tasks.enrich.facts.quantity import HAN, PERIODS, Quantity, made, printed_of, small_number, with_denominator
from tasks.enrich.units import UNITS, Unit, unit_at
from tasks.text.numerals import NUMBER, RANGE_SIGN, SCALES, Number, parse

HIGH = re.compile(rf" ?{RANGE_SIGN} ?(?P<high>{NUMBER})(?P<percent>[%％﹪‰])?")
_SMALL = re.compile(
    r"(?P<n>[0-9]|[一二两三四五六七八九])[角毛](?:(?P<m>[0-9]|[一二三四五六七八九])分)?"
    r"|(?P<c>[0-9]{1,2}|[一二三四五六七八九])分(?![之钟])"
)
_MINUTES = re.compile(rf"(?P<n>[0-9]{{1,2}}|[{HAN}]{{1,3}})分钟?(?!之)")
_PER = re.compile(r"(?:/|每)(?P<per>[\u4e00-\u9fffA-Za-z㎡]{1,4})")


def ranged(
    start: int, stop: int, written: str, number: Number, word: str, unit: Unit, text: str, is_han: bool
) -> Quantity | None:
    """The quantity, or the range that goes on behind it (500元至1000元, 20%—30%); and what small change follows (五元三毛)."""
    high = HIGH.match(text, stop) if text[stop:stop + 1] in RANGE_FIRST else None
    if high:
        top = parse(high["high"])
        if top is None and high["high"] in ("二", "两"):
            top = Number(Decimal(2))
        again = high["percent"] if high["percent"] else unit_at(text, high.end())[0]
        same = again == word or (word in "%％﹪" and again in tuple("%％﹪"))
        if top and same and None not in (number.value, top.value) and number.value < top.value:
            end = high.end() + (0 if high["percent"] else len(again))
            return _between(start, end, written, number, high["high"], top, word, unit, text, is_han)
    if word.startswith("个半") and number.value is not None:
        number, word = replace(number, value=number.value + Decimal("0.5")), word.replace("半", "")
    elif text[stop:stop + 1] == "半" and _takes_half(text, stop, number, unit):
        number, stop = replace(number, value=number.value + Decimal("0.5")), stop + 1
        return made(start, stop, number, number.value, word, unit, is_han)
    if unit.kind == "money" and word[0] in "元块圆" and number.value is not None:
        number, stop, changed = _with_change(number, stop, text)
        if changed:
            return made(start, stop, number, number.value, word, unit, is_han)
    elif word in ("小时", "个小时") and number.value is not None:
        minutes = _MINUTES.match(text, stop)
        more = parse(minutes["n"]) if minutes else None
        if more and more.value is not None and more.value < 60:
            number = replace(number, value=number.value + more.value / 60)
            return made(start, minutes.end(), number, number.value, word, unit, is_han)
    printed, scale = printed_of(written, number)
    quantity = made(start, stop, number, printed, scale + word, unit, is_han)
    return _per(quantity, text)


def _takes_half(text: str, stop: int, number: Number, unit: Unit) -> bool:
    """三斤半, 两年半; but 三年半年."""
    return number.value is not None and unit.kind in ("duration", "measure", "age") and text[stop + 1:stop + 2] not in tuple("年月天小个")


def _with_change(number: Number, stop: int, text: str) -> tuple[Number, int, bool]:
    change = _SMALL.match(text, stop)
    if change is None:
        loose = LOOSE_SMALL.match(text, stop) if text[stop - 1] == "块" else None
        if loose is None:
            return number, stop, False
        return replace(number, value=number.value + small_number(loose.group()) / 10), loose.end(), True
    if change["c"]:
        more = Decimal(change["c"]) if change["c"].isdigit() else small_number(change["c"])
        more /= 100
    else:
        more = small_number(change["n"]) / 10 + (small_number(change["m"]) / 100 if change["m"] else 0)
    return replace(number, value=number.value + more), change.end(), True


def _per(quantity: Quantity, text: str) -> Quantity:
    """8元每小时, 5元/吨, 3公斤/亩: how many to one of another unit."""
    if text[quantity.stop:quantity.stop + 1] not in ("/", "每") or quantity.kind not in ("money", "count", "measure", "duration"):
        return quantity
    match = _PER.match(text, quantity.stop)
    if match is None:
        return quantity
    for length in range(len(match["per"]), 0, -1):
        word = match["per"][:length]
        if word in PERIODS or (word in UNITS and UNITS[word].kind in ("count", "measure", "money", "duration")):
            if text[quantity.stop] == "每" and length < len(match["per"]) and text[match.start("per") + length] not in "的，。；以左起计不":
                return quantity  # 捐款5元每人次...: no denominator; a new statement begins
            return with_denominator(quantity._replace(stop=match.start("per") + length), word)
    return quantity


def open_range(start: int, stop: int, written: str, number: Number, text: str, is_word_start: bytes) -> Quantity | None:
    """3-4年, 3至5亿元, 5000至1万元: the unit stands once, for both."""
    match = HIGH.match(text, stop)
    if match is None or number.value is None:
        return None
    top = parse(match["high"])
    if top is None and match["high"] in ("二", "两"):
        top = Number(Decimal(2))
    if top is None or top.value is None:
        return None
    is_han = text[start] in HAN
    if match["percent"]:
        word, unit = match["percent"], UNITS["‰" if match["percent"] == "‰" else "%"]
    else:
        word, unit = unit_here(text, match.end(), start)
    if unit is None or (is_han and not counts(written, word, unit, text, start, is_word_start)):
        return None
    if unit.kind == "duration" and word in ("年", "日") and (number.value >= 1000 or (word == "日" and not is_han)):
        return None  # 2011-2015年, 6-7日
    end = match.end() + (0 if match["percent"] else len(word))
    return _between(start, end, written, number, match["high"], top, word, unit, text, is_han)


def _between(
    start: int, stop: int, low_written: str, low: Number, high_written: str, high: Number, word: str, unit: Unit, text: str, is_han: bool
) -> Quantity | None:
    bottom, scale_low = printed_of(low_written, low)
    top, scale = printed_of(high_written, high)
    if scale_low == scale:
        values = bottom, top, scale + word
    elif not scale_low and bottom < top:  # 3-4亿元: the scale stands once, for both
        values = bottom, top, scale + word
    else:  # 5000至1万元, 5000万至1亿元
        values = low.value, high.value, word
    if is_han and not scale:
        shared = _shared_scale(low_written, high_written, low.value, high.value)
        values = low.value * shared, high.value, word
    if values[0] >= values[1]:
        return None
    quantity = Quantity(start, stop, unit.kind, None, values[0], values[1], values[2], None, unit.normalized, is_han=is_han)
    return _per(quantity, text)


def _shared_scale(low: str, high: str, small: Decimal, great: Decimal) -> int:
    """三至五万, 三至五百: what the scale at the end does for the first number too."""
    last = high[-1]
    if last not in "百千万亿" or any(c in SCALES for c in low if c not in "十百" or last in "百千"):
        return 1
    return SCALES[last] if small * SCALES[last] < great and great / small >= 10 else 1
