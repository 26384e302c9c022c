"""Numbers with their units in running text: where they stand, and what they are worth as printed and in the common unit.

One pass over the text: a pattern finds runs of numerals that something like a unit may follow (above all, not the 第三十二条 of
statutes); the grammar of tasks.text.numerals reads the number, `units` the unit. No context is asked here beyond the neighbouring
characters; kinds that depend on the clause are the business of `relations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from tasks.enrich.units import DEGREES, FIRST_CHARACTERS, SIGNS, UNITS, WORD_INSTEAD, Unit, unit_at
from tasks.text.numerals import MASKED, NUMBER, RANGE_SIGN, SCALES, Number, parse

_HAN = "零〇○一二两三四五六七八九十百千万亿兆"
_CHEQUE = "壹贰叁肆伍陆柒捌玖拾佰仟"
_NUMERAL = f"0-9０-９xX{_HAN}"
_BELOW = rf"(?:[百千万]{{1,2}}|[一二三四五六七八九][百千万十]|[{_HAN}]{{1,3}}|[0-9]{{1,3}})"
_QUANTITY = re.compile(
    rf"(?P<session>(?:{NUMBER}|{MASKED})届(?:[{_HAN}]{{1,3}}(?:次|中))?)"
    rf"|(?P<masked>{MASKED})"
    rf"|(?P<fraction>{_BELOW}分之(?:{NUMBER})(?:{RANGE_SIGN}(?:百分之)?(?:{NUMBER}))?)"
    rf"|(?P<number>{NUMBER})(?:(?P<gap> )?(?P<percent>[%％﹪‰]))?"
)
_HIGH = re.compile(rf" ?{RANGE_SIGN} ?(?P<high>{NUMBER})(?P<percent>[%％﹪‰])?")
_SESSION = re.compile(rf"[第首](?:(?<=首)届|(?<=第)(?:[0-9]{{1,3}}|[{_HAN}]{{1,4}})届(?:[{_HAN}]{{1,3}}(?:次|中))?)(?P<session>)")
_ORDINAL = re.compile(rf"第(?:[0-9]{{1,4}}|[{_HAN}]{{1,6}})(?P<ordinal>[次名位批轮家个代场期])")
_RANK = re.compile(r"(?:位列|位居|名列|排名|排在|居于?|列)[^，,。；;\n第]{0,10}(?P<rank>第(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4}))(?=[，,。；;、\n]|$)")
_DOUBLED = re.compile(r"翻(?:了)?(?P<doubled>[一两二三四五1-9]番)")
_HALF = re.compile(r"(?<![上下大小前后多过每东西南北两一])半(?=年(?![会级])|个(?:多)?月|个?小时|天|个?世纪|个学期)|一半(?=[，,。、；的以是左多])")
_ABBREVIATED = re.compile(r"“(?P<count>[二三四五六七八九十])(?P<of>[\u4e00-\u9fff])”[（(](?:即|指|包括)?[:：]?“?(?P<items>[^（）()\n]{4,120}?)[”“]*[）)]")
_IDIOM = re.compile(r"成千上万|成百上千|千千万万|数以(?:[十百千万亿]{1,2})计")
# Where a quantity may begin: a run of numerals without 第 before it, and behind it what may be a unit. Everything else in a
# text is passed over without leaving the scanner.
_BEHIND = "".join(sorted(set(FIRST_CHARACTERS) | set("%％﹪‰届分多余来几至到－—–−～和、及 /度"))) + "~-"
_CANDIDATE = re.compile(
    rf"[{_NUMERAL}](?<!第.)(?<![{_NUMERAL}].)[{_NUMERAL}.．,，点多余来几]{{0,40}}(?:(?=[{re.escape(_BEHIND)}])|(?<=[万亿]))")
_CHEQUES = re.compile(rf"[{_CHEQUE}][{_CHEQUE}零万亿]+(?=[元圆美])")
_SCALE_END = re.compile(r"[百千万亿兆]+$")
_SCALES_ONLY = re.compile(r"[百千万亿]+")
_SOME = {"上": ">=", "近": "~", "逾": ">", "超": ">", "过": ">", "破": ">"}  # 上百, 逾千, 破亿
_SMALL = re.compile(r"(?P<n>[0-9]|[一二两三四五六七八九])(?P<u>[角毛])(?:(?P<m>[0-9]|[一二三四五六七八九])分)?|(?P<c>[0-9]{1,2}|[一二三四五六七八九])分(?![之钟])")
_LOOSE_SMALL = re.compile(r"[一二三四五六七八九](?=[，,。；;、！!？?\n]|$)")
_MINUTES = re.compile(rf"(?P<n>[0-9]{{1,2}}|[{_HAN}]{{1,3}})分钟?(?!之)")
_PER = re.compile(r"(?:/|每)(?P<per>[\u4e00-\u9fffA-Za-z㎡]{1,4})")
_AMOUNT = re.compile(r"(?:US\$|HK\$|[￥¥＄$€£]|RMB|USD|CNY|EUR|HKD) ?(?P<amount>(?:[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?[万亿]{0,2})(?![0-9%])")
_NO_THINGS = (3, 5, 6, 7)  # classes of about: a verb, numeral, time or adjective names nothing that is counted
_BARE_LIST = re.compile(r"(?<![0-9.,，第\-])(?P<bare>[0-9]+(?:\.[0-9]+)?[万亿]?)[和、及与]$")
_MONEY_BEFORE = re.compile(r"(?:花|价|卖|付|收|费|赔|赚|省|掏|给)[^，,。；;\n]{0,3}$")
_SUM_OF_MONEY = re.compile(
    r"(?:产值|收入|投资|投入|资金|贷款|金额|销售额|营业额|成交额|利润|税收|税利|税|费用|费|补贴|善款|货款|赔款|捐款|存款|成本|月薪|年薪|奖金|营收|"
    r"净利|捐赠|债务|债|市值|票房|融资|估值|身价|负债|资产|财政|补助|罚款|价款|总额|总值|生产总值|GDP)[^，,。；;：:\n]{0,5}$")
_OWN = ("money", "count", "ratio", "duration", "measure", "age")
PERIODS = {"年": "year", "月": "month", "日": "day", "天": "day", "周": "week", "季度": "quarter", "季": "quarter", "小时": "hour", "分钟": "minute",
           "秒": "second", "秒钟": "second", "次": "times", "晚": "night", "学期": "term", "届": "session", "半年": "half_year"}


@dataclass(frozen=True, slots=True)
class Quantity:
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


def find_quantities(text: str, is_word_start: bytes, busy: list[tuple[int, int]]) -> list[Quantity]:
    """
    Quantities in the order of the text; they do not overlap.

    `is_word_start` has a byte for each character, not 0 where a word begins: a Chinese numeral inside a word is no number. `busy`
    are spans of time expressions, in order: numbers in them are dates, but not the duration in 近两年来.
    """
    found: list[Quantity] = []
    spans = iter(busy)
    span = next(spans, None)
    end = 0
    for candidate in _CANDIDATE.finditer(text):
        at = max(candidate.start(), end)
        while at < candidate.end():  # 1,2 and 3,5: one run may hold several numbers
            match = _QUANTITY.match(text, at)
            if match is None:
                at += 1
                continue
            at = match.end()
            start = match.start()
            while span and span[1] <= start:
                span = next(spans, None)
            if span and span[0] <= start and not match["session"] and not _is_recent(text, span):
                continue
            quantity = _session(match) if match["session"] else _quantity(match, text, is_word_start)
            if quantity is None or (found and quantity.start < found[-1].stop):
                continue
            if quantity.kind in _OWN and text[quantity.start - 1:quantity.start] in ("和", "、", "及", "与"):
                found += _with_unit_of(quantity, text, found[-1].stop if found else 0)
            found.append(quantity)
            at = end = max(at, quantity.stop)
    more = [*_rare(text)]
    if more:
        found = _merged(found, more)
    return found


def _merged(found: list[Quantity], more: list[Quantity]) -> list[Quantity]:
    """Both in order; of two that overlap the longer one stays."""
    kept: list[Quantity] = []
    for quantity in sorted(found + more, key=lambda q: (q.start, -q.stop)):
        if kept and quantity.start < kept[-1].stop:
            if quantity.stop - quantity.start > kept[-1].stop - kept[-1].start:
                kept[-1] = quantity
            continue
        kept.append(quantity)
    return kept


def _rare(text: str) -> Iterator[Quantity]:
    """Writings that begin with a word and are looked for only where it stands."""
    if "届" in text:
        for match in _SESSION.finditer(text):
            session = _session(match)
            if session:
                yield session
    if "第" in text:
        for match in _ORDINAL.finditer(text):
            number = parse(match.group()[1:-1])
            is_word = match["ordinal"] != "次" and text[match.end():match.end() + 1] in tuple(WORD_INSTEAD.get(match["ordinal"], ""))
            if number and number.value is not None and not is_word:
                yield _ordinal(match.start(), match.end(), number.value, match["ordinal"])
        for match in _RANK.finditer(text):
            number = parse(match["rank"][1:])
            if number and number.value is not None:
                yield _ordinal(match.start("rank"), match.end("rank"), number.value, None)
    if "番" in text:
        for match in _DOUBLED.finditer(text):
            times = _small(match["doubled"][0])
            yield Quantity(match.start("doubled"), match.end("doubled"), "ratio", times, None, None, "番", 2 ** times, "multiple", is_han=True)
    if "”（" in text or "”(" in text:
        for match in _ABBREVIATED.finditer(text):  # “五小”（即“小修、小种 …”）
            count = parse(match["count"])
            if count and count.value is not None and len(re.split("、|”“", match["items"])) == count.value:
                yield Quantity(match.start("count"), match.end("of"), "phrase_count", count.value, None, None, match["of"], count.value, "item", is_han=True)
    if "半" in text:
        for match in _HALF.finditer(text):
            yield from _half(match, text)
    if "上" in text or "数以" in text or "千千" in text:
        for match in _IDIOM.finditer(text):
            yield Quantity(match.start(), match.end(), "idiom", None, None, None, None, None, "item", op="~")
    if any(sign in text for sign in ("￥", "¥", "$", "＄", "€", "£", "RMB", "USD", "CNY", "EUR", "HKD")):
        for match in _AMOUNT.finditer(text):
            yield from _signed(match, text)
    if "佰" in text or "仟" in text or "拾" in text:
        for match in _CHEQUES.finditer(text):
            number = parse(match.group())
            word, unit = unit_at(text, match.end())
            if number and number.value is not None and unit and unit.kind == "money":
                yield _made(match.start(), match.end() + len(word), number, None, word, unit, is_han=True)


def _ordinal(start: int, stop: int, value: Decimal, unit: str | None) -> Quantity:
    return Quantity(start, stop, "ordinal", value, None, None, unit, value, "ordinal")


def _session(match: re.Match[str]) -> Quantity | None:
    """十八届五中, 第四届, 首届: ordinals, never counts. 三届以上 counts, and has no 第, 中 or 次."""
    written = match.group()
    number = parse(written.removeprefix("第").partition("届")[0]) if written != "首届" else Number(Decimal(1))
    unit = "届/次" if written[-1] in "次中" else "届"
    if number is not None and number.masked:
        return Quantity(match.start(), match.end(), "masked", None, None, None, unit, None, "ordinal", "masked")
    if number is None or number.value is None:
        return None
    if written[0] not in "第首" and unit == "届" and match.string[match.start() - 1:match.start()] in tuple("前近共续满了过经这开办"):  # 办了12届
        return Quantity(match.start(), match.end(), "count", number.value, None, None, unit, number.value, "item", number.approximate)
    return _ordinal(match.start(), match.end(), number.value, unit)


def _half(match: re.Match[str], text: str) -> Iterator[Quantity]:
    start, stop = match.span()
    if match.group() == "一半":
        yield Quantity(start, stop, "ratio", Decimal("0.5"), None, None, None, Decimal("0.5"), "ratio", is_han=True)
        return
    word, unit = unit_at(text, stop)
    if unit:
        half = Decimal("0.5")
        yield Quantity(start, stop + len(word), unit.kind, half, None, None, word, half * unit.factor, unit.normalized, is_han=True)


def _signed(match: re.Match[str], text: str) -> Iterator[Quantity]:
    number = parse(match["amount"])
    if number is None or number.value is None or (match.start() and text[match.start() - 1].isascii() and text[match.start() - 1].isalnum()):
        return
    sign = match.group()[:match.start("amount") - match.start()].strip()
    printed, scale = _printed(match["amount"], number)
    yield Quantity(match.start(), match.end(), "money", printed, None, None, scale + sign, number.value, SIGNS[sign])


def _small(digit: str) -> Decimal:
    return Decimal({"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}.get(digit) or digit)


def _is_recent(text: str, span: tuple[int, int]) -> bool:
    """近两年来, 未来三年, 三年前: a time and a duration at once."""
    return text[span[1] - 1] in "来前后" or text.startswith(("近", "未来", "今后", "过去", "最近", "此后"), span[0])


def _quantity(match: re.Match[str], text: str, is_word_start: bytes) -> Quantity | None:
    start = match.start()
    if match["fraction"]:
        return _fraction(match["fraction"], start, text, is_word_start)
    written = match["masked"] or match["number"]
    number = parse(written)
    if number is None:
        if written in ("二", "两"):
            number = Number(Decimal(2))
        else:
            return _of_scales(written, start, text)
    is_han = text[start] in _HAN
    if not is_han and start and text[start - 1] in "-－−" and _is_minus(text, start - 1) and number.value is not None:
        number, start, written = replace(number, value=-number.value), start - 1, "-" + written
    if match["percent"]:
        return _ranged(start, match.end(), written, number, match["percent"], UNITS["‰" if match["percent"] == "‰" else "%"], text, is_han, "")
    stop = match.end()
    gap = 1 if not is_han and text[stop:stop + 1] == " " else 0
    word, unit = _unit(text, stop + gap, start)
    if unit is None and not number.masked:
        fraction = _slash(text, start, stop, number) if text[stop:stop + 1] == "/" else None
        return fraction or _open_range(start, stop, written, number, text, is_word_start) or _without_unit(start, stop, written, number, text, is_han)
    if unit is None:
        return None
    stop += gap + len(word)
    if number.masked:
        if word in ("年", "月", "日"):  # a time expression without an interval
            return None
        return Quantity(start, stop, "masked", None, None, None, word, None, unit.normalized, "masked")
    if is_han and not _counts(written, word, unit, text, start, is_word_start):
        return None
    if not is_han and number.value is not None and unit.kind == "duration" and written[-1].isdigit():
        is_day_of_month = (word == "日" and text[stop:stop + 1] not in ("内", "以", "之", "后", "”", "游")) \
            or (word == "日" and text[start - 1:start] in ("月", "/", "-", "至", "到", "、", "—"))
        if is_day_of_month or (word == "年" and number.value >= 1000):
            return None  # 1978年 is a date, and so is the 5日 of "5日上午"
    return _ranged(start, stop, written, number, word, unit, text, is_han, "")


def _is_minus(text: str, at: int) -> bool:
    before = text[at - 1:at] if at else ""
    return not before or before in " （(：:，,、\n为约是达至到长降减增"


def _unit(text: str, at: int, start: int) -> tuple[str, Unit | None]:
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
    if word in ("块", "毛") and (_MONEY_BEFORE.search(text, max(0, start - 6), start) or _LOOSE_SMALL.match(text, at + 1)):
        return word, UNITS["元"] if word == "块" else UNITS["角"]
    if word == "个" and text.startswith(("半小时", "半月", "半世纪", "半钟头"), at + 1):
        more, unit = unit_at(text, at + 2) if not text.startswith("月", at + 2) else ("月", UNITS["个月"])
        return (word + "半" + more, unit) if unit else ("", None)
    return word, unit


def _ranged(start: int, stop: int, written: str, number: Number, word: str, unit: Unit, text: str, is_han: bool, per: str) -> Quantity | None:
    """The quantity, or the range that goes on behind it (500元至1000元, 20%—30%); and what small change follows (五元三毛)."""
    high = _HIGH.match(text, stop)
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
    elif text[stop:stop + 1] == "半" and number.value is not None and unit.kind in ("duration", "measure", "age") and text[stop + 1:stop + 2] not in tuple("年月天小个"):
        number, stop = replace(number, value=number.value + Decimal("0.5")), stop + 1
        return _made(start, stop, number, number.value, word, unit, is_han)
    if unit.kind == "money" and word[0] in "元块圆" and number.value is not None:
        number, stop, changed = _with_change(number, stop, text)
        if changed:
            return _made(start, stop, number, number.value, word, unit, is_han)
    elif word in ("小时", "个小时") and number.value is not None:
        minutes = _MINUTES.match(text, stop)
        more = parse(minutes["n"]) if minutes else None
        if more and more.value is not None and more.value < 60:
            number = replace(number, value=number.value + more.value / 60)
            return _made(start, minutes.end(), number, number.value, word, unit, is_han)
    printed, scale = _printed(written, number)
    quantity = _made(start, stop, number, printed, scale + word, unit, is_han)
    return _per(quantity, text)


def _with_change(number: Number, stop: int, text: str) -> tuple[Number, int, bool]:
    change = _SMALL.match(text, stop)
    if change is None:
        loose = _LOOSE_SMALL.match(text, stop) if text[stop - 1] == "块" else None
        if loose is None:
            return number, stop, False
        return replace(number, value=number.value + _small(loose.group()) / 10), loose.end(), True
    if change["c"]:
        more = Decimal(change["c"]) if change["c"].isdigit() else _small(change["c"])
        more /= 100
    else:
        more = _small(change["n"]) / 10 + (_small(change["m"]) / 100 if change["m"] else 0)
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
            return with_denominator(replace(quantity, stop=match.start("per") + length), word)
    return quantity


def with_denominator(quantity: Quantity, per: str) -> Quantity:
    """The same quantity to one `per`."""
    if per in PERIODS:
        below, factor = PERIODS[per], Decimal(1)
    else:
        below, factor = UNITS[per].normalized, UNITS[per].factor
    normal = quantity.normal / factor if quantity.normal is not None else None
    return replace(quantity, kind="rate", unit=f"{quantity.unit}/{per}", normal=normal, common=f"{quantity.common}/{below}", per=per)


def _open_range(start: int, stop: int, written: str, number: Number, text: str, is_word_start: bytes) -> Quantity | None:
    """3-4年, 3至5亿元, 5000至1万元: the unit stands once, for both."""
    match = _HIGH.match(text, stop)
    if match is None or number.value is None:
        return None
    top = parse(match["high"])
    if top is None and match["high"] in ("二", "两"):
        top = Number(Decimal(2))
    if top is None or top.value is None:
        return None
    is_han = text[start] in _HAN
    if match["percent"]:
        word, unit = match["percent"], UNITS["‰" if match["percent"] == "‰" else "%"]
    else:
        word, unit = _unit(text, match.end(), start)
    if unit is None or (is_han and not _counts(written, word, unit, text, start, is_word_start)):
        return None
    if unit.kind == "duration" and word in ("年", "日") and (number.value >= 1000 or (word == "日" and not is_han)):
        return None  # 2011-2015年, 6-7日
    end = match.end() + (0 if match["percent"] else len(word))
    return _between(start, end, written, number, match["high"], top, word, unit, text, is_han)


def _between(start: int, stop: int, low_written: str, low: Number, high_written: str, high: Number, word: str, unit: Unit, text: str, is_han: bool) -> Quantity | None:
    bottom, scale_low = _printed(low_written, low)
    top, scale = _printed(high_written, high)
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


def _without_unit(start: int, stop: int, written: str, number: Number, text: str, is_han: bool) -> Quantity | None:
    """3.29亿, 3000万: a count or a sum whose unit the text leaves out."""
    if is_han or number.value is None or text[stop:stop + 1] in ("分", "号", "至", "到"):
        return None
    printed, scale = _printed(written, number)
    if scale[-1:] not in ("万", "亿"):
        return None
    is_money = _SUM_OF_MONEY.search(text, max(0, start - 12), start) is not None
    unit = UNITS["元"] if is_money else UNITS["个"]
    return _made(start, stop, number, printed, scale, unit, is_han)


def _of_scales(written: str, start: int, text: str) -> Quantity | None:
    """上百名, 逾千款, 破亿, 万余名; 数十万元 and 几百人, which have no value."""
    body = written.rstrip("多余来几")
    stop = start + len(written)
    if not _SCALES_ONLY.fullmatch(body) and not (body == "十" and text[start - 1:start] in ("数", "几")):
        return None
    worth = Decimal(1)
    for scale in body:
        worth *= SCALES[scale]
    before = text[start - 1:start]
    word, unit = _unit(text, stop, start)
    if before in ("数", "几") and unit is not None and unit.kind in ("money", "count", "duration", "measure", "ratio", "age"):
        return Quantity(start - 1, stop + len(word), unit.kind, None, None, None, word, None, unit.normalized, before, "~", is_han=True)
    soft = written[len(body):]
    op = ">" if soft else _SOME.get(before)
    if op is None:
        return None
    if unit is None:
        if before not in ("逾", "超", "过", "破") or body[-1] not in "万亿" or text[stop:stop + 1] not in tuple("，,。；;、的！\n"):
            return None
        is_money = _SUM_OF_MONEY.search(text, max(0, start - 12), start) is not None
        word, unit = "", UNITS["元"] if is_money else UNITS["个"]
    elif unit.kind not in ("money", "count", "duration", "measure", "ratio"):
        return None
    # 逾千款: the numeral is all scale, so the scale is the printed unit's
    quantity = _made(start, stop + len(word), Number(worth, approximate=soft), worth, word or None, unit, True)
    return replace(quantity, op=op)


def _slash(text: str, start: int, stop: int, above: Number) -> Quantity | None:
    """1/3以上的代表, 占2/3; no dates and no 5/7路."""
    match = re.compile(r"/([0-9]{1,4})(?![0-9/.年月日号])").match(text, stop)
    if match is None or above.value is None or text[start - 1:start] in ("/", ".", "-"):
        return None
    below = Decimal(match.group(1))
    around = text[max(0, start - 3):start], text[match.end():match.end() + 2]
    if not 0 < above.value < below or not (re.search(r"(?:占|约|近|的|超过|达|不足|有|为|过)$", around[0]) or around[1].startswith(("以上", "以下", "的", "左右"))):
        return None
    share = above.value / below
    return Quantity(start, match.end(), "ratio", share, None, None, None, share, "ratio")


def _fraction(written: str, start: int, text: str, is_word_start: bytes) -> Quantity | None:
    """百分之九十 is 90 %; 三分之二 is 0.67 without a unit."""
    signs = re.split(RANGE_SIGN, written)
    low = parse(signs[0])
    if low is None or low.value is None:
        return None
    step = signs[0][:signs[0].find("之") + 1]
    high = parse(signs[1] if "分之" in signs[1] else step + signs[1]) if len(signs) > 1 else None
    stop = start + len(written)
    is_hundredth = step == "百分之"
    scale, unit = (Decimal(100), "%") if is_hundredth else (Decimal(1000), "‰") if step == "千分之" else (Decimal(1), None)
    if high is not None and high.value is not None and low.value < high.value:
        return Quantity(start, stop, "ratio", None, low.value * scale, high.value * scale, unit, None, "ratio", is_han=True)
    if len(signs) > 1:
        stop = start + len(signs[0])
    return Quantity(start, stop, "ratio", low.value * scale, None, None, unit, low.value, "ratio", low.approximate, is_han=True)


def _counts(written: str, word: str, unit: Unit, text: str, start: int, is_word_start: bytes) -> bool:
    """Whether a Chinese numeral before a unit states a quantity, and not a word, an indefinite 一 or a list mark."""
    before, after = text[start - 1:start], text[start + len(written) + len(word):start + len(written) + len(word) + 2]
    may_be_part = (len(written) == 1 or unit.is_loose) and not (not unit.is_loose and _HIGH.match(text, start + 1))
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
    if word in ("款", "条", "项") and before in ("前", "本", "上"):  # 前两款
        return False
    if written == "零" and unit.kind not in ("ratio", "money"):  # 零部件
        return False
    if word == "两" and len(written) < 2 and after[:1] not in tuple("白黄银肉油酒重左"):
        return False
    if written == "一" and not _HIGH.match(text, start + 1):
        return _one_counts(word, unit, text, start, after)
    if written in ("十", "百", "千") and word in ("分", "方"):
        return False
    return not (word == "方" and written not in ("三", "四", "五", "六", "两"))


# The cutter's dictionary calls these nouns; in “四个全面” and “三个着力” they are none.
_NO_NOUNS = frozenset(("全面", "着力", "到位", "结合", "同步", "坚持", "确保", "统一", "严格", "到底"))


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
    if unit.kind in ("duration", "money"):
        return word not in ("天", "日", "周") or after[:1] in tuple("内以之后前，。") or text[start - 2:start] in ("少于", "超过", "不足", "自由")
    if word == "次" and RATE.search(text, max(0, start - 12), start):
        return True
    if unit.kind == "measure":
        return not unit.is_loose
    sibling = re.compile(rf"(?:{re.escape(word)})(?:[、，,]|和|或者|或)[^，,。；;\n]{{1,12}}?(?:[一二两三四五六七八九十]{{1,3}}|[0-9]+)(?:[至到][一二两三四五六七八九十0-9]+)?{re.escape(word)}")
    if unit.normalized in ("person", "household", "org") and sibling.match(text, start + 1):
        return True
    return text.startswith(("至", "到"), start + 1 + len(word)) and after[1:2] in tuple("二两三四五六七八九十")


RATE = re.compile(r"每(?:半年|年|个?月|日|天|周|季度|人|户|次|届|学期)[^，,。；;]{0,8}$")
_NUMBER_OF_SIGN = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def _lists(text: str, start: int, written: str) -> bool:
    """市、县、乡镇、村四级: as many things as the numeral says stand before it."""
    count = _NUMBER_OF_SIGN.get(written, 0)
    listed = re.compile(r"(?:^|[^、\w])?((?:[\u4e00-\u9fff]{1,6}、)+[\u4e00-\u9fff]{1,6})$").search(text, max(0, start - 40), start)
    return bool(count and listed and listed.group(1).count("、") + 1 == count)


def _printed(written: str, number: Number) -> tuple[Decimal | None, str]:
    """The number as printed beside its scale: 2500多万 is 2500 and 万, 8千多 is 8 and 千. Chinese numerals are printed whole."""
    bare = written.lstrip("-－−").rstrip("多余来几")
    end = _SCALE_END.search(bare)
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


def _made(start: int, stop: int, number: Number, printed: Decimal | None, unit_text: str | None, unit: Unit, is_han: bool) -> Quantity:
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


def _with_unit_of(quantity: Quantity, text: str, after: int) -> list[Quantity]:
    """17580和10000元: the numbers before share the unit of the last."""
    made: list[Quantity] = []
    end = quantity.start
    base = (quantity.unit or "").lstrip("万亿兆")
    unit = UNITS.get(base)
    while unit is not None:
        match = _BARE_LIST.search(text, max(after, end - 14), end)
        number = parse(match["bare"]) if match else None
        if match is None or number is None or number.value is None or text[max(0, match.start() - 1):match.start()] in ("", "\n", "；", ";", "。"):
            break
        printed, scale = _printed(match["bare"], number)
        made.append(_made(match.start("bare"), match.end("bare"), number, printed, scale + base, unit, False))
        end = match.start("bare")
    return made[::-1]
