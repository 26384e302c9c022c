"""facts: numbers with their units, read as values.

    quantities   where numbers with units stand, and what they are worth
    relations    operator, qualifier and kind, from the clause
    about        subject and measure, as spans of the text
    sums         arithmetic that a sentence states, checked

A fact is a number with a unit from `units`, or with a scale that stands for one (3.29亿). `value` is the number as printed
in the printed unit (2500多万元: 2500 and 万元); `normalized_value` is exact in the common unit (25,000,000 CNY). A range has
value_low and value_high in the printed unit and no value.

Kinds: money, count, ratio, rate (每年 N 次, 元/吨), delta (after 增长, 减少 …), duration, date (a year in the text), ordinal (第四届,
第三次), anniversary (周年), age, measure (lengths, areas, weights …), phrase_count (四大职能: a count of named parts), forecast, target
and proposal (a clause that says 有望, 力争, 建议 … makes one of a money, count or ratio), masked (digits hidden: no value), idiom
(成千上万: no value). GOLD_KINDS says which kinds of the hand-made gold answer to ours.

No facts: list marks and citations (第三条, 第二款), dates like 7.18 and 五一, years under a mask, a bare 一 that counts
(一个, 一次 unless 每 makes it a rate), numerals inside another word (统一, 万一), numbers without unit (but see 17580和10000元).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from tasks.enrich.facts.about import About, Span, about
from tasks.enrich.facts.quantities import find_quantities
from tasks.enrich.facts.quantity import Quantity
from tasks.enrich.facts.relations import in_clause, operator
from tasks.enrich.facts.sums import Contradiction, contradictions
from tasks.enrich.times import Time

# The kinds of the gold that a fact of ours may answer to, where they differ. An age, a length or a weight is a count or a ratio
# to the gold; its enumerations (things listed without a numeral) and slogans are no facts of ours.
GOLD_KINDS = {"masked": ("money_masked",), "measure": ("measure", "count"), "age": ("age", "count")}
NO_FACTS_OF_OURS = ("enumeration", "slogan")

_CLAUSE = "，,。；;：:！!？?\n（("
LONGEST_CLAUSE = 60  # code points looked at before a number


class Fact(NamedTuple):
    """One fact; offsets are those of `value_text`; subject, measure and place are spans of the same text."""

    start: int
    stop: int
    kind: str
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    normalized_value: float | None
    normalized_unit: str
    op: str
    qualifier: str | None
    subject: Span
    measure: Span
    period: Time | None
    place: Span


def find_facts(
    text: str, times: list[Time], sentence_starts: list[int], classes: bytes, places: Sequence[tuple[int, int]] = (),
) -> tuple[list[Fact], list[Contradiction]]:
    """
    Facts in the order of the text, and the contradictions of what they state.

    Args:
        times: expressions of time, in order; the last one before a number in its sentence is its period.
        classes: a byte for each character, the class (`about.class_of`) of the word that begins there, 0 inside a word.
        places: spans of places, in order.
    """
    found: list[Fact] = []
    stated: list[tuple[Quantity, str]] = []  # of the sentence at hand
    faults: list[Contradiction] = []
    last: About | None = None
    previous: Quantity | None = None
    last_sentence, clause = -1, 0
    time_starts, time_stops = [time.start for time in times], [time.stop for time in times]
    place_starts, place_stops = [start for start, _ in places], [stop for _, stop in places]
    for quantity in find_quantities(text, classes, list(zip(time_starts, time_stops, strict=True))):
        at = bisect_right(sentence_starts, quantity.start) - 1
        sentence = sentence_starts[at] if at >= 0 else 0
        if sentence != last_sentence:
            if len(stated) > 2:
                faults += contradictions(text, last_sentence, stated)
            last, previous, last_sentence, stated = None, None, sentence, []
        clause = _clause(text, quantity.start, sentence, previous, clause)
        op, qualifier = operator(text, quantity)
        before = text[max(clause, quantity.start - LONGEST_CLAUSE):quantity.start]
        quantity, kind = in_clause(text, quantity, before, sentence, previous, stated[-1][1] if previous else None)
        last = about(text, quantity, kind, clause, sentence, classes, last)
        start = quantity.start
        period = _last(time_starts, time_stops, sentence, start) if times else -1
        place = _last(place_starts, place_stops, sentence, start) if places else -1
        if kind == "duration" and text[start - 1:start] == "近":
            start -= 1
        if kind == "masked":
            op, qualifier = "=", "masked"
        found.append(Fact(
            start, quantity.stop, kind, _real(quantity.value), _real(quantity.low), _real(quantity.high), quantity.unit,
            _real(quantity.normal),
            quantity.common, op, qualifier, last.subject, last.measure, times[period] if period >= 0 else None,
            places[place] if place >= 0 else None,
        ))
        stated.append((quantity, kind))
        previous = quantity
    if len(stated) > 2:
        faults += contradictions(text, last_sentence, stated)
    dates = _dates(text, times)
    if dates:
        found = sorted(found + dates, key=lambda fact: (fact.start, fact.stop))
    return found, faults


def _real(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _clause(text: str, start: int, sentence: int, previous: Quantity | None, known: int) -> int:
    """Where the clause of a number begins: that of the number before, where no sign parts the two. What stands in brackets parts none."""
    clause, reach, depth = start, max(sentence, start - LONGEST_CLAUSE), 0
    is_near = previous is not None and previous.stop > reach
    if is_near:
        reach = previous.stop
    while clause > reach:
        sign = text[clause - 1]
        if sign in _CLAUSE:
            if sign not in "（(" or not depth:
                return clause
            depth -= 1
        elif sign in "）)":
            depth += 1
        clause -= 1
    return known if is_near else clause


def _last(starts: list[int], stops: list[int], sentence: int, before: int) -> int:
    """Index of the last span that the sentence holds whole before a place; -1 where there is none."""
    k = bisect_right(starts, before) - 1
    while k >= 0 and stops[k] > before:
        k -= 1
    return k if k >= 0 and starts[k] >= sentence else -1


def _dates(text: str, times: list[Time]) -> list[Fact]:
    """Days, months and years that the text itself names; a year is its own value, 2011—2015年 a range of years."""
    dates = []
    for time in times:
        if time.relative or time.begin is None or time.end is None or time.precision not in ("year", "month", "day"):
            continue
        first, last = float(time.begin.year), float(time.end.year - 1)
        is_year = time.precision == "year"
        value = first if is_year and first == last else None
        low, high = (first, last) if is_year and first < last else (None, None)
        after = text[time.stop:time.stop + 2]
        op = ">=" if after in ("以来", "以后", "之后") else "<" if after in ("以前", "之前") else "="
        dates.append(Fact(time.start, time.stop, "date", value, low, high, "年" if is_year else "日期", value, "year", op,
                          after if op != "=" else None, None, None, time, None))
    return dates


def last_day(time: Time) -> date | None:
    """The last day inside a half-open interval."""
    return (time.end - timedelta(microseconds=1)).date() if time.end else None
