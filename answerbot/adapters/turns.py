"""Whose turn is it to ask an endpoint? They wait in a line, however many tasks ask."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from math import inf
from typing import Protocol

from answerbot.adapters.pacing import Pacer, Ticket

_LOGGER = logging.getLogger("answerbot")
_GLANCE = 0.25  # seconds between two looks at whether to stop
_SILENCE = 5.0  # seconds of refusals, past or to come, before they are told


class Turns(Protocol):
    """Says when a request may go out; is told what became of each that did."""

    @property
    def counts_tokens(self) -> bool:
        """Whether anything depends on how many tokens a request takes."""

    async def take(self, tokens: float) -> Ticket:
        """It is the turn of a request that takes so many tokens."""

    def hear(self, ticket: Ticket, headers: Mapping[str, str]) -> None:
        """The headers of the response came."""

    def answered(self, ticket: Ticket, tokens: int | None, written: int) -> None:
        """A reply came; `tokens` is what it took altogether, `written` what the model wrote."""

    def refused(self, ticket: Ticket, retry_after: float | None) -> None:
        """The endpoint said 'too many'."""

    def end(self, ticket: Ticket) -> None:
        """The request is no longer on its way, however it ended."""


class Line:
    """Requests go out in their order, when the pacer says so.

    Once `stopping` says so, nobody waits for anything but a place. An endpoint that asks to slow
    down for long is told of once.
    """

    def __init__(
        self,
        pacer: Pacer,
        *,
        stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        date: Callable[[], float] = time.time,
    ) -> None:
        self._pacer = pacer
        self._stopping = stopping
        self._clock = clock
        self._date = date
        self._line: deque[tuple[asyncio.Future[Ticket], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._refused_first: float | None = None
        self._told = False
        self._told_held = False

    @property
    def counts_tokens(self) -> bool:
        """Whether anything depends on how many tokens a request takes."""
        return self._pacer.counts_tokens

    @property
    def pause(self) -> float:
        """Seconds for which the endpoint wants no request; 0 while one is on its way."""
        if not self._line or self._pacer.on_their_way:
            return 0.0
        now = self._clock()
        _, tokens = self._line[0]
        return max(0.0, self._pacer.paused_until - now, self._pacer.held(tokens, now))

    async def take(self, tokens: float) -> Ticket:
        """It is the turn of a request that takes so many tokens."""
        turn: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._line.append((turn, tokens))
        self._admit()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.end(turn.result())  # it was let through, and is not there any more
            raise

    def hear(self, ticket: Ticket, headers: Mapping[str, str]) -> None:
        """The headers of the response came."""
        self._pacer.hear(ticket, headers, self._clock(), self._date())

    def answered(self, ticket: Ticket, tokens: int | None, written: int) -> None:
        """A reply came; `tokens` is what it took altogether, `written` what the model wrote."""
        self._pacer.answered(ticket, tokens, written, self._clock())

    def refused(self, ticket: Ticket, retry_after: float | None) -> None:
        """The endpoint said 'too many'."""
        now = self._clock()
        self._pacer.refused(ticket, retry_after, now)
        self._tell(now)

    def end(self, _: Ticket) -> None:
        """The request is no longer on its way, however it ended."""
        self._pacer.end()
        self._admit()

    def _tell(self, now: float) -> None:
        if self._refused_first is None:
            self._refused_first = now
        pause = max(0.0, self._pacer.paused_until - now)
        if self._told or now + pause - self._refused_first < _SILENCE:
            return
        self._told = True
        rate = self._pacer.rate
        pace = f"{rate.per_second:.3g} requests a second now" if rate else "requests wait for it"
        after = f", after {pause:.0f} s without any" if pause > 1 else ""
        _LOGGER.info("the endpoint asks to slow down: %s%s", pace, after)

    def _tell_held(self, seconds: float) -> None:
        if self._told_held or self._pacer.on_their_way or seconds < _SILENCE:
            return
        self._told_held = True
        doubt = "; one request now and then tries it" if seconds > self._pacer.patience else ""
        what = "the endpoint asks to slow down: its headers leave nothing for %.0f s%s"
        _LOGGER.info(what, seconds, doubt)

    def _admit(self) -> None:
        """Whoever may go out goes out; for the rest there is a timer, or somebody who ends."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._line:
            turn, tokens = self._line[0]
            if turn.done():
                self._line.popleft()  # cancelled
                continue
            now = self._clock()
            wait = self._pacer.wait(tokens, now)
            if wait > 0 and not (self._stopping() and self._pacer.has_place):
                self._tell_held(self._pacer.held(tokens, now))
                if wait < inf:
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(min(wait, _GLANCE), self._admit)
                return
            self._line.popleft()
            turn.set_result(self._pacer.begin(tokens, now))
