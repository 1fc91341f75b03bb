"""OpenTelemetry spans of a run, for the exporter that the environment names; else none at all.

    answerbot grade           the run
    └── chat gpt-4o-mini      one request with all its attempts, by the semantic conventions for
        ├── attempt           generative AI
        └── attempt

No text of a prompt or a reply stands in a span.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from answerbot import __version__
from answerbot.adapters.chat import id_of
from answerbot.domain.errors import EndpointError, InputError, NotFinishedError, Problem
from answerbot.domain.extras import command_for
from answerbot.domain.llm import LLM, ChargedReplyError, Reply, Request

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span
    from opentelemetry.util.types import AttributeValue

_LOGGER = logging.getLogger("answerbot")
_EXPORTERS = "opentelemetry_traces_exporter"  # where packages name theirs
_PATIENCE = 5.0  # seconds for the last spans to be delivered
_OK = 200
_PLACE = "traceparent"

_attempts: ContextVar[Iterator[int]] = ContextVar("attempts")


def begin_tracing(run: str, within: str = "") -> Tracing | None:
    """Spans under one of this name go where the environment says; None where it names no exporter.

    In a process that is only a part of a run they stand `within` the span of that, as `place` of
    its Tracing tells it.

    Raises:
        InputError: there is no such exporter.
    """
    names = _exporters()
    if not names:
        return None
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
    except ImportError:
        what = "the environment names an exporter of traces: there are none without %s"
        _LOGGER.warning(what, command_for("otel"))
        return None
    resource = Resource.create({"service.version": __version__})
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "answerbot"}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for name in names:
        provider.add_span_processor(_processor(name))
    theirs = logging.getLogger("opentelemetry")
    theirs.handlers, theirs.propagate = [_Complaints()], False
    return Tracing(provider, run, within)


def _exporters() -> list[str]:
    """The names of the exporters that the environment asks for."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return []
    named = os.environ.get("OTEL_TRACES_EXPORTER", "").strip()
    addresses = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    if not named and any(os.environ.get(name, "").strip() for name in addresses):
        named = "otlp"
    return [name for part in named.split(",") if (name := part.strip()) not in ("", "none")]


def _processor(name: str) -> SpanProcessor:
    from importlib.metadata import entry_points

    from opentelemetry.sdk.trace.export import (
        BatchSpanProcessor,
        ConsoleSpanExporter,
        SimpleSpanProcessor,
    )

    if name == "console":  # stdout is the result
        exporter = ConsoleSpanExporter(
            out=sys.stderr, formatter=lambda span: f"{span.to_json(indent=None)}\n"
        )
        return SimpleSpanProcessor(exporter)
    known = {one.name: one for one in entry_points(group=_EXPORTERS)}
    wanted = _otlp() if name == "otlp" else name
    if wanted not in known:
        what = f"OTEL_TRACES_EXPORTER: there is no exporter {wanted!r}"
        hint = f"installed: {', '.join(sorted(known))}; none for no spans"
        raise InputError(Problem(what, hint=hint))
    return BatchSpanProcessor(known[wanted].load()())


def _otlp() -> str:
    names = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    protocols = [value for name in names if (value := os.environ.get(name, "").strip())]
    return "otlp_proto_grpc" if protocols[:1] == ["grpc"] else "otlp_proto_http"


class _Complaints(logging.Handler):
    """Tells the first trouble with delivering spans as a warning, and the rest as a detail."""

    _level = logging.WARNING

    def emit(self, record: logging.LogRecord) -> None:
        _LOGGER.log(self._level, "spans are not delivered: %s", record.getMessage())
        self._level = logging.DEBUG


