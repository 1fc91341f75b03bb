"""How long things took, in a memory that does not grow with their number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil, floor, log

_STEP = 1.02  # the ratio of one class to the next, so that the middle is at most 1 % off
_SHORTEST = 1e-4  # seconds; what is shorter counts as that

_LOG_STEP = log(_STEP)


@dataclass
class Latencies:
    """Seconds, counted in classes: every percentile is told within one per cent."""

    _classes: Counter[int] = field(default_factory=Counter)

    def add(self, seconds: float) -> None:
        """One more took so long."""
        self._classes[floor(log(max(seconds, _SHORTEST)) / _LOG_STEP)] += 1

    def merge(self, others: Latencies) -> None:
        """The others count here, too."""
        self._classes.update(others._classes)

    def percentile(self, percent: float) -> float | None:
        """Seconds within which so many per cent were done (nearest rank); None where none was."""
        rank = ceil(percent / 100 * self._classes.total())
        for number, count in sorted(self._classes.items()):
            rank -= count
            if rank <= 0:
                return float(_STEP ** (number + 0.5))
        return None
