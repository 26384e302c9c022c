"""The words of one article by index, decoded only where asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Tokens:
    """Words, tags, bits (see vocabulary) and places of one article's words; indices count from its first word."""

    def __init__(
        self, text: str, names: Sequence[str], tag_names: Sequence[str], word_bits: np.ndarray, codes: np.ndarray, tag_codes: np.ndarray,
        starts: np.ndarray, stops: np.ndarray,
    ) -> None:
        self.text, self.size = text, len(codes)
        self._names, self._tags, self._bits = names, tag_names, memoryview(word_bits)
        # A view gives plain numbers; asking an array for one at a time makes an object of numpy's first.
        self._codes, self._tag_codes, self._starts, self._stops = map(memoryview, (codes, tag_codes, starts, stops))

    def has(self, k: int) -> bool:
        return 0 <= k < self.size

    def word(self, k: int) -> str:
        return self._names[self._codes[k]]

    def tag(self, k: int) -> str:
        return self._tags[self._tag_codes[k]]

    def bits(self, k: int) -> int:
        return self._bits[self._codes[k]]

    def start(self, k: int) -> int:
        return self._starts[k]

    def stop(self, k: int) -> int:
        return self._stops[k]
