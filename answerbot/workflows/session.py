"""Session: the model, the templates and the settings that all steps of a run share."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
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

AHEAD = 4096
"""How many answers may wait, graded, for the turn of one that takes long."""


@dataclass(frozen=True, slots=True)
class Session:
    """What every step needs to speak to the model.

    `stopping` tells that the user wants no further requests; those under way are finished.
    """

    llm: LLM
    prompts: Prompts
    settings: ModelSettings
    stopping: Callable[[], bool] = lambda: False

    def sampling(self, sample: int) -> Session:
        """The same for an independent reply, so many after this one; itself for 0."""
        if sample == 0:
            return self
        return replace(self, settings=replace(self.settings, sample=self.settings.sample + sample))

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
    if len(steps) == 1:
        return [await steps[0]]  # a task of its own would be for nothing
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
    begin = _unless_hopeless(work)

    async def one(item: Item) -> T:
        async with places:
            try:
                outcome = await begin(item)
            except NotFinishedError as error:
                outcome = failed(item, error)
        on_done(outcome)
        return outcome

    return await together(*map(one, items))


async def in_turn(
    items: Iterable[Item],
    work: Callable[[Item], Awaitable[T]],
    failed: Callable[[Item, NotFinishedError], T],
    on_done: Callable[[T], None],
    *,
    at_once: int,
    ahead: int = AHEAD,
    on_ready: Callable[[T], None] = lambda _: None,
) -> None:
    """Hand over the outcome of the work on each item, in their order; none is kept after that.

    `on_ready` is called with each as soon as it is there, in any order. Errors are as in `each`.
    One item that takes long holds up others that are more than `ahead` of it, or `at_once` if that
    is more. However many the items are, only so many are held.

    Raises:
        StoppedError: the user wants no further requests; all before was handed over.
    """
    places = asyncio.Semaphore(at_once)
    begin = _unless_hopeless(work)
    begun: deque[asyncio.Task[T]] = deque()
    most = max(ahead, at_once)

    async def one(item: Item) -> T:
        try:
            outcome = await begin(item)
        except StoppedError:
            raise
        except NotFinishedError as error:
            outcome = failed(item, error)
        finally:
            places.release()
        on_ready(outcome)
        return outcome

    try:
        for item in items:
            await places.acquire()
            begun.append(asyncio.create_task(one(item)))
            while begun and (begun[0].done() or len(begun) > most):
                on_done(await begun.popleft())
        while begun:
            on_done(await begun.popleft())
    except asyncio.CancelledError:
        for task in begun:
            task.cancel()
        raise
    finally:
        # As in `together`: what is under way is paid for.
        await asyncio.gather(*begun, return_exceptions=True)


def _unless_hopeless(work: Callable[[Item], Awaitable[T]]) -> Callable[[Item], Awaitable[T]]:
    """The work, which after an error that every further request would meet fails with that."""
    fatal: list[NotFinishedError] = []

    async def begin(item: Item) -> T:
        if fatal:
            raise fatal[0].with_traceback(None)  # else it would keep the frames of every item
        try:
            return await work(item)
        except NotFinishedError as error:
            if error.stops_all:
                fatal.append(error)
            raise

    return begin


async def both(first: Awaitable[A], second: Awaitable[B]) -> tuple[A, B]:
    """The two results, as `together` gives them."""
    one, other = await together(*cast("tuple[Awaitable[object], ...]", (first, second)))
    return cast("A", one), cast("B", other)
