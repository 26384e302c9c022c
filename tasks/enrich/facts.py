"""facts: numbers with their units, read as values.

A fact is a number with a unit from `units`, or with a scale that stands for one (3.29亿). `value` is the number as printed
in the printed unit (2500多万元: 2500 and 万元); `normalized_value` is exact in the common unit (25,000,000 CNY).

Kinds: money, count, ratio, rate (每年 N 次), delta (after 增长, 减少 …), duration, date (a year in the text), ordinal (届),
anniversary (周年), age, measure (lengths, areas, weights …), phrase_count (四大职能: a count of named parts), forecast, target
and proposal (a clause that says 有望, 力争, 建议 … makes one of a money, count, ratio or duration), masked (digits hidden: no value).
Gold names money_masked what is masked with a unit of money here; enumerations without a numeral are no facts yet.

No facts: list marks and citations (第三条, 第二款), dates like 7.18 and 五一, years under a mask, a bare 一 that counts
(一个, 一次 unless 每 makes it a rate), numerals inside another word (统一, 万一), numbers without unit (but see 17580和10000元).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tasks.enrich.times import Time
from tasks.enrich.units import LONGEST_UNIT, UNITS, WORD_INSTEAD, Unit
from tasks.text.numerals import MASKED, NUMBER, RANGE_SIGN, Number, parse

_HAN = "零〇○一二两三四五六七八九十百千万亿"
_FRACTION = rf"(?:百|千|万|[{_HAN}]{{1,3}})分之(?:{NUMBER})"
_QUANTITY = re.compile(
    rf"(?P<session>(?:{NUMBER})届(?:[{_HAN}]{{1,3}}(?:次|中))?)"
    rf"|(?P<masked>{MASKED})"
    rf"|(?P<fraction>{_FRACTION}(?:{RANGE_SIGN}(?:百分之)?(?:{NUMBER}))?)"
    rf"|(?P<number>{NUMBER})(?P<percent>[%％‰])?(?:(?P<sign>{RANGE_SIGN})(?P<high>{NUMBER}))?"
)
_SESSION = re.compile(rf"[第首](?:(?<=首)届|(?<=第)(?:[0-9]{{1,3}}|[{_HAN}]{{1,4}})届(?:[{_HAN}]{{1,3}}(?:次|中))?)(?P<session>)")
# Where a quantity may begin: a run of numerals without 第 before it, and behind it what may be a unit. Everything else in a
# text, above all the 第三十二条 of statutes, is passed over without leaving the scanner.
_NUMERAL = f"0-9０-９xX{_HAN}"
_BEHIND = "".join(sorted({unit[0] for unit in UNITS} | set("%％‰届分多余来几至到－—–~～和、及"))) + "-"
_CANDIDATE = re.compile(rf"[{_NUMERAL}](?<!第.)(?<![{_NUMERAL}].)[{_NUMERAL}.．,，点多余]{{0,40}}(?:(?=[{_BEHIND}])|(?<=亿))")
_SCALE_END = re.compile(r"[万亿]+$")
_BEFORE = {  # words right before a number, and the relation they state
    word: op
    for op, words in {
        ">=": "不低于 不少于 不得少于 不得低于 至少 最少 不小于",
        ">": "突破 超过 超 逾 多于 高于 大于",
        "<": "不足 低于 少于 小于 未满 不满 未达到",
        "<=": "不超过 不得超过 不高于 不得高于 最多 至多 不大于 不多于",
        "~": "约 大约 近 将近 接近 约为 一般为",
        "=": "达到 已达 达 平均 共 仅 各",
    }.items()
    for word in words.split()
}
_LONGEST_BEFORE = max(map(len, _BEFORE))
_AFTER = {"以上": ">=", "及以上": ">=", "以下": "<=", "以内": "<=", "之内": "<=", "左右": "~", "上下": "~", "以外": ">", "内": "<="}
_DELTA = re.compile(
    r"(?:增长|下降|减少|增加|提高|上升|降低|下调|上涨|下跌|回落|缩短|提升|递增|增幅|降幅)(?:了|近|约|超|超过|至|达|幅度|率)*$"
)
_RESULT = re.compile(r"(?:增加|提高|提升|上升|上调|扩大|降低|下降|下调|减少|缩短|控制|调整)[^，,。；;]{0,10}(?:至|到|为|在)$")
_FORECAST = re.compile(r"有望|预计|预期|预测|可望|将达|估计")
_TARGET = re.compile(r"力争|确保|目标|争取(?=[^，,。；;]{0,12}(?:达|实现|突破|完成))")
_PROPOSAL = re.compile(r"(?:^|[，,。；;：:])(?:请|建议|恳请|希望)|建议")
_RATE = re.compile(r"每(?:年|月|日|天|周|季度|人|户|次|个月|半年)[^，,。；;]{0,6}$")
_PERIOD_OF_RATE = {"年": "year", "月": "month", "日": "day", "天": "day", "周": "week", "季": "quarter", "人": "person", "户": "household"}
_CLAUSE = "，,。；;：:！!？?\n（("
_NOUN_END = re.compile(r"[，,。；;：:、！!？?\n（(）)“”\"]|(?:和|及|以及|与)(?=[0-9])")
_TOGETHER = re.compile(rf"(?:{NUMBER})(?:和|、|及)$")
LONGEST_CLAUSE = 60  # code points looked at before a number
_OVERRIDABLE = frozenset(("money", "count", "ratio", "duration", "measure"))
_YEAR = re.compile(r"[12][0-9]{3}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; offsets are those of `value_text`."""

    start: int
    stop: int
    kind: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    normalized_value: float | None
    normalized_unit: str
    op: str
    qualifier: str | None
    measure: str | None
    period: Time | None


