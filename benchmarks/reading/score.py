"""One figure: how many of how many, with the interval that so few cases leave open."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Score:
    """`hit` of `n`; `name` is its key in tests/floors.json."""

    name: str
    hit: int
    n: int

    @property
    def share(self) -> float:
        return self.hit / self.n if self.n else 0.0

    @property
    def wilson(self) -> tuple[float, float]:
        """95 % interval of the share (Wilson's)."""
        if not self.n:
            return 0.0, 1.0
        z, p, n = 1.96, self.share, self.n
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)

    def __str__(self) -> str:
        low, high = self.wilson
        return f"{self.name:<52} {self.share:.3f}  ({self.hit}/{self.n}; {low:.3f} to {high:.3f})"
