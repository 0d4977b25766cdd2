"""How long the requests of a range took, in little memory however many they are."""

from __future__ import annotations

import math

_STEPS = 32
"""Per factor of e: what is told is at most 3 % above the truth."""


class Latency:
    """A histogram whose classes grow by a factor."""

    def __init__(self) -> None:
        """Begin with no request."""
        self._counts: dict[int, int] = {}
        self._slowest = 0.0

    def add(self, seconds: float) -> None:
        """Count one request."""
        self._slowest = max(self._slowest, seconds)
        step = math.ceil(math.log(max(seconds, 1e-6)) * _STEPS)
        self._counts[step] = self._counts.get(step, 0) + 1

    @property
    def slowest_ms(self) -> float:
        """Return the time of the slowest request in milliseconds."""
        return round(self._slowest * 1000, 3)

    @property
    def p999_ms(self) -> float:
        """Return the milliseconds within which 99.9 % of the requests were answered."""
        left = sum(self._counts.values()) * 0.001
        for step in sorted(self._counts, reverse=True):
            left -= self._counts[step]
            if left < 0:
                bound = math.exp(step / _STEPS) * 1000
                return round(min(bound, self._slowest * 1000), 3)
        return 0.0
