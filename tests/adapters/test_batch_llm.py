from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from answerbot.adapters.batch_llm import BatchLLM, Gathering, Order
from answerbot.adapters.chat_llm import Response
from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.adapters.spent import Spent
from answerbot.domain.errors import EndpointError, StoppedError
from answerbot.domain.llm import Reply, Request, TransientError
from tests.adapters.requests import USAGE, request

ONE, TWO = request("one"), request("two")


class Carried:
    """Answers every order with its model, or does what it is told to."""

    def __init__(self, act: Callable[[Sequence[Order]], None] | None = None) -> None:
        self.batches: list[list[str]] = []
        self.given_up: list[str] = []
        self._act = act

    async def carry(self, orders: Sequence[Order]) -> None:
        self.batches.append([order.key for order in orders])
        if self._act:
            self._act(orders)
        for order in orders:
            order.answer(Response(200, {}, order.model))

    def give_up(self, key: str) -> None:
        self.given_up.append(key)


async def test_what_is_posted_together_is_carried_together_by_model() -> None:
    carried = Carried()
    post = Gathering(carried, quiet=0).post
    large = request("two", model="large")
    came = await asyncio.gather(post(ONE, {}), post(TWO, {}), post(large, {}))
    assert [one.text for one in came] == ["small", "small", "large"]
    assert carried.batches == [[ONE.key, TWO.key], [large.key]]


async def test_what_is_posted_twice_is_carried_once() -> None:
    carried = Carried()
    post = Gathering(carried, quiet=0).post
    first = asyncio.create_task(post(ONE, {}))
    second = asyncio.create_task(post(ONE, {}))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).text == "small"
    assert carried.batches == [[ONE.key]]


async def test_nobody_waits_for_ever_where_the_carrier_fails() -> None:
    def fail(_: Sequence[Order]) -> None:
        raise RuntimeError("a fault of the program")

    with pytest.raises(RuntimeError, match="a fault of the program"):
        await Gathering(Carried(fail), quiet=0).post(ONE, {})


async def test_what_batches_took_that_brought_nothing_is_counted_with_the_reply() -> None:
    failed = TransientError("later")
    failed.usage = USAGE
    script = ScriptedLLM([failed, Reply(text="Yes.", model="small", usage=USAGE)])
    assert (await BatchLLM(script, Carried()).complete(ONE)).usage == USAGE + USAGE


async def test_what_was_paid_for_one_request_is_not_told_of_another_that_fails_with_it() -> None:
    def fail(orders: Sequence[Order]) -> None:
        gone = EndpointError("the batch is gone")
        for order in orders:
            order.fail(gone)

    posting = Gathering(Carried(fail), quiet=0)

    class PaidBefore:
        async def complete(self, request: Request) -> Reply:
            spent = Spent(USAGE)
            try:
                await posting.post(request, {})
            except EndpointError as error:
                spent.tell(error)
                raise
            raise AssertionError("every order fails")

    llm = BatchLLM(PaidBefore(), Carried())
    errors = await asyncio.gather(*map(llm.complete, (ONE, TWO)), return_exceptions=True)
    assert [error.usage for error in errors if isinstance(error, EndpointError)] == [USAGE, USAGE]


async def test_what_fails_for_good_is_given_up_and_what_may_still_come_is_not() -> None:
    carried = Carried()
    passing = [TransientError("later")] * 4
    script = [*passing, EndpointError("never"), StoppedError("not now")]
    llm = BatchLLM(ScriptedLLM(script), carried)
    with pytest.raises(TransientError, match=r"later \(tried in 4 batches\)"):
        await llm.complete(ONE)
    with pytest.raises(EndpointError, match="never"):
        await llm.complete(TWO)
    with pytest.raises(StoppedError):
        await llm.complete(request("three"))
    assert carried.given_up == [ONE.key, TWO.key]
