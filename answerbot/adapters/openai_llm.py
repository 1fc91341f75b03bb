"""Ask an OpenAI-compatible endpoint, in whichever way it can give structured replies."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any, Literal, Protocol, get_args

import aiohttp
import httpx2
import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from answerbot.domain.errors import EndpointError, Problem
from answerbot.domain.llm import (
    ChargedReplyError,
    Message,
    RefusedRequestError,
    Reply,
    ReplySchema,
    Request,
    TransientError,
    Usage,
)
from answerbot.domain.recording import redact
from answerbot.domain.replies import find_json

Rung = Literal["json_schema", "tools", "json_object", "text"]
"""A way to ask for a structured reply, the best first."""

RUNGS: tuple[Rung, ...] = get_args(Rung)

# How a server words that it refuses what we sent on a rung.
_REFUSED: dict[Rung, tuple[str, ...]] = {
    "json_schema": ("response_format", "json_schema", "schema", "structured", "grammar", "guided"),
    "tools": ("tool", "function", "schema"),
    "json_object": ("response_format", "json_object", "json mode", "json"),
    "text": (),
}
_REFUSALS = frozenset({400, 404, 405, 415, 422, 500, 501})
_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_ABOUT_THIS_REQUEST = frozenset({400, 413, 422})
_PARAMETERS = ("max_completion_tokens", "temperature", "seed")
_TELL_SCHEMA = (
    "Reply with one JSON object that satisfies this JSON Schema, and with nothing else:\n"
)
_MESSAGE_LENGTH = 400
_TOO_MANY = 429
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model at an endpoint turned out to support."""

    rung: Rung = "json_schema"
    refused: frozenset[str] = field(default_factory=frozenset)
    """Parameters that are not sent; for `max_completion_tokens`, `max_tokens` is."""
    proven: bool = False
    """Whether a reply of the right shape came in this way."""

    def to_json(self) -> str:
        """One line, for a store."""
        kept = {"rung": self.rung, "refused": sorted(self.refused), "proven": self.proven}
        return json.dumps(kept)

    @classmethod
    def from_json(cls, text: str | None) -> Abilities:
        """What `to_json` wrote; the best is assumed of what is not known."""
        try:
            value = json.loads(text or "{}")
            rung, refused = value.get("rung"), value.get("refused", [])
            known = frozenset(name for name in refused if name in _PARAMETERS)
        except (ValueError, AttributeError, TypeError):
            return cls()
        if rung not in RUNGS:
            return cls(refused=known)
        return cls(rung, known, proven=value.get("proven") is True)


class AbilityMemory(Protocol):
    """Where it is remembered what an endpoint supports."""

    def ability(self, endpoint: str, model: str) -> str | None:
        """What was remembered last, or None."""
        ...

    def remember_ability(self, endpoint: str, model: str, value: str) -> None:
        """This is remembered."""
        ...


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Function(_Lenient):
    arguments: str = ""


class _ToolCall(_Lenient):
    function: _Function


class _Said(_Lenient):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(_Lenient):
    message: _Said
    finish_reason: str | None = None


class _Details(_Lenient):
    cached_tokens: int | None = None


class _Counted(_Lenient):
    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: _Details | None = None


class _Completion(_Lenient):
    choices: list[_Choice]
    model: str = ""
    usage: _Counted | None = None


class _SteppedDownError(Exception):
    """The endpoint does not support what was asked; try with these abilities."""

    def __init__(self, abilities: Abilities, usage: Usage | None = None) -> None:
        self.abilities = abilities
        self.usage = usage


