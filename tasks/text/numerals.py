"""Numbers as Chinese prose writes them: 1032万, 3.29亿, 二百余, 三成, 百分之九十, 二〇一六, 1,234.5万, ３０, 20xx0.

`NUMBER` and `MASKED` find numbers in running text; `parse` says what it is worth. Exact decimal arithmetic inside, so 1.1万 is
11000 and not 11000.000000000002. What cannot be known stays None: a masked digit makes the whole value unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％＋－～", "0123456789.,%+-~")
DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}

LONGEST = 40  # code points; what is longer is a serial number or a run of rubbish, and would be no exact float

_ARABIC = r"(?:[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+(?![0-9０-９])|[0-9０-９]+)(?:[.．][0-9０-９]+)?"
_HAN = r"[零〇○一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+[十百千万亿]*)?"
_APPROXIMATE = r"(?:[多余](?![0-9])|[来几](?=[十百千万亿个名位人家年户件条项次张元]))"
MASKED = r"[0-9]+[xXＸ]+[0-9xXＸ]*|[xXＸ]{2,}[0-9xXＸ]*"
# The 20xx of "20xx0元" must not be read as 20; a masked run is therefore tried first.
_ARABIC_WITH_SCALE = rf"{_ARABIC}{_APPROXIMATE}?[十百千万亿]*"
NUMBER = rf"(?:{_ARABIC_WITH_SCALE}(?:(?<=[万亿]){_ARABIC_WITH_SCALE})?|{_HAN}){_APPROXIMATE}?[十百千万亿]*"
RANGE_SIGN = r"(?:-|－|—{1,2}|–|~|～|至|到)"
HUNDREDTHS = {"百分之": Decimal("0.01"), "千分之": Decimal("0.001"), "万分之": Decimal("0.0001")}

_MASKED = re.compile(MASKED)
_SCALED = re.compile(r"([0-9]+(?:\.[0-9]+)?)([十百千万亿]*)")
_SOFT = re.compile(r"[多余来几]")


@dataclass(frozen=True, slots=True)
class Number:
    """
    The worth of one written number.

    `value` is None for a range ("三四", 3-4), where `low` and `high` are set, and for a masked number. `approximate`
    holds the character that softens it (多, 余, 来, 几): 300余 is worth 300 and means more than 300.
    """

    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    approximate: str = ""
    masked: bool = False


@lru_cache(maxsize=4096)  # a text repeats few numbers many times
def parse(text: str) -> Number | None:
    """The worth of one written number; None where the characters are no number at all ("万", "几百") or more than LONGEST."""
    if len(text) > LONGEST:
        return None
    text = text.translate(FULL_WIDTH)
    if _MASKED.fullmatch(text):
        return Number(None, masked=True)
    for prefix, step in HUNDREDTHS.items():
        if text.startswith(prefix):
            return _times(parse(text[len(prefix):]), step)
    if text.endswith("%") or text.endswith("‰"):
        return _times(parse(text[:-1]), Decimal("0.01") if text[-1] == "%" else Decimal("0.001"))
    if "分之" in text:
        below, _, above = text.partition("分之")
        divisor, dividend = parse(below), parse(above)
        if divisor is None or dividend is None or not divisor.value or dividend.value is None:
            return None
        return Number(dividend.value / divisor.value)
    soft = _SOFT.search(text)
    if soft:
        whole = parse(text[:soft.start()] + text[soft.end():])
        if whole is None or whole.value is None:
            return None
        return Number(whole.value, approximate=soft.group())
    if text[:1].isdigit():
        return _arabic(text)
    return _han(text)


def _times(number: Number | None, factor: Decimal) -> Number | None:
    if number is None or number.value is None:
        return None
    return Number(number.value * factor, approximate=number.approximate)


def _arabic(text: str) -> Number | None:
    """1,234.5万, 3亿5千万: each run of digits times the scales behind it, added up."""
    text, total, end = text.replace(",", ""), Decimal(0), 0
    for match in _SCALED.finditer(text):
        if match.start() != end:
            return None
        value = Decimal(match.group(1))
        for scale in match.group(2):
            value *= SCALES[scale]
        total, end = total + value, match.end()
    return Number(total) if end == len(text) else None


def _han(text: str) -> Number | None:
    if not text:
        return None
    whole, point, decimals = text.partition("点")
    if point:
        digits = decimals.rstrip("十百千万亿")
        base = _han(whole)
        if base is None or base.value is None or not digits or not all(c in DIGITS for c in digits):
            return None
        value = base.value + Decimal("0." + "".join(str(DIGITS[c]) for c in digits))
        for scale in decimals[len(digits):]:
            value *= SCALES[scale]
        return Number(value)
    low, high = DIGITS.get(text[0], 0), DIGITS.get(text[1:2], 0)
    if 0 < low < high and all(c in SCALES for c in text[2:]):  # 三四个, 五六百: between the two
        step = Decimal(1)
        for scale in text[2:]:
            step *= SCALES[scale]
        return Number(None, low * step, high * step)
    if all(c in DIGITS for c in text):
        if len(text) == 2 and not set(text) & set("零〇○"):
            return None
        return Number(Decimal("".join(str(DIGITS[c]) for c in text)))
    if text[0] not in DIGITS and text[0] != "十":  # 百万职工, 万名: no figure, a way to say many
        return None
    total = section = digit = 0
    last_scale = 0
    for c in text:
        if c in DIGITS:
            if digit:  # 二十三四
                return None
            digit, last_scale = DIGITS[c], 0 if c in "零〇○" else last_scale
            continue
        if c not in SCALES:
            return None
        scale = SCALES[c]
        if scale < 10**4:
            section, digit = section + (digit or 1) * scale, 0
        else:
            total, section, digit = (total + section + digit) * scale if scale == 10**8 else total + (section + digit) * scale, 0, 0
        last_scale = scale
    if digit and last_scale >= 100:  # 三百五 is 350
        digit *= last_scale // 10
    return Number(Decimal(total + section + digit))
