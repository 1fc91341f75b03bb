"""Spans, from what the environment says to what a collector receives."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from answerbot.adapters import tracing
from answerbot.adapters.openai_llm import OpenAILLM
from answerbot.adapters.retrying_llm import RetryingLLM
from answerbot.adapters.scripted_llm import Answer, ScriptedLLM
from answerbot.adapters.tracing import Tracing, begin_tracing
from answerbot.domain.errors import EndpointError, InputError, NotFinishedError
from answerbot.domain.llm import (
    LLM,
    ChargedReplyError,
    RawReply,
    Reply,
    ReplySchema,
    Request,
    TransientError,
)
from tests.adapters.requests import USAGE, request
from tests.endpoint import Endpoint, said

SECRET = "the words of a learner"
ANSWERED = Reply(text=SECRET, model="small-2", usage=USAGE)
ADDRESS = "https://api.example.org/v1"


class Traced:
    """A model behind both wrappers, with the retries between them."""

    def __init__(self, llm: LLM) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracing = Tracing(provider, "answerbot grade")
        self.llm = self.tracing.requests(RetryingLLM(self.tracing.attempts(llm), 3), ADDRESS)

    async def spans(self) -> list[ReadableSpan]:
        """All of them, in the order in which they began; the run is over."""
        await self.tracing.aclose()
        return sorted(self._exporter.get_finished_spans(), key=lambda span: span.start_time or 0)


async def spans(*script: Answer, asked: Request | None = None) -> list[ReadableSpan]:
    traced = Traced(ScriptedLLM(script))
    with contextlib.suppress(NotFinishedError):
        await traced.llm.complete(asked or request(SECRET))
    return await traced.spans()


def id_(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


async def test_a_request_is_a_span_by_the_conventions() -> None:
    asked = request(
        SECRET, temperature=0.5, sample=3, reply_schema=ReplySchema(name="claim", json_schema={})
    )
    run, chat, _ = await spans(ANSWERED, asked=asked)
    assert (run.name, parent(run)) == ("answerbot grade", None)
    assert (chat.name, chat.kind) == ("chat small", SpanKind.CLIENT)
    assert chat.status.status_code is StatusCode.UNSET
    assert attributes(chat) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "openai.api.type": "chat_completions",
        "gen_ai.request.model": "small",
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.seed": 3,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "small-2",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "server.address": "api.example.org",
        "server.port": 443,
        "answerbot.request.key": asked.key,
    }


async def test_a_reply_that_has_an_id_is_named_by_it_in_its_request_and_in_its_attempt() -> None:
    named = ANSWERED.model_copy(update={"id": "chatcmpl-7"})
    _, chat, failed, attempt = await spans(TransientError(SECRET, status=500), named)
    assert attributes(chat)["gen_ai.response.id"] == "chatcmpl-7"
    assert attributes(attempt)["gen_ai.response.id"] == "chatcmpl-7"
    assert "gen_ai.response.id" not in attributes(failed)


@pytest.mark.parametrize(
    ("body", "told"),
    [('{"id": "chatcmpl-7", "choices": 3}', "chatcmpl-7"), ('{"id": 7}', None), ("[]", None)],
)
async def test_a_reply_of_no_use_is_named_by_its_id_too(body: str, told: str | None) -> None:
    raw = RawReply(status=200, headers={}, body=body)
    _, chat, attempt = await spans(ChargedReplyError(SECRET, usage=None, code="empty", raw=raw))
    for span in (chat, attempt):
        assert attributes(span).get("gen_ai.response.id") == told


@pytest.mark.enable_socket
async def test_the_id_is_that_of_the_response_that_came(endpoint: Endpoint) -> None:
    client = OpenAILLM(base_url=endpoint.url, api_key=None)
    traced = Traced(client)
    endpoint.script(said("Yes."), said(""))
    await traced.llm.complete(request(SECRET))
    with pytest.raises(ChargedReplyError):
        await traced.llm.complete(request(SECRET))
    await client.aclose()
    _, *others = await traced.spans()
    assert [attributes(span)["gen_ai.response.id"] for span in others] == ["chatcmpl-1"] * 4


async def test_what_is_not_sent_or_not_told_is_no_attribute() -> None:
    bare = Request(model="small", messages=request().messages)
    _, chat, _ = await spans(Reply(text="Yes.", model="small"), asked=bare)
    told = attributes(chat)
    assert told["gen_ai.output.type"] == "text"
    for name in ("request.max_tokens", "request.temperature", "request.seed", "usage.input_tokens"):
        assert f"gen_ai.{name}" not in told


async def test_a_request_has_one_span_and_each_attempt_one_within_it() -> None:
    refused = TransientError(SECRET, throttled=True, status=429, code="rate-limited")
    run, chat, *attempts = await spans(refused, TransientError(SECRET, code="broke-off"), ANSWERED)
    assert [span.name for span in attempts] == ["attempt"] * 3
    assert parent(chat) == id_(run)
    assert {parent(span) for span in attempts} == {id_(chat)}
    assert [attributes(span) for span in attempts] == [
        {"answerbot.attempt": 1, "http.response.status_code": 429, "error.type": "rate-limited"},
        {"answerbot.attempt": 2, "error.type": "broke-off"},
        {"answerbot.attempt": 3, "http.response.status_code": 200},
    ]
    assert chat.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        (EndpointError(SECRET, status=404, code="not-found"), "not-found", 404),
        (EndpointError(SECRET, code="unreachable"), "unreachable", None),
        (ChargedReplyError(SECRET, usage=None, code="empty"), "empty", 200),
    ],
)
async def test_what_fails_is_marked_with_the_kind_of_error(
    error: NotFinishedError, kind: str, status: int | None
) -> None:
    _, chat, attempt = await spans(error)
    for span in (chat, attempt):
        assert span.status.status_code is StatusCode.ERROR
        assert attributes(span)["error.type"] == kind
    assert attributes(attempt).get("http.response.status_code") == status


@pytest.mark.parametrize("answer", [ANSWERED, EndpointError(SECRET, status=400)])
async def test_no_text_stands_in_a_span(answer: Answer) -> None:
    labelled = request(SECRET, label="Ada/rnn/1 judge")
    for span in await spans(answer, asked=labelled):
        assert SECRET not in span.to_json()
        assert "Ada" not in span.to_json()


async def test_requests_side_by_side_keep_their_attempts_apart() -> None:
    class Interleaved:
        """The first attempt at each fails, when all have begun."""

        def __init__(self) -> None:
            self._seen: set[str] = set()
            self._all = asyncio.Event()

        async def complete(self, request: Request) -> Reply:
            if request.key in self._seen:
                return ANSWERED
            self._seen.add(request.key)
            if len(self._seen) == 5:
                self._all.set()
            await self._all.wait()
            raise TransientError("500", status=500)

    traced = Traced(Interleaved())
    await asyncio.gather(*(traced.llm.complete(request(f"{number}?")) for number in range(5)))
    run, *rest = await traced.spans()
    chats = [span for span in rest if span.name == "chat small"]
    assert {parent(chat) for chat in chats} == {id_(run)}
    assert len({id_(chat) for chat in chats}) == 5
    for chat in chats:
        within = [span for span in rest if parent(span) == id_(chat)]
        assert [attributes(span)["answerbot.attempt"] for span in within] == [1, 2]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_EXPORTER": " "},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_SERVICE_NAME": "grading"},
    ],
)
def test_where_no_exporter_is_configured_there_are_no_spans(
    environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert begin_tracing("answerbot grade") is None


def test_an_exporter_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "pigeon")
    with pytest.raises(InputError, match="no exporter 'pigeon'") as caught:
        begin_tracing("answerbot grade")
    assert "console" in str(caught.value)


def test_without_the_extra_it_is_told_how_to_have_spans(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with caplog.at_level("WARNING", "answerbot"):
        assert begin_tracing("answerbot grade") is None
    assert "pip install 'answerbot[otel]'" in caplog.text


async def test_on_the_console_a_span_is_one_line_of_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "grading")
    found = begin_tracing("answerbot grade")
    assert found is not None
    await found.requests(found.attempts(ScriptedLLM([ANSWERED])), ADDRESS).complete(request())
    await found.aclose()
    printed = capsys.readouterr()
    assert printed.out == ""
    told = [json.loads(line) for line in printed.err.splitlines()]
    assert [one["name"] for one in told] == ["attempt", "chat small", "answerbot grade"]
    assert told[0]["resource"]["attributes"]["service.name"] == "grading"


async def test_a_collector_that_does_not_answer_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Slow(InMemorySpanExporter):
        def shutdown(self) -> None:
            asyncio.run(asyncio.sleep(0.5))

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(Slow()))
    monkeypatch.setattr(tracing, "_PATIENCE", 0.01)
    with caplog.at_level("WARNING", "answerbot"):
        await Tracing(provider, "answerbot grade").aclose()
    assert "the last spans were not delivered within 0.01 s" in caplog.text


async def test_trouble_with_a_collector_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    found = begin_tracing("answerbot grade")
    assert found is not None
    theirs = logging.getLogger("opentelemetry.exporter")
    with caplog.at_level("INFO", "answerbot"):
        theirs.warning("connection refused")
        theirs.error("gave up")
    assert [one.getMessage() for one in caplog.records] == [
        "spans are not delivered: connection refused"
    ]
    await found.aclose()
