"""What counts when two texts are compared: letters and digits, folded; blanks and punctuation differ between sites."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

KNOWN = 0x32400  # code points from here on are no letters: unassigned, tags, private use
_WIDE, _NARROW, _WIDTH = 0xFF01, 0x21, 94  # full-width ASCII


@lru_cache(1)
def _folds() -> np.ndarray:
    """Code point -> the one that stands for it; 0 where it does not count."""
    folds = np.array([c if chr(c).isalnum() else 0 for c in range(KNOWN)], np.uint32)
    folds[_WIDE : _WIDE + _WIDTH] = folds[_NARROW : _NARROW + _WIDTH]
    for c in [c for c in range(KNOWN) if chr(c).isupper()]:
        low = chr(c).lower()
        folds[c] = ord(low) if len(low) == 1 else c
    folds[_WIDE : _WIDE + _WIDTH] = folds[folds[_WIDE : _WIDE + _WIDTH]]
    return folds


def folded(text: str) -> np.ndarray:
    """One number per code point of a text: its folded code point, 0 where it does not count."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _folds()[np.where(points < KNOWN, points, 0)]


def letters(text: str) -> str:
    """The letters and digits of a text, folded."""
    points = folded(text)
    return points[points > 0].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
