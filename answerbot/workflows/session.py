"""Session: the model, the templates and the settings that all steps of a run share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic import BaseModel

from answerbot.domain.errors import NotFinishedError, StoppedError
from answerbot.domain.llm import LLM, ModelSettings
from answerbot.workflows.ask import Asked, Faults, ask, follow_up
from answerbot.workflows.prompts import Inputs, Prompts

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
Item = TypeVar("Item")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Session:
    """What every step needs to speak to the model.

    `stopping` tells that the user wants no further requests; those under way are finished.
    """

    llm: LLM
    prompts: Prompts
    settings: ModelSettings
    stopping: Callable[[], bool] = lambda: False

    async def ask(
        self,
        inputs: Inputs,
        label: str,
        reply_type: type[M],
        faults: Faults[M] | None = None,
    ) -> Asked[M]:
        """The reply to the prompt of `inputs`; one with `faults` is sent back once.

        Raises:
            StoppedError: the user wants no further requests.
            NotFinishedError: no usable reply could be had.
        """
        self._go_on()
        prompt = self.prompts.render(inputs, label)
        return await ask(self.llm, prompt, reply_type, model=self.settings, faults=faults)

    async def follow_up(
        self,
        asked: Asked[M],
        text: str,
        faults: Faults[M] | None = None,
    ) -> Asked[M]:
        """The reply of the same kind to a further message in the same conversation.

        Raises:
            StoppedError: the user wants no further requests.
            NotFinishedError: no usable reply could be had.
        """
        self._go_on()
        return await follow_up(self.llm, asked, text, model=self.settings, faults=faults)

    def _go_on(self) -> None:
        if self.stopping():
            raise StoppedError("stopped before the next request")


async def together(*steps: Awaitable[T]) -> list[T]:
    """The results of all steps; where one fails, the others still end before its error is raised.

    A reply under way is paid for, so it is waited for and not cancelled.
    """
    results = await asyncio.gather(*steps, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


async def each(
    items: Sequence[Item],
    work: Callable[[Item], Awaitable[T]],
    failed: Callable[[Item, NotFinishedError], T],
    *,
    at_once: int,
    on_done: Callable[[T], None] = lambda _: None,
) -> list[T]:
    """The outcome of the work on each item, in their order; one that fails does not fail the rest.

    After an error that every further request would meet too (no money, no endpoint) no more work
    begins; what was not begun fails with that error.
    """
    places = asyncio.Semaphore(at_once)
    fatal: list[NotFinishedError] = []

    async def one(item: Item) -> T:
        async with places:
            try:
                if fatal:
                    raise fatal[0]
                outcome = await work(item)
            except NotFinishedError as error:
                if error.stops_all:
                    fatal.append(error)
                outcome = failed(item, error)
        on_done(outcome)
        return outcome

    return await together(*map(one, items))


async def both(first: Awaitable[A], second: Awaitable[B]) -> tuple[A, B]:
    """The two results, as `together` gives them."""
    one, other = await together(*cast("tuple[Awaitable[object], ...]", (first, second)))
    return cast("A", one), cast("B", other)
