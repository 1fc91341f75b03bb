"""A language model for tests: it says what it was told to say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from answerbot.domain.llm import Reply, Request

Answer = str | Reply | Exception


class ScriptedLLM:
    """Replies in the order given, or whatever a function makes of the request.

    `requests` holds what was asked. An exception in the script is raised.
    """

    def __init__(self, script: Iterable[Answer] | Callable[[Request], Answer]) -> None:
        self._answer = script if callable(script) else _in_order(script)
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Reply:
        """The next reply of the script."""
        self.requests.append(request)
        await asyncio.sleep(0)
        answer = self._answer(request)
        if isinstance(answer, Exception):
            raise answer
        return Reply(text=answer, model=request.model) if isinstance(answer, str) else answer


def _in_order(script: Iterable[Answer]) -> Callable[[Request], Answer]:
    answers = iter(script)

    def next_answer(request: Request) -> Answer:
        for answer in answers:
            return answer
        raise AssertionError(f"the script is over and {request.label!r} is asked")

    return next_answer
