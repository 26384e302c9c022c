"""Numbers, percentages and amounts of money against the public test suite of a recogniser (MIT), Chinese part.

A case passes when exactly the expected spans are found, each with its value (and its currency). What is left aside, with its number
and reason, is in LEFT_ASIDE; nothing else is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.facts.shares import Share
from tasks.enrich.facts.amounts import amounts, shares_of_hundred
from tasks.text.numerals import numbers

NUMBER, PERCENT, CURRENCY = "Number/Chinese/NumberModel", "Number/Chinese/PercentModel", "NumberWithUnit/Chinese/CurrencyModel"
Found = list[tuple[int, int, float | None, str]]

# What we do not offer, and why; these models hold no facts, or hold what other tables say.
LEFT_ASIDE = {
    "Sequence/Chinese/PhoneNumberModel": "telephone numbers are private data, marked by rules of their own",
    "Sequence/Chinese/IpAddressModel": "addresses of machines are no facts of a text",
    "Sequence/Chinese/URLModel": "addresses of pages are no facts of a text",
    "Choice/Chinese/BooleanModel": "yes and no in dialogue: not in prose",
    "Number/Chinese/NumberRangeModel": "bounds (不小于三十) are the operator of a fact there, and have an interval here: another span",
    "Number/Chinese/NumberRangeModelExperimentalMode": "as NumberRangeModel",
    "Number/Chinese/OrdinalModel": "bare ordinals (第二百五十) without a noun are citations in our texts; those with one are facts",
    "NumberWithUnit/Chinese/AgeModel": "facts of kind age; 十个月大 is a duration there",
    "NumberWithUnit/Chinese/DimensionModel": "facts of kind measure",
    "NumberWithUnit/Chinese/TemperatureModel": "facts of kind measure; a bare 度 has no unit",
}
NAMES_ONLY = "a currency without a number (人民币 美元): no amount"


@dataclass
class Model:
    """What one model's cases came to."""

    name: str
    passed: int = 0
    n: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def share(self) -> Share:
        return Share(self.passed, self.n)


def cases(corpus: Path) -> list[dict]:
    path = corpus / "data" / "recognizers" / "recognizers_text_zh.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def run(corpus: Path) -> list[Model]:
    """Number, percent and currency; dates and times are measured with time_expressions."""
    readers: dict[str, Callable[[str], Found]] = {NUMBER: _numbers, PERCENT: _percents, CURRENCY: _currencies}
    models = {name: Model(name) for name in readers}
    for case in cases(corpus):
        model = models.get(case["spec"])
        if model is None:
            continue
        wanted = [_wanted(case["spec"], result) for result in case["Results"]]
        if any(value is None for _, _, value, _ in wanted):
            model.aside[NAMES_ONLY] = model.aside.get(NAMES_ONLY, 0) + 1
            continue
        model.n += 1
        found = readers[case["spec"]](case["Input"])
        right = len(found) == len(wanted) and all(map(_same, found, wanted))
        model.passed += right
        if not right:
            model.faults.append(f"{case['Input']}: {found} for {wanted}")
    return list(models.values())


def _wanted(spec: str, result: dict) -> tuple[int, int, float | None, str]:
    resolution = result["Resolution"]
    value = resolution.get("value")
    unit = resolution.get("isoCurrency") or resolution.get("unit", "") if spec == CURRENCY else ""
    number = None if value is None else float(value.rstrip("%"))
    return result["Start"], result["End"] + 1, number, "USD" if unit == "Dollar" else unit


def _same(found: tuple, wanted: tuple) -> bool:
    return found[:2] == wanted[:2] and found[3] == wanted[3] and abs(found[2] - wanted[2]) <= 1e-9 * max(1.0, abs(wanted[2]))


def _numbers(text: str) -> Found:
    return [(written.start, written.stop, float(written.number.value), "") for written in numbers(text)]


def _percents(text: str) -> Found:
    return [(share.start, share.stop, float(share.value), "") for share in shares_of_hundred(text)]


def _currencies(text: str) -> Found:
    return [(amount.start, amount.stop, float(amount.value), amount.unit) for amount in amounts(text)]