def find_facts(text: str, times: list[Time], sentence_starts: list[int], is_word_start: bytes) -> list[Fact]:
    """
    Facts in the order of the text.

    `is_word_start` has a byte for each character, 1 where a word begins: a Chinese numeral inside a word is no number.
    """
    found: list[Fact] = []
    dates = _dates(text, times)
    spans = iter([(t.start, t.stop) for t in times])
    busy = next(spans, None)
    bare: tuple[int, int, Number] | None = None
    for match in _matches(text):
        kind = match.lastgroup
        start = match.start()
        while busy and busy[1] <= start:
            busy = next(spans, None)
        in_time = bool(busy and busy[0] <= start < busy[1])
        if kind == "session":
            fact = _session(match)
        elif in_time and not _is_recent(text, busy):
            continue
        else:
            fact = _fact(match, text, is_word_start)
        if fact is None:
            if match["number"] and match.end() < len(text) and text[match.end()] in "和、及" and text[start].isdigit():
                bare = (start, match.end("number"), parse(match["number"]))
            continue
        if bare and bare[1] + 1 == fact.start and fact.kind in ("money", "count", "measure") and bare[2] and bare[2].value is not None:
            found.append(_with_unit_of(fact, bare, text))
        bare = None
        found.append(fact)
    found = [_in_context(fact, text, sentence_starts, times) for fact in found] + dates
    found.sort(key=lambda fact: (fact.start, fact.stop))
    return found


def _matches(text: str) -> list[re.Match[str]]:
    matches, end = [], 0
    for candidate in _CANDIDATE.finditer(text):
        at = max(candidate.start(), end)
        while at < candidate.end():  # 1,2 and 3,5: one run may hold several numbers
            match = _QUANTITY.match(text, at)
            if match:
                matches.append(match)
                at = end = match.end()
            else:
                at += 1
    if "届" in text:
        matches += _SESSION.finditer(text)
        matches.sort(key=lambda match: match.start())
    return matches


def _is_recent(text: str, span: tuple[int, int]) -> bool:
    """近两年来, 5年来: a time and a duration at once."""
    return text[span[0]] == "近" or text[span[1] - 1] == "来"


