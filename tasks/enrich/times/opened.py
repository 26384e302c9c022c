"""Expressions of time together with the words that open or close their interval: 2005年以来, 3月1日起, 2010年底前, 从3月到5月."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tasks.enrich.times.patterns import BETWEEN, RANGE
from tasks.enrich.times.reader import find_times
from tasks.enrich.times.spans import Time, usable

_OPENS = re.compile(
    " ?(?:(?P<since>以来)|(?P<now>至今|迄今|到现在)|(?P<to>(?P<incl>及|或)(?:以前|之前|以后|之后|后|前)|以前|之前|以后|之后"
    "|前(?![后往夕期景来进列提任三述方])|后(?![勤来期续者备半台])|开始|起(?![草诉来到初步源点因伏])))"
)


_VAGUE = re.compile("近|日前|最近|长|[多几数]")


def expressions(text: str, anchor: datetime | None, grain: str | None = "day") -> list[Time]:
    """Expressions of time with the words that open their interval: 2005年以来, 3月1日起, 2010年底前, 从3月到5月."""
    return widened(text, find_times(text, anchor, grain), anchor)


def widened(text: str, times: list[Time], anchor: datetime | None) -> list[Time]:
    """`times` of the same text and anchor as rows of time_expressions: see `expressions`."""
    return list(_between(_widened(text, times, anchor), text))


def _between(times: Iterator[Time], text: str) -> Iterator[Time]:
    """2010年之后2018年之前 is one interval."""
    before: Time | None = None
    for time in times:
        if before and before.stop == time.start and before.end is None and time.begin is None and before.begin and time.end:
            before = replace(before, stop=time.stop, end=time.end, surface=text[before.start:time.stop])
            continue
        if before:
            yield before
        before = time
    if before:
        yield before


def _widened(text: str, times: list[Time], anchor: datetime | None) -> Iterator[Time]:
    anchor = usable(anchor)
    now = datetime(anchor.year, anchor.month, anchor.day) + timedelta(days=1) if anchor else None
    for time in times:
        match = _OPENS.match(text, time.stop)
        start = time.start
        if match is None or time.precision == "period" or _VAGUE.match(time.surface):
            stop = time.stop
            if start and text[start - 1] in "从自" and RANGE.search(time.surface):
                yield replace(time, start=start - 1, surface=text[start - 1:stop])
            elif text.startswith("之间", stop) and BETWEEN.search(time.surface):
                start -= text.startswith("在", max(0, start - 1)) and start > 0
                yield replace(time, start=start, stop=stop + 2, surface=text[start:stop + 2])
            else:
                yield time
            continue
        begin, end = time.begin, time.end
        word = match.group().lstrip(" 及或")
        if begin is not None:
            if match["since"] or match["now"]:
                end = max(now, begin) if now else None
            elif "前" in word:
                begin, end = None, (end if match["incl"] else begin)
            else:
                end = None
        if match["since"] or match["now"] or word in ("起", "开始"):
            start -= text[start - 1:start] in ("从", "自") and start > 0
        yield replace(time, start=start, stop=match.end(), surface=text[start:match.end()], begin=begin, end=end)
