"""A thread of comments below an article: names, times, what readers said, buttons, again and again.

What a reader wrote looks like prose, so no line of it can be judged alone. The thread is found by its frame: a header that says
comments, and below it lines that are only a time (with a name or a floor) and lines that are only buttons, close to each other.
Everything between the header and the last sign of the frame is the thread.
"""

from __future__ import annotations

import re

from tasks.text.lines import NUMERAL, ends_sentence, han_count

ABOVE = 60  # Han characters of running text that stand above a thread: the article
GAP = 6  # lines between two signs of the frame: name, several lines of one comment, an answer quoted
LONGEST_STAMP, LONGEST_HEADER = 48, 30  # characters
LEAST_STAMPS = 2  # below a header; one is enough where buttons stand with it
LEAST_BUTTONS = 2

_HEADER = re.compile(
    r"\W{0,6}(?:全部|所有|最新|最热|热门|精彩|精选|网友|网民|读者|用户|文章|相关|更多|发表的?|查看)?的?"
    r"(?:评论|跟帖|跟贴|留言|回帖|点评|神评|讨论|回复|回应|书评|短评)(?:列表|内容|区|专区|选登|摘录|精选)?"
    r"\W{0,4}(?:共?\d{1,6}\+?[条个则]?(?:评论|留言|回复)?)?\W{0,6}"
    r"|\W{0,6}(?:共有?|已有)?\s?\d{1,6}\s?[条个则篇](?:网友|精彩|全部)?(?:评论|跟帖|跟贴|留言|回帖|点评|回复|讨论)\W{0,6}"
    r"|\W{0,6}(?:大家都?在[说聊]|听听网友怎么说|网友怎么看|网友(?:热议|说))\W{0,6}"
)
_TIME = re.compile(
    r"刚刚|\d{1,2}\s?(?:秒钟?|分钟?|个?小时|天|周|个?月|年)前|(?:今天|昨天|前天|周[一二三四五六日])\s?\d{1,2}:\d\d(?::\d\d)?"
    r"|(?:(?:19|20)?\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?\s{0,2}\d{1,2}:\d\d(?::\d\d)?|(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)"
)
_FLOOR = re.compile(r"^\W{0,3}(?:第?\d{1,5}\s?[楼层]|#\s?\d{1,5}|沙发|板凳|地板|楼主)\W{0,3}(?:的?网友)?")
_BUTTON = re.compile(
    r"回复(?:\s?TA|他|她)?|点赞|已赞|赞同?|踩|举报|支持|反对|顶|引用|收起(?:回复)?|展开(?:回复|更多|全部)?|有用|喜欢|投诉|删除|盖楼|只看(?:该作者|楼主|TA)"
    r"|(?:查看|共|还有)\s?\d{1,5}\s?条(?:回复|评论)|分享|亮了|弱|感谢|沙发|板凳|地板|楼主|第?\d{1,5}[楼层]|#\d{1,5}"
)
_FILLING = re.compile(r"[\d\W_wWkK万千]*")
_PROVISION = re.compile(rf"第\s*{NUMERAL}\s*[编章节条款]")  # the article's, which goes on
_STOPS = re.compile("[。！？!?；;，,]")


def find_threads(lines: list[str]) -> list[tuple[int, int]]:
    """Half-open runs of lines that are threads with their headers; lines are stripped and folded."""
    found: list[tuple[int, int]] = []
    above = 0
    i = 0
    while i < len(lines):
        if above >= ABOVE and len(lines[i]) <= LONGEST_HEADER and _HEADER.fullmatch(lines[i]) and (end := _end(lines, i + 1)):
            found.append((i, end))
            i = end
            continue
        if ends_sentence(lines[i]):
            above += han_count(lines[i])
        i += 1
    return found


def _end(lines: list[str], first: int) -> int | None:
    """The line behind a thread whose frame begins at `first`, or None."""
    stamps = buttons = 0
    last, last_is_stamp = first - 1, False
    for i in range(first, len(lines)):
        if i - last > GAP or _PROVISION.match(lines[i]):
            break
        if is_stamp(lines[i]):
            stamps, last, last_is_stamp = stamps + 1, i, True
        elif is_buttons(lines[i]):
            buttons, last, last_is_stamp = buttons + 1, i, False
    if stamps < LEAST_STAMPS and not (stamps and buttons >= LEAST_BUTTONS):
        return None
    end = last + 1
    if last_is_stamp:  # what the last reader said stands below the time, or the time stands below it
        spoken_first = first < last and _spoken_above(lines, first, last)
        if not spoken_first and end < len(lines) and not _PROVISION.match(lines[end]):
            end += 1
    return end


def _spoken_above(lines: list[str], first: int, last: int) -> bool:
    """Whether the times of this thread stand below what was said: its first time has a sentence above it."""
    earliest = next(i for i in range(first, last + 1) if is_stamp(lines[i]))
    return any(_STOPS.search(line) for line in lines[first:earliest])


def is_stamp(line: str) -> bool:
    """A line that tells when a comment was made, with a name, a floor or a place, and says nothing."""
    if len(line) > LONGEST_STAMP:
        return False
    time = _TIME.search(line)
    if time is None:
        return False
    rest = _FLOOR.sub("", line[: time.start()]) + line[time.end() :]
    return len(rest) <= LONGEST_STAMP - 12 and _STOPS.search(rest) is None


def is_buttons(line: str) -> bool:
    """A line of nothing but the buttons and counters of a comment."""
    if len(line) > LONGEST_STAMP or not _BUTTON.search(line):
        return False
    return _FILLING.fullmatch(_BUTTON.sub("", line)) is not None
