"""Numbers as Chinese prose writes them: 1032万, 3.29亿, 二百余, 百分之九十, 二〇一六, 1,234.5万, ３０, 壹佰伍拾, 三又二分之一, 20xx0.

`NUMBER` and `MASKED` find numbers in running text, `parse` says what one is worth, `numbers` does both for a text of its own.
Exact decimal arithmetic inside, so 1.1万 is 11000 and not 11000.000000000002. What cannot be known stays None: a masked digit
makes the whole value unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_WIDE = "０１２３４５６７８９．，％＋－～／＾"
FULL_WIDTH = str.maketrans(_WIDE, "0123456789.,%+-~/^")
# Numerals of cheques, and Traditional ones, one character to one.
FOLD = FULL_WIDTH | str.maketrans("壹贰貳叁參叄肆伍陆陸柒捌玖拾佰仟萬億兩點幾餘負個", "一二二三三三四五六六七八九十百千万亿两点几余负个")
CHEQUE = "壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟"
DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12}

LONGEST = 40  # code points; what is longer is a serial number or a run of rubbish, and would be no exact float

_D = "[0-9０-９]"
_H = "零〇○一二两三四五六七八九"
_S = "十百千万亿兆"
_CHEQUE_RUN = rf"[{CHEQUE}][{CHEQUE}零万亿萬億]++"
_ARABIC = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?!{_D})|[０-９]{{1,3}}(?:[，,][０-９]{{3}})+(?!{_D})|{_D}+)(?:[.．]{_D}+)?"
# Runs are possessive: whoever reads on behind a number must not try again with every shorter one.
_HAN = rf"(?:[{_H}{_S}]++(?:点[{_H}]++[{_S}]*+)?|{_CHEQUE_RUN})"
_APPROXIMATE = r"(?:[多余](?![0-9])|[来几](?=[十百千万亿个名位人家年户件条项次张元天月]))"
MASKED = r"[0-9]+[xXＸ]+[0-9xXＸ]*|[xXＸ]{2,}[0-9xXＸ]*"
# The 20xx of "20xx0元" must not be read as 20; a masked run is therefore tried first.
_WITH_SCALE = rf"{_ARABIC}{_APPROXIMATE}?[{_S}]*+"
_SOFTENED = rf"{_APPROXIMATE}?[{_S}]*+(?:{_APPROXIMATE}[{_S}]*+)?"
NUMBER = rf"(?:{_WITH_SCALE}(?:(?<=[千万亿])[零〇]?{_WITH_SCALE})*+|{_HAN}){_SOFTENED}"
RANGE_SIGN = r"(?:-|－|—{1,2}|–|−|~|～|至|到)"
HUNDREDTHS = {"百分之": Decimal("0.01"), "千分之": Decimal("0.001"), "万分之": Decimal("0.0001")}

_MASKED = re.compile(MASKED)
_PIECE = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{_H}{_S}]")
_SOFT = re.compile(r"[多余来几]")
_POWER = re.compile(r"(-?[0-9.]+)\^\+?(-*)([0-9]{1,3})$")
_SUFFIX = {"k": 10**3, "K": 10**3, "m": 10**6, "M": 10**6, "g": 10**9, "G": 10**9}


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


@dataclass(frozen=True, slots=True)
class Written:
    """A number in a text: half-open span and worth."""

    start: int
    stop: int
    number: Number


@lru_cache(maxsize=4096)  # a text repeats few numbers many times
def parse(text: str) -> Number | None:
    """The worth of one written number; None where the characters are no number at all ("万", "几百") or more than LONGEST."""
    if len(text) > LONGEST:
        return None
    text = text.translate(FOLD).replace(" ", "")
    if _MASKED.fullmatch(text):
        return Number(None, masked=True)
    if text[:1] == "负" or (text[:1] == "-" and len(text) > 1 and text[1] not in "-+"):
        return _times(parse(text[1:]), Decimal(-1)) if "^" not in text else _power(text.replace("负", "-"))
    for prefix, step in HUNDREDTHS.items():
        if text.startswith(prefix):
            return _times(parse(text[len(prefix):]), step)
    if text.endswith("%") or text.endswith("‰"):
        return _times(parse(text[:-1]), Decimal("0.01") if text[-1] == "%" else Decimal("0.001"))
    if "^" in text:
        return _power(text)
    if "分之" in text or "/" in text:
        return _fraction(text)
    if text[-1:] in _SUFFIX and text[:1].isdigit():
        return _times(parse(text[:-1]), Decimal(_SUFFIX[text[-1]]))
    soft = _SOFT.search(text)
    if soft:
        whole = parse(_SOFT.sub("", text))
        if whole is None or whole.value is None:
            return None
        return Number(whole.value, approximate=soft.group())
    if "e" in text or "E" in text:
        return _plain(text)
    whole, point, decimals = text.partition("点")
    return _with_point(whole, decimals) if point else _whole(text)


def _times(number: Number | None, factor: Decimal) -> Number | None:
    if number is None or number.value is None:
        return None
    return Number(number.value * factor, approximate=number.approximate)


def _plain(text: str) -> Number | None:
    """12.32e+14."""
    mantissa, _, exponent = text.lower().partition("e")
    try:
        return Number(Decimal(mantissa) * Decimal(10) ** int(exponent)) if abs(int(exponent)) < 300 else None
    except (InvalidOperation, ValueError):
        return None


def _power(text: str) -> Number | None:
    match = _POWER.fullmatch(text)
    if match is None:
        return None
    base, minus, exponent = match.groups()
    try:
        return Number(Decimal(base) ** (-int(exponent) if len(minus) % 2 else int(exponent)))
    except (InvalidOperation, ArithmeticError):
        return None


def _fraction(text: str) -> Number | None:
    """三分之二, 3/5, and with a whole before it: 三又二分之一, 1又3/5."""
    whole, also, rest = text.rpartition("又")
    if "分之" in rest:
        below, _, above = rest.partition("分之")
    else:
        above, _, below = rest.partition("/")
    divisor, dividend, more = parse(below), parse(above), parse(whole) if also else Number(Decimal(0))
    if None in (divisor, dividend, more) or not divisor.value or dividend.value is None or more.value is None:
        return None
    return Number(more.value + dividend.value / divisor.value)


def _with_point(whole: str, decimals: str) -> Number | None:
    digits = decimals.rstrip(_S)
    base = _whole(whole)
    if base is None or base.value is None or not digits or not all(c in DIGITS for c in digits):
        return None
    value = base.value + Decimal("0." + "".join(str(DIGITS[c]) for c in digits))
    for scale in decimals[len(digits):]:
        value *= SCALES[scale]
    return Number(value)


def _whole(text: str) -> Number | None:
    """
    Digits and scales in any mixture: 1,234.5万, 3亿5千万, 一百零一万一千, 五兆六十二亿, 万亿, 三百五 (350).

    A scale multiplies what stands before it and is smaller; a scale behind a greater or equal one (万万, 万亿) multiplies the last.
    """
    if not text:
        return None
    if text[0] not in DIGITS and text[0] != "十" and not text[0].isdigit():  # 百万职工, 万名: no figure, a way to say many
        return None
    if text[0] in DIGITS:
        near = _neighbours(text)
        if near is not None:
            return near
        if all(c in DIGITS for c in text):
            if len(text) == 2 and not set(text) & set("零〇○"):
                return None
            return Number(Decimal("".join(str(DIGITS[c]) for c in text)))
    elif text[0] == "十" and len(text) == 3:
        near = _neighbours(text)
        if near is not None:
            return near
    text = text.replace(",", "")
    parts: list[Decimal] = []
    end, last = 0, ""
    for match in _PIECE.finditer(text):
        if match.start() != end:
            return None
        piece, end = match.group(), match.end()
        scale = SCALES.get(piece)
        if scale is None:
            if (last in DIGITS and last not in "零〇○") or last.isdigit():
                return None  # 二十三五, 3三
            if last in ("十", "百") and piece not in DIGITS:
                return None  # 十0
            if piece not in "零〇○":
                parts.append(Decimal(DIGITS[piece]) if piece in DIGITS else Decimal(piece))
        else:
            below = Decimal(0)
            taken = False
            while parts and parts[-1] < scale:
                below, taken = below + parts.pop(), True
            if not taken:
                if last in SCALES and scale < 10**4:  # 五十千
                    return None
                # 万万, and 2500千; 十 and the 百 of 零百 stand for one
                below = parts.pop() if parts and (last in SCALES or last.isdigit()) else Decimal(1)
            elif last in SCALES and scale < 10**4:
                return None
            parts.append(below * scale)
        last = piece if len(piece) == 1 else "9"
    if end != len(text) or (not parts and last not in "零〇○"):
        return None
    if len(text) > 1 and last in DIGITS and last not in "零〇○" and text[-2] in "百千万亿兆":  # 三百五 is 350
        parts[-1] *= SCALES[text[-2]] // 10
    return Number(sum(parts, Decimal(0)))


def _neighbours(text: str) -> Number | None:
    """三四个, 五六百, 十七八, 三五个: between the two."""
    tens = Decimal(0)
    if len(text) > 2 and text[-3:-2] == "十" and text[-1] in DIGITS:
        tens = _whole(text[:-2]).value if text != "十" and _whole(text[:-2]) else Decimal(0)
        text = text[-2:]
    low, high = DIGITS.get(text[0], 0), DIGITS.get(text[1:2], 0)
    is_pair = 0 < low and (high == low + 1 or ((low, high) == (3, 5) and not tens))
    if not is_pair or not all(c in SCALES for c in text[2:]) or (len(text) == 3 and text[0] == "一" and text[2] not in "万亿百千"):
        return None
    step = Decimal(1)
    for scale in text[2:]:
        step *= SCALES[scale]
    return Number(None, tens + low * step, tens + high * step)


# --- numbers in a text of its own ---

# Blanks inside a number (7万 5千, 百 分 之 五) are dropped before the grammar reads it; digits that a blank parts are two numbers.
_N = f"0-9{_H}{_S}"
_BLANK = re.compile(
    rf"(?<=[{_N}点分之又多余几个])[ \u3000\xa0]+(?=[{_S}{_H}点分之又多余几个打kKmM])|(?<=[{_H}{_S}点之又])[ \u3000\xa0]+(?=[0-9负])"
)
_COMMA = re.compile("(?<=[0-9])，(?=[0-9])")  # groups digits of its own width only: 4,565 and ４，５６５ are one number, 20，300 are two
_SIGN = r"(?:负|(?<![0-9A-Za-z%\-])-)?"
_ASCII = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|(?<![.0-9])\.[0-9]+)"
_EXACT = rf"{_ASCII}(?:\^\+?-*[0-9]+|[eE][+-]?[0-9]+| ?[kKMG](?![A-Za-z])| ?m(?![A-Za-z]))"
_SLASH = r"(?:[0-9]+ )?[0-9]+/[0-9]+"
_OVER = rf"(?:(?:{NUMBER})又)?(?!(?:负?百|千)分之)(?:{NUMBER})分之(?:负?{NUMBER})|(?:{NUMBER})又(?:{NUMBER}/{NUMBER})"
_FREE = re.compile(rf"{_SIGN}(?:{_OVER}|{_EXACT}|{_SLASH}|{NUMBER}|{_ASCII})打?")
_HUNDREDTH = re.compile(r"[百千万]{1,2}分之$")
# Words of two or three characters in which a numeral counts nothing.
_WORDS = frozenset(
    "四川 十足 十分 一定 一样 一些 一般 一直 一切 一致 一旦 一律 一向 一再 一味 一度 一时 一面 一边 一贯 一体 一生 一同 一并 "
    "一经 一概 一道 统一 唯一 万一 单一 同一 逐一 专一 万能 万岁 三亚 八卦 九龙 千万 万分 百姓 百货 千秋 万物 百般 两岸 两会 "
    "五官 四季 四处 四周 七夕 五星 八仙 三明 九江 一下 六安 第一 第二 第三 第四 第五 第六 第七 第八 第九 第十 一起 一番 不一 "
    "五金 六合 百度 千瓦 千克 千米 百科 万象 万科 零售 零件 零钱 零碎 零星 两两 一一 零下 零上 三星 百合 一点 一会 一流 一心 "
    "一手 一路 一带".split()
)


def numbers(text: str) -> list[Written]:
    """
    Every number of a text, in order: blanks inside, 壹佰伍拾, 2e5, 1 3/5, 一打 (12) and signs included; of 百分之五 only the 五.

    For texts that are about numbers. Prose is read by the grammar of facts, which asks for a unit.
    """
    squeezed, places = _squeeze(text)
    found: list[Written] = []
    at = 0
    while match := _FREE.search(squeezed, at):
        start, stop = match.span()
        if stop - start > LONGEST:
            at = stop
            continue
        number = None
        while stop > start:
            number = _free(squeezed[start:stop])
            if number is not None and not _is_word(text, squeezed, places, start, stop):
                break
            number = None
            stop -= 1
        if number is None:
            at = start + 1
            continue
        at = stop
        if squeezed[stop:stop + 1] in ("%", "‰"):  # a share is no plain number
            continue
        found.append(Written(places[start], places[stop - 1] + 1, number))
    return found


def _squeeze(text: str) -> tuple[str, list[int]]:
    folded = _COMMA.sub("、", text).translate(FOLD)
    places: list[int] = []
    end = 0
    kept = []
    for match in _BLANK.finditer(folded):
        kept.append(folded[end:match.start()])
        places += range(end, match.start())
        end = match.end()
    kept.append(folded[end:])
    places += range(end, len(folded))
    return "".join(kept), places


def _free(written: str) -> Number | None:
    dozens = written.endswith("打")
    body = written.removesuffix("打").replace(" ", "又" if "/" in written else "")
    if not body or body[-1] in "多余几" or (body[0] in "百千万" and "分之" in body):
        return None  # 四百多: the number is 四百; 百万分之五: the number is 五
    if body[0] == ".":
        body = "0" + body
    elif body[:2] == "-.":
        body = "-0" + body[1:]
    number = parse(body)
    if number is None and body == "两":
        number = Number(Decimal(2))
    if number is not None and dozens:
        return _times(number, Decimal(12))
    return replace(number, masked=False) if number and number.value is not None else None


def _is_word(text: str, squeezed: str, places: list[int], start: int, stop: int) -> bool:
    """A numeral of one character inside a word; or 陆, 伍, 拾 standing alone, which are words before they are numbers."""
    if stop - start > 2 or squeezed[start].isdigit() or squeezed[start] in "-.":
        return False
    printed = text[places[start]:places[stop - 1] + 1]
    if len(printed) == 1 and printed in "陆陸伍肆拾参參":
        return True
    if start and squeezed[start - 1] in DIGITS and squeezed[start:stop] in DIGITS and squeezed[start - 1] == squeezed[start]:
        return True  # 两两
    return any(squeezed[a:b] in _WORDS for a, b in ((start, stop), (start, stop + 1), (max(0, start - 1), stop)))
