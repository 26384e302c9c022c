"""Which lines above an article are its title and its date line: shared by cleaning, which must leave them, and split."""

from __future__ import annotations

import re
from functools import cache

from tasks.text.credits import ISSUED, LABELLED, read_credits, read_label, read_value
from tasks.text.dates import CLOCK, DATE, MONTH_DAY, YEAR, dated
from tasks.text.lines import NUMBERED, Found, bigrams, han_count, is_known_name, is_outlet, is_prose
from tasks.text.package_data import package_bytes
from tasks.text.scripts import holds_traditional, is_traditional, to_simplified

SUBTITLE = re.compile(r"(?!-\s)[—―-]{1,2}[^—―-]")  # a hyphen and a blank open an item of a list
ALIKE = 0.75  # of all bigrams of a line and a claimed title, those that both hold
NOT_A_NAME = frozenset(
    "公布 施行 废止 通过 发布 批准 修订 修正 前言 引言 摘要 目录 正文 附件 附录 总则 附则 序言 说明 导语 提要 编者按 同志们".split()
)
_BYLINE = re.compile(r"[\u4e00-\u9fff·]{2,5}\s*[/／|｜]\s*\S{2,10}")
# Labels that need no colon to announce the next line: nothing else is called so.
_OF_DOCUMENTS = frozenset(("document_no", "index_no", "issuer", "written_on"))
_WEEKDAY = re.compile("(?:星期|周|週|礼拜)[一二三四五六日天]")
_TITLE_NOUN = re.compile(
    "(?:条例|办法|规定|规则|细则|决定|决议|解释|意见|通知|通告|公告|通报|批复|函|报告|讲话|致辞|方案|计划|规划|总结|纲要|章程|纪要)(?:[(（].{1,12}[)）])?$"
)
_PARTED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) {1,2}([\u4e00-\u9fff])(?![\u4e00-\u9fff])")  # 张 三
_BUTTON = re.compile(r"(?:APP|客户端|手机版?)\s?下载|(?:下载|打开)\s?(?:APP|客户端|手机版)|(?:显示|隐藏|关闭)广告", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s*[,，、;；]\s*|\s+")
_COLUMNS = re.compile(r"[\u4e00-\u9fff]{2,6}(?:(?:\s+|\s*[|｜]\s*)[\u4e00-\u9fff]{2,6}){4,}")  # names of a site's columns in a row
_TITLE_BREAKS = re.compile("[。；;]|[:：]$|^[—―-]|^[（(【\\[]")


def folded_all(lines: list[str]) -> list[str]:
    """Each line folded; a text without a Traditional character costs one search."""
    return [folded(line) for line in lines] if holds_traditional("\n".join(lines)) else lines


def folded(line: str) -> str:
    """The line in Simplified characters, for matching only; the same length."""
    return to_simplified(line) if is_traditional(line) else line


def credits_of(head: list[str]) -> dict[int, list[Found]]:
    """
    The credit lines among some lines, and what they say; nothing ([]) for a line that only announces the next one's value.

    A date may be spread over lines (2019 / 03-20 / 07:08:33); its value then stands on the first, the year's.
    """
    found: dict[int, list[Found]] = {}
    for i, line in enumerate(head):
        if i in found or len(line) > 160:
            continue
        if stacked := _stacked_date(head, i):
            found |= stacked
            continue
        if (
            (field := read_label(line)) is not None
            and (line[-1] in ":：" or field in _OF_DOCUMENTS)
            and i + 1 < len(head)
            and len(head[i + 1]) <= 80
            and not is_prose(head[i + 1])
        ):
            values = read_value(head[i + 1], field) if read_label(head[i + 1]) is None else []
            if values is not None:
                found[i] = []
                if read_label(head[i + 1]) is None:
                    found[i + 1] = values
                continue
        if (credits := read_credits(line, empty=True)) is not None:
            found[i] = credits
    for i in [i for i, of in found.items() if not of]:
        if not any(i + k in found and (found[i + k] or k == 1) for k in (-1, 1)):
            del found[i]  # a label that stands alone is nobody's credit
    return found


def _stacked_date(head: list[str], i: int) -> dict[int, list[Found]] | None:
    """A year on one line, month and day with a clock on the next, or on the next two."""
    year = YEAR.fullmatch(head[i])
    if year is None or i + 1 >= len(head):
        return None
    day = MONTH_DAY.fullmatch(head[i + 1].replace(" ", ""))
    if day is None:
        return None
    clock = CLOCK.fullmatch(head[i + 2]) if i + 2 < len(head) and day["H"] is None else None
    when = dated(year, day, clock)
    if when is None or (day["H"] is None and clock is None):
        return None
    found: dict[int, list[Found]] = {i: [Found(0, len(head[i]), "published_at", when.iso, LABELLED)], i + 1: []}
    return found | ({i + 2: []} if clock else {})


def date_line(head: list[str], credits: dict[int, list[Found]], furnished: bool) -> int | None:
    """The line that prints when the article appeared: a clock or a label proves it; a bare date only beside page furniture."""
    bare = below = changed = None
    for i in sorted(credits, reverse=True):
        when = [f for f in credits[i] if f.field == "published_at"]
        if not when:
            if furnished and i <= 4 and any(f.field == "updated_at" and "T" in f.value for f in credits[i]):
                changed = i  # a page that says only when it was changed says it where others print the date
            continue
        names = [f for f in credits[i] if f.field in ("source", "author", "unnamed")]
        if any(f.confidence >= ISSUED for f in credits[i]) or any(is_outlet(f.value) for f in names):
            return i
        numeric = re.match("[-/.]", head[i][when[0].start + 4 :]) is not None  # statutes print 年 and 月
        if names and numeric and (furnished or (len(credits[i]) == 2 and i and title_like(head[i - 1]))):
            return i
        if len(credits[i]) > 1:
            continue
        if furnished and bare is None:
            bare = i
        beside = [line for line in head[max(0, i - 1) : i + 2] if line != head[i]]
        if any(len(line) <= 10 and is_outlet(line) for line in beside) or any(
            f.field == "edition" for k in (i - 1, i + 1) for f in credits.get(k, ())
        ):
            return i  # a paper's head: its name, the date, the page
        alone = when[0].stop - when[0].start >= len(head[i]) - 6
        plain = head[i][0] not in "(（一二" and not _WEEKDAY.search(head[i])  # as statutes and judgements print it
        if alone and 0 < i <= 4 and (title_like(head[i - 1]) or is_short_title(head[i - 1])) and not plain:
            below = i
    return next((i for i in (bare, below, changed) if i is not None), None)


def title_line(
    head: list[str],
    credits: dict[int, list[Found]],
    dated: int | None,
    has_prose: bool,
    body: set[str],
    claimed: frozenset[str] = frozenset(),
) -> int | None:
    """
    The line that names the article. `body` are bigrams of its running text, `claimed` titles that the page's markup states.

    A line that reads as a claim does is the title. Else above a date line the best of the candidates by length, closeness and
    words shared with the body, or the first below it where none stands above; without a date line only the first line that is
    no credit, and only where running text follows.
    """
    if claimed:
        same = next((i for i, line in enumerate(head) if i not in credits and "".join(line.split()) in claimed), None)
        if same is not None and not NUMBERED.match(head[same]):
            return same
        alike = next((i for i, line in enumerate(head) if i not in credits and title_like(line) and _alike(line, claimed)), None)
        if alike is not None or dated is None:
            return alike  # where the markup names the article, a first line that says something else is none
    if dated is None:
        first = next((i for i in range(len(head)) if i not in credits and not _BUTTON.fullmatch(head[i])), None)
        if first == 0 and has_prose and is_short_title(head[0]) and any(f.confidence >= LABELLED for f in credits.get(1, ())):
            return 0
        if first is None or first >= 12 or not title_like(head[first]) or is_name(head[first]):
            return None
        return first if has_prose or (len(head[first]) >= 8 and _TITLE_NOUN.search(head[first])) else None
    if dated <= 2 and has_prose and is_short_title(head[0]) and all(i in credits for i in range(1, dated)):
        return 0
    best, best_score = None, 0.0
    for i in range(dated):
        line = head[i]
        if i in credits or not title_like(line) or is_name(line) or (len(line) <= 8 and is_outlet(line)):
            continue
        grams = bigrams(line)
        shared = len(grams & body) / len(grams) if grams else 0
        score = 1.5 * min(len(line), 8) / 8 + (8 <= len(line) <= 45) + 2 * shared + 1 / (dated - i)
        if score >= best_score:
            best, best_score = i, score
    if best is not None:
        return best
    below = next((i for i in range(dated + 1, min(len(head), dated + 8)) if i not in credits), None)
    return below if below is not None and has_prose and title_like(head[below]) and not is_name(head[below]) else None


def _alike(line: str, claimed: frozenset[str]) -> bool:
    grams = bigrams(line)
    return any(grams and len(grams & said) >= ALIKE * len(grams | said) for said in map(bigrams, claimed))


def title_like(line: str) -> bool:
    """Whether a line has the shape of a title: short, no sentence, no numbered heading, no byline, no date."""
    if DATE.search(line) or _BYLINE.fullmatch(line) or _COLUMNS.fullmatch(line) or _BUTTON.fullmatch(line):
        return False
    return 4 <= len(line) <= 70 and han_count(line) >= 2 and not _TITLE_BREAKS.search(line) and not NUMBERED.match(line)


def is_short_title(line: str) -> bool:
    """Two or three Han characters that are no name: a title only where credits stand right below."""
    return (
        2 <= len(line) <= 3 and han_count(line) == len(line) and line not in NOT_A_NAME and not is_known_name(line) and not is_outlet(line)
    )


def is_name(line: str) -> bool:
    """A short line that can only be one or more names."""
    names = _BETWEEN_NAMES.split(_PARTED_NAME.sub(r"\1\2", line.rstrip("*▲△※")))
    return bool(names) and all(is_known_name(n) and n not in NOT_A_NAME for n in names)


def is_word(name: str) -> bool:
    """Whether what has the shape of a name is a word (范围, 方法, 高标准): asked where nothing but the shape speaks for a name."""
    return name in _words()


@cache
def _words() -> frozenset[str]:
    """Words of two and three characters in jieba's dictionary that are used (20 times in its corpus) and are no person's name."""
    rows = (row.split(" ") for row in package_bytes("jieba", "dict.txt").decode("utf-8").splitlines())
    return frozenset(word for word, count, tag in rows if 2 <= len(word) <= 3 and int(count) >= 20 and tag != "nr")