def _dates(text: str, times: list[Time]) -> list[Fact]:
    dates = []
    for time in times:
        if time.relative or time.begin is None or time.precision not in ("year", "month", "day") or "世纪" in time.surface:
            continue
        is_year = time.precision == "year" and _YEAR.search(time.surface) is not None
        year = float(time.begin.year)
        after = text[time.stop:time.stop + 2]
        op = ">=" if after in ("以来", "以后", "之后") else "<" if after in ("以前", "之前") else "="
        qualifier = after if op != "=" else None
        dates.append(Fact(time.start, time.stop, "date", year if is_year else None, None, None, "年" if is_year else "日期",
                          year if is_year else None, "year", op, qualifier, None, time))
    return dates


def _session(match: re.Match[str]) -> Fact | None:
    """十八届五中, 第四届, 首届: ordinals, never counts. 三届以上 counts, and has no 第, 中 or 次."""
    text = match.group()
    number = parse(text.removeprefix("第").partition("届")[0]) if text != "首届" else Number(Decimal(1))
    if number is None or number.value is None:
        return None
    value, unit = float(number.value), "届/次" if text[-1] in "次中" else "届"
    return Fact(match.start(), match.end(), "ordinal", value, None, None, unit, value, "ordinal", "=", None, None, None)


def _fact(match: re.Match[str], text: str, is_word_start: bytes) -> Fact | None:
    start, stop = match.span()
    written = match["masked"] or match["fraction"] or match["number"]
    number = parse(written) if not match["fraction"] else _fraction(written)
    if number is None and written in ("二", "两"):
        number = Number(Decimal(2))
    if number is None and len(written) == 1 and written in "一三四五六七八九零":
        number = parse(written)
    if number is None:
        return None
    if match["fraction"]:
        low, high = number.low, number.high
        return _numbered(match.start(), match.end(), text, number, low, high, "百分之", UNITS["%"], ratio_is_ready=True)
    is_han = text[start] in _HAN
    end = match.end("percent") if match["percent"] else match.end("masked") if match["masked"] else match.end("number")
    high_number = parse(match["high"]) if match["sign"] else None
    if high_number is not None and None not in (number.value, high_number.value) and number.value <= high_number.value:
        unit_word, unit = _unit_at(text, stop)
        if unit is None and match["percent"]:
            unit_word, unit = "%", UNITS["%"]
        if unit is not None:
            low, scale_low = _printed(match["number"], number)
            top, scale = _printed(match["high"], high_number)
            if scale_low != scale:  # 3-4亿元: the scale stands once, for both
                number = Number(low * _worth(scale)) if not scale_low else number
                low = number.value / _worth(scale)
            return _numbered(start, stop + len(unit_word), text, Number(None), low, top, scale + unit_word, unit)
    if match["percent"]:
        unit_word, unit = "", UNITS[match["percent"]]
        stop = end
    else:
        stop = end
        unit_word, unit = _unit_at(text, stop)
    printed, scale = _printed(written, number) if not number.masked else (None, "")
    if unit is None:
        if scale == "亿" and not is_han:  # 3.29亿: a sum or a count whose unit the text leaves out
            return _numbered(start, stop, text, number, None, None, scale, Unit("count", "item"), printed)
        return None
    if number.masked:
        if unit_word in ("年", "月", "日"):  # a time expression without an interval
            return None
        return Fact(start, stop + len(unit_word), "masked", None, None, None, unit_word, None, unit.normalized, "=", "masked", None, None)
    if is_han and not _counts(written, unit_word, unit, text, start, is_word_start):
        return None
    if not is_han and number.value is not None and scale == "":
        is_day_of_month = unit_word == "日" and text[stop + 1:stop + 2] not in ("内", "以", "之", "前", "后", "的")
        if is_day_of_month or (unit_word == "年" and number.value >= 1000):
            return None  # 1978年 is a date, and so is the 5日 of "5日上午"
    unit_text = scale + (unit_word or match["percent"] or "")
    return _numbered(start, stop + len(unit_word), text, number, None, None, unit_text, unit, printed)


