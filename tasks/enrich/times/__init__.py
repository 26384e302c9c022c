"""Expressions of time and the interval each one means.

    find_times    the expressions proper: 2012年3月20日, 二〇一六年, 3月5日至7日, 上午9时30分, 今年, 近两年来, “十二五”期间
    expressions   the same with the words that open an interval (2005年以来, 3月1日起, 从3月到5月): rows of time_expressions

Absolute ones resolve by themselves. Relative ones (今年, 上半年, 昨日) need the article's date as anchor and stay without an
interval where the article has none or a coarser one. A month, day or hour without what stands above it takes that from the
expression before it in the same sentence, else from the anchor: of the anchor's year when it does not lie more than a quarter
after it, of the year before when that is less than a month ago, and unresolved otherwise. Not resolved, because a text may mean
either: a weekday without a week (周三), vague ones (近年来, 近日), what is masked (20xx年).

No expressions of time: durations (三年以下, 十五日内), ratios and scores (1:3), articles and sections (第三条), a day of the month
without a month but as datelines have it (5日上午), a clock time without a part of the day, a date or 点整, 点半, 分.

An interval is half-open. 至 and 到 include the last day, month or year: 2011—2015年 ends with 2015.
"""

from tasks.enrich.times.opened import expressions, widened
from tasks.enrich.times.reader import find_times
from tasks.enrich.times.spans import PRECISIONS, Interval, Time

__all__ = ("PRECISIONS", "Interval", "Time", "expressions", "find_times", "widened")
