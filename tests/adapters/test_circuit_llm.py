from __future__ import annotations

import asyncio

import pytest

from answerbot.adapters import circuit as module
from answerbot.adapters.adaptive_llm import AdaptiveLLM
from answerbot.adapters.circuit import IN_A_ROW, Circuit
from answerbot.adapters.circuit_llm import Breaker, CircuitLLM, PatientLLM
from answerbot.adapters.pacing import Pacer
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.adapters.turns import Line
from answerbot.domain.errors import EndpointError, StoppedError
from answerbot.domain.llm import LLM, Reply, Request, TransientError
from tests.adapters.requests import USAGE, request


class Endpoint:
    """Answers where it is up; counts."""

    def __init__(self, error: EndpointError | None = None) -> None:
        self.error = error
        self.calls = 0
        self.at_once = 0

    async def complete(self, request: Request) -> Reply:
        error = self.error
        self.calls += 1
        self.at_once += 1
        await asyncio.sleep(0)
        self.at_once -= 1
        if error:
            raise error
        return Reply(text="Yes.", model=request.model)


def stack(endpoint: LLM, breaker: Breaker, places: int = 64, attempts: int = 6) -> LLM:
    line = Line(Pacer(places), stopping=breaker.gives_up)
    paced = AdaptiveLLM(CircuitLLM(endpoint, breaker), line, stopping=breaker.gives_up)
    return RetryingLLM(PatientLLM(paced, breaker), attempts, stopping=breaker.gives_up)


async def ask(llm: LLM, number: int) -> list[Reply | BaseException]:
    asked = (llm.complete(request(f"{each}?")) for each in range(number))
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_a_wrong_key_is_tried_by_the_few_that_start_and_by_nobody_in_line() -> None:
    endpoint = Endpoint(EndpointError("bad key", status=401, code="key-refused"))
    results = await ask(stack(endpoint, Breaker(Circuit(120.0))), 1000)
    assert {str(result) for result in results} == {"bad key"}
    assert endpoint.calls <= 4


async def test_what_was_paid_before_the_error_that_ends_the_run_is_told_once() -> None:
    error = EndpointError("bad key", status=401, code="key-refused")
    error.usage = USAGE
    results = await ask(stack(Endpoint(error), Breaker(Circuit(120.0)), places=1), 3)
    usages = [one.usage for one in results if isinstance(one, EndpointError)]
    assert usages == [USAGE, None, None]


async def test_where_everything_fails_from_the_start_little_goes_out_and_all_hear_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "AT_START", 0.0)
    endpoint = Endpoint(TransientError("500", status=500, code="server-error"))
    results = await ask(stack(endpoint, Breaker(Circuit(120.0))), 1000)
    assert all("requests failed and none succeeded" in str(result) for result in results)
    assert all(isinstance(result, EndpointError) and result.stops_all for result in results)
    assert endpoint.calls < IN_A_ROW + 4


async def test_an_outage_costs_no_request_its_answer_and_is_waited_out_one_at_a_time() -> None:
    besides: list[int] = []

    class Down(Endpoint):
        async def complete(self, request: Request) -> Reply:
            self.error = TransientError("503") if 200 <= self.calls < 300 else None
            if 280 <= self.calls < 300:
                besides.append(self.at_once)
            return await super().complete(request)

    endpoint = Down()
    llm = stack(endpoint, Breaker(Circuit(120.0)), attempts=100)
    results = await ask(llm, 400)
    assert all(isinstance(result, Reply) for result in results)
    assert endpoint.calls == 500
    assert set(besides) == {0}


async def test_an_outage_is_told_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "answerbot")
    endpoint = Endpoint()
    llm = stack(endpoint, Breaker(Circuit(120.0)), attempts=1)
    await ask(llm, 1)
    endpoint.error = TransientError("it answered 503", status=503, code="overloaded")
    await ask(llm, IN_A_ROW)
    endpoint.error = None
    await ask(llm, 2)
    assert [record.getMessage() for record in caplog.records] == [
        f"{IN_A_ROW} requests in a row failed, so one at a time is tried: it answered 503",
        "the endpoint answers again",
    ]


async def test_who_wants_to_stop_does_not_wait_for_an_endpoint_that_is_down() -> None:
    stopping = False

    class Stops:
        async def complete(self, request: Request) -> Reply:
            if stopping:
                raise StoppedError("stopped")
            raise TransientError("503")

    circuit = Circuit(120.0)
    breaker = Breaker(circuit, stopping=lambda: stopping)
    llm = stack(Stops(), breaker, attempts=1)
    await ask(llm, IN_A_ROW)
    circuit._next = breaker.clock() + 100
    waiting = asyncio.create_task(llm.complete(request()))
    await asyncio.sleep(0)
    assert not waiting.done()
    stopping = True
    breaker.tell()
    with pytest.raises(StoppedError):
        await asyncio.wait_for(waiting, 5)
