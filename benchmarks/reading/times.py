"""Date and time cases of Recognizers-Text (MIT; recognizers/recognizers_text_zh.jsonl) against `tasks.enrich.times`.

A case passes where each expected expression is found with its exact span and, where the case gives values, an interval that one
of them allows. Models that see one type only (…Extractor, …Parser) ask that theirs is among what is found; the others that
nothing else is. Three conventions differ and are allowed for: 至 and 到 include the last day, month or year with us, so an end
may lie one such unit later; a clock time may stand inside the date that it belongs to; ： is not rewritten to :.

Left aside, because the suite asks for what we must not do (`why_aside`): counted apart, never as passed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.reading.score import Score
from tasks.enrich.times import Time, expressions

SUITE = Path("data/recognizers/recognizers_text_zh.jsonl")
NOT_POINTS = ("duration", "set")
_BARE = re.compile(r"(?:= |从)?[0-9]{4}(?:-[0-9]{4})?|[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2}")
_LUNAR = re.compile("农历|正月|初一|八月十五|大年三十|中秋|春节|端午")
_STARTS = ("date", "dateTime", "start", "startDate", "startDateTime", "value")
_ENDS = ("end", "endDate", "endDateTime")
_UNITS = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 60, *(1440 * days for days in (1, 28, 29, 30, 31, 365, 366))))


def score_times(corpus: Path) -> Iterator[tuple[Score, list[str]]]:
    """A score per model and one for all, each with the inputs that failed; then those for what is left aside."""
    passed: dict[str, int] = {}
    failed: dict[str, list[str]] = {}
    aside: dict[str, list[str]] = {}
    for case in _cases(corpus):
        reason = why_aside(case)
        if reason:
            aside.setdefault(reason, []).append(case["Input"])
            continue
        model = case["spec"].rpartition("/")[2]
        failed.setdefault(model, [])
        if passes(case):
            passed[model] = passed.get(model, 0) + 1
        else:
            failed[model].append(case["Input"])
    for model in sorted(failed):
        yield Score(f"times/{model}", passed.get(model, 0), passed.get(model, 0) + len(failed[model])), failed[model]
    hit, missed = sum(passed.values()), sum(map(len, failed.values()))
    yield Score("times/all", hit, hit + missed), []
    left = [case for cases in aside.values() for case in cases]
    yield Score("times/all, what is left aside counted as failed", hit, hit + missed + len(left)), []
    for reason in sorted(aside):
        yield Score(f"times left aside: {reason}", 0, len(aside[reason])), aside[reason]


def _cases(corpus: Path) -> Iterator[dict]:
    for line in (corpus / SUITE).read_text("utf-8").splitlines():
        case = json.loads(line)
        if case["spec"].startswith("DateTime/"):
            yield case


def why_aside(case: dict) -> str | None:
    """Why a case is not scored, by what it asks for; None where it is."""
    types = [_type(result) for result in case["Results"]]
    texts = [result["Text"] for result in case["Results"]]
    if any(kind in NOT_POINTS for kind in types):
        return "durations and repeated times are no points of time (facts has durations)"
    if _values(case) and any(_LUNAR.search(text) for text in texts):
        return "days of the Chinese calendar are converted here, there their numbers are read as civil ones"
    if any(_BARE.fullmatch(text) for text in texts):
        return "bare numbers are read as dates there (12/1, 3-7-07, 2018)"
    return None


def passes(case: dict) -> bool:
    """Whether our reading of a case's input is what it expects."""
    anchor = (case.get("Context") or {}).get("ReferenceDateTime")
    found = expressions(case["Input"], datetime.fromisoformat(anchor) if anchor else None, "second")
    sees_all = case["spec"].rpartition("/")[2].startswith("DateTimeModel")
    if sees_all and len(found) != len(case["Results"]):
        return False
    return all(any(_agrees(time, result, sees_all) for time in found) for result in case["Results"])


def _agrees(time: Time, result: dict, sees_all: bool) -> bool:
    text, surface = result["Text"], time.surface.replace("：", ":").replace("，", ",")
    if surface != text and (sees_all or _type(result) != "time" or not surface.endswith(text)):
        return False
    if _type(result) in ("time", "timerange"):
        return True
    values = [value for value in _values({"Results": [result]}) if "not resolved" not in value.values()]
    values = [value for value in values if "0001-01-01" not in value.values()]
    if not values:
        return _values({"Results": [result]}) == [] or time.begin is None
    return any(_is_within(time, value) for value in values)


def _is_within(time: Time, value: dict[str, str]) -> bool:
    begin = next((_moment(value[name]) for name in _STARTS if name in value), None)
    end = next((_moment(value[name]) for name in _ENDS if name in value), None)
    if begin is not None and time.begin != begin:
        return False
    return end is None or (time.end is not None and time.end - end in _UNITS)


def _type(result: dict) -> str:
    return (result.get("TypeName") or result.get("Type") or "").removeprefix("datetimeV2.")


def _values(case: dict) -> list[dict[str, str]]:
    values: list[dict[str, str]] = []
    for result in case["Results"]:
        resolution = result.get("Resolution") or result.get("Value") or {}
        if "values" in resolution:
            values += resolution["values"]
        elif "PastResolution" in resolution:
            values += [resolution["PastResolution"], resolution["FutureResolution"]]
    return values


def _moment(written: str) -> datetime | None:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form)
        except ValueError:
            continue
    return None
