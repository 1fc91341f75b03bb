"""Keep an endpoint as busy as it allows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from math import inf

from answerbot.adapters.pacing import Pacer, Ticket
from answerbot.domain.llm import LLM, Reply, Request, TransientError

PATIENCE = 600.0
"""Seconds that a request is refused for ('too many requests') before it fails."""

_GLANCE = 0.25  # seconds between two looks at whether to stop

_ticket: ContextVar[Ticket] = ContextVar("ticket")


class AdaptiveLLM:
    """Requests go out in their order, when the pacer says so.

    One that was refused because there were too many goes out again, and nobody in front hears of
    that. Once `stopping` says so, nobody waits for anything but a place: the model behind says
    whether to ask once more.

    Raises (on `complete`):
        TransientError: the endpoint refused the request for a long time.
    """

    def __init__(
        self,
        llm: LLM,
        pacer: Pacer,
        *,
        stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._llm = llm
        self._pacer = pacer
        self._stopping = stopping
        self._clock = clock
        self._line: deque[tuple[asyncio.Future[Ticket], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._written = 0.0

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        began = self._clock()
        while True:
            try:
                return await self._attempt(request)
            except TransientError as error:
                too_long = self._clock() - began > PATIENCE
                if not error.throttled or too_long or self._stopping():
                    raise

    def hear(self, headers: Mapping[str, str]) -> None:
        """The headers of the response to what the running task asked are minded."""
        self._pacer.hear(_ticket.get(), headers, self._clock())

    async def _attempt(self, request: Request) -> Reply:
        ticket = await self._turn(self._tokens(request))
        _ticket.set(ticket)
        try:
            reply = await self._llm.complete(request)
        except TransientError as error:
            if error.throttled:
                self._pacer.refused(ticket, error.retry_after, self._clock())
            raise
        else:
            self._note(ticket, reply)
            return reply
        finally:
            self._end()

    async def _turn(self, tokens: float) -> Ticket:
        turn: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._line.append((turn, tokens))
        self._admit()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._end()  # it was let through, and is not there any more
            raise

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
                if wait < inf:
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(min(wait, _GLANCE), self._admit)
                return
            self._line.popleft()
            turn.set_result(self._pacer.begin(tokens, now))

    def _end(self) -> None:
        self._pacer.end()
        self._admit()

    def _note(self, ticket: Ticket, reply: Reply) -> None:
        usage = reply.usage
        written = usage.output_tokens if usage else 0
        tokens = usage.input_tokens + written if usage else None
        self._written += 0.1 * (written - self._written)
        self._pacer.answered(ticket, tokens, written, self._clock())

    def _tokens(self, request: Request) -> float:
        """About how many tokens the request takes, reply included; 0 where nobody counts them."""
        if not self._pacer.counts_tokens:
            return 0.0
        return sum(len(message.content) for message in request.messages) / 4 + self._written
