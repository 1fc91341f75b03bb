"""The mock endpoint does what it was told to, and counts it."""

from __future__ import annotations

import asyncio
import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from benchmarks.endpoint import Bucket, Model, Settings, counts, digest, log, running

pytestmark = pytest.mark.enable_socket

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Capital?"}]


class Client:
    def __init__(self, address: str, timeout: float = 5) -> None:
        where = urlsplit(address)
        self._connection = http.client.HTTPConnection(where.netloc, timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, messages: list[dict[str, str]] = MESSAGES) -> http.client.HTTPResponse:
        body = json.dumps({"model": "mock", "messages": messages})
        self._connection.request("POST", "/v1/chat/completions", body)
        return self._connection.getresponse()


def said(response: http.client.HTTPResponse) -> str:
    text = json.load(response)["choices"][0]["message"]["content"]
    assert isinstance(text, str)
    return text


def test_it_says_what_the_file_of_replies_has_for_the_last_message(tmp_path: Path) -> None:
    replies = tmp_path / "replies.json"
    replies.write_text(json.dumps({digest(MESSAGES): '{"city": "Paris"}'}), "utf-8")
    with running(Settings(replies=str(replies))) as address, Client(address) as client:
        assert said(client.ask()) == '{"city": "Paris"}'
        assert counts(address) == {"received": 1, "answered": 1, "most_at_once": 1}


def test_beyond_the_rate_it_refuses_and_says_when_to_come_again() -> None:
    settings = Settings(rate=0.1, burst=2, rate_headers=True, retry_after="seconds")
    with running(settings) as address, Client(address) as client:
        first = client.ask()
        assert first.headers["x-ratelimit-limit-requests"] == "2"
        assert first.headers["x-ratelimit-remaining-requests"] == "1"
        first.read()
        second = client.ask()
        assert (second.status, second.headers["x-ratelimit-remaining-requests"]) == (200, "0")
        second.read()
        third = client.ask()
        assert third.status == 429
        assert 9 <= int(third.headers["retry-after"]) <= 10
        third.read()
        assert counts(address)["refused"] == 1


def test_how_soon_to_come_again_is_also_said_in_milliseconds() -> None:
    settings = Settings(rate=0.1, burst=1, retry_after="milliseconds")
    with running(settings) as address, Client(address) as client:
        client.ask().read()
        assert 9000 <= int(client.ask().headers["retry-after-ms"]) <= 10_000


def test_beyond_a_rate_of_tokens_it_refuses_and_says_how_many_are_left() -> None:
    messages = [{"role": "user", "content": "x" * 4000}]
    settings = Settings(token_rate=1500, rate_headers=True, retry_after="milliseconds")
    with running(settings) as address, Client(address) as client:
        first = client.ask(messages)
        assert first.headers["x-ratelimit-limit-tokens"] == "1500"
        # A little more than 4,000 characters are a little more than 1,000 tokens.
        assert 400 < int(first.headers["x-ratelimit-remaining-tokens"]) < 500
        first.read()
        second = client.ask(messages)
        assert second.status == 429
        assert 0 < int(second.headers["retry-after-ms"]) < 500
        assert "x-ratelimit-limit-requests" not in second.headers


def test_a_bucket_fills_at_its_rate_up_to_its_burst() -> None:
    bucket = Bucket(rate=2, burst=3, level=3, filled=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert bucket.seconds_to(1) == 0.5
    assert [bucket.take(1) for _ in range(3)] == [True, True, False]
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]


def test_an_error_is_a_500() -> None:
    with running(Settings(errors=1)) as address, Client(address) as client:
        assert client.ask().status == 500


def test_a_reset_is_one() -> None:
    with (
        running(Settings(resets=1)) as address,
        Client(address) as client,
        pytest.raises(ConnectionResetError),
    ):
        client.ask()


def test_a_truncated_body_ends_early() -> None:
    with (
        running(Settings(truncated=1)) as address,
        Client(address) as client,
        pytest.raises(http.client.IncompleteRead),
    ):
        client.ask().read()


def test_what_the_model_says_may_be_no_json(tmp_path: Path) -> None:
    replies = tmp_path / "replies.json"
    replies.write_text(json.dumps({digest(MESSAGES): '{"city": "Paris"}'}), "utf-8")
    with running(Settings(invalid=1, replies=str(replies))) as address, Client(address) as client:
        assert said(client.ask()) == '{"city":'


def test_what_the_model_says_may_be_of_another_shape() -> None:
    with running(Settings(violating=1)) as address, Client(address) as client:
        assert json.loads(said(client.ask())) == {"unexpected": True}


def test_a_page_may_come_instead_of_json() -> None:
    with running(Settings(wrong_type=1)) as address, Client(address) as client:
        response = client.ask()
        assert (response.status, response.headers["content-type"]) == (200, "text/html")


