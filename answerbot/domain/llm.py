"""The one port: a request to a language model and its reply.

    workflow -> LLM.complete(Request) -> Reply

What stands behind the port (recordings, a store, limits, retries, a client) is for `cli` to stack.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from answerbot.domain.errors import EndpointError, Problem, ReplyError


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Value):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class ReplySchema(_Value):
    """The JSON Schema that a reply must satisfy; `name` as `response_format` wants it."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    json_schema: dict[str, Any]

    @cached_property
    def canonical(self) -> bytes:
        """Its part of what the key of a request covers; a run asks with few schemas many times."""
        return _canonical(self.model_dump(mode="json"))

    @cached_property
    def written(self) -> bytes:
        """As a recording tells it."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False).encode()


class Request(_Value):
    """Everything that is sent to a model, and a label that is not.

    `sample` tells independent answers to the same prompt apart: it is part of the key, and
    sent as `seed` where it is not 0. `max_output_tokens` and `temperature` are left out of what is
    sent where they are None.
    """

    model: str
    messages: tuple[Message, ...]
    reply_schema: ReplySchema | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    sample: int = 0
    label: str = Field(default="", exclude=True)
    """What the request is for, for people: 'rnn-theory-50/2 draft'. Neither sent nor hashed."""

    def sent(self) -> dict[str, Any]:
        """All that the key covers, as JSON values."""
        return self.model_dump(mode="json")

    @property
    def key(self) -> str:
        """SHA-256 (64 hex digits) of the canonical JSON of `sent()`."""
        return self.key_for(self.model)

    def key_for(self, model: str) -> str:
        """The key of the same request to another model."""
        key = self._keys.get(model)
        if key is None:
            key = self._keys[model] = self._key_with(model)
        return key

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {}

    def _key_with(self, model: str) -> str:
        # `key_of` of `sent()`, written out: it is asked for at every step, and this is faster.
        first, others = self._beginning_and_rest
        sent = _begun(_number(self.max_output_tokens), *first).copy()
        for one in others:
            sent.update(b"," + _said(*one))
        sent.update(
            b'],"model":%b,"reply_schema":%b,"sample":%d,"temperature":%b}'
            % (
                to_json(model),
                self.reply_schema.canonical if self.reply_schema else b"null",
                self.sample,
                _number(self.temperature),
            )
        )
        return sent.hexdigest()

    def written(self) -> bytes:
        """All but its model, as a recording of it tells it."""
        first, others = self._beginning_and_rest
        messages = (*(_first_written(*one) for one in first), *(_written(*one) for one in others))
        return (
            b'"messages": [%b], "reply_schema": %b, '
            b'"max_output_tokens": %b, "temperature": %b, "sample": %d}'
        ) % (
            b", ".join(messages),
            self.reply_schema.written if self.reply_schema else b"null",
            _number(self.max_output_tokens),
            _number(self.temperature),
            self.sample,
        )

    def asks_the_same(self, other: Request) -> bool:
        """Whether the other has the same key: all but their labels is equal."""
        return self is other or (
            self.model == other.model
            and self.sample == other.sample
            and self.max_output_tokens == other.max_output_tokens
            and self.temperature == other.temperature
            and self._turns == other._turns
            and self.reply_schema == other.reply_schema
        )

    @property
    def _beginning_and_rest(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        turns = self._turns
        return turns[:1], turns[1:]

    @property
    def _turns(self) -> list[tuple[str, str]]:
        return [(one.role, one.content) for one in self.messages]


# Many requests of a run begin with the same message, which is most of what they say: what is made
# of it is kept.
@lru_cache(maxsize=256)
def _begun(max_output_tokens: bytes, *first: tuple[str, str]) -> hashlib._Hash:
    said = b"".join(_said(*one) for one in first)
    return hashlib.sha256(b'{"max_output_tokens":%b,"messages":[%b' % (max_output_tokens, said))


@lru_cache(maxsize=256)
def _first_written(role: str, content: str) -> bytes:
    return _written(role, content)


def _written(role: str, content: str) -> bytes:
    return b'{"role": "%b", "content": %b}' % (role.encode(), to_json(content))


def _said(role: str, content: str) -> bytes:
    return b'{"content":%b,"role":"%b"}' % (to_json(content), role.encode())


def key_of(sent: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of the canonical JSON of what `Request.sent()` returned."""
    return hashlib.sha256(_canonical(sent)).hexdigest()


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


@lru_cache(maxsize=256, typed=True)  # as 1 and 1.0 are equal, and written otherwise
def _number(value: float | None) -> bytes:
    """As JSON; fractions are not written alike everywhere."""
    return _canonical(value)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said to a model, and what for: `label` is for people and not sent."""

    label: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model is asked, and how; the fields are those of `Request`."""

    model: str
    max_output_tokens: int | None = None
    temperature: float | None = None
    sample: int = 0


class Usage(_Value):
    """Tokens as the endpoint counted them; `cached_tokens` are a part of `input_tokens`."""

    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    cached_tokens: int = Field(default=0, ge=0)

    def __add__(self, other: Usage) -> Usage:
        """The tokens of both."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )


class Reply(_Value):
    """What the model answered.

    `model` is the name that the endpoint gave, `usage` is None where it counted no tokens. `key` is
    that of the request which was answered: of another model than the one asked, where a recording
    of that model served; '' where nobody kept the reply. `id` is what the endpoint calls it, ''
    where that is not known; nobody keeps it.
    """

    text: str
    model: str
    usage: Usage | None = None
    finish_reason: str = "stop"
    key: str = Field(default="", exclude=True)
    id: str = Field(default="", exclude=True)


class TransientError(EndpointError):
    """The endpoint failed in a way that may pass: it is worth asking again.

    `retry_after` is how many seconds the endpoint asked to be left alone, None where it did not;
    `throttled` says that it wants fewer requests and would answer this one at another time.
    """

    stops_all = False

    def __init__(
        self,
        *problems: Problem | str,
        retry_after: float | None = None,
        charged: bool = False,
        throttled: bool = False,
        status: int | None = None,
        code: str = "endpoint",
    ) -> None:
        super().__init__(*problems, status=status, code=code, charged=charged)
        self.retry_after = retry_after
        self.throttled = throttled

    def after(self, tries: str) -> TransientError:
        """The same error, which tells how often was tried: 'tried 6 times'."""
        last = self.problems[0]
        error = TransientError(
            Problem(f"{last.what} ({tries})", last.location, last.hint),
            retry_after=self.retry_after,
            charged=self.charged,
            throttled=self.throttled,
            status=self.status,
            code=self.code,
        )
        error.usage = self.usage
        return error


class RefusedRequestError(EndpointError):
    """The endpoint wants nothing of this request; others may fare better."""

    stops_all = False


class RawReply(_Value):
    """A whole response as it came, before anybody read it; of the headers those that matter."""

    status: int
    headers: dict[str, str]
    body: str


class ChargedReplyError(ReplyError):
    """A reply came that cannot be used.

    `usage` is what it took, None where nobody counted; `raw` what came, None where that is kept
    already.
    """

    def __init__(
        self,
        *problems: Problem | str,
        usage: Usage | None,
        code: str,
        raw: RawReply | None = None,
        keys: tuple[str, ...] = (),
    ) -> None:
        super().__init__(*problems, keys=keys)
        self.usage = usage
        self.code = code
        self.raw = raw


class LLM(Protocol):
    """A language model, or anything that can stand in for one."""

    async def complete(self, request: Request) -> Reply:
        """Answer the request.

        Raises:
            NotFinishedError: no reply could be had; its subclass says why.
        """
        ...
