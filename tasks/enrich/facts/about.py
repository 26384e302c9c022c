"""What a number is about: the subject of its clause and what is measured, as spans of the text.

Words of the clause are told apart by a byte for each character (`classes`): 0 inside a word, else the class of the word that
begins there. Nothing is composed: a subject or measure is a run of characters that stands in the text.

    measure   of things counted the noun behind the unit (7名|种树能手); of the rest the words before the number, without what only
              links them (果园年收入|突破 3亿元), or the noun that a bound or 的 ties to it (五百元以下|罚款, 50公分的|距离)
    subject   the nouns that open the clause, or those of an earlier clause of the sentence
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tasks.enrich.facts.quantity import Quantity

OTHER, NOUN, VERB, SMALL, NUMERAL, TIME, ADJECTIVE, PRONOUN = range(1, 9)
_CLASS_OF_TAG = dict.fromkeys("njlise", NOUN) | dict.fromkeys("dpcuy", SMALL) | dict.fromkeys("mq", NUMERAL) | {
    "a": ADJECTIVE, "b": ADJECTIVE, "z": ADJECTIVE, "v": VERB, "r": PRONOUN, "t": TIME,
}

Span = tuple[int, int] | None
Word = tuple[int, int, str, int]  # start, stop, characters, class

_WORD = re.compile(rb"[^\0]\0*|\0+", re.DOTALL)  # in the bytes of classes

_STOPS = "，,。；;：:！!？?\n（("
_NOUN_END = re.compile(r"[，,。；;：:、！!？?\n（(）)《”」]")
_BOUND = re.compile(r"(?:（含）|及|或)?以[上下内]|之内|左右|上下|不等|之间|[多余内前后]")
_BOUND_FIRST = tuple("（及或以之左上不多余内前后")
_UPPER = re.compile(r"(?:至|到)?[一二两三四五六七八九十百千万亿0-9.]+(?:万元|元|年|倍|个月|日|天|%|平方米|米|人|周岁)以下的?")
_EMPTY = frozenset(
    "条 款 来 达到 达 为 是 约 约为 共 仅 有 突破 超过 超 近 已 已达 将 增长 下降 减少 增加 上升 提高 降低 实现 完成 不低于 不少于 "
    "不超过 至少 各 累计 先后 处 并处 处以 可处 单处 可以 可 给予 判处 按 占 报 在 了 的 至 到 不得 逾 过 跌 涨 升 降 分别 均 "
    "同比 环比 比 高达 多达 只有 仅有 总共 一共 共计 合计 总计 保持 由 从 和 与 或者 或 不足 低于 高于 大约 左右 下滑 上涨 下跌 "
    "满 年满 已满 不满 未满 届满 平均 也 就 都 还 又 被 将近 接近 最多 至多 最低 最高 新增 扩大 缩短 每 每年 每月 每人 有望 "
    "预计 力争 争取 确保 建议 即将 现在 目前 起码 这 进行 以上 以下 最长 最短 少于 多于 大于 小于 等于 不 能 会 要 应 应当 必须 "
    "设 设有 持续 甚至 普遍 最快 最慢 元 以 内 前 后 里 中 上 下".split()
)
_HEADS = frozenset("活动 工作 建设 服务 投资 补助 捐款 支出 收入 贷款 处罚 会议 检查 检测 体检 竞赛 培训".split())
_LINKS = ("的", "和", "与", "及", "以及", "之", "等")
_ENDS = ("", *_STOPS, "、", "）", ")", "”", "或")
_CONTENT = frozenset((NOUN, VERB, OTHER, ADJECTIVE))
_HOLLOW = frozenset((SMALL, NUMERAL, TIME))
_OPENING = frozenset((0, SMALL, NUMERAL, TIME))
_NO_WORD = frozenset(" \u3000、“”（）()/\n0123456789xX")
_TIED = frozenset(("money", "ratio", "duration", "measure", "age"))


class About(NamedTuple):
    """What was found for one quantity, and what its neighbour in the clause shares: the clause, what opens it, where the number ends."""

    subject: Span
    measure: Span
    opening: Span
    clause: int
    stop: int


def class_of(tag: str) -> int:
    """The class of words with a tag of the cutter."""
    return NOUN if tag == "vn" else _CLASS_OF_TAG.get(tag[:1], OTHER)


def words_of(text: str, start: int, stop: int, classes: bytes) -> list[Word]:
    """The words between two places; a piece of a word at the beginning has class 0."""
    words, at = [], start
    for piece in _WORD.findall(classes, start, stop):
        end = at + len(piece)
        words.append((at, end, text[at:end], piece[0]))
        at = end
    return words


def about(
    text: str, quantity: Quantity, kind: str, clause: int, sentence: int, classes: bytes, previous: About | None
) -> About:
    """
    Subject and measure of a quantity; either is None where the sentence does not show it.

    `clause` and `sentence` are where they begin; `previous` is what was found for the quantity before in the same sentence.
    """
    behind, tied = _after(text, quantity, kind, classes)
    if previous is not None and previous.clause == clause:
        # 五千元以上五万元以下: the words before the last number are not about this one
        bound = _BOUND.match(text, previous.stop)
        ahead = _before(words_of(text, bound.end() if bound else previous.stop, quantity.start, classes))
        opening = previous.opening
    else:
        words = words_of(text, max(clause, quantity.start - 32), quantity.start, classes)
        ahead, opening = _before(words), _subject(words)
        if opening is None and clause > sentence:
            opening = previous.opening if previous is not None else _of_earlier_clauses(text, sentence, clause, classes)
    subject = opening
    if quantity.kind in _TIED:
        measure = behind if tied and behind else ahead or behind
    else:
        measure = behind or ahead
    if measure is None:
        if previous is not None:
            measure, subject = previous.measure, subject or previous.subject
        elif clause > sentence:
            measure = _before(words_of(text, max(_clause_before(text, clause - 1, sentence), clause - 31), clause - 1, classes))
    if subject is None and measure is behind and ahead is not None:
        subject = ahead
    subject, measure = _apart(subject, measure, classes)
    return About(subject, measure, opening, clause, quantity.stop)


def _apart(subject: Span, measure: Span, classes: bytes) -> tuple[Span, Span]:
    """A measure that begins with the subject leaves it out; a subject inside the measure is none."""
    if subject is None or measure is None or subject[1] <= measure[0] or measure[1] <= subject[0]:
        return subject, measure
    if subject[0] <= measure[0] and any(classes[k] in _CONTENT for k in range(subject[1], measure[1])):
        start = subject[1]
        while start < measure[1] - 2 and classes[start] in (0, SMALL, TIME):
            start += 1
        return subject, (start, measure[1])
    return (None, measure) if measure[0] <= subject[0] else (subject, measure)


def _after(text: str, quantity: Quantity, kind: str, classes: bytes) -> tuple[Span, bool]:
    """The noun behind the unit, and whether a bound or 的 ties the number to it: 7名种树能手, 五百元以下的罚款."""
    start = quantity.stop
    bound = _BOUND.match(text, start) if text[start:start + 1] in _BOUND_FIRST else None
    if bound:
        start = bound.end()
        upper = _UPPER.match(text, start)
        if upper:  # 五千元以上五万元以下罚款
            return _noun_phrase(text, upper.end(), classes), True
    tied = bound is not None and bound.group() not in ("左右", "上下", "多", "余")
    if text[start:start + 1] == "的":
        start, tied = start + 1, True
    elif text[start:start + 1] in ("“", "「"):
        start += 1
    if text[start:start + 1] in _ENDS:
        return None, False
    if quantity.kind in _TIED and kind != "phrase_count":
        if tied and bound and bound.group() in ("内", "前", "后", "以内", "之内") and text[start - 1] != "的":
            return _phrase(text, start), False  # 三个月前向理事会提出
        if not tied and (quantity.kind == "age" or classes[start] not in (NOUN, 0)):
            return None, False
        found = _noun_phrase(text, start, classes)
        ends = found is None or text[found[1]:found[1] + 1] in _ENDS
        return found, tied or (found is not None and ends)
    return _noun_phrase(text, start, classes), False


def _phrase(text: str, start: int) -> Span:
    end_match = _NOUN_END.search(text, start, start + 16)
    end = end_match.start() if end_match else min(len(text), start + 16)
    return (start, end) if end - start > 1 else None


def _noun_phrase(text: str, start: int, classes: bytes) -> Span:
    """From start up to the first verb or small word behind a noun."""
    end_match = _NOUN_END.search(text, start, start + 24)
    end = end_match.start() if end_match else min(len(text), start + 24)
    seen, last = False, start
    stop = start
    for piece in _WORD.findall(classes, start, end):
        at, stop, kind = stop, stop + len(piece), piece[0]
        if kind == NOUN or kind == 0 or kind == OTHER:
            seen, last = True, stop
            continue
        if kind == SMALL:
            word = text[at:stop]
            if seen and word not in _LINKS:
                break
            if not seen and word not in ("的", "之"):
                return None
        elif kind in (NUMERAL, TIME):
            if not seen:
                return None
            break
        elif kind == VERB:
            word = text[at:stop]
            if not seen:
                if word in _EMPTY:
                    return None
                seen, last = True, stop
            elif word in _HEADS:
                last = stop
            elif stop >= end or classes[stop] != NOUN:
                break
        elif kind == ADJECTIVE:
            last = stop
    while last > start and text[last - 1] in "”」的“等和与及":
        last -= 1
    return (start, last) if last - start > 1 and seen else None


def _before(words: list[Word]) -> Span:
    """The words of the clause before the number, without what only links them: 果园年收入|突破, 支出|减少."""
    high = len(words)
    end = words[-1][1] if words else 0
    while high:
        start, end, word, kind = words[high - 1]
        if kind not in _HOLLOW and word not in _EMPTY and word[0] not in _NO_WORD:
            end -= len(word) > 1 and word[-1] in "约近超达共各满为"
            break
        high -= 1
        end = start
    low = _opened(words, high)
    while low < high and words[low][0] < end - 20:
        low += 1
    if low >= high or end - words[low][0] < 2:
        return None
    for word in words[low:high]:
        if word[3] in _CONTENT:
            return words[low][0], end
    return None


def _opened(words: list[Word], high: int) -> int:
    """Past the times, conjunctions and prepositions that open a clause."""
    every = False
    for k in range(high):
        _, _, word, kind = words[k]
        if every:  # 每半年, 每平方米
            every = False
            continue
        if word[0] == "每":
            every = len(word) == 1
            continue
        if kind not in _OPENING and word[0] not in _NO_WORD and word not in _EMPTY and word not in ("年", "月", "日"):
            return k
    return high


def _subject(words: list[Word]) -> Span:
    """The nouns that open a clause, up to its first verb or adverb."""
    low = _opened(words, len(words))
    end, seen = 0, False
    for _, stop, word, kind in words[low:]:
        if kind == NOUN or kind == OTHER:
            if word in _EMPTY and seen:
                break
            seen, end = True, stop
        elif kind == ADJECTIVE:
            end = stop
        elif kind in (VERB, NUMERAL) or (kind == TIME and seen) or (kind == SMALL and word not in _LINKS):
            break
    if not seen:
        return None
    start = words[low][0]
    return (start, min(end, start + 30)) if end - start > 1 else None


def _clause_before(text: str, stop: int, sentence: int) -> int:
    start = stop
    while start > sentence and text[start - 1] not in _STOPS:
        start -= 1
    return start


def _of_earlier_clauses(text: str, sentence: int, clause: int, classes: bytes) -> Span:
    """The subject that an earlier clause of the sentence named last, four clauses back at most."""
    stop = clause - 1
    for _ in range(4):
        if stop <= sentence:
            break
        start = _clause_before(text, stop, sentence)
        found = _subject(words_of(text, start, min(stop, start + 40), classes))
        if found:
            return found
        stop = start - 1
    return None
