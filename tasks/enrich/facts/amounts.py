"""Percentages and amounts of money in a text of its own, over the grammar of `numerals` and the units of facts.

Where facts ask the clause whether a number counts, these ask nothing but the writing: 打对折, 7.2成, 百分之五, -22.2 %, 五元三毛, $20,
人民币 8千元. For texts that are about amounts: tables, forms, queries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tasks.enrich.units import SIGNS, unit_at
from tasks.text.numerals import FOLD, Written, numbers, parse

_BLANKS = re.compile(r"[ \u3000\xa0]*")
_HUNDRED_BEFORE = re.compile(r"(?P<step>(?:[百千万] *){1,2}) *分 *之[ \u3000]*(?P<minus>负)?$")
_POINTS = re.compile(r"[ \u3000]*个?[ \u3000]*百[ \u3000]*分[ \u3000]*点")
_TENTHS = re.compile(r"[ \u3000]*(?P<sign>[成折])(?![员立功为果本就熟份分效都绩群人交品长语扣磨腾])")
_HALF_PRICE = re.compile(r"(?<=打)对折|半折")
_TWO_DIGITS = re.compile(r"[一二三四五六七八九]{2}(?=折)")
_NAMED = re.compile(r"(?:人民币|美元|港币|港元|欧元|英镑|日元)[ \u3000]*$")
_SIGNED = re.compile(r"(?:US\$|HK\$|RMB|USD|CNY|EUR|HKD|[￥¥$＄€£])[ \u3000]*$")
_CHANGE = re.compile(
    r"(?P<n>[0-9一二三四五六七八九])[角毛](?:(?P<m>[0-9一二三四五六七八九])分)?"
    r"|(?P<c>[0-9]{1,2}|[一二三四五六七八九])(?:分|日本銭|銭)(?![之钟])"
)
_BARE_COINS = {"块": ("CNY", Decimal(1)), "毛": ("CNY", Decimal("0.1"))}


@dataclass(frozen=True, slots=True)
class Amount:
    """Half-open span and value in `unit`: % or an ISO code of a currency."""

    start: int
    stop: int
    value: Decimal
    unit: str


def shares_of_hundred(text: str) -> list[Amount]:
    """Percentages in the order of the text, each as a number of hundredths; 成 and 折 are tenths, 75折 is 75."""
    folded = text.translate(FOLD).replace("個", "个").replace("分點", "分点").replace("對", "对")
    found = [Amount(match.start(), match.end(), Decimal(50), "%") for match in _HALF_PRICE.finditer(folded)]
    taken = -1
    for match in _TWO_DIGITS.finditer(folded):
        found.append(Amount(match.start(), match.end() + 1, Decimal("".join(str(_digit(c)) for c in match.group())), "%"))
    for written in _with_percent(text, folded):
        if written.number.value is None or written.start < taken:
            continue
        share = _share(folded, written)
        if share and not any(share.start < other.stop and other.start < share.stop for other in found):
            found.append(share)
            taken = share.stop
    return sorted(found, key=lambda share: share.start)


def _with_percent(text: str, folded: str) -> list[Written]:
    """The numbers of the text, also those before a sign of per cent, which are no plain numbers; 7 2 折 is 72."""
    masked = re.sub("[%‰]", " ", folded)
    masked = re.sub(r"(?<=[0-9]) (?=[0-9] *[折成])", "", masked) if re.search(r"[0-9] [0-9] *[折成]", masked) else masked
    if len(masked) == len(folded):
        return numbers(masked)
    return [Written(written.start, written.stop + len(folded) - len(masked), written.number) for written in numbers(masked)]


def _share(folded: str, written: Written) -> Amount | None:
    value, start, stop = written.number.value, written.start, written.stop
    sign = _BLANKS.match(folded, stop).end()
    if folded[sign:sign + 1] in ("%", "‰"):
        return Amount(start, sign + 1, value if folded[sign] == "%" else value / 10, "%")
    hundred = _HUNDRED_BEFORE.search(folded, 0, start)
    if hundred:
        step = Decimal(1)
        for scale in re.sub(" ", "", hundred["step"]):
            step *= {"百": 100, "千": 1000, "万": 10_000}[scale]
        return Amount(hundred.start(), stop, value * 100 / step * (-1 if hundred["minus"] else 1), "%")
    whole = re.match(r"([百千万]+)分之(.+)", folded[start:stop])
    if whole:  # the grammar reads 百万分之五 as a fraction
        return Amount(start, stop, value * 100, "%")
    points = _POINTS.match(folded, stop)
    if points:
        return Amount(start, points.end(), value, "%")
    tenths = _TENTHS.match(folded, stop)
    if tenths and not (tenths["sign"] == "折" and value >= 100) and not (tenths["sign"] == "折" and value == 10):
        return Amount(start, tenths.end(), value if tenths["sign"] == "折" and value > 10 else value * 10, "%")
    return None


def _digit(c: str) -> int:
    number = parse(c)
    return int(number.value) if number and number.value is not None else 0


def amounts(text: str) -> list[Amount]:
    """Amounts of money in the order of the text, with their ISO code; what follows as small change is added (五元三毛)."""
    folded = text.translate(FOLD)
    found: list[Amount] = []
    for written in numbers(text):
        if written.number.value is None or (found and written.start < found[-1].stop):
            continue
        amount = _money(text, folded, written)
        if amount:
            found.append(amount)
    return found


def _money(text: str, folded: str, written: Written) -> Amount | None:
    start, stop, value = written.start, written.stop, written.number.value
    at = _BLANKS.match(text, stop).end()
    word, unit = unit_at(text, at)
    signed = _SIGNED.search(text, max(0, start - 6), start)
    if signed and (unit is None or unit.kind != "money"):
        return Amount(signed.start(), stop, value, SIGNS[signed.group().strip()])
    if unit is None or unit.kind != "money":
        if word not in _BARE_COINS or text[at + len(word):at + len(word) + 1].strip("，,。；;、!！?？ "):
            return None
        code, factor = _BARE_COINS[word]
    else:
        code, factor = unit.normalized, unit.factor
    end = at + len(word)
    value *= factor
    change = _CHANGE.match(folded, end)
    if change and factor == 1:
        value += Decimal(_digit(change["n"])) / 10 if change["n"] else Decimal(0)
        value += Decimal(int(change["c"]) if change["c"] and change["c"].isdigit() else _digit(change["m"] or change["c"] or "零")) / 100
        end = change.end()
    named = _NAMED.search(text, max(0, start - 5), start)
    if named and code == "CNY" and named.group().startswith("人民币"):
        start = named.start()
    return Amount(start, end, value, code)
