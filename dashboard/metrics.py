"""Figures of the pages themselves for Prometheus: requests by route and status, and how long they took."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Metrics:
    """Counters; routes are a closed list, so their number does not grow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._seconds: Counter[str] = Counter()

    def observe(self, route: str, status: int, seconds: float) -> None:
        """One answered request."""
        at = next((i for i, b in enumerate(BUCKETS) if seconds <= b), len(BUCKETS))
        with self._lock:
            self._requests[route, status] += 1
            self._buckets[route][at] += 1
            self._seconds[route] += seconds

    def lines(self) -> Iterator[str]:
        """Prometheus' text format."""
        with self._lock:
            requests = sorted(self._requests.items())
            buckets = {k: list(v) for k, v in sorted(self._buckets.items())}
            seconds = dict(self._seconds)
        yield "# TYPE taojin_dashboard_requests_total counter"
        for (route, status), n in requests:
            yield f"taojin_dashboard_requests_total{{route={label(route)},status={label(str(status))}}} {n}"
        yield "# TYPE taojin_dashboard_request_seconds histogram"
        for route, counts in buckets.items():
            total = 0
            for bound, n in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                total += n
                yield f"taojin_dashboard_request_seconds_bucket{{route={label(route)},le={label(bound)}}} {total}"
            yield f"taojin_dashboard_request_seconds_sum{{route={label(route)}}} {seconds[route]:.6f}"
            yield f"taojin_dashboard_request_seconds_count{{route={label(route)}}} {total}"


def label(value: str) -> str:
    """A value in quotes, as the format asks."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
