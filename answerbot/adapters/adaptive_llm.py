"""Keep an endpoint as busy as it allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from math import inf

from answerbot.adapters.pacing import Ticket
from answerbot.adapters.spent import Spent
from answerbot.adapters.turns import Turns
from answerbot.domain.errors import EndpointError, NotFinishedError
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request, TransientError

_ticket: ContextVar[Ticket] = ContextVar("ticket")


class AdaptiveLLM:
    """Each request goes out when it is its turn.

    One that was refused because there were too many goes out again, and nobody in front hears of
    that, for `patience` seconds; what was charged for it is in the usage of the reply. Once
    `stopping` says so, the model behind says whether to ask once more.

    Raises (on `complete`):
        TransientError: the endpoint refused the request for a long time, or nobody knows what it
            charged.
    """

    def __init__(
        self,
        llm: LLM,
        turns: Turns,
        *,
        patience: float = inf,
        stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._llm = llm
        self._turns = turns
        self._patience = patience
        self._stopping = stopping
        self._clock = clock
        self._written = 0.0

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        began = self._clock()
        spent = Spent()
        while True:
            try:
                return spent.on(await self._attempt(request))
            except (EndpointError, ChargedReplyError) as error:
                spent.tell(error)
                too_long = self._clock() - began > self._patience
                if too_long or self._stopping() or not _only_too_many(error):
                    raise

    def hear(self, headers: Mapping[str, str]) -> None:
        """The headers of the response to what the running task asked are minded."""
        self._turns.hear(_ticket.get(), headers)

    async def _attempt(self, request: Request) -> Reply:
        ticket = await self._turns.take(self._tokens(request))
        _ticket.set(ticket)
        try:
            reply = await self._llm.complete(request)
        except TransientError as error:
            if error.throttled:
                self._turns.refused(ticket, error.retry_after)
            raise
        else:
            self._note(ticket, reply)
            return reply
        finally:
            self._turns.end(ticket)

    def _note(self, ticket: Ticket, reply: Reply) -> None:
        usage = reply.usage
        written = usage.output_tokens if usage else 0
        tokens = usage.input_tokens + written if usage else None
        self._written += 0.1 * (written - self._written)
        self._turns.answered(ticket, tokens, written)

    def _tokens(self, request: Request) -> float:
        """About how many tokens the request takes, reply included; 0 where nobody counts them."""
        if not self._turns.counts_tokens:
            return 0.0
        return sum(len(message.content) for message in request.messages) / 4 + self._written


def _only_too_many(error: NotFinishedError) -> bool:
    """Whether the endpoint wants fewer requests, and everybody knows what it charged."""
    return isinstance(error, TransientError) and error.throttled and not error.charged