class OpenAILLM:
    """A model behind `chat/completions`.

    A structured reply is asked for as strict JSON Schema; where that is refused or ignored, as a
    forced tool call, as a JSON object, as plain text. What worked is remembered in `memory`, and
    from then on only a refusal counts against it: a reply without JSON is handed on as it is.
    `timeout` is in seconds and covers one attempt; nothing is retried here. `hear` is called with
    the headers of each response, in the task that asked.

    Raises (on `complete`):
        TransientError: it is worth asking again.
        EndpointError: it is not.
        ReplyError: the reply was cut off, filtered, refused or empty, or no way gave JSON.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        timeout: float = 120.0,
        memory: AbilityMemory | None = None,
    ) -> None:
        self.endpoint = base_url
        self._key = api_key
        self._timeout = timeout
        self._memory = memory
        self._abilities: dict[str, Abilities] = {}
        self._has_answered = False
        self.hear: Callable[[Mapping[str, str]], None] = lambda _: None
        # The whole call has its deadline in `_attempt`; a limit on each read would be none on all.
        seconds = httpx2.Timeout(None, connect=min(timeout, _CONNECT_SECONDS))
        self._client = openai.AsyncOpenAI(
            # A server of one's own wants no key, the client does.
            api_key=api_key or "none",
            base_url=base_url,
            timeout=seconds,
            max_retries=0,
            # Over aiohttp, as the usual transport looks at every connection before it picks one.
            # 0: as many as there are requests. Redirections are not followed: what was meant for
            # one server would be sent to another.
            http_client=openai.DefaultAioHttpClient(
                limits=httpx2.Limits(max_connections=0), timeout=seconds, follow_redirects=False
            ),
        )

    async def complete(self, request: Request) -> Reply:
        """The model's reply; where the request has a schema, `text` is the JSON that was found."""
        abilities = known = self.abilities(request.model)
        spent: Usage | None = None
        while True:
            try:
                reply = await self._attempt(request, abilities)
            except _SteppedDownError as step:
                abilities = step.abilities
                spent = _sum(spent, step.usage)
                continue
            except ChargedReplyError as error:
                error.usage = _sum(spent, error.usage)
                raise
            except TransientError as error:
                error.charged = error.charged or spent is not None
                raise
            if request.reply_schema and find_json(reply.text, _required(request.reply_schema)):
                abilities = replace(abilities, proven=True)
            if abilities != known:
                self._learn(request.model, known, abilities)
            return reply.model_copy(update={"usage": _sum(spent, reply.usage)}) if spent else reply

    def abilities(self, model: str) -> Abilities:
        """What the model is known, or assumed, to support."""
        if model not in self._abilities:
            text = self._memory.ability(self.endpoint, model) if self._memory else None
            self._abilities[model] = Abilities.from_json(text)
        return self._abilities[model]

    def forget_abilities(self, model: str) -> None:
        """The model is assumed to support everything, until it refuses; nothing is remembered."""
        self._remember(model, Abilities())

    async def models(self) -> list[str]:
        """The names of the models that the endpoint says it has."""
        try:
            raw = await self._client.models.with_raw_response.list()
            listed = json.loads(raw.http_response.text)
            return [str(model["id"]) for model in listed["data"]]
        except openai.APIStatusError as error:
            raise self._failure(error, model="") from error
        except openai.APIConnectionError as error:
            raise self._no_answer(error) from error
        except (ValueError, KeyError, TypeError) as error:
            what = f"{self.endpoint} does not list its models"
            raise EndpointError(Problem(what)) from error

    async def aclose(self) -> None:
        """All connections are closed."""
        await self._client.close()

    async def _attempt(self, request: Request, abilities: Abilities) -> Reply:
        try:
            async with asyncio.timeout(self._timeout):
                # Not `chat.completions.create`: that would type every parameter anew.
                response = await self._client.post(
                    "/chat/completions", body=chat_body(request, abilities), cast_to=httpx2.Response
                )
        except openai.APIStatusError as error:
            self._has_answered = True
            self.hear(error.response.headers)
            if lower := _refusal(error, request, abilities):
                raise _SteppedDownError(lower) from None
            raise self._failure(error, request.model) from error
        except (openai.APIConnectionError, TimeoutError) as error:
            raise self._no_answer(error) from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise self._garbage(str(error)) from error
        self.hear(response.headers)
        return self._reply(request, abilities, response)

    def _reply(self, request: Request, abilities: Abilities, response: httpx2.Response) -> Reply:
        try:
            completion = _Completion.model_validate_json(response.content)
            choice = completion.choices[0]
        except (ValidationError, IndexError) as error:
            raise self._garbage(response.text) from error
        self._has_answered = True
        usage = _usage(completion.usage)
        _refuse_broken_off(request, choice, usage)
        text = choice.message.content or ""
        schema = request.reply_schema
        if schema is not None:
            called = choice.message.tool_calls or []
            text = called[0].function.arguments if called else text
            lower = _next_rung(abilities)
            found = _json_in(text, schema) or (None if lower else find_json(text))
            if found is None and not self._works(request.model, abilities.rung):
                if lower is None:
                    raise ChargedReplyError(_no_json(request, text), usage=usage)
                raise _SteppedDownError(lower, usage)
            text = found or text
        if not text.strip():
            what = f"{_name(request)}: the reply is empty"
            raise ChargedReplyError(Problem(what), usage=usage)
        return Reply(
            text=text,
            model=completion.model or request.model,
            usage=usage,
            finish_reason=choice.finish_reason or "stop",
        )

    def _works(self, model: str, rung: Rung) -> bool:
        known = self.abilities(model)  # as of now: another reply may have proved it meanwhile
        return known.proven and known.rung == rung

    def _learn(self, model: str, began: Abilities, found: Abilities) -> None:
        known = self.abilities(model)
        # Of requests that found it out side by side, the one that got the best is right.
        lower = RUNGS.index(found.rung) > RUNGS.index(known.rung)
        stays = known.proven and not began.proven and (lower or not found.proven)
        learnt = replace(known if stays else found, refused=found.refused | known.refused)
        if learnt != known:
            self._remember(model, learnt)

    def _remember(self, model: str, abilities: Abilities) -> None:
        self._abilities[model] = abilities
        if self._memory:
            self._memory.remember_ability(self.endpoint, model, abilities.to_json())

    def _failure(self, error: openai.APIStatusError, model: str) -> EndpointError:
        status = error.status_code
        what = f"{self.endpoint} answered {status}: {self._clean(_message(error))}"
        out_of_money = "insufficient_quota" in (error.code or "", error.type or "")
        if status in _TRANSIENT and not out_of_money:
            return TransientError(
                Problem(what, hint=_TRANSIENT_HINTS.get(status)),
                retry_after=_retry_after(error.response.headers),
                throttled=status == _TOO_MANY,
            )
        if out_of_money:
            hint = "the account has no credit left: add some, or use another key"
        elif status in (301, 302, 303, 307, 308):
            where = error.response.headers.get("location", "another address")
            hint = f"it points to {self._clean(where)}: set OPENAI_BASE_URL to where that is"
        elif status == 404:
            hint = (
                f"is there a model {model!r} at this endpoint, and does OPENAI_BASE_URL end as "
                "the endpoint wants it, mostly in /v1? `answerbot doctor` tells"
            )
        else:
            hint = _HINTS.get(status, "`answerbot doctor` tells what the endpoint supports")
        kind = RefusedRequestError if status in _ABOUT_THIS_REQUEST else EndpointError
        return kind(Problem(what, hint=hint))

    def _no_answer(self, error: Exception) -> EndpointError:
        cause = _cause(error)
        if isinstance(cause, TimeoutError):
            what = f"{self.endpoint} did not answer within {self._timeout:g} seconds"
            hint = "raise [model] timeout, or lower max_concurrency"
            unsent = isinstance(cause, aiohttp.ConnectionTimeoutError)
            return TransientError(Problem(what, hint=hint), charged=not unsent)
        reason = self._clean(str(cause)) or type(cause).__name__
        if not isinstance(cause, aiohttp.ClientConnectorError):
            what = f"{self.endpoint} broke off: {reason}"
            return TransientError(Problem(what, hint="try again"), charged=True)
        problem = Problem(
            f"{self.endpoint} cannot be reached: {reason}",
            hint="is the server running, and is OPENAI_BASE_URL right?",
        )
        # What answered before is restarting; what never did is most likely misspelt.
        return TransientError(problem) if self._has_answered else EndpointError(problem)

    def _garbage(self, body: str) -> EndpointError:
        start = self._clean(" ".join(body.split()))[:80]
        what = f"{self.endpoint} sent something that is no chat completion: {start!r}"
        hint = "does OPENAI_BASE_URL end as the endpoint wants it, mostly in /v1?"
        if start.startswith("<") and not self._has_answered:
            return EndpointError(Problem(what, hint=hint))  # a web page: a wrong address
        return TransientError(Problem(what, hint=hint), charged=True)

    def _clean(self, text: str) -> str:
        if self._key:
            text = text.replace(self._key, "***")
        return redact(text)[:_MESSAGE_LENGTH]


