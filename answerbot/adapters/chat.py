"""Request -> body of `chat/completions`; body of the response -> Reply. No socket is needed."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from answerbot.adapters.abilities import Abilities, Rung
from answerbot.adapters.faults import FAULTS
from answerbot.adapters.refusals import parsed
from answerbot.domain.errors import Problem
from answerbot.domain.llm import ChargedReplyError, Message, Reply, ReplySchema, Request, Usage
from answerbot.domain.replies import find_json

_TELL_SCHEMA = (
    "Reply with one JSON object that satisfies this JSON Schema, and with nothing else:\n"
)


class NoCompletionError(ValueError):
    """What came is no chat completion."""


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


def refusable(request: Request, abilities: Abilities) -> frozenset[str]:
    """What the body holds beside the words, in whichever way a shape is asked for."""
    members = {
        "response_format": request.reply_schema is not None,
        "max_completion_tokens": request.max_output_tokens is not None,
        "temperature": request.temperature is not None,
        "seed": bool(request.sample),
    }
    return frozenset(name for name, sent in members.items() if sent) - abilities.refused


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


def read_completion(request: Request, content: bytes | str) -> Reply:
    """What the model wrote: where it called the tool that asks for JSON, what it called it with.

    Raises:
        NoCompletionError: the content is something else.
        ChargedReplyError: the reply was cut off, filtered, refused or empty.
    """
    try:
        completion = _Completion.model_validate_json(content)
        choice = completion.choices[0]
    except (ValidationError, IndexError) as error:
        raise NoCompletionError from error
    if choice.error:
        raise NoCompletionError  # a proxy, which heard so from the model's own endpoint
    usage = _usage(completion.usage)
    _refuse_broken_off(request, choice, usage)
    called = choice.message.tool_calls if request.reply_schema else None
    text = _text(called[0].function.arguments if called else choice.message.content)
    if not text.strip():
        raise _wordless(request, choice.message, usage)
    return Reply(
        text=text,
        model=completion.model or request.model,
        usage=usage,
        finish_reason=choice.finish_reason or "stop",
        id=_named(completion.id),
    )


def id_of(content: str) -> str:
    """What the endpoint calls a completion, readable or not; '' where it does not say."""
    body = parsed(content)
    return _named(body.get("id")) if isinstance(body, dict) else ""


def read_reply(request: Request, content: bytes | str) -> Reply:
    """The reply to the request; where that has a schema, `text` is the JSON that was found.

    Raises:
        ChargedReplyError: there is none of use.
    """
    try:
        reply = read_completion(request, content)
    except NoCompletionError as error:
        raise unreadable(request, error) from error
    if request.reply_schema is not None:
        found = find_reply(request, reply.text) or find_json(reply.text)
        if found is None:
            raise no_json(request, reply)
        reply = reply.model_copy(update={"text": found})
    return reply


def find_reply(request: Request, text: str) -> str | None:
    """The first object with all members that the request requires, else one with some of them."""
    required = required_members(request)
    wanted = [required, *([name] for name in required)]
    return next(filter(None, (find_json(text, names) for names in wanted)), None)


def required_members(request: Request) -> Collection[str]:
    """The names of the members that a reply must have."""
    schema = request.reply_schema.json_schema if request.reply_schema else {}
    return [str(name) for name in schema.get("required", ())]


def no_json(request: Request, reply: Reply) -> ChargedReplyError:
    """The error that tells of a reply without the JSON that was asked for."""
    start = " ".join(reply.text.split())[:80]
    return _useless(request, reply.usage, "no-json", f"holds no whole JSON object: {start!r}")


def unreadable(request: Request, error: Exception) -> ChargedReplyError:
    """The error that tells of a reply which this program fails to read."""
    what = f"cannot be read: {type(error).__name__}: {error}"
    return _useless(request, None, "unreadable", what)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


# Some servers send parts, thoughts among them, or the value that the text is to be.
_Text = str | list[Any] | dict[str, Any] | None


class _Function(_Lenient):
    arguments: _Text = None


class _ToolCall(_Lenient):
    function: _Function


class _Said(_Lenient):
    content: _Text = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None
    # What it thought, as some servers name it and as others do.
    reasoning_content: object = None
    reasoning: object = None


class _Choice(_Lenient):
    message: _Said
    finish_reason: str | None = None
    error: object = None


class _Details(_Lenient):
    cached_tokens: int | None = None


class _Counted(_Lenient):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Completion(_Lenient):
    choices: list[_Choice]
    id: object = None
    model: str | None = None
    # What was paid for is no less a reply where the tokens are counted in another way.
    usage: _Counted | object = Field(default=None, union_mode="left_to_right")


def _refuse_broken_off(request: Request, choice: _Choice, usage: Usage | None) -> None:
    said = choice.message
    longest = f"{request.max_output_tokens or 'its most'} tokens"
    if choice.finish_reason == "length" and not (said.content or said.tool_calls):
        raise _useless(request, usage, "only-thoughts", f"did not begin within {longest}")
    if choice.finish_reason == "length":
        raise _useless(request, usage, "cut-off", f"was cut off at {longest}")
    if choice.finish_reason == "content_filter":
        what = "was stopped by the content filter of the endpoint"
        raise _useless(request, usage, "reply-filtered", what)
    if said.refusal:
        raise _useless(request, usage, "refusal", f"is a refusal: {said.refusal[:200]}")


def _wordless(request: Request, said: _Said, usage: Usage | None) -> ChargedReplyError:
    if said.reasoning_content or said.reasoning:
        return _useless(request, usage, "only-thoughts", "holds thoughts and nothing else")
    return _useless(request, usage, "empty", "is empty")


def _useless(request: Request, usage: Usage | None, name: str, what: str) -> ChargedReplyError:
    fault = FAULTS[name]
    problem = Problem(f"{_name(request)}: the reply {what}", hint=fault.hint)
    return ChargedReplyError(problem, usage=usage, code=fault.name)


def _name(request: Request) -> str:
    return request.label or f"request {request.key[:12]}"


def _text(said: _Text) -> str:
    if isinstance(said, list):
        parts = [part.get("text") for part in said if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return json.dumps(said, ensure_ascii=False) if isinstance(said, dict) else said or ""


def _named(id_: object) -> str:
    return id_ if isinstance(id_, str) else ""


def _usage(counted: object) -> Usage | None:
    if not isinstance(counted, _Counted):
        return None
    if counted.prompt_tokens is None or counted.completion_tokens is None:
        return None
    if min(counted.prompt_tokens, counted.completion_tokens) < 0:
        return None  # some proxies say -1 for 'not counted'
    details = counted.prompt_tokens_details
    return Usage(
        input_tokens=counted.prompt_tokens,
        output_tokens=counted.completion_tokens,
        cached_tokens=max(details.cached_tokens or 0, 0) if details else 0,
    )
