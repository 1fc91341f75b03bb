from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from answerbot.adapters import batch_service
from answerbot.adapters.batch_api import BatchAPI
from answerbot.adapters.batch_book import Batch, BatchBook
from answerbot.adapters.batch_llm import BatchLLM, Gathering
from answerbot.adapters.batch_service import BatchService
from answerbot.adapters.chat_llm import ChatLLM
from answerbot.adapters.endpoint_faults import EndpointFaults
from answerbot.adapters.locks import Claims
from answerbot.adapters.store import Store
from answerbot.adapters.stored_llm import StoredLLM
from answerbot.domain.errors import EndpointError, StoppedError
from answerbot.domain.llm import LLM, RefusedRequestError, Reply, ReplySchema, Request
from benchmarks.batch_endpoint import BatchEndpoint
from tests.adapters.requests import request
from tests.endpoint import Answer, Body, refused, said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.enable_socket

POLL = 0.01
SIX = tuple(request(f"What is number {number}?") for number in range(6))


@pytest.fixture
def endpoint() -> Iterator[BatchEndpoint]:
    endpoint = BatchEndpoint()
    endpoint.reply = echo
    with endpoint.running():
        yield endpoint


def echo(body: Body) -> Answer:
    return said(f"Of {body['messages'][-1]['content']}")


@asynccontextmanager
async def batching(
    endpoint: BatchEndpoint,
    folder: Path,
    stopping: Callable[[], bool] = lambda: False,
    *,
    quiet: float = POLL,
    **most: int,
) -> AsyncIterator[LLM]:
    """What a run asks that sends its requests in batches."""
    store = Store(folder / "store.sqlite3")
    service = BatchService(
        BatchAPI(base_url=endpoint.url, api_key=None),
        BatchBook(store),
        Claims(folder / "asked"),
        poll=POLL,
        stopping=stopping,
        **most,
    )
    gathering = Gathering(service, quiet=quiet)
    chat = ChatLLM(gathering.post, EndpointFaults(endpoint.url), store)
    stored = StoredLLM(store, ["small"], BatchLLM(chat, service), source=endpoint.url)
    try:
        yield stored
    finally:
        await stored.aclose()
        await gathering.aclose()
        await service.aclose()
        store.close()


async def asked(llm: LLM, *requests: Request) -> list[Reply | BaseException]:
    return await asyncio.gather(*map(llm.complete, requests), return_exceptions=True)


async def texts(llm: LLM, *requests: Request) -> list[str]:
    replies = await asked(llm, *requests)
    return [one.text if isinstance(one, Reply) else repr(one) for one in replies]


ECHOES = [f"Of What is number {number}?" for number in range(6)]


async def test_requests_that_wait_together_travel_in_one_batch(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}
    assert (endpoint.counts["batches"], endpoint.counts["live"]) == (1, 0)
    assert BatchBook(Store(tmp_path / "store.sqlite3")).under_way(endpoint.url) == []


