"""Which lines above an article are its title and its date line: shared by cleaning, which must leave them, and split."""

from __future__ import annotations

import re

from tasks.text.lines import DATE, NUMBERED, Found, bigrams, han_count, is_known_name, is_outlet
from tasks.text.scripts import is_traditional, to_simplified

SUBTITLE = re.compile("[—―-]{1,2}[^—―-]")
LABELLED = re.compile(
    r"(?:来\s*源|來源|稿源|出处|作\s*者|编\s*辑|編輯|責編|责编|校对|审核|审校|审签|[一二三初复终]审|监制|排版|统筹|策划|值班主任|发布[人者]|记者|通讯员|撰文|供稿|文|时\s*间|日\s*期)\s*[:：|/／]|来自|本报记者|(?:发布|发表|更新)于"
)
NOT_A_NAME = frozenset(
    "公布 施行 废止 通过 发布 批准 修订 修正 前言 引言 摘要 目录 正文 附件 附录 总则 附则 序言 说明 导语 提要 编者按 同志们".split()
)
_BYLINE = re.compile(r"[\u4e00-\u9fff·]{2,5}\s*[/／|｜]\s*\S{2,10}")
_TITLE_NOUN = re.compile(
    "(?:条例|办法|规定|规则|细则|决定|决议|解释|意见|通知|通告|公告|通报|批复|函|报告|讲话|致辞|方案|计划|规划|总结|纲要|章程|纪要)(?:[(（].{1,12}[)）])?$"
)
_TITLE_BREAKS = re.compile("[。；;]|[:：]$|^[—―-]|^[（(【\\[]")


def folded(line: str) -> str:
    """The line in Simplified characters, for matching only; the same length."""
    return to_simplified(line) if is_traditional(line) else line


def date_line(head: list[str], credits: dict[int, list[Found]], furnished: bool) -> int | None:
    """The line that prints when the article appeared: a clock or a label proves it; a bare date only beside page furniture."""
    bare = None
    for i in sorted(credits, reverse=True):
        when = [f for f in credits[i] if f.field == "published_at"]
        if not when:
            continue
        names = [f for f in credits[i] if f.field in ("source", "author", "unnamed")]
        if "T" in when[0].value or LABELLED.search(head[i]) or any(is_outlet(f.value) for f in names):
            return i
        if furnished and names and re.match("[-/.]", head[i][when[0].start + 4 :]):
            return i  # statutes print 年 and 月
        if len(credits[i]) == 1 and furnished and bare is None:
            bare = i
    return bare


def title_line(head: list[str], credits: dict[int, list[Found]], dated: int | None, has_prose: bool, body: set[str]) -> int | None:
    """
    The line that names the article. `body` are bigrams of its running text.

    Above a date line the best of the candidates by length, closeness and words shared with the body; without one only
    the first line, and only where running text follows.
    """
    if dated is None:
        first = next((i for i in range(len(head)) if i not in credits), None)
        if first is None or first >= 3 or not title_like(head[first]):
            return None
        return first if has_prose or (len(head[first]) >= 8 and _TITLE_NOUN.search(head[first])) else None
    best, best_score = None, 0.0
    for i in range(dated):
        line = head[i]
        if i in credits or not title_like(line) or is_name(line):
            continue
        grams = bigrams(line)
        score = 1.0 + (8 <= len(line) <= 45) + 2 * (len(grams & body) / len(grams) if grams else 0) + 1 / (dated - i)
        if score >= best_score:
            best, best_score = i, score
    return best


def title_like(line: str) -> bool:
    """Whether a line has the shape of a title: short, no sentence, no numbered heading, no byline, no date."""
    if DATE.search(line) or _BYLINE.fullmatch(line):
        return False
    return 4 <= len(line) <= 70 and han_count(line) >= 2 and not _TITLE_BREAKS.search(line) and not NUMBERED.match(line)


def is_name(line: str) -> bool:
    """A short line that can only be one or more names."""
    names = line.split()
    return bool(names) and all(is_known_name(n) and n not in NOT_A_NAME for n in names)