def test_a_stall_never_answers() -> None:
    with (
        running(Settings(stalls=1)) as address,
        Client(address, timeout=0.1) as client,
        pytest.raises(TimeoutError),
    ):
        client.ask()


def test_the_request_of_one_number_stalls_and_the_others_do_not() -> None:
    with running(Settings(stalls_at=1)) as address:
        with Client(address, timeout=0.1) as client, pytest.raises(TimeoutError):
            client.ask()
        with Client(address) as client:
            assert client.ask().status == 200


async def test_a_body_may_come_byte_by_byte() -> None:
    parts: list[bytes] = []
    model = Model(Settings(drips=1))
    body = json.dumps({"messages": MESSAGES}).encode()
    model.answer(body, lambda data, _: parts.append(data))
    await asyncio.sleep(1.2)
    assert parts[0].endswith(b"\r\n\r\n")
    assert parts[1:] == [b"{"]


def test_faults_come_as_often_as_they_are_told_to() -> None:
    with running(Settings(errors=0.5)) as address, Client(address) as client:
        for _ in range(200):
            client.ask().read()
        counted = counts(address)
    assert counted["errors"] + counted["answered"] == counted["received"] == 200
    assert 70 <= counted["errors"] <= 130


def test_no_more_replies_are_made_at_once_than_there_are_slots() -> None:
    with running(Settings(slots=2, latency=0.05)) as address:
        clients = [Client(address) for _ in range(5)]
        for client in clients:
            client._connection.request(
                "POST", "/v1/chat/completions", json.dumps({"messages": MESSAGES})
            )
        assert [client._connection.getresponse().status for client in clients] == [200] * 5
        for client in clients:
            client._connection.close()
        assert counts(address)["most_at_once"] == 2


def test_a_conversation_that_goes_on_is_answered_as_it_was_before(tmp_path: Path) -> None:
    replies = tmp_path / "replies.json"
    replies.write_text(json.dumps({digest(MESSAGES): '{"city": "Paris"}'}), "utf-8")
    complaint = [{"role": "assistant", "content": "?"}, {"role": "user", "content": "Not valid."}]
    told = [{"role": "user", "content": "Capital?\n\nReply with JSON."}]
    with running(Settings(replies=str(replies), log=True)) as address, Client(address) as client:
        assert said(client.ask(MESSAGES + complaint)) == '{"city": "Paris"}'
        assert said(client.ask(told)) == '{"city": "Paris"}'
        assert said(client.ask(told)) == '{"city": "Paris"}'
        assert counts(address)["repeated"] == 1
        assert log(address) == {
            digest(MESSAGES): ["answered"],
            digest(told): ["answered", "answered"],
        }


async def sent(model: Model, messages: list[dict[str, str]] = MESSAGES) -> tuple[int, Any]:
    """The status and the document that the model answers with, without a socket."""
    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    model.answer(json.dumps({"messages": messages}).encode(), lambda data, _: came.set_result(data))
    head, _, body = (await came).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


async def test_a_parameter_that_it_does_not_know_is_refused_by_its_name() -> None:
    model = Model(Settings(refuses="seed,messages"))
    status, body = await sent(model)
    assert (status, body["error"]["param"]) == (400, "messages")
    assert model.counts["refused messages"] == 1


async def test_prose_is_all_it_says_until_a_message_tells_the_schema() -> None:
    model = Model(Settings(ignores_format=True))
    _, body = await sent(model)
    assert body["choices"][0]["message"]["content"] == "Gladly."
    _, body = await sent(model, [{"role": "user", "content": "Satisfy this JSON Schema: {}"}])
    assert "```json\n{}\n```" in body["choices"][0]["message"]["content"]


async def test_after_so_many_answers_every_request_gets_the_same_status() -> None:
    model = Model(Settings(status=429, code="insufficient_quota", after=1))
    assert (await sent(model))[0] == 200
    status, body = await sent(model)
    assert (status, body["error"]["code"]) == (429, "insufficient_quota")


def test_after_so_many_answers_nobody_listens_any_more() -> None:
    with running(Settings(dies=True, after=1)) as address, Client(address) as client:
        client.ask().read()
        with pytest.raises(ConnectionError):
            client.ask()


@pytest.mark.parametrize(
    ("settings", "finish", "content"),
    [
        (Settings(cut_off=1), "length", "{"),
        (Settings(filtered=1), "content_filter", ""),
        (Settings(declined=1), "stop", None),
    ],
)
async def test_a_reply_may_end_in_an_odd_way(
    settings: Settings, finish: str, content: str | None
) -> None:
    _, body = await sent(Model(settings))
    choice = body["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == (finish, content)


async def test_a_reply_may_have_no_choices() -> None:
    assert (await sent(Model(Settings(empty=1))))[1]["choices"] == []
