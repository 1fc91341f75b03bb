"""Nothing is paid for before somebody has seen the plan, or after they asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from answerbot.domain.errors import StoppedError
from answerbot.domain.llm import LLM, Reply, Request


class ConfirmedLLM:
    """The model behind, from the first request on only if `confirm` says so.

    `confirm` is called once, before the first request; `stopping` before each.

    Raises (on `complete`):
        StoppedError: the user declined, or wants no further requests.
    """

    def __init__(
        self, llm: LLM, confirm: Callable[[], bool], stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._llm = llm
        self._confirm = confirm
        self._stopping = stopping
        self._confirmed: bool | None = None
        self._asking = asyncio.Lock()

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        async with self._asking:
            if self._confirmed is None:
                self._confirmed = self._confirm()
        if not self._confirmed:
            raise StoppedError("not asked: the plan was declined")
        if self._stopping():
            raise StoppedError("stopped before the next request")
        return await self._llm.complete(request)
