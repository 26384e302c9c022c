"""How alike two texts are, from the texts themselves: what a signature proposes is decided here.

    shingles     share of their four-letter shingles that both have (Jaccard): does not mind paragraphs that moved
    alignment    letters that both have in the same order, twice, by the letters of both: sees a text with many small edits,
                 whose shingles are mostly broken, and tells it from another text made after the same template

A pair of this page's two measures is a function of two texts: no other text, order or batch has a say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from tasks.relate.letters import letters
from tasks.relate.signatures import shingle_hashes

ALIKE_SHINGLES = 0.7
ALIKE_ALIGNED = 0.9  # one letter in ten may differ; law paragraphs after one template are mostly below (read by eye)
# Edits at random of one letter in ten leave .49 of the shingles, of one in twelve .54; below this limit most pairs that
# meet are two fillings of one form, and aligning them would be most of the work.
FEWEST_SHINGLES = 0.46
LOOK = 16  # letters after which an alignment is looked at: most fail early
MOST_CELLS = 400_000_000  # letters by letters that are aligned at most (40 ms); longer texts are compared by shingles only


@dataclass(frozen=True, slots=True)
class Comparable:
    """A text made ready to be compared with many."""

    letters: str
    shingles: np.ndarray  # hashes, sorted, each once

    @classmethod
    def of(cls, text: str) -> Comparable:
        kept = letters(text)
        return cls(kept, _hashes(kept))


def likeness(one: Comparable, other: Comparable) -> tuple[float, str] | None:
    """(similarity from 0 to 1 to four places, method) of two texts; None where they do not repeat each other."""
    if one.letters == other.letters:
        return 1.0, "equal"
    shared = shared_shingles(one, other)
    if shared >= ALIKE_SHINGLES:
        return round(shared, 4), "shingles"
    sizes = len(one.letters), len(other.letters)
    if shared < FEWEST_SHINGLES or sizes[0] * sizes[1] > MOST_CELLS or 2 * min(sizes) < ALIKE_ALIGNED * sum(sizes):
        return None
    aligned = 2 * common_in_order(one.letters, other.letters, ceil(ALIKE_ALIGNED * sum(sizes) / 2)) / sum(sizes)
    return (round(aligned, 4), "alignment") if aligned >= ALIKE_ALIGNED else None


def shared_shingles(one: Comparable, other: Comparable) -> float:
    """Jaccard: shingles of both by shingles of either, 0 to 1."""
    a, b = one.shingles, other.shingles
    if min(len(a), len(b)) < FEWEST_SHINGLES * max(len(a), len(b), 1):
        return 0.0  # too different in size to reach any limit
    both = np.sort(np.concatenate((a, b)), kind="stable")  # two sorted runs are merged
    common = int(np.count_nonzero(both[1:] == both[:-1]))
    return common / (len(both) - common or 1)


def common_in_order(one: str, other: str, wanted: int = 0) -> int:
    """
    Length of the longest common subsequence, by the bits of a long integer (Hyyrö 2004): len(other) steps.

    Gives 0 as soon as `wanted` cannot be reached.
    """
    places = _places(one)
    everywhere = (1 << len(one)) - 1
    row = everywhere
    slack = len(other) - wanted  # letters of `other` that may find no partner
    for done in range(0, len(other), LOOK):
        for letter in other[done : done + LOOK]:
            matched = row & places.get(letter, 0)
            row = ((row + matched) | (row - matched)) & everywhere
        if min(done + LOOK, len(other)) - (len(one) - row.bit_count()) > slack:
            return 0
    return len(one) - row.bit_count()


@lru_cache(1)  # pairs come by their first text
def _places(text: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for k, letter in enumerate(text):
        places[letter] = places.get(letter, 0) | 1 << k
    return places


def _hashes(text: str) -> np.ndarray:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.unique((shingle_hashes(points) & np.uint64(0xFFFFFFFF)).astype(np.uint32))
