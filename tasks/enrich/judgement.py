"""What kind of text an article is and how good: language, genre, dirt that was left, quality."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

LEAST_LETTERS = 8  # below this a language cannot be told

# Signs of page furniture and of broken characters; none of them stands in statutes or speeches.
_DIRT = re.compile(
    r"当前位置|您的位置|您现在的位置|上一篇[:：]|下一篇[:：]|上一页|下一页|尾页|点击查看|点击进入|点击下载|扫一扫|扫描二维码|加载更多|展开全文|阅读全文|相关阅读[:：]|相关链接[:：]|相关新闻[:：]"
    r"|推荐阅读[:：]|责任编辑[:：]|编辑[:：][\u4e00-\u9fff]{2,3}$|版权所有|转载请注明|未经授权|分享到|收藏本站|返回首页|返回顶部|网站地图|打印本页|关闭窗口|字体[:：]?[大中小 ]{3}"
    r"|[\u3400-\u9fff][（(][a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*[)）]"  # a reading after its character
    r"|[\ufffd\ue000-\uf8ff]|锟斤拷|烫烫烫|&(?:nbsp|amp|lt|gt|quot|#\d+);|</?(?:div|span|p|br|a|td|tr|script)\b"
)
_END = "。！？!?…：；”）)."

GENRES = (  # tried in order: genre, pattern in the title, pattern in the first characters of the text
    ("law", re.compile(r"(?:条例|法|规定|办法|细则|规则|章程|解释|决定)(?:[（(].{1,20}[)）])?$"), re.compile(r"(?:^|\n)第一[条章]")),
    ("speech", re.compile(r"讲话|致辞|发言|演讲|讲稿"), re.compile(r"^(?:尊敬的|各位|同志们|女士们|朋友们|老师们)")),
    ("report", re.compile(r"工作报告|调研报告|总结|汇报"), None),
    ("notice", re.compile(r"通知|公告|通告|公示|函$"), None),
    ("news", None, re.compile(r"^(?:本报|新华社|中新社|中新网|人民网|央视网)?[^\n]{0,20}(?:讯|电)(?:[（(]|\s|　)|记者[\u4e00-\u9fff]{2,4}[)）]?报道")),
)


@dataclass(frozen=True, slots=True)
class Judgement:
    language: str | None
    genre: str | None
    residual_dirt: int
    quality_score: float


def judge(text: str, title: str | None, is_truncated: bool) -> Judgement:
    """
    Judge one article.

    quality_score is the mean of five parts, each 0 to 1:
        script       share of Han, letters, digits and Chinese punctuation among all characters that are not blank
        prose        share of characters in paragraphs that end as sentences do
        variety      share of characters in paragraphs that do not repeat an earlier one
        cleanness    1 - signs of dirt per 200 characters, at least 0
        completeness 0.5 where the page breaks off, else 1
    """
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    is_han = ((codes >= 0x3400) & (codes <= 0x9FFF)) | ((codes >= 0x20000) & (codes <= 0x323AF))
    is_ascii_letter = ((codes | 0x20) >= 0x61) & ((codes | 0x20) <= 0x7A)
    is_kana = (codes >= 0x3041) & (codes <= 0x30FF)
    is_hangul = (codes >= 0xAC00) & (codes <= 0xD7A3)
    han, latin, kana, hangul = (int(np.count_nonzero(kind)) for kind in (is_han, is_ascii_letter, is_kana, is_hangul))
    dirt = sum(1 for _ in _DIRT.finditer(text))
    return Judgement(_language(han, latin, kana, hangul), _genre(text, title), dirt, _quality(text, codes, han + latin + kana + hangul, dirt, is_truncated))


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
    opening = text[:400]
    for genre, in_title, in_text in GENRES:
        by_title = bool(in_title and title and in_title.search(title))
        by_text = bool(in_text and in_text.search(opening if genre != "law" else text[:4000]))
        if genre == "law":
            if by_text and (by_title or not title):
                return genre
        elif by_title or by_text:
            return genre
    return None


def _quality(text: str, codes: np.ndarray, letters: int, dirt: int, is_truncated: bool) -> float:
    if not len(codes):
        return 0.0
    digits = int(np.count_nonzero(((codes >= 0x30) & (codes <= 0x39)) | ((codes >= 0xFF10) & (codes <= 0xFF19))))
    marks = int(np.count_nonzero(((codes >= 0x3001) & (codes <= 0x3011)) | ((codes >= 0xFF01) & (codes <= 0xFF1F) & ~((codes >= 0xFF10) & (codes <= 0xFF19)))
                                 | ((codes >= 0x2014) & (codes <= 0x2026)) | np.isin(codes, _ASCII_MARKS)))
    blank = int(np.count_nonzero((codes == 0x20) | (codes == 0x0A) | (codes == 0x3000) | (codes == 0x09) | (codes == 0xA0)))
    script = min(1.0, (letters + digits + marks) / max(1, len(codes) - blank))
    prose = fresh = 0
    seen: set[str] = set()
    for line in text.split("\n"):
        if line[-1:] in _END and line:
            prose += len(line)
        if line not in seen:
            fresh += len(line)
            seen.add(line)
    body = max(1, len(text) - text.count("\n"))
    cleanness = max(0.0, 1 - dirt * 200 / len(codes))
    return round((script + prose / body + fresh / body + cleanness + (0.5 if is_truncated else 1.0)) / 5, 4)


_ASCII_MARKS = np.frombuffer(",.;:!?()%-\"'".encode("utf-32-le"), np.uint32)
