"""What went to an endpoint, attempt by attempt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from answerbot.domain.latencies import Latencies


@dataclass
class Traffic:
    """The attempts of a run, counted; only requests that failed are remembered one by one.

    `retries` are attempts made because the one before had failed, `throttled` those that the
    endpoint refused as too many: what is asked again for that alone is no retry. `latencies` are
    those of the attempts that were answered.
    """

    attempts: int = 0
    retries: int = 0
    throttled: int = 0
    latencies: Latencies = field(default_factory=Latencies)
    _failed: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def begin(self, key: str) -> int:
        """The number of this attempt at the request with this key, from 1."""
        tried, throttled = self._failed.get(key, (0, True))
        self.attempts += 1
        if not throttled:
            self.retries += 1
        return tried + 1

    def answered(self, key: str, seconds: float) -> None:
        """A reply came."""
        self._failed.pop(key, None)
        self.latencies.add(seconds)

    def failed(self, key: str, *, throttled: bool) -> None:
        """No reply came."""
        tried, _ = self._failed.get(key, (0, False))
        self._failed[key] = tried + 1, throttled
        if throttled:
            self.throttled += 1

    def merge(self, other: Traffic) -> None:
        """What was counted elsewhere counts here, too."""
        self.attempts += other.attempts
        self.retries += other.retries
        self.throttled += other.throttled
        self.latencies.merge(other.latencies)

    def handed_over(self) -> Traffic:
        """What was counted so far, to be counted elsewhere; from here on it counts anew."""
        counted = replace(self, _failed={})
        self.attempts = self.retries = self.throttled = 0
        self.latencies = Latencies()
        return counted
