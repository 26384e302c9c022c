"""What a number is about: the subject of its clause and what is measured, as spans of the text.

Words of the clause are told apart by a byte for each character (`classes`): 0 inside a word, else the class of the word that
begins there. Nothing is composed: a subject or measure is a run of characters that stands in the text.

    measure   of things counted the noun behind the unit (7名|种树能手); of the rest the words before the number, without what only
              links them (果园年收入|突破 3亿元), or the noun that a bound or 的 ties to it (五百元以下|罚款, 50公分的|距离)
    subject   the nouns that open the clause, or those of an earlier clause of the sentence
"""

from __future__ import annotations

import re

from tasks.enrich.facts.quantities import Quantity

OTHER, NOUN, VERB, SMALL, NUMERAL, TIME, ADJECTIVE, PRONOUN = range(1, 9)
_CLASS_OF_TAG = {"n": NOUN, "j": NOUN, "l": NOUN, "i": NOUN, "s": NOUN, "e": NOUN, "v": VERB, "d": SMALL, "p": SMALL, "c": SMALL, "u": SMALL, "y": SMALL,
                 "r": PRONOUN, "m": NUMERAL, "q": NUMERAL, "t": TIME, "a": ADJECTIVE, "b": ADJECTIVE, "z": ADJECTIVE}

Span = tuple[int, int] | None

_STOPS = "，,。；;：:！!？?\n（("
_NOUN_END = re.compile(r"[，,。；;：:、！!？?\n（(）)《]")
_BOUND = re.compile(r"(?:（含）|及|或)?以[上下内]|之内|左右|上下|不等|之间|[多余内前后]")
_UPPER = re.compile(r"(?:至|到)?[一二两三四五六七八九十百千万亿0-9.]+(?:万元|元|年|倍|个月|日|天|%|平方米|米|人|周岁)以下的?")
_EMPTY = frozenset(
    "达到 达 为 是 约 约为 共 仅 有 突破 超过 超 近 已 已达 将 增长 下降 减少 增加 上升 提高 降低 实现 完成 不低于 不少于 不超过 至少 各 累计 先后 处 并处 处以 "
    "可处 单处 可以 可 给予 判处 按 占 报 在 了 的 至 到 不得 逾 过 跌 涨 升 降 分别 均 同比 环比 比 高达 多达 只有 仅有 总共 一共 共计 合计 总计 保持 由 从 和 与 "
    "或者 或 不足 低于 高于 大约 左右 下滑 上涨 下跌 满 年满 已满 不满 未满 届满 平均 也 就 都 还 又 被 将近 接近 最多 至多 最低 最高 新增 扩大 缩短 每 每年 每月 每人 "
    "有望 预计 力争 争取 确保 建议 即将 现在 目前 起码 这 进行 以上 以下 最长 最短 少于 多于 大于 小于 等于 不 能 会 要 应 应当 必须 左右 设 设有 持续 甚至 普遍 "
    "最快 最慢 元 以 内 前 后 里 中 上 下".split()
)
_HEADS = ("活动", "工作", "建设", "服务", "投资", "服务", "补助", "捐款", "支出", "收入", "贷款", "处罚", "会议", "检查", "检测", "体检", "竞赛", "培训")
_TIED = frozenset(("money", "ratio", "duration", "measure", "age"))


def class_of(tag: str) -> int:
    """The class of words with a tag of the cutter."""
    return _CLASS_OF_TAG.get(tag[:1], OTHER)


def about(
    text: str, quantity: Quantity, kind: str, clause: int, sentence: int, classes: bytes, previous: tuple[Span, Span, int] | None
) -> tuple[Span, Span]:
    """
    Subject and measure of a quantity; either is None where the sentence does not show it.

    `clause` and `sentence` are where they begin; `previous` holds subject, measure and end of the quantity before in the same sentence.
    """
    behind, tied = _after(text, quantity, kind, classes)
    first = clause
    if previous is not None and previous[2] > clause:  # 五千元以上五万元以下: words before the last number are not about this one
        bound = _BOUND.match(text, previous[2])
        first = bound.end() if bound else previous[2]
    ahead = _before(text, quantity.start, first, classes)
    subject = _subject(text, clause, quantity.start, classes)
    if subject is None and clause > sentence:
        subject = _of_earlier_clauses(text, sentence, clause, classes)
    if quantity.kind in _TIED:
        measure = behind if tied and behind else ahead or behind
    else:
        measure = behind or ahead
    if measure is None:
        if previous is not None:
            measure, subject = previous[1], subject or previous[0]
        elif clause > sentence:
            measure = _before(text, clause - 1, _clause_before(text, clause - 1, sentence), classes)
    if subject is None and measure is behind and ahead is not None:
        subject = ahead
    return _apart(subject, measure, classes)


def _apart(subject: Span, measure: Span, classes: bytes) -> tuple[Span, Span]:
    """A measure that begins with the subject leaves it out; a subject inside the measure is none."""
    if subject is None or measure is None or subject[1] <= measure[0] or measure[1] <= subject[0]:
        return subject, measure
    if subject[0] <= measure[0] and measure[1] > subject[1] and any(classes[k] in (NOUN, VERB, OTHER) for k in range(subject[1], measure[1])):
        start = subject[1]
        while start < measure[1] and classes[start] in (0, SMALL) and start < measure[1] - 2:
            start += 1
        return subject, (start, measure[1])
    return (None, measure) if measure[0] <= subject[0] else (subject, measure)


