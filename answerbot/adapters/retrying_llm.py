"""Ask again what failed in a way that may pass."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from math import inf

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from answerbot.adapters.spent import Spent
from answerbot.domain.errors import BudgetError, EndpointError
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request, TransientError

LONGEST_WAIT = 120.0
"""Seconds between two attempts at most, whatever the endpoint asks for."""

_GLANCE = 0.25  # seconds between two looks at whether to stop

_exponential = wait_random_exponential(multiplier=1, max=60)


async def pause(seconds: float) -> None:
    """Wait so long; tests put something quicker in its place."""
    await asyncio.sleep(seconds)


class RetryingLLM:
    """Asks up to `attempts` times, waiting longer each time, or as long as the endpoint wants.

    Nothing is asked again `patience` seconds after it first failed. No wait goes on when `stopping`
    says so; the model behind says whether to ask once more.

    Raises (on `complete`):
        EndpointError: the last attempt failed, too, or one failed for good.
    """

    def __init__(
        self,
        llm: LLM,
        attempts: int = 6,
        patience: float = inf,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._llm = llm
        self._attempts = attempts
        self._patience = patience
        self._stopping = stopping

    async def complete(self, request: Request) -> Reply:
        """The first reply that comes."""
        try:
            return await self._llm.complete(request)
        except TransientError as error:
            return await self._again(request, error)

    async def _again(self, request: Request, first: TransientError) -> Reply:
        """The first reply that comes after an attempt that failed."""
        failed: list[TransientError] = [first]
        spent = Spent()

        async def attempt() -> Reply:
            try:
                if failed:
                    raise failed.pop()
                return spent.on(await self._llm.complete(request))
            except (BudgetError, EndpointError, ChargedReplyError) as error:
                spent.tell(error)
                raise

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._attempts) | _Impatience(self._patience),
            wait=_wait,
            retry=retry_if_exception_type(TransientError),
            sleep=self._wait_out,
            reraise=True,
        )
        try:
            return await retrying(attempt)
        except TransientError as error:
            times = retrying.statistics["attempt_number"]
            raise error.after(f"tried {times} {'time' if times == 1 else 'times'}") from error

    async def _wait_out(self, seconds: float) -> None:
        waiting = asyncio.ensure_future(pause(seconds))
        try:
            while not waiting.done() and not self._stopping():
                await asyncio.wait({waiting}, timeout=_GLANCE)
        finally:
            waiting.cancel()


class _Impatience(stop_base):
    """Stops where the next wait would end more than `seconds` after the first failure."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: float | None = None

    def __call__(self, state: RetryCallState) -> bool:
        now = state.outcome_timestamp or 0.0
        first = self._first = now if self._first is None else self._first
        return now + state.upcoming_sleep - first > self._seconds


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    if asked is None:
        return _exponential(state)
    # A little later than asked, and not all at once.
    return min(LONGEST_WAIT, asked + random.uniform(0, 0.1 * asked + 0.1))
