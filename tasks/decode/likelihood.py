"""How much a decoded text looks like Chinese: log-probabilities of single characters, in nats.

The frequencies are those of jieba's dictionary; a Traditional character gets its Simplified partner's share. The table is
built once per process, and only when a file is not plain UTF-8 (about 0.4 s).
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files

import numpy as np
import opencc

ASCII, CONTROL, PUNCTUATION, SYMBOL, RARE, FOREIGN, PRIVATE = -3.5, -22.0, -4.5, -9.0, -16.0, -20.0, -22.0
_MARKS = "，。、；：？！“”‘’（）《》【】—…·\u3000％￥"


@cache
def table() -> np.ndarray:
    """float32[65536]: nats of each character of the basic plane; the last entry also stands for all other planes."""
    weights: Counter[str] = Counter()
    for line in files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split(" ")
        for character in word:
            weights[character] += int(count)
    han = [c for c in weights if "\u3400" <= c <= "\u9fff"]
    for variant in ("s2t", "s2hk"):
        for simplified, traditional in zip(han, opencc.OpenCC(variant).convert("\n".join(han)).split("\n"), strict=True):
            if len(traditional) == 1:
                weights[traditional] = max(weights[traditional], weights[simplified] // 2)
    total = sum(weights.values())
    nats = np.full(0x10000, FOREIGN, dtype=np.float32)
    nats[:0x20] = CONTROL
    nats[[0x09, 0x0A, 0x0D]] = ASCII
    nats[0x20:0x7F] = ASCII
    nats[0x7F:0xA0] = CONTROL
    for low, high in ((0xA0, 0x100), (0x2000, 0x2700), (0x3000, 0x3130), (0xFF00, 0xFFF0)):
        nats[low:high] = SYMBOL
    nats[0x3400:0xA000] = RARE
    nats[0xD800:0xF900] = PRIVATE  # surrogates and private use
    nats[[0xFFFD, 0xFFFE]] = PRIVATE
    for character, weight in weights.items():
        if "\u3400" <= character <= "\u9fff":
            nats[ord(character)] = max(RARE, np.log((weight + 0.5) / total))
    nats[[ord(c) for c in _MARKS]] = PUNCTUATION
    nats[0xFFFF] = RARE
    return nats


def code_points(text: str) -> np.ndarray:
    """The text as uint32, one per character; lone surrogates pass."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def nats_of(points: np.ndarray) -> np.ndarray:
    return table()[np.minimum(points, 0xFFFF)]