def _after(text: str, quantity: Quantity, kind: str, classes: bytes) -> tuple[Span, bool]:
    """The noun behind the unit, and whether a bound or 的 ties the number to it: 7名种树能手, 五百元以下的罚款."""
    start = quantity.stop
    bound = _BOUND.match(text, start)
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
    if quantity.kind in _TIED and kind != "phrase_count":
        if tied and bound and bound.group() in ("内", "前", "后", "以内", "之内") and not text.startswith("的", start - 1):
            return _phrase(text, start), False  # 三个月前向理事会提出
        if not tied and (quantity.kind == "age" or (start < len(classes) and classes[start] not in (NOUN, 0))):
            return None, False
        found = _noun_phrase(text, start, classes)
        ends = found is None or found[1] >= len(text) or text[found[1]] in _STOPS + "、）)”或"
        return found, tied or (found is not None and ends)
    return _noun_phrase(text, start, classes), False


def _phrase(text: str, start: int) -> Span:
    end_match = _NOUN_END.search(text, start, start + 16)
    end = end_match.start() if end_match else min(len(text), start + 16)
    return (start, end) if end - start > 1 else None


def _noun_phrase(text: str, start: int, classes: bytes) -> Span:
    """From start up to the first verb or small word behind a noun."""
    end_match = _NOUN_END.search(text, start, start + 30)
    end = end_match.start() if end_match else min(len(text), start + 30)
    at, seen, last = start, False, start
    while at < end:
        word_end = at + 1
        while word_end < end and not classes[word_end]:
            word_end += 1
        kind, word = classes[at], text[at:word_end]
        if kind == SMALL:
            if word not in ("的", "和", "与", "及", "以及", "之", "等") and seen:
                break
            if not seen and word not in ("的", "之"):
                return None
        elif kind in (NUMERAL, TIME):
            if seen or at > start:
                break
            return None
        elif kind == VERB and seen:
            follows = word_end < end and classes[word_end] == NOUN
            if word not in _HEADS and not follows:
                break
            last = word_end if word in _HEADS else last
        elif kind in (NOUN, OTHER, 0, VERB, ADJECTIVE):
            if word in _EMPTY and not seen and kind == VERB:
                return None
            seen = seen or kind in (NOUN, OTHER, 0, VERB)
            last = word_end
        at = word_end
    while last > start and text[last - 1] in "”」的“等和与及":
        last -= 1
    return (start, last) if last - start > 1 and seen else None


def _before(text: str, stop: int, clause: int, classes: bytes) -> Span:
    """The words of the clause before the number, without what only links them: 果园年收入|突破, 支出|减少."""
    start = max(clause, stop - 30)
    end = _stripped(text, start, stop, classes)
    start = _opened(text, start, end, classes)
    start = max(start, end - 20)
    while start < end and not classes[start]:
        start += 1
    return (start, end) if end - start > 1 and any(classes[k] in (NOUN, VERB, OTHER, ADJECTIVE) for k in range(start, end)) else None


def _stripped(text: str, start: int, stop: int, classes: bytes) -> int:
    """Where the last word stands that says something."""
    end = stop
    while end > start:
        at = end - 1
        while at > start and not classes[at]:
            at -= 1
        word = text[at:end]
        if word in _EMPTY or classes[at] in (SMALL, NUMERAL, TIME) or not word.strip(" \u3000、和及与“”（）()/") or word[0] in "0123456789xX":
            end = at
        elif word[-1] in "约近超达共各满为" and len(word) > 1:
            end -= 1
        else:
            break
    return end


def _opened(text: str, start: int, end: int, classes: bytes) -> int:
    """Past the times, conjunctions and prepositions that open a clause."""
    while start < end:
        stop = start + 1
        while stop < end and not classes[stop]:
            stop += 1
        word = text[start:stop]
        if classes[start] not in (0, SMALL, TIME, NUMERAL) and word.strip(" \u3000、”“年月日）)") and word[0] not in "0123456789xX" and word not in _EMPTY:
            break
        start = stop
    return start


def _subject(text: str, clause: int, stop: int, classes: bytes) -> Span:
    """The nouns that open a clause, up to its first verb or adverb."""
    at = _opened(text, clause, stop, classes)
    start, end, seen = at, at, False
    while at < stop:
        word_end = at + 1
        while word_end < stop and not classes[word_end]:
            word_end += 1
        kind, word = classes[at], text[at:word_end]
        if kind in (VERB, NUMERAL) or (kind == SMALL and word not in ("的", "和", "与", "及", "之")) or (word in _EMPTY and seen) or word[0].isdigit():
            break
        seen = seen or kind in (NOUN, OTHER)
        if kind in (NOUN, OTHER, ADJECTIVE):
            end = word_end
        at = word_end
    return (start, min(end, start + 30)) if seen and end - start > 1 else None


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
        found = _subject(text, start, stop, classes)
        if found:
            return found
        stop = start - 1
    return None
