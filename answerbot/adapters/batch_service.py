"""Orders travel by the batch service of an endpoint, and none of them is paid for twice."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from answerbot.adapters.batch_api import BatchAPI, BatchState
from answerbot.adapters.batch_book import Batch, BatchBook
from answerbot.adapters.batch_files import (
    MOST_BYTES,
    MOST_REQUESTS,
    Result,
    Unreadable,
    chunks,
    read_lines,
)
from answerbot.adapters.batch_llm import Order
from answerbot.adapters.chat_llm import Response
from answerbot.adapters.locks import Claims
from answerbot.domain.errors import (
    EndpointError,
    NotFinishedError,
    Problem,
    StoppedError,
)
from answerbot.domain.llm import TransientError

_LOGGER = logging.getLogger("answerbot")
_GLANCE = 0.25  # seconds between two looks at whether to stop
_LONGEST_WAIT = 60.0  # seconds between two looks at a batch
_GROWTH = 1.5
_PATIENCE = 20  # calls in a row that may fail: a quarter of an hour
_TOLD_EVERY = 60.0  # seconds
_UNCHANGED_EVERY = 600.0
_KEPT = timedelta(days=30)  # by the service; after that nothing can be had of a batch
_HANDING_OVER = "f" * 64  # what a process claims that looks for batches under way, or begins one
_NOT_FOUND = 404
_TOO_MUCH = "token_limit_exceeded"
_GONE = (
    "is this the key that began it? Where it is gone for good, `answerbot store forget-batch {}` "
    "lets the next run ask, and pay, for its requests anew"
)
_LATER = (
    "run the same command again later. Where they never come, `answerbot store forget-batch {}` "
    "lets the next run ask, and pay, for its requests anew"
)
_GO_ON = "run the same command again: it waits for this batch, and pays for nothing twice"

P = ParamSpec("P")
T = TypeVar("T")


class BatchService:
    """Brings orders to an endpoint's batch service.

    A request that a batch under way holds, of this run or another, goes into no second one. The
    book has every batch before it is asked for. Between two looks at a batch there are `poll`
    seconds at first, later more. Once `stopping` says so nothing is waited for; batches go on.
    """

    def __init__(
        self,
        api: BatchAPI,
        book: BatchBook,
        claims: Claims,
        *,
        poll: float,
        stopping: Callable[[], bool] = lambda: False,
        most_requests: int = MOST_REQUESTS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._api = api
        self._book = book
        self._claims = claims
        self._poll = poll
        self._stopping = stopping
        self._most_requests = most_requests
        self._most_bytes = most_bytes
        self._handing_over = asyncio.Lock()
        self._answered: dict[str, str] = {}  # the name of the batch, by key
        self._of_no_use: set[tuple[str, str]] = set()  # batch and key

    async def carry(self, orders: Sequence[Order]) -> None:
        """Each order has been answered or has failed."""
        # What is asked for once more did not get what it wanted from the batch before.
        for order in orders:
            self.give_up(order.key)
        waiting = {order.key: order for order in orders}
        async with asyncio.TaskGroup() as group:
            try:
                async with self._alone():
                    async for batch in self._batches(waiting):
                        mine = [waiting.pop(key) for key in batch.keys & waiting.keys()]
                        group.create_task(self._follow(batch, mine))
            except NotFinishedError as error:
                for order in waiting.values():
                    order.fail(error)

    def give_up(self, key: str) -> None:
        """What a batch brought for this request was of no use; it is not looked at again."""
        if batch := self._answered.pop(key, None):
            self._of_no_use.add((batch, key))

    async def aclose(self) -> None:
        """The book awaits only what is still to come."""
        self._settle()
        self._claims.close()
        await self._api.aclose()

    async def _batches(self, waiting: Mapping[str, Order]) -> AsyncIterator[Batch]:
        """Those under way that hold some of what waits, then new ones with the rest of it."""
        self._settle()
        for batch in self._book.under_way(self._api.endpoint):
            if batch.keys & waiting.keys() and (found := await self._known(batch)):
                _LOGGER.info("batch %s is under way from before: waiting for it", found.id)
                yield found
        lines = [(order.key, order.line) for order in waiting.values()]
        for chunk in chunks(lines, most_requests=self._most_requests, most_bytes=self._most_bytes):
            if self._stopping():
                raise StoppedError("stopped before the next batch")
            yield await self._begun(chunk)

    def _settle(self) -> None:
        before = (datetime.now(UTC) - _KEPT).isoformat(timespec="seconds")
        self._book.settle(self._of_no_use, before=before)
        self._of_no_use.clear()

    async def _known(self, batch: Batch) -> Batch | None:
        """The batch with its id; None where it was never created."""
        if batch.id is not None:
            return batch
        began = datetime.fromisoformat(batch.began)
        try:
            state = await self._patiently(self._api.find, batch.name, began)
        except EndpointError as error:
            if error.code != "no-batch-service":
                raise
            state = None
            _LOGGER.warning(
                "a run was broken off while it began a batch, and %s does not list its batches: "
                "up to %d requests may be paid for twice",
                self._api.endpoint,
                len(batch.keys),
            )
        if state is None:
            self._book.end(batch.name)
            return None
        self._book.created(batch.name, state.id)
        return batch.with_id(state.id)

    async def _begun(self, chunk: Mapping[str, str]) -> Batch:
        """A new batch; the book has it from before it may exist."""
        name = secrets.token_hex(8)
        file = await self._patiently(self._api.upload, name, "".join(chunk.values()))
        began = datetime.now(UTC)
        batch = Batch(
            name, self._api.endpoint, began.isoformat(timespec="seconds"), frozenset(chunk)
        )
        self._book.begin(batch)

        async def create() -> BatchState:
            try:
                return await self._api.create(file, name)
            except TransientError as error:
                # It may be there though we never heard.
                if error.charged and (found := await self._api.find(name, began)):
                    return found
                raise

        try:
            state = await self._patiently(create)
        except EndpointError as error:
            if error.code != _GAVE_UP:
                self._book.end(name)
            raise
        self._book.created(name, state.id)
        requests = "1 request" if len(chunk) == 1 else f"{len(chunk):,} requests"
        _LOGGER.info("batch %s begun: %s", state.id, requests)
        return batch.with_id(state.id)

    async def _follow(self, batch: Batch, orders: Sequence[Order]) -> None:
        try:
            state = await self._over(batch)
            if state.status == "failed":
                await self._again_in_parts(batch, state, orders)
            else:
                self._hand_out(batch, state, await self._results(state), orders)
        except NotFinishedError as error:
            if isinstance(error, EndpointError) and error.status == _NOT_FOUND:
                what = f"batch {batch.id} or its replies are not at {self._api.endpoint}"
                hint = _GONE.format(batch.id)
                error = EndpointError(
                    Problem(what, hint=hint), status=_NOT_FOUND, code="batch-gone"
                )
            if isinstance(error, StoppedError):
                what = f"batch {batch.id} goes on at the endpoint"
                error = StoppedError(Problem(what, hint=_GO_ON))
                _LOGGER.info(error)
            for order in orders:
                order.fail(error)

    async def _over(self, batch: Batch) -> BatchState:
        """The batch once nothing more will come of it."""
        assert batch.id is not None, "a batch is followed once it is created"
        id_, told, wait = batch.id, _Told(), self._poll
        while True:
            state = await self._patiently(self._api.look, id_)
            told.tell(state)
            if state.is_over:
                return state
            await self._wait(wait)
            wait = min(wait * _GROWTH, max(_LONGEST_WAIT, self._poll))

    async def _results(self, state: BatchState) -> dict[str, Result]:
        """What came, by key; a line that cannot be read brought nothing."""
        found: dict[str, Result] = {}
        lost: list[Unreadable] = []
        for file in await self._files(state):
            text = await self._patiently(self._api.content, file)
            for line, _ in read_lines(text, file):
                if isinstance(line, Result):
                    found[line.key] = line
                elif isinstance(line, Unreadable):
                    lost.append(line)
        if lost:
            _tell_lost(state, lost)
        return {one.key: one for each in lost for one in each.as_results()} | found

    async def _files(self, state: BatchState) -> list[str]:
        """The files with what came, which may be there a little later than all is done."""
        for _ in range(_PATIENCE):
            if state.files or not state.counts.completed:
                return state.files
            await self._wait(self._poll)
            state = await self._patiently(self._api.look, state.id)
        what = f"batch {state.id} is {state.status}, and has no file of replies"
        raise EndpointError(Problem(what, hint=_LATER.format(state.id)), code="batch-damaged")

    def _hand_out(
        self,
        batch: Batch,
        state: BatchState,
        results: Mapping[str, Result],
        orders: Sequence[Order],
    ) -> None:
        for order in orders:
            self._answered[order.key] = batch.name
            result = results.get(order.key)
            if result is not None and result.status:
                order.answer(Response(result.status, {}, result.body))
            elif state.status == "cancelled":
                self.give_up(order.key)
                order.fail(_cancelled(state))
            else:
                why = result.body if result else "nothing came of the request"
                order.fail(TransientError(Problem(f"batch {state.id} {state.status}: {why}")))

    async def _again_in_parts(
        self, batch: Batch, state: BatchState, orders: Sequence[Order]
    ) -> None:
        """Where the service would take less at once, it gets the same in two parts.

        Raises:
            EndpointError: the service does not want the batch for another reason.
        """
        self._book.end(batch.name)
        if len(orders) < 2 or all(one.code != _TOO_MUCH for one in state.complaints):
            raise _invalid(state)
        half = len(orders) // 2
        _LOGGER.info("batch %s was too much at once: it goes in two parts", state.id)
        await self.carry(orders[:half])
        await self.carry(orders[half:])

    async def _patiently(
        self, ask: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What the call brings, which is made again while it fails in a way that may pass."""
        wait = self._poll
        for _ in range(_PATIENCE - 1):
            try:
                return await ask(*args, **kwargs)
            except TransientError as error:
                pause = max(wait, error.retry_after or 0.0)
                _LOGGER.info("%s; asking again in %.0f s", error.problems[0].what, pause)
                await self._wait(pause)
                wait = min(wait * _GROWTH, _LONGEST_WAIT)
        try:
            return await ask(*args, **kwargs)
        except TransientError as error:
            last = error.problems[0]
            problem = Problem(f"{last.what} (tried {_PATIENCE} times)", hint=_GO_ON)
            raise EndpointError(problem, status=error.status, code=_GAVE_UP) from error

    async def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._stopping():
                raise StoppedError("stopped before the next batch")
            await asyncio.sleep(min(left, _GLANCE))

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """No other run looks for batches under way meanwhile, or begins one."""
        async with self._handing_over:
            while not self._claims.take(_HANDING_OVER):
                await self._wait(_GLANCE)
            try:
                yield
            finally:
                self._claims.let_go(_HANDING_OVER)


