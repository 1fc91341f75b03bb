"""When is asking on of no use? Pure arithmetic: the clock is handed in, in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from answerbot.domain.errors import EndpointError, NotFinishedError, Problem, ReplyError
from answerbot.domain.llm import RefusedRequestError, TransientError

IN_A_ROW = 8
"""So many failures without a success between them are no coincidence."""

AT_START = 5.0
"""Seconds that an endpoint may fail for before it has ever succeeded."""

FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0

# Refusals of a text by an endpoint that is as it should be.
_ABOUT_THE_TEXT = ("prompt-filtered", "request-too-long")


@dataclass
class Circuit:
    """Lets requests through while some succeed; after many failures in a row only one at a time.

    Between these there are pauses, each twice as long. Where nothing succeeds for `outage` seconds
    (`AT_START` before the first success) it is `broken`, and lets nothing through any more; at once
    where an error says that every request would end so, or where the first `IN_A_ROW` requests fail
    in ways that do not pass. It breaks, too, where nothing but refusals as too many has come for
    `patience` seconds, or the endpoint asks for a longer pause than that.
    """

    outage: float
    patience: float = inf
    broken: EndpointError | None = None
    _has_succeeded: bool = False
    _failures: int = 0
    _first: float = 0.0
    _trial: int | None = None
    _next: float = 0.0
    _pause: float = 0.0
    _refused_first: float | None = None

    @property
    def is_outage(self) -> bool:
        """Whether an endpoint that had answered fails, and may come back."""
        return self._has_succeeded and not self.broken and self._failures >= IN_A_ROW

    def wait(self, now: float) -> float:
        """Seconds until a request may go out; infinite: until the one under way ends."""
        if self.broken or self._failures < IN_A_ROW:
            return 0.0
        return inf if self._trial is not None else max(0.0, self._next - now)

    def begin(self, number: int) -> None:
        """The request of this number goes out."""
        if self._failures >= IN_A_ROW:
            self._trial = number

    def end(self, number: int) -> None:
        """It is no longer on its way, however it ended."""
        if self._trial == number:
            self._trial = None

    def succeeded(self) -> None:
        """A reply came."""
        self._has_succeeded = True
        self._failures, self._refused_first = 0, None

    def failed(self, number: int, error: NotFinishedError, now: float) -> None:
        """The request of this number ended so."""
        if self.broken or not isinstance(error, (EndpointError, ReplyError)):
            return
        if isinstance(error, EndpointError) and error.stops_all:
            self.broken = error
        elif isinstance(error, TransientError):
            if error.throttled:
                self._refused(error, now)
            else:
                self._count(number, error, now)
        elif self._has_succeeded or _tells_of_life(error):
            self._failures, self._refused_first = 0, None
        else:
            self._count(number, error, now)
            if self._failures >= IN_A_ROW:
                self._break(error)

    def _refused(self, error: TransientError, now: float) -> None:
        self._failures = 0
        if self._refused_first is None:
            self._refused_first = now
        waits = _asked(error)
        if waits > self.patience:
            self._give_up(f"the endpoint wants to be left alone for {waits:.0f} seconds", error)
        elif now - self._refused_first > self.patience:
            seconds = now - self._refused_first
            self._give_up(f"the endpoint has taken nothing for {seconds:.0f} seconds", error)

    def _count(self, number: int, error: NotFinishedError, now: float) -> None:
        if self._failures == 0:
            self._first, self._pause = now, FIRST_PAUSE
        self._failures += 1
        if self._failures < IN_A_ROW:
            return
        asked = min(_asked(error), _LONGEST_PAUSE)
        last = self._first + (self.outage if self._has_succeeded else AT_START + asked)
        if now >= last:
            self._break(error)
        elif self._failures == IN_A_ROW or number == self._trial:
            self._next = min(now + max(self._pause, asked), last)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _break(self, error: NotFinishedError) -> None:
        row = "in a row failed" if self._has_succeeded else "failed and none succeeded"
        self._give_up(f"{self._failures} requests {row}", error)

    def _give_up(self, why: str, error: NotFinishedError) -> None:
        last = error.problems[0]
        what = f"{why}, so nothing more is asked; the last: {last.what}"
        status = error.status if isinstance(error, EndpointError) else None
        self.broken = EndpointError(
            Problem(what, last.location, last.hint), status=status, code=error.code
        )


def _tells_of_life(error: NotFinishedError) -> bool:
    """Whether the endpoint is well, and takes exception to one text."""
    return isinstance(error, RefusedRequestError) and error.code in _ABOUT_THE_TEXT


def _asked(error: NotFinishedError) -> float:
    """For how many seconds the endpoint asks to be left alone."""
    return (error.retry_after or 0.0) if isinstance(error, TransientError) else 0.0
