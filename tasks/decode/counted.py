"""The data file characters.txt, made anew: how likely each Han character is, from jieba's dictionary.

    python -m tasks.decode.counted

Each line is a number of nats (natural logarithm of the share, to two places) and the characters that have it. A Traditional
character gets half of its Simplified partner's weight. It is stored, not computed at need: that would take half a second a
process, and a new version of a library would decode old files otherwise without a word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib.resources import files
from math import log
from pathlib import Path

import opencc

TARGET = Path(__file__).with_name("characters.txt")
LEAST = -16.0  # nats; rarer ones are not listed


def counted() -> str:
    """The file's text."""
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
    alike: defaultdict[float, list[str]] = defaultdict(list)
    for character in sorted(weights):
        nats = round(log((weights[character] + 0.5) / total), 2)
        if "\u3400" <= character <= "\u9fff" and nats > LEAST:
            alike[nats].append(character)
    return "".join(f"{nats:.2f} {''.join(alike[nats])}\n" for nats in sorted(alike, reverse=True))


if __name__ == "__main__":
    TARGET.write_text(counted(), "utf-8")