class Tracing:
    """The spans of one run."""

    def __init__(self, provider: TracerProvider, run: str, within: str = "") -> None:
        from opentelemetry.trace import set_span_in_context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("answerbot", __version__)
        self._run = None if within else self._tracer.start_span(run)
        self._wire = TraceContextTextMapPropagator()
        self._within_run = (
            set_span_in_context(self._run) if self._run else self._wire.extract({_PLACE: within})
        )

    @property
    def place(self) -> str:
        """Where the span of the run stands, for other processes: a W3C `traceparent`."""
        told: dict[str, str] = {}
        self._wire.inject(told, self._within_run)
        return told[_PLACE]

    def requests(self, llm: LLM, address: str) -> LLM:
        """The model; each request is a span, however often it is tried."""
        return _TracedRequests(llm, self, address)

    def attempts(self, llm: LLM) -> LLM:
        """The model; each attempt is a span within that of its request."""
        return _TracedAttempts(llm, self)

    async def deliver(self) -> None:
        """The spans that have ended are delivered, or could not be in a few seconds."""
        await asyncio.to_thread(self._provider.force_flush, int(_PATIENCE * 1000))

    async def aclose(self, *, wait: bool = True) -> None:
        """The run is over, and its spans are delivered, or could not be in a few seconds."""
        if self._run:
            self._run.end()
        if not wait:
            return
        # A thread of its own: the interpreter would wait for those of asyncio.
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, _PATIENCE)
        if ending.is_alive():
            _LOGGER.warning("the last spans were not delivered within %g s", _PATIENCE)

    @contextmanager
    def request(self, request: Request, server: dict[str, AttributeValue]) -> Iterator[Span]:
        """A span for the request, within which what is done meanwhile stands."""
        from opentelemetry.trace import SpanKind

        with self._tracer.start_as_current_span(
            f"chat {request.model}",
            context=self._within_run,
            kind=SpanKind.CLIENT,
            attributes=_asked(request) | server,
            # The words of an error may be those of a model.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span

    @contextmanager
    def attempt(self, number: int) -> Iterator[Span]:
        """A span for one attempt, within that of its request."""
        with self._tracer.start_as_current_span(
            "attempt",
            attributes={"answerbot.attempt": number},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span


class _TracedRequests:
    """Stands before what asks again."""

    def __init__(self, llm: LLM, tracing: Tracing, address: str) -> None:
        parts = urlsplit(address)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        self._server: dict[str, AttributeValue] = {
            "server.address": parts.hostname or "",
            "server.port": port,
        }
        self._llm = llm
        self._tracing = tracing

    async def complete(self, request: Request) -> Reply:
        with self._tracing.request(request, self._server) as span:
            _attempts.set(count(1))
            try:
                reply = await self._llm.complete(request)
            except BaseException as error:
                _fail(span, error)
                raise
            span.set_attributes(_answered(reply) | _named(reply.id))
            return reply


class _TracedAttempts:
    """Stands before the client."""

    def __init__(self, llm: LLM, tracing: Tracing) -> None:
        self._llm = llm
        self._tracing = tracing

    async def complete(self, request: Request) -> Reply:
        with self._tracing.attempt(next(_attempts.get())) as span:
            try:
                reply = await self._llm.complete(request)
            except BaseException as error:
                if status := _status(error):
                    span.set_attribute("http.response.status_code", status)
                _fail(span, error)
                raise
            span.set_attributes({"http.response.status_code": _OK} | _named(reply.id))
            return reply


def _asked(request: Request) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue | None] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "openai.api.type": "chat_completions",
        "gen_ai.request.model": request.model,
        "gen_ai.request.max_tokens": request.max_output_tokens,
        "gen_ai.request.temperature": request.temperature,
        "gen_ai.request.seed": request.sample or None,
        "gen_ai.output.type": "json" if request.reply_schema else "text",
        "answerbot.request.key": request.key,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _answered(reply: Reply) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "gen_ai.response.model": reply.model,
        "gen_ai.response.finish_reasons": [reply.finish_reason],
    }
    if reply.usage:
        attributes |= {
            "gen_ai.usage.input_tokens": reply.usage.input_tokens,
            "gen_ai.usage.output_tokens": reply.usage.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": reply.usage.cached_tokens,
        }
    return attributes


def _fail(span: Span, error: BaseException) -> None:
    from opentelemetry.trace import StatusCode

    span.set_status(StatusCode.ERROR)
    code = error.code if isinstance(error, NotFinishedError) else type(error).__qualname__
    span.set_attribute("error.type", code)
    if isinstance(error, ChargedReplyError) and error.raw:
        span.set_attributes(_named(id_of(error.raw.body)))


def _named(id_: str) -> dict[str, AttributeValue]:
    """What the endpoint calls the reply, where it does."""
    return {"gen_ai.response.id": id_} if id_ else {}


def _status(error: BaseException) -> int | None:
    """That of the HTTP response, None where none came."""
    if isinstance(error, ChargedReplyError):
        return _OK
    return error.status if isinstance(error, EndpointError) else None