_HINTS = {
    401: "set OPENAI_API_KEY to a key that this endpoint accepts",
    403: "this key may not use this model: use another key or model",
    402: "the account has no credit left: add some, or use another key",
    413: "the request is too long for this endpoint",
}
_TRANSIENT_HINTS = {_TOO_MANY: "lower max_concurrency, or wait a while"}


def chat_body(request: Request, abilities: Abilities) -> dict[str, Any]:
    """What is posted for a request to a model with these abilities."""
    body: dict[str, Any] = {"model": request.model}
    messages = request.messages
    if request.reply_schema is not None:
        if abilities.rung in ("json_object", "text"):
            messages = _with_schema(messages, request.reply_schema)
        body |= _asked_shape(abilities.rung, request.reply_schema)
    body["messages"] = [{"role": each.role, "content": each.content} for each in messages]
    if request.max_output_tokens is not None:
        older = "max_completion_tokens" in abilities.refused
        body["max_tokens" if older else "max_completion_tokens"] = request.max_output_tokens
    if request.temperature is not None and "temperature" not in abilities.refused:
        body["temperature"] = request.temperature
    if request.sample and "seed" not in abilities.refused:
        body["seed"] = request.sample
    return body


def _asked_shape(rung: Rung, schema: ReplySchema) -> dict[str, Any]:
    if rung == "json_schema":
        shape = {"name": schema.name, "strict": True, "schema": schema.json_schema}
        return {"response_format": {"type": "json_schema", "json_schema": shape}}
    if rung == "tools":
        function = {"name": schema.name, "parameters": schema.json_schema}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": schema.name}},
        }
    return {"response_format": {"type": "json_object"}} if rung == "json_object" else {}


