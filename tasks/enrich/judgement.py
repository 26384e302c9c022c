"""What kind of text an article is and how good: language, genre, dirt that was left, quality."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Spans = Sequence[tuple[int, int]]  # of one text, sorted and disjoint

LEAST_LETTERS = 8  # below this a language cannot be told

# Signs of page furniture and of broken characters; none of them stands in statutes or speeches.
# The syntax is RE2's, which asks all articles at once; Python's re counts where the answer is yes.
_DIRT_PATTERN = (
    "当前位置|您的位置|您现在的位置|上一篇[:：]|下一篇[:：]|上一页|下一页|尾页|点击查看|点击进入|点击下载|扫一扫|扫描二维码|加载更多|展开全文|阅读全文"
    "|相关阅读[:：]|相关链接[:：]|相关新闻[:：]|推荐阅读[:：]|责任编辑[:：]|版权所有|转载请注明|未经授权|分享到|收藏本站|返回首页|返回顶部|网站地图|打印本页|关闭窗口"
    "|[\u3400-\u9fff][（(][a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*[)）]"  # a reading after its character
    "|[\ufffd\ue000-\uf8ff]|锟斤拷|烫烫烫|&(?:nbsp|amp|lt|gt|quot|#[0-9]+);|</?(?:div|span|p|br|a|td|tr|script)[ >/]"
)
_DIRT = re.compile(_DIRT_PATTERN)
_END = "。！？!?…：；”）)."

GENRES = (  # tried in order: genre, pattern in the title, pattern at the head of the text (of laws: anywhere in its first pages)
    ("law", re.compile(r"(?:条例|法|规定|办法|细则|规则|章程|解释|决定)(?:[（(].{1,20}[)）])?$"), re.compile(r"第(?<![^\n].)一[条章]")),
    ("speech", re.compile(r"讲话|致辞|发言|演讲|讲稿"), re.compile(r"(?:尊敬的|各位|同志们|女士们|朋友们|老师们)")),
    ("report", re.compile(r"工作报告|调研报告|总结|汇报"), None),
    ("notice", re.compile(r"通知|公告|通告|公示|函$"), None),
    ("news", None, re.compile(r"[^\n]{0,24}(?:讯|电)(?:[（(]|\s|　)|记者[\u4e00-\u9fff]{2,4}[)）]?报道")),
)


@dataclass(frozen=True, slots=True)
class Judgement:
    language: str | None
    genre: str | None
    residual_dirt: int
    quality_score: float


def count_dirt(texts: list[str], left: Sequence[Spans] | None = None) -> list[int]:
    """Signs of dirt in each text, beside the spans that cleaning's detectors found in it again."""
    has_dirt = pc.match_substring_regex(pa.array(texts, pa.string()), _DIRT_PATTERN).to_pylist()
    left = left or [()] * len(texts)
    return [len(spans) + (_signs(text, spans) if dirty else 0) for text, dirty, spans in zip(texts, has_dirt, left, strict=True)]


def _signs(text: str, spans: Spans) -> int:
    """Signs that no span touches."""
    starts = [start for start, _ in spans]
    count = 0
    for m in _DIRT.finditer(text):
        i = bisect_left(starts, m.end())
        count += i == 0 or spans[i - 1][1] <= m.start()
    return count


class Around(NamedTuple):
    """What is known of an article beside its text."""

    damage: int = 0  # flags in it: unreadable, guessed, masked or missing characters
    share: float = 1.0  # of its page's characters that stand in articles


def judge(text: str, title: str | None, is_truncated: bool, dirt: int, around: Around = Around()) -> Judgement:  # noqa: B008 - immutable
    """
    Judge one article; `dirt` is what `count_dirt` found.

    quality_score is the mean of seven parts, each 0 to 1:
        script       share of Han, letters, digits and ordinary punctuation among all characters that are not blank
        prose        share of characters in paragraphs that end as sentences do
        variety      share of characters in paragraphs that do not repeat an earlier one
        cleanness    1 - signs of dirt per 200 characters, at least 0
        completeness 0.5 where the page breaks off, else 1
        soundness    1 - flags of damage per 200 characters, at least 0
        body         share of the page's characters that stand in articles; half of them and more is 1
    """
    points = np.minimum(np.frombuffer(text.encode("utf-32-le"), np.uint32), _BEYOND)
    classes = _CLASS[points]
    count = [np.count_nonzero(classes == kind) for kind in range(_BLANK + 1)]
    language = _language(count[_HAN], count[_LATIN], count[_KANA], count[_HANGUL])
    visible = len(points) - count[_BLANK]
    script = 1 - count[_OTHER] / visible if visible else 0.0
    return Judgement(language, _genre(text, title), dirt, _quality(text, script, dirt, is_truncated, around))


_OTHER, _HAN, _LATIN, _KANA, _HANGUL, _MARK, _BLANK = range(7)
_BEYOND = 0x323B0  # first character behind the last block of Han


def _classes() -> np.ndarray:
    """A class for every character up to the end of Han."""
    table = np.zeros(_BEYOND + 1, np.uint8)
    for kind, ranges in {
        _HAN: ((0x3007, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
        _LATIN: ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
        _KANA: ((0x3041, 0x30FF),), _HANGUL: ((0xAC00, 0xD7A3),),
        _MARK: ((0x21, 0x2F), (0x30, 0x39), (0x3A, 0x3F), (0x5B, 0x5F), (0xB7, 0xB7), (0xD7, 0xD7), (0x2013, 0x2026), (0x2460, 0x249B),
                (0x2160, 0x217B), (0x3001, 0x3006), (0x3008, 0x301F), (0xFF01, 0xFF20)),
        _BLANK: ((0x9, 0xD), (0x20, 0x20), (0xA0, 0xA0), (0x3000, 0x3000)),
    }.items():
        for low, high in ranges:
            table[low:high + 1] = kind
    return table


_CLASS = _classes()


def _language(han: int, latin: int, kana: int, hangul: int) -> str | None:
    letters = han + latin / 4 + kana + hangul  # four Latin letters weigh as much as one Han character
    if letters < LEAST_LETTERS:
        return None
    if kana > 0.1 * letters:
        return "ja"
    if hangul > 0.3 * letters:
        return "ko"
    return "zh" if han >= 0.3 * letters else "und"


def _genre(text: str, title: str | None) -> str | None:
    for genre, in_title, in_text in GENRES:
        by_title = bool(in_title and title and in_title.search(title))
        if genre == "law":
            if (by_title or not title) and in_text.search(text, 0, 4000):
                return genre
        elif by_title or (in_text and in_text.match(text, 0, 400)):
            return genre
    return None


def _quality(text: str, script: float, dirt: int, is_truncated: bool, around: Around) -> float:
    if not text:
        return 0.0
    prose = fresh = 0
    seen: set[str] = set()
    lines = text.split("\n")
    for line in lines:
        if line and line[-1] in _END:
            prose += len(line)
        if line not in seen:
            fresh += len(line)
            seen.add(line)
    body = max(1, len(text) - len(lines) + 1)
    cleanness = max(0.0, 1 - dirt * 200 / len(text))
    soundness = max(0.0, 1 - around.damage * 200 / len(text))
    whole = 0.5 if is_truncated else 1.0
    return round((script + prose / body + fresh / body + cleanness + whole + soundness + min(1.0, 2 * around.share)) / 7, 4)