async def test_a_later_run_asks_for_nothing_that_is_stored(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    async with batching(endpoint, tmp_path) as llm:
        await texts(llm, *SIX[:4])
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_more_than_a_file_takes_goes_in_several_batches_at_once(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    async with batching(endpoint, tmp_path, most_requests=4) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert sorted(batch.total for batch in endpoint.batches) == [2, 4]


async def test_each_model_has_its_own_batch(endpoint: BatchEndpoint, tmp_path: Path) -> None:
    async with batching(endpoint, tmp_path) as llm:
        await texts(llm, SIX[0], request("What is number 1?", model="large"))
    assert [batch.status for batch in endpoint.batches] == ["completed", "completed"]


@pytest.mark.parametrize("fault", ["errors", "throttled"])
async def test_lines_that_failed_in_a_way_that_may_pass_go_into_the_next_batch(
    endpoint: BatchEndpoint, tmp_path: Path, fault: str
) -> None:
    setattr(endpoint.settings, fault, 0.5)
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}
    assert endpoint.counts["batches"] > 1


async def test_a_line_that_fails_in_every_batch_fails_in_the_end(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.errors = 1.0
    async with batching(endpoint, tmp_path) as llm:
        (error,) = await asked(llm, SIX[0])
    assert "answered 500" in str(error)
    assert "(tried in 4 batches)" in str(error)
    assert endpoint.counts["batches"] == 4


async def test_a_line_that_is_refused_fails_alone_and_a_later_run_asks_for_it_anew(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.reply = lambda body: (
        refused(400, "no") if "number 2" in body["messages"][-1]["content"] else echo(body)
    )
    async with batching(endpoint, tmp_path) as llm:
        replies = await asked(llm, *SIX)
    assert [isinstance(one, RefusedRequestError) for one in replies] == [
        number == 2 for number in range(6)
    ]
    endpoint.reply = echo
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert [batch.total for batch in endpoint.batches] == [6, 1]


def torn(text: str) -> str:
    """The file ends in the middle of its last line."""
    return text[:-40]


def of_another_shape(text: str) -> str:
    """The body in the last line is a list."""
    *others, last = text.splitlines()
    line = json.loads(last)
    line["response"]["body"] = [line["response"]["body"]]
    return "\n".join([*others, json.dumps(line)])


@pytest.mark.parametrize("spoil", [torn, of_another_shape])
async def test_a_line_that_cannot_be_read_goes_into_the_next_batch_and_costs_no_other_its_reply(
    endpoint: BatchEndpoint,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[str], str],
) -> None:
    def spoil_once(text: str) -> str:
        endpoint.spoil = str
        return spoil(text)

    endpoint.spoil = spoil_once
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert [batch.total for batch in endpoint.batches] == [6, 1]
    assert sorted(endpoint.executed.values()) == [1, 1, 1, 1, 1, 2]
    (told,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert told.startswith("batch batch_1: 1 line of what came cannot be read (file-2:6: ")


async def test_a_line_that_can_never_be_read_fails_alone_in_the_end_and_the_next_run_keeps_the_rest(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.spoil = torn
    async with batching(endpoint, tmp_path) as llm:
        replies = await asked(llm, *SIX)
    (error,) = [one for one in replies if not isinstance(one, Reply)]
    assert "nothing came of the request (tried in 4 batches)" in str(error)
    assert [batch.total for batch in endpoint.batches] == [6, 1, 1, 1]
    endpoint.spoil = str
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert [batch.total for batch in endpoint.batches] == [6, 1, 1, 1, 1]


async def test_a_status_that_is_written_as_a_text_is_one(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.spoil = lambda text: text.replace('"status_code": 200', '"status_code": "200"')
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.counts["batches"] == 1


async def test_what_an_expired_batch_did_not_get_to_goes_into_the_next(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.expires_after = 2
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}
    assert [(batch.status, batch.total) for batch in endpoint.batches] == [
        ("expired", 6),
        ("completed", 4),
    ]


async def test_of_a_cancelled_batch_the_replies_are_kept_and_a_later_run_asks_for_the_rest(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.polls = 1_000_000
    async with batching(endpoint, tmp_path) as llm:
        running = asyncio.create_task(asked(llm, *SIX))
        await until(lambda: any(one.status == "in_progress" for one in endpoint.batches))
        endpoint.answer("/v1/batches/batch_1/cancel", b"", None)
        replies = await running
    assert sum(isinstance(one, Reply) for one in replies) == 3
    assert "batch batch_1 was cancelled, with 3 replies" in str(
        next(one for one in replies if isinstance(one, EndpointError))
    )
    endpoint.settings.polls = 1
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def until(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not happens():  # noqa: ASYNC110 - it happens in the thread of the endpoint
            await asyncio.sleep(0.001)


async def test_a_batch_that_the_service_does_not_want_is_an_error_that_says_why(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.most = 0
    async with batching(endpoint, tmp_path) as llm:
        (error,) = await asked(llm, SIX[0])
    assert isinstance(error, EndpointError)
    assert error.stops_all
    assert "batch batch_1 failed: Enqueued token limit reached" in str(error)


async def test_a_batch_that_is_too_much_at_once_goes_in_parts_one_after_the_other(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.most = 2
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_a_service_that_is_away_for_a_while_is_asked_again(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.unavailable = 5
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_an_endpoint_without_a_batch_service_is_an_error_with_a_hint(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.url = endpoint.url.replace("/v1", "/v2")
    async with batching(endpoint, tmp_path) as llm:
        (error,) = await asked(llm, SIX[0])
    assert isinstance(error, EndpointError)
    assert "use --batch-dir" in str(error)


async def test_a_run_that_is_stopped_leaves_its_batch_and_the_next_one_waits_for_it(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.polls = 1_000_000
    stop = asyncio.Event()
    async with batching(endpoint, tmp_path, stop.is_set) as llm:
        running = asyncio.create_task(asked(llm, *SIX))
        await until(lambda: endpoint.counts["looks"] > 1)
        stop.set()
        replies = await running
    assert all(isinstance(one, StoppedError) for one in replies)
    assert "batch batch_1 goes on" in str(replies[0])
    endpoint.settings.polls = 1
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.counts["batches"] == 1
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_a_run_that_is_stopped_before_it_began_a_batch_begins_none(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    async with batching(endpoint, tmp_path, lambda: True) as llm:
        replies = await asked(llm, *SIX)
    assert all(isinstance(one, StoppedError) for one in replies)
    assert endpoint.counts["uploads"] == 0


async def test_a_batch_that_gets_no_further_is_told_of_now_and_then(
    endpoint: BatchEndpoint,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("INFO", "answerbot")
    monkeypatch.setattr(batch_service, "_UNCHANGED_EVERY", 0.0)
    endpoint.settings.polls = 4  # the first look validates it, three find it as it was
    async with batching(endpoint, tmp_path) as llm:
        await texts(llm, *SIX)
    assert caplog.messages.count("batch batch_1: in_progress, 0 of 6 done") > 1


async def test_a_batch_whose_id_never_came_is_found_by_its_name(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    await broken_off_while_creating(endpoint, tmp_path)
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.counts["batches"] == 1
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_where_batches_are_not_listed_that_one_may_be_doubled_and_it_is_told(
    endpoint: BatchEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await broken_off_while_creating(endpoint, tmp_path)
    endpoint.settings.unlisted = True
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.counts["batches"] == 2
    assert "up to 6 requests may be paid for twice" in caplog.text


async def test_a_batch_that_was_never_created_is_begun(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store.sqlite3")
    keys = frozenset(one.key for one in SIX)
    BatchBook(store).begin(Batch("lost", endpoint.url, "2999-01-01T00:00:00+00:00", keys))
    store.close()
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.counts["lists"] == 1
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def broken_off_while_creating(endpoint: BatchEndpoint, folder: Path) -> None:
    """A run is over, and the service has a batch whose id the book lacks."""
    endpoint.settings.polls = 1_000_000
    stop = asyncio.Event()
    async with batching(endpoint, folder, stop.is_set) as llm:
        running = asyncio.create_task(asked(llm, *SIX))
        await until(lambda: endpoint.counts["looks"] > 0)
        stop.set()
        await running
    store = Store(folder / "store.sqlite3")
    with store.writing() as connection, connection:
        connection.execute("update batches set id = null")
    store.close()
    endpoint.settings.polls = 1


async def test_a_batch_that_the_service_does_not_know_is_begun_anew_once_it_is_given_up(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store.sqlite3")
    BatchBook(store).begin(
        Batch("old", endpoint.url, "2999-01-01", frozenset({SIX[0].key}), "batch_99")
    )
    async with batching(endpoint, tmp_path) as llm:
        (error,) = await asked(llm, SIX[0])
    assert "batch batch_99 or its replies are not at" in str(error)
    assert endpoint.executed == {}
    BatchBook(store).end("old")
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *SIX) == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_replies_that_are_not_there_are_not_bought_again_but_looked_for_by_the_next_run(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.deleted = 1
    async with batching(endpoint, tmp_path) as llm:
        (error,) = await asked(llm, SIX[0])
    assert isinstance(error, EndpointError)
    assert error.stops_all
    assert "batch batch_1 or its replies are not at" in str(error)
    assert "answerbot store forget-batch batch_1" in str(error)
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, SIX[0]) == ECHOES[:1]
    assert [batch.total for batch in endpoint.batches] == [1]


async def test_a_batch_of_one_request_is_told_so(
    endpoint: BatchEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "answerbot")
    async with batching(endpoint, tmp_path) as llm:
        await texts(llm, SIX[0])
    assert "batch batch_1 begun: 1 request\n" in caplog.text


async def test_where_two_runs_see_a_line_fail_one_of_them_asks_again(
    endpoint: BatchEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "answerbot")
    endpoint.settings.errors, endpoint.settings.polls = 1.0, 1_000_000
    slow = batching(endpoint, tmp_path, quiet=0.2)
    async with batching(endpoint, tmp_path) as first, slow as second:
        ours = asyncio.create_task(texts(first, *SIX))
        theirs = asyncio.create_task(texts(second, *SIX))
        await until(lambda: "waiting for it" in caplog.text)
        endpoint.settings.polls = 1
        await until(lambda: endpoint.counts["errors"] > 0)
        endpoint.settings.errors = 0.0
        assert await ours == await theirs == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_a_run_that_begins_meanwhile_waits_for_the_same_batch(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    endpoint.settings.polls = 1_000_000
    async with batching(endpoint, tmp_path) as first, batching(endpoint, tmp_path) as second:
        ours = asyncio.create_task(texts(first, *SIX))
        await until(lambda: endpoint.counts["looks"] > 0)
        theirs = asyncio.create_task(texts(second, *SIX))
        await until(lambda: endpoint.counts["looks"] > 10)
        endpoint.settings.polls = 1
        assert await ours == await theirs == ECHOES
    assert endpoint.executed == {one.key: 1 for one in SIX}


async def test_what_a_model_does_not_support_is_left_out_of_the_next_batch(
    endpoint: BatchEndpoint, tmp_path: Path
) -> None:
    def reply(body: Body) -> Answer:
        if "response_format" in body:
            return refused(400, "response_format json_schema is not supported")
        function = {"name": "Yes", "arguments": '{"yes": true}'}
        return said(None, tool_calls=[{"id": "1", "type": "function", "function": function}])

    endpoint.reply = reply
    schema = ReplySchema(
        name="Yes", json_schema={"properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}
    )
    wanted = [request(f"Is it {number}?", reply_schema=schema) for number in range(3)]
    async with batching(endpoint, tmp_path) as llm:
        assert await texts(llm, *wanted) == ['{"yes": true}'] * 3
        assert await texts(llm, request("And this?", reply_schema=schema)) == ['{"yes": true}']
    assert [batch.total for batch in endpoint.batches] == [3, 3, 1]
