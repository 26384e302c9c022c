"""How likely characters and words are in running Chinese text: natural logarithms, from jieba's dictionary.

Built on first use (0.5 s, some 25 MB): only damaged text ever asks.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from tasks.text.package_data import package_bytes
from tasks.text.scripts import simplified_of

LONGEST_WORD = 4  # characters
RARE_WORD = 5  # occurrences: rarer words of the dictionary are left out, their characters still count
UNKNOWN = -17.0  # a character that the dictionary lacks
ALONE = -2.5  # a character that is no word of its own, standing alone
MOST_KNOWN = 200_000  # steps remembered: some 60 MB at most, and only where a long text is damaged all over
TRADITIONAL = -1.0  # a Traditional character counts as its Simplified one, and this

# The dictionary holds no punctuation; shares of characters as in edited prose.
PUNCTUATION = {
    "，": -3.0, "。": -3.6, "、": -4.2, "：": -5.4, "；": -5.8, "“": -5.2, "”": -5.2, "（": -5.8, "）": -5.8, "！": -6.8,
    "？": -6.8, "《": -6.2, "》": -6.2, "—": -6.8, "…": -7.2, "·": -7.8, "　": -5.5, "‘": -8.4, "’": -8.4, "【": -8.5,
    "】": -8.5, "－": -9.0, "％": -8.8, "～": -9.5, "℃": -11.0, "※": -11.0, "●": -10.0, "■": -10.5, "①": -10.5, "②": -10.5, "③": -10.5,
    "０": -10.0, "１": -9.5, "２": -9.5, "３": -9.5, "４": -9.5, "５": -9.5, "６": -9.5, "７": -9.5, "８": -9.5, "９": -9.5, "．": -9.5,
    "〇": -9.0, "〔": -9.0, "〕": -9.0, "「": -9.5, "」": -9.5, "『": -10.0, "』": -10.0, "→": -10.5, "★": -11.0, "×": -9.5, "–": -10.0,
}  # fmt: skip


# One more character behind a tail: what it costs by itself (None: nothing), the words that it ends, and the tail after it.
_Growth = tuple[float | None, tuple[tuple[int, float], ...], str]


@dataclass(frozen=True, slots=True)
class CharModel:
    """Two tables of natural logarithms of probabilities."""

    chars: dict[str, float]
    words: dict[str, float]  # of one to LONGEST_WORD characters, Simplified
    _known: dict[tuple[str, str], _Growth] = field(default_factory=dict)
    _neighbours: dict[tuple[str | None, str | None], frozenset[str]] = field(default_factory=dict)
    _forwards: list[str] = field(default_factory=list)
    _backwards: list[str] = field(default_factory=list)

    def char(self, char: str) -> float:
        return self.chars.get(char, UNKNOWN)

    def between(self, tail: str, right: str) -> frozenset[str]:
        """Characters that make a word with what stands before them, after them, or on both sides (Simplified)."""
        found = self._following(tail[-1:]) | self._following(tail[-2:]) | self._following(tail[-3:])
        if right:
            found |= self._leading(right[:1]) | self._leading(right[:2]) | self._leading(right[:3])
            found |= self._enclosed(tail[-1:], right[:1])
        return found

    def _following(self, prefix: str) -> frozenset[str]:
        """Last characters of the words that are a prefix and one character."""
        return self._remembered((prefix, None), lambda: (w[-1] for w in self._with(prefix) if len(w) == len(prefix) + 1))

    def _leading(self, suffix: str) -> frozenset[str]:
        """First characters of the words that are one character and a suffix."""
        backwards = suffix[::-1]
        return self._remembered((None, suffix), lambda: (w[-1] for w in self._with(backwards, True) if len(w) == len(suffix) + 1))

    def _enclosed(self, first: str, last: str) -> frozenset[str]:
        """Middle characters of words of three."""
        return self._remembered((first, last), lambda: (w[1] for w in self._with(first) if len(w) == 3 and w[2] == last))

    def _remembered(self, key: tuple[str | None, str | None], chars: Callable[[], Iterable[str]]) -> frozenset[str]:
        known = self._neighbours.get(key)
        if known is None:
            if len(self._neighbours) >= MOST_KNOWN:
                self._neighbours.clear()
            known = self._neighbours[key] = frozenset(chars()) if "" not in key else frozenset()
        return known

    def _with(self, prefix: str, backwards: bool = False) -> list[str]:
        """Words, or words spelt backwards, that begin with a prefix."""
        ordered = self._backwards if backwards else self._forwards
        if not ordered:
            ordered += sorted(w[::-1] if backwards else w for w in self.words if len(w) > 1)
        return ordered[bisect_left(ordered, prefix) : bisect_left(ordered, prefix + "\U0010ffff")]

    def step(self, scores: tuple[float, ...], tail: str, char: str) -> tuple[tuple[float, ...], str]:
        """
        The best segmentation after one more character.

        Args:
            scores: best log-probability up to each of the last places, newest last; (0.0,) at the start.
            tail: the last characters, Simplified, at most LONGEST_WORD - 1 of them.
        """
        growth = self._known.get((tail, char))
        if growth is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            growth = self._known[tail, char] = self._grow(tail, char)
        alone, words, tail = growth
        if alone is None:
            return (scores[-1],), ""
        best = scores[-1] + alone
        for back, word in words:
            if back < len(scores) and scores[-1 - back] + word > best:
                best = scores[-1 - back] + word
        return (*scores[-LONGEST_WORD + 1 :], best), tail

    def _grow(self, tail: str, char: str) -> _Growth:
        if char < "\x80" or char == "\ufffd":
            return None, (), ""  # ASCII is as likely in either reading, and nothing is known of what is lost
        simplified = simplified_of().get(char, char)
        own = 0.0 if simplified == char else TRADITIONAL
        char, words = simplified, self.words
        alone = words.get(char)
        if alone is None:
            alone = self.chars.get(char, UNKNOWN) + (0.0 if char in PUNCTUATION else ALONE)
        ending = ((back, words.get(tail[-back:] + char)) for back in range(1, min(len(tail), LONGEST_WORD - 1) + 1))
        found = tuple((back, word + own) for back, word in ending if word is not None)
        return alone + own, found, (tail + char)[-LONGEST_WORD + 1 :]

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
