from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest

from answerbot.adapters.observed_llm import ObservedLLM
from answerbot.adapters.openai_llm import OpenAILLM
from answerbot.adapters.scripted_llm import Answer, ScriptedLLM
from answerbot.domain.errors import EndpointError, NotFinishedError
from answerbot.domain.llm import (
    LLM,
    ChargedReplyError,
    Reply,
    ReplySchema,
    Request,
    TransientError,
)
from answerbot.domain.traffic import Traffic
from tests.adapters.requests import USAGE, request
from tests.endpoint import Endpoint, refused, said

ANSWERED = Reply(text="A network with a loop.", model="small-2", usage=USAGE)


class Listening(logging.Handler):
    """Keeps the fields of what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.__dict__["fields"])


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    logger, listening = logging.getLogger("answerbot"), Listening()
    before = logger.level
    logger.addHandler(listening)
    logger.setLevel(logging.DEBUG)
    yield listening.told
    logger.setLevel(before)
    logger.removeHandler(listening)


def observed(llm: LLM, traffic: Traffic | None = None) -> ObservedLLM:
    """Each look at the clock is a second later than the one before."""
    seconds = count(100)
    return ObservedLLM(llm, traffic or Traffic(), clock=lambda: float(next(seconds)))


async def ask(script: Sequence[Answer], traffic: Traffic | None = None) -> None:
    """Ask the same until the script is over."""
    llm = observed(ScriptedLLM(script), traffic)
    for _ in script:
        try:
            await llm.complete(request())
        except NotFinishedError:
            continue


async def test_attempts_are_counted_and_those_answered_have_a_latency() -> None:
    traffic = Traffic()
    refused = TransientError("429", throttled=True, status=429)
    await ask([refused, TransientError("500", status=500), ANSWERED], traffic)
    assert (traffic.attempts, traffic.throttled, traffic.retries) == (3, 1, 1)
    assert traffic.latencies.percentile(50) == pytest.approx(1, rel=0.01)


async def test_a_reply_that_is_of_no_use_came_all_the_same() -> None:
    traffic = Traffic()
    await ask([ChargedReplyError("it is empty", usage=USAGE, code="empty"), ANSWERED], traffic)
    assert (traffic.attempts, traffic.retries) == (2, 0)


async def test_each_attempt_is_told_with_its_key_number_status_and_time(
    heard: list[dict[str, Any]],
) -> None:
    await ask(
        [
            TransientError("it broke off", code="broke-off"),
            TransientError("too many", throttled=True, status=429, code="rate-limited"),
            ANSWERED,
        ]
    )
    same = {
        "event": "attempt",
        "key": request().key,
        "label": "rnn/1 draft",
        "model": "small",
        "seconds": 1.0,
    }
    nothing = {"input_tokens": None, "output_tokens": None, "cached_tokens": None}
    first = {"attempt": 1, "status": None, "fault": "broke-off", "error": "it broke off"}
    second = {"attempt": 2, "status": 429, "fault": "rate-limited", "error": "too many"}
    counted = {"input_tokens": 100, "output_tokens": 10, "cached_tokens": 0}
    assert heard == [
        same | nothing | first,
        same | nothing | second,
        same | counted | {"attempt": 3, "status": 200, "fault": None, "error": None},
    ]


async def test_what_was_paid_for_in_vain_is_told_with_its_tokens(
    heard: list[dict[str, Any]],
) -> None:
    await ask([ChargedReplyError("it is empty", usage=USAGE, code="empty")])
    (told,) = heard
    assert (told["status"], told["output_tokens"], told["error"]) == (200, 10, "it is empty")


@pytest.mark.enable_socket
@pytest.mark.parametrize("one_reply", [False, True])
async def test_what_a_shape_took_that_was_ignored_is_told_though_the_next_way_fails(
    one_reply: bool, endpoint: Endpoint, heard: list[dict[str, Any]]
) -> None:
    counted = {"prompt_tokens": 100, "completion_tokens": 10}
    endpoint.script(said("It is Paris.", usage=counted), refused(500, "oh"))
    client = OpenAILLM(base_url=endpoint.url, api_key=None, one_reply=one_reply)
    llm = observed(client)
    shaped = request(reply_schema=ReplySchema(name="capital", json_schema={"required": ["city"]}))
    for _ in range(1 + one_reply):
        with pytest.raises(NotFinishedError):
            await llm.complete(shaped)
    await client.aclose()
    told = [(each["status"], each["fault"], each["output_tokens"]) for each in heard]
    # With a budget each way of asking is an attempt of its own.
    apart = [(200, "other-way", 10), (500, "server-error", None)]
    assert told == (apart if one_reply else [(500, "server-error", 10)])


async def test_an_attempt_that_is_broken_off_is_told(heard: list[dict[str, Any]]) -> None:
    class Slow:
        async def complete(self, request: Request) -> Reply:
            await asyncio.sleep(3600)
            return ANSWERED

    task = asyncio.ensure_future(observed(Slow()).complete(request()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (told,) = heard
    assert (told["status"], told["error"]) == (None, "CancelledError")


async def test_errors_pass_through_as_they_are() -> None:
    error = EndpointError("no such model", status=404)
    with pytest.raises(EndpointError) as caught:
        await observed(ScriptedLLM([error])).complete(request())
    assert caught.value is error


async def test_where_nobody_listens_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "answerbot"):
        await ask([ANSWERED])
    assert not caplog.records
