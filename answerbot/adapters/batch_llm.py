"""Requests that travel together: gathered while the work asks, handed over when all of it waits."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from answerbot.adapters.batch_files import request_line
from answerbot.adapters.chat_llm import Response
from answerbot.adapters.spent import Spent
from answerbot.domain.errors import AwaitedError, EndpointError, NotFinishedError, StoppedError
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request, TransientError

ATTEMPTS = 4
"""In how many batches a request may be at most."""


@dataclass(frozen=True, eq=False, slots=True)
class Order:
    """A request on its way: the line that asks for it, and who waits for the response."""

    key: str
    model: str
    line: str
    response: asyncio.Future[Response]

    def answer(self, response: Response) -> None:
        """This came back."""
        if not self.response.done():
            self.response.set_result(response)

    def fail(self, error: BaseException) -> None:
        """Nothing came back."""
        if not self.response.done():
            # Of its own, as it will tell what was paid for this request before.
            own = copy(error) if isinstance(error, NotFinishedError) else error
            self.response.set_exception(own)
            self.response.exception()  # whoever waited may be gone, and that is no fault


class Carrier(Protocol):
    """What brings orders to a model and responses back."""

    async def carry(self, orders: Sequence[Order]) -> None:
        """Each of these orders, all for one model, has been answered or has failed."""
        ...

    def give_up(self, key: str) -> None:
        """What came for this request was of no use; no batch is under way for it any more."""
        ...


class Gathering:
    """Bodies that are posted until nothing more comes for `quiet` seconds travel together."""

    def __init__(self, carrier: Carrier, *, quiet: float) -> None:
        self._carrier = carrier
        self._quiet = quiet
        self._gathered: dict[str, Order] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def post(self, request: Request, body: dict[str, Any]) -> Response:
        """The response, once the batch has come back."""
        loop = asyncio.get_running_loop()
        if request.key not in self._gathered:  # a service takes no two lines of one id
            line = request_line(request.key, body)
            self._gathered[request.key] = Order(
                request.key, request.model, line, loop.create_future()
            )
        order = self._gathered[request.key]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(self._quiet, self._hand_over)
        # One that breaks off must not take the response from another that waits for the same.
        return await asyncio.shield(order.response)

    async def aclose(self) -> None:
        """Nothing more is waited for."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _hand_over(self) -> None:
        by_model: dict[str, list[Order]] = defaultdict(list)
        for order in self._gathered.values():
            by_model[order.model].append(order)
        self._gathered = {}
        for orders in by_model.values():
            task = asyncio.create_task(self._carrier.carry(orders))
            self._under_way.add(task)
            task.add_done_callback(partial(self._ended, orders))

    def _ended(self, orders: Sequence[Order], task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if task.cancelled():
            return
        if error := task.exception():
            # Whatever it is, nobody must wait for ever.
            for order in orders:
                order.fail(error)


class BatchLLM:
    """What a batch did not bring goes into the next one, in `attempts` batches at most.

    Raises (on `complete`):
        EndpointError: it was not to be had.
        AwaitedError, StoppedError: a later run will have it.
    """

    def __init__(self, llm: LLM, carrier: Carrier, attempts: int = ATTEMPTS) -> None:
        self._llm = llm
        self._carrier = carrier
        self._attempts = attempts

    async def complete(self, request: Request) -> Reply:
        """The reply of the model behind."""
        spent = Spent()
        for left in reversed(range(self._attempts)):
            try:
                return spent.on(await self._attempt(request))
            except (EndpointError, ChargedReplyError) as error:
                spent.tell(error)
                if not isinstance(error, TransientError):
                    raise
                if not left:
                    self._carrier.give_up(request.key)
                    raise error.after(f"tried in {self._attempts} batches") from error
        raise AssertionError("there is at least one attempt")

    async def _attempt(self, request: Request) -> Reply:
        try:
            return await self._llm.complete(request)
        except (AwaitedError, StoppedError, TransientError):
            raise
        except NotFinishedError:
            self._carrier.give_up(request.key)
            raise