def _fraction(written: str) -> Number | None:
    signs = re.split(RANGE_SIGN, written)
    low = parse(signs[0])
    if len(signs) < 2 or low is None or low.value is None:
        return low
    prefix = signs[0][:signs[0].find("之") + 1]
    high = parse(signs[1] if "分之" in signs[1] else prefix + signs[1])
    return Number(None, low.value, high.value) if high and high.value is not None else low


def _unit_at(text: str, at: int) -> tuple[str, Unit | None]:
    for length in range(LONGEST_UNIT, 0, -1):
        word = text[at:at + length]
        if len(word) == length and word in UNITS:
            after = text[at + length:at + length + 1]
            if length == 1 and after and after in WORD_INSTEAD.get(word, ""):
                return "", None
            return word, UNITS[word]
    return "", None


def _counts(written: str, unit_word: str, unit: Unit, text: str, start: int, is_word_start: bytes) -> bool:
    """Whether a Chinese numeral before a unit states a quantity, and not a word, an indefinite 一 or a list mark."""
    may_be_part = len(written) == 1 or unit.is_loose
    if may_be_part and not is_word_start[start] and text[start - 1:start] not in ("近", "“", "「", "《", "（", "("):
        return False
    if unit.kind == "duration" and text[start - 1:start] == "个":  # “两个一百年”
        return False
    if written[0] == "十" and text[start - 1:start] in ("几", "数", "上", "好"):  # 几十万元 is no 十万元
        return False
    ranks = unit_word in ("级", "层", "股") and written != "两"  # 三级响应
    cites = unit_word in ("款", "条", "项") and text[start - 1:start] in ("前", "本", "上")  # 前两款
    if ranks or cites:
        return False
    if written == "一":
        if unit.kind == "ratio" or text[start + 1 + len(unit_word):start + 3 + len(unit_word)] in ("以上", "以下"):
            return True
        if unit.kind in ("duration", "money"):
            return unit_word not in ("天", "日", "周") or text[start + 2:start + 3] in "内以之后前"
        return unit_word == "次" and _RATE.search(text, max(0, start - 10), start) is not None
    if written in ("十", "百", "千") and unit_word in ("分", "方"):
        return False
    return True


def _printed(written: str, number: Number) -> tuple[Decimal | None, str]:
    """The number as printed beside its scale: 2500多万 is 2500 and 万. Chinese numerals are printed whole."""
    end = _SCALE_END.search(written)
    if number.value is None or end is None or not ("0" <= written[0] <= "9" or "０" <= written[0] <= "９"):
        return number.value, ""
    scale = end.group()
    rest = written[:end.start()].rstrip("多余来几")
    if not rest or any(c in "万亿" for c in rest):
        return number.value, ""
    return number.value / _worth(scale), scale


def _worth(scale: str) -> Decimal:
    worth = Decimal(1)
    for c in scale:
        worth *= 10**4 if c == "万" else 10**8
    return worth


def _numbered(
    start: int, stop: int, text: str, number: Number, low: Decimal | None, high: Decimal | None, unit_text: str, unit: Unit,
    printed: Decimal | None = None, ratio_is_ready: bool = False,
) -> Fact:
    if low is None and number.low is not None:
        low, high = number.low, number.high
    op, qualifier = _relation(text, start, stop, number.approximate)
    value = printed if printed is not None else number.value
    normalized = None
    if number.value is not None:
        normalized = float(number.value if ratio_is_ready else number.value * unit.factor)
        if ratio_is_ready:
            value = number.value * 100
    value, low, high = (None if number is None else float(number) for number in (value, low, high))
    unit_text = "%" if ratio_is_ready else unit_text
    return Fact(start, stop, unit.kind, value, low, high, unit_text, normalized, unit.normalized, op, qualifier, None, None)


def _relation(text: str, start: int, stop: int, approximate: str) -> tuple[str, str | None]:
    op, said = "=", []
    for length in range(_LONGEST_BEFORE, 0, -1):
        word = text[max(0, start - length):start]
        if word in _BEFORE:
            op = _BEFORE[word]
            said.append(word)
            break
    if approximate:
        op = ">"
        said.append(approximate)
    for length in (3, 2, 1):
        word = text[stop:stop + length]
        if word in _AFTER:
            op = _AFTER[word]
            said.append(word)
            break
    return op, "；".join(said) or None


