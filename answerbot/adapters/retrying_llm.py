"""Ask again what failed in a way that may pass."""

from __future__ import annotations

import asyncio
import random

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from answerbot.domain.errors import Problem
from answerbot.domain.llm import LLM, Reply, Request, TransientError

LONGEST_WAIT = 120.0
"""Seconds between two attempts at most, whatever the endpoint asks for."""

_exponential = wait_random_exponential(multiplier=1, max=60)


async def pause(seconds: float) -> None:
    """Wait so long; tests put something quicker in its place."""
    await asyncio.sleep(seconds)


class RetryingLLM:
    """Asks up to `attempts` times, waiting longer each time, or as long as the endpoint wants.

    Raises (on `complete`):
        EndpointError: the last attempt failed, too, or one failed for good.
    """

    def __init__(self, llm: LLM, attempts: int = 6) -> None:
        self._llm = llm
        self._attempts = attempts

    async def complete(self, request: Request) -> Reply:
        """The first reply that comes."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._attempts),
            wait=_wait,
            retry=retry_if_exception_type(TransientError),
            sleep=lambda seconds: pause(seconds),
            reraise=True,
        )
        try:
            return await retrying(self._llm.complete, request)
        except TransientError as error:
            last = error.problems[0]
            what = f"{last.what} (tried {self._attempts} times)"
            raise TransientError(
                Problem(what, last.location, last.hint),
                retry_after=error.retry_after,
                charged=error.charged,
            ) from error


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    if asked is None:
        return _exponential(state)
    # A little later than asked, and not all at once.
    return min(LONGEST_WAIT, asked + random.uniform(0, 0.1 * asked + 0.1))
