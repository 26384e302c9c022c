"""How likely characters and words are in running Chinese text: natural logarithms, from jieba's dictionary.

Built on first use (0.5 s, some 25 MB): only damaged text ever asks.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from tasks.text.package_data import package_bytes
from tasks.text.scripts import simplified_of

LONGEST_WORD = 4  # characters
RARE_WORD = 5  # occurrences: rarer words of the dictionary are left out, their characters still count
UNKNOWN = -17.0  # a character that the dictionary lacks
ALONE = -2.5  # a character that is no word of its own, standing alone
TRADITIONAL = -1.0  # a Traditional character counts as its Simplified one, and this

# The dictionary holds no punctuation; shares of characters as in edited prose.
PUNCTUATION = {
    "，": -3.0, "。": -3.6, "、": -4.2, "：": -5.4, "；": -5.8, "“": -5.2, "”": -5.2, "（": -5.8, "）": -5.8, "！": -6.8,
    "？": -6.8, "《": -6.2, "》": -6.2, "—": -6.8, "…": -7.2, "·": -7.8, "　": -5.5, "‘": -8.4, "’": -8.4, "【": -8.5,
    "】": -8.5, "－": -9.0, "％": -8.8, "～": -9.5, "℃": -11.0, "※": -11.0, "●": -10.0, "■": -10.5, "①": -10.5, "②": -10.5, "③": -10.5,
    "０": -10.0, "１": -9.5, "２": -9.5, "３": -9.5, "４": -9.5, "５": -9.5, "６": -9.5, "７": -9.5, "８": -9.5, "９": -9.5, "．": -9.5,
    "〇": -9.0, "〔": -9.0, "〕": -9.0, "「": -9.5, "」": -9.5, "『": -10.0, "』": -10.0, "→": -10.5, "★": -11.0, "×": -9.5, "–": -10.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CharModel:
    """Two tables of natural logarithms of probabilities."""

    chars: dict[str, float]
    words: dict[str, float]  # of one to LONGEST_WORD characters, Simplified

    def char(self, char: str) -> float:
        return self.chars.get(char, UNKNOWN)

    def step(self, scores: tuple[float, ...], tail: str, char: str) -> tuple[tuple[float, ...], str]:
        """
        The best segmentation after one more character.

        Args:
            scores: best log-probability up to each of the last places, newest last; (0.0,) at the start.
            tail: the last characters, Simplified, at most LONGEST_WORD - 1 of them.
        """
        if char < "\x80":
            return (scores[-1],), ""  # ASCII is as likely in either reading
        simplified = simplified_of().get(char, char)
        own = 0.0 if simplified == char else TRADITIONAL
        char, words = simplified, self.words
        alone = words.get(char)
        if alone is None:
            alone = self.chars.get(char, UNKNOWN) + (0.0 if char in PUNCTUATION else ALONE)
        best = scores[-1] + alone + own
        for back in range(1, min(len(tail), LONGEST_WORD - 1, len(scores) - 1) + 1):
            word = words.get(tail[-back:] + char)
            if word is not None and scores[-1 - back] + word + own > best:
                best = scores[-1 - back] + word + own
        return (*scores[-LONGEST_WORD + 1 :], best), (tail + char)[-LONGEST_WORD + 1 :]

    def text(self, text: str) -> float:
        """Log-probability of a text as its best segmentation into words."""
        scores, tail = (0.0,), ""
        for char in text:
            scores, tail = self.step(scores, tail, char)
        return scores[-1]


@cache
def char_model() -> CharModel:
    counts: defaultdict[str, int] = defaultdict(int)
    words, total = {}, 0
    for line in package_bytes("jieba", "dict.txt").decode("utf-8").splitlines():
        word, count, _ = line.split(" ")
        n = int(count)
        total += n
        if n >= RARE_WORD and len(word) <= LONGEST_WORD:
            words[word] = n
        for char in word:
            counts[char] += n
    all_chars = sum(counts.values())
    chars = {c: math.log((n + 0.5) / all_chars) for c, n in counts.items() if n > 0}
    for traditional, simplified in simplified_of().items():
        known = chars.get(simplified)
        if known is not None and known + TRADITIONAL > chars.get(traditional, UNKNOWN):
            chars[traditional] = known + TRADITIONAL
    chars.update(PUNCTUATION)
    log_total = math.log(total)
    return CharModel(chars, {w: math.log(n) - log_total for w, n in words.items()})