def _with_unit_of(fact: Fact, bare: tuple[int, int, Number], text: str) -> Fact:
    """17580和10000元: the first number shares the unit of the second."""
    unit = fact.unit.lstrip("万亿") or fact.unit
    factor = UNITS[unit].factor if unit in UNITS else Decimal(1)
    value = bare[2].value
    op, qualifier = _relation(text, bare[0], bare[1], bare[2].approximate)
    normalized = float(value * factor)
    return Fact(bare[0], bare[1], fact.kind, float(value), None, None, unit, normalized, fact.normalized_unit, op, qualifier, None, None)


def _in_context(fact: Fact, text: str, sentence_starts: list[int], times: list[Time]) -> Fact:
    """Kind as the clause turns it, what is measured, and the last time that the sentence names before the number."""
    at = bisect_right(sentence_starts, fact.start) - 1
    sentence = sentence_starts[at] if at >= 0 else 0
    clause = fact.start
    reach = max(sentence, fact.start - LONGEST_CLAUSE)
    while clause > reach and text[clause - 1] not in _CLAUSE:
        clause -= 1
    before = text[clause:fact.start]
    kind = fact.kind
    start = fact.start
    unit, normalized_unit = fact.unit, fact.normalized_unit
    if kind in _OVERRIDABLE:
        rate = _RATE.search(before) if kind == "count" and fact.normalized_unit == "times" else None
        if rate is None and kind == "count" and fact.normalized_unit == "times":
            rate = _RATE.search(before[-14:])
        if rate:
            kind = "rate"
            period = rate.group()[1]
            period = "半年" if rate.group()[1:3] == "半年" else period
            unit, normalized_unit = f"{fact.unit}/{period}", f"times/{_PERIOD_OF_RATE.get(period[-1], 'period')}"
        elif _FORECAST.search(before):
            kind = "forecast"
        elif _TARGET.search(before):
            kind = "target"
        elif _RESULT.search(before) and _PROPOSAL.search(text, max(sentence, start - 4 * LONGEST_CLAUSE), start):
            kind = "proposal"
        elif _DELTA.search(before[-16:]) or (_TOGETHER.search(before) and _DELTA.search(_TOGETHER.sub("", before))):
            kind = "delta"
    if kind == "count" and text[start - 1:start] in ("“", "「") and text[start] in _HAN:
        kind = "phrase_count"  # “四个机制”: the number is part of a name
    if kind == "duration" and text[start - 1:start] == "近":
        start -= 1
    measure = _measure(text, before, fact)
    period_of = None if fact.kind == "date" else _last_time(times, sentence, fact.start)
    return Fact(start, fact.stop, kind, fact.value, fact.low, fact.high, unit, fact.normalized_value, normalized_unit, fact.op,
                fact.qualifier, measure, period_of)


def _measure(text: str, before: str, fact: Fact) -> str | None:
    """What is measured: for things counted the noun that follows, else the words of the clause before the number."""
    if fact.kind in ("count", "phrase_count", "ordinal", "anniversary"):
        end = _NOUN_END.search(text, fact.stop, fact.stop + 30)
        noun = text[fact.stop:end.start() if end else fact.stop + 30].strip()
        if len(noun) > 1 and not noun.startswith(("以上", "以下", "以内", "左右")):
            return noun
    words = before.strip()
    for word in sorted((w for w in _BEFORE if words.endswith(w)), key=len, reverse=True)[:1]:
        words = words[:-len(word)]
    return words[-30:].strip() or None


def _last_time(times: list[Time], sentence: int, before: int) -> Time | None:
    k = bisect_right(times, before, key=lambda time: time.start) - 1
    while k >= 0 and times[k].stop > before:
        k -= 1
    return times[k] if k >= 0 and times[k].start >= sentence else None


def last_day(time: Time) -> date | None:
    """The last day inside a half-open interval."""
    return (time.end - timedelta(microseconds=1)).date() if time.end else None
