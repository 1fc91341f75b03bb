from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import pytest

from answerbot.adapters.adaptive_llm import AdaptiveLLM
from answerbot.adapters.pacing import Pacer
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.adapters.scripted_llm import ScriptedLLM
from answerbot.adapters.turns import Line
from answerbot.domain.errors import EndpointError
from answerbot.domain.llm import ChargedReplyError, Reply, Request, TransientError, Usage
from tests.adapters.requests import request


class Gated:
    """Answers when the gate is open."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.at_once = self.most_at_once = self.calls = 0

    async def complete(self, request: Request) -> Reply:
        self.calls += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        return Reply(text="Yes.", model=request.model)


def throttled(retry_after: float = 0.0) -> TransientError:
    return TransientError("429", retry_after=retry_after, throttled=True)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_than_so_many_are_in_flight() -> None:
    gated = Gated()
    llm = AdaptiveLLM(gated, Line(Pacer(4)))
    tasks = [asyncio.create_task(llm.complete(request())) for _ in range(20)]
    await settle()
    assert gated.at_once == 4
    gated.open.set()
    replies = await asyncio.gather(*tasks)
    assert [reply.text for reply in replies] == ["Yes."] * 20
    assert (gated.calls, gated.most_at_once) == (20, 4)


async def test_a_request_that_is_cancelled_makes_room() -> None:
    gated = Gated()
    llm = AdaptiveLLM(gated, Line(Pacer(1)))
    tasks = [asyncio.create_task(llm.complete(request())) for _ in range(3)]
    await settle()
    tasks[1].cancel()  # it waits for its turn
    tasks[0].cancel()  # it has its turn
    gated.open.set()
    assert (await asyncio.wait_for(tasks[2], 5)).text == "Yes."


async def test_a_refusal_counts_as_no_attempt() -> None:
    script = ScriptedLLM([*(throttled() for _ in range(4)), "Yes."])
    clock = itertools.count(0.0, 5.0).__next__  # whatever is waited for is over at the next look
    llm = RetryingLLM(AdaptiveLLM(script, Line(Pacer(8), clock=clock), clock=clock), attempts=1)
    assert (await llm.complete(request())).text == "Yes."
    assert len(script.requests) == 5


async def test_a_failure_of_another_kind_is_left_to_others() -> None:
    pacer = Pacer(8)
    script = ScriptedLLM([EndpointError("401"), TransientError("500"), "Yes."])
    llm = AdaptiveLLM(script, Line(pacer))
    for words in ("401", "500"):
        with pytest.raises(EndpointError, match=words):
            await llm.complete(request())
    assert (await llm.complete(request())).text == "Yes."
    assert pacer.on_their_way == 0


USED = Usage(input_tokens=10, output_tokens=5)


def charged(usage: Usage | None) -> TransientError:
    error = TransientError("429", throttled=True, charged=usage is None)
    error.usage = usage
    return error


def hurried() -> Line:
    """A line that no pause holds up: a minute passes between two looks at its clock."""
    return Line(Pacer(8), clock=itertools.count(step=60.0).__next__)


async def test_what_refused_attempts_took_is_counted_with_the_reply() -> None:
    answered = Reply(text="Yes.", model="small", usage=USED)
    behind = ScriptedLLM([charged(USED), throttled(), charged(USED), answered])
    reply = await AdaptiveLLM(behind, hurried()).complete(request())
    assert reply.usage == USED + USED + USED


async def test_what_refused_attempts_took_is_counted_with_what_ends_them() -> None:
    for last in (TransientError("500"), EndpointError("401")):
        llm = AdaptiveLLM(ScriptedLLM([charged(USED), last]), hurried())
        with pytest.raises(EndpointError) as caught:
            await llm.complete(request())
        assert (caught.value.charged, caught.value.usage) == (False, USED)
    unusable = ChargedReplyError("cut off", usage=USED, code="cut-off")
    llm = AdaptiveLLM(ScriptedLLM([charged(USED), unusable]), hurried())
    with pytest.raises(ChargedReplyError) as useless:
        await llm.complete(request())
    assert useless.value.usage == USED + USED


async def test_a_refusal_that_may_have_cost_nobody_knows_what_is_told() -> None:
    behind = ScriptedLLM([charged(None), "Yes."])
    with pytest.raises(TransientError) as caught:
        await AdaptiveLLM(behind, Line(Pacer(8))).complete(request())
    assert (caught.value.charged, caught.value.usage) == (True, None)
    assert len(behind.requests) == 1


async def test_what_is_refused_for_a_long_time_fails() -> None:
    llm = AdaptiveLLM(ScriptedLLM([throttled()]), Line(Pacer(8)), patience=0.0)
    with pytest.raises(TransientError, match="429"):
        await llm.complete(request())


async def test_a_request_that_hangs_does_not_hold_up_the_others() -> None:
    hung = asyncio.Event()

    class OneHangs:
        async def complete(self, request: Request) -> Reply:
            if request.label == "hangs":
                await hung.wait()
            return Reply(text="Yes.", model=request.model)

    llm = AdaptiveLLM(OneHangs(), Line(Pacer(2)))
    first = asyncio.create_task(llm.complete(request(label="hangs")))
    await asyncio.wait_for(asyncio.gather(*(llm.complete(request()) for _ in range(50))), 5)
    assert not first.done()
    hung.set()
    await first


async def test_nobody_waits_for_a_pause_once_the_user_wants_to_stop() -> None:
    stopping = False
    script = ScriptedLLM([throttled(3600), "Yes."])
    line = Line(Pacer(8), stopping=lambda: stopping)
    llm = AdaptiveLLM(script, line, stopping=lambda: stopping)
    task = asyncio.create_task(llm.complete(request()))
    await settle()
    assert len(script.requests) == 1
    stopping = True
    assert (await asyncio.wait_for(task, 5)).text == "Yes."


async def test_what_the_headers_of_a_response_say_is_left_is_kept_to() -> None:
    class Headers:
        hear: Callable[[dict[str, str]], None]
        calls = 0

        async def complete(self, request: Request) -> Reply:
            self.calls += 1
            self.hear({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1h"})
            return Reply(text="Yes.", model=request.model)

    endpoint = Headers()
    llm = AdaptiveLLM(endpoint, Line(Pacer(8)))
    endpoint.hear = llm.hear
    await llm.complete(request())
    second = asyncio.create_task(llm.complete(request()))
    await settle()
    assert (endpoint.calls, second.done()) == (1, False)
    second.cancel()