class _Told:
    """What was told of a batch, and when."""

    def __init__(self) -> None:
        self._line = ""
        self._status = ""
        self._at = 0.0

    def tell(self, state: BatchState) -> None:
        """One line, where the last was not just now; where nothing is new, one now and then."""
        counts = state.counts
        line = f"batch {state.id}: {state.status}"
        line += f", {counts.completed:,} of {counts.total:,} done" if counts.total else ""
        line += f", {counts.failed:,} failed" if counts.failed else ""
        now = time.monotonic()
        pause = _UNCHANGED_EVERY if line == self._line else _TOLD_EVERY
        if state.status == self._status and now - self._at < pause:
            return
        self._line, self._status, self._at = line, state.status, now
        _LOGGER.info(line)


_GAVE_UP = "no-batch-answer"


def _tell_lost(state: BatchState, lost: Sequence[Unreadable]) -> None:
    first = lost[0].problem
    _LOGGER.warning(
        "batch %s: %s of what came cannot be read (%s: %s); what it would have answered is asked "
        "for anew, and the other replies are used",
        state.id,
        "1 line" if len(lost) == 1 else f"{len(lost):,} lines",
        first.location,
        first.what,
    )


def _cancelled(state: BatchState) -> EndpointError:
    what = f"batch {state.id} was cancelled, with {state.counts.completed:,} replies"
    hint = "run the same command again to ask for the rest"
    return EndpointError(Problem(what, hint=hint), code="batch-cancelled")


def _invalid(state: BatchState) -> EndpointError:
    """The error that tells why the service did not want the batch."""
    told = [
        f"{f'line {one.line}: ' if one.line else ''}{one.message or one.code}"
        for one in state.complaints[:3]
    ]
    what = f"batch {state.id} failed: {'; '.join(told) or 'the service does not say why'}"
    return EndpointError(Problem(what), code="batch-failed")