def _with_schema(messages: tuple[Message, ...], schema: ReplySchema) -> tuple[Message, ...]:
    told = _TELL_SCHEMA + json.dumps(schema.json_schema, ensure_ascii=False)
    if messages and messages[-1].role == "user":
        last = Message(role="user", content=f"{messages[-1].content}\n\n{told}")
        return (*messages[:-1], last)
    return (*messages, Message(role="user", content=told))


def _refusal(
    error: openai.APIStatusError, request: Request, abilities: Abilities
) -> Abilities | None:
    """What to try next, if the error refuses a parameter or the shape that was asked for."""
    if error.status_code not in _REFUSALS:
        return None
    said = f"{error.param or ''} {_message(error)}".lower()
    sent = chat_body(request, abilities)
    for name in _PARAMETERS:
        if name in sent and re.search(rf"\b{name}\b", said):
            return replace(abilities, refused=abilities.refused | {name})
    if request.reply_schema is None:
        return None
    uninformative = error.status_code in (400, 422) and len(said.strip()) < len("bad request.....")
    if uninformative or any(word in said for word in _REFUSED[abilities.rung]):
        return _next_rung(abilities)
    return None


def _next_rung(abilities: Abilities) -> Abilities | None:
    below = RUNGS[RUNGS.index(abilities.rung) + 1 :]
    return replace(abilities, rung=below[0], proven=False) if below else None


def _message(error: openai.APIStatusError) -> str:
    body = error.body
    if isinstance(body, Mapping):
        said = body.get("message") or body.get("detail") or body.get("error") or body
        return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return " ".join(error.response.text.split())


def _refuse_broken_off(request: Request, choice: _Choice, usage: Usage | None) -> None:
    name = _name(request)
    if choice.finish_reason == "length":
        what = f"{name}: the reply was cut off at {request.max_output_tokens or 'its most'} tokens"
        problem = Problem(what, hint="raise [model] max_output_tokens")
    elif choice.finish_reason == "content_filter":
        problem = Problem(f"{name}: the endpoint's content filter stopped the reply")
    elif choice.message.refusal:
        problem = Problem(f"{name}: the model refused: {choice.message.refusal[:200]}")
    else:
        return
    raise ChargedReplyError(problem, usage=usage)


def _no_json(request: Request, text: str) -> Problem:
    start = " ".join(text.split())[:80]
    hint = "this model may be too small for structured replies: try another"
    return Problem(f"{_name(request)}: the reply holds no JSON as asked: {start!r}", hint=hint)


def _name(request: Request) -> str:
    return request.label or f"request {request.key[:12]}"


def _json_in(text: str, schema: ReplySchema) -> str | None:
    """The first object that has all required members, else one that has some of them."""
    required = _required(schema)
    wanted = [required, *([name] for name in required)]
    return next(filter(None, (find_json(text, names) for names in wanted)), None)


def _required(schema: ReplySchema) -> Collection[str]:
    required = schema.json_schema.get("required", ())
    return [str(name) for name in required]


def _usage(counted: _Counted | None) -> Usage | None:
    if counted is None or min(counted.prompt_tokens, counted.completion_tokens) < 0:
        return None  # some proxies say -1 for 'not counted'
    details = counted.prompt_tokens_details
    return Usage(
        input_tokens=counted.prompt_tokens,
        output_tokens=counted.completion_tokens,
        cached_tokens=max(details.cached_tokens or 0, 0) if details else 0,
    )


def _sum(first: Usage | None, second: Usage | None) -> Usage | None:
    return first + second if first and second else first or second


def _cause(error: BaseException) -> BaseException:
    """What aiohttp says: on the way here a broken connection is made a time limit."""
    while not isinstance(error, (aiohttp.ClientError, TimeoutError)) and error.__cause__:
        error = error.__cause__
    return error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from milliseconds, seconds or an HTTP date; None where nothing is asked."""
    exact, header = headers.get("retry-after-ms"), headers.get("retry-after")
    if exact is not None and (milliseconds := _number(exact)) is not None:
        return milliseconds / 1000
    if header is None:
        return None
    if (seconds := _number(header)) is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """None where it is no number; 0 where it means nothing."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else 0.0
