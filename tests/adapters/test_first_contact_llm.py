"""What an endpoint may refuse is brought by a few requests first: over a real socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from answerbot.adapters.first_contact_llm import FirstContactLLM
from answerbot.adapters.openai_llm import OpenAILLM
from answerbot.domain.errors import EndpointError
from answerbot.domain.llm import Request
from tests.adapters.requests import request
from tests.endpoint import Answer, Body, Endpoint, refused, said

pytestmark = pytest.mark.enable_socket

MANY = 16


@pytest.fixture
async def llm(endpoint: Endpoint) -> AsyncIterator[FirstContactLLM]:
    client = OpenAILLM(base_url=endpoint.url, api_key=None, timeout=5)
    yield FirstContactLLM(client, client.untried)
    await client.aclose()


def seeded() -> list[Request]:
    return [request(sample=number + 1) for number in range(MANY)]


async def test_a_parameter_that_comes_later_is_refused_to_a_few_and_not_to_all_in_flight(
    endpoint: Endpoint, llm: FirstContactLLM
) -> None:
    await llm.complete(request())
    four = threading.Barrier(4)
    endpoint.before = lambda number: four.wait(5) if 2 <= number <= 5 else None
    endpoint.reply = lambda body: refused(400, "no 'seed'") if "seed" in body else said("Yes.")
    replies = await asyncio.gather(*map(llm.complete, seeded()))
    assert [reply.text for reply in replies] == ["Yes."] * MANY
    assert sum("seed" in body for body in endpoint.bodies) == 4
    assert len(endpoint.bodies) == 1 + 4 + MANY


async def test_what_was_answered_once_goes_out_with_all_at_once(
    endpoint: Endpoint, llm: FirstContactLLM
) -> None:
    await llm.complete(request(sample=99))
    together = threading.Barrier(MANY)
    endpoint.before = lambda _: together.wait(5)
    await asyncio.gather(*map(llm.complete, seeded()))
    assert endpoint.most_at_once == MANY


async def test_a_first_reply_that_hangs_holds_up_nobody(
    endpoint: Endpoint, llm: FirstContactLLM
) -> None:
    hang = request(sample=99)
    endpoint.reply = lambda body: Answer(said("Yes.").body, wait=body["seed"] == 99)
    hanging = asyncio.create_task(llm.complete(hang))
    replies = await asyncio.gather(*map(llm.complete, seeded()))
    assert [reply.text for reply in replies] == ["Yes."] * MANY
    assert not hanging.done()
    hanging.cancel()


async def test_a_first_request_that_fails_makes_room_for_the_next(
    endpoint: Endpoint, llm: FirstContactLLM
) -> None:
    def reply(body: Body) -> Answer:
        return refused(500, "no") if body["seed"] <= 8 else said("Yes.")

    endpoint.reply = reply
    came = await asyncio.gather(*map(llm.complete, seeded()), return_exceptions=True)
    assert [isinstance(one, EndpointError) for one in came] == [True] * 8 + [False] * 8


async def test_what_brings_nothing_that_may_be_refused_waits_for_nobody(
    endpoint: Endpoint, llm: FirstContactLLM
) -> None:
    together = threading.Barrier(MANY)
    endpoint.before = lambda _: together.wait(5)
    plain = request(max_output_tokens=None)
    await asyncio.gather(*(llm.complete(plain) for _ in range(MANY)))
    assert endpoint.most_at_once == MANY
