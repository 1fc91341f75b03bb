"""Ask a model for a value of a type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from answerbot.domain.errors import ASK_ANEW, Problem, ReplyError
from answerbot.domain.llm import LLM, Message, ModelSettings, Prompt, Request
from answerbot.domain.replies import find_json, schema_of, why_no_json

T = TypeVar("T", bound=BaseModel)

_PROBLEMS_SHOWN = 10


@dataclass(frozen=True)
class Asked(Generic[T]):
    """A value that a model gave.

    `messages` is the whole conversation, the reply that was accepted included; `key` is that of
    the request which the reply answered, as it was recorded.
    """

    value: T
    messages: tuple[Message, ...]
    key: str
    label: str

    @property
    def text(self) -> str:
        """The reply that was accepted, as the model wrote it."""
        return self.messages[-1].content


Faults = Callable[[T], Sequence[str]]
"""Tells what is wrong with a value that is of the right type: 'this quote is not in the answer'."""


async def ask(
    llm: LLM,
    prompt: Prompt,
    reply_type: type[T],
    *,
    model: ModelSettings,
    faults: Faults[T] | None = None,
) -> Asked[T]:
    """The model's reply as a value of `reply_type`.

    A reply that does not validate, or has faults, is sent back once with what is wrong with it.

    Raises:
        ReplyError: nor was the second reply usable.
        NotFinishedError: no reply could be had.
    """
    asked = await _attempt(llm, prompt, reply_type, model, faults)
    if not isinstance(asked, _Unusable):
        return asked
    again = await _attempt(llm, _corrected(prompt, asked), reply_type, model, faults)
    if not isinstance(again, _Unusable):
        return again
    what = f"{prompt.label}: the reply is unusable: {again.problems[0]}"
    hint = f"a more capable model may do better; it is {ASK_ANEW}"
    raise ReplyError(Problem(what, hint=hint), keys=(asked.key, again.key))


async def follow_up(
    llm: LLM,
    asked: Asked[T],
    text: str,
    *,
    model: ModelSettings,
    faults: Faults[T] | None = None,
) -> Asked[T]:
    """The model's reply, of the same type, to one more message of ours in a conversation.

    Raises:
        ReplyError, NotFinishedError: as `ask`.
    """
    messages = (*asked.messages, Message(role="user", content=text))
    prompt = Prompt(f"{asked.label} (follow-up)", messages)
    return await ask(llm, prompt, type(asked.value), model=model, faults=faults)


@dataclass(frozen=True)
class _Unusable:
    text: str
    problems: list[str]
    key: str


async def _attempt(
    llm: LLM,
    prompt: Prompt,
    reply_type: type[T],
    model: ModelSettings,
    faults: Faults[T] | None,
) -> Asked[T] | _Unusable:
    request = Request(
        model=model.model,
        messages=prompt.messages,
        reply_schema=schema_of(reply_type),
        max_output_tokens=model.max_output_tokens,
        temperature=model.temperature,
        sample=model.sample,
        label=prompt.label,
    )
    reply = await llm.complete(request)
    text = reply.text
    key = reply.key or request.key
    found = find_json(text)
    if found is None:
        return _Unusable(text, [f"the reply: {why_no_json(text)}"], key)
    try:
        value = reply_type.model_validate_json(found, strict=True)
    except ValidationError as error:
        return _Unusable(text, _problems(error), key)
    if faults and (wrong := faults(value)):
        return _Unusable(text, list(wrong), key)
    messages = (*prompt.messages, Message(role="assistant", content=text))
    return Asked(value, messages, key, prompt.label)


def _corrected(prompt: Prompt, unusable: _Unusable) -> Prompt:
    problems = "\n".join(f"- {problem}" for problem in unusable.problems[:_PROBLEMS_SHOWN])
    complaint = f"That reply is not valid:\n{problems}\nReply again with the whole JSON object."
    return Prompt(
        f"{prompt.label} (corrected)",
        (
            *prompt.messages,
            Message(role="assistant", content=unusable.text),
            Message(role="user", content=complaint),
        ),
    )


def _problems(error: ValidationError) -> list[str]:
    details = error.errors(include_url=False, include_input=False)
    return [
        f"{'.'.join(map(str, detail['loc'])) or 'the reply'}: {detail['msg']}" for detail in details
    ]
