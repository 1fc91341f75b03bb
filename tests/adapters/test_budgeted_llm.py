from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from answerbot.adapters.budgeted_llm import BudgetedLLM
from answerbot.adapters.purse import OwnPurse
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.adapters.spent import OtherWayError
from answerbot.domain.errors import BudgetError, EndpointError, InputError, StoppedError
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request, TransientError, Usage
from answerbot.domain.prices import FlatPrice, most_input_tokens
from tests.adapters.requests import request

PRICE = FlatPrice(input=Decimal(1_000_000), output=Decimal(1_000_000))  # a dollar a token
READ = most_input_tokens(request())
WORST = READ + 50  # max_output_tokens of a request is 50
USED = Usage(input_tokens=10, output_tokens=5)


class Budgeted(BudgetedLLM):
    """Tells what is spent."""

    def __init__(self, llm: LLM, budget: int) -> None:
        self._own = OwnPurse(Decimal(budget))
        super().__init__(llm, self._own, lambda _: PRICE)

    @property
    def spent(self) -> Decimal:
        return self._own.spent


def budgeted(llm: LLM, budget: int) -> Budgeted:
    return Budgeted(llm, budget)


def reply(usage: Usage | None = USED) -> Reply:
    return Reply(text="Yes.", model="small", usage=usage)


async def test_a_call_is_made_if_its_worst_case_just_fits() -> None:
    llm = budgeted(ScriptedLLM([reply()]), WORST)
    assert (await llm.complete(request())).text == "Yes."
    assert llm.spent == 15


async def test_a_call_that_could_exceed_the_budget_is_not_made() -> None:
    behind = ScriptedLLM([])
    with pytest.raises(BudgetError) as caught:
        await budgeted(behind, WORST - 1).complete(request())
    assert behind.requests == []
    (problem,) = caught.value.problems
    budget = WORST - 1
    what = f"rnn/1 draft could cost more than is left of the budget of ${budget}; it was not asked"
    assert problem.what == what
    assert f"the longest reply makes it ${WORST}.0000 more: raise --budget" in str(problem.hint)


async def test_what_was_really_used_counts_and_not_the_worst_case() -> None:
    llm = budgeted(ScriptedLLM([reply(), reply()]), WORST + 15)
    await llm.complete(request())
    await llm.complete(request("What is an LSTM"))
    assert llm.spent == 30


class _Gated:
    """Replies when told to; `made` are the requests that came, `held` those in flight."""

    def __init__(self, usage: Usage = USED) -> None:
        self.made: list[Request] = []
        self.most = 0
        self._usage = usage
        self.held: list[asyncio.Future[None]] = []

    async def complete(self, request: Request) -> Reply:
        self.made.append(request)
        held = asyncio.get_running_loop().create_future()
        self.held.append(held)
        self.most = max(self.most, len(self.held))
        await held
        return reply(self._usage)

    async def let_one_go(self) -> None:
        self.held.pop(0).set_result(None)
        await settled()

    @property
    def in_flight(self) -> int:
        return len(self.held)


