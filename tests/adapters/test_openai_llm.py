"""The wire: a real client, a real socket, an endpoint that misbehaves on request."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Unpack

import pytest
from pydantic import BaseModel

from answerbot.adapters.abilities import Abilities
from answerbot.adapters.adaptive_llm import AdaptiveLLM
from answerbot.adapters.budgeted_llm import BudgetedLLM
from answerbot.adapters.ledger import Ledger
from answerbot.adapters.openai_llm import OpenAILLM
from answerbot.adapters.pacing import Pacer
from answerbot.adapters.purse import OwnPurse
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.adapters.store import Store
from answerbot.adapters.stored_llm import StoredLLM
from answerbot.adapters.turns import Line
from answerbot.domain.errors import BudgetError, EndpointError, ReplyError
from answerbot.domain.llm import (
    ChargedReplyError,
    RefusedRequestError,
    Reply,
    Request,
    TransientError,
    Usage,
)
from answerbot.domain.prices import FlatPrice
from answerbot.domain.replies import schema_of
from tests.adapters.requests import Fields, request
from tests.endpoint import Answer, Body, Endpoint, refused, said

pytestmark = pytest.mark.enable_socket

KEY = "correct-horse-battery"


class Capital(BaseModel):
    country: str
    city: str


GOOD = '{"country": "France", "city": "Paris"}'
USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 7,
    "total_tokens": 107,
    "prompt_tokens_details": {"cached_tokens": 64},
}


class Memory:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def ability(self, endpoint: str, model: str) -> str | None:
        return self.kept.get((endpoint, model))

    def remember_ability(self, endpoint: str, model: str, value: str) -> None:
        self.kept[endpoint, model] = value


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def llm(endpoint: Endpoint, memory: Memory) -> AsyncIterator[OpenAILLM]:
    llm = OpenAILLM(base_url=endpoint.url, api_key=KEY, memory=memory, timeout=5)
    yield llm
    await llm.aclose()


def plain(text: str = "Hello?", **fields: Unpack[Fields]) -> Request:
    usual: Fields = {"max_output_tokens": 50, "label": "greeting"}
    return request(text, **(usual | fields))


def structured(**fields: Unpack[Fields]) -> Request:
    capital: Fields = {"reply_schema": schema_of(Capital)}
    return plain("Capital of France?", **(capital | fields))


def rung_of(body: Body) -> str:
    if "tools" in body:
        return "tools"
    return str(body.get("response_format", {"type": "text"})["type"])


async def test_a_plain_request_sends_what_the_request_says_and_nothing_else(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    endpoint.reply = lambda _: said("Hello.", usage=USAGE)
    reply = await llm.complete(plain(temperature=0.5, sample=3))
    assert endpoint.bodies == [
        {
            "model": "small",
            "messages": [{"role": "user", "content": "Hello?"}],
            "max_completion_tokens": 50,
            "temperature": 0.5,
            "seed": 3,
        }
    ]
    assert endpoint.keys == [f"Bearer {KEY}"]
    usage = Usage(input_tokens=100, output_tokens=7, cached_tokens=64)
    assert reply == Reply(text="Hello.", model="small-2026-01-01", usage=usage, id="chatcmpl-1")


@pytest.mark.parametrize("told", [None, 7, ["a"]])
async def test_a_reply_without_an_id_of_use_is_a_reply(
    endpoint: Endpoint, llm: OpenAILLM, told: object
) -> None:
    body = said("Hello.").body
    assert isinstance(body, dict)
    endpoint.reply = lambda _: Answer(body | {"id": told})
    reply = await llm.complete(plain())
    assert (reply.text, reply.id) == ("Hello.", "")


async def test_the_id_of_a_reply_stands_in_nothing_that_is_kept(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    reply = await llm.complete(plain())
    assert reply.id
    assert reply.id not in reply.model_dump_json()


async def test_nothing_is_told_of_the_machine(endpoint: Endpoint, llm: OpenAILLM) -> None:
    await llm.complete(plain())
    assert endpoint.told == {
        "accept", "accept-encoding", "authorization", "content-length",
        "content-type", "host", "user-agent",
    }  # fmt: skip


async def test_tokens_that_nobody_counted_are_none_and_not_zero(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    assert (await llm.complete(plain())).usage is None


async def test_a_schema_is_asked_for_strictly(endpoint: Endpoint, llm: OpenAILLM) -> None:
    endpoint.reply = lambda _: said(GOOD)
    assert (await llm.complete(structured())).text == GOOD
    shape = endpoint.bodies[0]["response_format"]["json_schema"]
    assert shape["strict"] is True
    assert shape["schema"]["additionalProperties"] is False
    assert shape["schema"]["required"] == ["country", "city"]
    assert endpoint.bodies[0]["messages"] == [{"role": "user", "content": "Capital of France?"}]


PARTS = [{"type": "thinking", "thinking": [{"text": "{}"}]}, {"type": "text", "text": GOOD}]


async def test_a_reply_in_parts_is_the_text_of_them(endpoint: Endpoint, llm: OpenAILLM) -> None:
    odd = said(GOOD)
    assert isinstance(odd.body, dict)
    odd.body["choices"][0]["message"]["content"] = PARTS
    endpoint.script(odd)
    assert (await llm.complete(structured())).text == GOOD


async def test_tokens_that_are_miscounted_lose_no_reply(endpoint: Endpoint, llm: OpenAILLM) -> None:
    endpoint.script(said("Yes.", usage={"prompt_tokens": "some", "completion_tokens": 1}))
    reply = await llm.complete(plain())
    assert (reply.text, reply.usage) == ("Yes.", None)


async def test_a_tool_that_is_called_with_an_object_and_not_its_text_is_read(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("tools").to_json()
    endpoint.script(called(json.loads(GOOD)))
    assert (await llm.complete(structured())).text == GOOD


def called(arguments: str | Body) -> Answer:
    call = {"id": "1", "type": "function", "function": {"name": "Capital", "arguments": arguments}}
    return said(None, finish="tool_calls", tool_calls=[call])


@pytest.mark.parametrize(
    ("supported", "answer"),
    [
        ("tools", called(GOOD)),
        ("json_object", said(GOOD)),
        ("text", said(f"Sure! Here it is:\n```json\n{GOOD}\n```\nAnything else?")),
    ],
)
async def test_what_the_server_refuses_is_asked_for_in_the_next_best_way_and_remembered(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM, supported: str, answer: Answer
) -> None:
    def reply(body: Body) -> Answer:
        if rung_of(body) == supported:
            return answer
        return refused(400, f"'{'tools' if 'tools' in body else 'response_format'}' not supported")

    endpoint.reply = reply
    assert (await llm.complete(structured())).text == GOOD
    order = ["json_schema", "tools", "json_object", "text"]
    assert [rung_of(body) for body in endpoint.bodies] == order[: order.index(supported) + 1]

    again = OpenAILLM(base_url=endpoint.url, api_key=KEY, memory=memory)
    await again.complete(structured())
    await again.aclose()
    assert len(endpoint.bodies) == order.index(supported) + 2
    assert rung_of(endpoint.bodies[-1]) == supported


async def test_a_server_that_ignores_the_schema_is_stepped_down_and_all_tokens_are_counted(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}

    def reply(body: Body) -> Answer:
        told = "JSON Schema" in body["messages"][-1]["content"]
        return said(GOOD if told else "It is Paris.", usage=usage)

    endpoint.reply = reply
    reply_ = await llm.complete(structured())
    assert reply_.text == GOOD
    assert [rung_of(body) for body in endpoint.bodies] == ["json_schema", "tools", "json_object"]
    assert reply_.usage == Usage(input_tokens=30, output_tokens=6)


REFUSED = ("response_format", "temperature", "seed", "max_completion_tokens")


async def test_what_a_server_refuses_is_found_out_by_one_of_many_that_go_out_together(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    arrived = threading.Barrier(16)

    def reply(body: Body) -> Answer:
        sent = [name for name in REFUSED if name in body]
        return refused(400, f"'{sent[0]}' is not supported") if sent else called(GOOD)

    endpoint.reply = reply
    endpoint.before = lambda number: arrived.wait() if number <= 16 else None
    asked = (structured(temperature=0.5, sample=each + 1) for each in range(16))
    replies = await asyncio.gather(*map(llm.complete, asked))
    assert [each.text for each in replies] == [GOOD] * 16
    # All of the first, and for one of them each further parameter.
    assert len(endpoint.bodies) == 16 + (len(REFUSED) - 1) + 16


async def test_a_shape_that_is_ignored_is_found_out_by_one_of_many_that_go_out_together(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    arrived = threading.Barrier(16)
    endpoint.before = lambda number: arrived.wait() if number <= 16 else None
    endpoint.reply = lambda body: said(
        GOOD if "JSON Schema" in body["messages"][-1]["content"] else "It is Paris."
    )
    asked = (structured(sample=each) for each in range(16))
    replies = await asyncio.gather(*map(llm.complete, asked))
    assert [each.text for each in replies] == [GOOD] * 16
    assert [rung_of(body) for body in endpoint.bodies].count("tools") == 1
    assert len(endpoint.bodies) == 16 + 1 + 16


BAD_REQUEST = Answer({"error": "bad request"}, 400)


async def test_that_no_way_helps_is_found_out_by_one_of_many_that_go_out_together(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    arrived = threading.Barrier(16)
    endpoint.before = lambda number: arrived.wait() if number <= 16 else None
    endpoint.reply = lambda _: BAD_REQUEST
    asked = (structured(sample=each) for each in range(16))
    failed = await asyncio.gather(*map(llm.complete, asked), return_exceptions=True)
    assert all(isinstance(each, RefusedRequestError) for each in failed)
    assert {str(each).splitlines()[0] for each in failed} == {
        f"{endpoint.url} answered 400: bad request (also where JSON was asked for in other ways)"
    }
    # All of the first, and for one of them the three other ways.
    assert len(endpoint.bodies) == 16 + 3
    with pytest.raises(RefusedRequestError, match="bad request"):
        await llm.complete(structured())
    assert len(endpoint.bodies) == 16 + 3 + 1


async def test_ways_that_give_no_json_are_paid_for_by_one_of_many_that_go_out_together(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    arrived = threading.Barrier(16)
    endpoint.before = lambda number: arrived.wait() if number <= 16 else None
    endpoint.reply = lambda _: said("It is Paris.")
    asked = (structured(sample=each) for each in range(16))
    failed = await asyncio.gather(*map(llm.complete, asked), return_exceptions=True)
    assert all(isinstance(each, ChargedReplyError) for each in failed)
    # All of the first, for one of them the three other ways, and the last way for the others.
    assert len(endpoint.bodies) == 16 + 3 + 15
    assert memory.kept == {}
    endpoint.reply = lambda _: said(GOOD)
    await llm.complete(structured())
    assert remembered(endpoint, memory) == Abilities("json_schema", proven=True)


async def test_a_text_that_is_refused_in_every_way_does_not_keep_others_from_the_way_that_works(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    ways = [refused(400, f"no {name}") for name in ("json_schema", "tools", "response_format")]
    endpoint.script(*ways, refused(400, "the text is bad"), *ways, said(GOOD))
    with pytest.raises(RefusedRequestError, match="the text is bad"):
        await llm.complete(structured())
    assert (await llm.complete(structured(sample=1))).text == GOOD


async def test_what_is_refused_in_every_way_for_one_shape_is_tried_for_another(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    endpoint.reply = lambda _: BAD_REQUEST
    with pytest.raises(RefusedRequestError):
        await llm.complete(structured())
    town = schema_of(Capital).model_copy(update={"name": "Town"})
    endpoint.script(BAD_REQUEST, called(GOOD))
    assert (await llm.complete(structured(reply_schema=town))).text == GOOD


def remembered(endpoint: Endpoint, memory: Memory) -> Abilities:
    return Abilities.from_json(memory.ability(endpoint.url, "small"))


async def test_one_reply_without_json_does_not_demote_what_is_known_to_work(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    endpoint.script(said(GOOD), said("It is Paris."), said(GOOD))
    replies = [await llm.complete(structured()) for _ in range(3)]
    assert [reply.text for reply in replies] == [GOOD, "It is Paris.", GOOD]
    assert {rung_of(body) for body in endpoint.bodies} == {"json_schema"}
    assert remembered(endpoint, memory) == Abilities("json_schema", proven=True)


async def test_what_is_known_to_work_is_known_to_the_next_run(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("json_object", proven=True).to_json()
    endpoint.script(said("It is Paris."))
    assert (await llm.complete(structured())).text == "It is Paris."


async def test_what_is_known_to_work_is_given_up_when_the_server_refuses_it(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("json_schema", proven=True).to_json()
    endpoint.script(refused(400, "'response_format' not supported"), called(GOOD))
    assert (await llm.complete(structured())).text == GOOD
    assert remembered(endpoint, memory) == Abilities("tools", proven=True)


async def test_of_requests_side_by_side_the_best_way_that_worked_is_remembered(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    first = iter([said("It is Paris."), said(GOOD), said(GOOD)])
    endpoint.reply = lambda body: called(GOOD) if "tools" in body else next(first)
    await asyncio.gather(*(llm.complete(structured()) for _ in range(3)))
    assert remembered(endpoint, memory) == Abilities("json_schema", proven=True)


async def test_forgetting_reaches_what_is_remembered(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("text", frozenset({"seed"})).to_json()
    llm.forget_abilities("small")
    assert remembered(endpoint, memory) == llm.abilities("small") == Abilities()


async def test_json_without_a_required_member_is_handed_on_for_correction(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    endpoint.script(said('Here: {"city": "Paris"}'))
    assert (await llm.complete(structured())).text == '{"city": "Paris"}'
    assert not remembered(endpoint, memory).proven


async def test_json_with_nothing_of_what_was_asked_is_handed_on_where_no_way_is_left(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("text").to_json()
    endpoint.script(said('{"answer": "Paris"}'))
    assert (await llm.complete(structured())).text == '{"answer": "Paris"}'


async def test_an_empty_reply_is_an_error_however_well_the_way_is_known(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("json_schema", proven=True).to_json()
    endpoint.script(said("", usage=USAGE))
    with pytest.raises(ChargedReplyError, match="the reply is empty"):
        await llm.complete(structured())


FAILURES = (
    refused(503, "later"),
    refused(400, "there is no such role as user"),
    refused(402, "no money left"),
    refused(401, "no such key"),
)


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_failure_after_replies_that_were_paid_for_tells_what_they_took(
    endpoint: Endpoint, llm: OpenAILLM, failure: Answer
) -> None:
    paid = said("It is Paris.", usage=USAGE)
    endpoint.script(paid, paid, failure)
    with pytest.raises(EndpointError) as caught:
        await llm.complete(structured())
    assert caught.value.usage == Usage(input_tokens=200, output_tokens=14, cached_tokens=128)
    assert not caught.value.charged


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_failure_after_a_reply_whose_tokens_nobody_counted_may_have_been_charged(
    endpoint: Endpoint, llm: OpenAILLM, failure: Answer
) -> None:
    endpoint.script(said("It is Paris.", usage=USAGE), said("It is Paris."), failure)
    with pytest.raises(EndpointError) as caught:
        await llm.complete(structured())
    assert caught.value.usage == Usage(input_tokens=100, output_tokens=7, cached_tokens=64)
    assert caught.value.charged


async def test_tokens_of_which_nobody_counted_a_part_are_none(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    endpoint.script(said("It is Paris."), called(GOOD))
    assert (await llm.complete(structured())).usage is None


async def test_what_was_paid_before_a_failure_is_booked(
    endpoint: Endpoint, llm: OpenAILLM, tmp_path: Path
) -> None:
    price = FlatPrice(input=Decimal(1), output=Decimal(10))
    purse = OwnPurse(Decimal(1))
    ledger = Ledger(lambda _: price)
    store = Store(tmp_path / "store.sqlite3")
    budgeted = BudgetedLLM(llm, purse, lambda _: price)
    stored = StoredLLM(store, ["small"], budgeted, source=endpoint.url, note=ledger.note)
    paid = said("It is Paris.", usage={"prompt_tokens": 100, "completion_tokens": 7})
    endpoint.script(paid, paid, refused(401, "no such key"))
    with pytest.raises(EndpointError, match="no such key"):
        await stored.complete(structured())
    store.close()
    assert purse.spent == ledger.cost == Decimal("0.00034")  # 200 tokens at $1, 14 at $10 a million


@pytest.mark.parametrize("helps", [True, False])
@pytest.mark.parametrize("side_by_side", [1, 4, 20])
async def test_a_shape_that_is_ignored_takes_no_more_than_the_budget(
    endpoint: Endpoint, side_by_side: int, helps: bool
) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 50}
    prose = said("It is Paris.", usage=usage)
    endpoint.reply = lambda body: (
        said(GOOD, usage=usage) if helps and rung_of(body) == "text" else prose
    )
    llm = OpenAILLM(base_url=endpoint.url, api_key=KEY, timeout=5, one_reply=True)
    price = FlatPrice(input=Decimal(0), output=Decimal(20_000))  # 50 tokens are a dollar
    purse = OwnPurse(Decimal("4.5"))
    line = AdaptiveLLM(llm, Line(Pacer(side_by_side)))
    budgeted = BudgetedLLM(line, purse, lambda _: price, llm.finds_out)
    asked = (structured(sample=each) for each in range(20))
    came = await asyncio.gather(*map(budgeted.complete, asked), return_exceptions=True)
    await llm.aclose()
    assert [rung_of(body) for body in endpoint.bodies] == [
        "json_schema", "tools", "json_object", "text",
    ]  # fmt: skip
    assert purse.spent == 4
    assert [
        each.usage.output_tokens for each in came if isinstance(each, Reply) and each.usage
    ] == ([4 * 50] if helps else [])
    assert sum(isinstance(each, BudgetError) for each in came) == 19


async def test_what_was_paid_before_the_budget_is_used_up_is_told(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 50}
    endpoint.reply = lambda _: said("It is Paris.", usage=usage)
    llm = OpenAILLM(base_url=endpoint.url, api_key=KEY, timeout=5, one_reply=True)
    price = FlatPrice(input=Decimal(0), output=Decimal(20_000))
    ledger = Ledger(lambda _: price)
    store = Store(tmp_path / "store.sqlite3")
    purse = OwnPurse(Decimal("2.5"))
    budgeted = RetryingLLM(BudgetedLLM(llm, purse, lambda _: price, llm.finds_out))
    stored = StoredLLM(store, ["small"], budgeted, source=endpoint.url, note=ledger.note)
    with pytest.raises(BudgetError):
        await stored.complete(structured())
    store.close()
    await llm.aclose()
    assert len(endpoint.bodies) == purse.spent == ledger.cost == 2


async def test_many_go_out_together_within_a_budget_once_the_way_is_found(
    endpoint: Endpoint,
) -> None:
    arrived = threading.Barrier(16)
    endpoint.reply = lambda _: said(GOOD)
    endpoint.before = lambda number: arrived.wait() if number > 1 else None
    llm = OpenAILLM(base_url=endpoint.url, api_key=KEY, timeout=5, one_reply=True)
    price = FlatPrice(input=Decimal(0), output=Decimal(20_000))
    budgeted = BudgetedLLM(llm, OwnPurse(Decimal(17)), lambda _: price, llm.finds_out)
    asked = (structured(sample=each) for each in range(17))
    replies = await asyncio.gather(*map(budgeted.complete, asked))
    await llm.aclose()
    assert len(replies) == endpoint.most_at_once + 1 == 17


async def test_json_of_another_shape_counts_as_ignored(endpoint: Endpoint, llm: OpenAILLM) -> None:
    endpoint.script(said('{"answer": "Paris"}'), called(GOOD))
    assert (await llm.complete(structured())).text == GOOD


async def test_the_lower_rungs_tell_the_schema_in_the_last_user_message(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("text").to_json()
    endpoint.reply = lambda _: said(GOOD)
    await llm.complete(structured())
    message = endpoint.bodies[0]["messages"][-1]["content"]
    assert message.startswith("Capital of France?\n\n")
    told = json.loads(message.rpartition(":\n")[2])
    assert told == schema_of(Capital).json_schema


async def test_a_reply_without_json_on_the_last_rung_is_an_error_and_never_a_value(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM
) -> None:
    memory.kept[endpoint.url, "small"] = Abilities("text").to_json()
    endpoint.reply = lambda _: said("Paris, I think.", usage=USAGE)
    with pytest.raises(ChargedReplyError, match="greeting: the reply holds no whole") as caught:
        await llm.complete(structured())
    assert caught.value.usage == Usage(input_tokens=100, output_tokens=7, cached_tokens=64)


@pytest.mark.parametrize(
    ("refusal", "left_out", "sent_instead"),
    [
        (refused(400, "Unsupported value", param="temperature"), "temperature", None),
        (refused(400, "Unsupported parameter: 'seed'"), "seed", None),
        (
            Answer({"detail": [{"loc": ["body", "max_completion_tokens"]}]}, 422),
            "max_completion_tokens",
            "max_tokens",
        ),
    ],
)
async def test_a_parameter_that_the_server_refuses_is_left_out_from_then_on(
    endpoint: Endpoint,
    llm: OpenAILLM,
    refusal: Answer,
    left_out: str,
    sent_instead: str | None,
) -> None:
    endpoint.reply = lambda body: refusal if left_out in body else said("Hello.")
    for _ in range(2):
        await llm.complete(plain(temperature=0.0, sample=1))
    assert [left_out in body for body in endpoint.bodies] == [True, False, False]
    if sent_instead:
        assert endpoint.bodies[-1][sent_instead] == 50


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (said(GOOD[:9], finish="length"), "cut-off", "cut off at 50 tokens"),
        (said(None, finish="length"), "only-thoughts", "raise .* max_output_tokens"),
        (said("", finish="content_filter"), "reply-filtered", "content filter"),
        (said(None, refusal="I will not."), "refusal", "the reply is a refusal: I will not."),
        (said("  "), "empty", "the reply is empty"),
    ],
)
async def test_a_reply_that_was_broken_off_is_an_error_that_says_so(
    endpoint: Endpoint, llm: OpenAILLM, answer: Answer, name: str, words: str
) -> None:
    endpoint.reply = lambda _: answer
    with pytest.raises(ReplyError, match=words) as caught:
        await llm.complete(plain())
    assert caught.value.code == name


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (said(None, reasoning_content="Paris, I think."), "only-thoughts"),
        (said("", reasoning="Paris, I think."), "only-thoughts"),
        (said(None), "empty"),
        (called(""), "empty"),
    ],
)
async def test_a_reply_without_a_word_tells_nothing_about_the_way_of_asking(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM, answer: Answer, name: str
) -> None:
    endpoint.reply = lambda _: answer
    with pytest.raises(ReplyError) as caught:
        await llm.complete(structured())
    assert caught.value.code == name
    assert len(endpoint.bodies) == 1
    assert memory.kept == {}


@pytest.mark.parametrize("before", ["", ": keep-alive\n\n", "event: message\n"])
async def test_an_endpoint_that_streams_unasked_is_told_to_be_one(
    endpoint: Endpoint, llm: OpenAILLM, before: str
) -> None:
    endpoint.script(Answer(before + 'data: {"choices": [{"delta": {"content": "Yes."}}]}\n\n'))
    with pytest.raises(RefusedRequestError, match="streams though it was not asked to") as caught:
        await llm.complete(plain())
    assert (caught.value.code, caught.value.charged) == ("streamed", True)


async def test_what_came_goes_with_the_error_of_a_reply_that_was_paid_for(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    answer = said("", finish="length", usage=USAGE)
    answer.headers["X-Request-Id"] = "req-42"
    endpoint.reply = lambda _: answer
    with pytest.raises(ChargedReplyError) as caught:
        await llm.complete(plain())
    assert caught.value.code == "only-thoughts"
    raw = caught.value.raw
    assert raw is not None
    assert json.loads(raw.body) == answer.body
    assert raw.headers["x-request-id"] == "req-42"


async def test_a_fault_of_the_program_in_reading_is_the_error_of_a_reply_that_was_paid_for(
    endpoint: Endpoint, llm: OpenAILLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("answerbot.adapters.chat_llm.read_completion", lambda *_: 1 // 0)
    with pytest.raises(ChargedReplyError, match="cannot be read: ZeroDivisionError") as caught:
        await llm.complete(plain())
    assert caught.value.code == "unreadable"
    assert caught.value.raw is not None


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (401, "bad key", "OPENAI_API_KEY"),
        (403, "not yours", "another key or model"),
        (404, "The model 'small' does not exist", "is there such a model"),
        (402, "pay first", "no credit"),
    ],
)
async def test_what_does_not_pass_by_itself_is_final_and_has_a_hint(
    endpoint: Endpoint, llm: OpenAILLM, status: int, message: str, hint: str
) -> None:
    endpoint.reply = lambda _: refused(status, message)
    with pytest.raises(EndpointError) as caught:
        await llm.complete(plain())
    assert not isinstance(caught.value, TransientError)
    assert caught.value.status == status
    assert f"answered {status}: {message}" in str(caught.value)
    assert hint in (caught.value.problems[0].hint or "")


async def test_an_account_without_credit_is_not_asked_again(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    endpoint.reply = lambda _: refused(429, "You exceeded your quota", code="insufficient_quota")
    with pytest.raises(EndpointError, match="no credit") as caught:
        await llm.complete(plain())
    assert not isinstance(caught.value, TransientError)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
async def test_what_may_pass_is_marked_so(endpoint: Endpoint, llm: OpenAILLM, status: int) -> None:
    endpoint.reply = lambda _: refused(status, "later")
    with pytest.raises(TransientError) as caught:
        await llm.complete(structured())
    assert not caught.value.charged
    assert len(endpoint.bodies) == 1


@pytest.mark.parametrize("listed", [True, False])
async def test_a_limit_of_a_minute_is_waited_out_though_it_tells_of_billing(
    endpoint: Endpoint, llm: OpenAILLM, listed: bool
) -> None:
    error = {
        "code": 429,
        "message": "You exceeded your current quota, please check your plan and billing details.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}],
    }
    whole = {"error": error}
    endpoint.script(Answer(json.dumps([whole]) if listed else whole, 429))
    with pytest.raises(TransientError) as caught:
        await llm.complete(plain())
    assert (caught.value.throttled, caught.value.retry_after) == (True, 34.0)


async def test_a_quota_that_is_gone_ends_the_run_where_words_alone_tell_it(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    words = "You exceeded your current quota, please check your plan and billing details."
    endpoint.script(Answer({"error": {"message": words}}, 429))
    with pytest.raises(EndpointError) as caught:
        await llm.complete(plain())
    assert (caught.value.code, caught.value.stops_all) == ("no-credit", True)


async def test_retry_after_is_read_as_seconds(endpoint: Endpoint, llm: OpenAILLM) -> None:
    endpoint.reply = lambda _: Answer({}, 429, {"Retry-After": "17"})
    with pytest.raises(TransientError) as caught:
        await llm.complete(plain())
    assert caught.value.retry_after == 17


async def test_milliseconds_go_before_seconds(endpoint: Endpoint, llm: OpenAILLM) -> None:
    endpoint.reply = lambda _: Answer({}, 429, {"Retry-After": "17", "Retry-After-Ms": "250"})
    with pytest.raises(TransientError) as caught:
        await llm.complete(plain())
    assert caught.value.retry_after == 0.25
    assert caught.value.throttled


@pytest.mark.parametrize("ask", [lambda llm: llm.complete(plain()), OpenAILLM.models])
async def test_a_server_that_sends_a_byte_now_and_then_is_given_up(
    ask: Callable[[OpenAILLM], Awaitable[object]],
) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        over.set()

    over = asyncio.Event()
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        llm = OpenAILLM(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, timeout=0.3)
        with pytest.raises(TransientError, match=r"within 0\.3 seconds") as caught:
            await ask(llm)
        await llm.aclose()
        await over.wait()
    assert caught.value.charged


async def test_the_headers_of_every_response_are_handed_on(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    heard: list[str] = []
    llm.hear = lambda headers: heard.append(headers["x-ratelimit-remaining-requests"])
    ok = Answer(said("Yes.").body, headers={"X-RateLimit-Remaining-Requests": "7"})
    endpoint.script(ok, Answer({}, 429, {"X-RateLimit-Remaining-Requests": "0"}))
    await llm.complete(plain())
    with pytest.raises(TransientError):
        await llm.complete(plain())
    assert heard == ["7", "0"]


async def test_retry_after_is_read_as_a_date(endpoint: Endpoint, llm: OpenAILLM) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    endpoint.reply = lambda _: Answer({}, 503, {"Retry-After": later})
    with pytest.raises(TransientError) as caught:
        await llm.complete(plain())
    assert caught.value.retry_after == pytest.approx(3600, abs=60)


@pytest.mark.parametrize("header", ["soon", "-5", "nan"])
async def test_a_retry_after_that_means_nothing_asks_for_no_wait(
    endpoint: Endpoint, llm: OpenAILLM, header: str
) -> None:
    endpoint.reply = lambda _: Answer({}, 503, {"Retry-After": header})
    with pytest.raises(TransientError) as caught:
        await llm.complete(plain())
    assert not caught.value.retry_after


@pytest.mark.parametrize(
    "answer",
    [
        Answer("{not json"),
        Answer({"choices": []}),
        Answer({"object": "list"}),
        Answer(""),
    ],
)
async def test_a_body_that_is_no_completion_is_an_error(
    endpoint: Endpoint, llm: OpenAILLM, answer: Answer
) -> None:
    endpoint.reply = lambda _: answer
    with pytest.raises(TransientError, match="no chat completion"):
        await llm.complete(plain())


async def test_two_web_pages_at_first_are_a_wrong_address_and_others_a_passing_failure(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    page = Answer("<html>Sign in</html>")
    endpoint.script(page, page, said("Hello."), page)
    with pytest.raises(TransientError, match="no chat completion: '<html>"):
        await llm.complete(plain())
    with pytest.raises(EndpointError, match="no chat completion: '<html>") as caught:
        await llm.complete(plain())
    assert not isinstance(caught.value, TransientError)
    await llm.complete(plain())
    with pytest.raises(TransientError):
        await llm.complete(plain())


async def test_a_connection_that_is_cut_may_have_been_charged(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    endpoint.reply = lambda _: Answer(said("Hello.").body, cut=True)
    with pytest.raises(TransientError, match="broke off") as caught:
        await llm.complete(plain())
    assert caught.value.charged


async def test_a_server_that_does_not_answer_in_time_is_given_up(endpoint: Endpoint) -> None:
    llm = OpenAILLM(base_url=endpoint.url, api_key=KEY, timeout=0.1)
    endpoint.reply = lambda _: Answer(said("Hello.").body, wait=True)
    with pytest.raises(TransientError, match=r"did not answer within 0\.1 seconds") as caught:
        await llm.complete(plain())
    assert caught.value.charged
    await llm.aclose()


async def test_nobody_listening_is_final_and_says_where() -> None:
    llm = OpenAILLM(base_url="http://127.0.0.1:9/v1", api_key=None)
    with pytest.raises(EndpointError, match=r"127\.0\.0\.1:9/v1 cannot be reached") as caught:
        await llm.complete(plain())
    assert not isinstance(caught.value, TransientError)
    assert "OPENAI_BASE_URL" in (caught.value.problems[0].hint or "")
    await llm.aclose()


async def test_a_server_that_speaks_no_tls_is_final(endpoint: Endpoint) -> None:
    address = endpoint.url.replace("http://", "https://")
    llm = OpenAILLM(base_url=address, api_key=None)
    with pytest.raises(EndpointError, match="cannot be reached safely") as caught:
        await llm.complete(plain())
    assert caught.value.code == "tls"
    await llm.aclose()


async def test_a_server_that_answered_before_and_is_gone_is_asked_again() -> None:
    endpoint = Endpoint()
    endpoint.reply = lambda _: Answer(said("Yes.").body, headers={"Connection": "close"})
    with endpoint.running():
        llm = OpenAILLM(base_url=endpoint.url, api_key=None)
        await llm.complete(plain())
    with pytest.raises(TransientError, match="cannot be reached") as caught:
        await llm.complete(plain())
    assert (caught.value.code, caught.value.charged) == ("gone", False)
    await llm.aclose()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer({"choices": []}), "no-choices"),
        (Answer({"error": {"message": "upstream", "code": 503}}), "overloaded"),
        (Answer({"error": {"message": "upstream failed"}}), "error-inside"),
        (Answer("[]"), "no-completion"),
        (
            Answer({"choices": [{"message": {"content": ""}, "error": {"code": 502}}]}),
            "server-error",
        ),
    ],
)
async def test_a_response_that_claims_to_be_fine_is_named_by_what_is_in_it(
    endpoint: Endpoint, llm: OpenAILLM, answer: Answer, code: str
) -> None:
    endpoint.reply = lambda _: answer
    with pytest.raises(TransientError) as caught:
        await llm.complete(plain())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": 429, "message": "slow down"}, "rate-limited"),
        ({"code": "rate_limit_exceeded", "message": "slow down"}, "rate-limited"),
        ({"code": 500, "message": "oh"}, "server-error"),
        ({"type": "overloaded_error", "message": "oh"}, "overloaded"),
        ({"status": 401, "message": "who are you?"}, "key-refused"),
        ({"code": "invalid_api_key", "message": "who are you?"}, "key-refused"),
        ({"code": "insufficient_quota", "message": "you have none"}, "no-credit"),
        ({"code": None, "type": "invalid_request_error", "message": "what?"}, "bad-request"),
    ],
)
async def test_an_error_inside_a_response_that_claims_to_be_fine_is_that_of_the_status_it_tells(
    endpoint: Endpoint, llm: OpenAILLM, error: Body, code: str
) -> None:
    endpoint.reply = lambda _: Answer({"error": error})
    with pytest.raises(EndpointError) as caught:
        await llm.complete(plain())
    assert caught.value.code == code
    assert not caught.value.charged


REFUSED_INSIDE = [
    {"error": {"code": 400, "message": "response_format is not supported"}},
    {"error": {"type": "invalid_request_error", "message": "no response_format"}},
    {"choices": [{"message": {}, "error": {"code": 422, "message": "json_schema: no"}}]},
    {"object": "error", "code": 400, "message": "guided decoding is off"},
]


@pytest.mark.parametrize("body", REFUSED_INSIDE)
async def test_a_refusal_inside_a_response_that_claims_to_be_fine_is_one_of_the_way_of_asking(
    endpoint: Endpoint, memory: Memory, llm: OpenAILLM, body: Body
) -> None:
    endpoint.script(Answer(body), called(GOOD), called(GOOD))
    for _ in range(2):
        assert (await llm.complete(structured())).text == GOOD
    assert [rung_of(each) for each in endpoint.bodies] == ["json_schema", "tools", "tools"]
    assert remembered(endpoint, memory) == Abilities("tools", proven=True)


async def test_a_parameter_that_is_refused_inside_a_response_that_claims_to_be_fine_is_left_out(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    refusal = Answer({"error": {"code": 400, "message": "unknown field 'seed'"}})
    endpoint.reply = lambda body: refusal if "seed" in body else said("Hello.")
    for _ in range(2):
        await llm.complete(plain(sample=1))
    assert ["seed" in body for body in endpoint.bodies] == [True, False, False]


async def test_the_filter_of_a_prompt_is_no_refusal_of_the_shape_that_was_asked_for(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    words = "The response_format is fine; the prompt triggered the content policy"
    endpoint.reply = lambda _: refused(400, words, code="content_filter")
    with pytest.raises(RefusedRequestError) as caught:
        await llm.complete(structured())
    assert caught.value.code == "prompt-filtered"
    assert len(endpoint.bodies) == 1


async def test_a_redirection_is_not_followed(endpoint: Endpoint, llm: OpenAILLM) -> None:
    endpoint.reply = lambda _: Answer({}, 307, {"Location": "http://elsewhere.example/v1"})
    with pytest.raises(EndpointError, match=r"elsewhere\.example"):
        await llm.complete(plain())


async def test_the_key_stands_in_no_error_though_the_server_echoes_it(
    endpoint: Endpoint, llm: OpenAILLM
) -> None:
    other = "sk-" + "proj-1234567890abcdefghij"
    endpoint.reply = lambda _: refused(401, f"Incorrect API key provided: {KEY}, nor {other}")
    with pytest.raises(EndpointError) as caught:
        await llm.complete(plain())
    assert KEY not in str(caught.value)
    assert other not in str(caught.value)


async def test_many_requests_go_out_together(endpoint: Endpoint, llm: OpenAILLM) -> None:
    requests = [plain(f"Hello {number}?") for number in range(50)]
    replies = await asyncio.gather(*map(llm.complete, requests))
    assert [reply.text for reply in replies] == ["Yes."] * 50


@pytest.mark.parametrize("text", [None, "", "nonsense", "[]", '{"rung": "best"}'])
def test_what_is_remembered_wrongly_is_forgotten(text: str | None) -> None:
    assert Abilities.from_json(text) == Abilities()
