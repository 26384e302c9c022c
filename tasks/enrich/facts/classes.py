"""The words of a run of articles as one byte for each character, which is how facts look at them."""

from __future__ import annotations

import numpy as np

from tasks.enrich.facts.about import class_of
from tasks.enrich.words import Words


def word_classes(words: Words) -> list[bytes]:
    """For each article a byte for each character and one more: the class of the word that begins there, 0 inside a word."""
    of_tag = np.fromiter(map(class_of, words.tags.to_pylist()), np.uint8, len(words.tags))
    classes = of_tag[words.tag_codes]
    made = []
    for k in range(len(words.bounds) - 1):
        low, high = words.bounds[k], words.bounds[k + 1]
        starts = words.starts[low:high] - words.bases[k]
        mask = np.zeros(int(words.stops[high - 1] - words.bases[k]) + 1 if high > low else 1, np.uint8)
        mask[starts] = classes[low:high]
        made.append(mask.tobytes())
    return made
