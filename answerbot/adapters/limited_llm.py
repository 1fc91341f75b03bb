"""Bound what is in flight."""

from __future__ import annotations

import asyncio

from answerbot.domain.llm import LLM, Reply, Request


class LimitedLLM:
    """At most `max_concurrency` requests in flight; the others wait for their turn."""

    def __init__(self, llm: LLM, max_concurrency: int) -> None:
        self._llm = llm
        self._free = asyncio.Semaphore(max_concurrency)

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind, when there is room for the request."""
        async with self._free:
            return await self._llm.complete(request)