async def settled() -> None:
    """Everybody went as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_call_waits_for_those_in_flight_until_it_fits() -> None:
    gated = _Gated()
    llm = budgeted(gated, 2 * WORST + 15)
    tasks = [asyncio.create_task(llm.complete(request())) for _ in range(4)]
    await settled()
    assert gated.in_flight == 2
    await gated.let_one_go()  # 15 spent, WORST reserved: another one just fits
    assert gated.in_flight == 2
    await gated.let_one_go()  # 30 spent, WORST reserved: 15 short
    assert gated.in_flight == 1
    await gated.let_one_go()
    await gated.let_one_go()
    assert [one.text for one in await asyncio.gather(*tasks)] == ["Yes."] * 4
    assert gated.most == 2
    assert llm.spent == 60


async def test_calls_in_flight_never_exceed_the_budget_together() -> None:
    gated = _Gated(Usage(input_tokens=READ, output_tokens=50))  # each as dear as it can be
    llm = budgeted(gated, 3 * WORST + 2)
    tasks = [asyncio.create_task(llm.complete(request())) for _ in range(10)]
    await settled()
    while gated.in_flight:
        assert llm.spent + gated.in_flight * WORST <= 3 * WORST + 2
        await gated.let_one_go()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert len(gated.made) == 3
    assert sum(isinstance(result, BudgetError) for result in results) == 7
    assert llm.spent == 3 * WORST


async def test_a_call_that_nothing_in_flight_could_make_room_for_is_refused_at_once() -> None:
    gated = _Gated()
    llm = budgeted(gated, WORST + 20)
    first = asyncio.create_task(llm.complete(request()))
    await settled()
    with pytest.raises(BudgetError):
        await llm.complete(request("What is an RNN?" * 100))
    await gated.let_one_go()
    await first


async def test_a_dear_call_that_waits_is_not_passed_over_for_cheaper_ones() -> None:
    gated = _Gated()
    dear = request("What is an RNN? " * 30)
    worst = most_input_tokens(dear) + 50
    llm = budgeted(gated, worst + 60)
    first = asyncio.create_task(llm.complete(request()))
    await settled()
    others = [asyncio.create_task(llm.complete(one)) for one in (dear, request(), request())]
    await settled()
    assert gated.made == [request()]
    await gated.let_one_go()
    assert gated.made == [request(), dear]
    while gated.in_flight:
        await gated.let_one_go()
    await asyncio.gather(first, *others)


async def test_who_waits_is_let_in_when_a_call_in_flight_failed_or_was_broken_off() -> None:
    gated = _Gated()
    llm = budgeted(gated, 2 * WORST)
    first = asyncio.create_task(llm.complete(request()))
    second = asyncio.create_task(llm.complete(request()))
    third = asyncio.create_task(llm.complete(request()))
    await settled()
    first.cancel()  # may be charged: booked at its worst
    await settled()
    assert not third.done()
    gated.held.pop().set_exception(EndpointError("401"))  # costs nothing
    await settled()
    assert len(gated.made) == 3
    assert llm.spent == WORST
    gated.held.pop().set_result(None)
    assert (await third).text == "Yes."
    await asyncio.gather(first, second, return_exceptions=True)


async def test_who_waits_and_gives_up_leaves_nothing_reserved() -> None:
    gated = _Gated()
    llm = budgeted(gated, WORST + 15)
    first = asyncio.create_task(llm.complete(request()))
    second = asyncio.create_task(llm.complete(request()))
    await settled()
    second.cancel()
    await gated.let_one_go()
    third = asyncio.create_task(llm.complete(request()))
    await settled()
    await gated.let_one_go()
    assert (await first).text == (await third).text == "Yes."
    await asyncio.gather(second, return_exceptions=True)
    assert llm.spent == 30


def after(error: EndpointError) -> EndpointError:
    """The error, and a reply of no use came before it."""
    error.usage = USED
    return error


@pytest.mark.parametrize(
    ("outcome", "spent"),
    [
        (reply(usage=None), WORST),  # nobody counted: as if at its worst
        (ChargedReplyError("cut off", usage=USED, code="cut-off"), 15),
        (ChargedReplyError("cut off", usage=None, code="cut-off"), WORST),
        (TransientError("timed out", charged=True), WORST),
        (TransientError("429"), 0),
        (EndpointError("401"), 0),
        (after(EndpointError("401")), 15),
        (after(TransientError("timed out", charged=True)), WORST + 15),
        (StoppedError("stopped before the next request"), 0),
    ],
)
async def test_what_a_failed_call_may_have_cost_counts(
    outcome: Reply | Exception, spent: int
) -> None:
    llm = budgeted(ScriptedLLM([outcome]), WORST)
    await asyncio.gather(llm.complete(request()), return_exceptions=True)
    assert llm.spent == spent


async def test_a_budget_without_a_price_is_an_error_before_any_call() -> None:
    behind = ScriptedLLM([])
    llm = BudgetedLLM(behind, OwnPurse(Decimal(1)), lambda _: None)
    with pytest.raises(InputError, match="price of model 'small' is unknown") as caught:
        await llm.complete(request())
    assert '[prices."small"]' in str(caught.value)
    assert behind.requests == []


async def test_a_budget_without_a_bound_on_the_reply_is_an_error_before_any_call() -> None:
    with pytest.raises(InputError, match="not bounded"):
        await budgeted(ScriptedLLM([]), 1000).complete(request(max_output_tokens=None))


async def test_each_attempt_counts_also_those_that_passed_when_asked_again() -> None:
    timed_out = TransientError("timed out", charged=True)
    llm = budgeted(ScriptedLLM([timed_out, reply()]), 2 * WORST)
    assert (await RetryingLLM(llm, attempts=2).complete(request())).text == "Yes."
    assert llm.spent == WORST + 15
    stopped = budgeted(ScriptedLLM([timed_out]), 2 * WORST - 1)
    with pytest.raises(BudgetError):
        await RetryingLLM(stopped, attempts=2).complete(request())


async def test_what_came_in_another_way_than_asked_for_is_told_with_what_came_of_it() -> None:
    ignored = OtherWayError("rnn/1 draft", USED)
    llm = budgeted(ScriptedLLM([ignored, reply(), ignored, EndpointError("gone")]), 10 * WORST)
    assert (await llm.complete(request())).usage == USED + USED
    with pytest.raises(EndpointError) as caught:
        await llm.complete(request())
    assert caught.value.usage == USED
    assert llm.spent == 3 * 15
