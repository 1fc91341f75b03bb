"""The whole stack over a real socket, where the endpoint fails: what goes out, and what is told."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from answerbot.adapters import circuit
from answerbot.adapters.circuit import IN_A_ROW
from answerbot.adapters.config import load_config
from answerbot.adapters.pacing import START
from answerbot.cli.stack import Stack, build_stack
from answerbot.domain.errors import NotFinishedError, ReplyError
from answerbot.domain.llm import LLM, Reply, ReplySchema, Request
from tests.adapters.requests import request
from tests.endpoint import Answer, Body, Endpoint, refused, said

pytestmark = pytest.mark.enable_socket

GOOD = '{"sum": 5}'
SUM = ReplySchema(name="Sum", json_schema={"type": "object", "required": ["sum"]})


def stack(**settings: Any) -> Stack:
    flags = {"model.live": "small", "model.max_concurrency": 64}
    return build_stack(load_config(flags=flags | {f"model.{k}": v for k, v in settings.items()}))


def sums(number: int) -> list[Request]:
    return [
        request(f"2 + {each}?", reply_schema=SUM, sample=each + 1, temperature=0.5)
        for each in range(number)
    ]


async def ask(llm: LLM, requests: list[Request]) -> list[Reply | BaseException]:
    return await asyncio.gather(*map(llm.complete, requests), return_exceptions=True)


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """The endpoint, and the environment that names it."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = lambda _: said(GOOD)
    return endpoint


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused(401, "bad key"), "key-refused"),
        (refused(403, "not yours"), "forbidden"),
        (refused(404, "no such model"), "not-found"),
        (refused(402, "pay first"), "no-credit"),
        (refused(429, "exceeded", code="insufficient_quota"), "no-credit"),
        (Answer("<html>Sign in</html>"), "web-page"),
    ],
)
async def test_what_every_request_would_meet_is_met_by_the_first_few(
    live: Endpoint, answer: Answer, code: str
) -> None:
    live.reply = lambda _: answer
    async with stack() as built:
        results = await ask(built.llm, sums(60))
    assert len(live.bodies) <= START + 1  # one may go out again, as a page may pass
    assert len({str(result) for result in results}) == 1
    assert all(isinstance(one, NotFinishedError) and one.code == code for one in results)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused(500, "the server had an error"), "server-error"),
        (Answer("{not json"), "no-completion"),
        (Answer({"choices": []}), "no-choices"),
        (Answer({"error": {"message": "upstream", "code": 502}}), "server-error"),
        (Answer(said(GOOD).body, cut=True), "broke-off"),
        (refused(400, "messages: a list is wanted"), "bad-request"),
        (said("", finish="length"), "only-thoughts"),
        (said(None, refusal="I will not."), "refusal"),
    ],
)
async def test_where_the_first_requests_all_fail_little_goes_out(
    live: Endpoint, monkeypatch: pytest.MonkeyPatch, answer: Answer, code: str
) -> None:
    monkeypatch.setattr(circuit, "AT_START", 0.0)
    live.reply = lambda _: answer
    async with stack() as built:
        results = await ask(built.llm, sums(60))
    assert len(live.bodies) <= IN_A_ROW + START
    assert all(isinstance(one, NotFinishedError) and one.code == code for one in results)
    assert "requests failed and none succeeded, so nothing more is asked" in str(results[-1])


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "http://nowhere.invalid/v1"])
async def test_a_server_that_is_not_there_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    async with stack() as built:
        results = await ask(built.llm, sums(60))
    assert all(isinstance(one, NotFinishedError) and one.code == "unreachable" for one in results)
    assert f"{address} cannot be reached" in str(results[0])


PARAMETERS = ("response_format", "temperature", "seed", "max_completion_tokens")


def picky(body: Body) -> Answer:
    """A server that refuses every parameter, one at a time, and tools."""
    for name in (*PARAMETERS, "tools"):
        if name in body:
            return refused(400, f"'{name}' is not supported")
    return said(f"It is {GOOD}")


async def test_what_a_server_refuses_costs_a_few_requests_and_the_next_run_none(
    live: Endpoint,
) -> None:
    live.reply = picky
    arrived = threading.Barrier(START)
    live.before = lambda number: arrived.wait() if number <= START else None
    async with stack() as built:
        replies = await ask(built.llm, sums(40))
    assert [one.text for one in replies if isinstance(one, Reply)] == [GOOD] * 40
    # Each of the first; then one of them for tools, json_object and each further parameter.
    assert len(live.bodies) - 40 <= START + 2 + (len(PARAMETERS) - 1)
    live.bodies.clear()
    async with stack() as built:
        await ask(built.llm, sums(50))
    assert len(live.bodies) == 10


async def test_a_shape_that_is_ignored_in_silence_costs_a_few_requests(live: Endpoint) -> None:
    live.reply = lambda body: said(
        GOOD if "JSON Schema" in body["messages"][-1]["content"] else "It is five."
    )
    arrived = threading.Barrier(START)
    live.before = lambda number: arrived.wait() if number <= START else None
    async with stack() as built:
        replies = await ask(built.llm, sums(40))
    assert [one.text for one in replies if isinstance(one, Reply)] == [GOOD] * 40
    assert len(live.bodies) - 40 <= START + 1


async def test_what_was_charged_and_is_of_no_use_is_not_paid_again_by_the_next_run(
    live: Endpoint,
) -> None:
    def cut(body: Body) -> Answer:
        return said(GOOD[:4], finish="length") if "2 + 3?" in json.dumps(body) else said(GOOD)

    live.reply = cut
    for told in ("cut off", "store prune --unusable"):
        async with stack() as built:
            results = await ask(built.llm, sums(5))
            (failed,) = [one for one in results if isinstance(one, ReplyError)]
            assert failed.code == "cut-off"
            assert told in str(failed)
        assert len(live.bodies) == 5
    # Another request, so it is asked.
    async with stack() as built:
        longer = sums(5)[3].model_copy(update={"max_output_tokens": 1000})
        live.reply = lambda _: said(GOOD)
        assert (await built.llm.complete(Request(**longer.model_dump()))).text == GOOD
    assert len(live.bodies) == 6
