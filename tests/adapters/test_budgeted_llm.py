from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from answerbot.adapters.budgeted_llm import BudgetedLLM
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.domain.errors import BudgetError, EndpointError, InputError
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request, TransientError, Usage
from answerbot.domain.prices import FlatPrice, most_input_tokens
from tests.adapters.requests import request

PRICE = FlatPrice(input=Decimal(1_000_000), output=Decimal(1_000_000))  # a dollar a token
READ = most_input_tokens(request())
WORST = READ + 50  # max_output_tokens of a request is 50
USED = Usage(input_tokens=10, output_tokens=5)


def budgeted(llm: LLM, budget: int) -> BudgetedLLM:
    return BudgetedLLM(llm, Decimal(budget), lambda _: PRICE)


def reply(usage: Usage | None = USED) -> Reply:
    return Reply(text="Yes.", model="small", usage=usage)


async def test_a_call_is_made_if_its_worst_case_just_fits() -> None:
    llm = budgeted(ScriptedLLM([reply()]), WORST)
    assert (await llm.complete(request())).text == "Yes."
    assert llm.spent == 15


async def test_a_call_that_could_exceed_the_budget_is_not_made() -> None:
    behind = ScriptedLLM([])
    with pytest.raises(BudgetError, match="rnn/1 draft could cost") as caught:
        await budgeted(behind, WORST - 1).complete(request())
    assert behind.requests == []
    assert "raise --budget" in str(caught.value)


async def test_what_was_really_used_counts_and_not_the_worst_case() -> None:
    llm = budgeted(ScriptedLLM([reply(), reply()]), WORST + 15)
    await llm.complete(request())
    await llm.complete(request("What is an LSTM"))
    assert llm.spent == 30


class _Gated:
    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.calls = 0

    async def complete(self, request: Request) -> Reply:
        self.calls += 1
        await self.open.wait()
        return reply()


async def test_calls_in_flight_never_exceed_the_budget_together() -> None:
    gated = _Gated()
    llm = budgeted(gated, 3 * WORST + 2)
    tasks = [asyncio.create_task(llm.complete(request())) for _ in range(10)]
    await asyncio.sleep(0)
    gated.open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert gated.calls == 3
    assert sum(isinstance(result, BudgetError) for result in results) == 7
    assert llm.spent == 45


@pytest.mark.parametrize(
    ("outcome", "spent"),
    [
        (reply(usage=None), WORST),  # nobody counted: as if at its worst
        (ChargedReplyError("cut off", usage=USED), 15),
        (ChargedReplyError("cut off", usage=None), WORST),
        (TransientError("timed out", charged=True), WORST),
        (TransientError("429"), 0),
        (EndpointError("401"), 0),
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
    llm = BudgetedLLM(behind, Decimal(1), lambda _: None)
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
