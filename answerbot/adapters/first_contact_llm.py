"""Whatever an endpoint may refuse goes out with a few requests, before all others bring it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from answerbot.adapters.pacing import START
from answerbot.domain.llm import LLM, Reply, Request


class FirstContactLLM:
    """The model behind; of requests that are `untried` four at a time, until one is answered.

    `untried` says whether a request brings something that no reply has come to yet. Not one goes
    alone, as all would wait for it where its reply hangs. Stands before the line, so that nobody
    who waits here keeps a place in it.
    """

    def __init__(self, llm: LLM, untried: Callable[[Request], bool]) -> None:
        self._llm = llm
        self._untried = untried
        self._places = asyncio.Semaphore(START)

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        if self._untried(request):
            async with self._places:
                if self._untried(request):
                    return await self._llm.complete(request)
        return await self._llm.complete(request)
