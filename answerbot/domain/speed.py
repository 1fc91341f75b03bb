"""How fast work gets done of late, how long the rest will take, and since when nothing came.

The clock is handed in.
"""

from __future__ import annotations

from collections import deque

_SPAN = 30.0  # seconds that 'of late' is
_LEAST = 100  # it is longer where so many have not been done in it: they come in bursts
_APART = 0.25  # seconds between two samples at least
_ENOUGH = 10  # so many tell the speed, or a tenth of all where that is fewer


class Speed:
    """The speed of the last half minute, or of the last hundred where these took longer.

    What was there from the start takes no time and says nothing of the rest: once something had
    to be asked for, the speed is that of the work since.
    """

    def __init__(self, now: float, done: int = 0) -> None:
        self._samples: deque[tuple[float, int]] = deque([(now, done)])
        self._asking = False

    def note(self, done: int, now: float, *, asking: bool) -> None:
        """So many are done; `asking` tells whether anything had to be asked for yet."""
        if asking and not self._asking:
            self._asking = True
            self._samples = deque([self._samples[-1]])
        samples = self._samples
        if len(samples) > 1 and now - samples[-2][0] < _APART:
            samples.pop()
        samples.append((now, done))
        while len(samples) > 2 and now - samples[1][0] >= _SPAN and done - samples[1][1] >= _LEAST:
            samples.popleft()

    @property
    def rate(self) -> float:
        """How many a second, up to the last one."""
        (began, before), (last, done) = self._samples[0], self._samples[-1]
        return (done - before) / (last - began) if last > began else 0.0

    def left(self, total: int) -> float | None:
        """Seconds from the last one until all are done; None as long as too few are to tell."""
        before, done = self._samples[0][1], self._samples[-1][1]
        if not self.rate or done - before < min(_ENOUGH, (total - before) / 10):
            return None
        return (total - done) / self.rate


class Silence:
    """For how long nothing has come, as far as somebody looked."""

    def __init__(self, now: float) -> None:
        self._came = 0
        self._since = now

    def seconds(self, came: int, now: float) -> float:
        """So many have come by now: seconds since it was another number."""
        if came != self._came:
            self._came, self._since = came, now
        return now - self._since
