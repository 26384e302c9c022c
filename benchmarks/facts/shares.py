"""Shares with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.96


@dataclass(frozen=True)
class Share:
    """`hits` of `n`."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else 0.0

    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 %."""
        if not self.n:
            return 0.0, 1.0
        p, n = self.value, self.n
        centre, spread = p + _Z * _Z / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return max(0.0, (centre - spread) / (1 + _Z * _Z / n)), min(1.0, (centre + spread) / (1 + _Z * _Z / n))

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.value:.3f} ({self.hits}/{self.n}, {low:.3f}-{high:.3f})"
