"""Several articles on one page that no running number joins: entries of a diary, stories of one newspaper page, texts pasted
one below the other with the heads they had.

What opens a story is a title with a line of credits right below it that a label, a role or an outlet vouches for; a date alone
does not (comments, chronicles and lists have dates). What opens an entry is a line of nothing but a day with its weekday or its
weather. Either way two must be there, with running text below each.
"""

from __future__ import annotations

import re

from tasks.split.parts import MIN_PART, Part
from tasks.text.credits import LABELLED, read_credits
from tasks.text.dates import DATE, HAN_DATE
from tasks.text.heads import SUBTITLE, folded, is_name, title_like
from tasks.text.lines import Found, is_outlet, is_prose

LONGEST_CREDITS = 120
_SIGNS = ("来源", "來源", "作者", "记者", "記者", "标题", "標題", "通讯员", "通訊員", "发布时间", "發布時間")
_SIGN = re.compile("|".join(_SIGNS))
_WEATHER = r"(?:大雨|中雨|小雨|阵雨|雷阵雨|暴雨|雨夹雪|大雪|小雪|晴转多云|多云转晴|多云|晴天?|阴天?|雨天?|雪天?|有?雾|大?风|晴朗|多雲|陰)"
_DAY = r"(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]"
_ENTRY = re.compile(
    rf"(?P<date>{DATE.pattern.replace('(?P<', '(?P<a_')}|{HAN_DATE.pattern.replace('(?P<', '(?P<b_')}"
    rf"|\d{{1,2}}月\d{{1,2}}日|[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日)"
    rf"(?P<rest>(?:[\s,，(（]*(?:{_DAY}|(?:天气\s*[:：]?\s*)?{_WEATHER}(?:转{_WEATHER})?)[)）]?)*)\s*"
)
_ENTRY_SIGN = re.compile(
    r"\n[ \t\u3000]*(?:\d{4} ?[年./-]|\d{1,2}月|[一二][九〇零○]|[一二三四五六七八九十]{1,2}月)[^\n]{3,40}"
    r"(?:星期|周|週|礼拜|禮拜|晴|阴|陰|雨|雪|多云|多雲|雾|风)"
)
_LABEL_TITLE = re.compile(r"(?:文章)?(?:标\s?题|题\s?目)\s*[:：]\s*\S.{2,70}")


def may_hold_stories(text: str) -> bool:
    """Cheap test before looking at lines."""
    return sum(map(text.count, _SIGNS)) >= 2 or _ENTRY_SIGN.search(text) is not None or _ENTRY_SIGN.match("\n" + text[:100]) is not None


def find_stories(lines: list[tuple[int, str]]) -> list[Part]:
    """Where the stories of a page or the entries of a diary open (number and stripped text of each line), or nothing."""
    return _entries(lines) or _headed(lines)


def _entries(lines: list[tuple[int, str]]) -> list[Part]:
    found, days = [], []
    for i, (no, line) in enumerate(lines):
        if len(line) > 40 or not (m := _ENTRY.fullmatch(line)):
            continue
        if m["rest"].strip(" \t\u3000,，()（）"):
            found.append((i, Part(no, len(found) + 1, "", 0, "entry")))
            days.append(m["date"])
    return _with_text(lines, found) if len(set(days)) == len(days) else []


def _headed(lines: list[tuple[int, str]]) -> list[Part]:
    found: list[tuple[int, Part]] = []
    seen: set[str] = set()
    for i, (_, printed) in enumerate(lines):
        if len(printed) > LONGEST_CREDITS or not _SIGN.search(printed):
            continue
        line = folded(printed)
        at = i if _LABEL_TITLE.fullmatch(line) else _title_above(lines, i) if _vouched(read_credits(line)) else None
        if at is None or (found and at <= found[-1][0] + 2) or lines[at][1] in seen:
            continue
        seen.add(lines[at][1])
        found.append((at, Part(lines[at][0], len(found) + 1, "", 0, "story")))
    # a page's own head need not stand first, but a story may not open below text that belongs to none
    if len(found) >= 2 and any(is_prose(line) for _, line in lines[: found[0][0]]):
        return []
    return _with_text(lines, found)


def _vouched(credits: list[Found] | None) -> bool:
    """Credits of an article: a source or an author beside a date, or a reporter in his role."""
    if not credits or any(f.field == "unnamed" for f in credits):
        return False
    fields = {f.field for f in credits}
    if "editor" in fields and not fields & {"published_at", "source"}:
        return False  # the foot of a story, not its head
    dated = "published_at" in fields
    sure = any(f.confidence >= LABELLED and f.field in ("source", "author", "published_at") for f in credits)
    outlet = any(f.field == "source" and is_outlet(f.value) for f in credits)
    return (dated and fields & {"source", "author"} and (sure or outlet)) or "author_role" in fields or {"author", "source"} <= fields


def _title_above(lines: list[tuple[int, str]], i: int) -> int | None:
    at = i - 1
    if at > 0 and SUBTITLE.match(lines[at][1]):
        at -= 1
    if at < 0:
        return None
    line = folded(lines[at][1])
    return at if title_like(line) and len(line) >= 6 and not is_name(line) and not is_outlet(line) and not is_prose(line) else None


def _with_text(lines: list[tuple[int, str]], found: list[tuple[int, Part]]) -> list[Part]:
    """The openings, if there are two or more and running text stands below each."""
    if len(found) < 2:
        return []
    stops = [*(i for i, _ in found[1:]), len(lines)]
    for (start, _), stop in zip(found, stops, strict=True):
        body = lines[start + 1 : stop]
        if sum(len(line) for _, line in body) < MIN_PART or not any(is_prose(line) for _, line in body):
            return []
    return [part for _, part in found]
