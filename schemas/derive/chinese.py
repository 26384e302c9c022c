"""The sentences of the contracts in Chinese: what a check promises, what to do when it fails, what a column, a row or a view means.

    chinese("char_count is the length of text.")   ->   "char_count 等于 text 的长度。"

English is the contract; a page in Chinese shows its translation beside the same names. Sentences that contracts share a pattern for are
translated by pattern, all others stand in chinese.toml under the English one; a test finds the sentence that has no Chinese and the
translation that nobody needs any more.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

SENTENCES = Path(__file__).with_name("chinese.toml")

_NAME = r"([a-z_0-9., ]+?)"
_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (rf"{_NAME} is never NULL\.", r"\1 不为 NULL。"),
        (rf"{_NAME} is JSON\.", r"\1 是合法的 JSON。"),
        (rf"{_NAME} is at least (-?[\d.]+)\.", r"\1 不小于 \2。"),
        (rf"{_NAME} is at most (-?[\d.]+)\.", r"\1 不大于 \2。"),
        (rf"{_NAME} is at most (\d+) characters\.", r"\1 不超过 \2 个字符。"),
        (rf"{_NAME} is from (-?[\d.]+) to (-?[\d.]+)\.", r"\1 在 \2 与 \3 之间。"),
        (rf"{_NAME} is one of (.+)\.", lambda m: f"{m[1]} 只取以下值：{m[2].replace(', ', '、')}。"),
        (rf"{_NAME} is not empty\.", r"\1 不是空字符串。"),
        (rf"{_NAME} matches (.+)\.", r"\1 符合格式 \2。"),
        (rf"No two rows share {_NAME}\.", r"没有两行的 \1 相同。"),
        (rf"{_NAME} stands in ([a-z_]+)\.", r"\1 都能在表 \2 中找到。"),
        (rf"{_NAME} is the length of text\.", r"\1 等于 text 的长度。"),
        (rf"{_NAME} has the length of the span\.", r"\1 的长度等于区间的长度。"),
        (rf"{_NAME} is what articles\.text has from start to stop\.", r"\1 就是 articles.text 中从 start 到 stop 的内容。"),
        (rf"{_NAME} stands on one line\.", r"\1 只占一行。"),
        (rf"{_NAME} holds no empty item\.", r"\1 中没有空项。"),
        (rf"{_NAME} is the hash of {_NAME} and {_NAME}\.", r"\1 是 \2 与 \3 的哈希值。"),
        (rf"{_NAME} counts from 1 without a gap for each {_NAME}\.", r"\1 在每个 \2 内从 1 起连续编号。"),
        (rf"{_NAME} and {_NAME} lie between the years (-?\d+) and (-?\d+)\.", r"\1 与 \2 在 \3 年与 \4 年之间。"),
        (rf"{_NAME} lie between the years (-?\d+) and (-?\d+)\.", r"\1 在 \2 年与 \3 年之间。"),
        (r"Nothing was published\. Rows without their parent in ([a-z_]+) mean that a stage lost rows: report the batch\.",
         r"没有发布任何内容。有些行在 \1 中没有上级，说明某个阶段丢失了行：请报告这一批。"),
    )
)  # fmt: skip

UNITS = {"bytes": "字节", "seconds": "秒", "code points": "码点", "percent": "百分之一", "articles": "篇"}
_TABLE = re.compile(r"One row is (?P<grain>.+?)\. Key: (?P<key>[a-z_, ]+)\.(?: (?P<note>.+))?")
_COLUMN = re.compile(rf"(?P<said>.+?)(?: Unit: (?P<unit>{'|'.join(UNITS)})\.)?(?P<volatile> Volatile\.)?")


@cache
def sentences() -> dict[str, str]:
    """Every sentence of chinese.toml by its English."""
    parts = tomllib.loads(SENTENCES.read_text("utf-8"))
    return {english: chinese for part in parts.values() for english, chinese in part.items()}


def chinese(sentence: str) -> str | None:
    """A sentence of the contracts in Chinese; None where it has none."""
    if known := sentences().get(sentence):
        return known
    for pattern, made in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            return made(found) if callable(made) else found.expand(made)
    return _comment(sentence)


def _comment(sentence: str) -> str | None:
    """What the database says of a table or a column (schemas/derive/ddl.py), made of sentences above."""
    if found := _TABLE.fullmatch(sentence):
        grain, note = chinese(found["grain"]), chinese(found["note"]) if found["note"] else ""
        return None if grain is None or note is None else f"一行表示{grain}。主键：{found['key']}。{note}"
    if (found := _COLUMN.fullmatch(sentence)) and found["said"] != sentence and (said := chinese(found["said"])):
        unit = f"单位：{UNITS[found['unit']]}。" if found["unit"] else ""
        return said + unit + ("易变。" if found["volatile"] else "")
    return None
