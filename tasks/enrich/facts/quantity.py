"""One number with its unit, as found in a text: what the other modules of facts hand to one another."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from tasks.enrich.units import UNITS, Unit
from tasks.text.numerals import SCALES, Number

HAN = "零〇○一二两三四五六七八九十百千万亿兆"
# The denominators of time, and what they are called in a common unit.
PERIODS = {
    "年": "year", "半年": "half_year", "季度": "quarter", "季": "quarter", "月": "month", "周": "week", "日": "day",
    "天": "day", "晚": "night", "小时": "hour", "分钟": "minute", "秒": "second", "秒钟": "second", "学期": "term",
    "次": "times", "届": "session",
}
SCALE_END = re.compile(r"[百千万亿兆]+$")


class Quantity(NamedTuple):
    """
    One number with its unit; the span is that of value_text.

    `value`, `low` and `high` count `unit` as printed; `normal` counts `common`. `approximate` is the character that softens the
    number, `op` the relation that the number itself states. `per` is the printed denominator of 元/吨 or 元每小时.
    """

    start: int
    stop: int
    kind: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str | None
    normal: Decimal | None
    common: str
    approximate: str = ""
    op: str = "="
    per: str = ""
    is_han: bool = False


def with_denominator(quantity: Quantity, per: str) -> Quantity:
    """The same quantity to one `per`."""
    if per in PERIODS:
        below, factor = PERIODS[per], Decimal(1)
    else:
        below, factor = UNITS[per].normalized, UNITS[per].factor
    normal = quantity.normal / factor if quantity.normal is not None else None
    return quantity._replace(kind="rate", unit=f"{quantity.unit}/{per}", normal=normal, common=f"{quantity.common}/{below}", per=per)


def printed_of(written: str, number: Number) -> tuple[Decimal | None, str]:
    """The number as printed beside its scale: 2500多万 is 2500 and 万, 8千多 is 8 and 千. Chinese numerals are printed whole."""
    bare = written.lstrip("-－−").rstrip("多余来几")
    end = SCALE_END.search(bare)
    if number.value is None or end is None or not ("0" <= bare[0] <= "9" or "０" <= bare[0] <= "９"):
        return number.value, ""
    scale = end.group()
    rest = bare[:end.start()].rstrip("多余来几")
    if not rest or any(c in SCALES for c in rest):
        return number.value, ""
    worth = Decimal(1)
    for c in scale:
        worth *= SCALES[c]
    return number.value / worth, scale


def made(start: int, stop: int, number: Number, printed: Decimal | None, unit_text: str | None, unit: Unit, is_han: bool) -> Quantity:
    low, high = number.low, number.high
    normal = None
    if number.value is not None:
        normal = number.value * unit.factor + unit.offset
        if unit_text == "折" and number.value > 10:  # 75折
            normal /= 10
        if printed is None:
            printed = number.value
    op = ">" if number.approximate in ("多", "余", "几") else "~" if number.approximate else "="
    return Quantity(start, stop, unit.kind, printed, low, high, unit_text, normal, unit.normalized, number.approximate, op, is_han=is_han)


def small_number(digit: str) -> Decimal:
    return Decimal({"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}.get(digit) or digit)


def ordinal(start: int, stop: int, value: Decimal, unit: str | None) -> Quantity:
    return Quantity(start, stop, "ordinal", value, None, None, unit, value, "ordinal")
