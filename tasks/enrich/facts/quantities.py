"""Numbers with their units in running text: where they stand, and what they are worth as printed and in the common unit.

One pass over the text: a pattern finds runs of numerals that something like a unit may follow (above all, not the 第三十二条 of
statutes); the grammar of tasks.text.numerals reads the number, `units` the unit. No context is asked here beyond the neighbouring
characters; kinds that depend on the clause are the business of `relations`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from tasks.enrich.facts.counting import RANGE_FIRST, counts, unit_here
from tasks.enrich.facts.quantity import HAN, Quantity, made, printed_of
from tasks.enrich.facts.ranges import open_range, ranged
from tasks.enrich.facts.rare import rare, session_of
from tasks.enrich.units import FIRST_CHARACTERS, UNITS
from tasks.text.numerals import MASKED, NUMBER, RANGE_SIGN, SCALES, Number, parse

_NUMERAL = f"0-9０-９xX{HAN}"
_BELOW = rf"(?:[百千万]{{1,2}}|[一二三四五六七八九][百千万十]|[{HAN}]{{1,3}}|[0-9]{{1,3}})"
_QUANTITY = re.compile(
    rf"(?P<session>(?:{NUMBER}|{MASKED})届(?:[{HAN}]{{1,3}}(?:次|中))?)"
    rf"|(?P<masked>{MASKED})"
    rf"|(?P<fraction>{_BELOW}分之(?:{NUMBER})(?:{RANGE_SIGN}(?:百分之)?(?:{NUMBER}))?)"
    rf"|(?P<number>{NUMBER})(?:(?P<gap> )?(?P<percent>[%％﹪‰]))?"
)
# Where a quantity may begin: a run of numerals without 第 before it, and behind it what may be a unit. Everything else in a
# text is passed over without leaving the scanner.
_BEHIND = "".join(sorted(set(FIRST_CHARACTERS) | set("%％﹪‰届分多余来几至到－—–−～和、及 /度"))) + "~-"
_CANDIDATE = re.compile(
    rf"[{_NUMERAL}](?<!第.)(?<![{_NUMERAL}].)[{_NUMERAL}.．,，点多余来几]{{0,40}}(?:(?=[{re.escape(_BEHIND)}])|(?<=[万亿]))")
_BELOW_SLASH = re.compile(r"/([0-9]{1,4})(?![0-9/.年月日号])")
_SHARE_BEFORE = re.compile(r"(?:占|约|近|的|超过|达|不足|有|为|过)$")
_TENS = re.compile(r"[十百千万亿]+")
_SOME = {"上": ">=", "近": "~", "逾": ">", "超": ">", "过": ">", "破": ">"}  # 上百, 逾千, 破亿
_BARE_LIST = re.compile(r"(?<![0-9.,，第\-])(?P<bare>[0-9]+(?:\.[0-9]+)?[万亿]?)[和、及与]$")
_SUM_OF_MONEY = re.compile(
    r"(?:产值|收入|投资|投入|资金|贷款|金额|销售额|营业额|成交额|利润|税收|税利|税|费用|费|补贴|善款|货款|赔款|捐款|存款|成本|月薪|年薪|奖金|营收|"
    r"净利|捐赠|债务|债|市值|票房|融资|估值|身价|负债|资产|财政|补助|罚款|价款|总额|总值|生产总值|GDP)[^，,。；;：:\n]{0,5}$")
_OWN = ("money", "count", "ratio", "duration", "measure", "age")


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
            quantity = session_of(match) if match["session"] else _quantity(match, text, is_word_start)
            if quantity is None or (found and quantity.start < found[-1].stop):
                continue
            if quantity.kind in _OWN and text[quantity.start - 1:quantity.start] in ("和", "、", "及", "与"):
                found += _with_unit_of(quantity, text, found[-1].stop if found else 0)
            found.append(quantity)
            at = end = max(at, quantity.stop)
    more = [*rare(text)]
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


def _is_recent(text: str, span: tuple[int, int]) -> bool:
    """近两年来, 未来三年, 三年前: a time and a duration at once."""
    return text[span[1] - 1] in "来前后" or text.startswith(("近", "未来", "今后", "过去", "最近", "此后"), span[0])


def _quantity(match: re.Match[str], text: str, is_word_start: bytes) -> Quantity | None:
    start = match.start()
    if match["fraction"]:
        return _fraction(match["fraction"], start, text, is_word_start)
    written = match["masked"] or match["number"]
    if text[start - 1:start] in ("数", "几") and is_word_start[start - 1] and _TENS.fullmatch(written):  # 数十万, 几百; but no 人数十万
        return _of_scales(written, start, text)
    number = parse(written)
    if number is None:
        if written in ("二", "两"):
            number = Number(Decimal(2))
        else:
            return _of_scales(written, start, text)
    is_han = text[start] in HAN
    if not is_han and start and text[start - 1] in "-－−" and _is_minus(text, start - 1) and number.value is not None:
        number, start, written = replace(number, value=-number.value), start - 1, "-" + written
    if match["percent"]:
        unit = UNITS["‰" if match["percent"] == "‰" else "%"]
        return ranged(start, match.end(), written, number, match["percent"], unit, text, is_han)
    stop = match.end()
    gap = 1 if not is_han and text[stop:stop + 1] == " " else 0
    word, unit = unit_here(text, stop + gap, start)
    if unit is None and not number.masked:
        fraction = _slash(text, start, stop, number) if text[stop:stop + 1] == "/" else None
        if text[stop:stop + 1] not in RANGE_FIRST:
            return fraction or _without_unit(start, stop, written, number, text, is_han)
        return (fraction or open_range(start, stop, written, number, text, is_word_start)
                or _without_unit(start, stop, written, number, text, is_han))
    if unit is None:
        return None
    stop += gap + len(word)
    if number.masked:
        if word in ("年", "月", "日"):  # a time expression without an interval
            return None
        return Quantity(start, stop, "masked", None, None, None, word, None, unit.normalized, "masked")
    if is_han and not counts(written, word, unit, text, start, is_word_start):
        return None
    if not is_han and number.value is not None and unit.kind == "duration" and written[-1].isdigit():
        is_day_of_month = (word == "日" and text[stop:stop + 1] not in ("内", "以", "之", "后", "”", "游")) \
            or (word == "日" and text[start - 1:start] in ("月", "/", "-", "至", "到", "、", "—"))
        if is_day_of_month or (word == "年" and number.value >= 1000):
            return None  # 1978年 is a date, and so is the 5日 of "5日上午"
    return ranged(start, stop, written, number, word, unit, text, is_han)


def _is_minus(text: str, at: int) -> bool:
    before = text[at - 1:at] if at else ""
    return not before or before in " （(：:，,、\n为约是达至到长降减增额率润速益温值幅"


def _without_unit(start: int, stop: int, written: str, number: Number, text: str, is_han: bool) -> Quantity | None:
    """3.29亿, 3000万: a count or a sum whose unit the text leaves out."""
    if is_han or number.value is None or text[stop:stop + 1] in ("分", "号", "至", "到"):
        return None
    printed, scale = printed_of(written, number)
    if scale[-1:] not in ("万", "亿"):
        return None
    is_money = _SUM_OF_MONEY.search(text, max(0, start - 12), start) is not None
    unit = UNITS["元"] if is_money else UNITS["个"]
    return made(start, stop, number, printed, scale, unit, is_han)


def _of_scales(written: str, start: int, text: str) -> Quantity | None:
    """上百名, 逾千款, 破亿, 万余名; 数十万元 and 几百人, which have no value."""
    body = written.rstrip("多余来几")
    stop = start + len(written)
    if not _TENS.fullmatch(body) or (body[0] == "十" and text[start - 1:start] not in ("数", "几")):
        return None
    worth = Decimal(1)
    for scale in body:
        worth *= SCALES[scale]
    before = text[start - 1:start]
    word, unit = unit_here(text, stop, start)
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
    quantity = made(start, stop + len(word), Number(worth, approximate=soft), worth, word or None, unit, True)
    return quantity._replace(op=op)


def _slash(text: str, start: int, stop: int, above: Number) -> Quantity | None:
    """1/3以上的代表, 占2/3; no dates and no 5/7路."""
    match = _BELOW_SLASH.match(text, stop)
    if match is None or above.value is None or text[start - 1:start] in ("/", ".", "-"):
        return None
    below = Decimal(match.group(1))
    is_share = _SHARE_BEFORE.search(text, max(0, start - 3), start) or text.startswith(("以上", "以下", "的", "左右"), match.end())
    if not 0 < above.value < below or not is_share:
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


def _with_unit_of(quantity: Quantity, text: str, after: int) -> list[Quantity]:
    """17580和10000元: the numbers before share the unit of the last."""
    shared: list[Quantity] = []
    end = quantity.start
    base = (quantity.unit or "").lstrip("万亿兆")
    unit = UNITS.get(base)
    while unit is not None:
        match = _BARE_LIST.search(text, max(after, end - 14), end)
        number = parse(match["bare"]) if match else None
        if match is None or number is None or number.value is None:
            break
        if text[max(0, match.start() - 1):match.start()] in ("", "\n", "；", ";", "。"):  # 1、200元: the mark of a list
            break
        printed, scale = printed_of(match["bare"], number)
        shared.append(made(match.start("bare"), match.end("bare"), number, printed, scale + base, unit, False))
        end = match.start("bare")
    return shared[::-1]
